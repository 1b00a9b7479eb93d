"""Uma população é muitos `Trainer` ao mesmo tempo: a mesma matemática, membro a membro."""

import dataclasses
import logging
import os
import re
import signal
import threading

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons import draws, losses, models, training
from gan_lessons.population import Population, population
from gan_lessons.population.step import Step
from gan_lessons.training import CLASSIC, MODERN, Recipe, Trainer

DATA = np.random.RandomState(0).normal(size=(50, 2)) * [1.0, 0.3]
SMALL = Recipe(n_steps=200, batch_size=8)


# Tanh, e não ReLU: na quina da ReLU um arredondamento vira um salto, e 200 passos o ampliam.
def make_generator(seed):
    network = models.Generator(latent_dim=3, n_features=2, hidden=(6,), activation=nn.Tanh)
    return models.init_weights(network, seed)


def make_discriminator(seed):
    network = models.Discriminator(n_features=2, hidden=(6,), activation=nn.Tanh)
    return models.init_weights(network, seed + 1000)


def make_population(n_gans=3, *, recipe=SMALL, compile=False, **options):
    return Population(
        n_gans, make_generator, make_discriminator, DATA, recipe=recipe, compile=compile, **options
    )


def weights(networks):
    return torch.cat([p.detach().reshape(-1) for network in networks for p in network.parameters()])


def all_weights(population):
    return torch.stack([weights(population.member(i)) for i in range(population.n_gans)])


class FollowingTrainer(Trainer):
    """Um `Trainer` com os pesos, os lotes e o ruído que o membro `i` de uma população usa."""

    def __init__(self, population, i):
        chunk, row = population._locate(i)
        generator, discriminator = (
            make_generator(chunk.first_seed + row),
            make_discriminator(chunk.first_seed + row),
        )
        super().__init__(generator, discriminator, DATA, recipe=population.recipe)
        self._chunk, self._row = chunk, row
        self._draw = 0

    def _next_batch(self):
        indices = self._chunk.batches(self._discriminator_updates, 1)[0, self._row]
        self._batch = (self.data[indices], ())
        return self._batch

    def _noise(self, n):
        clock, k = divmod(self._draw, self.recipe.discriminator_steps + 1)
        self._draw += 1
        return self._chunk.step.noise(self._chunk.keys[self._row], torch.tensor(clock), k)

    def mix(self):
        clock, k = divmod(self._discriminator_updates, self.recipe.discriminator_steps)
        return self._chunk.step.mix(self._chunk.keys[self._row], torch.tensor(clock), k)


RECIPES = {
    "classic": {},
    **{loss: {"loss": loss} for loss in losses.LOSSES if loss != "non-saturating"},
    "betas": {"betas": (0.0, 0.9)},
    "two learning rates, decaying": {
        "generator_lr": 3e-3,
        "discriminator_lr": 5e-4,
        "lr_decay": 0.1,
    },
    "R1": {"r1": 0.5},
    "R1 and R2": {"r1": 0.1, "r2": 0.2, "loss": "relativistic"},
    "R1 now and then": {"r1": 0.1, "penalty_every": 3, "discriminator_steps": 2},
    "gradient penalty": {
        "loss": "wasserstein",
        "gradient_penalty": 10.0,
        "discriminator_steps": 3,
        "betas": (0.0, 0.9),
    },
    "moving average": {"ema": 0.9},
    "bits": {"noise": "bits"},
    "modern": {field: getattr(MODERN, field) for field in ("lr_decay", "betas", "r1", "ema")},
}


