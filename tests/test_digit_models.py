"""As redes dos dígitos: o gerador abre até 8×8, o discriminador fecha até um logit por imagem."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons.losses import r1_penalty
from gan_lessons.models import (
    DigitDiscriminator,
    DigitGenerator,
    make_digit_gan,
    make_mnist_gan,
    make_mnist_reader,
)
from gan_lessons.training import DIGITS, Trainer

RNG = torch.Generator().manual_seed(0)
NOISE = torch.randn(6, 32, generator=RNG)
IMAGES = torch.rand(6, 1, 8, 8, generator=RNG) * 2 - 1
LABELS = torch.tensor([0, 1, 2, 7, 8, 9])


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


@pytest.mark.parametrize("labels", [None, LABELS])
def test_noise_becomes_images_and_images_become_logits(labels):
    generator, discriminator = make_digit_gan(conditional=labels is not None)
    images = generator(NOISE, labels)
    assert images.shape == (6, 1, 8, 8)
    assert images.abs().max() <= 1
    logits = discriminator(1e3 * IMAGES, labels)
    assert logits.shape == (6, 1)
    assert logits.abs().max() > 1  # logits, e não probabilidades


def test_the_path_opens_two_by_two_at_a_time():
    image = NOISE
    sizes = []
    for layer in make_digit_gan(conditional=False)[0].layers:
        image = layer(image)
        if image.dim() == 4 and (not sizes or sizes[-1] != image.shape[-1]):
            sizes.append(image.shape[-1])
    assert sizes == [2, 4, 8]


WEIGHTS = nn.Linear, nn.Conv2d, nn.ConvTranspose2d
ACTIVATIONS = nn.ReLU, nn.LeakyReLU, nn.Tanh


def path(network):
    """Um "p" por camada de pesos, um "a" por ativação, na ordem."""
    layers = (layer for layer in network.modules() if isinstance(layer, WEIGHTS + ACTIVATIONS))
    return "".join("p" if isinstance(layer, WEIGHTS) else "a" for layer in layers)


def test_no_two_layers_of_weights_are_in_a_row():
    """Sem uma ativação no meio, duas camadas são uma só."""
    generator, discriminator = make_digit_gan()
    assert (path(generator), path(discriminator)) == ("papapa", "papap")
    generator, discriminator = make_mnist_gan()
    assert (path(generator), path(discriminator)) == ("papapa", "papapap")
    assert path(make_mnist_reader()) == "papapap"


def test_the_label_changes_the_image_and_the_noise_changes_it_more():
    generator = make_digit_gan()[0].eval()
    with torch.no_grad():
        image = generator(NOISE[:1], LABELS[:1])
        other_label = (generator(NOISE[:1], LABELS[1:2]) - image).norm()
        other_noise = (generator(NOISE[1:2], LABELS[:1]) - image).norm()
    assert 0 < other_label < other_noise


def test_the_projection_is_the_inner_product_of_equation_4():
    discriminator = DigitDiscriminator(10)
    nn.init.normal_(discriminator.embedding.weight)
    features = discriminator.features(IMAGES)
    inner = torch.einsum("nf,nf->n", features, discriminator.embedding.weight[LABELS])
    expected = discriminator.output(features)[:, 0] + inner
    torch.testing.assert_close(discriminator(IMAGES, LABELS)[:, 0], expected)


def test_a_new_conditional_discriminator_does_not_look_at_the_label_yet():
    discriminator = make_digit_gan()[1]
    with torch.no_grad():
        torch.testing.assert_close(
            discriminator(IMAGES, LABELS), discriminator(IMAGES, LABELS.flip(0))
        )


def test_the_logit_of_an_image_depends_on_that_image_alone():
    """É o que a R1 supõe; uma batch norm no discriminador misturaria o lote."""
    discriminator = make_digit_gan()[1]
    torch.testing.assert_close(
        discriminator(IMAGES, LABELS)[:2], discriminator(IMAGES[:2], LABELS[:2])
    )
    assert r1_penalty(lambda images: discriminator(images, LABELS), IMAGES) > 0


def test_same_seed_same_weights_and_the_global_generator_is_left_alone():
    before = torch.random.get_rng_state()
    one, same, other = (make_digit_gan(seed) for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    for network, twin, stranger in zip(one, same, other, strict=True):
        assert torch.equal(weights(network), weights(twin))
        assert not torch.equal(weights(network), weights(stranger))


def test_a_conditional_network_wants_labels_and_the_other_refuses_them():
    for conditional, labels in ((True, None), (False, LABELS)):
        generator, discriminator = make_digit_gan(conditional=conditional)
        with pytest.raises(ValueError, match="labels é obrigatório"):
            generator(NOISE, labels)
        with pytest.raises(ValueError, match="labels é obrigatório"):
            discriminator(IMAGES, labels)


@pytest.mark.parametrize(
    ("build", "error", "name"),
    [
        (lambda: DigitGenerator(0), ValueError, "latent_dim"),
        (lambda: DigitGenerator(n_classes=2.5), TypeError, "n_classes"),
        (lambda: DigitGenerator(n_classes=2, embedding_dim=0), ValueError, "embedding_dim"),
        (lambda: DigitDiscriminator(width=0), ValueError, "width"),
        (lambda: make_digit_gan(-1), ValueError, "seed"),
    ],
)
def test_bad_input_is_refused_in_portuguese(build, error, name):
    with pytest.raises(error, match=rf"{name} deve .*mas chegou"):
        build()


def test_the_first_layer_counts_for_the_memory_of_a_generator(monkeypatch):
    free = SimpleNamespace(available=100_000)
    monkeypatch.setattr("gan_lessons.validation.psutil.virtual_memory", lambda: free)
    DigitGenerator(10, width=8)
    with pytest.raises(ValueError, match=r"^width deve caber na memória"):
        DigitGenerator(1000, width=8)


def test_the_trainer_takes_the_digits_with_their_labels():
    images, labels = np.resize(IMAGES, (200, 1, 8, 8)), np.arange(200) % 10
    trainer = Trainer(*make_digit_gan(), images, labels=labels, recipe=DIGITS)
    trainer.run(2)
    assert trainer.sample(3, labels=[0, 5, 9]).shape == (3, 1, 8, 8)
    assert np.isfinite(trainer.history.frame.to_numpy()).all()
