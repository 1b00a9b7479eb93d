"""Uma população é muitos `Trainer` ao mesmo tempo: a mesma matemática, membro a membro."""

import dataclasses
import gc
import logging
import math
import re
import signal
import weakref
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from gan_lessons import losses, models
from gan_lessons.population import Population, chunk, compiled, plan, streams
from gan_lessons.population.step import Step
from gan_lessons.training import Recipe, Trainer

DATA = np.random.RandomState(0).normal(size=(50, 2)) * [1.0, 0.3]
SMALL = Recipe(n_steps=15, batch_size=8)  # 6 lotes por época: 15 passos são três épocas


# Tanh, e não ReLU: na quina da ReLU um arredondamento vira um salto.
def make_generator(seed):
    network = models.Generator(latent_dim=3, n_features=2, hidden=(6,), activation=nn.Tanh)
    return models.init_weights(network, seed)


def make_discriminator(seed):
    network = models.Discriminator(n_features=2, hidden=(6,), activation=nn.Tanh)
    return models.init_weights(network, seed + 1000)


def make_packed(seed):
    network = models.Discriminator(n_features=4, hidden=(6,), activation=nn.Tanh)
    return models.Packed(models.init_weights(network, seed + 1000), 2)


def make_spectral(seed):
    network = models.Discriminator(2, (6,), activation=nn.Tanh, linear=models.SpectralLinear)
    return models.init_weights(network, seed + 1000)


def make_population(n_gans=3, **options):
    ordinary = {
        "make_generator": make_generator,
        "make_discriminator": make_discriminator,
        "data": DATA,
        "recipe": SMALL,
        "compile": False,
    }
    return Population(n_gans, **{**ordinary, **options})


def weights(networks):
    return torch.cat([p.detach().reshape(-1) for network in networks for p in network.parameters()])


def all_weights(population):
    return torch.stack([weights(population.member(i)) for i in range(population.n_gans)])


def shown(trainer):
    generator = trainer.generator if trainer.average is None else trainer.average.module
    return weights((generator, trainer.discriminator))


# --- cada membro é a GAN do seu Trainer

# Cada campo da receita e cada perda estão em alguma destas; um teste adiante confere.
RECIPES = [
    {"loss": "non-saturating"},
    {"loss": "saturating", "ema": 0.9, "noise": "bits"},
    {"loss": "least-squares", "r1": 0.1, "penalty_every": 3, "discriminator_steps": 2},
    {
        "loss": "wasserstein",
        "gradient_penalty": 10.0,
        "discriminator_steps": 3,
        "betas": (0.0, 0.9),
    },
    {"loss": "relativistic", "r1": 0.1, "r2": 0.2},
    {"loss": "hinge", "generator_lr": 3e-3, "discriminator_lr": 5e-4, "lr_decay": 0.1},
]


