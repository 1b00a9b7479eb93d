"""Os corretores da aula convolucional: aprovam o certo e dão a dica que o erro pede."""

import numpy as np
import pytest

from gan_lessons import checks
from gan_lessons.experiments.digits import split_digits

TRAIN, TEST, _, _ = split_digits()


def flagged_is_fake(prevalence, sensitivity, specificity):
    caught = prevalence * sensitivity
    return caught / (caught + (1 - prevalence) * (1 - specificity))


RIGHT = {
    "check_output_size": lambda n, k, s, p: (n - 1) * s - 2 * p + k,
    "check_checkerboard": lambda k, s: k % s == 0,
    "check_flagged_is_fake": flagged_is_fake,
    "check_memorizer": TRAIN[:540],
}

WRONG = [
    ("check_output_size", lambda n, k, s, p: (n + 2 * p - k) // s + 1, "inversa"),
    ("check_output_size", lambda n, k, s, p: (n - 1) * s + k, "falta cortar"),
    ("check_output_size", lambda n, k, s, p: (n - 1) * s + k - p, "dos dois lados"),
    ("check_output_size", lambda n, k, s, p: n * s - 2 * p + k, "passos"),
    ("check_output_size", lambda n, k, s, p: 2 * n + 40, "PyTorch"),
    ("check_output_size", 8, "TypeError"),
    ("check_checkerboard", lambda k, s: k % 2 == 0, "núcleo par"),
    ("check_checkerboard", lambda k, s: k == s, "se cobrem"),
    ("check_checkerboard", lambda k, s: True, "diferentes"),
    ("check_checkerboard", lambda k, s: k % s, "True ou False"),
    ("check_flagged_is_fake", lambda p, se, sp: se, "inversa"),
    ("check_flagged_is_fake", lambda p, se, sp: p * se + (1 - p) * (1 - sp), "acusados"),
    ("check_flagged_is_fake", lambda p, se, sp: p * se / (p * se + (1 - p) * sp), "1 −"),
    ("check_flagged_is_fake", lambda p, se, sp: p, "conte"),
    ("check_memorizer", TRAIN[:100], "540"),
    ("check_memorizer", TEST, "teste"),
    ("check_memorizer", np.clip(TRAIN[:540] + 0.5, -1, 1), "nota de cópia"),
    ("check_memorizer", np.repeat(TRAIN[:1], 540, axis=0), "variadas"),
]


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answer_is_praised(name, capsys):
    getattr(checks, name)(RIGHT[name])
    assert capsys.readouterr().out.startswith("✔ ")


@pytest.mark.parametrize(("name", "answer", "hint"), WRONG)
def test_a_wrong_answer_gets_the_hint_it_needs(name, answer, hint, capsys):
    getattr(checks, name)(answer)
    out = capsys.readouterr().out
    assert out.startswith("✘ ")
    assert hint in out


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("answer", [None, ...])
def test_an_empty_answer_is_still_to_do(name, answer, capsys):
    getattr(checks, name)(answer)
    assert capsys.readouterr().out == "… ainda por fazer\n"
