"""As fórmulas fechadas da aula de teoria, contra contas feitas de outro jeito."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.special import expit

from gan_lessons import losses, theory

X = np.linspace(-14, 14, 5601)
REAL = theory.normal_density(X)

means = st.floats(-6, 6)
stds = st.floats(0.3, 2.5)
rates = st.floats(0.001, 1.0)


@given(means, stds)
def test_a_density_has_total_one_and_the_asked_for_mean_and_spread(mean, std):
    density = theory.normal_density(X, mean, std)
    assert np.trapezoid(density, X) == pytest.approx(1, abs=1e-3)
    inner = np.abs(X - mean) < 6 * std
    assert np.trapezoid(X * density, X) == pytest.approx(mean, abs=0.02)
    assert density[inner].max() == pytest.approx(1 / (std * np.sqrt(2 * np.pi)), rel=1e-3)


@given(means, stds, st.integers(0, 10_000))
def test_no_discriminator_beats_the_optimal_one(mean, std, seed):
    fake = theory.normal_density(X, mean, std)
    best = theory.optimal_discriminator(REAL, fake)
    rng = np.random.RandomState(seed)
    another = np.clip(best + rng.normal(scale=0.1, size=best.shape), 0, 1)
    limit = theory.value(best, REAL, fake, X)
    assert theory.value(another, REAL, fake, X) <= limit
    assert theory.value(np.full_like(X, rng.uniform()), REAL, fake, X) <= limit + 1e-12


def test_optimal_discriminator_by_brute_force_at_one_point():
    p, q = 0.3, 0.1
    candidates = np.linspace(0.001, 0.999, 999)
    best = candidates[np.argmax(p * np.log(candidates) + q * np.log(1 - candidates))]
    assert theory.optimal_discriminator([p], [q])[0] == pytest.approx(best, abs=1e-3)


def test_optimal_discriminator_is_one_half_where_there_is_nothing_to_judge():
    np.testing.assert_array_equal(theory.optimal_discriminator([0, 1, 0], [0, 0, 1]), [0.5, 1, 0])


@given(means, stds)
def test_value_at_the_optimum_is_minus_ln_4_plus_twice_the_jensen_shannon_divergence(mean, std):
    fake = theory.normal_density(X, mean, std)
    best = theory.optimal_discriminator(REAL, fake)
    expected = -np.log(4) + 2 * theory.jensen_shannon(REAL, fake, X)
    assert theory.value(best, REAL, fake, X) == pytest.approx(expected, abs=2e-3)


def test_value_of_a_perfect_generator_is_minus_ln_4():
    best = theory.optimal_discriminator(REAL, REAL)
    np.testing.assert_array_equal(best, 0.5)
    assert theory.value(best, REAL, REAL, X) == pytest.approx(-np.log(4), abs=1e-12)


@given(means, stds)
def test_jensen_shannon_is_symmetric_bounded_and_what_scipy_says(mean, std):
    fake = theory.normal_density(X, mean, std)
    divergence = theory.jensen_shannon(REAL, fake, X)
    assert divergence == pytest.approx(theory.jensen_shannon(fake, REAL, X), abs=1e-12)
    assert -1e-12 <= divergence <= np.log(2) + 1e-3
    assert divergence == pytest.approx(jensenshannon(REAL, fake) ** 2, abs=1e-3)


def test_jensen_shannon_is_zero_for_a_copy_and_ln_2_for_strangers():
    assert theory.jensen_shannon(REAL, REAL, X) == 0
    left = np.where(X < -1, 1.0, 0.0) / 13
    right = np.where(X > 1, 1.0, 0.0) / 13
    assert theory.jensen_shannon(left, right, X) == pytest.approx(np.log(2), abs=1e-2)


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (losses.saturating_loss, lambda logit: -expit(logit)),
        (losses.nonsaturating_loss, lambda logit: -(1 - expit(logit))),
    ],
)
def test_gradient_of_each_generator_loss_in_the_logit(loss, slope):
    logits = np.linspace(-12, 12, 49)
    points = torch.tensor(logits, requires_grad=True)
    total = sum(loss(None, point) for point in points)
    (gradient,) = torch.autograd.grad(total, points)
    np.testing.assert_allclose(gradient.numpy(), slope(logits), atol=1e-12)


def test_at_the_optimum_the_nonsaturating_gradient_is_that_of_kl_minus_twice_js():
    x = torch.linspace(-14, 14, 5601, dtype=torch.float64)
    noise = torch.linspace(-8, 8, 3201, dtype=torch.float64)
    weight = torch.tensor(theory.normal_density(noise.numpy()))
    parameters = torch.tensor([1.2, 0.7], dtype=torch.float64, requires_grad=True)

    def log_normal(points, mean, std):
        return -(((points - mean) / std) ** 2) / 2 - torch.log(std * np.sqrt(2 * np.pi))

    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    frozen = parameters.detach()
    fake_points = parameters[0] + parameters[1] * noise
    logits = log_normal(fake_points, zero, one) - log_normal(fake_points, *frozen)
    nonsaturating = torch.trapezoid(weight * torch.nn.functional.softplus(-logits), noise)
    log_real, log_fake = log_normal(x, zero, one), log_normal(x, *parameters)
    log_middle = torch.logaddexp(log_real, log_fake) - np.log(2)
    kl = torch.trapezoid(log_fake.exp() * (log_fake - log_real), x)
    twice_js = torch.trapezoid(log_real.exp() * (log_real - log_middle), x) + torch.trapezoid(
        log_fake.exp() * (log_fake - log_middle), x
    )
    (left,) = torch.autograd.grad(nonsaturating, parameters)
    (right,) = torch.autograd.grad(kl - twice_js, parameters)
    np.testing.assert_allclose(left.numpy(), right.numpy(), atol=1e-6)


@given(rates, st.floats(0, 2), st.booleans())
def test_the_matrix_is_the_jacobian_of_the_step_at_the_equilibrium(rate, r1, alternating):
    tiny = 1e-6
    columns = [
        np.array(theory.dirac_step(*point, rate, r1=r1, alternating=alternating)) / tiny
        for point in [(tiny, 0.0), (0.0, tiny)]
    ]
    expected = theory.dirac_matrix(rate, r1=r1, alternating=alternating)
    np.testing.assert_allclose(np.column_stack(columns), expected, atol=1e-5)


@given(rates)
def test_near_the_equilibrium_the_nonsaturating_generator_plays_the_same_game(rate):
    theta = torch.zeros((), dtype=torch.float64, requires_grad=True)
    psi = 0.01
    loss = losses.nonsaturating_loss(None, psi * theta)
    (gradient,) = torch.autograd.grad(loss, theta)
    assert -rate * gradient.item() == pytest.approx(theory.dirac_matrix(rate)[0, 1] * psi)


@given(rates)
def test_simultaneous_eigenvalues_are_one_plus_or_minus_half_the_rate_times_i(rate):
    eigenvalues = np.linalg.eigvals(theory.dirac_matrix(rate))
    np.testing.assert_allclose(eigenvalues.real, 1)
    np.testing.assert_allclose(np.sort(eigenvalues.imag), [-rate / 2, rate / 2])
    assert np.abs(eigenvalues).max() == pytest.approx(np.sqrt(1 + rate**2 / 4))


@given(rates)
def test_alternating_eigenvalues_lie_on_the_unit_circle(rate):
    eigenvalues = np.linalg.eigvals(theory.dirac_matrix(rate, alternating=True))
    np.testing.assert_allclose(np.abs(eigenvalues), 1)


@given(rates, st.floats(0.01, 0.99))
def test_r1_pulls_inwards_exactly_when_it_exceeds_a_quarter_of_the_rate(rate, r1):
    modulus = np.abs(np.linalg.eigvals(theory.dirac_matrix(rate, r1=r1))).max()
    assert modulus == pytest.approx(np.sqrt(1 - rate * r1 + rate**2 / 4))
    if abs(r1 - rate / 4) > 1e-6:
        assert (modulus < 1) == (r1 > rate / 4)


@given(st.floats(-3, 3), st.floats(-3, 3), rates)
def test_a_simultaneous_step_never_gets_closer_to_the_equilibrium(theta, psi, rate):
    new_theta, new_psi = theory.dirac_step(theta, psi, rate)
    growth = 1 + (rate * expit(theta * psi)) ** 2
    assert new_theta**2 + new_psi**2 == pytest.approx(growth * (theta**2 + psi**2))


def test_the_path_spirals_out_without_r1_and_in_with_it():
    outwards = np.linalg.norm(theory.dirac_path(1.0, 0.0, 0.2, 300), axis=1)
    inwards = np.linalg.norm(theory.dirac_path(1.0, 0.0, 0.2, 300, r1=0.5), axis=1)
    assert np.all(np.diff(outwards) > 0)
    assert inwards[-1] < 1e-3
    assert outwards.shape == (301,)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: theory.normal_density(0.0, std=0.0), ValueError, "std deve ser"),
        (lambda: theory.optimal_discriminator([1.0], [1.0, 2.0]), ValueError, "mesmo formato"),
        (
            lambda: theory.jensen_shannon([-1.0], [1.0], [0.0]),
            ValueError,
            "p e q devem ter valores de 0",
        ),
        (lambda: theory.value([1.5], [1.0], [1.0], [0.0]), ValueError, "entre 0 e 1"),
        (lambda: theory.optimal_discriminator([1e308], [1e308]), ValueError, "p_data e p_g devem"),
        (lambda: theory.optimal_discriminator([np.inf], [1.0]), ValueError, "p_data tem valores"),
        (lambda: theory.optimal_discriminator([1j], [1.0]), TypeError, "p_data deve ser"),
        *(
            (lambda x=x: theory.jensen_shannon([0.5, 0.5, 1], [0.1, 1, 0.3], x), ValueError, "^x ")
            for x in ([2, 1, 0], [0, 2, 1], [0, 0, 1], [0, 1], [0, np.nan, 1])
        ),
        (lambda: theory.value(*3 * [[0.5, 0.5]], [1, 0]), ValueError, "x deve ser uma grade cresc"),
        (
            lambda: theory.dirac_step(1.0, 0.0, 0.1, alternating="não"),
            TypeError,
            "alternating deve",
        ),
        (lambda: theory.dirac_matrix(0.1, alternating=1), TypeError, "alternating deve"),
        (lambda: theory.dirac_path(1.0, 0.0, 0.1, 10**12), ValueError, "n_steps deve caber"),
        (lambda: theory.dirac_step(1.0, 1.0, 0.0), ValueError, "rate deve ser"),
        (lambda: theory.dirac_matrix(0.1, r1=-1.0), ValueError, "r1 deve ser"),
        (lambda: theory.dirac_path(1.0, 0.0, 0.1, 1.5), TypeError, "n_steps deve ser"),
    ],
)
def test_bad_arguments_are_refused_in_portuguese(call, error, message):
    with pytest.raises(error, match=message):
        call()