@pytest.mark.parametrize("fields", RECIPES.values(), ids=RECIPES.keys())
def test_a_member_follows_the_path_of_a_trainer(fields, monkeypatch):
    recipe = dataclasses.replace(SMALL, **fields)
    population = make_population(2, recipe=recipe).run()
    trainer = FollowingTrainer(population, 1)
    monkeypatch.setattr(
        training,
        "gradient_penalty",
        lambda discriminator, real, fake, mix: losses.gradient_penalty(
            discriminator, real, fake, trainer.mix()
        ),
    )
    trainer.run()
    generator = trainer.generator if trainer.average is None else trainer.average.module
    expected = weights((generator, trainer.discriminator))
    torch.testing.assert_close(all_weights(population)[1], expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        population.history(1).to_numpy(), trainer.history.frame.to_numpy(), rtol=1e-3, atol=1e-4
    )


def test_a_member_with_packing_follows_the_path_of_a_trainer(monkeypatch):
    def make_packed(seed):
        network = models.Discriminator(n_features=4, hidden=(6,), activation=nn.Tanh)
        return models.Packed(models.init_weights(network, seed + 1000), 2)

    monkeypatch.setitem(globals(), "make_discriminator", make_packed)
    population = make_population(2).run()
    trainer = FollowingTrainer(population, 1).run()
    expected = weights((trainer.generator, trainer.discriminator))
    torch.testing.assert_close(all_weights(population)[1], expected, rtol=1e-3, atol=1e-4)


def test_every_field_of_the_recipe_is_in_some_comparison_with_the_trainer():
    tried = {field for fields in RECIPES.values() for field in fields}
    names = {field.name for field in dataclasses.fields(Recipe)}
    assert names - tried == {"n_steps", "batch_size"}  # estes, SMALL muda


@pytest.mark.parametrize("kind", ["normal", "bits"])
def test_no_noise_is_used_twice(kind):
    recipe = dataclasses.replace(SMALL, discriminator_steps=2, noise=kind, batch_size=32)
    step = make_population(2, recipe=recipe)._chunks[0].step
    keys = draws.member_keys(0, 2)
    noises = [
        step.noise(key, torch.tensor(clock), k)
        for key in keys
        for clock in range(3)
        for k in range(3)
    ]
    assert len({noise.numpy().tobytes() for noise in noises}) == len(noises)


def test_adam_is_the_adam_of_pytorch():
    step = Step(
        make_generator(0), make_discriminator(0), torch.zeros(9, 2), Recipe(betas=(0.7, 0.9))
    )
    torch.manual_seed(0)
    ours = torch.randn(12)
    theirs = ours.clone().requires_grad_()
    adam = torch.optim.Adam([theirs], lr=1e-3, betas=(0.7, 0.9))
    mean = square = torch.zeros(12)
    alive = torch.tensor(True)
    for t in range(50):
        gradient = torch.randn(12)
        rate, scale = step.schedule(t, 1)[0, :2]
        ours, mean, square, alive = step._update(
            ours, mean, square, {"all": gradient}, torch.tensor(0.0), alive, rate, scale
        )
        theirs.grad = gradient
        adam.step()
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("options", [{"n_gans": 1, "seed": 4}, {"n_gans": 5, "chunk_size": 2}])
def test_a_member_does_not_depend_on_its_company(options):
    options = {"seed": 0, **options}
    alone, together = make_population(**options).run(100), make_population(6).run(100)
    torch.testing.assert_close(
        all_weights(alone)[4 - options["seed"]], all_weights(together)[4], rtol=1e-4, atol=1e-5
    )
    assert not torch.allclose(all_weights(together)[3], all_weights(together)[4], atol=1e-2)


def test_stopping_and_going_on_changes_nothing():
    recipe = dataclasses.replace(SMALL, r1=0.1, penalty_every=3, ema=0.9)
    whole = make_population(recipe=recipe).run(60)
    parts = make_population(recipe=recipe).run(7).run(1).run(52)
    torch.testing.assert_close(all_weights(parts), all_weights(whole), rtol=1e-5, atol=1e-6)
    assert parts.history(0)["step"].tolist() == whole.history(0)["step"].tolist()


