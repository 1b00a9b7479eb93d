"""Todo argumento que não serve é recusado em português, e o que serve passa sem mudar de valor."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gan_lessons.validation import (
    MAX_COORDINATE,
    MAX_SEED,
    check_alt,
    check_array,
    check_built,
    check_choice,
    check_fits,
    check_flag,
    check_images,
    check_int,
    check_integers,
    check_labels,
    check_module,
    check_number,
    check_pair,
    check_points,
    check_probabilities,
    check_random_state,
    check_seed,
)


@pytest.mark.parametrize("number", [Fraction(1, 3), 2**64, np.float32(0.5), np.int8(3), 7])
def test_any_real_number_becomes_a_float(number):
    checked = check_number(number, "r1")
    assert type(checked) is float
    assert checked == pytest.approx(float(number))


class Unspeakable:
    def __repr__(self):
        raise RuntimeError("não sei me escrever")


@pytest.mark.parametrize(
    "value",
    [10**400, Fraction(10**400, 3), np.inf, np.nan, True, "1", None, 1j, Unspeakable(), np.ones(1)],
)
def test_what_is_not_a_finite_number_is_refused(value):
    with pytest.raises((TypeError, ValueError), match=r"^r1 deve ser .*mas chegou") as error:
        check_number(value, "r1")
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("sign", [1, -1])
def test_not_even_an_integer_too_long_to_be_written_escapes_in_english(sign):
    with pytest.raises(ValueError, match=r"^r1 deve ser um número finito.* mas chegou"):
        check_number(sign * 10**5000, "r1")
    with pytest.raises(ValueError, match=r"^k deve ser .*mas chegou um valor de tipo int"):
        check_int(sign * 10**5000, "k", maximum=3)


@pytest.mark.parametrize(("value", "open_minimum"), [(0.5, True), (0.4, False), (2.1, False)])
def test_the_ends_of_an_interval_are_inside_unless_it_is_open(value, open_minimum):
    assert check_number(0.5, "lr", minimum=0.5, maximum=2.0) == 0.5
    assert check_number(2, "lr", minimum=0.5, maximum=2.0) == 2.0
    with pytest.raises(ValueError, match=r"^lr deve ser .* 0.5 e no máximo 2, mas chegou"):
        check_number(value, "lr", minimum=0.5, maximum=2.0, open_minimum=open_minimum)


@pytest.mark.parametrize("value", [1.0, True, "1", None, [1], Fraction(1), 0, 4, 2**64])
def test_what_is_not_an_integer_in_the_interval_is_refused(value):
    with pytest.raises((TypeError, ValueError), match=r"^k deve ser .*mas chegou"):
        check_int(value, "k", maximum=3)


@given(st.integers(1, 100))
def test_integers_of_any_type_become_int(number):
    for same in (number, np.uint8(number), np.int64(number)):
        checked = check_int(same, "k")
        assert type(checked) is int
        assert checked == number


@pytest.mark.parametrize("value", [1, 0, "sim", None, [], np.int64(1), 1.0])
def test_a_flag_is_true_or_false_and_not_what_looks_like_it(value):
    assert check_flag(np.True_, "alternating") is True
    with pytest.raises(TypeError, match=r"^alternating deve ser True ou False, mas chegou"):
        check_flag(value, "alternating")


@pytest.mark.parametrize("value", ["nada", None, 3, ["a"], ("a",)])
def test_a_choice_is_one_of_the_words(value):
    assert check_choice("a", "loss", {"a": 1, "b": 2}) == "a"
    with pytest.raises(ValueError, match=r"^loss deve ser uma destas opções: 'a', 'b'; mas chegou"):
        check_choice(value, "loss", {"a": 1, "b": 2})


@pytest.mark.parametrize("value", ["", "figura", None, 4, "uma nuvem só"])
def test_an_alternative_text_is_a_sentence(value):
    with pytest.raises(ValueError, match=r"^alt deve descrever a figura"):
        check_alt(value)


@pytest.mark.parametrize("value", [-1, 2**32, True, "0", 1.0, np.random])
def test_seeds_that_would_repeat_others_are_refused(value):
    assert check_seed(MAX_SEED) == 2**32 - 1
    for check in (check_seed, check_random_state):
        with pytest.raises((TypeError, ValueError), match=r"^semente deve ser .*mas chegou"):
            check(value, "semente")


def test_random_state_is_that_of_scikit_learn():
    rng = np.random.RandomState(3)
    assert check_random_state(rng) is rng
    assert check_random_state(np.int64(3)).normal() == np.random.RandomState(3).normal()
    assert check_random_state(None) is np.random.mtrand._rand
    with pytest.raises(TypeError, match="random_state deve ser None, um inteiro ou"):
        check_random_state(np.random.default_rng(0))


TABLE = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize(
    "points",
    [
        TABLE.tolist(),
        TABLE.astype(np.float32),
        TABLE.astype(">f8"),
        TABLE.astype(np.uint8),
        TABLE.astype(object),
        TABLE[::-1][::-1],
        TABLE[::-1].copy()[::-1],
        pd.DataFrame(TABLE),
        np.ma.masked_array(TABLE),
        torch.tensor(TABLE, requires_grad=True),
        torch.tensor(TABLE, dtype=torch.bfloat16),
    ],
)
def test_points_come_in_many_forms_and_leave_in_one(points):
    checked = check_points(points, "real")
    assert checked.dtype == np.float64
    assert checked.flags.c_contiguous
    np.testing.assert_array_equal(checked, TABLE)
    torch.as_tensor(checked)  # sem passos negativos, que o PyTorch não lê


@pytest.mark.parametrize(
    "points",
    [
        TABLE.astype(str),
        TABLE.astype(str).astype(object),
        np.array([["2026-01-01"]], dtype="datetime64[D]"),
        TABLE + 1j,
        np.ma.masked_array(TABLE, TABLE > 4),
        [[1.0], [1.0, 2.0]],
        [[None, 1.0]],
        {"a": 1},
        torch.eye(2).to_sparse(),
        TABLE[:, :0],
        TABLE[0],
        TABLE[:0],
        np.where(TABLE == 5, np.inf, TABLE),
        TABLE * 1e200,
        [[10**400, 1]],
    ],
)
def test_what_would_silently_become_other_points_is_refused(points):
    with pytest.raises((TypeError, ValueError), match=r"^real (deve|tem) "):
        check_points(points, "real")


def test_the_distances_between_accepted_points_are_finite():
    far = check_points([[MAX_COORDINATE] * 50, [-MAX_COORDINATE] * 50], "real")
    assert np.isfinite(np.linalg.norm(far[0] - far[1]))


def test_a_pair_of_samples_has_the_same_columns():
    real, fake = check_pair(TABLE, TABLE[:2], minimum=2)
    assert (len(real), len(fake)) == (3, 2)
    with pytest.raises(ValueError, match="fake deve ter 2 colunas, como real, mas chegou 1"):
        check_pair(TABLE, TABLE[:, :1])
    with pytest.raises(ValueError, match="fake deve ter pelo menos 3 pontos, mas chegou 2"):
        check_pair(TABLE, TABLE[:2], minimum=3)


@pytest.mark.parametrize("values", [[-0.1], [1.1], [True], [np.nan], "0.5"])
def test_probabilities_lie_between_zero_and_one(values):
    assert check_probabilities([0, 0.5, 1], "D").tolist() == [0, 0.5, 1]
    with pytest.raises((TypeError, ValueError), match=r"^D (deve|tem) "):
        check_probabilities(values, "D")


def test_images_lose_their_only_channel():
    images = np.arange(8.0).reshape(2, 1, 2, 2)
    np.testing.assert_array_equal(check_images(images, "images"), images[:, 0])
    np.testing.assert_array_equal(check_images(images[:, 0], "images"), images[:, 0])
    for wrong in (np.zeros((2, 3, 8, 8)), np.zeros((8, 8)), np.zeros((0, 8, 8))):
        with pytest.raises(ValueError, match="images deve ter formato"):
            check_images(wrong, "images")


@pytest.mark.parametrize(
    "labels", [[1, 2], (1, 2), np.array([1, 2], np.uint64), torch.tensor([1, 2])]
)
def test_labels_become_signed_integers(labels):
    checked = check_labels(labels, "labels", n=2, n_classes=3)
    assert checked.dtype == np.int64
    assert checked.tolist() == [1, 2]


@pytest.mark.parametrize(
    "labels",
    [
        *([], [1.0, 2.0], [True, False], [[1, 2]], ["1", "2"], [2**70, 1], [[1], [1, 2]], None),
        *([1], [1, 2, 3], [0, 3], [-1, 0], np.array([2**63, 1], np.uint64)),
        np.ma.masked_array([1, 2], [True, False]),
    ],
)
def test_labels_that_no_network_knows_are_refused(labels):
    with pytest.raises(ValueError, match=r"^labels deve ter .* mas cheg(ou|aram)"):
        check_labels(labels, "labels", n=2, n_classes=3)


@pytest.mark.parametrize(
    "sizes", [7, None, [1.5], ["a"], [0], [3, -1], {3, 2}, b"ab", "32", {3: 2}]
)
def test_sizes_of_layers_are_positive_integers(sizes):
    assert check_integers(iter([3, np.int64(2)]), "hidden") == (3, 2)
    with pytest.raises((TypeError, ValueError), match="hidden deve"):
        check_integers(sizes, "hidden")


@pytest.mark.parametrize("network", [None, nn.Linear, "rede", nn.LazyLinear(1)])
def test_a_network_is_a_module_with_all_its_weights(network):
    with pytest.raises((TypeError, ValueError), match=r"^D deve "):
        check_module(network, "D")


@pytest.mark.parametrize(
    "make", [None, nn.ReLU(), lambda: 3, lambda: nn.LazyLinear(1), lambda x: x]
)
def test_what_builds_a_layer_builds_a_module(make):
    assert isinstance(check_built(nn.ReLU, "activation"), nn.ReLU)
    with pytest.raises(
        (TypeError, ValueError), match=r"^(o que )?activation (constrói )?(deve|não) "
    ):
        check_built(make, "activation")


def test_what_does_not_fit_in_memory_is_refused_before_it_is_tried():
    check_fits(1000, "n_samples", 10)
    with pytest.raises(ValueError, match=r"^n_samples deve caber na memória, mas chegou 1000000"):
        check_fits(8 * 10**30, "n_samples", 10**30)


def test_an_array_of_any_shape_keeps_it():
    assert check_array(3, "x").shape == ()
    assert check_array(np.zeros((2, 3, 4)), "x").shape == (2, 3, 4)
