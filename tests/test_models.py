"""As redes têm os formatos prometidos, o discriminador dá logits e os pesos nascem da semente."""

import math

import pytest
import torch
from torch import nn

from gan_lessons.losses import input_gradient
from gan_lessons.models import (
    SPIRAL_VARIANTS,
    DigitGenerator,
    Discriminator,
    Generator,
    Packed,
    SpectralLinear,
    init_weights,
    largest_singular_value,
    make_digit_gan,
    make_even_gan,
    make_plane_gan,
    make_spiral_gan,
    mlp,
    stack_networks,
)


def widths(network):
    linear = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return [linear[0].in_features] + [layer.out_features for layer in linear]


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


@pytest.mark.parametrize("hidden", [(), (7,), (5, 6, 7)])
def test_networks_of_any_depth(hidden):
    generator, discriminator = Generator(4, 2, hidden), Discriminator(2, hidden)
    assert widths(generator) == [4, *hidden, 2]
    assert widths(discriminator) == [2, *hidden, 1]
    assert discriminator(generator(torch.randn(9, 4))).shape == (9, 1)


def test_published_variants_have_the_published_layers():
    expected = {
        "sigmoid": ([20, 50, 3], [3, 50, 1]),
        "linear": ([20, 50, 3], [3, 50, 1]),
        "published": ([20, 50, 50, 3], [3, 50, 1]),
        "wide": ([20, 128, 128, 128, 3], [3, 128, 128, 128, 1]),
    }
    for variant in SPIRAL_VARIANTS:
        generator, discriminator = make_spiral_gan(variant)
        assert (widths(generator), widths(discriminator)) == expected[variant]


def test_only_the_sigmoid_variant_is_trapped_between_zero_and_one():
    noise = 10 * torch.randn(500, 20, generator=torch.Generator().manual_seed(0))
    for variant in SPIRAL_VARIANTS:
        points = make_spiral_gan(variant)[0](noise)
        trapped = bool(((points >= 0) & (points <= 1)).all())
        assert trapped == (variant == "sigmoid")


def test_discriminator_gives_logits_not_probabilities():
    discriminator = init_weights(Discriminator(), seed=0)
    logits = discriminator(100 * torch.randn(500, 3, generator=torch.Generator().manual_seed(0)))
    assert logits.min() < 0
    assert logits.max() > 1


def test_xavier_weights_and_constant_biases():
    layer = init_weights(nn.Linear(300, 500), seed=0)
    assert layer.weight.std().item() == pytest.approx(math.sqrt(2 / 800), rel=0.02)
    assert layer.weight.mean().item() == pytest.approx(0, abs=1e-3)
    assert (layer.bias == 0.001).all()


def test_same_seed_same_weights_and_the_global_generator_is_left_alone():
    torch.manual_seed(0)
    generator, other = Generator(), Generator()
    before = torch.random.get_rng_state()
    init_weights(generator, seed=5)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(weights(generator), weights(init_weights(other, seed=5)))
    assert not torch.equal(weights(generator), weights(init_weights(other, seed=6)))


def test_a_bias_may_be_negative():
    assert (init_weights(nn.Linear(2, 3), bias=-0.5).bias == -0.5).all()


def test_layers_without_bias_are_initialised_too():
    assert init_weights(nn.Linear(2, 3, bias=False), seed=0).bias is None


@pytest.mark.parametrize(
    ("build", "error", "name"),
    [
        (lambda: make_spiral_gan("sigmoide"), ValueError, "variant"),
        (lambda: make_spiral_gan(seed=-1), ValueError, "seed"),
        (lambda: Generator(latent_dim=0), ValueError, "latent_dim"),
        (lambda: Discriminator(hidden=(0,)), ValueError, "hidden"),
        (lambda: mlp([3]), ValueError, "sizes"),
        (lambda: mlp([3, 2.5]), TypeError, "sizes"),
        (lambda: mlp([10**7, 10**7]), ValueError, "sizes"),
        (lambda: mlp(3), TypeError, "sizes"),
        (lambda: Generator(n_features=0), ValueError, "n_features"),
        (lambda: Generator(hidden=(10**7,)), ValueError, "hidden"),
        (lambda: Discriminator(hidden=(10**7,)), ValueError, "hidden"),
        (lambda: Generator(hidden=7), TypeError, "hidden"),
        (lambda: Generator(activation=nn.ReLU()), TypeError, "activation"),
        (lambda: Generator(output=nn.Sigmoid()), TypeError, "output"),
        (lambda: make_plane_gan(output=3), TypeError, "output"),
        (lambda: make_plane_gan(hidden="largo"), TypeError, "hidden"),
        (lambda: make_plane_gan(spectral="sim"), TypeError, "spectral"),
        (lambda: mlp([3, 2], linear=nn.Linear(3, 2)), TypeError, "linear"),
        (lambda: make_even_gan(n_gans=10**9), ValueError, "n_gans"),
        (lambda: make_even_gan(2**32 - 1, n_gans=2), ValueError, "n_gans"),
        (lambda: make_even_gan(n_bits=10**6), ValueError, "n_bits, hidden e pack_size"),
        (lambda: make_even_gan(hidden=(10**6, 10**6)), ValueError, "n_bits, hidden e pack_size"),
        (lambda: make_digit_gan(conditional="não"), TypeError, "conditional"),
        (lambda: DigitGenerator(width=10**6), ValueError, "width"),
        (lambda: Packed("rede", 2), TypeError, "discriminator"),
        (lambda: init_weights("rede"), TypeError, "module"),
        (lambda: init_weights(nn.LazyLinear(1)), ValueError, "module"),
        (lambda: init_weights(nn.Linear(1, 1), "zero"), TypeError, "seed"),
        (lambda: init_weights(nn.Linear(1, 1), bias=float("nan")), ValueError, "bias"),
    ],
)
def test_bad_input_is_refused_in_portuguese(build, error, name):
    with pytest.raises(error, match=rf"{name} deve .*mas chegou"):
        build()


