"""Cada corretor da aula de teoria aceita a resposta certa e ajuda quem errou."""

import numpy as np
import pytest

from gan_lessons import checks
from gan_lessons.checks.theory import MYTHS

rng = np.random.RandomState(1)
COIN = rng.choice([-1, 1], size=500) + 0.2 * rng.normal(size=500)

RIGHT = [
    (checks.check_unbalanced_discriminator, lambda p, q: p / (p + 2 * q)),
    (checks.check_slope_ratio, lambda output: (1 - output) / output),
    (checks.check_minimum_r1, lambda rate: rate / 4),
    (checks.check_transposed_convolution, [2, 4, 2, 0, 3, 6, 3]),
    (checks.check_fools_the_line, COIN),
    (checks.check_myths, MYTHS),
]
WRONG = [
    (checks.check_unbalanced_discriminator, lambda p, q: p / (p + q), "meio a meio"),
    (checks.check_unbalanced_discriminator, lambda p, q: 2 * p / (2 * p + q), "os falsos"),
    (checks.check_unbalanced_discriminator, lambda p, q: p + 2 * q, "entre 0 e 1"),
    (checks.check_unbalanced_discriminator, lambda p, q: 0.5, "deu 0.5"),
    (checks.check_slope_ratio, lambda output: output / (1 - output), "invertida"),
    (checks.check_slope_ratio, lambda output: (output - 1) / output, "positiva"),
    (checks.check_slope_ratio, lambda output: 1.0, "divida a primeira pela segunda"),
    (checks.check_slope_ratio, lambda: 1.0, "parou com TypeError"),
    (checks.check_minimum_r1, lambda rate: rate / 2, "iguale-o a 1"),
    (checks.check_minimum_r1, lambda rate: 0.05, "depende da taxa"),
    (checks.check_minimum_r1, lambda rate: rate, "deu 0.2"),
    (checks.check_transposed_convolution, [2, 4, 2, 0, 0, 0, 3, 6, 3], "não ficam em fila"),
    (checks.check_transposed_convolution, [2, 4, 5, 6, 3], "passo 1"),
    (checks.check_transposed_convolution, [1, 2], "tem 2"),
    (checks.check_transposed_convolution, [2, 4, 2, 0, 2, 6, 3], "e some"),
    (checks.check_fools_the_line, COIN[:10], "vieram 10"),
    (checks.check_fools_the_line, COIN * np.nan, "não finitos"),
    (checks.check_fools_the_line, COIN + 2, "a reta ainda acerta"),
    (checks.check_fools_the_line, rng.normal(size=500), "bons demais"),
    (checks.check_myths, ["mito"] * 10, "8 de 10. Volte às frases 6, 10"),
    (checks.check_myths, ["mito"] * 3, "escreva 10 palpites"),
    (checks.check_myths, ["talvez"] * 10, "escreva 10 palpites"),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_the_right_answer_is_praised(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out.startswith("✔")


@pytest.mark.parametrize(("check", "answer", "hint"), WRONG)
def test_a_wrong_answer_gets_a_useful_hint(check, answer, hint, capsys):
    check(answer)
    printed = capsys.readouterr().out
    assert printed.startswith("✘")
    assert hint in printed


@pytest.mark.parametrize("check", [check for check, _ in RIGHT])
def test_an_empty_answer_is_still_to_do(check, capsys):
    check(None)
    assert "ainda por fazer" in capsys.readouterr().out
