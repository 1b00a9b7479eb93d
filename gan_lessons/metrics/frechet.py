"""A distância de Fréchet entre duas nuvens de características: o que a FID mede."""

from dataclasses import dataclass

import numpy as np

from gan_lessons.portuguese import decimal
from gan_lessons.validation import check_fits, check_points


@dataclass(frozen=True)
class FrechetDistance:
    """Resultado de `frechet_distance`.

    Attributes
    ----------
    distance : float
        O quadrado da distância, nas unidades das características ao quadrado; 0 se as médias e as
        covariâncias das amostras são iguais.
    bias : float
        Quanto de `distance` se deve a serem poucas as amostras, estimado; ``distance − bias`` é o
        que se esperaria com infinitas.
    """

    distance: float
    bias: float

    def __str__(self):
        return (
            f"distância de Fréchet: {decimal(self.distance, 3)} "
            f"(viés estimado: {decimal(self.bias, 3)})"
        )


def frechet_distance(real_features, fake_features):
    """A distância de Fréchet entre as gaussianas de mesma média e covariância que as amostras.

    ``|μ_r − μ_f|² + tr(Σ_r + Σ_f − 2 · (Σ_r · Σ_f)^½)``, com as médias e as covariâncias das
    amostras. Amostras finitas a inflam, num tanto que cai com 1/n. O viés vem daí: com metade dos
    pontos ele dobra, e a diferença entre a média de duas metades e o todo é ele próprio.

    Parameters
    ----------
    real_features, fake_features : array_like, shape (n, d), (m, d)
        As características de cada imagem, em ordem sorteada; pelo menos 4 linhas.

    Returns
    -------
    FrechetDistance

    Notes
    -----
    A FID é esta conta nas características de uma rede determinada, a Inception v3.
    Fontes: Dowson & Landau (1982), "The Fréchet Distance between Multivariate Normal
    Distributions"; Heusel et al. (2017), "GANs Trained by a Two Time-Scale Update Rule Converge to
    a Local Nash Equilibrium"; o viés, Chong & Forsyth (2020), "Effectively Unbiased FID and
    Inception Score and Where to Find Them". Caderno: ``07_julgar_imagens``.
    """
    real = check_points(real_features, "real_features", minimum=4)
    n_columns = real.shape[1]
    check_fits(64 * n_columns**2, "real_features", real.shape)
    fake = check_points(
        fake_features, "fake_features", n_columns=n_columns, like="real_features", minimum=4
    )
    scale = max(np.abs(real).max(), np.abs(fake).max()) or 1.0  # os quadrados não transbordam
    real, fake = real / scale, fake / scale
    whole = _squared_distance(real, fake)
    halves = np.mean([_squared_distance(real[i::2], fake[i::2]) for i in (0, 1)])
    return FrechetDistance(float(scale**2 * whole), float(scale**2 * (halves - whole)))


def _squared_distance(real, fake):
    shift = real.mean(axis=0) - fake.mean(axis=0)
    real_covariance, fake_covariance = (
        np.atleast_2d(np.cov(points, rowvar=False)) for points in (real, fake)
    )
    # O traço de (Σ_r · Σ_f)^½ é a soma dos valores singulares de Σ_r^½ · Σ_f^½.
    overlap = np.linalg.norm(_root(real_covariance) @ _root(fake_covariance), "nuc")
    spread = np.trace(real_covariance) + np.trace(fake_covariance) - 2 * overlap
    return shift @ shift + max(spread, 0.0)  # o arredondamento pode dar −1e-16


def _root(covariance):
    """A raiz quadrada de uma matriz simétrica sem autovalores negativos."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(values.clip(min=0.0)) @ vectors.T
