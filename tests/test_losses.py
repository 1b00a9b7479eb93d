"""Cada perda é a fórmula da sua docstring; cada penalidade, a sua conta fechada."""

import math

import pytest
import torch
from torch.nn.functional import binary_cross_entropy

from gan_lessons import losses

tie = torch.zeros(10, 1)
rng = torch.Generator().manual_seed(0)
real_logits, fake_logits = torch.randn(2, 50, 1, generator=rng, dtype=torch.float64)


def test_losses_at_a_tie_have_their_known_values():
    assert losses.discriminator_loss(tie, tie).item() == pytest.approx(math.log(4))
    assert losses.nonsaturating_loss(tie, tie).item() == pytest.approx(math.log(2))
    assert losses.saturating_loss(tie, tie).item() == pytest.approx(-math.log(2))
    assert losses.least_squares_discriminator_loss(tie, tie).item() == pytest.approx(0.5)
    assert losses.least_squares_generator_loss(tie, tie).item() == pytest.approx(0.5)
    assert losses.wasserstein_discriminator_loss(tie, tie).item() == 0
    assert losses.wasserstein_generator_loss(tie, tie).item() == 0
    assert losses.relativistic_discriminator_loss(tie, tie).item() == pytest.approx(math.log(2))
    assert losses.relativistic_generator_loss(tie, tie).item() == pytest.approx(math.log(2))


def test_discriminator_loss_is_the_two_cross_entropies_with_label_1_for_real():
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    expected = binary_cross_entropy(real, torch.ones_like(real)) + binary_cross_entropy(
        fake, torch.zeros_like(fake)
    )
    torch.testing.assert_close(losses.discriminator_loss(real_logits, fake_logits), expected)


def test_generator_losses_are_minus_log_d_and_log_one_minus_d():
    fake = torch.sigmoid(fake_logits)
    torch.testing.assert_close(
        losses.nonsaturating_loss(real_logits, fake_logits), -fake.log().mean()
    )
    torch.testing.assert_close(
        losses.saturating_loss(real_logits, fake_logits), (1 - fake).log().mean()
    )


@pytest.mark.parametrize("name", losses.LOSSES)
def test_the_tie_of_a_loss_is_the_best_of_a_discriminator_that_tells_nothing_apart(name):
    pair = losses.LOSSES[name]
    logits = torch.linspace(-1, 1, 401, dtype=torch.float64)
    costs = torch.stack([pair.discriminator(logit[None], logit[None]) for logit in logits])
    best = logits[costs < costs.min() + 1e-9]
    undecided = best[best.abs().argmin()][None]
    (discriminator_tie, _), (generator_tie, _) = pair.ties
    assert costs.min().item() == pytest.approx(discriminator_tie, abs=1e-12)
    assert pair.generator(undecided, undecided).item() == pytest.approx(generator_tie, abs=1e-9)


def test_every_loss_has_a_name_of_its_own():
    assert len({pair.name for pair in losses.LOSSES.values()}) == len(losses.LOSSES)


def test_hinge_charges_only_up_to_the_margin():
    loss = losses.hinge_discriminator_loss
    assert loss(torch.tensor([0.25, 3.0]), torch.tensor([-0.5, -7.0])).item() == 0.375 + 0.25
    assert losses.hinge_generator_loss(None, torch.tensor([0.25, -1.25])).item() == 0.5


def test_the_best_hinge_discriminator_measures_the_distance_between_two_distributions():
    # Três símbolos, p = (5, 3, 2)/10 e q = (1, 3, 6)/10: 2 − Σ|p − q| = 2 − 0,8.
    real, fake = torch.tensor([0] * 5 + [1] * 3 + [2] * 2), torch.tensor([0] + [1] * 3 + [2] * 6)
    levels = torch.linspace(-2, 2, 9)
    grid = torch.cartesian_prod(levels, levels, levels)  # um discriminador por linha
    costs = [losses.hinge_discriminator_loss(logits[real], logits[fake]) for logits in grid]
    assert min(costs).item() == pytest.approx(2 - 0.8)


def test_pairs_of_different_shapes_are_refused_instead_of_combined_all_with_all():
    column, row = torch.zeros(4, 1), torch.zeros(4)
    for loss in losses.LOSSES["relativistic"][:2]:
        wanted = r"^fake_logits deve ter o formato de real_logits, \(4, 1\), mas chegou \(4,\)\.$"
        with pytest.raises(ValueError, match=wanted):
            loss(column, row)
    points = torch.zeros(4, 2)
    with pytest.raises(ValueError, match=r"fake deve ter o formato de real, \(4, 2\), mas chegou"):
        losses.gradient_penalty(linear_discriminator, points, points[:1], torch.zeros(4, 1))
    with pytest.raises(ValueError, match="mix deve ter formato"):
        losses.gradient_penalty(linear_discriminator, points, points, torch.zeros(1, 1))


