"""O motor do navegador faz a mesma conta que o PyTorch: os mesmos lotes, o mesmo ruído, o mesmo
treino."""

import base64
import copy
import dataclasses
import itertools
import json
import re

import numpy as np
import panels
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from gan_lessons.data import convert_float_matrix_to_int_list, generate_even_data
from gan_lessons.losses import LOSSES
from gan_lessons.metrics import even_report
from gan_lessons.models import (
    Discriminator,
    Generator,
    Packed,
    init_weights,
    make_even_gan,
    make_plane_gan,
    make_spiral_gan,
)
from gan_lessons.panel import frames, page
from gan_lessons.panel.plan import MAX_BYTES, training_plan
from gan_lessons.panel.scene import scene_for
from gan_lessons.training import CLASSIC, Recipe, Trainer
from gan_lessons.training import loop as loop_module
from gan_lessons.training.loop import Loop

N_STEPS = 200
POINTS = np.random.RandomState(0).normal(size=(300, 3)) * [1.0, 0.5, 0.2]
EVENS = np.array(generate_even_data(128, 320, random_state=0)[1])
WITH_R1 = Recipe(n_steps=N_STEPS, batch_size=24, betas=(0.0, 0.99), r1=0.5, penalty_every=4)


def spiral(**changes):
    return Trainer(*make_spiral_gan(), POINTS, recipe=dataclasses.replace(CLASSIC, **changes))


def curved(**changes):
    """Redes com curva em toda parte, onde a R1 tem uma derivada segunda a mais."""
    rng = torch.Generator().manual_seed(0)
    generator = init_weights(Generator(4, 2, (8, 8), activation=nn.Tanh), rng)
    discriminator = init_weights(Discriminator(2, (8, 6), activation=nn.Tanh), rng)
    recipe = dataclasses.replace(WITH_R1, **changes)
    return Trainer(generator, discriminator, POINTS[:, :2], recipe=recipe)


def plane(**changes):
    networks = make_plane_gan(0, hidden=(16, 16))
    return Trainer(*networks, POINTS[:, :2], recipe=dataclasses.replace(WITH_R1, **changes))


def even(**networks):
    recipe = Recipe(n_steps=N_STEPS, batch_size=16, noise="bits", r1=0.1)
    return Trainer(*make_even_gan(1, **networks), EVENS, recipe=recipe)


TRAININGS = {
    "clássica": spiral,
    **{f"perda {name}": lambda name=name: spiral(loss=name) for name in LOSSES},
    "saída sigmoide": lambda: Trainer(*make_spiral_gan("sigmoid"), POINTS),
    "taxa que cai": lambda: spiral(n_steps=N_STEPS, lr_decay=0.03, generator_lr=3e-3),
    "três passos de D": lambda: spiral(discriminator_steps=3),
    "média móvel": lambda: spiral(ema=0.9),
    "R1": plane,
    "R1 em redes curvas": curved,
    "R2 e R1": lambda: plane(r2=0.3, penalty_every=3),
    "relativística com R1 e R2": lambda: curved(loss="relativistic", r2=0.5),
    "Wasserstein com penalidade": lambda: plane(
        loss="wasserstein", gradient_penalty=10.0, discriminator_steps=5, r1=0.0
    ),
    "Wasserstein com penalidade, curva": lambda: curved(
        loss="wasserstein", gradient_penalty=10.0, r1=0.0
    ),
    "números pares": even,
    "números pares em grupos": lambda: even(hidden=(12,), pack_size=4),
}


class Recorded(Loop):
    """O laço do PyTorch a partir do começo de um treinador, que anota tudo o que sorteia.

    Em precisão dupla: o que sobra de diferença é a conta, e não o arredondamento.
    """

    def __init__(self, trainer):
        networks = copy.deepcopy((trainer.generator, trainer.discriminator))
        for network in networks:
            network.double()
        super().__init__(*networks, trainer.data.double(), recipe=trainer.recipe)
        self.drawn = {"batches": [], "noise": [], "mix": []}
        deal = self.batches.next
        self.batches.next = lambda rng: self._noted("batches", deal(rng))

    def make_noise(self, n, rng):
        return self._noted("noise", (super().make_noise(n, rng).double(),))[0]

    def _noted(self, kind, drawn):
        self.drawn[kind].append(drawn[0].numpy().ravel())
        return drawn


