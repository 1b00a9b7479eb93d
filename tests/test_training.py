"""O treinador é o laço da aula, passo a passo; e nada do que ele fez se perde."""

import copy
import dataclasses
import errno
import linecache
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons import running
from gan_lessons.data import load_digit_images, make_spiral
from gan_lessons.losses import LOSSES, gradient_penalty, r1_penalty
from gan_lessons.models import (
    DigitDiscriminator,
    DigitGenerator,
    Discriminator,
    Generator,
    init_weights,
    make_spiral_gan,
)
from gan_lessons.training import (
    CLASSIC,
    MODERN,
    DivergenceError,
    History,
    Recipe,
    Trainer,
    checkpoint,
    objectives,
    resolve_device,
)
from gan_lessons.training.adam import Adam

POINTS = make_spiral(200, random_state=0)
DATA = (POINTS - POINTS.mean(axis=0)) / POINTS.std(axis=0)
LABELS = np.arange(200) // 50
TRAINING = Path(checkpoint.__file__).parent

RECIPES = {
    "classic": CLASSIC,
    "modern": dataclasses.replace(MODERN, batch_size=40, n_steps=20),
    "wgan-gp": Recipe(loss="wasserstein", gradient_penalty=10.0, discriminator_steps=3),
    "relativistic": Recipe(loss="relativistic", r1=0.1, r2=0.1, penalty_every=4, ema=0.9),
    "bits": Recipe(loss="least-squares", noise="bits", batch_size=30),
}
every_recipe = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def small_gan(seed=0):
    rng = torch.Generator().manual_seed(seed)
    generator = init_weights(Generator(6, 3, (16,)), rng)
    return generator, init_weights(Discriminator(3, (16,)), rng)


def small_trainer(recipe=CLASSIC, seed=0, **options):
    return Trainer(*small_gan(), DATA, recipe=recipe, seed=seed, **options)


class Conditional(nn.Module):
    """Uma camada que recebe também a classe do ponto."""

    def __init__(self, n_inputs, n_outputs, norm):
        super().__init__()
        self.latent_dim = n_inputs
        self.embedding = nn.Embedding(4, 2)
        self.layer = nn.Linear(n_inputs + 2, n_outputs)
        self.norm = norm(n_outputs)

    def forward(self, points, labels):
        return self.norm(self.layer(torch.cat([points, self.embedding(labels)], dim=1)))


