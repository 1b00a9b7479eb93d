"""O treinador é o laço da aula, passo a passo; e nada do que ele fez se perde."""

import dataclasses
import signal
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from gan_lessons.data import make_spiral
from gan_lessons.losses import LOSSES
from gan_lessons.models import Discriminator, Generator, init_weights, make_spiral_gan
from gan_lessons.training import (
    CLASSIC,
    MODERN,
    DivergenceError,
    History,
    Recipe,
    Trainer,
    resolve_device,
)

POINTS = make_spiral(200, random_state=0)
DATA = (POINTS - POINTS.mean(axis=0)) / POINTS.std(axis=0)

RECIPES = {
    "classic": CLASSIC,
    "modern": dataclasses.replace(MODERN, batch_size=40),
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


def weights(trainer):
    networks = [trainer.generator, trainer.discriminator]
    return torch.cat([p.detach().flatten() for net in networks for p in net.parameters()])


def assert_same_training(one, other):
    assert one.n_steps == other.n_steps
    assert torch.equal(weights(one), weights(other))
    np.testing.assert_array_equal(one.history.rows, other.history.rows)
    np.testing.assert_array_equal(one.sample(5), other.sample(5))


def test_trainer_is_the_written_out_loop_bit_for_bit():
    generator, discriminator = small_gan()
    data = torch.tensor(DATA, dtype=torch.float32)
    rng = torch.Generator().manual_seed(3)
    generator_adam = torch.optim.Adam(generator.parameters(), lr=1e-3, fused=True)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), lr=1e-3, fused=True)
    losses = []
    for _ in range(10):
        for batch in torch.randperm(len(data), generator=rng).split(25):
            real = data[batch]
            fake = generator(torch.randn(25, 6, generator=rng)).detach()
            real_logits, fake_logits = discriminator(real), discriminator(fake)
            d_loss = nn.functional.softplus(-real_logits).mean()
            d_loss = d_loss + nn.functional.softplus(fake_logits).mean()
            discriminator_adam.zero_grad()
            d_loss.backward()
            discriminator_adam.step()
            fake = generator(torch.randn(25, 6, generator=rng))
            g_loss = nn.functional.softplus(-discriminator(fake)).mean()
            generator_adam.zero_grad()
            g_loss.backward()
            generator_adam.step()
            losses.append((d_loss.item(), g_loss.item()))

    trainer = small_trainer(seed=3).run(80)
    written_out = torch.cat([p.detach().flatten() for p in generator.parameters()])
    packaged = torch.cat([p.detach().flatten() for p in trainer.generator.parameters()])
    assert torch.equal(packaged, written_out)
    np.testing.assert_array_equal(trainer.history.frame.iloc[:, 1:].to_numpy(), losses)


def test_labels_are_1_for_real_and_0_for_fake():
    trainer = small_trainer()
    _, discriminator = small_gan()
    real = torch.tensor(DATA, dtype=torch.float32)[trainer_batch(seed=0)]
    rng = torch.Generator().manual_seed(0)
    torch.randperm(len(DATA), generator=rng)
    fake = trainer.generator(torch.randn(25, 6, generator=rng))
    expected = binary_cross_entropy_with_logits(discriminator(real), torch.ones(25, 1))
    expected = expected + binary_cross_entropy_with_logits(discriminator(fake), torch.zeros(25, 1))
    trainer.step_discriminator()
    assert trainer.history.rows[0][1] == pytest.approx(expected.item(), rel=1e-5)


def trainer_batch(seed):
    return torch.randperm(len(DATA), generator=torch.Generator().manual_seed(seed))[:25]


def test_discriminator_step_leaves_no_trace_in_the_generator():
    trainer = small_trainer()
    seen = []
    trainer.discriminator.register_forward_hook(
        lambda module, inputs, output: seen.append(inputs[0].requires_grad)
    )
    before = [p.detach().clone() for p in trainer.generator.parameters()]
    trainer.step_discriminator()
    assert seen == [False, False]  # nem os reais nem os falsos levam ao gerador
    for old, parameter in zip(before, trainer.generator.parameters(), strict=True):
        assert torch.equal(old, parameter)


def test_generator_step_leaves_the_discriminator_alone():
    trainer = small_trainer()
    before = [p.detach().clone() for p in trainer.discriminator.parameters()]
    trainer.step_generator()
    for old, parameter in zip(before, trainer.discriminator.parameters(), strict=True):
        assert torch.equal(old, parameter)


