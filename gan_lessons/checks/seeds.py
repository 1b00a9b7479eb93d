"""Os corretores de ``04_muitas_sementes``."""

import math

import numpy as np
from scipy import stats

from gan_lessons.checks.answers import rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.portuguese import decimal

_SAMPLES = (
    np.array([0.70, 0.74, 0.66, 0.81, 0.69]),
    np.array([12.0, 3.0, 9.0, 9.0, 15.0, 1.0, 7.0, 20.0]),
    np.array([0.9, 0.5]),
)


def _interval_hint(got, values):
    """A dica para quem deu o par `got` como intervalo de 95 % da média de `values`."""
    n, mean = len(values), values.mean()
    t = stats.t.ppf(0.975, n - 1)

    def gives(quantile, *, ddof=1, root=True, atol=1e-6):
        margin = quantile * values.std(ddof=ddof) / (math.sqrt(n) if root else 1)
        return np.allclose(got, (mean - margin, mean + margin), atol=atol)

    margin = t * values.std(ddof=1) / math.sqrt(n)
    if gives(t):
        return None
    if np.allclose(got, (mean, margin)):
        return "isso é (média, margem); devolva as duas pontas, média − margem e média + margem."
    if got[0] > got[1]:
        return "a ponta baixa vem primeiro."
    if gives(1.96, atol=1e-4 * np.ptp(values)):
        return (
            f"com {n} valores, 1,96 deixa o intervalo estreito demais: use o quantil do t de "
            f"Student com n − 1 graus de liberdade, que aqui é {decimal(t)}."
        )
    if gives(t, root=False):
        return "isso é a faixa dos valores, não a da média: falta dividir o desvio por √n."
    if gives(t, ddof=0):
        return "o desvio está com n no denominador; com dados, é n − 1 (ddof=1)."
    if gives(1):
        return "isso é um erro padrão para cada lado; a margem de 95 % é t vezes isso."
    if gives(stats.t.ppf(0.95, n - 1)):
        return "o quantil é 0,975: ficam de fora 2,5 % de cada lado."
    if gives(stats.t.ppf(0.975, n)):
        return "os graus de liberdade são n − 1, e não n."
    return (
        f"com {n} valores chegou ({decimal(got[0], 3)}; {decimal(got[1], 3)}), e média ± t · s/√n "
        f"é ({decimal(mean - margin, 3)}; {decimal(mean + margin, 3)})."
    )


@exercise(
    "com poucas sementes, o t de Student cobra a incerteza do próprio desvio.", function="values"
)
def check_mean_interval(mean_interval):
    """`mean_interval(values)`: intervalo de 95 % da média, ``(baixo, alto)``."""
    for values in _SAMPLES:
        hint = _interval_hint(mean_interval.array(values, shape=(2,)), values)
        if hint:
            return hint
    return None


@exercise("o menor número que basta, e nem uma semente a mais.", function="std, margin")
def check_seeds_needed(seeds_needed):
    """`seeds_needed(std, margin)`: o menor n com ``1,96 · std / √n ≤ margin``."""
    for std, margin in ((1.0, 0.2), (0.02, 0.005), (0.02, 0.0025), (5.0, 2.0), (0.1, 1.0)):
        expected = max(math.ceil((1.96 * std / margin) ** 2), 1)
        got = seeds_needed.number(std, margin)
        if got == expected:
            continue
        case = f"seeds_needed({std}, {margin}) deu {rounded(got)}"
        if math.isclose(got, (1.96 * std / margin) ** 2):
            return f"{case}: a conta está certa, mas sementes são inteiras; para cima."
        if got == expected - 1:
            return f"{case}, e com isso a margem ainda passa do pedido; para cima."
        if got == math.ceil(1.96 * std / margin):
            return f"{case}: falta o quadrado, porque a margem cai com √n."
        if got == math.ceil((std / margin) ** 2):
            return f"{case}: isso é uma margem de um erro padrão; a de 95 % tem 1,96."
        return f"{case}, e o menor n que serve é {expected}."
    return None


@exercise(
    "a diferença, semente a semente, tira da conta o que as duas têm em comum.", function="a, b"
)
def check_paired_interval(paired_interval):
    """`paired_interval(a, b)`: intervalo de 95 % da média de ``b − a``, semente a semente."""
    rng = np.random.RandomState(0)
    for n in (6, 20):
        a = rng.normal(size=n)
        b = a + 0.3 + 0.1 * rng.normal(size=n)
        got = paired_interval.array(a, b, shape=(2,))
        hint = _interval_hint(got, b - a)
        if hint is None:
            continue
        if _interval_hint(got, a - b) is None:
            return "o sinal está trocado: a diferença pedida é b − a."
        if math.isclose(got.mean(), (b - a).mean()) and np.ptp(got) > 6 * (b - a).std(ddof=1):
            return (
                "o centro está certo, mas o intervalo é largo demais: as duas amostras estão "
                "sendo tratadas como independentes. Comece pelas diferenças, b − a."
            )
        return f"com as {n} diferenças b − a: {hint}"
    return None


@exercise(
    "quem escolhe o melhor de k está contando k; o número não é de uma GAN qualquer.",
    function="values, k",
)
def check_expected_best(expected_best):
    """`expected_best(values, k)`: a média do menor de `k` valores sorteados sem repetição."""
    values = np.array([0.9, 0.7, 0.8, 0.95, 0.6, 0.85, 0.75])
    n = len(values)
    for k in (1, 2, 3, n):
        ranks = range(n)
        weights = [math.comb(n - 1 - rank, k - 1) / math.comb(n, k) for rank in ranks]
        expected = float(np.sort(values) @ weights)
        got = expected_best.number(values, k)
        if math.isclose(got, expected, abs_tol=4e-3):
            continue
        case = f"expected_best(values, {k})"
        if math.isclose(got, values.min()):
            return f"{case} deu o menor de todos; com k = {k} nem sempre ele está no sorteio."
        if math.isclose(got, float(np.sort(values)[::-1] @ weights), abs_tol=4e-3):
            return f"{case} deu a média do maior; aqui o melhor é o menor (0,5 é o ideal)."
        if math.isclose(got, values.mean()):
            return f"{case} deu a média de todos, que é o caso k = 1; e o menor de {k}?"
        # A chance de todos os k sorteados estarem entre os maiores, se um valor pudesse voltar.
        again = [((n - rank) / n) ** k - ((n - rank - 1) / n) ** k for rank in ranks]
        if math.isclose(got, float(np.sort(values) @ again), abs_tol=4e-3):
            return f"{case}: nesse sorteio um valor pode sair duas vezes; o pedido é sem repetição."
        return (
            f"{case} deu {decimal(got, 3)}, e a média do menor de {k} entre estes {n} é "
            f"{decimal(expected, 3)}."
        )
    return None
