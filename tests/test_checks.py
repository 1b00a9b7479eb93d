"""`confirm` falha quando a afirmação é falsa; um corretor nunca para, nem fala inglês."""

import inspect

import numpy as np
import pytest
import torch

from gan_lessons import checks
from gan_lessons.checks import confirm
from gan_lessons.checks.exercises import exercise

ALL = [getattr(checks, name) for name in vars(checks) if name.startswith("check_")]
EVERY = pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)


@pytest.fixture
def said(capsys):
    def said(check, answer):
        check(answer)
        return capsys.readouterr().out

    return said


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


@EVERY
@pytest.mark.parametrize("answer", [None, ...])
def test_an_untouched_exercise_is_still_to_do(check, answer, said):
    assert said(check, answer) == "… ainda por fazer\n"


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("nem isto")


class Hostile:
    """Um objeto que falha em tudo o que se lhe pergunte."""

    def fail(self, *arguments):
        raise UnspeakableError

    __eq__ = __repr__ = __str__ = __float__ = __len__ = __iter__ = __array__ = fail
    __hash__ = None


def stopping(error):
    def answer(*arguments):
        raise error

    return answer


ABSURD = {
    "um texto": "abc",
    "uma lista": [1, "2"],
    "um dicionário": {1: 2},
    "um objeto": object(),
    "um objeto hostil": Hostile(),
    "um gerador": (i for i in range(3)),
    "um número não finito": float("nan"),
    "um número enorme": 10**400,
    "uma matriz de textos": np.array(["a"]),
    "uma classe": Hostile,
    "return esquecido": lambda *arguments: None,
    "devolve texto": lambda *arguments: "0,5",
    "devolve NaN": lambda *arguments: np.nan,
    "devolve uma função": lambda *arguments: len,
    "devolve hostil": lambda *arguments: Hostile(),
    "devolve complexo": lambda *arguments: 1j,
    "sem argumentos": lambda: 1,
    "seis argumentos": lambda a, b, c, d, e, f: 1,
    "para em inglês": stopping(ValueError("shapes do not match")),
    "para sem texto": stopping(UnspeakableError()),
    "sai": stopping(SystemExit(1)),
    "gera sem fim": stopping(StopIteration()),
    "uma rede": torch.nn.Linear(2, 1),
}
ENGLISH = {"the", "not", "must", "missing", "required", "expected", "invalid", "do", "at"}


@EVERY
@pytest.mark.parametrize("kind", ABSURD)
def test_an_absurd_answer_gets_a_hint_in_portuguese(check, kind, said):
    hint = said(check, ABSURD[kind])
    assert hint.startswith("✘ ")
    assert not ENGLISH & set(hint.split()), hint


@EVERY
def test_the_student_can_always_interrupt(check):
    class Slow(torch.nn.Module):
        def forward(self, points):
            raise KeyboardInterrupt

    class Words(dict):
        def __iter__(self):
            raise KeyboardInterrupt

        __array__ = __float__ = items = __iter__

    for answer in (stopping(KeyboardInterrupt()), Slow(), Words()):
        try:
            check(answer)
        except KeyboardInterrupt:
            return
    pytest.fail("nenhuma resposta demorada pôde ser interrompida")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (8, "a resposta é uma função de p, q, passada pelo nome e sem chamá-la; chegou 8."),
        (lambda p, q: None, "a função não devolveu nada; termine-a com return."),
        (lambda p: p, "a função deve receber (p, q), e a sua recebe (p)."),
        (lambda p, q: 1 / 0, "parou com ZeroDivisionError, na linha"),
        (lambda p, q: undefined, "há um nome que não foi definido"),  # noqa: F821
        (lambda p, q: p + "q", "uma conta recebeu um tipo de valor que não serve"),
        (lambda p, q: [p, q], "a função deve dar um número, e deu [0.4, 0.4]."),
        (lambda p, q: float("nan"), "a função deu nan, que não é um número finito."),
    ],
)
def test_a_mistake_of_writing_is_told_from_a_mistake_of_thinking(answer, hint, said):
    assert hint in said(checks.check_unbalanced_discriminator, answer)


def test_an_error_of_the_course_is_shown_as_it_is(said):
    def sample(n, seed):
        return checks.spiral.make_spiral(-n)

    hint = said(checks.check_judge_sample, sample)
    assert "ValueError" in hint
    assert "n_samples deve ser pelo menos 1, mas chegou -30." in hint


def test_an_answer_cannot_spoil_the_question(said):
    def mean_interval(values):
        values[:] = 0
        return values[:2]

    said(checks.check_mean_interval, mean_interval)
    assert all(values.min() > 0 for values in checks.seeds._SAMPLES)


def test_a_warning_of_the_students_code_is_not_shown(recwarn, said):
    said(checks.check_slope_ratio, lambda D: np.float64(1) / np.float64(0))
    assert not recwarn.list


def test_every_exercise_says_what_it_checks():
    for check in ALL:
        assert inspect.getdoc(check), check.__name__


def test_the_praise_comes_only_without_a_hint(said):
    assert said(exercise("isso")(lambda answer: None), 1) == "✔ isso\n"
    assert said(exercise("isso")(lambda answer: "quase"), 1) == "✘ quase\n"


def test_an_error_that_no_check_foresees_is_still_a_hint(said):
    hint = said(exercise("isso")(stopping(UnspeakableError())), 1)
    assert hint.startswith("✘ a resposta parou com UnspeakableError, na linha ")