def test_what_the_memory_does_not_hold_is_named_in_the_refusal():
    with pytest.raises(ValueError, match=r"^sizes deve .* mas chegou \(1000000, 1000000\), que"):
        mlp([10**6, 10**6])


@pytest.mark.parametrize("pack_size", [1, 2])
def test_plane_gan_goes_from_noise_to_points_to_one_logit_each(pack_size):
    generator, discriminator = make_plane_gan(3, hidden=(8,), pack_size=pack_size)
    points = generator(torch.randn(4, generator.latent_dim))
    assert points.shape == (4, 2)
    assert discriminator(points).shape == (4, 1)
    assert isinstance(discriminator, Packed) == (pack_size == 2)


def test_the_generator_of_a_plane_gan_does_not_depend_on_packing():
    alone, packed = (make_plane_gan(3, pack_size=size)[0] for size in (1, 2))
    assert torch.equal(alone.layers[0].weight, packed.layers[0].weight)


def test_layers_that_come_one_at_a_time_serve_both_networks():
    generator, discriminator = make_plane_gan(hidden=(width for width in (8, 9)))
    assert widths(generator) == [2, 8, 9, 2]
    assert widths(discriminator) == [2, 8, 9, 1]


@pytest.mark.parametrize("make", [make_spiral_gan, make_even_gan, make_plane_gan, make_digit_gan])
def test_no_seed_repeats_the_weights_of_another(make):
    with pytest.raises(ValueError, match="seed deve ser no máximo 4294967295"):
        make(seed=2**32)
    first, last = weights(make(seed=0)[0]), weights(make(seed=2**32 - 1)[0])
    assert not torch.equal(first, last)


@pytest.mark.parametrize("activation", [nn.PReLU, lambda: nn.BatchNorm1d(8)])
def test_networks_whose_activations_learn_cannot_be_stacked(activation):
    """Cada uma aprendeu a sua; empilhadas, todas usariam a da primeira."""
    networks = [Discriminator(2, (8,), activation=activation) for _ in range(2)]
    with pytest.raises(ValueError, match="networks deve ter pesos só em camadas lineares"):
        stack_networks(networks)


def test_only_generators_and_discriminators_can_be_stacked():
    with pytest.raises(TypeError, match="networks deve ter só Generator ou Discriminator"):
        stack_networks([nn.Linear(2, 2), nn.Linear(2, 2)])


def spectral_networks():
    return [Discriminator(2, (8,), activation=nn.Tanh, linear=SpectralLinear) for _ in range(2)]


def test_networks_with_spectral_layers_cannot_be_stacked():
    """Empilhadas, as camadas perderiam o freio."""
    with pytest.raises(ValueError, match="networks deve ter pesos só em camadas lineares comuns"):
        stack_networks(spectral_networks())


# --- normalização espectral


def test_the_largest_singular_value_of_a_diagonal_is_its_largest_entry():
    weight = torch.diag(torch.tensor([0.5, -3.0, 1.0])).requires_grad_()
    value = largest_singular_value(weight)
    (gradient,) = torch.autograd.grad(value, [weight])
    torch.testing.assert_close(value.item(), 3.0)
    expected = torch.zeros(3, 3)
    expected[1, 1] = -1  # u vᵀ
    torch.testing.assert_close(gradient, expected, atol=1e-4, rtol=0)


def test_the_largest_singular_value_of_an_outer_product_is_the_product_of_the_norms():
    u, v = torch.tensor([3.0, 4.0]), torch.tensor([1.0, 2.0, 2.0])
    torch.testing.assert_close(largest_singular_value(torch.outer(u, v)).item(), 15.0)


@pytest.mark.parametrize("shape", [(128, 128), (128, 2), (1, 128)])
def test_the_power_method_comes_close_to_the_exact_value_from_below(shape):
    rng = torch.Generator().manual_seed(0)
    for _ in range(20):
        weight = torch.randn(shape, generator=rng)
        exact = torch.linalg.matrix_norm(weight, ord=2)
        assert 0.8 * exact < largest_singular_value(weight) < 1.0001 * exact


def test_a_spectral_discriminator_is_never_steeper_than_its_input():
    """E multiplicar os seus pesos por cem não muda nada; num comum, muda a inclinação."""
    points = torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    steepest = {}
    for spectral in (True, False):
        discriminator = make_plane_gan(0, spectral=spectral)[1]
        for name, weight in discriminator.named_parameters():
            weight.data *= 100 if name.endswith("weight") else 0
        steepest[spectral] = input_gradient(discriminator, points).norm(dim=1).max()
    assert 0 < steepest[True] < 1.1
    assert steepest[False] > 1000


def test_a_spectral_layer_of_zeros_gives_the_bias():
    layer = SpectralLinear(3, 2)
    torch.nn.init.zeros_(layer.weight)
    torch.testing.assert_close(layer(torch.ones(4, 3)), layer.bias.expand(4, 2))
