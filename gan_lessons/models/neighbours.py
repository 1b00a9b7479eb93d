"""As vizinhas da GAN, pequenas: o autocodificador variacional e o modelo de difusão."""

import math
from itertools import pairwise

import torch
from torch import nn

from gan_lessons.models.networks import initial_weights, mlp

N_LEVELS = 50
"""Níveis de ruído da difusão, do quase limpo ao quase só ruído."""


class Vae(nn.Module):
    """Um autocodificador variacional: pontos ``(n, d)`` ↔ latentes ``(n, 2)``.

    O decodificador dá a média de uma gaussiana, com o mesmo desvio em toda parte, aprendido.

    Fonte: Kingma & Welling (2014), "Auto-Encoding Variational Bayes", eq. 3 e 10. Caderno:
    ``08_vizinhas``.
    """

    latent_dim = 2

    def __init__(self, n_features):
        super().__init__()
        inner = (128, 128, 128)
        self.encoder = mlp([n_features, *inner, 2 * self.latent_dim], activation=nn.SiLU)
        self.decoder = mlp([self.latent_dim, *inner, n_features], activation=nn.SiLU)
        # Pequeno: com um desvio grande, a média de todos os pontos já serviria a todos.
        self.log_std = nn.Parameter(torch.tensor(-2.0))

    def loss(self, points, rng):
        """A ELBO média com o sinal trocado, em nats por ponto: ``erro de reconstrução + KL``."""
        mean, log_variance = self.encoder(points).chunk(2, dim=1)
        noise = torch.randn(mean.shape, generator=rng)
        rebuilt = self.decoder(mean + (log_variance / 2).exp() * noise)
        error = (points - rebuilt) ** 2 / (2 * (2 * self.log_std).exp()) + self.log_std
        divergence = (mean**2 + log_variance.exp() - 1 - log_variance) / 2
        return ((error + math.log(2 * math.pi) / 2).sum(dim=1) + divergence.sum(dim=1)).mean()

    def sample(self, n, *, rng, noisy=True):
        """`n` pontos: a média que sai de latentes sorteados e, se `noisy`, o ruído somado a ela."""
        mean = self.decoder(torch.randn(n, self.latent_dim, generator=rng))
        noise = torch.randn(mean.shape, generator=rng)
        return mean + self.log_std.exp() * noise if noisy else mean


class Denoiser(nn.Module):
    """A rede da difusão: pontos ruidosos ``(n, d)`` e níveis ``(n,)`` → o ruído, ``(n, d)``.

    Attributes
    ----------
    kept : torch.Tensor, shape (N_LEVELS,)
        Quanto da variância dos dados resta em cada nível, o ᾱ do artigo.

    Notes
    -----
    Fonte: Ho, Jain & Abbeel (2020), "Denoising Diffusion Probabilistic Models", com β em progressão
    geométrica. Caderno: ``08_vizinhas``.
    """

    def __init__(self, n_features):
        super().__init__()
        self.embedding = nn.Embedding(N_LEVELS, 16)
        inner = (176, 176, 176)  # tantos pesos quanto as duas redes de uma GAN de 128
        self.layers = mlp([n_features + 16, *inner, n_features], activation=nn.SiLU)
        beta = torch.logspace(-4, math.log10(0.5), N_LEVELS)
        self.register_buffer("kept", torch.cumprod(1 - beta, dim=0))

    def forward(self, noisy, level):
        return self.layers(torch.cat([noisy, self.embedding(level)], dim=1))

    def loss(self, points, rng):
        """O erro quadrático médio do ruído adivinhado, num nível sorteado para cada ponto."""
        level = torch.randint(N_LEVELS, (len(points),), generator=rng)
        noise = torch.randn(points.shape, generator=rng)
        kept = self.kept[level][:, None]
        noisy = kept.sqrt() * points + (1 - kept).sqrt() * noise
        return ((self(noisy, level) - noise) ** 2).mean()

    def denoise(self, noisy, *, calls=N_LEVELS, rng=None):
        """Leva ruído puro ``(n, d)`` a pontos, chamando a rede `calls` vezes.

        Com `rng`, cada chamada sorteia o ruído que a difusão teria posto no nível seguinte; com
        todos os níveis, é a amostragem do artigo. Sem `rng`, o mesmo ruído dá sempre o mesmo ponto.
        Fonte: Song, Meng & Ermon (2021), "Denoising Diffusion Implicit Models", eq. 12 e 16, com
        η = 1 e η = 0.
        """
        levels = torch.linspace(N_LEVELS - 1, 0, calls).round().long()
        remains = torch.cat([self.kept[levels], torch.ones(1)])  # depois do último, nada de ruído
        for level, (kept, less) in zip(levels, pairwise(remains), strict=True):
            noise = self(noisy, level.expand(len(noisy)))
            clean = (noisy - (1 - kept).sqrt() * noise) / kept.sqrt()
            fresh = torch.zeros(()) if rng is None else (1 - less) / (1 - kept) * (1 - kept / less)
            noisy = less.sqrt() * clean + (1 - less - fresh).sqrt() * noise
            if rng is not None:
                noisy = noisy + fresh.sqrt() * torch.randn(noisy.shape, generator=rng)
        return noisy

    def sample(self, n, *, rng, calls=N_LEVELS):
        """`n` pontos, como em `denoise`, com o ruído de partida e os outros tirados de `rng`."""
        noise = torch.randn(n, self.layers[-1].out_features, generator=rng)
        return self.denoise(noise, calls=calls, rng=rng)


def make_vae(n_features=2, seed=0):
    """O `Vae` com os pesos iniciais da semente."""
    with initial_weights(seed):
        return Vae(n_features)


def make_denoiser(n_features=2, seed=0):
    """O `Denoiser` com os pesos iniciais da semente."""
    with initial_weights(seed):
        return Denoiser(n_features)
