"""Os pares prontos de cada aula: toda `make_*_gan` devolve ``generator, discriminator``.

Os pesos iniciais vêm da semente, de 0 a 2³² − 1, e o gerador global do PyTorch não é tocado. Um
argumento que não serve é um `TypeError` ou um `ValueError`.
"""

from functools import partial
from itertools import pairwise

import torch
from torch import nn

from gan_lessons.models.networks import (
    MAX_UNITS,
    Discriminator,
    Generator,
    init_weights,
    initial_weights,
)
from gan_lessons.models.packing import Packed, stack_networks
from gan_lessons.models.spectral import SpectralLinear
from gan_lessons.validation import (
    MAX_SEED,
    check_choice,
    check_fits,
    check_flag,
    check_int,
    check_integers,
    check_seed,
)

_wide = {"hidden": (128, 128, 128)}

SPIRAL_VARIANTS = {
    "sigmoid": ({"output": nn.Sigmoid}, {}),
    "linear": ({}, {}),
    "published": ({"hidden": (50, 50)}, {}),
    "wide": (_wide, _wide),
}


def make_spiral_gan(variant="linear", seed=0):
    """A espiral: gerador ``(n, 20) → (n, 3)`` e discriminador ``(n, 3) → (n, 1)``.

    Das variantes, "sigmoid" é a listagem do texto de origem, com a saída presa em [0, 1]; "linear"
    é a listagem consertada; "published" é o caderno publicado, com mais uma camada oculta no
    gerador; "wide" tem três camadas de 128 e é a que converge com `training.MODERN`. Caderno:
    ``02_espiral``.
    """
    check_choice(variant, "variant", SPIRAL_VARIANTS)
    rng = torch.Generator().manual_seed(check_seed(seed))
    generator_options, discriminator_options = SPIRAL_VARIANTS[variant]
    generator = init_weights(Generator(**generator_options), rng)
    discriminator = init_weights(Discriminator(**discriminator_options), rng)
    return generator, discriminator


_LeakyReLU = partial(nn.LeakyReLU, 0.2)

NETWORK_BYTES = 20_000
"""Quanto ocupa, por baixo, um par de redes do PyTorch, por menores que sejam."""


def make_even_gan(seed=0, *, hidden=(), pack_size=1, n_gans=1, n_bits=7):
    """Os números pares: gerador ``(n, L) → (n, L)`` e discriminador ``(n, L) → (n, 1)``.

    Os pesos iniciais são os do próprio PyTorch. O gerador é sempre uma camada linear e uma
    sigmoide: L bits sorteados entram e L números entre 0 e 1 saem. O discriminador, por padrão,
    também só tem uma camada.

    Fonte do par de uma camada: Bertagnolli (2020), "Build a super simple GAN in PyTorch".
    Caderno: ``03_numeros_pares``.

    Parameters
    ----------
    hidden : sequence of int, default=()
        Camadas ocultas do discriminador, com LeakyReLU de inclinação 0,2.
    pack_size : int, default=1
        Quantos números o discriminador julga de cada vez; com mais de um, vem dentro de `Packed`.
    n_gans : int, default=1
        Com mais de um, as redes das sementes ``seed``, ``seed + 1``, … vêm empilhadas
        (`stack_networks`), e cada uma fica com a sua parte do lote.
    n_bits : int, default=7
        Comprimento L dos números.
    """
    seed = check_seed(seed)
    hidden = check_integers(hidden, "hidden", maximum=MAX_UNITS)
    pack_size = check_int(pack_size, "pack_size", maximum=MAX_UNITS)
    n_gans = check_int(n_gans, "n_gans", maximum=MAX_SEED - seed + 1)
    n_bits = check_int(n_bits, "n_bits", maximum=MAX_UNITS)
    n_weights = n_bits**2 + sum(a * b for a, b in pairwise([pack_size * n_bits, *hidden, 1]))
    n_bytes = NETWORK_BYTES + 8 * n_weights
    check_fits(n_bytes, "o par de n_bits, hidden e pack_size", (n_bits, hidden, pack_size))
    check_fits(n_gans * n_bytes, "n_gans", n_gans)
    generators, discriminators = [], []
    for gan_seed in range(seed, seed + n_gans):
        with initial_weights(gan_seed):
            generators.append(Generator(n_bits, n_bits, hidden=(), output=nn.Sigmoid))
            discriminators.append(Discriminator(pack_size * n_bits, hidden, activation=_LeakyReLU))
    generator, discriminator = generators[0], discriminators[0]
    if n_gans > 1:
        generator, discriminator = stack_networks(generators), stack_networks(discriminators)
    return generator, discriminator if pack_size == 1 else Packed(discriminator, pack_size)


def make_plane_gan(
    seed=0,
    *,
    latent_dim=2,
    hidden=(128, 128, 128),
    pack_size=1,
    output=None,
    spectral=False,
):
    """O plano: gerador ``(n, latent_dim) → (n, 2)`` e discriminador ``(n, 2) → (n, 1)``.

    Caderno: ``05_colapso_de_modos``.

    Parameters
    ----------
    latent_dim : int, default=2
        Dimensão do ruído latente.
    hidden : sequence of int, default=(128, 128, 128)
        Camadas ocultas das duas redes, com LeakyReLU de inclinação 0,2.
    pack_size : int, default=1
        Quantos pontos o discriminador julga de cada vez; com mais de um, vem dentro de `Packed`.
    output : callable, optional
        Constrói a ativação da saída do gerador, como em `Generator`.
    spectral : bool, default=False
        Se o discriminador é feito de `SpectralLinear`.
    """
    hidden = check_integers(hidden, "hidden", maximum=MAX_UNITS)
    pack_size = check_int(pack_size, "pack_size", maximum=MAX_UNITS)
    rng = torch.Generator().manual_seed(check_seed(seed))
    generator = Generator(latent_dim, 2, hidden, activation=_LeakyReLU, output=output)
    linear = SpectralLinear if check_flag(spectral, "spectral") else nn.Linear
    discriminator = Discriminator(2 * pack_size, hidden, activation=_LeakyReLU, linear=linear)
    networks = init_weights(generator, rng), init_weights(discriminator, rng)
    return networks[0], networks[1] if pack_size == 1 else Packed(networks[1], pack_size)
