"""Os dados são exatamente os da fórmula."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from gan_lessons.data import (
    generate_even_data,
    grid_centers,
    load_digit_images,
    make_grid,
    make_ring,
    make_spiral,
    ring_centers,
)


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
    assert labels.dtype == np.int64


# --- o anel e a grade


def test_ring_is_its_formula():
    rng = np.random.RandomState(3)
    mode = rng.randint(8, size=100)
    noise = rng.normal(size=(100, 2))
    points, modes = make_ring(100, random_state=3)
    np.testing.assert_array_equal(modes, mode)
    angles = mode * np.pi / 4
    expected = np.stack([np.cos(angles), np.sin(angles)], axis=1) + 0.01 * noise
    np.testing.assert_allclose(points, expected, atol=1e-15)


def test_grid_without_noise_is_the_grid_of_the_papers():
    points, mode = make_grid(2000, std=0.0, random_state=0)
    ticks = [-4.0, -2.0, 0.0, 2.0, 4.0]
    assert {tuple(point) for point in points} == {(x, y) for x in ticks for y in ticks}
    np.testing.assert_array_equal(points, grid_centers()[mode])


@pytest.mark.parametrize(("make", "n_modes", "std"), [(make_ring, 8, 0.01), (make_grid, 25, 0.05)])
def test_modes_are_equally_likely_and_as_wide_as_asked(make, n_modes, std):
    points, mode = make(20_000, random_state=0)
    centers, _ = make(20_000, std=0.0, random_state=0)
    assert points.shape == (20_000, 2)
    assert points.dtype == np.float64
    assert mode.shape == (20_000,)
    assert mode.dtype.kind == "i"
    counts = np.bincount(mode, minlength=n_modes)
    assert len(counts) == n_modes
    assert np.abs(counts / 20_000 - 1 / n_modes).max() < 0.012
    np.testing.assert_allclose((points - centers).std(axis=0), std, rtol=0.02)


def test_ring_and_grid_obey_their_options():
    np.testing.assert_allclose(np.hypot(*ring_centers(5, radius=3.0).T), 3.0)
    np.testing.assert_allclose(ring_centers(4), [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-15)
    assert (len(ring_centers()), len(grid_centers())) == (8, 25)
    assert grid_centers(side=2, spacing=1.0).tolist() == [
        [-0.5, -0.5],
        [-0.5, 0.5],
        [0.5, -0.5],
        [0.5, 0.5],
    ]
    assert make_grid(200, side=3, random_state=0)[1].max() == 8


@pytest.mark.parametrize("make", [make_ring, make_grid])
def test_same_random_state_same_mixture(make):
    np.testing.assert_array_equal(make(50, random_state=3)[0], make(50, random_state=3)[0])
    assert not np.array_equal(make(50, random_state=3)[0], make(50, random_state=4)[0])


@pytest.mark.parametrize("random_state", [-1, 2**32, 1.5, "x", True])
@pytest.mark.parametrize("make", [make_spiral, make_ring, make_grid, generate_even_data])
def test_a_random_state_that_is_not_one_is_refused_in_portuguese(make, random_state):
    with pytest.raises((TypeError, ValueError), match=r"^random_state deve ser .*mas chegou"):
        make(10, random_state=random_state)


@pytest.mark.parametrize("n", [10**12, 10**30])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda n: make_spiral(n), "n_samples"),
        (lambda n: make_ring(n), "n_samples"),
        (lambda n: make_ring(10, n_modes=n), "n_modes"),
        (lambda n: ring_centers(n), "n_modes"),
        (lambda n: grid_centers(n), "side"),
        (lambda n: generate_even_data(128, n), "batch_size"),
    ],
)
def test_more_than_the_memory_holds_is_refused_at_once(make, name, n):
    with pytest.raises(ValueError, match=rf"^{name} deve caber na memória"):
        make(n)


def test_no_mixture_is_so_wide_that_its_points_are_infinite():
    assert np.isfinite(make_ring(10, radius=1e150, std=1e150, random_state=0)[0]).all()
    with pytest.raises(ValueError, match="std deve ser um número finito"):
        make_ring(10, std=1.7e308)


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        (lambda: make_spiral(5, random_positions="não"), TypeError, "random_positions"),
        (lambda: make_ring(0), ValueError, "n_samples"),
        (lambda: make_ring(10, n_modes=2.5), TypeError, "n_modes"),
        (lambda: make_ring(10, radius=0.0), ValueError, "radius"),
        (lambda: make_ring(10, std=-1.0), ValueError, "std"),
        (lambda: make_grid(10, side=0), ValueError, "side"),
        (lambda: make_grid(10, spacing=float("nan")), ValueError, "spacing"),
        (lambda: make_grid(10, spacing=0.0), ValueError, "spacing"),
        (lambda: make_grid(10, spacing=1.1e150), ValueError, "spacing"),
        (lambda: make_ring(10, radius=1.1e150), ValueError, "radius"),
        (lambda: make_grid("10"), TypeError, "n_samples"),
    ],
)
def test_bad_mixture_is_refused_in_portuguese(call, error, name):
    with pytest.raises(error, match=rf"^{name} deve ser .*mas chegou"):
        call()
