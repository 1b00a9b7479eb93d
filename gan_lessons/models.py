"""Redes do curso e a inicialização dos seus pesos.

Todo discriminador devolve *logits*: números reais que a sigmoide transforma em probabilidades.
As perdas em `gan_lessons.losses` esperam logits.
"""

from functools import partial
from itertools import pairwise

import torch
from torch import nn

from gan_lessons.validation import check_choice, check_int, check_number


def mlp(sizes, *, activation=nn.ReLU):
    """Camadas lineares dos tamanhos dados, com `activation` entre elas e nada depois da última.

    ``mlp([20, 50, 3])`` leva 20 números a 50 e depois a 3.
    """
    sizes = [check_int(size, "sizes") for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes deve ter pelo menos entrada e saída, mas chegou {sizes}.")
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1])


class Generator(nn.Module):
    """Leva ruído latente a pontos: ``(n, latent_dim) → (n, n_features)``.

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

    Notes
    -----
    Caderno: ``02_espiral``.
    """

    def __init__(
        self, latent_dim=20, n_features=3, hidden=(50,), *, activation=nn.ReLU, output=None
    ):
        super().__init__()
        self.latent_dim = check_int(latent_dim, "latent_dim")
        self.layers = mlp([latent_dim, *hidden, n_features], activation=activation)
        self.output = nn.Identity() if output is None else output()

    def forward(self, noise):
        return self.output(self.layers(noise))


class Discriminator(nn.Module):
    """Leva pontos a logits: ``(n, n_features) → (n, 1)``, positivo quando parecem reais.

    Parameters
    ----------
    n_features : int, default=3
        Dimensão dos dados.
    hidden : sequence of int, default=(50,)
        Largura de cada camada oculta.
    activation : callable, default=torch.nn.ReLU
        Constrói a ativação das camadas ocultas.

    Notes
    -----
    Caderno: ``02_espiral``.
    """

    def __init__(self, n_features=3, hidden=(50,), *, activation=nn.ReLU):
        super().__init__()
        self.layers = mlp([n_features, *hidden, 1], activation=activation)

    def forward(self, points):
        return self.layers(points)


def init_weights(module, seed=0, *, bias=0.001):
    """Sorteia pesos de Xavier (normal) e fixa os vieses das camadas lineares de `module`.

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

    Notes
    -----
    Fonte: Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks". Caderno: ``02_espiral``.
    """
    bias = check_number(bias, "bias", minimum=-torch.inf)
    if not isinstance(seed, torch.Generator):
        seed = torch.Generator().manual_seed(check_int(seed, "seed", minimum=0))
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            weight = torch.empty(layer.weight.shape)
            nn.init.xavier_normal_(weight, generator=seed)
            with torch.no_grad():
                layer.weight.copy_(weight)
                if layer.bias is not None:
                    layer.bias.fill_(bias)
    return module


_wide = {"hidden": (128, 128, 128)}

SPIRAL_VARIANTS = {
    "sigmoid": ({"output": nn.Sigmoid}, {}),
    "linear": ({}, {}),
    "published": ({"hidden": (50, 50)}, {}),
    "wide": (_wide, _wide),
}


def make_spiral_gan(variant="linear", seed=0):
    """Gerador e discriminador da espiral, já com os pesos iniciais.

    Parameters
    ----------
    variant : {"sigmoid", "linear", "published", "wide"}, default="linear"
        "sigmoid" é a listagem do texto de origem, com a saída presa em [0, 1]; "linear" é a
        listagem consertada; "published" é o caderno publicado, com mais uma camada oculta no
        gerador; "wide" tem três camadas de 128 e é a que converge com `training.MODERN`.
    seed : int, default=0
        Semente dos pesos.

    Returns
    -------
    generator, discriminator : Generator, Discriminator

    Notes
    -----
    Caderno: ``02_espiral``.
    """
    check_choice(variant, "variant", SPIRAL_VARIANTS)
    rng = torch.Generator().manual_seed(check_int(seed, "seed", minimum=0))
    generator_options, discriminator_options = SPIRAL_VARIANTS[variant]
    generator = init_weights(Generator(**generator_options), rng)
    discriminator = init_weights(Discriminator(**discriminator_options), rng)
    return generator, discriminator