@every_recipe
def test_half_steps_make_a_step(recipe):
    whole, halves = small_trainer(recipe), small_trainer(recipe)
    whole.run(12)
    for _ in range(12):
        for _ in range(recipe.discriminator_steps):
            halves.step_discriminator()
        halves.step_generator()
    assert_same_training(whole, halves)


@every_recipe
def test_a_saved_training_continues_bit_for_bit(recipe, tmp_path):
    straight = small_trainer(recipe).run(30)
    first = small_trainer(recipe).run(12)
    first.step_discriminator()  # até no meio de um passo
    first.save(tmp_path / "treino.pt")
    second = small_trainer(recipe, seed=99).load(tmp_path / "treino.pt")
    for _ in range(recipe.discriminator_steps - 1):
        second.step_discriminator()
    second.step_generator()
    assert_same_training(second.run(17), straight)


def test_looking_at_samples_does_not_change_the_training():
    plain, watched = small_trainer(), small_trainer()
    plain.run(10)
    for _ in range(10):
        watched.step()
        watched.sample(3)
    assert torch.equal(weights(plain), weights(watched))


def test_the_number_of_threads_does_not_change_the_training():
    n_threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = small_trainer().run(20)
        torch.set_num_threads(4)
        four = small_trainer().run(20)
        assert torch.get_num_threads() == 4
        assert_same_training(one, four)
    finally:
        torch.set_num_threads(n_threads)


def test_interrupted_at_any_point_it_resumes_as_if_nothing_happened():
    straight = small_trainer(RECIPES["wgan-gp"]).run(300)
    interrupted = small_trainer(RECIPES["wgan-gp"])
    rng = np.random.RandomState(0)
    n_interruptions = 0
    while interrupted.n_steps < 300:
        delay = rng.uniform(0.001, 0.1)
        timer = threading.Timer(delay, signal.raise_signal, args=[signal.SIGINT])
        timer.start()
        try:
            interrupted.run(300 - interrupted.n_steps)
            timer.join()
            time.sleep(1)  # o sinal chega aqui, se chegou depois do último passo
        except KeyboardInterrupt:
            n_interruptions += 1
        timer.join()
    assert n_interruptions >= 3
    assert_same_training(interrupted, straight)


def test_an_interruption_waits_for_the_end_of_the_step():
    trainer = small_trainer()
    trainer.generator.register_forward_hook(lambda *_: signal.raise_signal(signal.SIGINT))
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trainer.step_discriminator()
    assert len(trainer.history) == 1
    assert signal.getsignal(signal.SIGINT) is handler


def test_runs_in_another_thread_too():
    trainer, other = small_trainer(), small_trainer().run(5)
    thread = threading.Thread(target=trainer.run, args=[5])
    thread.start()
    thread.join()
    assert_same_training(trainer, other)


def test_run_without_a_number_finishes_the_recipe():
    trainer = small_trainer(Recipe(n_steps=7))
    assert trainer.run(3).run().n_steps == 7
    assert trainer.run().n_steps == 7


def test_progress_is_shown_in_portuguese(capsys):
    small_trainer().run(3, progress="espiral")
    assert "espiral: 100%" in capsys.readouterr().err
    small_trainer().run(3)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains(loss):
    trainer = small_trainer(Recipe(loss=loss)).run(20)
    assert np.isfinite(trainer.history.frame.to_numpy()).all()


def test_learning_rate_decays_in_a_straight_line_and_then_stays():
    recipe = Recipe(n_steps=100, lr_decay=0.2)
    assert [recipe.lr_fraction(step) for step in (0, 50, 100, 500)] == pytest.approx(
        [1, 0.6, 0.2, 0.2]
    )


def test_moving_average_is_the_recursion_of_its_formula():
    trainer = small_trainer(Recipe(ema=0.9))
    trainer.step()
    expected = [p.detach().clone() for p in trainer.generator.parameters()]
    for _ in range(5):
        trainer.step()
        for mean, parameter in zip(expected, trainer.generator.parameters(), strict=True):
            mean.mul_(0.9).add_(parameter.detach(), alpha=0.1)
    for mean, parameter in zip(expected, trainer.average.module.parameters(), strict=True):
        torch.testing.assert_close(parameter, mean)


def test_r1_flattens_the_discriminator_on_the_data():
    def slope(r1):
        trainer = small_trainer(Recipe(r1=r1)).run(300)
        points = torch.tensor(DATA, dtype=torch.float32, requires_grad=True)
        trainer.discriminator(points).sum().backward()
        return points.grad.norm(dim=1).mean().item()

    assert slope(10.0) < 0.5 * slope(0.0)


