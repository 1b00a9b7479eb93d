"""Várias redes ou vários pontos de uma vez: pacotes para o discriminador, e redes empilhadas."""

import torch
from torch import nn

from gan_lessons.models.networks import MAX_UNITS, Discriminator, Generator
from gan_lessons.validation import check_int, check_module, shown


class Packed(nn.Module):
    """Discriminador que julga grupos: ``(n, n_features) → (n, 1)``, um logit por grupo.

    Cada `size` pontos seguidos são postos lado a lado e recebem o mesmo logit. Um grupo com
    pontos repetidos denuncia o gerador que produz sempre os mesmos.

    Fonte: Lin et al. (2018), "PacGAN: The Power of Two Samples in Generative Adversarial
    Networks". Caderno: ``03_numeros_pares``.

    Parameters
    ----------
    discriminator : torch.nn.Module
        ``(m, size · n_features) → (m, 1)`` logits.
    size : int
        Pontos por grupo; o lote deve ser um múltiplo dele.
    """

    def __init__(self, discriminator, size):
        super().__init__()
        self.discriminator = check_module(discriminator, "discriminator")
        self.size = check_int(size, "size", maximum=MAX_UNITS)

    def forward(self, points):
        n = len(points)
        points = _fill_up(points, self.size, self.training)
        logits = self.discriminator(points.reshape(len(points) // self.size, -1))
        return logits.repeat_interleave(self.size, dim=0)[:n]


class StackedLinear(nn.Module):
    """Várias camadas lineares do mesmo tamanho, cada uma com a sua parte dos pontos.

    Os pontos vêm em blocos seguidos e iguais: o primeiro bloco é da primeira camada, e assim por
    diante. Os pesos de `layers`, uma sequência de ``nn.Linear``, são copiados. Caderno:
    ``03_numeros_pares``.
    """

    def __init__(self, layers):
        super().__init__()
        self.weight = nn.Parameter(torch.stack([layer.weight.detach().T for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in layers]))

    def forward(self, points):
        n = len(points)
        points = _fill_up(points, len(self.weight), self.training)
        blocks = points.reshape(len(self.weight), -1, points.shape[1])
        return torch.baddbmm(self.bias, blocks, self.weight).flatten(0, 1)[:n]


def _fill_up(points, size, training):
    """Completa com zeros até um múltiplo de `size`; no treino, zeros seriam dados falsos."""
    missing = -len(points) % size
    if missing and training:
        raise ValueError(
            f"batch_size deve ser um múltiplo de {size} para estas redes, "
            f"mas chegaram {len(points)} pontos."
        )
    return nn.functional.pad(points, (0, 0, 0, missing))


def stack_networks(networks):
    """Várias redes do mesmo desenho, `Generator` ou `Discriminator`, numa só.

    A rede devolvida reparte o lote em blocos seguidos, um para cada rede: um passo de treino
    dela é um passo de todas, e nenhuma vê os pontos das outras. Os pesos são copiados. Uma camada
    com pesos que não seja linear (PReLU, normalização em lote) é um `ValueError`: não haveria como
    dar a cada rede os seus.

    Caderno: ``03_numeros_pares``. Em ``04_muitas_sementes`` a mesma ideia serve a qualquer rede.
    """
    networks = list(networks)
    for network in networks:
        if not isinstance(network, Generator | Discriminator):
            raise TypeError(
                f"networks deve ter só Generator ou Discriminator, mas chegou {shown(network)}."
            )
    designs = {str(network) for network in networks}
    if len(designs) != 1:
        raise ValueError(
            "networks deve ter pelo menos uma rede, e todas do mesmo desenho, "
            f"mas chegaram {len(networks)} redes de {len(designs)} desenhos."
        )
    others = [layer for layer in networks[0].modules() if type(layer) is not nn.Linear]
    for layer in others:
        if [*layer.parameters(recurse=False), *layer.buffers(recurse=False)]:
            raise ValueError(
                "networks deve ter pesos só em camadas lineares comuns, mas chegou "
                f"{type(layer).__name__}: use uma Population."
            )
    stacked = nn.Sequential()
    for layers in zip(*(network.layers for network in networks), strict=True):
        linear = type(layers[0]) is nn.Linear
        stacked.append(StackedLinear(layers) if linear else layers[0])
    if isinstance(networks[0], Generator):
        stacked.append(networks[0].output)
        stacked.latent_dim = networks[0].latent_dim
    return stacked