def test_looking_at_samples_changes_nothing():
    looked, alone = make_population(), make_population()
    first, second = looked.sample(10), looked.sample(10)
    assert first.shape == (3, 10, 2)
    assert not np.allclose(first, second)
    torch.testing.assert_close(all_weights(looked.run(20)), all_weights(alone.run(20)))


def test_sample_comes_from_the_generator_that_member_gives():
    population = make_population(recipe=dataclasses.replace(SMALL, ema=0.9)).run(50)
    generator, _ = population.member(2)
    chunk, row = population._locate(2)
    noise = draws.noise("normal", chunk.keys[row], draws.SAMPLES, 0, 10 * 3).view(10, 3)
    with torch.no_grad():
        expected = generator(noise)
    np.testing.assert_allclose(population.sample(10)[2], expected, rtol=1e-4, atol=1e-6)


def test_a_member_is_an_independent_copy():
    population = make_population().run(5)
    before = all_weights(population)
    for parameter in population.member(0)[0].parameters():
        nn.init.zeros_(parameter)
    torch.testing.assert_close(all_weights(population), before)


# --- divergência e interrupção


def exploding_population(**options):
    """O segundo membro recebe pesos enormes; os outros são comuns."""

    def make(seed):
        network = make_discriminator(seed)
        if seed == 1:
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.fill_(3e38)
        return network

    return Population(3, make_generator, make, DATA, recipe=SMALL, compile=False, **options)


def test_a_diverged_member_stops_and_the_others_go_on(caplog):
    with caplog.at_level(logging.WARNING):
        population = exploding_population().run(30)
    healthy = make_population().run(30)
    assert population.diverged == {1: 1}
    assert "membro 1 divergiu no passo 1" in caplog.text
    for i in (0, 2):
        torch.testing.assert_close(
            weights(population.member(i)), weights(healthy.member(i)), rtol=1e-4, atol=1e-5
        )
    assert torch.isfinite(weights(population.member(1))).all()
    assert population.history(1).empty
    assert len(population.history(0)) == 30
    assert np.isfinite(population.sample(20)[[0, 2]]).all()


def test_a_diverged_member_keeps_its_last_finite_weights(caplog):
    recipe = dataclasses.replace(SMALL, discriminator_lr=3e38)
    subject = make_population(recipe=recipe).run()
    assert set(subject.diverged) == {0, 1, 2}
    for i, step in subject.diverged.items():
        assert torch.isfinite(weights(subject.member(i))).all()
        assert len(subject.history(i)) == step - 1
    kept = all_weights(subject)
    subject.run(20)
    assert torch.equal(all_weights(subject), kept)


def test_when_all_diverge_the_training_ends(caplog):
    def broken(seed):
        network = make_discriminator(seed)
        nn.init.constant_(network.layers[0].weight, float("nan"))
        return network

    population = Population(2, make_generator, broken, DATA, recipe=SMALL, compile=False)
    with caplog.at_level(logging.WARNING):
        population.run()
    assert population.diverged == {0: 1, 1: 1}
    assert "Todos os membros divergiram" in caplog.text
    assert population.n_steps < SMALL.n_steps


def test_an_interruption_leaves_every_member_at_the_same_step_and_resumable():
    population = make_population(4, chunk_size=2)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        population.run(100_000)
    done = population.n_steps
    assert 0 < done < 100_000
    assert {chunk.n_steps for chunk in population._chunks} == {done}
    population.run(3)
    assert population.n_steps == done + 3
    assert len(population.history(3)) == done + 3


# --- compilação


needs_compiler = pytest.mark.skipif(
    not population.has_cpp_compiler(), reason="não há compilador de C++"
)