def test_a_layer_without_size_is_refused_instead_of_crashing():
    with pytest.raises(
        ValueError, match=r"^discriminator tem camadas Lazy .*passe antes um lote por ele\.$"
    ):
        losses.r1_penalty(torch.nn.Sequential(torch.nn.LazyLinear(1)), torch.zeros(4, 2))


@pytest.mark.parametrize("name", losses.LOSSES)
def test_discriminator_gains_by_telling_real_from_fake(name):
    right, wrong = torch.full((4, 1), 0.5), torch.full((4, 1), -0.5)
    loss = losses.LOSSES[name].discriminator
    assert loss(right, wrong) < loss(wrong, right)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_generator_gains_when_its_fakes_look_real(name):
    loss = losses.LOSSES[name].generator
    assert loss(tie, tie + 0.5) < loss(tie, tie - 0.5)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_only_relativistic_generators_look_at_the_real_logits(name):
    pair = losses.LOSSES[name]
    looks = pair.generator(tie + 1, tie) != pair.generator(tie, tie)
    assert looks == pair.relative


def test_least_squares_follows_its_formula():
    expected = ((real_logits - 1) ** 2).mean() / 2 + (fake_logits**2).mean() / 2
    torch.testing.assert_close(
        losses.least_squares_discriminator_loss(real_logits, fake_logits), expected
    )


def test_losses_stay_finite_where_a_sigmoid_and_a_logarithm_would_not():
    extreme = torch.tensor([[1000.0], [-1000.0]])
    for name in ("non-saturating", "saturating", "relativistic"):
        pair = losses.LOSSES[name]
        assert torch.isfinite(pair.discriminator(extreme, -extreme))
        assert torch.isfinite(pair.generator(extreme, -extreme))


def linear_discriminator(points):
    return points @ torch.tensor([[3.0], [4.0]], dtype=points.dtype) + 7


def test_r1_of_a_linear_discriminator_is_half_its_squared_slope():
    points = torch.randn(20, 2, generator=rng)
    assert losses.r1_penalty(linear_discriminator, points).item() == pytest.approx(12.5)


def test_r1_of_a_constant_discriminator_is_zero():
    points = torch.randn(20, 2, generator=rng)
    assert losses.r1_penalty(lambda x: 0 * x[:, :1] + 3, points).item() == 0


def test_gradient_penalty_of_a_linear_discriminator_is_its_slope_minus_one_squared():
    real, fake = torch.randn(2, 20, 2, generator=rng)
    mix = torch.rand(20, 1, generator=rng)
    penalty = losses.gradient_penalty(linear_discriminator, real, fake, mix)
    assert penalty.item() == pytest.approx((5 - 1) ** 2)


def test_gradient_penalty_is_taken_between_real_and_fake():
    real, fake = torch.full((8, 1), 2.0), torch.full((8, 1), -3.0)
    mix = torch.full((8, 1), 0.75)  # x̂ = 0,75
    penalty = losses.gradient_penalty(lambda x: x**2, real, fake, mix)
    assert penalty.item() == pytest.approx((2 * 0.75 - 1) ** 2)


def test_penalties_accept_images():
    images = torch.randn(3, 1, 8, 8, generator=rng)

    def mean_pixel(x):
        return x.flatten(1).mean(dim=1, keepdim=True)

    assert losses.r1_penalty(mean_pixel, images).item() == pytest.approx(0.5 / 64)
    penalty = losses.gradient_penalty(mean_pixel, images, images + 1, torch.rand(3, 1))
    assert penalty.item() == pytest.approx((1 / 8 - 1) ** 2)


def test_gradient_penalty_mixes_each_image_with_its_own_fake_in_its_own_measure():
    real, fake = torch.zeros(2, 1, 2, 2), torch.ones(2, 1, 2, 2)
    mix = torch.tensor([[0.0], [1.0]])  # x̂ são os falsos na primeira, os reais na segunda

    def energy(x):
        return x.square().flatten(1).sum(dim=1, keepdim=True)  # ∇ = 2x̂, de norma 4 e 0

    penalty = losses.gradient_penalty(energy, real, fake, mix)
    assert penalty.item() == pytest.approx(((4 - 1) ** 2 + (0 - 1) ** 2) / 2)


def test_penalties_teach_the_discriminator():
    discriminator = torch.nn.Linear(2, 1)
    losses.r1_penalty(discriminator, torch.randn(5, 2)).backward()
    torch.testing.assert_close(discriminator.weight.grad, discriminator.weight.detach())
