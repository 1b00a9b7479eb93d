"""`confirm` falha quando a afirmação é falsa; os corretores aceitam o certo e ensinam no errado."""

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from gan_lessons.checks import (
    check_discriminator_loss,
    check_judge_sample,
    check_number_of_steps,
    check_weak_discriminator,
    confirm,
)
from gan_lessons.data import make_spiral


def test_a_true_claim_is_shown(capsys):
    confirm("dois mais dois são quatro", 2 + 2 == 4)
    assert capsys.readouterr().out == "✔ dois mais dois são quatro\n"


@pytest.mark.parametrize("holds", [False, np.bool_(False)])
def test_a_false_claim_stops_with_its_text(holds, capsys):
    with pytest.raises(AssertionError, match="não se confirma: o céu é verde"):
        confirm("o céu é verde", holds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", [1, "sim", None, np.array([True]), lambda: True])
def test_only_a_boolean_decides_a_claim(holds):
    with pytest.raises(TypeError, match="holds deve ser verdadeiro ou falso"):
        confirm("qualquer coisa", holds)


@pytest.fixture
def said(capsys):
    def said(check, answer):
        check(answer)
        return capsys.readouterr().out

    return said


ALL = [
    check_number_of_steps,
    check_discriminator_loss,
    check_weak_discriminator,
    check_judge_sample,
]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_an_untouched_exercise_is_still_to_do(check, said):
    assert said(check, None) == "… ainda por fazer\n"
    assert said(check, ...) == "… ainda por fazer\n"


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_an_absurd_answer_gets_a_hint_and_never_an_error(check, said):
    for answer in ("abc", [1, 2], lambda: 1 / 0, object()):
        assert said(check, answer).startswith("✘ ")


def test_number_of_steps(said):
    assert said(check_number_of_steps, 5000).startswith("✔")
    assert "uma época só" in said(check_number_of_steps, 25)
    assert "tamanho do lote" in said(check_number_of_steps, 8000)
    assert "quantos lotes" in said(check_number_of_steps, 500)


def test_discriminator_loss(said):
    assert said(check_discriminator_loss, 0.3285).startswith("✔")
    assert said(check_discriminator_loss, torch.tensor(0.3285)).startswith("✔")
    assert "sinal" in said(check_discriminator_loss, -0.3285)
    assert "1 − D" in said(check_discriminator_loss, -np.log(0.9) - np.log(0.2))
    assert "média" in said(check_discriminator_loss, 0.3285 / 2)
    assert "logaritmo natural" in said(check_discriminator_loss, 3)


class Always(torch.nn.Module):
    def __init__(self, logit, columns=1):
        super().__init__()
        self.logit, self.columns = logit, columns

    def forward(self, points):
        return torch.full((len(points), self.columns), self.logit)


def test_weak_discriminator(said):
    for logit in (0.0, 5.0, -5.0):
        assert said(check_weak_discriminator, Always(logit)).startswith("✔")
    assert "(n, 1)" in said(check_weak_discriminator, Always(0.0, columns=2))
    clever = torch.nn.Linear(3, 1)
    with torch.no_grad():
        clever.weight.fill_(-1.0)
        clever.bias.fill_(100.0)
    assert "100%" in said(check_weak_discriminator, clever)


def test_judge_sample(said):
    scaler = StandardScaler().fit(make_spiral(random_state=0))

    def new(n, seed):
        return scaler.transform(make_spiral(n, random_positions=True, random_state=seed))

    assert said(check_judge_sample, new).startswith("✔")
    assert "seed" in said(check_judge_sample, lambda n, seed: new(n, 0))
    assert "grade" in said(
        check_judge_sample, lambda n, s: scaler.transform(make_spiral(n, random_state=s))
    )
    assert "unidades" in said(
        check_judge_sample, lambda n, s: make_spiral(n, random_positions=True, random_state=s)
    )
    assert "esta semente" in said(check_judge_sample, lambda n, seed: new(n, seed + 1))
    assert "(n, 3)" in said(check_judge_sample, lambda n, seed: new(2 * n, seed))
