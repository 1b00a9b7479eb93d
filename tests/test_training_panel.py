"""O painel nas mãos de quem clica: os números são os do treinador, e nada fica para trás."""

import base64
import gc
import io
import random
import signal
import threading
import time
import tracemalloc
import weakref
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from IPython.core.events import EventManager
from PIL import Image
from torch import nn

from gan_lessons.data import generate_even_data, make_spiral
from gan_lessons.models import Discriminator, Generator, init_weights, make_even_gan
from gan_lessons.panel import WIDGET_VIEW, TrainingPanel
from gan_lessons.panel.film import N_KEPT
from gan_lessons.panel.scenes import SURFACE, scene_for
from gan_lessons.panel.session import FAST, SLOW
from gan_lessons.training import Recipe, Trainer

ENGLISH = ("play", "step", "loss", "restart", "seed", "speed", "save", "real/fake", "judge")


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


def even_trainer():
    bits = generate_even_data(128, 640, random_state=0)[1]
    return Trainer(*make_even_gan(seed=1), bits, recipe=Recipe(batch_size=16, noise="bits"))


TRAINERS = {
    "line": lambda: Trainer(*small_gan(1), np.random.RandomState(0).normal(size=(80, 1))),
    "plane": plane_trainer,
    "space": lambda: Trainer(*small_gan(3), make_spiral(100, random_state=0)),
    "even": even_trainer,
    "digits": digit_trainer,
}
every_kind = pytest.mark.parametrize("make_trainer", TRAINERS.values(), ids=TRAINERS)


@pytest.fixture
def make_panel():
    panels = []

    def make(trainer=None, **options):
        panels.append(TrainingPanel(trainer or plane_trainer(), **options))
        return panels[-1]

    yield make
    for panel in panels:
        panel.close()