@pytest.mark.parametrize("fields", RECIPES, ids=lambda fields: fields["loss"])
def test_a_member_takes_the_steps_of_the_trainer_of_its_seed(fields):
    recipe = dataclasses.replace(SMALL, **fields)
    population = make_population(recipe=recipe, seed=5).run()
    trainer = Trainer(make_generator(7), make_discriminator(7), DATA, recipe=recipe, seed=7).run()
    torch.testing.assert_close(all_weights(population)[2], shown(trainer), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(population.history(2), trainer.history.frame, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(population.sample(9)[2], trainer.sample(9), rtol=1e-4, atol=1e-5)


def test_every_loss_and_field_of_the_recipe_is_in_some_comparison_with_the_trainer():
    assert {fields["loss"] for fields in RECIPES} == set(losses.LOSSES)
    tried = {field for fields in RECIPES for field in fields}
    names = {field.name for field in dataclasses.fields(Recipe)}
    assert names - tried == {"n_steps", "batch_size"}  # estes, SMALL muda


def test_the_moving_average_begins_at_the_weights_after_the_first_step():
    recipe = dataclasses.replace(SMALL, **RECIPES[1])
    trainer = Trainer(make_generator(0), make_discriminator(0), DATA, recipe=recipe).run(1)
    after_a_step = weights((trainer.generator, trainer.discriminator))
    assert not torch.allclose(after_a_step, weights((make_generator(0), make_discriminator(0))))
    torch.testing.assert_close(all_weights(make_population(recipe=recipe).run(1))[0], after_a_step)


@pytest.mark.parametrize("make", [make_packed, make_spectral])
@pytest.mark.parametrize("r1", [0.0, 0.1])
def test_a_member_with_another_discriminator_takes_the_steps_of_a_trainer(make, r1, monkeypatch):
    # Anotar para o compilador todas as voltas da potência leva segundos.
    monkeypatch.setattr("gan_lessons.models.spectral.N_ITERATIONS", 2)
    recipe = dataclasses.replace(SMALL, r1=r1)
    population = make_population(make_discriminator=make, recipe=recipe).run()
    trainer = Trainer(make_generator(1), make(1), DATA, recipe=recipe, seed=1).run()
    torch.testing.assert_close(all_weights(population)[1], shown(trainer), rtol=1e-4, atol=1e-6)


def test_no_noise_and_no_batch_is_used_twice():
    recipe = dataclasses.replace(SMALL, discriminator_steps=2, batch_size=25)
    buffer = streams.DrawBuffer(3, 2, recipe, latent_dim=3)
    draws = streams.Streams(range(2), 50, recipe, latent_dim=3).draw(3, buffer)
    noises = draws.noises.flatten(0, 2)
    assert len({noise.numpy().tobytes() for noise in noises}) == 3 * 2 * 3
    batches = draws.indices.flatten(0, 2).sort(dim=1).values
    assert len({batch.numpy().tobytes() for batch in batches}) == 3 * 2 * 2


def test_adam_is_the_adam_of_pytorch():
    recipe = Recipe(betas=(0.7, 0.9))
    step = Step(make_generator(0), make_discriminator(0), recipe, (9, 2), torch.device("cpu"))
    rng = torch.Generator().manual_seed(0)
    ours = torch.randn(12, generator=rng)
    theirs = ours.clone().requires_grad_()
    adam = torch.optim.Adam([theirs], lr=1e-3, betas=(0.7, 0.9))
    state = ours, torch.zeros(12), torch.zeros(12)
    alive = torch.tensor(True)
    for t in range(50):
        gradient = torch.randn(12, generator=rng)
        rate, scale = step.schedule(t, 1)[0, :2]
        state, alive = step._update(state, {"all": gradient}, torch.tensor(0.0), alive, rate, scale)
        theirs.grad = gradient
        adam.step()
    torch.testing.assert_close(state[0], theirs.detach(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("loss", "alive"), [(0.0, True), (math.inf, True), (0.0, False)])
def test_only_a_living_member_with_a_finite_loss_takes_a_step(loss, alive):
    step = Step(make_generator(0), make_discriminator(0), SMALL, (9, 2), torch.device("cpu"))
    before = torch.ones(12), torch.zeros(12), torch.zeros(12)
    (after, _, _), lives = step._update(
        before,
        {"all": torch.ones(12)},
        torch.tensor(loss),
        torch.tensor(alive),
        *step.schedule(0, 1)[0, :2],
    )
    assert bool(lives) == (alive and loss == 0)
    assert torch.equal(after, before[0]) != bool(lives)


# --- sozinho ou acompanhado, de uma vez ou aos poucos


@pytest.mark.parametrize("options", [{"n_gans": 1, "seed": 4}, {"n_gans": 5, "chunk_size": 3}])
def test_a_member_does_not_depend_on_its_company(options):
    options = {"seed": 0, **options}
    alone, together = make_population(**options).run(), make_population(6, chunk_size=3).run()
    torch.testing.assert_close(
        all_weights(alone)[4 - options["seed"]], all_weights(together)[4], rtol=1e-4, atol=1e-6
    )
    assert not torch.allclose(all_weights(together)[3], all_weights(together)[4], atol=1e-2)


def test_the_factories_are_asked_only_for_the_seeds_of_the_members():
    asked = set()
    make_population(
        5, chunk_size=3, seed=7, make_generator=lambda s: asked.add(s) or make_generator(s)
    )
    assert asked == set(range(7, 12))


def test_stopping_and_going_on_changes_nothing():
    recipe = dataclasses.replace(SMALL, **RECIPES[2])
    whole = make_population(recipe=recipe).run(15)
    parts = make_population(recipe=recipe).run(7).run(1).run(7)
    assert torch.equal(all_weights(parts), all_weights(whole))
    assert parts.history(0).equals(whole.history(0))


def test_looking_at_samples_changes_nothing():
    looked, alone = make_population(), make_population()
    first, second = looked.sample(10), looked.sample(10)
    assert first.shape == (3, 10, 2)
    assert not np.allclose(first, second)
    torch.testing.assert_close(all_weights(looked.run()), all_weights(alone.run()))


def test_a_member_is_an_independent_copy():
    population = make_population().run(5)
    before = all_weights(population)
    for parameter in population.member(0)[0].parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(all_weights(population), before)


def test_the_data_are_a_copy():
    points = DATA.astype(np.float32)
    population = make_population(data=points)
    points[:] = 0.0
    assert torch.equal(all_weights(population.run()), all_weights(make_population().run()))


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

    return make_population(make_discriminator=make, **options)


def test_a_diverged_member_stops_and_the_others_go_on(caplog):
    with caplog.at_level(logging.WARNING):
        population = exploding_population().run()
    healthy = make_population().run()
    assert population.diverged == {1: 1}
    assert "membro 1 divergiu no passo 1" in caplog.text
    torch.testing.assert_close(all_weights(population)[[0, 2]], all_weights(healthy)[[0, 2]])
    assert torch.isfinite(weights(population.member(1))).all()
    assert population.history(1).empty
    assert len(population.history(0)) == SMALL.n_steps
    assert np.isfinite(population.sample(20)[[0, 2]]).all()


def test_a_diverged_member_keeps_its_last_finite_weights():
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

    population = make_population(make_discriminator=broken)
    with caplog.at_level(logging.WARNING):
        population.run(1000)
    assert population.diverged == {0: 1, 1: 1, 2: 1}
    assert "Todos os membros divergiram" in caplog.text
    assert population.n_steps < 1000


@pytest.mark.parametrize("n_signals", [1, 2])
def test_an_interruption_waits_for_the_round_and_the_training_resumes_as_if_nothing(
    n_signals, monkeypatch
):
    advance = chunk.Chunk.advance

    def advance_and_interrupt(self, *inputs):
        if self is population._chunks[0]:
            for _ in range(n_signals):
                signal.raise_signal(signal.SIGINT)
        advance(self, *inputs)

    population = make_population(6, chunk_size=3)
    monkeypatch.setattr(chunk.Chunk, "advance", advance_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        population.run(10_000)
    monkeypatch.undo()
    done = population.n_steps
    assert 0 < done < 10_000
    assert {len(population.history(i)) for i in range(6)} == {done}
    whole = make_population(6, chunk_size=3).run(done + 3)
    assert torch.equal(all_weights(population.run(3)), all_weights(whole))


def test_a_population_that_has_not_trained_has_an_empty_history():
    assert make_population().history(1).empty


def test_a_round_that_fails_is_as_if_it_had_not_begun(monkeypatch):
    def fail(*args):
        raise MemoryError

    population = make_population().run(4)
    monkeypatch.setattr(chunk, "trace", lambda *args: fail)
    with pytest.raises(MemoryError):
        population.run(3)
    monkeypatch.undo()
    assert population.n_steps == 4
    assert torch.equal(all_weights(population.run(11)), all_weights(make_population().run(15)))


# --- compilação


needs_compiler = pytest.mark.skipif(
    not compiled.has_cpp_compiler(), reason="não há compilador de C++"
)


@contextmanager
def two_threads():
    """Duas linhas de execução, ainda que a máquina ou quem chama os testes só dê uma."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@needs_compiler
def test_compiled_and_eager_follow_the_same_path_and_nothing_compiles_twice(monkeypatch):
    calls = []
    original = torch._inductor.compile
    monkeypatch.setattr(
        "torch._inductor.compile", lambda *inputs: calls.append(1) or original(*inputs)
    )
    recipe = dataclasses.replace(SMALL, ema=0.9, lr_decay=0.5)
    slow = make_population(10, recipe=recipe).run()
    fast = make_population(10, recipe=recipe, compile=True).run()
    assert len(calls) == 1
    torch.testing.assert_close(all_weights(fast), all_weights(slow), rtol=1e-4, atol=1e-6)
    # Outra semente, outra duração e outra taxa: o mesmo código serve.
    again = dataclasses.replace(recipe, n_steps=50, generator_lr=2e-3, ema=0.5)
    make_population(10, recipe=again, seed=9, compile=True).run(30)
    pair = make_population(20, recipe=again, compile=True, chunk_size=10)
    with two_threads():
        assert pair._plan.n_workers(compiled=True) == 2
        pair.run(30)
    torch.testing.assert_close(
        all_weights(pair),
        all_weights(make_population(20, recipe=again).run(30)),
        rtol=1e-4,
        atol=1e-6,
    )
    assert len(calls) == 1


def test_what_is_recorded_of_a_step_changes_something():
    class Watch(torch.fx.Interpreter):
        def call_function(self, target, args, options):
            result = super().call_function(target, args, options)
            if target in (torch.ops.aten.view.default, torch.ops.aten.expand.default):
                assert result.shape != args[0].shape
            assert target is not torch.ops.aten.mul.Scalar or args[1] != 1
            return result

    step = make_population()._step
    Watch(compiled.trace(step, 3, (False,))).run(*step.example(3))


@pytest.fixture
def empty_cache():
    compiled.compiled_step.cache_clear()
    yield
    compiled.compiled_step.cache_clear()


@pytest.mark.parametrize("compile", [True, False])
def test_the_workers_are_told_whether_the_step_is_compiled(compile, monkeypatch, empty_cache):
    monkeypatch.setattr("torch._inductor.compile", lambda graph, *rest: graph)
    subject, told = make_population(compile=compile), []
    monkeypatch.setattr(subject._plan, "n_workers", lambda compiled: told.append(compiled) or 1)
    subject.run(2)
    assert told == [compile]


def test_a_compilation_that_fails_falls_back(monkeypatch, caplog, empty_cache):
    def fail(*args, **options):
        raise RuntimeError("g++: morreu")

    monkeypatch.setattr("torch._inductor.compile", fail)
    with caplog.at_level(logging.WARNING):
        fallen = make_population(compile=True).run(5).run(5)
    assert (
        caplog.text.count("A compilação falhou, e o treino segue sem ela: RuntimeError: g++") == 1
    )
    assert torch.equal(all_weights(fallen), all_weights(make_population().run(10)))


def test_a_compiler_older_than_the_processor_is_asked_what_it_knows(monkeypatch, empty_cache):
    asked, steps = [], []

    def old_compiler(graph, inputs, options):
        asked.append(options.get("cpp.vec_isa_ok"))
        if asked[-1]:
            raise RuntimeError("g++: opção desconhecida")
        return lambda *inputs: steps.append(1) or graph(*inputs)

    monkeypatch.setattr("torch._inductor.compile", old_compiler)
    population = make_population(compile=True).run(3)
    assert asked == [True, None]
    assert len(steps) == 3
    assert not compiled.compiled_step(population._step, 3).failed
    torch.testing.assert_close(all_weights(population), all_weights(make_population().run(3)))


@pytest.mark.parametrize(
    ("n_steps", "compiler", "reason"),
    [(10, True, "o treino é curto"), (10**7, False, "não há compilador de C++")],
)
def test_auto_compiles_only_when_it_pays_and_says_why_not(
    n_steps, compiler, reason, monkeypatch, caplog
):
    monkeypatch.setattr(plan, "has_cpp_compiler", lambda: compiler)
    with caplog.at_level(logging.INFO):
        subject = make_population(
            recipe=dataclasses.replace(SMALL, n_steps=n_steps), compile="auto"
        )
        assert not subject._plan.will_compile(n_steps)
    assert caplog.text.count(f"Treino sem compilar: {reason}.") == 1
    assert subject._plan.will_compile(10**7) == compiler


def test_a_short_training_of_an_ordinary_population_is_not_compiled():
    ordinary = Population(3, make_generator, make_discriminator, DATA, recipe=SMALL)
    assert ordinary.compile == "auto"
    assert not ordinary._plan.will_compile(SMALL.n_steps)


@pytest.mark.parametrize(
    ("system", "environment", "compiler"),
    [
        (("linux", "posix"), {}, "g++"),
        (("darwin", "posix"), {}, "clang++"),
        (("win32", "nt"), {}, "cl"),
        (("linux", "posix"), {"CXX": "outro"}, "outro"),
    ],
)
def test_the_compiler_is_that_of_the_system_or_the_one_asked_for(
    system, environment, compiler, monkeypatch
):
    monkeypatch.setattr(compiled, "sys", SimpleNamespace(platform=system[0]))
    monkeypatch.setattr(compiled, "os", SimpleNamespace(name=system[1], environ=environment))
    for found in (None, f"/bin/{compiler}"):
        monkeypatch.setattr(
            compiled, "shutil", SimpleNamespace(which={compiler: found}.__getitem__)
        )
        assert compiled.has_cpp_compiler() == bool(found)


def test_all_that_makes_a_step_dearer_makes_the_estimate_longer():
    def seconds(n_gans=4, **fields):
        recipe = dataclasses.replace(SMALL, **fields)
        data = torch.zeros(50, 2)
        step = Step(make_generator(0), make_discriminator(0), recipe, data.shape, data.device)
        return plan.Plan(step, data, n_gans, False).eager_seconds(1000)

    dearer = [
        {"n_gans": 8},
        {"n_gans": 65},
        {"batch_size": 16},
        {"discriminator_steps": 2},
        {"r1": 0.1},
        {"r1": 0.1, "r2": 0.1},
        {"r1": 0.1, "r2": 0.1, "discriminator_steps": 2},
    ]
    assert all(seconds(**options) > seconds() for options in dearer)


def test_steps_long_unused_are_forgotten(monkeypatch):
    # O registro de verdade leva segundos: aqui só importa quantos ficam guardados.
    monkeypatch.setattr(
        compiled, "make_fx", lambda function: lambda *inputs: torch.fx.symbolic_trace(nn.Identity())
    )

    def traced(batch_size):
        recipe = Recipe(batch_size=batch_size)
        step = Step(make_generator(0), make_discriminator(0), recipe, (99, 2), torch.device("cpu"))
        return compiled.trace(step, 1, (False,))

    compiled.trace.cache_clear()
    first = weakref.ref(traced(1))
    for batch_size in range(2, compiled.N_KEPT + 2):
        traced(batch_size)
    gc.collect()
    assert first() is None
    compiled.trace.cache_clear()


class Shifted(models.Discriminator):
    """Soma aos pontos uma constante que não é parâmetro nem buffer."""

    def __init__(self, shift):
        super().__init__(n_features=2, hidden=(6,))
        self.shift = torch.zeros(3000)
        self.shift[1500] = shift

    def forward(self, points):
        return super().forward(points + self.shift[1500])


def test_populations_that_differ_in_a_constant_do_not_share_their_steps():
    first_losses = [
        make_population(
            make_discriminator=lambda seed, shift=shift: models.init_weights(Shifted(shift), seed)
        )
        .run(1)
        .history(0)["discriminator_loss"][0]
        for shift in (0.0, 3.0)
    ]
    assert first_losses[0] != first_losses[1]


# --- memória


@pytest.mark.parametrize(
    ("activation", "penalty"), [(nn.ReLU, 0.0), (nn.ReLU, 0.1), (nn.Tanh, 0.1)]
)
def test_the_memory_estimate_is_of_the_right_size(activation, penalty):
    hidden = (32, 32)
    subject = Population(
        8,
        lambda seed: models.Generator(20, 2, hidden, activation=activation),
        lambda seed: models.Discriminator(2, hidden, activation=activation),
        np.random.RandomState(0).normal(size=(400, 2)),
        recipe=Recipe(n_steps=2, batch_size=200, r1=penalty, r2=penalty),
        compile=False,
    )
    with torch.profiler.profile(profile_memory=True) as profile:
        subject._chunks[0].advance(None, subject._plan.draw_buffer(1), 1)
    used = peak = 0
    for event in profile.profiler.kineto_results.events():
        if event.name() == "[memory]":
            used += event.nbytes()
            peak = max(peak, used)
    estimate = 8 * subject._plan.working_bytes()
    assert peak < estimate < 2.5 * peak


def plan_of(n_gans, chunk_size):
    """A repartição de um treino, sem o treino."""
    recipe = dataclasses.replace(SMALL, batch_size=32)
    data = torch.zeros(50, 2)
    step = Step(make_generator(0), make_discriminator(0), recipe, data.shape, data.device)
    return plan.Plan(step, data, n_gans, False, chunk_size)


def test_what_does_not_fit_is_refused_before_starting(monkeypatch):
    monkeypatch.setattr(plan, "available_memory", lambda device: 5e6)
    with pytest.raises(MemoryError, match=r"n_gans=5000 pede cerca de .* MB, e há 5,0 MB livres"):
        make_population(5000)
    make_population(3)


@pytest.mark.parametrize(
    ("limit", "used", "available"),
    [("900", "200", 700), ("9000", "200", 1000), ("max", "200", 1000)],
)
def test_a_container_may_have_less_memory_than_the_machine(
    limit, used, available, monkeypatch, tmp_path
):
    machine = SimpleNamespace(virtual_memory=lambda: SimpleNamespace(available=1000))
    monkeypatch.setattr(plan, "psutil", machine)
    monkeypatch.setattr(plan, "Path", {"/sys/fs/cgroup": tmp_path}.__getitem__)
    assert plan.available_memory(torch.device("cpu")) == 1000
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(used)
    assert plan.available_memory(torch.device("cpu")) == available


def test_the_inner_layers_count_for_the_memory_of_a_sample(monkeypatch):
    results, noise, hidden = 2 * 64 * 2, 64 * 3, 64 * 6
    needed = 4 * 1000 * (results + noise + hidden)
    monkeypatch.setattr(plan, "available_memory", lambda device: needed)
    with pytest.raises(MemoryError, match=r"^n=1000 pede cerca de .* Peça menos pontos"):
        plan_of(64, 64).check_sample(1000)
    plan_of(64, 64).check_sample(300)


def test_compiled_chunks_go_in_parallel_and_the_others_one_after_the_other():
    with two_threads():
        assert plan_of(64, 16).n_workers(compiled=True) == 2
        assert plan_of(64, 64).n_workers(compiled=True) == 1
        assert plan_of(64, 16).n_workers(compiled=False) == 1


def test_smaller_chunks_need_less_memory():
    needed = [plan_of(64, size).memory_needed for size in (64, 16, 4)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] > 1.5 * needed[-1]


def test_the_refusal_suggests_a_chunk_that_fits(monkeypatch):
    needed = plan_of(64, 64).memory_needed
    monkeypatch.setattr(plan, "available_memory", lambda device: needed - 1)
    with pytest.raises(MemoryError, match=r"Use chunk_size=\d+, ou menos GANs") as refusal:
        plan_of(64, 64).check_memory()
    suggestion = int(re.search(r"chunk_size=(\d+)", str(refusal.value))[1])
    assert plan_of(64, suggestion).memory_needed < needed


def test_the_draws_of_a_round_fit_in_the_memory_set_aside_for_them():
    for recipe in (Recipe(), Recipe(discriminator_steps=3, gradient_penalty=1.0)):
        length = streams.round_length(64, recipe, 20)
        n_bytes = sum(part.nbytes for part in streams.DrawBuffer(length, 64, recipe, 20).draws)
        assert streams.ROUND_BYTES / 2 < n_bytes <= streams.ROUND_BYTES


@pytest.mark.parametrize(
    ("demand", "named"),
    [
        (lambda: make_population(10**12), "n_gans=1000000000000"),
        (lambda: make_population(10**400), "n_gans=1000"),
        (lambda: make_population(10**6, recipe=Recipe(n_steps=10**9)), "n_gans=1000000"),
        (lambda: make_population().run(10**15), "n_steps=1000000000000000"),
        (lambda: make_population().sample(10**12), "n=1000000000000"),
    ],
)
def test_a_count_without_bound_is_refused_before_starting(demand, named):
    with pytest.raises(MemoryError, match=rf"^{named}0* pede cerca de .*, e há .* livres"):
        demand()


def test_more_updates_a_step_than_can_be_written_out_are_refused():
    with pytest.raises(ValueError, match="discriminator_steps deve ser no máximo 100"):
        make_population(recipe=dataclasses.replace(SMALL, discriminator_steps=101))


def test_the_penalty_is_in_the_rehearsal_even_if_it_is_rare(monkeypatch):
    rehearsed = []
    monkeypatch.setattr(
        "gan_lessons.population.population.trace", lambda *args: rehearsed.append(args[-1])
    )
    make_population(recipe=dataclasses.replace(SMALL, r1=0.1, penalty_every=10**4))
    assert rehearsed == [(True,)]


def test_a_penalty_that_comes_once_in_a_lifetime_costs_nothing():
    rare = make_population(recipe=dataclasses.replace(SMALL, r1=0.1, penalty_every=10**4))
    assert rare.run(3).n_steps == 3


# --- entradas que não servem


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_gans": 0}, ValueError, "n_gans deve ser pelo menos 1, mas chegou 0"),
        ({"n_gans": 2.5}, TypeError, "n_gans deve ser um número inteiro"),
        ({"compile": "sim"}, ValueError, "compile deve ser uma destas opções: 'auto', True, False"),
        ({"compile": None}, ValueError, "compile deve ser uma destas opções: 'auto', True, False"),
        ({"chunk_size": 0}, ValueError, "chunk_size deve ser pelo menos 1"),
        ({"seed": -1}, ValueError, "seed deve ser pelo menos 0"),
        ({"seed": 2**31 - 2}, ValueError, "seed deve ser no máximo 2147483645"),
        ({"seed": np.zeros((2, 2), dtype=int)}, TypeError, "seed deve ser um número inteiro"),
        ({"recipe": "classic"}, TypeError, "recipe deve ser uma Recipe"),
        ({"device": "tpu"}, ValueError, "device deve ser uma destas opções"),
    ],
)
def test_bad_options_are_refused_in_portuguese(options, error, message):
    with pytest.raises(error, match=message):
        make_population(**options)


def with_layer(layer):
    def make(seed):
        network = make_discriminator(seed)
        network.layers.insert(1, layer)
        return network

    return make


def with_forward(forward):
    """Um discriminador que calcula outra coisa: ``(rede, pontos) → logits``."""

    def make(seed):
        network = make_discriminator(seed)
        layers = network.layers
        network.forward = lambda points: forward(layers, points)
        return network

    return make


def frozen(seed):
    network = make_discriminator(seed)
    network.layers[0].requires_grad_(False)
    return network


class Counting(models.Discriminator):
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
        (make_discriminator(0), TypeError, "make_discriminator deve ser a função"),
        (lambda seed: "rede", TypeError, "o que make_discriminator constrói deve ser uma rede"),
        (lambda seed: models.Discriminator(2, (6 + seed,)), ValueError, "mesmo formato"),
        (lambda seed: models.Discriminator(3), ValueError, "discriminator não aceita entradas"),
        (with_layer(nn.BatchNorm1d(6)), ValueError, "use nn.LayerNorm, nn.GroupNorm"),
        (with_layer(nn.Dropout(0.5)), ValueError, r"use Recipe\(r1=…\)"),
        (lambda seed: Counting(), ValueError, "não se vetoriza: (?!None)"),
        (frozen, ValueError, "'layers.0.weight' está congelado"),
        (
            lambda seed: models.Discriminator(2, activation=[nn.Tanh, nn.ReLU][seed % 2]),
            ValueError,
            "a da semente 1 responde de outro modo",
        ),
        (lambda seed: Shifted(float(seed)), ValueError, "a da semente 1 responde de outro modo"),
        (
            with_forward(lambda layers, points: layers(points) + torch.rand(())),
            ValueError,
            "um sorteio dentro dela",
        ),
        (with_forward(lambda layers, points: None), ValueError, "discriminator"),
        (with_forward(lambda layers, points: layers(points) > 0), ValueError, "discriminator"),
        (with_forward(lambda layers, points: layers(points).detach()), ValueError, "detach"),
        (
            with_forward(lambda layers, points: layers(torch.zeros_like(points))),
            ValueError,
            "cujos logits dependem dos pontos",
        ),
    ],
)
def test_networks_that_do_not_serve_are_refused_in_portuguese(make, error, message):
    with pytest.raises(error, match=message):
        make_population(make_discriminator=make)


@pytest.mark.parametrize(
    ("data", "error"),
    [(np.zeros(5), ValueError), (np.full((50, 2), np.nan), ValueError), ("pontos", TypeError)],
)
def test_data_that_does_not_serve_is_refused_in_portuguese(data, error):
    with pytest.raises(error, match="data"):
        make_population(data=data)


@pytest.mark.parametrize("i", [-1, 3])
def test_a_member_that_does_not_exist_is_refused(i):
    with pytest.raises(ValueError, match=r"^i deve ser"):
        make_population().member(i)


def test_normalisation_without_a_running_mean_is_welcome():
    make_population(make_discriminator=with_layer(nn.LayerNorm(6))).run(3)
