"""Os corretores de ``06_muitas_sementes`` aceitam o certo e ajudam quem errou do jeito comum."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from gan_lessons import checks


def t_interval(values, quantile=None, ddof=1, root=True):
    values = np.asarray(values)
    n = len(values)
    quantile = stats.t.ppf(0.975, n - 1) if quantile is None else quantile
    margin = quantile * values.std(ddof=ddof) / (math.sqrt(n) if root else 1)
    return values.mean() - margin, values.mean() + margin


def unpaired(a, b):
    result = stats.ttest_ind(b, a, equal_var=False).confidence_interval()
    return result.low, result.high


def best(values, k, pick=min):
    return np.mean([pick(group) for group in itertools.combinations(values, k)])


RIGHT = [
    (checks.check_mean_interval, t_interval),
    (
        checks.check_mean_interval,
        lambda v: stats.ttest_1samp(v, 0).confidence_interval(),
    ),
    (checks.check_seeds_needed, lambda s, m: max(math.ceil((1.96 * s / m) ** 2), 1)),
    (checks.check_paired_interval, lambda a, b: t_interval(b - a)),
    (checks.check_paired_interval, lambda a, b: stats.ttest_rel(b, a).confidence_interval()),
    (checks.check_expected_best, best),
]

WRONG = [
    (checks.check_mean_interval, lambda v: v.mean(), "um par de números"),
    (checks.check_mean_interval, lambda v: t_interval(v, 1.96), "t de Student"),
    (checks.check_mean_interval, lambda v: t_interval(v, root=False), "dividir o desvio por √n"),
    (checks.check_mean_interval, lambda v: t_interval(v, ddof=0), "ddof=1"),
    (checks.check_mean_interval, lambda v: t_interval(v)[::-1], "a ponta baixa vem primeiro"),
    (checks.check_mean_interval, lambda v: (0.0, 1.0), "média ± t"),
    (checks.check_mean_interval, lambda v: 1 / 0, "parou com ZeroDivisionError"),
    (checks.check_seeds_needed, lambda s, m: (1.96 * s / m) ** 2, "para cima"),
    (checks.check_seeds_needed, lambda s, m: int((1.96 * s / m) ** 2), "para cima"),
    (checks.check_seeds_needed, lambda s, m: math.ceil(1.96 * s / m), "falta o quadrado"),
    (checks.check_seeds_needed, lambda s, m: math.ceil((s / m) ** 2), "um erro padrão"),
    (checks.check_seeds_needed, lambda s, m: 5, "o menor n que serve"),
    (checks.check_paired_interval, lambda a, b: t_interval(a - b), "sinal está trocado"),
    (checks.check_paired_interval, unpaired, "largo demais"),
    (checks.check_paired_interval, lambda a, b: t_interval(b - a, 1.96), "t de Student"),
    (checks.check_paired_interval, lambda a, b: (0.0, 1.0), "a média de b − a"),
    (checks.check_paired_interval, lambda a, b: 0.3, "um par de números"),
    (checks.check_expected_best, lambda v, k: min(v), "menor de todos"),
    (checks.check_expected_best, lambda v, k: np.mean(v), "caso k = 1"),
    (checks.check_expected_best, lambda v, k: best(v, k, max), "o melhor é o menor"),
    (checks.check_expected_best, lambda v, k: 0.5, "a média do menor"),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_right_answers_are_praised(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out.startswith("✔ ")


@pytest.mark.parametrize(("check", "answer", "hint"), WRONG)
def test_common_mistakes_get_a_hint(check, answer, hint, capsys):
    check(answer)
    out = capsys.readouterr().out
    assert out.startswith("✘ ")
    assert hint in out


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in RIGHT))
@pytest.mark.parametrize("answer", [None, ...])
def test_no_answer_is_work_to_do(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "… ainda por fazer\n"