def family(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from family(child)


def control(panel, description):
    (found,) = [w for w in family(panel.box) if getattr(w, "description", None) == description]
    return found


def image(panel):
    (found,) = [w for w in family(panel.box) if isinstance(w, widgets.Image)]
    return bytes(found.value)


def text(panel):
    return " ".join(w.value for w in family(panel.box) if isinstance(w, widgets.HTML))


def click(panel, description):
    control(panel, description).click()
    if description != "Treinar":
        panel.session.wait()


def choose(panel, description, label):
    control(panel, description).label = label
    panel.session.wait()


def until(condition, seconds=30):
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


def weights(trainer):
    networks = (trainer.generator, trainer.discriminator)
    return torch.cat([p.detach().flatten() for net in networks for p in net.parameters()])


def assert_same_numbers(trainer, other):
    assert trainer.n_steps == other.n_steps
    assert torch.equal(weights(trainer), weights(other))
    np.testing.assert_array_equal(trainer.history.rows, other.history.rows)
    np.testing.assert_array_equal(trainer.sample(3), other.sample(3))


# Os números.


def test_playing_gives_the_numbers_of_run(make_panel):
    panel = make_panel(judge_data=ring)
    train_until(panel, 40)
    assert_same_numbers(panel.trainer, plane_trainer().run(panel.trainer.n_steps))


def test_steps_half_steps_and_playing_mix_into_whole_steps(make_panel):
    recipe = Recipe(discriminator_steps=2)
    panel = make_panel(plane_trainer(recipe=recipe))
    for name in ["Passo completo", "Passo de D", "Passo de D", "Passo de G", "Passo de D"]:
        click(panel, name)
    assert panel.trainer.n_steps == 2
    train_until(panel, 10)
    assert_same_numbers(panel.trainer, plane_trainer(recipe=recipe).run(panel.trainer.n_steps))


def test_slow_motion_gives_the_same_numbers_and_explains_each_half_step(make_panel, monkeypatch):
    monkeypatch.setattr("gan_lessons.panel.session.SLOW_SECONDS", 0.0)
    panel = make_panel()
    panel.session.speed = SLOW
    train_until(panel, 3)
    train_until(panel, 5)
    assert "Meio passo de" in text(panel)
    panel.session.speed = FAST
    train_until(panel, 12)
    assert_same_numbers(panel.trainer, plane_trainer().run(panel.trainer.n_steps))


def test_restarting_gives_the_same_run_and_a_new_seed_another(make_panel):
    panel = make_panel()
    click(panel, "Passo completo")
    first = weights(panel.trainer)
    click(panel, "Recomeçar")
    assert panel.trainer.n_steps == 0
    click(panel, "Passo completo")
    assert torch.equal(weights(panel.trainer), first)
    click(panel, "Nova semente")
    assert (panel.trainer.n_steps, panel.trainer.seed) == (0, 1)
    assert "semente 1" in text(panel)
    click(panel, "Passo completo")
    assert not torch.equal(weights(panel.trainer), first)
    assert_same_numbers(panel.trainer, plane_trainer().restart(seed=1).run(1))


def test_controls_change_the_recipe_between_two_steps(make_panel):
    panel = make_panel()
    click(panel, "Passo completo")
    choose(panel, "Perda", "relativística")
    choose(panel, "Taxa de D", "0,005")
    choose(panel, "Taxa de G", "0,0002")
    choose(panel, "Passos de D", "3")
    choose(panel, "Penalidade R1", "0,5")
    assert "peso da R1 agora é 0,5" in text(panel)
    changes = {"loss": "relativistic", "discriminator_lr": 0.005, "generator_lr": 0.0002}
    changes |= {"discriminator_steps": 3, "r1": 0.5}
    click(panel, "Passo completo")
    by_hand = plane_trainer().run(1)
    by_hand.change_recipe(**changes)
    assert_same_numbers(panel.trainer, by_hand.run(1))
    click(panel, "Recomeçar")
    assert panel.trainer.recipe == by_hand.recipe


def test_the_rates_of_the_recipe_are_among_the_choices(make_panel):
    panel = make_panel(plane_trainer(recipe=Recipe(generator_lr=0.0137, r1=0.33)))
    assert control(panel, "Taxa de G").label == "0,0137"
    assert control(panel, "Penalidade R1").label == "0,33"


def test_speed_is_the_number_of_steps_between_two_pictures(make_panel):
    panel = make_panel()
    choose(panel, "Velocidade", "10 passos por quadro")
    click(panel, "Treinar")
    until(lambda: len(panel.session.film) > 3)
    steps = [snapshot.step for snapshot in panel.session.film.snapshots]
    click(panel, "Pausar")
    assert np.diff(steps[:4]).tolist() == [10, 10, 10]


def test_looking_and_judging_leave_the_training_alone(make_panel):
    panel = make_panel(judge_data=ring)
    for _ in range(3):
        panel.session.observer.look(judge=True)
    panel.trainer.run(5)
    assert_same_numbers(panel.trainer, plane_trainer().run(5))


def test_another_cell_may_use_the_trainer_while_the_panel_trains(make_panel):
    panel = make_panel()
    click(panel, "Treinar")
    while panel.trainer.n_steps < 60:
        assert np.isfinite(panel.trainer.sample(20)).all()
        frame = panel.trainer.history.frame
        assert frame["step"].is_monotonic_increasing
    click(panel, "Pausar")
    other = plane_trainer().run(panel.trainer.n_steps)
    assert torch.equal(weights(panel.trainer), weights(other))


# O que se vê.


@every_kind
def test_every_kind_of_data_has_a_picture_that_follows_the_training(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    first = image(panel)
    picture = Image.open(io.BytesIO(first))
    assert picture.format == "PNG"
    assert picture.width == 960
    assert 400 <= picture.height <= 700
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1
    assert image(panel) != first
    assert "Passo completo" in text(panel)
    click(panel, "Recomeçar")
    assert image(panel) == first


@every_kind
def test_every_button_and_control_works_for_every_kind_of_data(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    seen = {image(panel)}
    for name in ("Passo de D", "Passo de G", "Passo completo", "Nova semente", "Passo completo"):
        click(panel, name)
        assert not panel.session.error
        seen.add(image(panel))
    assert len(seen) >= 5
    for menu in family(panel.box):
        if isinstance(menu, widgets.Dropdown):
            for label in {menu._options_labels[0], menu._options_labels[-1]}:
                choose(panel, menu.description, label)
            assert not panel.session.error
    panel.session.speed = FAST
    train_until(panel, panel.trainer.n_steps + 2)
    assert "D acerta" in text(panel)


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


def test_the_heat_map_is_what_the_discriminator_thinks(make_panel):
    panel = make_panel()
    scene = panel._screen.scene
    snapshot = panel.session.snapshot
    logits = panel.trainer.discriminator(torch.as_tensor(scene.probe, dtype=torch.float32))
    expected = torch.sigmoid(logits).flatten().detach().numpy()
    np.testing.assert_allclose(snapshot.surface, expected, atol=1e-3)
    assert SURFACE(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.02)


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

        def forward(self, noise):
            return noise

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
    assert "diferentes: 64 de 64" in text(panel)


def test_asking_for_a_digit_generates_only_that_digit(make_panel):
    panel = make_panel(digit_trainer())
    everything = image(panel)
    choose(panel, "Dígito pedido", "7")
    assert set(panel.session.observer.labels) == {7}
    assert image(panel) != everything
    choose(panel, "Dígito pedido", "todos")
    assert set(panel.session.observer.labels) == set(range(10))
    assert image(panel) == everything


def test_losses_show_the_tie_of_the_loss_in_use(make_panel):
    panel = make_panel()
    names = [name.get_text() for _, name in panel._screen.picture.ties]
    assert names == ["ln 4", "ln 2"]
    choose(panel, "Perda", "saturante")
    names = [name.get_text() for _, name in panel._screen.picture.ties]
    assert names == ["ln 4", "−ln 2"]


@every_kind
def test_every_word_is_portuguese_and_every_control_has_a_name_and_a_tip(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    controls = [w for w in family(panel.box) if hasattr(w, "description") and w.description]
    assert len(controls) >= 14
    for widget in controls:
        assert widget.tooltip, widget.description
        assert not any(word in widget.description.lower() for word in ENGLISH)
    (picture,) = [w for w in family(panel.box) if isinstance(w, widgets.Image)]
    assert picture.tooltip is None  # com tooltip, o ipywidgets 8.1 não a desenha


# Quando algo dá errado.


def poison(trainer):
    with torch.no_grad():
        next(trainer.discriminator.parameters()).fill_(torch.nan)


def test_a_divergence_is_explained_and_restarting_mends_it(make_panel):
    panel = make_panel()
    click(panel, "Passo completo")
    poison(panel.trainer)
    click(panel, "Passo completo")
    assert "O treino divergiu no passo 2" in text(panel)
    assert 'role="alert"' in text(panel)
    assert control(panel, "Treinar").disabled
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1
    click(panel, "Recomeçar")
    assert "divergiu" not in text(panel)
    train_until(panel, 5)
    assert_same_numbers(panel.trainer, plane_trainer().run(panel.trainer.n_steps))


def test_a_divergence_while_playing_stops_the_thread(make_panel):
    panel = make_panel()
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 5)
    poison(panel.trainer)
    until(lambda: panel.session.error)
    panel.session.wait()
    assert not panel_threads()
    assert control(panel, "Treinar").disabled


def test_generated_numbers_that_are_not_finite_are_a_divergence_too(make_panel):
    panel = make_panel()
    with torch.no_grad():
        next(panel.trainer.generator.parameters()).fill_(torch.nan)
    panel.session.submit(panel.session.look_again)
    panel.session.wait()
    assert "divergiu" in text(panel)


def test_an_error_in_the_code_of_the_student_is_shown_and_escaped(make_panel):
    class Broken(Discriminator):
        broken = False

        def forward(self, points):
            if self.broken:
                raise RuntimeError("<b>ops</b>")
            return super().forward(points)

    generator, _ = small_gan(2)
    panel = make_panel(Trainer(generator, Broken(2, (4,)), ring(100, 0)))
    panel.trainer.discriminator.broken = True
    click(panel, "Passo completo")
    assert "RuntimeError: &lt;b&gt;ops" in text(panel)
    panel.trainer.discriminator.broken = False
    click(panel, "Recomeçar")
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: TrainingPanel(3), TypeError, "trainer deve ser um Trainer, mas chegou 3"),
        (
            lambda: TrainingPanel(plane_trainer(), names=["x"]),
            ValueError,
            "names deve ter 2 nomes",
        ),
        (
            lambda: TrainingPanel(plane_trainer(), judge_data=np.zeros((50, 3))),
            ValueError,
            r"judge_data deve dar pontos de formato \('n', 2\).*mas deu \(50, 3\)",
        ),
        (lambda: scene_for(np.zeros((9, 4)) + 0.5), ValueError, r"data tem formato \(9, 4\)"),
        (lambda: scene_for(np.ones((9, 4))), ValueError, r"data tem formato \(9, 4\)"),
        (lambda: scene_for(np.ones((9, 3, 8, 8))), ValueError, r"formato \(9, 3, 8, 8\)"),
    ],
)
def test_a_bad_call_is_refused_in_portuguese(make, error, message):
    with pytest.raises(error, match=message):
        make()


