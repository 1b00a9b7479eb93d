"""As vizinhas da GAN: o VAE, a difusão e a destilação, contra contas que se sabem de cor."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons.experiments import neighbours
from gan_lessons.models import make_denoiser, make_vae

POINTS = torch.randn(400, 2, generator=torch.Generator().manual_seed(0))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def silenced(network):
    """A rede que responde sempre zero."""
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    return network


class Ideal(nn.Module):
    """O ruído que se deve adivinhar quando os dados são uma gaussiana de média e desvio dados."""

    def __init__(self, kept, mean, std):
        super().__init__()
        self.kept, self.mean, self.std = kept, mean, std

    def forward(self, noisy, level):
        kept = self.kept[level][:, None]
        variance = kept * self.std**2 + 1 - kept
        return (1 - kept).sqrt() * (noisy - kept.sqrt() * self.mean) / variance


def ideal_denoiser(mean, std):
    denoiser = make_denoiser()
    denoiser.forward = Ideal(denoiser.kept, mean, std).forward
    return denoiser


def test_a_vae_that_ignores_its_latent_is_a_plain_gaussian():
    vae = make_vae()
    silenced(vae.encoder), silenced(vae.decoder)
    std = vae.log_std.exp()
    exact = torch.distributions.Normal(0.0, std).log_prob(POINTS).sum(dim=1).mean()
    torch.testing.assert_close(vae.loss(POINTS, seeded()), -exact)
    fake = vae.sample(20_000, rng=seeded())
    torch.testing.assert_close(fake.std(dim=0), std.expand(2), rtol=0.05, atol=0)
    assert torch.equal(vae.sample(5, rng=seeded(), noisy=False), torch.zeros(5, 2))


def test_a_longer_way_from_the_standard_normal_costs_its_divergence():
    vae = make_vae()
    silenced(vae.encoder), silenced(vae.decoder)
    before = vae.loss(POINTS, seeded())
    with torch.no_grad():
        vae.encoder[-1].bias.copy_(torch.tensor([2.0, -1.0, 0.5, -1.5]))
    latent = torch.distributions.Normal(
        torch.tensor([2.0, -1.0]), torch.tensor([0.5, -1.5]).div(2).exp()
    )
    standard = torch.distributions.Normal(0.0, 1.0)
    divergence = torch.distributions.kl_divergence(latent, standard).sum()
    torch.testing.assert_close(vae.loss(POINTS, seeded()) - before, divergence)


def test_the_schedule_keeps_almost_everything_and_then_almost_nothing():
    kept = make_denoiser().kept
    assert (kept.diff() < 0).all()
    assert kept[0] > 0.999
    assert kept[-1] < 0.03


def test_guessing_no_noise_at_all_errs_by_the_variance_of_the_noise():
    denoiser = make_denoiser()
    silenced(denoiser)
    loss = denoiser.loss(POINTS.repeat(50, 1), seeded())
    torch.testing.assert_close(loss, torch.tensor(1.0), rtol=0.03, atol=0)


def test_a_point_gains_noise_and_keeps_the_variance_of_standard_data():
    denoiser, seen = make_denoiser(), []
    denoiser.register_forward_hook(lambda network, inputs, output: seen.append(inputs))
    points = torch.randn(20_000, 2, generator=seeded(1))
    denoiser.loss(points, seeded(2))
    ((noisy, level),) = seen
    torch.testing.assert_close(noisy.var(dim=0), torch.ones(2), rtol=0.05, atol=0)
    little, much = level < 5, level > 45
    assert ((noisy - points)[little].std(dim=0) < 0.1).all()
    assert (noisy[much] * points[much]).mean().abs() < 0.3


@pytest.mark.parametrize("make", [make_vae, make_denoiser])
def test_the_same_draws_give_the_same_sample(make):
    network = make(n_features=3).requires_grad_(False)
    one, again, other = (network.sample(50, rng=seeded(seed)) for seed in (0, 0, 1))
    assert one.shape == (50, 3)
    assert torch.equal(one, again)
    assert not torch.allclose(one, other)


def test_a_sample_of_the_diffusion_starts_at_noise_and_goes_on_drawing():
    denoiser, rng = make_denoiser(n_features=3).requires_grad_(False), seeded(4)
    expected = denoiser.denoise(torch.randn(50, 3, generator=rng), rng=rng)
    assert torch.equal(denoiser.sample(50, rng=seeded(4)), expected)


@pytest.mark.parametrize("calls", [1, 2, 7, 50])
@pytest.mark.parametrize("rng", [None, seeded()])
def test_data_that_are_one_point_come_back_in_any_number_of_calls(calls, rng):
    center = torch.tensor([0.7, -1.2])
    fake = ideal_denoiser(center, std=0.0).denoise(POINTS, calls=calls, rng=rng)
    torch.testing.assert_close(fake, center.expand_as(fake), atol=1e-3, rtol=0)


@pytest.mark.parametrize("rng", [None, seeded()])
def test_many_calls_bring_back_the_spread_of_the_data_and_one_call_gives_their_mean(rng):
    denoiser = ideal_denoiser(torch.tensor([1.0, -1.0]), std=0.5)
    noise = torch.randn(20_000, 2, generator=seeded(1))
    fake = denoiser.denoise(noise, rng=rng)
    torch.testing.assert_close(fake.mean(dim=0), torch.tensor([1.0, -1.0]), atol=0.1, rtol=0)
    torch.testing.assert_close(fake.std(dim=0), torch.tensor([0.5, 0.5]), rtol=0.1, atol=0)
    assert (denoiser.denoise(noise, calls=1, rng=rng).std(dim=0) < 0.1).all()


def test_without_draws_the_same_noise_gives_the_same_point():
    denoiser = make_denoiser().requires_grad_(False)
    assert torch.equal(denoiser.denoise(POINTS), denoiser.denoise(POINTS))
    one, other = (denoiser.denoise(POINTS, rng=seeded(seed)) for seed in (0, 1))
    assert not torch.allclose(one, other)


@pytest.mark.parametrize("make", [make_vae, make_denoiser])
@pytest.mark.parametrize("n_features", [2, 3])
def test_the_neighbours_have_about_as_many_weights_as_the_two_networks_of_the_gan(make, n_features):
    data = "anel" if n_features == 2 else "espiral"
    pair = sum(len(weights(network)) for network in neighbours.make_gan(data, 0))
    assert abs(len(weights(make(n_features))) / pair - 1) < 0.05


@pytest.mark.parametrize("make", [make_vae, make_denoiser])
def test_training_lowers_the_loss_and_the_same_seed_gives_the_same_network(make):
    before = make(2, 3).loss(POINTS, seeded()).item()
    one, same = (neighbours.train(make(2, 3), POINTS, 3, 60) for _ in range(2))
    assert torch.equal(weights(one), weights(same))
    assert one.loss(POINTS, seeded()).item() < before
    assert not torch.equal(weights(one), weights(neighbours.train(make(2, 4), POINTS, 4, 60)))


def test_the_bic_finds_the_eight_modes_of_the_ring():
    points = neighbours.prepare("anel")[1].double().numpy()
    assert neighbours.fit_mixture(points, seed=0).n_components == 8


@pytest.mark.parametrize("data", neighbours.DATA)
def test_training_points_are_scaled_and_the_judge_gets_others(data):
    scaler, points = neighbours.prepare(data)
    np.testing.assert_allclose(points.mean(dim=0), 0, atol=1e-5)
    np.testing.assert_allclose(points.std(dim=0), 1, atol=1e-3)
    fresh = scaler.transform(neighbours.make_real(data, 1000)).astype(np.float32)
    assert len(fresh) == neighbours.N_SAMPLES
    assert not {row.tobytes() for row in fresh} & {row.tobytes() for row in points.numpy()}


class Shift:
    """Uma professora que leva cada ruído um passo para o lado."""

    @staticmethod
    def denoise(noise):
        return noise + torch.tensor([3.0, 0.0])


def distilled(*, adversarial, n_steps=150):
    recipe = replace(neighbours.gan_recipe("anel"), n_steps=n_steps)
    training = neighbours.Distillation(
        Shift, POINTS, recipe=recipe, seed=0, adversarial=adversarial
    )
    judge = weights(training.discriminator)
    neighbours.run(training)
    noise = torch.randn(500, 2, generator=seeded(5))
    error = ((training.generator(noise) - Shift.denoise(noise)) ** 2).mean().item()
    return error, torch.equal(judge, weights(training.discriminator)), training.n_steps


def test_a_student_alone_learns_what_the_teacher_does():
    error, judge_untouched, n_steps = distilled(adversarial=False)
    assert error < 0.5  # quem não aprendeu nada erra por 3² em uma de duas coordenadas
    assert judge_untouched
    assert n_steps == 150


def test_with_a_discriminator_the_student_also_answers_to_the_data():
    alone, _, _ = distilled(adversarial=False)
    error, judge_untouched, _ = distilled(adversarial=True)
    assert not judge_untouched
    assert error > alone  # os dados não estão onde a professora os põe


@pytest.mark.parametrize("n_features", [2, 3])
def test_the_student_takes_the_noise_of_the_teacher(n_features):
    student, judge = neighbours.make_student(n_features, seed=0)
    fake = student(torch.randn(4, n_features))
    assert fake.shape == (4, n_features)
    assert judge(fake).shape == (4, 1)
