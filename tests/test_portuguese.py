"""Os números se escrevem com vírgula."""

import numpy as np
import pandas as pd
import pytest

from gan_lessons.portuguese import decimal, short_number, table


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (3.14159, 2, "3,14"),
        (-1.5, 1, "−1,5"),
        (-0.001, 2, "0,00"),
        (2, 0, "2"),
        (1e6, 1, "1000000,0"),
    ],
)
def test_a_number_has_a_comma_a_minus_sign_and_no_negative_zero(number, digits, text):
    assert decimal(number, digits) == text
    assert decimal(np.float32(number), digits) == text


def test_a_difference_may_show_both_signs():
    assert [decimal(x, 1, sign=True) for x in (0.25, -0.25, -0.01)] == ["+0,2", "−0,2", "+0,0"]


@pytest.mark.parametrize(
    ("number", "text"), [(0.001, "0,001"), (10.0, "10"), (100, "100"), (2.50, "2,5"), (-3.0, "−3")]
)
def test_a_short_number_has_no_zeros_to_spare(number, text):
    assert short_number(number) == text


def test_a_table_shows_commas_only_where_there_are_fractions():
    frame = pd.DataFrame(
        {"medida": [0.5, 1.25], "outra": [1.0, 2.0], "passo": [1, 2], "nome": ["a.b", "c"]}
    )
    shown = table(frame, {"medida": 1})
    assert shown["medida"].tolist() == ["0,5", "1,2"]
    assert shown["outra"].tolist() == ["1,00", "2,00"]
    assert shown["passo"].tolist() == [1, 2]
    assert shown["nome"].tolist() == ["a.b", "c"]
    assert frame["medida"].tolist() == [0.5, 1.25]