# Nada fica para trás.


def test_a_panel_that_rests_has_no_thread(make_panel):
    panel = make_panel()
    assert not panel_threads()
    train_until(panel, 5)
    assert not panel_threads()


def test_closing_stops_the_thread_and_the_widgets_and_leaves_the_trainer_usable(make_panel):
    panel = make_panel()
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 5)
    parts = [part for w in family(panel.box) for part in (w, w.layout, getattr(w, "style", w))]
    panel.close()
    panel.close()
    assert not panel_threads()
    assert all(part.comm is None for part in parts)
    n_steps = panel.trainer.n_steps
    panel.session.play()
    panel.session.submit(panel.session.explained_step)
    assert panel.trainer.n_steps == n_steps
    panel.trainer.run(2)
    data, _ = panel._repr_mimebundle_()
    assert WIDGET_VIEW not in data


def test_a_forgotten_panel_is_collected_even_while_it_trains():
    trainer = plane_trainer()
    panel = TrainingPanel(trainer)
    gone = weakref.ref(panel)
    panel.play()
    until(lambda: trainer.n_steps > 5)
    del panel
    gc.collect()
    assert gone() is None
    assert not panel_threads()


def test_a_second_panel_on_the_same_trainer_takes_over(make_panel):
    first = make_panel()
    click(first, "Treinar")
    second = make_panel(first.trainer)
    assert not panel_threads()
    n_steps = first.trainer.n_steps
    click(second, "Passo completo")
    assert second.trainer.n_steps == n_steps + 1