@needs_compiler
def test_compiled_and_eager_follow_the_same_path_and_nothing_compiles_twice(monkeypatch):
    compiled = []
    original = torch.compile
    monkeypatch.setattr(
        torch, "compile", lambda *args, **options: compiled.append(1) or original(*args, **options)
    )
    recipe = dataclasses.replace(SMALL, r1=0.1, ema=0.9, lr_decay=0.5)
    slow = make_population(10, recipe=recipe).run(100)
    fast = make_population(10, recipe=recipe, compile=True).run(100)
    assert len(compiled) == 1
    torch.testing.assert_close(all_weights(fast), all_weights(slow), rtol=1e-3, atol=1e-4)
    # Outra semente, outra duração e outra taxa: o mesmo código serve.
    again = dataclasses.replace(recipe, n_steps=50, generator_lr=2e-3, ema=0.5)
    make_population(10, recipe=again, seed=9, compile=True).run(30)
    make_population(20, recipe=again, compile=True, chunk_size=10).run(30)
    assert len(compiled) == 1


def test_several_steps_a_call_reach_any_number_of_steps(monkeypatch):
    # Sem o compilador, que aqui não importa: só quantos passos vão em cada chamada.
    monkeypatch.setattr(torch, "compile", lambda function, **options: function)
    monkeypatch.setattr(population, "compiled_steps", {})
    unrolled = make_population(compile=True).run(7).run(4)
    assert {function.n_unrolled for function in population.compiled_steps.values()} == {2}
    torch.testing.assert_close(all_weights(unrolled), all_weights(make_population().run(11)))


def test_a_compilation_that_fails_falls_back(monkeypatch, caplog):
    def fail(*args, **options):
        raise RuntimeError("g++: morreu")

    monkeypatch.setattr(torch, "compile", fail)
    monkeypatch.setattr(population, "compiled_steps", {})
    with caplog.at_level(logging.WARNING):
        fallen = make_population(compile=True).run(20)
    assert "A compilação falhou, e o treino segue sem ela: RuntimeError: g++: morreu" in caplog.text
    torch.testing.assert_close(all_weights(fallen), all_weights(make_population().run(20)))


@pytest.mark.parametrize(
    ("n_steps", "compiler", "reason"),
    [(10, True, "o treino é curto"), (10**7, False, "não há compilador de C++")],
)
def test_auto_compiles_only_when_it_pays_and_says_why_not(
    n_steps, compiler, reason, monkeypatch, caplog
):
    monkeypatch.setattr(population, "has_cpp_compiler", lambda: compiler)
    subject = make_population(compile="auto")
    subject._said.clear()
    with caplog.at_level(logging.INFO):
        assert not subject._will_compile(n_steps)
        assert not subject._will_compile(n_steps)
    assert caplog.text.count(f"Treino sem compilar: {reason}.") == 1
    assert subject._will_compile(10**7) == compiler


# --- memória


@pytest.mark.parametrize("penalty", [0.0, 0.1])
@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh])
def test_the_memory_estimate_is_of_the_right_size(penalty, activation):
    recipe = Recipe(n_steps=2, batch_size=200, r1=penalty, r2=penalty)

    def networks(seed):
        return (
            models.Generator(20, 2, (128, 128), activation=activation),
            models.Discriminator(2, (128, 128), activation=activation),
        )

    data = np.random.RandomState(0).normal(size=(1000, 2))
    subject = Population(
        16, lambda s: networks(s)[0], lambda s: networks(s)[1], data, recipe=recipe, compile=False
    )
    with torch.profiler.profile(profile_memory=True) as profile:
        subject._chunks[0].advance(None, 1)
    used = peak = 0
    for event in profile.profiler.kineto_results.events():
        if event.name() == "[memory]":
            used += event.nbytes()
            peak = max(peak, used)
    estimate = 16 * subject._step.working_bytes()
    assert peak < estimate < 2.5 * peak


def test_what_does_not_fit_is_refused_before_starting(monkeypatch):
    monkeypatch.setattr(population, "_available_memory", lambda device: 5e6)
    with pytest.raises(MemoryError, match=r"n_gans=5000 pede cerca de .* MB, e há 5,0 MB livres"):
        make_population(5000)
    make_population(2)