class Packed(nn.Module):
    """Discriminador que julga grupos: ``(n, n_features) → (n, 1)``, um logit por grupo.

    Cada `size` pontos seguidos são postos lado a lado e recebem o mesmo logit. Um grupo com
    pontos repetidos denuncia o gerador que produz sempre os mesmos.

    Parameters
    ----------
    discriminator : torch.nn.Module
        ``(m, size · n_features) → (m, 1)`` logits.
    size : int
        Pontos por grupo; o lote deve ser um múltiplo dele.

    Notes
    -----
    Fonte: Lin et al. (2018), "PacGAN: The Power of Two Samples in Generative Adversarial
    Networks". Caderno: ``03_numeros_pares``.
    """

    def __init__(self, discriminator, size):
        super().__init__()
        self.discriminator = discriminator
        self.size = check_int(size, "size")

    def forward(self, points):
        n = len(points)
        points = _fill_up(points, self.size, self.training)
        logits = self.discriminator(points.reshape(len(points) // self.size, -1))
        return logits.repeat_interleave(self.size, dim=0)[:n]


class StackedLinear(nn.Module):
    """Várias camadas lineares do mesmo tamanho, cada uma com a sua parte dos pontos.

    Os pontos vêm em blocos seguidos e iguais: o primeiro bloco é da primeira camada, e assim por
    diante.

    Parameters
    ----------
    layers : sequence of torch.nn.Linear
        Os pesos são copiados.

    Notes
    -----
    Caderno: ``03_numeros_pares``.
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
    dela é um passo de todas, e nenhuma vê os pontos das outras.

    Parameters
    ----------
    networks : sequence of Generator or sequence of Discriminator
        Com as mesmas camadas; os pesos são copiados.

    Returns
    -------
    torch.nn.Sequential
        Com ``latent_dim``, se as redes têm.

    Raises
    ------
    ValueError
        Se não houver nenhuma rede ou se os desenhos forem diferentes.

    Notes
    -----
    Caderno: ``03_numeros_pares``. Em ``06_muitas_sementes`` a mesma ideia serve a qualquer rede.
    """
    networks = list(networks)
    designs = {str(network) for network in networks}
    if len(designs) != 1:
        raise ValueError(
            "networks deve ter pelo menos uma rede, e todas do mesmo desenho, "
            f"mas chegaram {len(networks)} redes de {len(designs)} desenhos."
        )
    stacked = nn.Sequential()
    for layers in zip(*(network.layers for network in networks), strict=True):
        linear = isinstance(layers[0], nn.Linear)
        stacked.append(StackedLinear(layers) if linear else layers[0])
    if isinstance(networks[0], Generator):
        stacked.append(networks[0].output)
        stacked.latent_dim = networks[0].latent_dim
    return stacked


_LeakyReLU = partial(nn.LeakyReLU, 0.2)


def make_even_gan(seed=0, *, hidden=(), pack_size=1, n_gans=1, n_bits=7):
    """Gerador e discriminador dos números pares, com os pesos iniciais do próprio PyTorch.

    O gerador é sempre o mesmo, uma camada linear e uma sigmoide: `n_bits` bits sorteados entram
    e `n_bits` números entre 0 e 1 saem. O discriminador, por omissão, também só tem uma camada.

    Parameters
    ----------
    seed : int, default=0
        Semente dos pesos; o gerador global do PyTorch não é tocado.
    hidden : sequence of int, default=()
        Camadas ocultas do discriminador, com LeakyReLU de inclinação 0,2.
    pack_size : int, default=1
        Quantos números o discriminador julga de cada vez; com mais de um, vem dentro de `Packed`.
    n_gans : int, default=1
        Com mais de um, as redes das sementes ``seed``, ``seed + 1``, … vêm empilhadas
        (`stack_networks`), e cada uma fica com a sua parte do lote.
    n_bits : int, default=7
        Comprimento L dos números.

    Returns
    -------
    generator, discriminator : torch.nn.Module

    Raises
    ------
    TypeError, ValueError
        Se algum argumento não for um inteiro que sirva.

    Notes
    -----
    Fonte do par de uma camada: Bertagnolli (2020), "Build a super simple GAN in PyTorch".
    Caderno: ``03_numeros_pares``.
    """
    seed = check_int(seed, "seed", minimum=0)
    pack_size = check_int(pack_size, "pack_size")
    n_gans = check_int(n_gans, "n_gans")
    n_bits = check_int(n_bits, "n_bits")
    generators, discriminators = [], []
    for gan_seed in range(seed, seed + n_gans):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(gan_seed)
            generators.append(Generator(n_bits, n_bits, hidden=(), output=nn.Sigmoid))
            discriminators.append(Discriminator(pack_size * n_bits, hidden, activation=_LeakyReLU))
    generator, discriminator = generators[0], discriminators[0]
    if n_gans > 1:
        generator, discriminator = stack_networks(generators), stack_networks(discriminators)
    return generator, discriminator if pack_size == 1 else Packed(discriminator, pack_size)


def make_plane_gan(seed=0, *, latent_dim=2, hidden=(128, 128, 128), pack_size=1, output=None):
    """Gerador e discriminador para pontos do plano, já com os pesos iniciais.

    Parameters
    ----------
    seed : int, default=0
        Semente dos pesos.
    latent_dim : int, default=2
        Dimensão do ruído latente.
    hidden : sequence of int, default=(128, 128, 128)
        Camadas ocultas das duas redes, com LeakyReLU de inclinação 0,2.
    pack_size : int, default=1
        Quantos pontos o discriminador julga de cada vez; com mais de um, vem dentro de `Packed`.
    output : callable, optional
        Constrói a ativação da saída do gerador, como em `Generator`.

    Returns
    -------
    generator, discriminator : torch.nn.Module

    Raises
    ------
    TypeError, ValueError
        Se algum argumento não for um inteiro que sirva.

    Notes
    -----
    Caderno: ``05_colapso_de_modos``.
    """
    pack_size = check_int(pack_size, "pack_size")
    rng = torch.Generator().manual_seed(check_int(seed, "seed", minimum=0))
    generator = Generator(latent_dim, 2, hidden, activation=_LeakyReLU, output=output)
    discriminator = Discriminator(2 * pack_size, hidden, activation=_LeakyReLU)
    networks = init_weights(generator, rng), init_weights(discriminator, rng)
    return networks[0], networks[1] if pack_size == 1 else Packed(networks[1], pack_size)