class ConditionalGenerator(nn.Module):
    latent_dim = 4

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4 + 2, 3)

    def forward(self, noise, labels):
        return self.layer(torch.cat([noise, nn.functional.one_hot(labels, 2).float()], dim=1))


class ConditionalDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3 + 2, 1)

    def forward(self, points, labels):
        return self.layer(torch.cat([points, nn.functional.one_hot(labels, 2).float()], dim=1))


def test_conditional_networks_receive_the_labels():
    labels = np.arange(len(DATA)) % 2
    networks = ConditionalGenerator(), ConditionalDiscriminator()
    trainer = Trainer(*networks, DATA, labels=labels, recipe=Recipe(r1=0.1, ema=0.5)).run(5)
    assert trainer.sample(4, labels=[0, 1, 0, 1]).shape == (4, 3)
    with pytest.raises(ValueError, match="labels"):
        trainer.sample(4)
    with pytest.raises(ValueError, match="labels"):
        small_trainer().sample(2, labels=[0, 1])


def test_divergence_stops_at_the_step_and_keeps_the_history():
    trainer = small_trainer().run(5)
    with torch.no_grad():
        trainer.discriminator.layers[0].weight.fill_(float("inf"))
    with pytest.raises(DivergenceError, match=r"divergiu no passo 6.*discriminador") as caught:
        trainer.run(10)
    assert caught.value.step == 6
    assert trainer.n_steps == 5
    assert len(trainer.history.frame) == 5
    assert np.isfinite(trainer.history.frame.to_numpy()).all()


def test_a_huge_learning_rate_diverges_with_a_clear_error():
    recipe = Recipe(loss="wasserstein", generator_lr=1e30, discriminator_lr=1e30)
    with pytest.raises(DivergenceError, match="taxa de aprendizado"):
        small_trainer(recipe).run(100)


def test_history_frame_has_a_row_for_each_discriminator_update():
    trainer = small_trainer(Recipe(discriminator_steps=2)).run(3)
    frame = trainer.history.frame
    assert list(frame.columns) == ["step", "discriminator_loss", "generator_loss"]
    assert list(frame["step"]) == [1, 1, 2, 2, 3, 3]
    assert frame["generator_loss"].isna().tolist() == [True, False] * 3


def test_history_of_a_lone_generator_step():
    trainer = small_trainer()
    trainer.step_generator()
    trainer.step_generator()
    assert trainer.history.frame["discriminator_loss"].isna().all()
    assert list(trainer.history.frame["step"]) == [1, 2]
    assert len(History()) == 0


def test_samples_are_arrays_and_come_from_the_average():
    trainer = small_trainer(Recipe(ema=0.5)).run(3)
    with torch.no_grad():
        for parameter in trainer.generator.parameters():
            parameter.fill_(float("nan"))
    points = trainer.sample(7)
    assert points.shape == (7, 3)
    assert points.dtype == np.float32
    assert np.isfinite(points).all()


def bad_trainer(**changes):
    generator, discriminator = small_gan()
    options = {"generator": generator, "discriminator": discriminator, "data": DATA, **changes}
    return lambda: Trainer(**options)


class NoLatentDim(nn.Module):
    def forward(self, noise):
        return noise


BAD_TRAINERS = {
    "nan": (bad_trainer(data=np.full((50, 3), np.nan)), ValueError, "data"),
    "infinite": (bad_trainer(data=np.full((50, 3), np.inf)), ValueError, "data"),
    "flat": (bad_trainer(data=np.zeros(50)), ValueError, "data"),
    "words": (bad_trainer(data=[["a", "b", "c"]]), TypeError, "data"),
    "few points": (bad_trainer(data=DATA[:10]), ValueError, "batch_size"),
    "columns": (bad_trainer(data=DATA[:, :2]), ValueError, "generator"),
    "no latent_dim": (bad_trainer(generator=NoLatentDim()), ValueError, "latent_dim"),
    "discriminator input": (
        bad_trainer(discriminator=Discriminator(2)),
        ValueError,
        "discriminator não aceita",
    ),
    "discriminator output": (
        bad_trainer(discriminator=nn.Linear(3, 2)),
        ValueError,
        r"discriminator deve devolver um logit por ponto.*\(n, 2\)",
    ),
    "recipe": (bad_trainer(recipe="clássica"), TypeError, "recipe"),
    "seed": (bad_trainer(seed=1.5), TypeError, "seed"),
    "device": (bad_trainer(device="gpu"), ValueError, "device"),
    "labels": (bad_trainer(labels=[0, 1]), ValueError, "labels"),
}