def test_smaller_chunks_need_less_memory():
    needed = [make_population(64, chunk_size=size).memory_needed for size in (64, 16, 4)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] > 1.5 * needed[-1]


def test_the_refusal_suggests_a_chunk_that_fits(monkeypatch):
    needed = make_population(64, chunk_size=64).memory_needed
    monkeypatch.setattr(population, "_available_memory", lambda device: needed - 1)
    with pytest.raises(MemoryError, match=r"Use chunk_size=\d+") as refusal:
        make_population(64, chunk_size=64)
    suggestion = int(re.search(r"chunk_size=(\d+)", str(refusal.value))[1])
    assert make_population(64, chunk_size=suggestion).memory_needed < needed


# --- entradas que não servem


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_gans": 0}, ValueError, "n_gans deve ser pelo menos 1, mas chegou 0"),
        ({"n_gans": 2.5}, TypeError, "n_gans deve ser um número inteiro"),
        ({"compile": "sim"}, ValueError, "compile deve ser 'auto', True ou False"),
        ({"compile": None}, ValueError, "compile deve ser 'auto', True ou False"),
        ({"chunk_size": 0}, ValueError, "chunk_size deve ser pelo menos 1"),
        ({"seed": -1}, ValueError, "seed deve ser pelo menos 0"),
        ({"recipe": "classic"}, TypeError, "recipe deve ser uma Recipe"),
        ({"device": "tpu"}, ValueError, "device deve ser uma destas opções"),
        ({"recipe": CLASSIC}, None, None),
    ],
)
def test_bad_options_are_refused_in_portuguese(options, error, message):
    if error is None:
        make_population(**options)
        return
    with pytest.raises(error, match=message):
        make_population(**options)


def with_layer(layer):
    def make(seed):
        network = make_discriminator(seed)
        network.layers.insert(1, layer)
        return network

    return make


class Reshaped(models.Discriminator):
    """Muda um buffer a cada uso: isso o `vmap` não carrega."""

    def __init__(self):
        super().__init__(n_features=2)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, points):
        self.seen += points.sum()
        return super().forward(points)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (make_discriminator(0), TypeError, "make_discriminator deve ser uma função"),
        (lambda seed: "rede", TypeError, "make_discriminator deve devolver um torch.nn.Module"),
        (
            lambda seed: models.Discriminator(2, (6 + seed,)),
            ValueError,
            "mesmo formato para toda semente",
        ),
        (lambda seed: models.Discriminator(3), ValueError, "discriminator não aceita entradas"),
        (with_layer(nn.BatchNorm1d(6)), ValueError, "use nn.LayerNorm, nn.GroupNorm"),
        (with_layer(nn.Dropout(0.5)), ValueError, r"use Recipe\(r1=…\)"),
        (lambda seed: Reshaped(), ValueError, "não se vetoriza"),
    ],
)
def test_networks_that_do_not_serve_are_refused_in_portuguese(make, error, message):
    with pytest.raises(error, match=message):
        Population(2, make_generator, make, DATA, recipe=SMALL)


@pytest.mark.parametrize(
    ("data", "error"),
    [(np.zeros(5), ValueError), (np.full((50, 2), np.nan), ValueError), ("pontos", TypeError)],
)
def test_data_that_does_not_serve_is_refused_in_portuguese(data, error):
    with pytest.raises(error, match="data"):
        Population(2, make_generator, make_discriminator, data, recipe=SMALL)


@pytest.mark.parametrize("i", [-1, 3])
def test_a_member_that_does_not_exist_is_refused(i):
    with pytest.raises(ValueError, match=r"^i deve ser"):
        make_population().member(i)


def test_normalisation_without_a_running_mean_is_welcome():
    make = with_layer(nn.LayerNorm(6))
    Population(2, make_generator, make, DATA, recipe=SMALL, compile=False).run(3)
