"""Os corretores de ``06_muitas_sementes``."""

import math

import numpy as np
from scipy import stats

from gan_lessons.checks.exercises import exercise

_SAMPLES = (
    np.array([0.70, 0.74, 0.66, 0.81, 0.69]),
    np.array([12.0, 3.0, 9.0, 9.0, 15.0, 1.0, 7.0, 20.0]),
    np.array([0.9, 0.5]),
)


def _interval(values, quantile, *, ddof=1, root=True):
    margin = quantile * values.std(ddof=ddof) / (math.sqrt(len(values)) if root else 1)
    return values.mean() - margin, values.mean() + margin


def _t(n):
    return stats.t.ppf(0.975, n - 1)


def _pair(answer):
    """A resposta como dois números, ou `None` se não é um par."""
    try:
        low, high = (float(end) for end in answer)
    except (TypeError, ValueError):
        return None
    return low, high


@exercise("com poucas sementes, o t de Student cobra a incerteza do próprio desvio.")
def check_mean_interval(mean_interval):
    """`mean_interval(values)`: intervalo de 95 % da média, ``(baixo, alto)``."""
    for values in _SAMPLES:
        got = _pair(mean_interval(values))
        if got is None:
            return "mean_interval deve devolver um par de números: (baixo, alto)."
        n = len(values)
        if np.allclose(got, _interval(values, _t(n))):
            continue
        if np.allclose(got, _interval(values, 1.96), atol=1e-3 * np.ptp(values)):
            quantile = f"{_t(n):.2f}".replace(".", ",")
            return (
                f"com {n} valores, 1,96 deixa o intervalo estreito demais: use o quantil do t de "
                f"Student com n − 1 graus de liberdade, que aqui é {quantile}."
            )
        if np.allclose(got, _interval(values, _t(n), root=False)):
            return "isso é a faixa dos valores, não a da média: falta dividir o desvio por √n."
        if np.allclose(got, _interval(values, _t(n), ddof=0)):
            return "o desvio está com n no denominador; com dados, é n − 1 (ddof=1)."
        if got[0] > got[1]:
            return "a ponta baixa vem primeiro."
        return (
            f"para {values.tolist()} o intervalo esperado é média ± t · s/√n, e chegou "
            f"({got[0]:.3f}; {got[1]:.3f})."
        )
    return None


@exercise("metade da margem custa quatro vezes mais sementes.")
def check_seeds_needed(seeds_needed):
    """`seeds_needed(std, margin)`: o menor n com ``1,96 · std / √n ≤ margin``."""
    for std, margin in ((1.0, 0.2), (0.02, 0.005), (0.02, 0.0025), (5.0, 2.0), (0.1, 1.0)):
        expected = max(math.ceil((1.96 * std / margin) ** 2), 1)
        got = seeds_needed(std, margin)
        if got == expected:
            continue
        case = f"seeds_needed({std}, {margin})"
        if math.isclose(got, (1.96 * std / margin) ** 2):
            return f"{case} deu {got:g}: a conta está certa, mas sementes são inteiras; para cima."
        if got == expected - 1:
            return f"{case} deu {got}, e com {got} a margem ainda passa do pedido; para cima."
        if got == math.ceil(1.96 * std / margin):
            return f"{case} deu {got}: falta o quadrado, porque a margem cai com √n."
        if got == math.ceil((std / margin) ** 2):
            return f"{case} deu {got}: isso é uma margem de um erro padrão; a de 95 % tem 1,96."
        return f"{case} deu {got}, e o menor n que serve é {expected}."
    return None


@exercise("a diferença, semente a semente, tira da conta o que as duas têm em comum.")
def check_paired_interval(paired_interval):
    """`paired_interval(a, b)`: intervalo de 95 % da média de ``b − a``, semente a semente."""
    rng = np.random.RandomState(0)
    for n in (6, 20):
        a = rng.normal(size=n)
        b = a + 0.3 + 0.1 * rng.normal(size=n)
        got = _pair(paired_interval(a, b))
        if got is None:
            return "paired_interval deve devolver um par de números: (baixo, alto)."
        expected = _interval(b - a, _t(n))
        if np.allclose(got, expected):
            continue
        if np.allclose(got, _interval(a - b, _t(n))):
            return "o sinal está trocado: a diferença pedida é b − a."
        middle, width = (got[0] + got[1]) / 2, got[1] - got[0]
        if math.isclose(middle, (b - a).mean()) and width > 2 * (expected[1] - expected[0]):
            return (
                "o centro está certo, mas o intervalo é largo demais: as duas amostras estão "
                "sendo tratadas como independentes. Comece pelas diferenças, b − a."
            )
        if np.allclose(got, _interval(b - a, 1.96), atol=1e-3):
            return "use o quantil do t de Student com n − 1 graus de liberdade no lugar de 1,96."
        return (
            f"com {n} pares chegou ({got[0]:.3f}; {got[1]:.3f}), e o intervalo da média de b − a "
            f"é ({expected[0]:.3f}; {expected[1]:.3f})."
        )
    return None


@exercise("quem escolhe o melhor de k está contando k; o número não é de um GAN qualquer.")
def check_expected_best(expected_best):
    """`expected_best(values, k)`: a média do menor de `k` valores sorteados sem repetição."""
    values = np.array([0.9, 0.7, 0.8, 0.95, 0.6, 0.85, 0.75])
    n = len(values)
    for k in (1, 2, 3, n):
        ranks = range(n)
        weights = [math.comb(n - 1 - rank, k - 1) / math.comb(n, k) for rank in ranks]
        expected = float(np.sort(values) @ weights)
        got = float(expected_best(values, k))
        if math.isclose(got, expected, abs_tol=2e-3):
            continue
        case = f"expected_best(values, {k})"
        if math.isclose(got, values.min()):
            return f"{case} deu o menor de todos; com k = {k} nem sempre ele está no sorteio."
        if math.isclose(got, float(np.sort(values)[::-1] @ weights), abs_tol=2e-3):
            return f"{case} deu a média do maior; aqui o melhor é o menor (0,5 é o ideal)."
        if math.isclose(got, values.mean()) and k > 1:
            return f"{case} deu a média de todos, que é o caso k = 1; e o menor de {k}?"
        return f"{case} deu {got:.3f}, e a média do menor de {k} entre estes {n} é {expected:.3f}."
    return None
