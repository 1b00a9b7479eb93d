"""Redes do curso e a inicialização dos seus pesos.

Todo discriminador devolve *logits*: números reais que a sigmoide transforma em probabilidades.
As perdas em `gan_lessons.losses` esperam logits.
"""

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
