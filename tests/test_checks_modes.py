"""Os corretores da aula de colapso de modos: certo, errado de cada jeito, e por fazer."""

import math

import numpy as np
import pytest
from scipy import stats

from gan_lessons import checks

RIGHT = {
    "A": "taxa de aprendizado alta demais",
    "B": "saída que não alcança os dados",
    "C": "colapso de modos",
    "D": "gradiente que some",
    "E": "oscilação",
    "F": "discriminador forte demais",
}
NOTICES = {
    "um modo só": {"modos", "revocação", "pesos", "juiz"},
    "memória": {"cópias"},
    "pesos errados": {"pesos", "juiz"},
}


def weight_distance(shares):
    shares = np.asarray(shares) / np.sum(shares)
    return np.abs(shares - 1 / len(shares)).sum() / 2


def clear(quantile, *, signed=False):
    def answer(table):
        scores = {
            name: np.mean(d) / (np.std(d, ddof=1) / math.sqrt(len(d))) for name, d in table.items()
        }
        return [name for name, t in scores.items() if (t if signed else abs(t)) > quantile]

    return answer


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (checks.check_diagnosis, RIGHT),
        (checks.check_ceiling, lambda k: 1 - math.exp(-k * k / 2)),
        (checks.check_ceiling, lambda k: stats.chi2.cdf(k * k, 2)),
        (checks.check_cheaters, NOTICES),
        (checks.check_cheaters, {**NOTICES, "memória": "cópias"}),
        (checks.check_weight_distance, weight_distance),
        (checks.check_clear_differences, clear(stats.t.ppf(0.975, 9))),
    ],
)
def test_right_answers_are_praised(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out.startswith("✔ ")


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (checks.check_diagnosis, ["A"], "letras de A a F"),
        (checks.check_diagnosis, {**RIGHT, "A": "azar"}, "não está na lista"),
        (checks.check_diagnosis, {**RIGHT, "C": "oscilação"}, "caso C"),
        (checks.check_ceiling, lambda k: 2 * stats.norm.cdf(k) - 1, "uma dimensão"),
        (checks.check_ceiling, lambda k: (2 * stats.norm.cdf(k) - 1) ** 2, "quadrado"),
        (checks.check_ceiling, lambda k: math.exp(-k * k / 2), "fica de fora"),
        (checks.check_ceiling, lambda k: 0.1, "dentro do círculo"),
        (checks.check_cheaters, {"memória": "cópias"}, "dicionário com as chaves"),
        (
            checks.check_cheaters,
            {**NOTICES, "um modo só": {"alta qualidade"}},
            "ela não muda",
        ),
        (checks.check_cheaters, {**NOTICES, "pesos errados": "pesos"}, "mais 1"),
        (checks.check_weight_distance, lambda s: 2 * weight_distance(s), "½"),
        (
            checks.check_weight_distance,
            lambda s: np.abs(np.array(s) - 1 / len(s)).sum() / 2,
            "divida-os pela soma",
        ),
        (
            checks.check_weight_distance,
            lambda s: np.abs(np.array(s) / np.sum(s) - 1 / len(s)).max(),
            "maior diferença",
        ),
        (checks.check_weight_distance, lambda s: 7, "a resposta é"),
        (checks.check_clear_differences, clear(1.96), "2,26"),
        (checks.check_clear_differences, clear(0.9), "65 %"),
        (checks.check_clear_differences, clear(2.3, signed=True), "negativa"),
        (checks.check_clear_differences, lambda table: ["outra"], "chaves de table"),
        (checks.check_clear_differences, lambda table: [], "fique com as que"),
    ],
)
def test_wrong_answers_get_a_hint(check, answer, hint, capsys):
    check(answer)
    out = capsys.readouterr().out
    assert out.startswith("✘ ")
    assert hint in out


@pytest.mark.parametrize(
    "check",
    [
        checks.check_diagnosis,
        checks.check_ceiling,
        checks.check_cheaters,
        checks.check_weight_distance,
        checks.check_clear_differences,
    ],
)
def test_nothing_yet_is_still_to_do(check, capsys):
    check(None)
    assert capsys.readouterr().out == "… ainda por fazer\n"