class FakeShell:
    """O que o painel usa do IPython dentro de um kernel."""

    def __init__(self):
        self.execution_count = 1
        self.events = EventManager(self, {"post_run_cell": lambda result: None})
        self.kernel = self

    def get_parent(self):
        return {"metadata": {"cellId": "a"}}


def test_running_the_cell_again_closes_the_panel_that_it_made_before(make_panel, monkeypatch):
    shell = FakeShell()
    monkeypatch.setattr("gan_lessons.panel.kernel.get_ipython", lambda: shell)
    first, second = make_panel(), make_panel()
    for panel in (first, second):
        click(panel, "Treinar")
    assert len(panel_threads()) == 2
    shell.execution_count = 2
    make_panel()
    assert not panel_threads()
    assert first.box.comm is second.box.comm is None


def test_an_interrupted_cell_pauses_the_panels(make_panel, monkeypatch):
    shell = FakeShell()
    monkeypatch.setattr("gan_lessons.panel.kernel.get_ipython", lambda: shell)
    panel = make_panel()
    click(panel, "Treinar")
    shell.events.trigger("post_run_cell", SimpleNamespace(error_in_exec=ValueError()))
    assert panel.session.playing
    shell.events.trigger("post_run_cell", SimpleNamespace(error_in_exec=KeyboardInterrupt()))
    panel.session.wait()
    assert not panel_threads()


def test_two_panels_at_once_do_not_disturb_each_other(make_panel):
    before = torch.get_num_threads()
    panels = [make_panel(plane_trainer(seed=seed)) for seed in (0, 1)]
    for panel in panels:
        click(panel, "Treinar")
    until(lambda: all(panel.trainer.n_steps > 30 for panel in panels))
    for panel in panels:
        click(panel, "Pausar")
    for seed, panel in enumerate(panels):
        other = plane_trainer(seed=seed).run(panel.trainer.n_steps)
        assert_same_numbers(panel.trainer, other)
    assert not panel_threads()
    assert torch.get_num_threads() == before


