"""As redes que as fábricas devolvem, conferidas: entre os membros, só os pesos mudam."""

import copy
import hashlib

import torch
from torch import nn
from torch.func import functional_call

from gan_lessons.validation import check_built


class Factory:
    """Uma das duas funções ``semente → rede`` de `Population`; `name` é o que os erros dizem.

    Attributes
    ----------
    model : torch.nn.Module
        O molde: a rede da primeira semente.
    """

    def __init__(self, make, name, seed):
        self._make = make
        self.name = name
        self.model = self._network(seed)
        _check_vectorizable(self.model, name)

    def __call__(self, seed, points):
        """A rede de outra semente; em `points`, o molde com os pesos dela responde como ela."""
        network = self._network(seed)
        self._check_same_shapes(network, seed)
        weights = {key: weight.detach() for key, weight in network.named_parameters()}
        with torch.no_grad():
            answers = network(points), functional_call(self.model, weights, (points,))
        if not torch.allclose(*answers, rtol=0, atol=0, equal_nan=True):
            raise ValueError(
                f"{self.name} deve devolver redes que só diferem nos pesos, mas a da semente "
                f"{seed} responde de outro modo que a primeira, com os mesmos pesos: outra "
                "ativação, uma constante, um buffer ou um sorteio dentro dela."
            )
        return network

    def _network(self, seed):
        network = check_built(self._make, self.name, seed)
        for key, weight in network.named_parameters():
            if not weight.requires_grad:
                raise ValueError(
                    f"{self.name} deve devolver redes que treinam por inteiro, mas com a semente "
                    f"{seed} o parâmetro {key!r} está congelado; use Trainer, ou faça dele um "
                    "buffer, igual em todas."
                )
        return network

    def _check_same_shapes(self, network, seed):
        shapes, expected = (
            {key: tuple(weight.shape) for key, weight in each.named_parameters()}
            for each in (network, self.model)
        )
        if shapes != expected:
            raise ValueError(
                f"{self.name} deve devolver redes do mesmo formato para toda semente, mas com a "
                f"semente {seed} chegou {shapes}, e antes {expected}."
            )


def check_sees_points(discriminator, points):
    """Recusa um discriminador que não olha os pontos: o gerador não teria de quem aprender."""
    points = points.clone().requires_grad_()
    logits = copy.deepcopy(discriminator)(points)
    (gradient,) = torch.autograd.grad(logits.sum(), [points], allow_unused=True)
    if gradient is None:
        raise ValueError(
            "make_discriminator deve devolver uma rede cujos logits dependem dos pontos; "
            "há um detach() ou uma constante no forward dela?"
        )


def _check_vectorizable(network, name):
    """Recusa as camadas que dependem de um estado ou de um sorteio só seus."""
    for layer in network.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.track_running_stats:
            raise ValueError(
                f"{name} usa {type(layer).__name__}, que guarda médias a cada passo e não se "
                "vetoriza; use nn.LayerNorm, nn.GroupNorm ou track_running_stats=False."
            )
        if isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0:
            raise ValueError(
                f"{name} usa {type(layer).__name__}, cujo sorteio não segue a semente de cada "
                "membro; retire-a e, se quiser um freio, use Recipe(r1=…)."
            )


def describe(network):
    """Tudo de uma rede menos os valores dos pesos: camadas, opções, formatos e constantes."""
    plain = set(vars(nn.Module()))
    layers = tuple(
        (name, type(layer), layer.training, _options(layer, plain))
        for name, layer in network.named_modules()
    )
    shapes = tuple((name, tuple(weight.shape)) for name, weight in network.named_parameters())
    buffers = tuple((name, _text(buffer)) for name, buffer in network.named_buffers())
    return layers, shapes, buffers


def _options(layer, plain):
    return tuple((key, _text(vars(layer)[key])) for key in sorted(vars(layer).keys() - plain))


def _text(value):
    if isinstance(value, torch.Tensor):  # o `repr` de um tensor grande omite o meio
        return hashlib.sha256(value.detach().cpu().numpy().tobytes()).hexdigest()
    return repr(value)
