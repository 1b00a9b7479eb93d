"""A distância de Fréchet: a conta fechada, o que ela não vê, e o viés das amostras pequenas."""

import numpy as np
import pytest
from scipy import linalg

from gan_lessons.metrics import frechet_distance


def gaussian(n, mean, covariance, seed=0):
    """Pontos com exatamente esta média e esta covariância."""
    points = np.random.RandomState(seed).normal(size=(n, len(mean)))
    points -= points.mean(axis=0)
    own = np.linalg.cholesky(np.atleast_2d(np.cov(points, rowvar=False)))
    return points @ np.linalg.inv(own).T @ np.linalg.cholesky(covariance).T + mean


def test_a_sample_is_at_no_distance_from_itself_in_any_order():
    points = np.random.RandomState(0).normal(size=(50, 3))
    assert frechet_distance(points, points[::-1]).distance == pytest.approx(0, abs=1e-12)


def test_four_points_are_enough_to_see_a_shift():
    points = np.random.RandomState(0).normal(size=(4, 2))
    assert frechet_distance(points, points + 3).distance == pytest.approx(18)


def test_a_shift_costs_its_square():
    points = np.random.RandomState(0).normal(size=(50, 3))
    assert frechet_distance(points, points + np.array([1, 2, -2])).distance == pytest.approx(9)


def test_in_one_dimension_it_is_the_difference_of_the_means_and_of_the_stds():
    real, fake = gaussian(40, [1.0], [[4.0]]), gaussian(60, [-2.0], [[9.0]])
    assert frechet_distance(real, fake).distance == pytest.approx((1 + 2) ** 2 + (2 - 3) ** 2)


def test_with_covariances_that_commute_each_axis_counts_alone():
    real = gaussian(80, [0, 0], np.diag([1.0, 16.0]))
    fake = gaussian(80, [3, 0], np.diag([4.0, 1.0]), seed=1)
    assert frechet_distance(real, fake).distance == pytest.approx(9 + (1 - 2) ** 2 + (4 - 1) ** 2)


def test_it_agrees_with_the_square_root_of_scipy_when_they_do_not_commute():
    rng = np.random.RandomState(2)
    real, fake = (rng.normal(size=(90, 5)) @ rng.normal(size=(5, 5)) + rng.normal() for _ in "rf")
    first, second = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = linalg.sqrtm(first @ second).real
    expected = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    expected += np.trace(first + second - 2 * root)
    assert frechet_distance(real, fake).distance == pytest.approx(expected)


def test_a_flat_cloud_has_a_distance_too():
    """Uma característica que nunca muda deixa a covariância sem inversa."""
    real, fake = (gaussian(30, [0, 0], np.diag([1.0, 4.0]), seed) for seed in (0, 1))
    real[:, 0] = fake[:, 0] = 5
    fake[:, 1] += 2
    assert frechet_distance(real, fake).distance == pytest.approx(4)


def test_two_clouds_of_other_shapes_are_the_same_to_it():
    """Só a média e a covariância contam: dois pontos no lugar de um sino passam por ele."""
    bell = gaussian(200, [0.0], [[1.0]])
    two = np.repeat([-1.0, 1.0], 100)[:, None]
    two /= two.std(ddof=1)
    assert frechet_distance(bell, two).distance == pytest.approx(0, abs=1e-12)


def test_the_units_come_out_squared_even_when_they_are_huge():
    real, fake = np.random.RandomState(3).normal(size=(2, 30, 2))
    found, huge = frechet_distance(real, fake), frechet_distance(1e120 * real, 1e120 * fake)
    assert huge.distance == pytest.approx(1e240 * found.distance)
    assert huge.bias == pytest.approx(1e240 * found.bias)


def test_the_bias_is_what_small_samples_of_one_source_invent():
    """De uma gaussiana de d dimensões: (1/n + 1/m) · (d + d·(d + 1)/4), a menos de 1/n²."""
    d, n = 6, 500
    rng = np.random.RandomState(4)
    found = [frechet_distance(*rng.normal(size=(2, n, d))) for _ in range(60)]
    expected = 2 / n * (d + d * (d + 1) / 4)
    assert np.mean([one.distance for one in found]) == pytest.approx(expected, rel=0.06)
    assert np.mean([one.bias for one in found]) == pytest.approx(expected, rel=0.06)


def test_it_says_itself_in_one_line():
    points = np.random.RandomState(0).normal(size=(50, 2))
    text = str(frechet_distance(points, points + 3))
    assert text.startswith("distância de Fréchet: 18,000 (viés estimado: ")
    assert "." not in text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.ones((3, 2)), np.ones((9, 2))), ValueError, "real_features .*pelo menos 4 pontos"),
        ((np.ones((9, 2)), np.ones((3, 2))), ValueError, "fake_features .*pelo menos 4 pontos"),
        (
            (np.ones((9, 2)), np.ones((9, 3))),
            ValueError,
            "fake_features .*2 colunas, como real_features, .*chegou 3",
        ),
        ((np.ones((9, 1, 8, 8)), np.ones((9, 64))), ValueError, r"real_features .*\(n, d\)"),
        ((np.full((9, 2), np.nan), np.ones((9, 2))), ValueError, "real_features .*não finitos"),
        ((np.ones((4, 200_000)),) * 2, ValueError, "^real_features deve caber na memória"),
        (("nada", np.ones((9, 2))), TypeError, "real_features deve ser uma matriz de números"),
    ],
)
def test_bad_features_are_refused_in_portuguese(arguments, error, message):
    with pytest.raises(error, match=message):
        frechet_distance(*arguments)
