"""O painel nas mãos de quem clica: os números são os do treinador, e os erros se explicam."""

import json

import numpy as np
import pytest
import torch
from panels import (
    Eyes,
    ask,
    assert_same_numbers,
    change,
    click,
    panel_threads_end,
    plane_trainer,
    ring,
    small_gan,
    train_until,
    until,
    weights,
)

from gan_lessons.models import Discriminator
from gan_lessons.panel import TrainingPanel
from gan_lessons.panel.scene import scene_for
from gan_lessons.panel.session import FAST, SLOW
from gan_lessons.training import Recipe, Trainer


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
    eyes = Eyes(panel)
    ask(panel, "setSpeed", speed=SLOW)
    train_until(panel, 3)
    train_until(panel, 5)
    told = [frame["event"]["kind"] for frame in eyes.of("frame") if frame["event"]]
    assert told[:4] == ["discriminator", "generator"] * 2
    ask(panel, "setSpeed", speed=FAST)
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
    ask(panel, "restart", seed=1)
    assert (panel.trainer.n_steps, panel.trainer.seed) == (0, 1)
    assert panel.session.snapshot.seed == 1
    click(panel, "Passo completo")
    assert not torch.equal(weights(panel.trainer), first)
    assert_same_numbers(panel.trainer, plane_trainer().restart(seed=1).run(1))


def test_controls_change_the_recipe_between_two_steps(make_panel):
    panel = make_panel()
    click(panel, "Passo completo")
    eyes = Eyes(panel)
    changes = {"loss": "relativistic", "discriminator_lr": 0.005, "generator_lr": 0.0002}
    changes |= {"discriminator_steps": 3, "r1": 0.5}
    for field, value in changes.items():
        change(panel, **{field: value})
        assert eyes.frame["event"] == {"kind": "recipe", "changes": {field: value}}
        assert json.loads(panel.box.plan)["recipe"][field] == value
    click(panel, "Passo completo")
    by_hand = plane_trainer().run(1)
    by_hand.change_recipe(**changes)
    assert_same_numbers(panel.trainer, by_hand.run(1))
    click(panel, "Recomeçar")
    assert panel.trainer.recipe == by_hand.recipe


def test_speed_is_the_number_of_steps_between_two_pictures(make_panel):
    panel = make_panel()
    ask(panel, "setSpeed", speed=10)
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


# Quando algo dá errado.


def poison(trainer):
    with torch.no_grad():
        next(trainer.discriminator.parameters()).fill_(torch.nan)


def test_a_divergence_is_told_and_restarting_mends_it(make_panel):
    panel = make_panel()
    eyes = Eyes(panel)
    click(panel, "Passo completo")
    poison(panel.trainer)
    click(panel, "Passo completo")
    (failed,) = eyes.of("failed")
    assert failed["diverged"]
    assert failed["step"] == 2
    click(panel, "Passo completo")
    click(panel, "Treinar")
    assert panel.trainer.n_steps == 1
    click(panel, "Recomeçar")
    assert not panel.session.error
    train_until(panel, 5)
    assert_same_numbers(panel.trainer, plane_trainer().run(panel.trainer.n_steps))


def test_a_divergence_while_playing_stops_the_thread(make_panel):
    panel = make_panel()
    eyes = Eyes(panel)
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 5)
    poison(panel.trainer)
    until(lambda: panel.session.error)
    panel.session.wait()
    assert panel_threads_end()
    assert eyes.of("failed")
    assert not eyes.frame["playing"]


def test_generated_numbers_that_are_not_finite_are_a_divergence_too(make_panel):
    panel = make_panel()
    with torch.no_grad():
        next(panel.trainer.generator.parameters()).fill_(torch.nan)
    ask(panel, "request", label=None)
    assert panel.session.error["diverged"]


def test_an_error_in_the_code_of_the_student_is_told(make_panel):
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
    assert panel.session.error["message"] == "RuntimeError: <b>ops</b>"
    assert not panel.session.error["diverged"]
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


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit, RuntimeError])
def test_nothing_that_a_network_raises_kills_the_buttons(make_panel, kind):
    class Speechless(kind):
        def __str__(self):
            raise ValueError

    generator, discriminator = small_gan(2)
    panel = make_panel(Trainer(generator, discriminator, ring(100, 0)))

    def give_up(*arguments):
        raise Speechless

    hook = discriminator.register_forward_pre_hook(give_up)
    click(panel, "Treinar")
    panel.session.wait()
    assert "Speechless" in panel.session.error["message"]
    assert panel_threads_end()
    hook.remove()
    click(panel, "Recomeçar")
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1
