"""Um painel não deixa nada para trás, nem atrapalha os outros."""

import gc
import random
import signal
import weakref
from types import SimpleNamespace

import pytest
import torch
from IPython.core.events import EventManager
from panels import (
    Eyes,
    ask,
    assert_same_numbers,
    change,
    click,
    panel_threads,
    panel_threads_end,
    plane_trainer,
    ring,
    train_until,
    until,
)

from gan_lessons.panel import WIDGET_VIEW, TrainingPanel, ahead


def test_a_panel_that_rests_has_no_thread(make_panel):
    panel = make_panel()
    assert panel_threads_end()
    train_until(panel, 5)
    assert panel_threads_end()


def test_closing_stops_the_thread_and_the_widgets_and_leaves_the_trainer_usable(make_panel):
    panel = make_panel()
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 5)
    parts = [panel.box, panel.box.layout]
    panel.close()
    panel.close()
    assert panel_threads_end()
    assert all(part.comm is None for part in parts)
    n_steps = panel.trainer.n_steps
    panel.session.play()
    panel.session.explain("both")
    assert panel.trainer.n_steps == n_steps
    panel.trainer.run(2)
    assert WIDGET_VIEW not in panel._repr_mimebundle_()


def test_a_forgotten_panel_is_collected_even_while_it_trains():
    trainer = plane_trainer()
    panel = TrainingPanel(trainer)
    gone = weakref.ref(panel)
    panel.play()
    until(lambda: trainer.n_steps > 5)
    del panel
    gc.collect()
    assert gone() is None
    assert panel_threads_end()


def test_a_second_panel_on_the_same_trainer_takes_over(make_panel):
    first = make_panel()
    click(first, "Treinar")
    second = make_panel(first.trainer)
    assert panel_threads_end()
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
    assert panel_threads_end()
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
    assert panel_threads_end()


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
    assert panel_threads_end()
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
    assert panel_threads_end()


def test_there_is_always_a_film_also_while_the_training_starts_over(make_panel, monkeypatch):
    panel = make_panel()
    panel.record(20, n_frames=4)
    look, seen = panel.session.observer.look, []

    def look_while_someone_uses_the_film(**options):
        seen.append(len(panel.snapshots))
        assert panel._repr_mimebundle_()["text/html"]
        return look(**options)

    monkeypatch.setattr(panel.session.observer, "look", look_while_someone_uses_the_film)
    click(panel, "Recomeçar")
    assert not panel.session.error
    assert seen
    assert all(seen)
    assert [snapshot.step for snapshot in panel.snapshots] == [0]


def test_a_cell_that_samples_while_the_panel_trains_keeps_its_cores(make_panel):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        panel = make_panel()
        click(panel, "Treinar")
        until(lambda: panel.trainer.n_steps > 5)
        for _ in range(20):
            panel.trainer.sample(5)
        assert torch.get_num_threads() == 2
        click(panel, "Pausar")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_hundreds_of_random_requests_end_in_a_sane_state(make_panel, monkeypatch):
    monkeypatch.setattr("gan_lessons.panel.session.SLOW_SECONDS", 0.01)
    panel = make_panel()
    eyes = Eyes(panel)
    rng = random.Random(0)
    every = {
        "play": [{}],
        "pause": [{}],
        "acknowledge": [{}],
        "explain": [{"network": name} for name in ("discriminator", "generator", "both")],
        "restart": [{}, {"seed": 3}],
        "setSpeed": [{"speed": speed} for speed in ("slow", 1, 10, "fast")],
        "setHidden": [{"hidden": True}, {"hidden": False}],
        "ready": [{"hidden": False}],
        "changeRecipe": [
            {"changes": changes}
            for changes in ({"loss": "wasserstein"}, {"generator_lr": 0.5}, {"r1": 1.0})
        ],
    }
    for n in range(400):
        kind = rng.choice(list(every))
        panel.box._handle_custom_msg({"type": kind, **rng.choice(every[kind])}, [])
        if n % 50 == 0:
            ask(panel, "pause")
    ask(panel, "pause")
    assert panel_threads_end()
    click(panel, "Recomeçar")
    assert panel.trainer.n_steps == 0
    assert not panel.session.error
    assert not eyes.frame["playing"]
    change(panel, discriminator_lr=0.001, generator_lr=0.001)
    click(panel, "Passo completo")
    other = plane_trainer(recipe=panel.trainer.recipe).restart(panel.trainer.seed).run(1)
    assert_same_numbers(panel.trainer, other)


def test_a_hidden_page_suspends_the_training_and_another_resumes_it(make_panel):
    panel = make_panel()
    Eyes(panel)
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 5)
    ask(panel, "setHidden", hidden=True)
    assert panel_threads_end()
    assert panel.session.playing
    n_steps = panel.trainer.n_steps
    panel.box._handle_custom_msg({"type": "ready", "hidden": False}, [])
    until(lambda: panel.trainer.n_steps > n_steps)


def test_a_page_that_does_not_draw_gets_no_queue_of_frames(make_panel):
    panel = make_panel()
    eyes = Eyes(panel, draws=False)
    click(panel, "Treinar")
    until(lambda: panel.trainer.n_steps > 300)
    assert len(eyes.of("frame")) <= 1 + ahead.N_AHEAD, "o do começo e os que ninguém desenhou"
    eyes.draws = True
    ask(panel, "acknowledge") if not panel.session.playing else panel.session.acknowledge()
    until(lambda: len(eyes.of("frame")) > 5)


def test_a_fast_page_is_asked_for_few_answers_and_a_counted_step_for_each(make_panel):
    panel = make_panel()
    eyes = Eyes(panel)
    click(panel, "Treinar")
    until(lambda: len(eyes.of("frame")) > 40)
    ask(panel, "pause")
    frames = eyes.of("frame")
    assert sum(frame["asks"] for frame in frames) < len(frames) / 2
    ask(panel, "setSpeed", speed=1)
    before = len(eyes.of("frame"))
    click(panel, "Treinar")
    until(lambda: len(eyes.of("frame")) > before + 10)
    ask(panel, "pause")
    assert all(frame["asks"] for frame in eyes.of("frame")[before:])


def test_a_page_that_never_answers_is_asked_again(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(ahead.time, "perf_counter", lambda: now[0])
    frames = ahead.Ahead(6)
    assert [frames.send() for _ in range(6)] == [False, False, False, True, False, False]
    assert frames.until == ahead.PATIENCE
    now[0] = ahead.PATIENCE
    assert frames.send()
    assert frames.until == 0
    frames.answer()
    assert not frames.send()


def test_a_long_run_keeps_a_bounded_number_of_moments(make_panel, monkeypatch):
    monkeypatch.setattr("gan_lessons.panel.film.N_KEPT", 10)
    monkeypatch.setattr("gan_lessons.panel.film.N_SCORES", 10)
    panel = make_panel(judge_data=ring)
    session = panel.session
    moments = []
    for _ in range(60):
        panel.trainer.step()
        session._look(judge=False)
        moments.append(weakref.ref(session.snapshot))
    gc.collect()
    alive = [moment for moment in moments if moment() is not None]
    assert 5 <= len(session.film) <= 10
    assert 5 <= len(session.scores.rows) <= 10
    assert len(alive) <= 12  # os do filme e o da tela
