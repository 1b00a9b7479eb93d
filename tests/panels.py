"""Painéis para os testes: treinos pequenos de todo tipo de dado, e as mãos de quem clica."""

import json
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons.data import generate_even_data, make_spiral
from gan_lessons.models import Discriminator, Generator, init_weights, make_even_gan
from gan_lessons.training import Recipe, Trainer


def small_gan(n_features, hidden=(8,)):
    rng = torch.Generator().manual_seed(0)
    generator = init_weights(Generator(4, n_features, hidden), rng)
    return generator, init_weights(Discriminator(n_features, hidden), rng)


def ring(n, seed):
    rng = np.random.RandomState(seed)
    angle = 2 * np.pi * rng.randint(8, size=n) / 8
    return np.column_stack([np.cos(angle), np.sin(angle)]) + 0.05 * rng.normal(size=(n, 2))


def plane_trainer(**options):
    return Trainer(*small_gan(2), ring(100, 0), **options)


class DigitGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        self.latent_dim = 3
        self.request = nn.Embedding(10, 3)
        self.grow = nn.Sequential(
            nn.Linear(6, 16), nn.Unflatten(1, (4, 2, 2)), nn.ConvTranspose2d(4, 4, 4, 2, 1)
        )
        self.norm = nn.BatchNorm2d(4)
        self.paint = nn.ConvTranspose2d(4, 1, 4, 2, 1)

    def forward(self, noise, labels):
        hidden = self.grow(torch.cat([noise, self.request(labels)], dim=1))
        return torch.tanh(self.paint(torch.relu(self.norm(hidden))))


class DigitDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten())
        self.judge = nn.Linear(64, 10)

    def forward(self, images, labels):
        return self.judge(self.look(images)).gather(1, labels[:, None])


def digit_trainer():
    rng = np.random.RandomState(0)
    labels = np.arange(200) % 10
    images = np.tanh(rng.normal(size=(200, 1, 8, 8)) + labels[:, None, None, None] / 5)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = DigitGenerator(), DigitDiscriminator()
    return Trainer(*networks, images, labels=labels)


class RequestedPlane(nn.Module):
    """Uma rede do plano que recebe também a classe, 0, 1 ou 2, e a soma ao que faz."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.latent_dim = getattr(network, "latent_dim", None)
        self.shift = nn.Parameter(torch.tensor([[-1.0], [0.0], [1.0]]))

    def forward(self, points, labels):
        return self.network(points) + self.shift[labels]


def classes_trainer():
    networks = map(RequestedPlane, small_gan(2))
    return Trainer(*networks, ring(100, 0), labels=np.arange(100) % 3)


def even_trainer():
    bits = generate_even_data(128, 640, random_state=0)[1]
    return Trainer(*make_even_gan(seed=1), bits, recipe=Recipe(batch_size=16, noise="bits"))


TRAINERS = {
    "line": lambda: Trainer(*small_gan(1), np.random.RandomState(0).normal(size=(80, 1))),
    "plane": plane_trainer,
    "classes": classes_trainer,
    "space": lambda: Trainer(*small_gan(3), make_spiral(100, random_state=0)),
    "even": even_trainer,
    "digits": digit_trainer,
}
every_kind = pytest.mark.parametrize("make_trainer", TRAINERS.values(), ids=TRAINERS)


# O que cada botão da tela pede.
REQUESTS = {
    "Treinar": ("play", {}),
    "Pausar": ("pause", {}),
    "Passo de D": ("explain", {"network": "discriminator"}),
    "Passo de G": ("explain", {"network": "generator"}),
    "Passo completo": ("explain", {"network": "both"}),
    "Recomeçar": ("restart", {}),
}


def ask(panel, kind, **options):
    """Um pedido, como a tela o manda; espera o que ele faz, menos o de treinar."""
    panel.box._handle_custom_msg({"type": kind, **options}, [])
    if kind != "play":
        panel.session.wait()


def click(panel, button):
    kind, options = REQUESTS[button]
    ask(panel, kind, **options)


def change(panel, **changes):
    ask(panel, "changeRecipe", changes=changes)


class Eyes:
    """Uma tela que só anota o que chega; `draws` diz se ela responde que desenhou."""

    def __init__(self, panel, *, draws=True):
        self.panel, self.draws, self.received = panel, draws, []
        panel.box.send = self.receive
        ask(panel, "ready", hidden=False)

    def receive(self, content, buffers=None):
        self.received.append((json.loads(json.dumps(content, allow_nan=False)), buffers or []))
        if self.draws and content.get("asks"):
            self.panel.box._handle_custom_msg({"type": "acknowledge"}, [])

    def of(self, kind):
        return [content for content, _ in list(self.received) if content["kind"] == kind]

    @property
    def frame(self):
        return self.of("frame")[-1]

    @property
    def buffers(self):
        return [buffers for content, buffers in self.received if content["kind"] == "frame"][-1]


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def train_until(panel, n_steps):
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps >= n_steps)
    click(panel, "Pausar")


def panel_threads():
    return [thread for thread in threading.enumerate() if thread.name == "painel"]


def panel_threads_end(seconds=60):
    """Se as linhas dos painéis acabam: a que já largou o painel ainda leva um instante."""
    for thread in panel_threads():
        thread.join(seconds)
    return not panel_threads()


def weights(trainer):
    networks = (trainer.generator, trainer.discriminator)
    return torch.cat([p.detach().flatten() for net in networks for p in net.parameters()])


def assert_same_numbers(trainer, other):
    assert trainer.n_steps == other.n_steps
    assert torch.equal(weights(trainer), weights(other))
    np.testing.assert_array_equal(trainer.history.rows, other.history.rows)
    np.testing.assert_array_equal(trainer.sample(3), other.sample(3))
