"""O que a tela recebe é o que as redes fazem: em números, em filme e, sem kernel, numa imagem."""

import numpy as np
import panels
import pytest
import torch
from panels import (
    Eyes,
    ask,
    assert_same_numbers,
    change,
    click,
    digit_trainer,
    even_trainer,
    every_kind,
    plane_trainer,
    ring,
    train_until,
)
from pictures import picture_in
from torch import nn

from gan_lessons.losses import LOSSES, AdversarialLoss, discriminator_loss, saturating_loss
from gan_lessons.models import Discriminator
from gan_lessons.panel import WIDGET_VIEW
from gan_lessons.panel.film import N_KEPT, Film
from gan_lessons.panel.plan import LIVE_FIGURE
from gan_lessons.training import Trainer


@every_kind
def test_every_kind_of_data_has_a_light_frame_that_follows_the_training(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    eyes = Eyes(panel)
    first = eyes.buffers
    click(panel, "Passo completo")
    assert eyes.frame["step"] == panel.trainer.n_steps == 1
    assert eyes.frame["event"]["kind"] == "both"
    assert eyes.buffers != first
    for content, buffers in eyes.received:
        assert len(str(content)) + sum(map(len, buffers)) <= 12_000
    click(panel, "Recomeçar")
    assert eyes.buffers == first


@every_kind
def test_every_request_works_for_every_kind_of_data(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    Eyes(panel)
    for name in ("Passo de D", "Passo de G", "Passo completo", "Recomeçar", "Passo completo"):
        click(panel, name)
    for loss in LOSSES:
        change(panel, loss=loss)
        click(panel, "Passo completo")
    train_until(panel, panel.trainer.n_steps + 2)
    assert not panel.session.error


def test_the_numbers_arrive_as_they_are(make_panel):
    panel = make_panel()
    eyes = Eyes(panel)
    click(panel, "Passo completo")
    snapshot = panel.session.snapshot
    fake, push, surface = eyes.buffers
    np.testing.assert_array_equal(np.frombuffer(fake, "<f4").reshape(-1, 2), snapshot.fake)
    np.testing.assert_array_equal(np.frombuffer(push, "<f4").reshape(-1, 2), snapshot.push[:40])
    levels = np.frombuffer(surface, np.uint8) / 255
    np.testing.assert_allclose(levels, snapshot.surface.astype(float), atol=0.5 / 255 + 1e-9)
    assert eyes.frame["judge"] == snapshot.scores["juiz"]
    assert eyes.frame["accuracy"] == snapshot.accuracy
    _, *losses = panel.trainer.history.last
    assert eyes.frame["losses"] == losses


def test_the_curves_hold_the_losses_of_each_network_since_the_last_frame(make_panel):
    panel = make_panel().record(30, n_frames=3)
    eyes = Eyes(panel)
    ((_, (rows,)),) = [(c, b) for c, b in eyes.received if c["kind"] == "replay"]
    rows = np.frombuffer(rows, "<f4").reshape(-1, 6)
    assert rows[:, 0].tolist() == [0, 10, 20, 30]
    history = panel.trainer.history.frame
    for column, name in ((1, "discriminator_loss"), (2, "generator_loss")):
        means = history[name].to_numpy().reshape(3, 10).mean(axis=1)
        np.testing.assert_allclose(rows[1:, column], means, rtol=1e-6)
    assert [frame["step"] for frame in eyes.of("past")] == [0, 10, 20]


def test_the_arrows_point_where_the_discriminator_believes_more(make_panel):
    panel = make_panel()
    with torch.no_grad():
        for parameter in panel.trainer.discriminator.parameters():
            parameter.zero_()
        layers = panel.trainer.discriminator.layers
        layers[0].weight[0, 0] = layers[2].weight[0, 0] = 1.0  # o logit é x₁, onde x₁ > 0
    snapshot = panel.session.observer.look()
    ahead = snapshot.fake[:, 0] > 0
    assert (snapshot.push[ahead, 0] > 0).all()
    assert np.all(snapshot.push[:, 1] == 0)
    # Perda não saturante: o empurrão é (1 − D) vezes a inclinação do logit.
    expected = 1 / (1 + np.exp(snapshot.fake[ahead, 0]))
    np.testing.assert_allclose(snapshot.push[ahead, 0], expected, rtol=1e-4)


def fixed_discriminator(panel, *slope):
    """Faz do logit de D a soma ``slope · x``, e devolve o instante."""
    discriminator = panel.trainer.discriminator
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.zero_()
        layers = discriminator.layers
        for column, weight in enumerate(slope):  # x = relu(x) − relu(−x), em duas unidades
            for unit, sign in ((2 * column, 1.0), (2 * column + 1, -1.0)):
                layers[0].weight[unit, column] = sign
                layers[2].weight[0, unit] = sign * weight
    ask(panel, "request", label=None)
    return panel.session.snapshot


@pytest.mark.parametrize(
    ("slope", "real_corners"), [((9, 0), [False, True] * 2), ((0, 9), [False] * 2 + [True] * 2)]
)
def test_the_map_is_high_where_the_discriminator_believes(make_panel, slope, real_corners):
    panel = make_panel()
    surface = fixed_discriminator(panel, *slope).surface.reshape(32, 32)
    # Embaixo à esquerda e à direita, em cima idem: a primeira linha é a de baixo.
    corners = [surface[row, column] for row in (0, -1) for column in (0, -1)]
    for believed, expected in zip(corners, real_corners, strict=True):
        assert (believed > 0.5) == expected


def test_a_half_step_tells_what_it_changed(make_panel):
    panel = make_panel()
    eyes = Eyes(panel)
    before = panel.session.snapshot
    click(panel, "Passo de D")
    event = eyes.frame["event"]
    assert event["kind"] == "discriminator"
    assert event["before"] == {"onReal": before.on_real, "onFake": before.on_fake}
    assert event["moved"] == 0
    assert event["discriminatorLoss"] == panel.trainer.history.last[1]
    click(panel, "Passo de G")
    event = eyes.frame["event"]
    distance = np.linalg.norm(panel.session.snapshot.fake - before.fake, axis=1).mean()
    assert event["moved"] == pytest.approx(distance)
    assert event["generatorLoss"] == panel.trainer.history.last[2]


def test_the_moment_knows_real_from_fake(make_panel):
    panel = make_panel()
    with torch.no_grad():
        for parameter in panel.trainer.generator.parameters():
            parameter.zero_()
        panel.trainer.generator.layers[-1].bias.copy_(torch.tensor([-5.0, 0.0]))
    snapshot = fixed_discriminator(panel, 3, 0)  # os falsos caem todos onde D diz "falso"
    assert snapshot.on_fake < 1e-3 < snapshot.on_real
    assert snapshot.accuracy > 0.6


@pytest.mark.parametrize("asked", [None, 2])
def test_the_map_of_a_conditional_gan_is_that_of_the_class_asked_for(make_panel, asked):
    panel = make_panel(panels.classes_trainer())
    ask(panel, "request", label=asked)
    probe = torch.as_tensor(panel.session.observer.scene.probe, dtype=torch.float32)
    classes = [0, 1, 2] if asked is None else [asked]
    with torch.no_grad():
        each = [
            torch.sigmoid(panel.trainer.discriminator(probe, torch.full((len(probe),), label)))
            for label in classes
        ]
    expected = torch.stack(each).mean(dim=0).flatten().numpy()
    np.testing.assert_allclose(panel.session.snapshot.surface, expected, atol=1e-3)
    assert set(panel.session.observer.labels) == set(classes)
    real = panel.session.observer.real
    assert len(real) == sum(int((panel.trainer.labels == label).sum()) for label in classes)


def test_the_judge_sees_what_a_fooled_discriminator_does_not(make_panel):
    panel = make_panel(judge_data=ring)
    with torch.no_grad():
        for parameter in panel.trainer.discriminator.parameters():
            parameter.zero_()
    snapshot = panel.session.observer.look(judge=True)
    assert snapshot.accuracy == pytest.approx(0.5, abs=0.26)
    assert snapshot.scores["juiz"] > 0.8
    assert "pontos novos" in snapshot.verdict


def test_without_other_data_the_judge_says_that_it_uses_those_of_the_training(make_panel):
    assert "dados do treino" in make_panel().session.snapshot.verdict
    held_out = make_panel(judge_data=ring(60, 5)).session.snapshot.verdict
    assert "pontos novos" in held_out


def test_a_generator_that_copies_the_source_is_not_found_out(make_panel):
    class Copy(nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(2))

        def forward(self, noise):
            return self.scale * noise

    def normal(n, seed):
        return np.random.RandomState(seed).normal(size=(n, 2))

    trainer = Trainer(Copy(), Discriminator(2, (4,)), normal(100, 0))
    panel = make_panel(trainer, judge_data=normal)
    assert 0.35 < panel.session.snapshot.scores["juiz"] < 0.65


def test_even_numbers_are_counted_exactly(make_panel):
    trainer = even_trainer()
    with torch.no_grad():
        layer = trainer.generator.layers[0]
        layer.weight.copy_(20 * torch.eye(7))
        layer.weight[6] = 0
        layer.bias.fill_(-10)
    panel = make_panel(trainer)
    assert panel.session.snapshot.scores == {"pares": 1.0, "cobertura": 1.0}
    scores = {"possible": 64, "evenFraction": 1.0, "distinct": 64}
    assert Eyes(panel).frame["scores"] == scores


def test_asking_for_a_digit_generates_only_that_digit(make_panel):
    panel = make_panel(digit_trainer())
    eyes = Eyes(panel)
    everything = eyes.buffers
    ask(panel, "request", label=7)
    assert set(panel.session.observer.labels) == {7}
    assert eyes.buffers != everything
    ask(panel, "request", label=None)
    assert set(panel.session.observer.labels) == set(range(10))
    assert eyes.buffers == everything


def test_a_loss_written_only_in_losses_has_its_place_in_the_panel(make_panel, monkeypatch):
    new = AdversarialLoss(discriminator_loss, saturating_loss, "nova", ((3.0, "três"), (0.5, "½")))
    monkeypatch.setitem(LOSSES, "new", new)
    panel = make_panel()
    change(panel, loss="new")
    click(panel, "Passo completo")
    assert not panel.session.error
    assert panel.trainer.n_steps == 1
    assert '"new": {"name": "nova"' in panel.box.plan
    assert panel._repr_mimebundle_()["text/html"]


# O filme.


def test_a_recording_trains_and_keeps_evenly_spaced_moments(make_panel):
    panel = make_panel()
    assert panel.record(60, n_frames=6) is panel
    assert [snapshot.step for snapshot in panel.session.film.snapshots] == list(range(0, 61, 10))
    assert_same_numbers(panel.trainer, plane_trainer().run(60))


def test_a_long_film_keeps_its_ends_and_thins_out():
    film = Film(0)
    for moment in range(1, 3 * N_KEPT + 1):
        film.add(moment)
    assert len(film) <= N_KEPT
    assert film.snapshots[0] == 0
    assert film.snapshots[-1] > 2.9 * N_KEPT
    assert len(set(np.diff(film.snapshots))) == 1


@every_kind
def test_the_bundle_serves_a_live_notebook_a_static_page_and_nbval(make_panel, make_trainer):
    panel = make_panel(make_trainer()).record(4, n_frames=2)
    data = panel._repr_mimebundle_()
    assert data["text/plain"] == repr(panel)
    described, still = picture_in(data)
    assert still.n_frames == 1 if hasattr(still, "n_frames") else True
    assert WIDGET_VIEW in data
    assert len(described["alt"].split()) > 10
    assert "no passo 4" in described["alt"]
    assert len(data["text/html"]) < 60_000


def test_the_bundle_lives_in_the_book_where_the_browser_can_train(make_panel):
    live = make_panel()._repr_mimebundle_()[LIVE_FIGURE]
    assert live["element"] == "gan-panel"
    assert live["data"]["n_features"] == 2
    assert LIVE_FIGURE not in make_panel(panels.digit_trainer())._repr_mimebundle_()
