"""Os dígitos de 28×28: as imagens, as redes, o leitor e o gerador gravados."""

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons.experiments import mnist
from gan_lessons.losses import r1_penalty
from gan_lessons.models import MnistDiscriminator, make_mnist_gan, make_mnist_reader
from gan_lessons.training import MNIST, Trainer

RNG = torch.Generator().manual_seed(0)
NOISE = torch.randn(6, 32, generator=RNG)
IMAGES = torch.rand(6, 1, 28, 28, generator=RNG) * 2 - 1
LABELS = torch.tensor([0, 1, 2, 7, 8, 9])
SPLIT = mnist.split_mnist()


def weights(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def test_there_are_five_hundred_images_of_each_digit_from_paper_to_ink():
    train, test, train_labels, test_labels = SPLIT
    assert train.shape == (4000, 1, 28, 28)
    assert test.shape == (1000, 1, 28, 28)
    assert train.dtype == test.dtype == np.float32
    assert (train.min(), train.max()) == (-1, 1)
    assert np.median(train) == -1  # mais papel que tinta
    assert np.bincount(train_labels).tolist() == 10 * [400]
    assert np.bincount(test_labels).tolist() == 10 * [100]


def test_no_image_held_out_for_the_judges_is_among_the_trained_ones():
    train, test = SPLIT[:2]
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}


def test_noise_and_labels_become_images_and_images_become_logits():
    generator, discriminator = make_mnist_gan()
    images = generator(NOISE, LABELS)
    assert images.shape == (6, 1, 28, 28)
    assert images.abs().max() <= 1
    logits = discriminator(1e3 * IMAGES, LABELS)
    assert logits.shape == (6, 1)
    assert logits.abs().max() > 1  # logits, e não probabilidades


def test_the_label_changes_the_image_and_the_noise_changes_it_more():
    generator = make_mnist_gan()[0].eval()
    with torch.no_grad():
        image = generator(NOISE[:1], LABELS[:1])
        other_label = (generator(NOISE[:1], LABELS[1:2]) - image).norm()
        other_noise = (generator(NOISE[1:2], LABELS[:1]) - image).norm()
    assert 0 < other_label < other_noise


def test_the_discriminator_adds_the_projection_on_the_label():
    discriminator = MnistDiscriminator()
    nn.init.normal_(discriminator.embedding.weight)
    features = discriminator.features(IMAGES)
    inner = torch.einsum("nf,nf->n", features, discriminator.embedding.weight[LABELS])
    expected = discriminator.output(features)[:, 0] + inner
    torch.testing.assert_close(discriminator(IMAGES, LABELS)[:, 0], expected)


def test_a_new_discriminator_does_not_look_at_the_label_yet():
    discriminator = make_mnist_gan()[1]
    with torch.no_grad():
        torch.testing.assert_close(
            discriminator(IMAGES, LABELS), discriminator(IMAGES, LABELS.flip(0))
        )


def test_the_logit_of_an_image_depends_on_that_image_alone():
    discriminator = make_mnist_gan()[1]
    torch.testing.assert_close(
        discriminator(IMAGES, LABELS)[:2], discriminator(IMAGES[:2], LABELS[:2])
    )
    assert r1_penalty(lambda images: discriminator(images, LABELS), IMAGES) > 0


@pytest.mark.parametrize("make", [lambda seed: make_mnist_gan(seed)[0], make_mnist_reader])
def test_same_seed_same_weights_and_the_global_generator_is_left_alone(make):
    before = torch.random.get_rng_state()
    one, same, other = (weights(make(seed)) for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    with pytest.raises(ValueError, match=r"seed deve .*mas chegou"):
        make(-1)


def test_the_reader_decides_by_its_features():
    reader = make_mnist_reader()
    features = reader.features(IMAGES)
    assert features.shape == (6, 32)
    torch.testing.assert_close(reader(IMAGES), reader.output(features))


def test_a_reader_learns_what_it_is_shown_and_nothing_else_is_needed():
    train, _, labels, _ = SPLIT
    few, names = train[:500], labels[:500]
    read = mnist.train_reader(few, names, n_epochs=10)(torch.from_numpy(few)).argmax(dim=1)
    assert np.mean(read.numpy() == names) > 0.75


def test_the_recorded_reader_reads_digits_that_it_never_saw():
    _, test, _, labels = SPLIT
    read = mnist.load_reader()(torch.from_numpy(test)).argmax(dim=1).numpy()
    assert np.mean(read == labels) > 0.96


def test_the_recorded_generator_draws_the_digit_it_is_asked_for_in_many_ways():
    labels = torch.arange(1000) % 10
    noise = torch.randn(1000, 32, generator=torch.Generator().manual_seed(1))
    images = mnist.load_generator()(noise, labels)
    read = mnist.load_reader()(images).argmax(dim=1)
    assert (read == labels).float().mean() > 0.95
    for digit in range(10):
        assert images[labels == digit].std(dim=0).max() > 0.5
    assert mnist.GENERATOR.stat().st_size < 2_000_000


def test_recorded_seeds_keep_the_promises_of_the_lesson():
    table = mnist.read()
    assert len(table) >= 5
    assert table["read_right"].mean() > 0.96
    assert (table["digits"] == 10).all()
    assert (table["frechet"] > table["frechet_bias"]).all()


def test_the_trainer_takes_the_digits_with_their_labels():
    train, _, labels, _ = SPLIT
    trainer = Trainer(*make_mnist_gan(), train[:80], labels=labels[:80], recipe=MNIST).run(1)
    assert trainer.sample(3, labels=[0, 5, 9]).shape == (3, 1, 28, 28)
