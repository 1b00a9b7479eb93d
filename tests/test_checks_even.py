"""Os corretores dos números pares: aprovam o certo e dão a dica que o erro pede."""

import math

import pytest

from gan_lessons import checks
from gan_lessons.metrics import even_report


def approve(numbers, max_int):
    report = even_report(numbers, max_int=max_int)
    return report.even_fraction == 1 and report.total_variation < 0.5


RIGHT = {
    "check_number_of_bits": lambda max_int: (max_int - 1).bit_length(),
    "check_label_slopes": (-0.8, 0.2),
    "check_stuck_distance": lambda k, possible: 1 - k / possible,
    "check_diversity_test": approve,
    "check_repeat_probability": lambda k, size: 1 - math.prod((k - i) / k for i in range(size)),
}

WRONG = [
    ("check_number_of_bits", lambda m: int(math.log(m, 2)), "ocupa"),
    ("check_number_of_bits", lambda m: math.ceil(math.log2(m)), "ocupa"),
    ("check_number_of_bits", lambda m: m.bit_length(), "max_int fica de fora"),
    ("check_number_of_bits", 7, "TypeError"),
    ("check_label_slopes", (0.2, -0.8), "trocados"),
    ("check_label_slopes", (0.8, 0.2), "sinal"),
    ("check_label_slopes", (-0.8, -0.2), "rótulo dos falsos"),
    ("check_label_slopes", (-0.2, 0.2), "y = 1"),
    ("check_label_slopes", -0.8, "par de números"),
    ("check_stuck_distance", lambda k, possible: 2 * (1 - k / possible), "½"),
    ("check_stuck_distance", lambda k, possible: k / possible, "em comum"),
    ("check_stuck_distance", lambda k, possible: 0.3, "excessos"),
    ("check_diversity_test", lambda numbers, m: all(n % 2 == 0 for n in numbers), "42 e 84"),
    ("check_diversity_test", lambda numbers, m: len(set(numbers)) > m / 4, "pares e ímpares"),
    ("check_diversity_test", lambda numbers, m: False, "reprovou"),
    ("check_diversity_test", lambda numbers, m: 1, "True ou False"),
    ("check_diversity_test", lambda numbers, m: len(set(numbers)) == 64, "menores que 100"),
    (
        "check_repeat_probability",
        lambda k, size: math.prod((k - i) / k for i in range(size)),
        "todos diferentes",
    ),
    ("check_repeat_probability", lambda k, size: (size - 1) / k, "segundo sorteio"),
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
