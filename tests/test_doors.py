"""Nenhum argumento de um aluno ganha um erro em inglês, um resultado sem sentido ou uma espera.

Os poucos casos da conferência comum são sempre os mesmos. Para procurar com vontade::

    PORTAS=5000 python -m pytest tests/test_doors.py
"""

import os

import pytest
from doors import DOORS, HOSTILE, complaint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEARCH = int(os.environ.get("PORTAS", 0))


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", DOORS)
def test_a_door_works_with_the_arguments_it_asks_for(name):
    assert complaint(name, {}) is None


ONCE_OPEN = {
    "TrainingPanel": {
        "judge_data": ["0", "lista torta", "sem linhas", "tensor bfloat16", "rede"],
        "names": ["1"],
    },
    "Trainer": {
        "data": ["10**400", "tensor com gradiente"],
        "labels": ["lista torta", "tensor esparso"],
    },
    "Trainer.run": {"progress": ["vetor", "DataFrame", "objeto"]},
    "Trainer.sample": {"n": ["2**64", "10**400"]},
    "Population": {"make_generator": ["função que para"], "compile": ["Series"]},
    "explore": {"draw": ["classe"]},
}
"""O que já passou por uma porta, ou a derrubou."""


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        (name, argument, value)
        for name, arguments in ONCE_OPEN.items()
        for argument, values in arguments.items()
        for value in values
    ],
)
def test_a_door_that_was_once_open_is_closed(name, argument, value):
    assert complaint(name, {argument: value}) is None


@pytest.mark.parametrize("name", DOORS)
@settings(
    max_examples=max(SEARCH // len(DOORS), 1) if SEARCH else 5,
    derandomize=not SEARCH,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(draw=st.data())
def test_a_door_refuses_in_portuguese_what_does_not_serve(name, draw):
    argument = st.sampled_from(sorted(DOORS[name].arguments()))
    hostile = draw.draw(
        st.dictionaries(argument, st.sampled_from(sorted(HOSTILE)), min_size=1, max_size=2)
    )
    assert complaint(name, hostile) is None, hostile