def conditional_gan(norm=nn.BatchNorm1d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Conditional(4, 3, norm), Conditional(3, 1, nn.Identity)


def conditional_trainer(recipe=CLASSIC):
    return Trainer(*conditional_gan(), DATA, labels=LABELS, recipe=recipe)


def weights(trainer):
    networks = [trainer.generator, trainer.discriminator]
    return torch.cat([p.detach().flatten() for net in networks for p in net.parameters()])


def assert_same_training(one, other):
    assert (one.n_steps, one.seed) == (other.n_steps, other.seed)
    assert torch.equal(weights(one), weights(other))
    np.testing.assert_array_equal(one.history.rows, other.history.rows)
    np.testing.assert_array_equal(one.sample(5), other.sample(5))


# O laço escrito por extenso.


def written_out(networks, data, recipe, n_steps, *, seed=0, labels=None):
    """O treino, sem nada do pacote além das fórmulas das perdas e das penalidades."""
    generator, discriminator = networks
    data = torch.tensor(data, dtype=torch.float32)
    labels = None if labels is None else torch.tensor(labels)
    rng = torch.Generator().manual_seed(seed)
    loss = LOSSES[recipe.loss]
    generator_adam, discriminator_adam = (
        torch.optim.Adam(network.parameters(), betas=recipe.betas, fused=True)
        for network in networks
    )

    def shuffled_batches():
        while True:
            for batch in torch.randperm(len(data), generator=rng).split(recipe.batch_size):
                if len(batch) == recipe.batch_size:
                    yield batch

    def fakes(condition):
        shape = recipe.batch_size, generator.latent_dim
        if recipe.noise == "bits":
            return generator(torch.randint(0, 2, shape, generator=rng).float(), *condition)
        return generator(torch.randn(shape, generator=rng), *condition)

    def descend(adam, objective, learning_rate, step):
        decay = 1 - (1 - recipe.lr_decay) * min(step / recipe.n_steps, 1)
        adam.param_groups[0]["lr"] = learning_rate * decay
        adam.zero_grad()
        objective.backward()
        adam.step()

    batches, losses, average, n_updates = shuffled_batches(), [], None, 0
    for step in range(n_steps):
        for _ in range(recipe.discriminator_steps):
            batch = next(batches)
            real, condition = data[batch], () if labels is None else (labels[batch],)

            def judge(points, condition=condition):
                return discriminator(points, *condition)

            fake = fakes(condition).detach()
            d_loss = loss.discriminator(judge(real), judge(fake))
            penalty = 0.0
            if n_updates % recipe.penalty_every == 0 and recipe.r1:
                penalty += recipe.penalty_every * recipe.r1 * r1_penalty(judge, real)
            if n_updates % recipe.penalty_every == 0 and recipe.r2:
                penalty += recipe.penalty_every * recipe.r2 * r1_penalty(judge, fake)
            if recipe.gradient_penalty:
                mix = torch.rand(recipe.batch_size, 1, generator=rng)
                penalty += recipe.gradient_penalty * gradient_penalty(judge, real, fake, mix)
            descend(discriminator_adam, d_loss + penalty, recipe.discriminator_lr, step)
            n_updates += 1
        fake = fakes(condition)
        g_loss = loss.generator(judge(real) if loss.relative else None, judge(fake))
        descend(generator_adam, g_loss, recipe.generator_lr, step)
        losses.append([d_loss.item(), g_loss.item()])
        flat = torch.cat([p.detach().flatten() for p in generator.parameters()])
        average = flat if average is None else average.lerp(flat, 1 - recipe.ema)
    return losses, average


def assert_is_the_written_out_loop(trainer, networks, recipe, n_steps, **options):
    losses, average = written_out(networks, trainer.data.numpy(), recipe, n_steps, **options)
    trainer.run(n_steps)
    for packaged, plain in zip((trainer.generator, trainer.discriminator), networks, strict=True):
        for name, weight in plain.state_dict().items():
            same = torch.equal(packaged.state_dict()[name], weight)
            assert same, f"{name} é outro"
    frame = trainer.history.frame.dropna().iloc[:, 1:]
    np.testing.assert_array_equal(frame.to_numpy(), losses)
    if recipe.ema:
        kept = torch.cat([p.flatten() for p in trainer.average.module.parameters()])
        assert torch.equal(kept, average)


@every_recipe
def test_trainer_is_the_written_out_loop_bit_for_bit(recipe):
    trainer = small_trainer(recipe, seed=3)
    assert_is_the_written_out_loop(trainer, small_gan(), recipe, 12, seed=3)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains_as_written_out(loss):
    recipe = Recipe(loss=loss)
    assert_is_the_written_out_loop(small_trainer(recipe), small_gan(), recipe, 4)


def test_each_point_goes_to_the_networks_with_its_own_label():
    recipe = Recipe(r1=0.1, batch_size=40)
    trainer = Trainer(*conditional_gan(nn.Identity), DATA, labels=LABELS, recipe=recipe)
    networks = conditional_gan(nn.Identity)
    assert_is_the_written_out_loop(trainer, networks, recipe, 8, labels=LABELS)


def test_a_penalty_reaches_each_weight_of_a_convolution_by_its_own_gradient():
    # O gradiente da R1 nas convoluções chega com outra ordem na memória que a dos pesos.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = DigitGenerator(4, width=4), DigitDiscriminator(width=4)
    images = load_digit_images()[0][:32]
    recipe = Recipe(r1=5.0, batch_size=16)
    trainer = Trainer(*copy.deepcopy(networks), images, recipe=recipe).run(2)
    written_out(networks, images, recipe, 2)
    plain = torch.cat([weight.detach().flatten() for weight in networks[1].parameters()])
    packaged = torch.cat([p.detach().flatten() for p in trainer.discriminator.parameters()])
    # Com um passo de 0,001 de Adam, um gradiente fora de ordem erra por um milésimo ou dois.
    torch.testing.assert_close(packaged, plain, rtol=0, atol=2e-4)


def test_the_discriminator_step_teaches_nothing_to_the_generator():
    trainer = small_trainer()
    fakes_with_gradient = []
    trainer.discriminator.register_forward_hook(
        lambda module, inputs, output: fakes_with_gradient.append(inputs[0].requires_grad)
    )
    before = copy.deepcopy(trainer.generator.state_dict())
    trainer.step_discriminator()
    assert fakes_with_gradient == [False, False]
    for name, weight in trainer.generator.state_dict().items():
        assert torch.equal(weight, before[name])


def test_the_generator_step_leaves_the_discriminator_alone():
    trainer = small_trainer()
    before = copy.deepcopy(trainer.discriminator.state_dict())
    trainer.step_generator()
    for name, weight in trainer.discriminator.state_dict().items():
        assert torch.equal(weight, before[name])


def test_a_frozen_layer_stays_as_it_came():
    generator, discriminator = small_gan()
    generator.layers[0].requires_grad_(False)
    frozen = generator.layers[0].weight.clone()
    last = generator.layers[-1].weight.clone()
    Trainer(generator, discriminator, DATA).run(2)
    assert torch.equal(generator.layers[0].weight, frozen)
    assert not torch.equal(generator.layers[-1].weight, last)


@every_recipe
def test_half_steps_make_a_step(recipe):
    whole, halves = small_trainer(recipe).run(3), small_trainer(recipe)
    for _ in range(3):
        for _ in range(recipe.discriminator_steps):
            halves.step_discriminator()
        halves.step_generator()
    assert_same_training(whole, halves)


def test_the_trainer_keeps_its_own_copy_of_the_data():
    data, labels = DATA.astype(np.float32), LABELS.copy()
    networks = conditional_gan()
    trainer = Trainer(*networks, data, labels=labels)
    data[:], labels[:] = 0, 0
    assert torch.equal(trainer.data, torch.tensor(DATA, dtype=torch.float32))
    assert torch.equal(trainer.labels, torch.tensor(LABELS))


def test_learning_rate_decays_in_a_straight_line_and_then_stays():
    recipe = Recipe(n_steps=100, lr_decay=0.2)
    fractions = [recipe.lr_fraction(step) for step in (0, 50, 100, 500)]
    assert fractions == pytest.approx([1, 0.6, 0.2, 0.2])


def test_a_spaced_penalty_weighs_the_same_on_the_whole():
    def penalties(every):
        recipe = Recipe(r1=0.5, penalty_every=every)
        real, judge = torch.ones(4, 2), nn.Linear(2, 1)
        nn.init.ones_(judge.weight)
        for update in range(6):
            total, loss = objectives.discriminator_objective(
                recipe, judge, real, real, charge=update % every == 0
            )
            yield (total - loss).item()

    assert sum(penalties(3)) == pytest.approx(sum(penalties(1)), rel=1e-5)
    assert [penalty > 0 for penalty in penalties(3)] == [True, False, False] * 2


def test_a_penalty_is_charged_unless_told_otherwise():
    real, judge = torch.ones(4, 2), nn.Linear(2, 1)
    total, loss = objectives.discriminator_objective(Recipe(r1=0.5), judge, real, real)
    assert total > loss


# Olhar sem mexer.


def test_looking_at_samples_does_not_change_the_training():
    plain, watched = small_trainer().run(5), small_trainer()
    for _ in range(5):
        watched.step()
        watched.sample(3)
    assert torch.equal(weights(plain), weights(watched))


def test_samples_never_repeat_the_noise_of_a_training():
    trainer = small_trainer()
    shown = trainer.make_noise(25, trainer.sampling_rng)
    seen = []
    trainer.generator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    trainer.step()
    assert not any(torch.isin(noise, shown).any() for noise in seen)


def test_samples_come_from_the_average_in_evaluation_mode():
    trainer = conditional_trainer(Recipe(ema=0.5)).run(3)
    noise = trainer.make_noise(8, torch.Generator().manual_seed(1))
    average = copy.deepcopy(trainer.average.module).eval()
    with torch.no_grad():
        expected = average(noise, torch.tensor(LABELS[:8])).numpy()
    points = trainer.generate(noise, labels=LABELS[:8])
    np.testing.assert_array_equal(points, expected)
    assert points.dtype == np.float32
    # Um ponto não depende dos que vêm com ele, como dependeria em modo de treino.
    alone = trainer.generate(noise[:1], labels=LABELS[:1])
    np.testing.assert_allclose(alone, expected[:1], atol=1e-6)


def test_each_layer_goes_back_to_its_mode_after_a_look_even_one_that_fails():
    trainer = conditional_trainer()
    trainer.generator.embedding.eval()

    def modes():
        return [layer.training for layer in trainer.generator.modules()]

    before = modes()
    trainer.sample(2, labels=[0, 1])
    assert modes() == before
    hook = trainer.generator.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trainer.sample(2, labels=[0, 1])
    assert modes() == before
    hook.remove()
    other = conditional_trainer()
    other.sample(2, labels=[0, 1])
    asked = {"labels": [2, 3]}
    np.testing.assert_array_equal(trainer.sample(2, **asked), other.sample(2, **asked))


@pytest.mark.parametrize(
    ("labels", "message"),
    [(None, "labels é obrigatório"), ([0], "labels deve ter 2"), ([0, 9], r"classes dos dados")],
)
def test_a_refused_request_draws_nothing(labels, message):
    trainer, other = conditional_trainer(), conditional_trainer()
    with pytest.raises(ValueError, match=message):
        trainer.sample(2, labels=labels)
    asked = {"labels": [2, 3]}
    np.testing.assert_array_equal(trainer.sample(2, **asked), other.sample(2, **asked))


@pytest.mark.parametrize("noise", [torch.zeros(2, 5), torch.zeros(6), "ruído"])
def test_noise_of_another_shape_is_refused(noise):
    with pytest.raises((TypeError, ValueError), match="noise deve"):
        small_trainer().generate(noise)


def test_only_a_conditional_gan_takes_labels():
    with pytest.raises(ValueError, match="labels é obrigatório numa GAN condicional"):
        small_trainer().sample(2, labels=[0, 1])


# Núcleos, linhas de execução e interrupções.


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_a_training_uses_one_thread_and_gives_the_others_back(three_threads):
    trainer, seen = small_trainer(), []
    trainer.generator.register_forward_hook(lambda *_: seen.append(torch.get_num_threads()))
    trainer.run(1)
    trainer.step_generator()
    trainer.sample(1)
    assert set(seen) == {1}
    assert torch.get_num_threads() == 3


def test_overlapping_stretches_in_two_lines_of_execution_give_every_thread_back(three_threads):
    opened, close, counts = threading.Event(), threading.Event(), []

    def other_line():
        with running.one_thread():
            opened.set()
            close.wait(60)
            counts.append(torch.get_num_threads())
        counts.append(torch.get_num_threads())

    other = threading.Thread(target=other_line)
    other.start()
    opened.wait(60)
    with running.one_thread():
        born_inside = threading.Thread(target=lambda: counts.append(torch.get_num_threads()))
        born_inside.start()
        born_inside.join(60)
    assert torch.get_num_threads() == 3
    close.set()
    other.join(60)
    assert counts == [3, 1, 3]


def test_trainers_in_two_lines_of_execution_give_the_numbers_of_one():
    trainers = [small_trainer(seed=seed) for seed in (0, 1)]
    threads = [threading.Thread(target=trainer.run, args=(10,)) for trainer in trainers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for seed, trainer in enumerate(trainers):
        assert_same_training(trainer, small_trainer(seed=seed).run(10))


SOURCES = {str(path) for path in TRAINING.glob("*.py")}


@pytest.fixture(autouse=True)
def no_stretch_stays_open():
    """Um trecho esquecido aberto engoliria os Ctrl-C de todos os testes seguintes."""
    yield
    assert getattr(running._here, "uninterrupted", None) is None


@contextmanager
def at_line(number, act, files=SOURCES):
    """Chama `act` antes da linha de número `number`, entre as que se executam nestes arquivos."""
    executed = []

    def trace(frame, event, argument):
        if frame.f_code.co_filename not in files:
            return None
        # Num `try` e na volta a um `with`, nenhum sinal chega, e um erro escaparia do trecho.
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        if event == "line" and not line.startswith(("with ", "try:")):
            executed.append(frame.f_lineno)
            if len(executed) == number:
                act()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield executed
    finally:
        sys.settrace(before)


def some_lines(work, files=SOURCES, n=20):
    """Os números de `n` das linhas que `work` executa, espaçadas por igual."""
    with at_line(0, None, files) as executed:
        work()
    return np.linspace(1, len(executed), n).round().astype(int)


def ctrl_c_twice():
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


def cancel():
    raise KeyboardInterrupt


def test_interrupted_twice_at_any_line_it_resumes_as_if_nothing_happened():
    straight = small_trainer().run(3)
    files = {*SOURCES, running.__file__}
    for number in some_lines(small_trainer().step, files):
        trainer = small_trainer()
        with suppress(KeyboardInterrupt), at_line(number, ctrl_c_twice, files):
            trainer.run(2)
        trainer.run(3 - trainer.n_steps)
        assert torch.equal(weights(trainer), weights(straight))
        assert trainer.history.rows == straight.history.rows


def ends_in_spite_of_ctrl_c():
    """Se um trecho, com outro dentro, chega ao fim apesar de dois Ctrl-C, que vêm depois dele."""
    outcome = "rompido"
    try:
        with running.uninterrupted() as outer:
            with running.uninterrupted() as inner:
                ctrl_c_twice()
            assert inner is outer
            assert outer.arrived
            outcome = "terminou"
        outcome = "sem interrupção"
    except KeyboardInterrupt:
        pass
    return outcome


def test_an_interruption_at_the_edges_of_a_stretch_leaves_nothing_changed():
    def stretch():
        with running.uninterrupted(), running.one_thread():
            pass

    handler, n_threads = signal.getsignal(signal.SIGINT), torch.get_num_threads()
    for number in some_lines(stretch, {running.__file__}, n=40):
        with suppress(KeyboardInterrupt), at_line(number, ctrl_c_twice, {running.__file__}):
            stretch()
        assert signal.getsignal(signal.SIGINT) is handler
        assert torch.get_num_threads() == n_threads
        assert ends_in_spite_of_ctrl_c() == "terminou"


def test_a_stretch_that_never_ends_can_still_be_broken(monkeypatch):
    monkeypatch.setattr(running, "PATIENCE", -1.0)
    assert ends_in_spite_of_ctrl_c() == "rompido"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_evaluating_gives_back_each_layer_in_its_own_mode(error):
    network = nn.Sequential(nn.Dropout(), nn.Dropout().eval())
    with running.evaluating(network):
        assert not any(layer.training for layer in network.modules())
    assert [layer.training for layer in network.modules()] == [True, True, False]
    with pytest.raises(error), running.evaluating(network):
        raise error
    assert [layer.training for layer in network.modules()] == [True, True, False]


def test_run_stops_between_two_steps():
    trainer = small_trainer()
    hook = trainer.generator.register_forward_hook(lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trainer.run(10)
    hook.remove()
    assert trainer.n_steps == len(trainer.history) == 1


def test_a_weight_that_the_objective_does_not_use_stays_where_it_is():
    network = nn.ModuleList([nn.Linear(2, 1), nn.Linear(2, 1)])
    adam = Adam(network, (0.9, 0.999))
    used, unused = (copy.deepcopy(layer.weight) for layer in network)
    for _ in range(2):
        adam.descend(network[0](torch.ones(3, 2)).sum(), 0.1)
    assert not torch.equal(network[0].weight, used)
    assert torch.equal(network[1].weight, unused)
    assert [float(moments["step"]) for moments in adam.moments] == [2, 2, 0, 0]


def test_neither_a_training_nor_an_adam_written_by_hand_imports_what_a_click_could_break():
    code = """
import importlib
import sys
from gan_lessons import training
from gan_lessons.data import make_spiral
from gan_lessons.models import make_spiral_gan
before = set(sys.modules)
training.Trainer(*make_spiral_gan("linear", 0), make_spiral()).run(2)
print(len(set(sys.modules) - before))
sys.modules["ipykernel"] = sys  # num kernel, o pacote importa antes o que o Adam pediria
importlib.reload(training)
import torch
before = set(sys.modules)
weight = torch.nn.Parameter(torch.ones(1))
for options in {}, {"fused": True}:
    adam = torch.optim.Adam([weight], **options)
    (weight**2).sum().backward()
    adam.step()
print(len(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Sem uma coisa e sem a outra, são oitocentos módulos.
    assert all(int(n_modules) < 10 for n_modules in done.stdout.split())


def finish(trainer):
    trainer.run(1)
    return trainer.seed, trainer.history.rows, weights(trainer), trainer.sample(2)


def assert_before_or_after(change, build):
    """Cancelada em qualquer linha, `change` deixa o treino de antes ou o de depois."""
    untouched, changed = finish(build()), build()
    lines = some_lines(lambda: change(changed))
    changed = finish(changed)
    n_undone = 0
    for number in lines:
        trainer = build()
        with suppress(KeyboardInterrupt), at_line(number, cancel):
            change(trainer)
        state = finish(trainer)
        expected = untouched if state[0] == untouched[0] else changed
        n_undone += expected is untouched
        assert state[:2] == expected[:2]
        assert torch.equal(state[2], expected[2])
        np.testing.assert_array_equal(state[3], expected[3])
    assert n_undone > 5


def test_a_cancelled_restart_changes_nothing():
    assert_before_or_after(
        lambda trainer: trainer.restart(seed=1),
        lambda: small_trainer(Recipe(ema=0.5), make_networks=small_gan).run(1),
    )


def test_a_cancelled_load_changes_nothing(tmp_path):
    path = tmp_path / "treino.pt"
    small_trainer(Recipe(ema=0.5), seed=1).run(3).save(path)
    assert_before_or_after(
        lambda trainer: trainer.load(path),
        lambda: small_trainer(Recipe(ema=0.5)).run(1),
    )


# Correr, recomeçar, mudar de receita.


def test_run_without_a_number_finishes_the_recipe():
    trainer = small_trainer(Recipe(n_steps=7))
    assert trainer.run(3).run().n_steps == 7
    assert trainer.run().n_steps == 7


def test_progress_is_shown_in_portuguese(capsys):
    small_trainer().run(3, progress="espiral")
    assert "espiral: 100%" in capsys.readouterr().err
    small_trainer().run(3)
    assert capsys.readouterr().err == ""


@every_recipe
def test_restarting_and_running_again_gives_the_same_numbers(recipe):
    trainer = small_trainer(recipe, seed=4).run(3)
    assert_same_training(trainer.restart().run(3), small_trainer(recipe, seed=4).run(3))


def test_another_seed_means_other_weights_where_there_is_a_way_to_make_them():
    trainer = small_trainer(make_networks=small_gan)
    other = Trainer(*small_gan(5), DATA, seed=5)
    assert_same_training(trainer.run(2).restart(seed=5).run(2), other.run(2))
    assert_same_training(trainer.restart().run(2), other.restart().run(2))
    assert_same_training(trainer.restart(seed=0).run(2), small_trainer().run(2))


def test_another_seed_keeps_the_first_weights_where_there_is_none():
    trainer = small_trainer().run(2).restart(seed=5)
    assert_same_training(trainer.run(2), small_trainer(seed=5).run(2))


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: make_spiral_gan("wide", seed),
        lambda seed: small_gan(seed)[0],
        lambda seed: None,
        lambda seed: (
            Generator(6, 3, (16,), activation=nn.Tanh),
            Discriminator(3, (16,)),
        ),
    ],
)
def test_networks_of_another_design_are_refused_at_the_restart(make):
    trainer = small_trainer(make_networks=make).run(1)
    with pytest.raises(ValueError, match="make_networks deve devolver"):
        trainer.restart(seed=1)
    assert_same_training(trainer.run(1), small_trainer().run(2))


def test_a_changed_recipe_is_what_a_trainer_of_that_recipe_would_do():
    changed = small_trainer()
    changed.change_recipe(loss="relativistic", r1=0.2, discriminator_lr=3e-3)
    recipe = Recipe(loss="relativistic", r1=0.2, discriminator_lr=3e-3)
    assert_same_training(changed.run(10), small_trainer(recipe).run(10))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 10}, "o campo da receita deve ser uma destas opções.*'batch_size'"),
        ({"learning": 0.1}, "o campo da receita deve ser uma destas opções.*'learning'"),
        ({"r1": 1.0, "loss": "outra"}, "loss deve ser uma destas opções"),
    ],
)
def test_a_bad_change_leaves_the_recipe_as_it_was(changes, message):
    trainer = small_trainer()
    with pytest.raises(ValueError, match=message):
        trainer.change_recipe(**changes)
    assert trainer.recipe == CLASSIC


# Divergir, contar.


def test_divergence_stops_at_the_step_and_keeps_the_history():
    trainer = small_trainer().run(5)
    with torch.no_grad():
        trainer.discriminator.layers[0].weight.fill_(float("inf"))
    with pytest.raises(DivergenceError, match=r"divergiu no passo 6.*discriminador") as caught:
        trainer.run(10)
    assert caught.value.step == 6
    assert not math.isfinite(caught.value.loss)
    assert trainer.n_steps == 5
    assert len(trainer.history.frame) == 5
    assert np.isfinite(trainer.history.frame.to_numpy()).all()


def test_a_divergence_names_the_network_whose_loss_it_is():
    trainer = small_trainer()
    nn.init.constant_(trainer.generator.layers[0].weight, math.inf)
    with pytest.raises(DivergenceError, match="a perda do gerador virou") as caught:
        trainer.step_generator()
    assert (caught.value.network, caught.value.step) == ("gerador", 1)


def test_a_huge_learning_rate_diverges_with_a_clear_error():
    recipe = Recipe(loss="wasserstein", generator_lr=1e30, discriminator_lr=1e30)
    with pytest.raises(DivergenceError, match="taxa de aprendizado"):
        small_trainer(recipe).run(100)


def test_a_divergence_tells_the_same_in_another_process():
    error = pickle.loads(pickle.dumps(DivergenceError("gerador", 3, math.inf)))
    assert str(error) == str(DivergenceError("gerador", 3, math.inf))
    assert error.step == 3


def test_history_frame_has_a_row_for_each_discriminator_update():
    trainer = small_trainer(Recipe(discriminator_steps=2)).run(3)
    frame = trainer.history.frame
    assert list(frame.columns) == ["step", "discriminator_loss", "generator_loss"]
    assert list(frame["step"]) == [1, 1, 2, 2, 3, 3]
    assert frame["generator_loss"].isna().tolist() == [True, False] * 3
    assert trainer.history.last == tuple(frame.iloc[-1])


def test_history_of_a_lone_generator_step():
    trainer = small_trainer()
    trainer.step_generator()
    trainer.step_generator()
    assert trainer.history.frame["discriminator_loss"].isna().all()
    assert list(trainer.history.frame["step"]) == [1, 2]
    assert len(History()) == 0


def test_a_loss_that_is_no_number_adds_nothing_to_the_history():
    history = History([(1, 0.5, 0.25)])
    with pytest.raises(TypeError):
        history.record_discriminator(2, None)
    assert history.rows == [(1, 0.5, 0.25)]
    assert [len(column) for column in history.columns] == [1, 1, 1]


def test_a_long_history_stays_small():
    history = History((step, 1.0, 2.0) for step in range(1, 1001))
    assert history.rows[-1] == (1000, 1.0, 2.0)
    assert sum(column.nbytes for column in history.columns) == 24_000


# O que não serve é recusado na criação, em português.


class Through(nn.Module):
    """Uma rede com um peso, que devolve o que `answer` disser."""

    latent_dim = 6

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, points):
        return self.answer(self.weight * points[:, :1])


def raises(error):
    def answer(points):
        raise error("confuso")

    return answer


def frozen():
    return Discriminator(3).requires_grad_(False)


class NoLatentDim(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 3)


def bad_trainer(**changes):
    generator, discriminator = small_gan()
    options = {"generator": generator, "discriminator": discriminator, "data": DATA, **changes}
    return lambda: Trainer(**options)


def bad_discriminator(answer):
    return bad_trainer(discriminator=Through(answer))


DETACHED = "discriminator deve devolver um resultado que depende dos seus pesos"
REFUSES = "discriminator não aceita"

BAD_TRAINERS = {
    "nan": (bad_trainer(data=np.full((50, 3), np.nan)), ValueError, "data"),
    "infinite": (bad_trainer(data=np.full((50, 3), np.inf)), ValueError, "data"),
    "flat": (bad_trainer(data=np.zeros(50)), ValueError, "data"),
    "no columns": (bad_trainer(data=np.zeros((50, 0))), ValueError, "data"),
    "words": (bad_trainer(data=[["a", "b", "c"]]), TypeError, r"^data deve ser .* \(n, …\), mas"),
    "few points": (bad_trainer(data=DATA[:10]), ValueError, "batch_size"),
    "columns": (bad_trainer(data=DATA[:, :2]), ValueError, "generator"),
    "not a network": (bad_trainer(generator=lambda noise: noise), TypeError, "generator"),
    "no latent_dim": (bad_trainer(generator=NoLatentDim()), ValueError, "latent_dim"),
    "lazy": (bad_trainer(discriminator=nn.LazyLinear(1)), ValueError, "camadas Lazy"),
    "frozen": (bad_trainer(discriminator=frozen()), ValueError, "pesos que aprendam"),
    "frozen generator": (
        bad_trainer(generator=small_gan()[0].requires_grad_(False)),
        ValueError,
        "^generator deve ter pesos que aprendam",
    ),
    "no weights": (bad_trainer(discriminator=nn.Flatten()), ValueError, "pesos que aprendam"),
    "discriminator input": (bad_trainer(discriminator=Discriminator(2)), ValueError, REFUSES),
    "discriminator output": (
        bad_trainer(discriminator=nn.Linear(3, 2)),
        ValueError,
        r"discriminator deve devolver um logit por ponto.*\(n, 2\)",
    ),
    "detached": (bad_discriminator(lambda logits: logits.detach()), ValueError, DETACHED),
    "constant": (bad_discriminator(torch.zeros_like), ValueError, DETACHED),
    "boolean": (bad_discriminator(lambda logits: logits > 0), ValueError, "números reais"),
    "nothing": (bad_discriminator(lambda logits: None), ValueError, "mas devolve NoneType"),
    "a pair": (bad_discriminator(lambda logits: (logits, logits)), ValueError, "devolve tuple"),
    "key error": (bad_discriminator(raises(KeyError)), ValueError, REFUSES),
    "index error": (bad_discriminator(raises(IndexError)), ValueError, REFUSES),
    "value error": (bad_discriminator(raises(ValueError)), ValueError, REFUSES),
    "recipe": (bad_trainer(recipe="clássica"), TypeError, "recipe"),
    "seed": (bad_trainer(seed=1.5), TypeError, "seed"),
    "big seed": (bad_trainer(seed=2**32), ValueError, "seed deve ser no máximo"),
    "device": (bad_trainer(device="gpu"), ValueError, "device"),
    "labels": (bad_trainer(labels=[0, 1]), ValueError, "labels"),
    "factory": (bad_trainer(make_networks=small_gan()), TypeError, "make_networks"),
}


@pytest.mark.parametrize(("build", "error", "name"), BAD_TRAINERS.values(), ids=BAD_TRAINERS)
def test_bad_trainers_are_refused_in_portuguese(build, error, name):
    with pytest.raises(error, match=name):
        build()


def test_the_last_seed_of_a_training_is_the_last_of_its_half():
    assert small_trainer(seed=2**31 - 1).seed == 2**31 - 1
    with pytest.raises(ValueError, match="seed deve ser no máximo 2147483647"):
        small_trainer(seed=2**31)


def test_more_samples_than_the_memory_holds_are_refused_at_once():
    with pytest.raises(ValueError, match=r"^n deve caber na memória"):
        small_trainer().sample(10**12)


def test_a_label_that_the_networks_do_not_know_is_refused():
    labels = np.where(np.arange(200) == 100, 7, LABELS)
    with pytest.raises(ValueError, match="generator não aceita"):
        Trainer(*conditional_gan(), DATA, labels=labels)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("loss", "perda"),
        ("n_steps", 0),
        ("n_steps", 10.0),
        ("n_steps", 10**30),
        ("batch_size", -1),
        ("generator_lr", 0.0),
        ("generator_lr", -1e-3),
        ("discriminator_lr", float("nan")),
        ("discriminator_lr", "1e-3"),
        ("lr_decay", 0.0),
        ("lr_decay", 1.5),
        ("betas", (0.9, 1.0)),
        ("betas", 0.9),
        ("discriminator_steps", 0),
        ("discriminator_steps", 10**9),
        ("r1", -0.1),
        ("r2", float("inf")),
        ("penalty_every", 0),
        ("penalty_every", 10**30),
        ("gradient_penalty", -1.0),
        ("ema", 1.0),
        ("noise", "uniform"),
    ],
)
def test_bad_recipes_are_refused_in_portuguese(field, value):
    with pytest.raises((TypeError, ValueError), match=rf"{field} deve ser .*mas chegou"):
        Recipe(**{field: value})


@pytest.mark.parametrize("n_steps", [0, -5, 2.5, True])
def test_bad_number_of_steps_is_refused(n_steps):
    with pytest.raises((TypeError, ValueError), match="n_steps deve ser"):
        small_trainer().run(n_steps)


@pytest.mark.skipif(torch.cuda.is_available(), reason="esta máquina tem GPU")
def test_a_gpu_that_is_not_there_is_refused_and_auto_does_without():
    with pytest.raises(ValueError, match="device='cuda' pede uma GPU"):
        small_trainer(device="cuda")
    assert resolve_device("auto") == torch.device("cpu")


def test_the_modern_recipe_accepts_the_wide_networks():
    trainer = Trainer(*make_spiral_gan("wide"), DATA, recipe=RECIPES["modern"]).run(2)
    assert trainer.sample(2).shape == (2, 3)


# O arquivo.


@every_recipe
def test_a_saved_training_continues_bit_for_bit(recipe, tmp_path):
    straight = small_trainer(recipe).run(8)
    first = small_trainer(recipe).run(4)
    first.step_discriminator()  # até no meio de um passo
    first.save(tmp_path / "treino.pt")
    second = small_trainer(recipe, seed=99).load(tmp_path / "treino.pt")
    for _ in range(recipe.discriminator_steps - 1):
        second.step_discriminator()
    second.step_generator()
    assert_same_training(second.run(3), straight)


def test_a_loaded_training_restarts_from_its_own_beginning(tmp_path):
    straight = small_trainer(seed=3).run(2)
    straight.save(tmp_path / "treino.pt")
    loaded = Trainer(*small_gan(7), DATA).load(tmp_path / "treino.pt")
    assert loaded.seed == 3
    assert_same_training(loaded.restart().run(2), straight)


def test_numbers_of_numpy_in_a_recipe_are_saved_and_loaded(tmp_path):
    recipe = Recipe(
        n_steps=np.int64(30),
        batch_size=np.int64(20),
        r1=np.float32(0.5),
        loss=np.str_("hinge"),
        noise=np.str_("bits"),
    )
    trainer = small_trainer(recipe).run(2)
    trainer.save(tmp_path / "treino.pt")
    assert_same_training(small_trainer(recipe).load(tmp_path / "treino.pt"), trainer)


def test_saving_leaves_one_file_and_touches_no_other(tmp_path):
    neighbour = tmp_path / "treino.pt.tmp"
    neighbour.write_text("de outra pessoa")
    small_trainer().save(tmp_path / "treino.pt")
    assert neighbour.read_text() == "de outra pessoa"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["treino.pt", "treino.pt.tmp"]


def test_saving_sweeps_what_a_killed_process_left_of_the_same_file(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f".treino.pt.{dead.pid}-1.tmp"
    kept = [
        tmp_path / name
        for name in (
            f".treino.pt.{os.getpid()}-1.tmp",  # outra linha de execução, ainda gravando
            f".outro.pt.{dead.pid}-1.tmp",
            ".treino.pt.rascunho.tmp",
        )
    ]
    for file in (left, *kept):
        file.write_bytes(b"um pedaco")
    small_trainer().save(tmp_path / "treino.pt")
    assert set(tmp_path.iterdir()) == {tmp_path / "treino.pt", *kept}


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "treino.pt"
    trainer = small_trainer().run(2)
    trainer.save(path)
    before = path.read_bytes()

    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"path não pôde ser gravado.*espaço"):
        trainer.run(1).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["treino.pt"]


@pytest.mark.parametrize("path", [None, 3, "", "a\0b", b"treino.pt"])
def test_a_path_that_is_no_name_is_refused(path):
    for act in (small_trainer().save, small_trainer().load):
        with pytest.raises((TypeError, ValueError), match="path deve ser o nome de um arquivo"):
            act(path)


def test_a_missing_folder_is_told_in_portuguese(tmp_path):
    with pytest.raises(OSError, match=r"path não pôde ser gravado.*a pasta existe"):
        small_trainer().save(tmp_path / "nenhuma" / "treino.pt")


class TestLoad:
    """Um arquivo que não serve é recusado, e o treinador fica como estava."""

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "treino.pt"
        small_trainer().run(8).save(path)
        return path

    def assert_refused(self, trainer, path, message, error=ValueError):
        trainer.run(1)
        before = weights(trainer)
        with pytest.raises(error, match=message):
            trainer.load(path)
        assert torch.equal(weights(trainer), before)
        assert trainer.n_steps == 1

    def change(self, path, **fields):
        checkpoint.write({**checkpoint.read(path), **fields}, path)

    def test_missing(self, tmp_path):
        trainer, path = small_trainer(), tmp_path / "nada.pt"
        self.assert_refused(trainer, path, "path não existe", FileNotFoundError)

    def test_cut_short(self, path):
        path.write_bytes(path.read_bytes()[:-200])
        self.assert_refused(small_trainer(), path, "danificado")

    def test_one_flipped_bit_anywhere(self, path):
        whole = path.read_bytes()
        trainer = small_trainer()
        in_the_digest = 8 * len(checkpoint.MAGIC) + 7  # o byte deixa de ser ASCII
        anywhere = np.random.RandomState(0).randint(8 * len(whole), size=40)
        for place in (in_the_digest, *anywhere):
            bit = bytearray(whole)
            bit[place // 8] ^= 1 << place % 8
            path.write_bytes(bit)
            with pytest.raises(ValueError, match="danificado"):
                trainer.load(path)
        assert trainer.n_steps == 0

    def test_another_kind_of_file(self, path):
        path.write_text("não é um treino")
        self.assert_refused(small_trainer(), path, "Trainer.save")

    def test_not_made_by_save(self, path):
        torch.save({"generator": {}}, path)
        self.assert_refused(small_trainer(), path, "Trainer.save")

    def test_another_architecture(self, path):
        generator, _ = small_gan()
        trainer = Trainer(generator, Discriminator(3, (8,)), DATA)
        self.assert_refused(trainer, path, "outra arquitetura de discriminator")

    def test_another_activation_with_weights_of_the_same_shapes(self, path):
        generator = Generator(6, 3, (16,), activation=nn.Tanh)
        trainer = Trainer(generator, small_gan()[1], DATA)
        self.assert_refused(trainer, path, "outra arquitetura de generator")

    def test_another_recipe(self, path):
        self.assert_refused(small_trainer(Recipe(r1=1.0)), path, "outra receita")

    def test_other_data(self, path):
        self.assert_refused(Trainer(*small_gan(), DATA + 1), path, "outros dados")

    def test_the_same_points_with_other_labels(self, tmp_path):
        conditional_trainer().save(tmp_path / "treino.pt")
        trainer = Trainer(*conditional_gan(), DATA, labels=LABELS[::-1])
        self.assert_refused(trainer, tmp_path / "treino.pt", "outros dados")

    @pytest.mark.parametrize(
        "fields",
        [
            {"rngs": [torch.zeros(3, dtype=torch.uint8)] * 2},
            {"rngs": [torch.Generator().get_state()]},
            {"adams": []},
            {"n_steps": "x"},
            {"n_steps": -1},
            {"n_discriminator_steps": 1.5},
            {"n_taken": 1000},
            {"order": torch.zeros(200, dtype=torch.long)},
            {"weights": [{}, {}]},
            {"history": [torch.zeros(2), torch.zeros(3), torch.zeros(3)]},
        ],
    )
    def test_a_field_that_makes_no_sense(self, path, fields):
        self.change(path, **fields)
        self.assert_refused(small_trainer(), path, "danificado")

    def test_adam_moments_of_other_shapes(self, path):
        adams = checkpoint.read(path)["adams"]
        adams[0]["state"][0]["exp_avg"] = torch.zeros(1)
        self.change(path, adams=adams)
        self.assert_refused(small_trainer(), path, "danificado")
