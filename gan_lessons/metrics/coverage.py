"""Fidelidade e cobertura: os falsos caem onde há reais, e cobrem tudo o que os reais cobrem?"""

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

from gan_lessons.portuguese import decimal
from gan_lessons.validation import (
    check_array,
    check_int,
    check_number,
    check_pair,
    check_points,
    shown,
)

N_SIGMAS = 3
"""Até quantos desvios do modo mais próximo uma amostra conta como boa."""


@dataclass(frozen=True)
class PrecisionRecall:
    """Resultado de `precision_recall`.

    Attributes
    ----------
    precision : float
        Fidelidade: fração dos falsos que caem onde há reais.
    recall : float
        Cobertura: fração dos reais que caem onde há falsos.
    """

    precision: float
    recall: float

    def __str__(self):
        return f"precisão {decimal(self.precision, 3)}, revocação {decimal(self.recall, 3)}"


def precision_recall(real, fake, *, k=5):
    """Separa fidelidade (precisão) de cobertura (revocação).

    Um ponto está "coberto" por uma amostra se cai na bola de algum ponto dela, cujo raio é a
    distância ao seu k-ésimo vizinho na própria amostra.

    Fonte: Kynkäänniemi et al. (2019), "Improved Precision and Recall Metric for Assessing
    Generative Models", eq. 1 e 2. Cadernos: ``02_espiral`` e ``05_colapso_de_modos``.

    Parameters
    ----------
    real, fake : array_like, shape (n, d), (m, d)
        Nas mesmas unidades.
    k : int, default=5
        Vizinho que define o raio; cada amostra precisa de mais de k pontos.
    """
    k = check_int(k, "k")
    real, fake = check_pair(real, fake)
    smallest = min(len(real), len(fake))
    if k >= smallest:
        raise ValueError(
            f"k deve ser menor que o número de pontos da menor amostra, {smallest}, mas chegou "
            f"{shown(k)}; real e fake devem ter mais pontos."
        )
    return PrecisionRecall(_covered(fake, by=real, k=k), _covered(real, by=fake, k=k))


def _covered(points, *, by, k):
    index = NearestNeighbors().fit(by)
    radii = index.kneighbors(by, n_neighbors=k + 1)[0][:, -1]  # o primeiro vizinho é o próprio
    # O raio muda de bola para bola: procura-se pela maior e confere-se cada uma.
    distances, centers = index.radius_neighbors(points, radius=radii.max())
    pairs = zip(distances, centers, strict=True)
    return float(np.mean([np.any(distance <= radii[center]) for distance, center in pairs]))


@dataclass(frozen=True)
class ModeCoverage:
    """Resultado de `mode_coverage`.

    Attributes
    ----------
    modes : int
        Modos com pelo menos uma amostra de alta qualidade: a cobertura.
    high_quality : float
        Fração das amostras a no máximo 3 desvios do modo mais próximo: a fidelidade.
    shares : tuple of float
        Fração das amostras que é de alta qualidade e cai em cada modo; somam `high_quality`.
    """

    modes: int
    high_quality: float
    shares: tuple[float, ...]

    def __str__(self):
        return (
            f"modos: {self.modes} de {len(self.shares)}; "
            f"alta qualidade: {decimal(100 * self.high_quality, 1)} %"
        )


def mode_coverage(samples, centers, *, std):
    """Conta os modos capturados e as amostras de alta qualidade.

    Uma amostra é de alta qualidade se a distância euclidiana ao centro mais próximo é no máximo
    ``3 · std``; um modo é capturado se é o mais próximo de pelo menos uma delas. No plano, os
    próprios dados reais só fazem ``1 − exp(−9/2)`` = 98,89 % de alta qualidade: mais do que isso
    é sinal de amostras apertadas demais.

    Fonte: Srivastava et al. (2017), "VEEGAN: Reducing Mode Collapse in GANs using Implicit
    Variational Learning", §4.1. Caderno: ``05_colapso_de_modos``.

    Parameters
    ----------
    samples : array_like, shape (n, d)
    centers : array_like, shape (k, d)
        Os centros dos modos, todos diferentes, nas unidades de `samples`.
    std : float
        Desvio padrão de cada modo em cada coordenada, positivo.
    """
    centers = check_points(centers, "centers")
    samples = check_points(samples, "samples", n_columns=centers.shape[1], like="centers")
    std = check_number(std, "std", open_minimum=True)
    if len(np.unique(centers, axis=0)) < len(centers):
        raise ValueError(
            "centers deve ter centros todos diferentes, mas chegaram "
            f"{len(centers)} com repetições."
        )
    distances, nearest = NearestNeighbors(n_neighbors=1).fit(centers).kneighbors(samples)
    good = distances[:, 0] <= N_SIGMAS * std
    counts = np.bincount(nearest[good, 0], minlength=len(centers))
    return ModeCoverage(
        modes=int(np.sum(counts > 0)),
        high_quality=float(np.mean(good)),
        shares=tuple((counts / len(samples)).tolist()),
    )


def distance_from_uniform(shares):
    """Distância de variação total entre as fatias dos modos e fatias iguais: ``½ · Σ |p − 1/k|``.

    As fatias, ``(k,)`` e não negativas, como `ModeCoverage.shares`, são antes divididas pela sua
    soma; a de um modo não capturado é zero. Vai de 0, todas iguais, a 1 − 1/k, um modo só; é 1 se
    nenhum foi capturado. Caderno: ``05_colapso_de_modos``.
    """
    shares = check_array(shares, "shares", shape="(k,)")
    if shares.ndim != 1 or len(shares) == 0 or (shares < 0).any():
        raise ValueError(f"shares deve ter fatias não negativas (k,), mas chegou {shown(shares)}.")
    if shares.sum() == 0:
        return 1.0
    return float(np.abs(shares / shares.sum() - 1 / len(shares)).sum() / 2)
