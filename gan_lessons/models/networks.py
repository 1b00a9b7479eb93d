"""Redes do curso e a inicialização dos seus pesos.

Todo discriminador devolve *logits*: números reais que a sigmoide transforma em probabilidades.
As perdas em `gan_lessons.losses` esperam logits.
"""

from contextlib import contextmanager
from itertools import pairwise

import torch
from torch import nn

from gan_lessons.validation import (
    check_built,
    check_fits,
    check_int,
    check_integers,
    check_module,
    check_number,
    check_seed,
)

MAX_UNITS = 1_000_000
"""A camada mais larga."""


def mlp(sizes, *, activation=nn.ReLU, linear=nn.Linear):
    """Camadas lineares dos tamanhos dados, com `activation` entre elas e nada depois da última.

    ``mlp([20, 50, 3])`` leva 20 números a 50 e depois a 3: ``(n, 20) → (n, 3)``. `activation`
    constrói uma ativação, e ``linear(n_in, n_out)``, uma camada. Caderno: ``02_espiral``.
    """
    sizes = check_integers(sizes, "sizes", maximum=MAX_UNITS)
    if len(sizes) < 2:
        raise ValueError(f"sizes deve ter pelo menos entrada e saída, mas chegou {sizes}.")
    check_fits(sum(4 * n_in * n_out for n_in, n_out in pairwise(sizes)), "sizes", sizes)
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [
            check_built(linear, "linear", n_in, n_out),
            check_built(activation, "activation"),
        ]
    return nn.Sequential(*layers[:-1])


class Generator(nn.Module):
    """Leva ruído latente a pontos: ``(n, latent_dim) → (n, n_features)``. Caderno: ``02_espiral``.

    Parameters
    ----------
    latent_dim : int, default=20
        Dimensão do ruído latente.
    n_features : int, default=3
        Dimensão dos dados.
    hidden : sequence of int, default=(50,)
        Largura de cada camada oculta.
    activation : callable, default=torch.nn.ReLU
        Constrói a ativação das camadas ocultas.
    output : callable, optional
        Constrói a ativação da saída. Sem ela a saída é linear e alcança qualquer valor.
    """

    def __init__(
        self, latent_dim=20, n_features=3, hidden=(50,), *, activation=nn.ReLU, output=None
    ):
        super().__init__()
        self.latent_dim = check_int(latent_dim, "latent_dim", maximum=MAX_UNITS)
        n_features = check_int(n_features, "n_features", maximum=MAX_UNITS)
        hidden = check_integers(hidden, "hidden", maximum=MAX_UNITS)
        self.layers = mlp([self.latent_dim, *hidden, n_features], activation=activation)
        self.output = nn.Identity() if output is None else check_built(output, "output")

    def forward(self, noise):
        return self.output(self.layers(noise))


class Discriminator(nn.Module):
    """Leva pontos a logits: ``(n, n_features) → (n, 1)``, positivo quando parecem reais.

    Os argumentos são os de `Generator`; `linear` constrói as camadas, como `SpectralLinear`.
    Caderno: ``02_espiral``.
    """

    def __init__(self, n_features=3, hidden=(50,), *, activation=nn.ReLU, linear=nn.Linear):
        super().__init__()
        n_features = check_int(n_features, "n_features", maximum=MAX_UNITS)
        hidden = check_integers(hidden, "hidden", maximum=MAX_UNITS)
        self.layers = mlp([n_features, *hidden, 1], activation=activation, linear=linear)

    def forward(self, points):
        return self.layers(points)


def init_weights(module, seed=0, *, bias=0.001):
    """Sorteia pesos de Xavier (normal) e fixa os vieses das camadas lineares de `module`.

    Fonte: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks". Caderno: ``02_espiral``.

    Parameters
    ----------
    module : torch.nn.Module
    seed : int ou torch.Generator, default=0
        Origem do sorteio. O sorteio é sempre na CPU: a mesma semente dá os mesmos pesos em
        qualquer dispositivo, e o gerador global do PyTorch não é tocado.
    bias : float, default=0.001
        Valor inicial de todos os vieses.

    Returns
    -------
    torch.nn.Module
        O próprio `module`.
    """
    check_module(module, "module")
    bias = check_number(bias, "bias", minimum=-torch.inf)
    if not isinstance(seed, torch.Generator):
        seed = torch.Generator().manual_seed(check_seed(seed))
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            weight = torch.empty(layer.weight.shape)
            nn.init.xavier_normal_(weight, generator=seed)
            with torch.no_grad():
                layer.weight.copy_(weight)
                if layer.bias is not None:
                    layer.bias.fill_(bias)
    return module


@contextmanager
def initial_weights(seed):
    """Dentro do bloco, o PyTorch sorteia os pesos iniciais com `seed`; fora, nada mudou."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(check_seed(seed))  # só o da CPU, que se recupera
        yield