def test_an_interrupted_recording_keeps_what_was_trained(make_panel, monkeypatch):
    panel = make_panel()
    step = panel.trainer.step

    def step_and_interrupt():
        step()
        if panel.trainer.n_steps == 7:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(panel.trainer, "step", step_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        panel.record(100)
    assert panel.trainer.n_steps == 7
    assert panel.session.snapshot.step == 7
    assert not panel_threads()


def test_the_film_control_waits_while_there_is_no_film(make_panel):
    panel = make_panel()
    panel.session.film.begin()  # como no meio de um recomeço
    control(panel, "Filme").value = 40
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1


def test_a_thousand_random_clicks_end_in_a_sane_state(make_panel, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gan_lessons.panel.session.SLOW_SECONDS", 0.01)
    panel = make_panel()
    rng = random.Random(0)
    chosen = [
        w
        for w in family(panel.box)
        if isinstance(w, widgets.Button | widgets.Dropdown | widgets.IntSlider)
        and w.description != "Salvar animação"
    ]
    for n in range(1000):
        widget = rng.choice(chosen)
        if isinstance(widget, widgets.Button):
            widget.click()
        elif isinstance(widget, widgets.Dropdown):
            widget.index = rng.randrange(len(widget.options))
        else:
            widget.value = rng.randint(widget.min, widget.max)
        if n % 50 == 0:
            time.sleep(0.05)
    panel.pause()
    panel.session.wait()
    assert not panel_threads()
    click(panel, "Recomeçar")
    assert panel.trainer.n_steps == 0
    assert not panel.session.error
    recipe = panel.trainer.recipe
    assert control(panel, "Perda").value == recipe.loss
    assert control(panel, "Taxa de D").value == recipe.discriminator_lr
    choose(panel, "Taxa de D", "0,001")
    choose(panel, "Taxa de G", "0,001")
    click(panel, "Passo completo")
    other = plane_trainer(recipe=panel.trainer.recipe).restart(panel.trainer.seed).run(1)
    assert_same_numbers(panel.trainer, other)


def test_a_long_run_does_not_fill_the_memory(make_panel, monkeypatch):
    monkeypatch.setattr("gan_lessons.panel.film.N_KEPT", 20)
    monkeypatch.setattr("gan_lessons.panel.session.N_SCORES", 20)
    panel = make_panel(judge_data=ring)
    session = panel.session

    def look_and_draw(n):
        for _ in range(n):
            panel.trainer.step()
            session._look(judge=False)
            session.publish(session)

    look_and_draw(40)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    look_and_draw(40)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(session.film) <= 20
    assert len(session.curves.scores) <= 20
    assert after - before < 500_000  # vinte instantes e uma figura, e mais nada


# O filme.


def test_a_recording_trains_and_keeps_evenly_spaced_moments(make_panel):
    panel = make_panel()
    assert panel.record(60, n_frames=6) is panel
    assert [snapshot.step for snapshot in panel.session.film.snapshots] == list(range(0, 61, 10))
    assert_same_numbers(panel.trainer, plane_trainer().run(60))


def test_scrubbing_shows_the_past_and_training_comes_back_to_the_present(make_panel):
    panel = make_panel()
    first = image(panel)
    panel.record(30, n_frames=3)
    last = image(panel)
    slider = control(panel, "Filme")
    assert (slider.value, slider.max) == (100, 100)
    slider.value = 0
    panel.session.wait()
    assert image(panel) == first
    assert "Revendo o <b>passo 0</b>" in text(panel)
    slider.value = 67
    panel.session.wait()
    assert "Revendo o <b>passo 20</b>" in text(panel)
    slider.value = 100
    panel.session.wait()
    assert image(panel) == last
    slider.value = 33
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 31
    assert "Passo 31" in text(panel)
    assert slider.value == slider.max


def test_a_long_film_keeps_its_ends_and_thins_out(make_panel):
    panel = make_panel()
    panel.record(3 * N_KEPT, n_frames=3 * N_KEPT)
    steps = [snapshot.step for snapshot in panel.session.film.snapshots]
    assert len(steps) <= N_KEPT
    assert steps[0] == 0
    assert steps[-1] > 2.9 * N_KEPT
    assert len(set(np.diff(steps))) == 1


def test_the_saved_animation_plays_alone_in_portuguese(make_panel, tmp_path):
    panel = make_panel().record(40, n_frames=5)
    page = panel.save_animation(tmp_path / "filme.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 6 + 1
    assert "http" not in page
    assert '<html lang="pt-BR">' in page
    assert 'alt="Animação. Painel de treino, no passo 40' in page
    assert len(page) < 1_500_000


def test_the_save_button_writes_the_animation_beside_the_notebook(
    make_panel, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    panel = make_panel().record(20, n_frames=4)
    click(panel, "Salvar animação")
    assert (tmp_path / "treino_passo_20.html").is_file()
    assert "treino_passo_20.html" in text(panel)


def test_the_bundle_serves_a_live_notebook_a_static_page_and_nbval(make_panel):
    panel = make_panel()
    data, metadata = panel._repr_mimebundle_()
    assert data["text/plain"] == repr(panel) == "painel de treino: 100 amostras de formato 2"
    assert base64.b64decode(data["image/png"]) == image(panel)
    assert WIDGET_VIEW in data
    assert len(metadata["image/png"]["alt"].split()) > 10
    panel.record(30, n_frames=10)
    data, _ = panel._repr_mimebundle_()
    film = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert data["text/plain"] == repr(panel)
    assert film.n_frames >= 9
    assert film.info["loop"] == 1  # toca uma vez e para
    assert len(data["image/png"]) < 600_000