def packed(arrays):
    flat = np.concatenate([np.asarray(a, dtype="<f8").ravel() for a in arrays] or [[]])
    return base64.b64encode(flat.tobytes()).decode()


def weights_of(network):
    return np.concatenate([weight.detach().numpy().ravel() for weight in network.parameters()])


# Uma fonte que repete o que o PyTorch sorteou.
REPLAY = """
const doubles = (text) => new Float64Array(
    Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
class Replay {
    constructor(drawn) {
        this.drawn = Object.fromEntries(
            Object.entries(drawn).map(([kind, text]) => [kind, doubles(text)]));
        this.taken = { batches: 0, noise: 0, mix: 0 };
    }
    take(kind, place) {
        place.set(this.drawn[kind].subarray(this.taken[kind], this.taken[kind] += place.length));
    }
    nextBatch(place) { this.take("batches", place); }
    fillNoise(place) { this.take("noise", place); }
    fillMix(place) { this.take("mix", place); }
    get left() {
        return Object.keys(this.taken).some((k) => this.taken[k] !== this.drawn[k].length);
    }
}
"""


@pytest.fixture(scope="module")
def engine(browser):
    """Uma página com o motor: `engine(expressão, argumento)`."""
    tab = browser.new_page()
    tab.add_script_tag(content=page.modules("engine.js") + REPLAY)
    yield tab.evaluate
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", TRAININGS)
def test_the_same_draws_give_the_weights_of_pytorch(engine, monkeypatch, name):
    trainer = TRAININGS[name]()
    plan = training_plan(trainer)
    expected = Recorded(trainer)
    draw_mix = loop_module.draw_mix

    def noted_mix(recipe, real, rng):
        mix = draw_mix(recipe, real, rng)
        return mix if mix is None else expected._noted("mix", (mix.double(),))[0]

    monkeypatch.setattr(loop_module, "draw_mix", noted_mix)
    for _ in range(N_STEPS):
        expected.step()
    found = engine(
        """([plan, drawn, nSteps]) => {
            const source = new Replay(drawn);
            const trainer = new Trainer(readPlan(plan), source);
            for (let i = 0; i < nSteps; i++) trainer.step();
            return {
                left: source.left,
                losses: [trainer.discriminatorLoss, trainer.generatorLoss],
                generator: Array.from(trainer.generator.parameters),
                discriminator: Array.from(trainer.discriminator.parameters),
                average: trainer.average && Array.from(trainer.average),
            };
        }""",
        [plan, {kind: packed(arrays) for kind, arrays in expected.drawn.items()}, N_STEPS],
    )
    assert not found["left"], "o motor sorteou mais ou menos que o PyTorch"
    losses = expected.history.last[1:]
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-6, atol=1e-6)
    for network in ("generator", "discriminator"):
        reached = weights_of(getattr(expected, network))
        np.testing.assert_allclose(found[network], reached, rtol=1e-6, atol=1e-6)
        start = weights_of(getattr(trainer, network))
        assert np.abs(reached - start).max() > 1e-2, "o treino nem saiu do lugar"
    if trainer.recipe.ema:
        average = weights_of(expected.average.module)
        np.testing.assert_allclose(found["average"], average, rtol=1e-6, atol=1e-6)


@pytest.mark.browser
def test_batches_are_whole_epochs_without_repetition(engine):
    taken = engine(
        """() => {
            const data = Float32Array.from({ length: 10 }, (_, i) => i);
            const draws = new Draws(data, 1, { batch_size: 3, noise: "normal" }, 7);
            const place = new Float64Array(3);
            return Array.from({ length: 6 }, () => { draws.nextBatch(place); return [...place]; });
        }"""
    )
    epochs = [list(itertools.chain(*batches)) for batches in (taken[:3], taken[3:])]
    assert all(len(set(epoch)) == 9 and set(epoch) <= set(range(10)) for epoch in epochs)
    assert epochs[0] != epochs[1]


