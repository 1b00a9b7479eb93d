"""Os dados são exatamente os da fórmula."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from gan_lessons.data import load_digit_images, make_spiral


def test_spiral_is_its_formula_with_one_noise_used_twice():
    n = 200
    noise = np.random.RandomState(7).normal(size=n)
    x1 = 2 * np.pi * np.arange(n) / n
    expected = np.stack(
        [x1, x1 * np.cos(2 * x1) + 0.1 * noise, x1 * np.exp(-x1) + 0.01 * noise], axis=1
    )
    np.testing.assert_array_equal(make_spiral(n, random_state=7), expected)


def test_spiral_has_the_documented_shape_and_type():
    points = make_spiral(random_state=0)
    assert points.shape == (1000, 3)
    assert points.dtype == np.float64


def test_same_random_state_same_spiral():
    np.testing.assert_array_equal(make_spiral(50, random_state=3), make_spiral(50, random_state=3))
    assert not np.array_equal(make_spiral(50, random_state=3), make_spiral(50, random_state=4))


def test_random_positions_cover_the_curve_without_a_grid():
    x1 = make_spiral(5000, random_positions=True, random_state=0)[:, 0]
    assert x1.min() >= 0
    assert x1.max() < 2 * np.pi
    assert abs(x1.mean() - np.pi) < 0.1
    assert np.diff(np.sort(x1)).std() > 0.5 * 2 * np.pi / 5000  # a grade teria desvio zero


def test_random_positions_obey_the_same_formula():
    x1, x2, x3 = make_spiral(500, random_positions=True, random_state=5).T
    noise = (x2 - x1 * np.cos(2 * x1)) / 0.1
    np.testing.assert_allclose(x3, x1 * np.exp(-x1) + 0.01 * noise, atol=1e-12)


def test_numpy_integers_are_integers():
    assert make_spiral(np.int64(5), random_state=0).shape == (5, 3)


@pytest.mark.parametrize(
    ("n_samples", "error"),
    [(0, ValueError), (-3, ValueError), (2.5, TypeError), ("10", TypeError), (True, TypeError)],
)
def test_bad_n_samples_is_refused_in_portuguese(n_samples, error):
    with pytest.raises(error, match=r"n_samples deve ser .*mas chegou"):
        make_spiral(n_samples)


def test_digit_images_are_those_of_scikit_learn_from_paper_to_ink():
    images, labels = load_digit_images()
    original = load_digits()
    assert images.shape == (1797, 1, 8, 8)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (-1, 1)
    np.testing.assert_array_equal(8 * (images[:, 0] + 1), original.images)
    np.testing.assert_array_equal(labels, original.target)