@pytest.mark.parametrize(("build", "error", "name"), BAD_TRAINERS.values(), ids=BAD_TRAINERS)
def test_bad_trainers_are_refused_in_portuguese(build, error, name):
    with pytest.raises(error, match=name):
        build()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("loss", "hinge"),
        ("n_steps", 0),
        ("n_steps", 10.0),
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
        ("r1", -0.1),
        ("r2", float("inf")),
        ("penalty_every", 0),
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


class TestLoad:
    """Um arquivo que não serve é recusado, e o treinador fica como estava."""

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "treino.pt"
        small_trainer().run(8).save(path)
        return path

    def assert_refused(self, trainer, path, message, error=ValueError):
        trainer.run(3)
        before = weights(trainer)
        with pytest.raises(error, match=message):
            trainer.load(path)
        assert torch.equal(weights(trainer), before)
        assert trainer.n_steps == 3
        assert trainer.step() is None

    def test_missing(self, tmp_path):
        trainer, path = small_trainer(), tmp_path / "nada.pt"
        self.assert_refused(trainer, path, "path não existe", FileNotFoundError)

    def test_cut_short(self, path):
        path.write_bytes(path.read_bytes()[:-200])
        self.assert_refused(small_trainer(), path, "danificado")

    def test_another_kind_of_file(self, path):
        path.write_text("não é um treino")
        self.assert_refused(small_trainer(), path, "danificado")

    def test_not_made_by_save(self, path):
        torch.save({"generator": {}}, path)
        self.assert_refused(small_trainer(), path, "Trainer.save")

    def test_another_architecture(self, path):
        generator, _ = small_gan()
        trainer = Trainer(generator, Discriminator(3, (8,)), DATA)
        self.assert_refused(trainer, path, "outra arquitetura de discriminator")

    def test_another_recipe(self, path):
        self.assert_refused(small_trainer(Recipe(r1=1.0)), path, "outra receita")

    def test_other_data(self, path):
        trainer = Trainer(*small_gan(), DATA + 1)
        self.assert_refused(trainer, path, "outros dados")

    def test_damaged_inside(self, path):
        state = torch.load(path, weights_only=True)
        state["rng"] = torch.zeros(3, dtype=torch.uint8)
        torch.save(state, path)
        self.assert_refused(small_trainer(), path, "danificado")

    def test_saving_leaves_one_file(self, path):
        assert [file.name for file in path.parent.iterdir()] == ["treino.pt"]


def test_the_modern_recipe_accepts_the_wide_networks():
    trainer = Trainer(*make_spiral_gan("wide"), DATA, recipe=RECIPES["modern"]).run(2)
    assert trainer.sample(2).shape == (2, 3)


@every_recipe
def test_restarting_and_running_again_gives_the_same_numbers(recipe):
    trainer = small_trainer(recipe, seed=4).run(12)
    other = small_trainer(recipe, seed=4).run(12)
    assert_same_training(trainer.restart().run(12), other)


def test_another_seed_shuffles_the_first_weights_and_the_first_seed_brings_them_back():
    trainer = small_trainer(seed=4)
    first = weights(trainer)
    other = weights(trainer.run(5).restart(seed=5))
    assert trainer.seed == 5
    assert not torch.equal(other, first)
    assert torch.equal(other.sort().values, first.sort().values)
    assert torch.equal(other, weights(small_trainer(seed=4).run(3).restart(seed=5)))
    assert torch.equal(weights(trainer.restart(seed=4)), first)


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


def test_generating_from_given_noise_changes_nothing_in_the_training():
    trainer, other = small_trainer(), small_trainer()
    noise = trainer.make_noise(7, torch.Generator().manual_seed(1))
    first = trainer.generate(noise)
    np.testing.assert_array_equal(trainer.generate(noise), first)
    assert_same_training(trainer.run(5), other.run(5))


def test_trainers_in_two_threads_give_the_numbers_of_one_and_leave_the_threads_alone():
    before = torch.get_num_threads()
    trainers = [small_trainer(seed=seed) for seed in (0, 1)]
    threads = [threading.Thread(target=trainer.run, args=(60,)) for trainer in trainers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for seed, trainer in enumerate(trainers):
        assert_same_training(trainer, small_trainer(seed=seed).run(60))
    assert torch.get_num_threads() == before


def test_a_long_history_stays_small():
    history = History((step, 1.0, 2.0) for step in range(1, 1001))
    assert history.rows[-1] == (1000, 1.0, 2.0)
    assert sum(column.nbytes for column in history.columns) == 24_000