@pytest.mark.browser
def test_the_noise_is_normal_and_belongs_to_the_seed(engine):
    draw = """(seed) => {
        const place = new Float64Array(20000);
        new Random(seed).fillNoise(place, "normal");
        return Array.from(place);
    }"""
    one, again, other = (np.array(engine(draw, seed)) for seed in (3, 3, 4))
    assert (one == again).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05
    # Quatro desvios padrão da média, da variância e da curtose de 20 mil normais.
    n = len(one)
    assert abs(one.mean()) < 4 / np.sqrt(n)
    assert abs(one.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs((one**4).mean() - 3) < 4 * np.sqrt(96 / n)


@pytest.mark.browser
def test_the_judge_is_the_five_neighbours_of_scikit_learn(engine):
    rng = np.random.RandomState(0)
    real, fake = rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 0.7
    folds = rng.permutation(np.arange(120) % 5)
    points, is_real = np.concatenate([real, fake]), np.arange(120) < 60
    right = []
    for fold in range(5):
        seen = folds != fold
        knn = KNeighborsClassifier(5).fit(points[seen], is_real[seen])
        right.extend(knn.predict(points[~seen]) == is_real[~seen])
    found = engine(
        """([real, fake, folds]) => neighborsAccuracy(
            Float64Array.from(real), Float64Array.from(fake), 2, folds)""",
        [real.ravel().tolist(), fake.ravel().tolist(), folds.tolist()],
    )
    assert found == pytest.approx(np.mean(right))
    assert 0.5 < found < 1


@pytest.mark.browser
def test_even_numbers_are_counted_as_the_package_counts_them(engine):
    values = np.random.RandomState(0).uniform(size=(40, 5))
    numbers = convert_float_matrix_to_int_list(values)
    report = even_report(numbers, max_int=32)
    found = engine(
        """(values) => {
            const numbers = toNumbers(Float64Array.from(values), 5);
            return [numbers, evenReport(numbers, 5)];
        }""",
        values.ravel().tolist(),
    )
    expected = {
        "evenFraction": report.even_fraction,
        "distinct": report.distinct,
        "possible": report.possible,
    }
    assert found == [numbers, expected]


@pytest.mark.browser
@pytest.mark.parametrize("make", [spiral, plane, even], ids=["espaço", "plano", "pares"])
def test_looking_at_a_training_changes_nothing_in_it(engine, make):
    assert engine(
        """(plan) => {
            const run = (looks) => {
                const read = readPlan(plan);
                const draws = new Draws(read.data, read.n_features, read.recipe, 0);
                const trainer = new Trainer(read, draws, Observer.capacity(read));
                const observer = new Observer(read, trainer, 0);
                for (let i = 0; i < 20; i++) {
                    trainer.step();
                    if (looks) observer.look(true);
                }
                return [...trainer.generator.parameters, ...trainer.discriminator.parameters];
            };
            const [blind, seen] = [run(false), run(true)];
            return blind.every((weight, i) => weight === seen[i]);
        }""",
        training_plan(make()),
    )


@pytest.mark.browser
def test_the_push_is_the_fall_of_the_generator_loss(engine):
    """Pontos que andam um pouco na direção da seta baixam a perda de G o que o gradiente diz."""
    for loss in LOSSES:
        gains = engine(
            """(plan) => {
                const read = readPlan(plan);
                const draws = new Draws(read.data, read.n_features, read.recipe, 0);
                const trainer = new Trainer(read, draws, Observer.capacity(read));
                const observer = new Observer(read, trainer, 0);
                const fake = trainer.generate(observer.noise);
                const loss = LOSSES[read.recipe.loss];
                const total = (points) => {
                    observer.opinions(observer.shown);
                    const real = trainer.discriminator.output.slice(0, 300);
                    observer.opinions(points);
                    const logits = trainer.discriminator.output.subarray(0, 300);
                    return logits.reduce((sum, logit, i) => sum
                        + loss.generator.value(loss.difference ? real[i] - logit : logit), 0);
                };
                observer.opinions(fake);
                const push = observer.push(fake);
                const size = push.reduce((sum, p) => sum + p * p, 0);
                const step = 1e-6;
                const moved = fake.map((value, i) => value + step * push[i]);
                return [(total(fake) - total(moved)) / step, size];
            }""",
            training_plan(curved(loss=loss)),
        )
        assert gains[0] == pytest.approx(gains[1], rel=1e-3), loss


@pytest.mark.browser
def test_a_divergence_says_whose_and_when(engine):
    found = engine(
        """(plan) => {
            const read = readPlan(plan);
            const trainer = new Trainer(read, new Draws(read.data, 3, read.recipe, 0));
            try { for (;;) trainer.step(); } catch (error) { return [error.network, error.step]; }
        }""",
        training_plan(spiral(loss="wasserstein", discriminator_lr=1e150, generator_lr=1e150)),
    )
    assert found[0] in ("gerador", "discriminador")
    assert found[1] == 1  # o passo que, em float32, já não cabe


def test_a_plan_is_small_and_holds_the_first_step():
    trainer = spiral()
    first = weights_of(trainer.generator).copy()
    plan = training_plan(trainer.run(3))
    assert len(plan) < MAX_BYTES
    weights = np.frombuffer(base64.b64decode(json.loads(plan)["generator"]["weights"]), "<f4")
    assert (weights == first).all()
    assert not np.allclose(weights, weights_of(trainer.generator))


def test_a_plan_holds_new_points_for_the_judge():
    plan = json.loads(training_plan(panels.plane_trainer(), judge_data=panels.ring))
    judged = np.frombuffer(base64.b64decode(plan["judge"]), "<f4").reshape(-1, 2)
    assert len(judged) == 200
    assert not np.isin(judged, panels.plane_trainer().data.numpy()).any()


class Strange(nn.Module):
    latent_dim = 2

    def forward(self, noise):
        return noise


def frozen_trainer():
    generator, discriminator = panels.small_gan(2)
    generator.layers[0].weight.requires_grad_(False)
    return Trainer(generator, discriminator, panels.ring(100, 0))


def two_activations():
    generator, discriminator = panels.small_gan(2)
    network = nn.Sequential(*discriminator.layers[:2], nn.Tanh(), *discriminator.layers[2:])
    return Trainer(generator, network, panels.ring(100, 0))


def moving_generator():
    generator, discriminator = panels.small_gan(2)
    generator.output = Strange()
    return Trainer(generator, discriminator, panels.ring(100, 0))


def packed_penalty():
    generator, discriminator = make_even_gan(pack_size=4)
    assert isinstance(discriminator, Packed)
    recipe = Recipe(batch_size=16, noise="bits", gradient_penalty=1.0)
    return Trainer(generator, discriminator, EVENS, recipe=recipe)


REFUSED = {
    "imagens com classes": (panels.digit_trainer, "condicionais"),
    "classes no plano": (panels.classes_trainer, "condicionais"),
    "pesos presos": (frozen_trainer, "presos"),
    "duas ativações": (two_activations, "Tanh"),
    "camada desconhecida": (moving_generator, "Strange"),
    "penalidade em grupos": (packed_penalty, "Packed"),
    "redes grandes": (lambda: Trainer(*make_spiral_gan("wide"), POINTS), "60 kB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_browser_cannot_train_is_said_in_portuguese(name):
    make, word = REFUSED[name]
    with pytest.raises(ValueError, match=word):
        training_plan(make())


def test_a_plan_is_of_a_trainer():
    with pytest.raises(TypeError, match="trainer deve ser um Trainer"):
        training_plan("treino")


@pytest.mark.parametrize(
    "make_trainer", [spiral, plane, lambda: Trainer(*panels.small_gan(1), POINTS[:, :1])]
)
def test_both_engines_ask_the_discriminator_in_the_same_places(engine, make_trainer):
    trainer = make_trainer()
    probed = engine("(plan) => [...probePoints(readPlan(plan))]", training_plan(trainer))
    expected = scene_for(trainer.data.numpy()).probe
    np.testing.assert_allclose(np.reshape(probed, expected.shape), expected, atol=1e-5)


def test_the_modules_have_no_name_in_common():
    names = re.findall(
        r"^(?:export )?(?:const|let|class|function) (\w+)",
        "\n".join(path.read_text(encoding="utf-8") for path in page.VIEW.glob("*.js")),
        flags=re.MULTILINE,
    )
    assert len(names) > 50
    assert sorted(set(names)) == sorted(names)


def test_the_scripts_are_light():
    assert len(page.script().encode()) <= 60_000
    assert len(frames.script().encode()) <= 6_000
