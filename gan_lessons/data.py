"""Geradores de dados: os pontos que o GAN deve aprender a imitar."""

import numpy as np
from sklearn.utils import check_random_state

from gan_lessons.validation import check_int


def make_spiral(n_samples=1000, *, random_positions=False, random_state=None):
    """Pontos ao longo de uma espiral no espaço.

    Para cada posição ``x1`` em [0, 2π) e um ruído ε ~ N(0, 1), o mesmo nas duas fórmulas::

        x2 = x1 · cos(2 · x1) + 0.1 · ε
        x3 = x1 · exp(−x1)    + 0.01 · ε

    Parameters
    ----------
    n_samples : int, default=1000
        Número de pontos, pelo menos 1.
    random_positions : bool, default=False
        Se falso, ``x1`` é a grade fixa ``2π · i / n_samples``, como no texto de origem. Se
        verdadeiro, ``x1`` é sorteado uniformemente em [0, 2π): é o que um juiz precisa, porque
        duas amostras na mesma grade se repelem e parecem mais diferentes do que são.
    random_state : None, int ou numpy.random.RandomState
        Origem do sorteio, como no scikit-learn.

    Returns
    -------
    ndarray, shape (n_samples, 3), float64
        Uma linha por ponto, na ordem em que ``x1`` foi gerado.

    Raises
    ------
    TypeError, ValueError
        Se ``n_samples`` não for um inteiro positivo.

    Notes
    -----
    Fonte: onimaru, "GAN – Redes Geradoras Adversariais" (2019). Caderno: ``02_espiral``.
    """
    n_samples = check_int(n_samples, "n_samples")
    rng = check_random_state(random_state)
    noise = rng.normal(size=n_samples)
    if random_positions:
        x1 = rng.uniform(0.0, 2 * np.pi, size=n_samples)
    else:
        x1 = 2 * np.pi * np.arange(n_samples) / n_samples
    x2 = x1 * np.cos(2 * x1) + 0.1 * noise
    x3 = x1 * np.exp(-x1) + 0.01 * noise
    return np.column_stack([x1, x2, x3])
