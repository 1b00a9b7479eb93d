"""As portas que um aluno abre, o que se pode pôr nelas de errado, e o que se espera que respondam.

Uma porta recebe argumentos certos, dos quais um ou dois são trocados por valores hostis. Ou ela
funciona, e o resultado tem sentido; ou recusa, com um erro em português que diz o argumento.
"""

import contextlib
import datetime
import functools
import io
import re
import signal
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from torch import nn

import gan_lessons
from gan_lessons import checks, data, metrics, models
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.table import Table, finite, one_of
from gan_lessons.panel import TrainingPanel, explore
from gan_lessons.population import Population
from gan_lessons.training import Recipe, Trainer

PACKAGE = str(Path(gan_lessons.__file__).parent)
HANG = 40
"""Segundos de processador a partir dos quais uma chamada é dada por travada."""


# ---- Os valores hostis


class Broken(nn.Module):
    """Uma rede que faz o que `answer` disser do que o lote daria."""

    latent_dim = 2

    def __init__(self, answer, n_outputs=1):
        super().__init__()
        self.layer = nn.LazyLinear(n_outputs)
        self.answer = answer
        with torch.no_grad():
            self.layer(torch.zeros(1, 2))
            self.layer.weight.fill_(0.5)
            self.layer.bias.fill_(-1.5)

    def forward(self, x):
        return self.answer(self.layer(x[:, :2]))


def stop(*arguments, **options):
    raise KeyError("um erro de quem escreveu isto")


def frozen():
    network = Broken(lambda y: y)
    return network.requires_grad_(False)


HOSTILE = {
    "None": lambda: None,
    "texto vazio": lambda: "",
    "texto": lambda: "x",
    "texto com \\0": lambda: "a\0b",
    "bytes": lambda: b"x",
    "True": lambda: True,
    "False": lambda: False,
    "-1": lambda: -1,
    "0": lambda: 0,
    "1": lambda: 1,
    "1.5": lambda: 1.5,
    "-0.0": lambda: -0.0,
    "NaN": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "1e-320": lambda: 1e-320,
    "1e308": lambda: 1e308,
    "2**32": lambda: 2**32,
    "2**64": lambda: 2**64,
    "10**400": lambda: 10**400,
    "np.int64": lambda: np.int64(3),
    "np.float32": lambda: np.float32(0.5),
    "np.bool_": lambda: np.bool_(True),
    "complexo": lambda: 1 + 2j,
    "Fraction": lambda: Fraction(1, 3),
    "Decimal": lambda: Decimal("0.5"),
    "data": lambda: datetime.date(2026, 1, 1),
    "lista vazia": lambda: [],
    "lista de vazia": lambda: [[]],
    "lista torta": lambda: [[1, 2], [3]],
    "lista de textos": lambda: ["a", "b"],
    "lista de None": lambda: [None, None],
    "par": lambda: (0.1, 0.2),
    "dicionário": lambda: {"a": 1},
    "conjunto": lambda: {1, 2},
    "gerador": lambda: (i for i in range(3)),
    "objeto": object,
    "classe": lambda: int,
    "função": lambda: lambda *arguments: arguments,
    "função que dá None": lambda: lambda *arguments, **options: None,
    "função que para": lambda: stop,
    "vetor": lambda: np.arange(4.0),
    "vetor vazio": lambda: np.empty(0),
    "sem colunas": lambda: np.empty((5, 0)),
    "sem linhas": lambda: np.empty((0, 3)),
    "uma linha": lambda: np.ones((1, 3)),
    "sete colunas": lambda: np.ones((60, 7)),
    "iguais": lambda: np.zeros((60, 3)),
    "cubo": lambda: np.zeros((3, 3, 3)),
    "escalar 0-d": lambda: np.array(3.0),
    "com NaN": lambda: np.full((60, 3), np.nan),
    "com inf": lambda: np.full((60, 3), np.inf),
    "enormes": lambda: np.full((60, 3), 1e300) * np.arange(60)[:, None],
    "de textos": lambda: np.full((60, 3), "1"),
    "de objetos": lambda: np.array([[Fraction(1, 2), 1, 2.0]] * 60, dtype=object),
    "de None": lambda: np.full((60, 3), None),
    "complexa": lambda: np.ones((60, 3)) * 1j,
    "de datas": lambda: np.full((60, 3), np.datetime64("2026-01-01")),
    "mascarada": lambda: np.ma.masked_less(np.arange(180.0).reshape(60, 3), 5),
    "big-endian": lambda: np.arange(180).reshape(60, 3).astype(">f8"),
    "de trás para a frente": lambda: np.arange(180.0).reshape(60, 3)[::-1],
    "float16": lambda: np.linspace(0, 1, 180).reshape(60, 3).astype(np.float16),
    "booleana": lambda: np.ones((60, 3), dtype=bool),
    "só para leitura": lambda: np.broadcast_to(np.arange(3.0), (60, 3)),
    "tensor com gradiente": lambda: torch.rand(60, 3, requires_grad=True),
    "tensor inteiro": lambda: torch.arange(180).reshape(60, 3),
    "tensor bfloat16": lambda: torch.ones(60, 3, dtype=torch.bfloat16),
    "tensor vazio": lambda: torch.empty(0),
    "tensor esparso": lambda: torch.eye(3).to_sparse(),
    "DataFrame": lambda: pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}),
    "Series": lambda: pd.Series([1, 0, 2]),
    "RandomState": lambda: np.random.RandomState(0),
    "default_rng": lambda: np.random.default_rng(0),
    "rede": lambda: Broken(lambda y: y),
    "rede congelada": frozen,
    # Com uma saída só, os pesos do acaso às vezes empatam em 50 %, e isso seria uma resposta certa.
    "rede preguiçosa": lambda: nn.LazyLinear(7),
    "rede sem pesos": nn.Identity,
    "rede sem forward": nn.Module,
    "rede que dá None": lambda: Broken(lambda y: None),
    "rede que dá NaN": lambda: Broken(lambda y: y * torch.nan),
    "rede que dá bool": lambda: Broken(lambda y: y > 0),
    "rede que dá par": lambda: Broken(lambda y: (y, y)),
    "rede que dá (n, 2)": lambda: Broken(lambda y: y, n_outputs=2),
    "rede que dá escalar": lambda: Broken(torch.sum),
    "rede que solta": lambda: Broken(torch.Tensor.detach),
    "rede que para": lambda: Broken(stop),
    "fábrica de None": lambda: lambda seed: None,
    "fábrica que para": lambda: lambda seed: 1 / 0,
}

HUGE = {"2**32", "2**64", "10**400"}

NONSENSE = {"bytes", "complexo", "data", "objeto", "conjunto", "Decimal", "classe"}
"""O que não serve a argumento nenhum."""


# ---- As portas


@dataclass(frozen=True)
class Door:
    """Uma porta.

    Parameters
    ----------
    call : callable
    arguments : callable
        Dá os argumentos certos, novos a cada vez.
    sane : callable
        Do resultado a verdadeiro, se ele tem sentido.
    answers : bool
        Se ela responde a um disparate com uma frase, e não com um erro.
    work : frozenset of str
        Os argumentos em que um número enorme só pede muito tempo.
    """

    call: Callable
    arguments: Callable
    sane: Callable
    answers: bool = False
    work: frozenset = frozenset()


def all_finite(*values):
    return all(np.isfinite(np.asarray(value, dtype=float)).all() for value in values)


def fraction(*values):
    return all_finite(*values) and all(0 <= value <= 1 for value in values)


def prints_itself(result):
    return isinstance(str(result), str) and "nan" not in str(result)


def points(n=60, seed=0):
    return data.make_spiral(n, random_positions=True, random_state=seed)


def two_by_two():
    return {"real": points(seed=1), "fake": points(seed=2)}


def trains(trainer):
    """O treino anda, e o que ele mostra tem o formato dos dados."""
    trainer.step()
    sample = trainer.sample(2, **labels_of(trainer))
    return sample.shape[1:] == tuple(trainer.data.shape[1:]) and len(trainer.history.frame) >= 1


def labels_of(trainer):
    return {} if getattr(trainer, "labels", None) is None else {"labels": [0, 1]}


def trained(**options):
    networks = models.make_spiral_gan("linear", 0)
    return Trainer(*networks, points(), recipe=Recipe(n_steps=3), **options)


def trainer_arguments():
    generator, discriminator = models.make_spiral_gan("linear", 0)
    return {
        "generator": generator,
        "discriminator": discriminator,
        "data": points(),
        "labels": None,
        "recipe": Recipe(n_steps=3),
        "seed": 0,
        "device": "cpu",
    }


def digit_arguments():
    generator, discriminator = models.make_digit_gan(0)
    images, labels = data.load_digit_images()
    networks = {"generator": generator, "discriminator": discriminator}
    return {**networks, "data": images[:60], "labels": labels[:60], "recipe": Recipe(n_steps=3)}


def population_arguments():
    return {
        "n_gans": 2,
        "make_generator": lambda seed: models.make_spiral_gan("linear", seed)[0],
        "make_discriminator": lambda seed: models.make_spiral_gan("linear", seed)[1],
        "data": points(),
        "recipe": Recipe(n_steps=2),
        "seed": 0,
        "device": "cpu",
        "compile": False,
    }


def population_trains(population):
    population.run(1)
    return population.sample(2).shape == (population.n_gans, 2, *population.data.shape[1:])


@functools.cache
def a_population():
    """A mesma para todas as chamadas: a que falha deve deixá-la como estava."""
    return Population(**population_arguments())


@functools.cache
def a_trainer():
    return trained()


def a_checkpoint():
    a_trainer().save("outro.pt")
    return "outro.pt"


def with_population(method):
    return lambda **options: getattr(a_population(), method)(**options)


def with_trainer(method):
    return lambda **options: getattr(a_trainer(), method)(**options)


def change_and_train(**changes):
    trainer = trained()
    trainer.change_recipe(**changes)
    return trainer


def save_and_load(path):
    trainer = trained()
    trainer.save(path)
    trainer.load(path)
    return trainer


def show_panel(**options):
    panel = TrainingPanel(**options)
    panel.close()
    return panel


def gan_is_whole(networks):
    generator, discriminator = networks
    return all(all_finite(w.detach()) for net in networks for w in net.parameters()) and bool(
        list(generator.parameters()) and list(discriminator.parameters())
    )


def recipe_is_plain(recipe):
    plain = (str, int, float, tuple)
    values = [getattr(recipe, field.name) for field in fields(recipe)]
    return all(type(value) in plain for value in values) and replace(recipe) == recipe


def exercise(check):
    """Um corretor nunca levanta erro, e um disparate nunca é elogiado."""

    def answer(answer):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            check(answer)
        return said.getvalue()

    return Door(answer, lambda: {"answer": None}, lambda said: said[0] in "✘…", answers=True)


def measure(configuration, seeds, *, n_steps=None, device="cpu", progress=False):
    return [{"configuration": configuration, "seed": seed, "judge": 0.5} for seed in seeds]


def toy_experiment():
    columns = {"configuration": one_of("AB"), "seed": int, "judge": finite}
    columns |= {"torch": str, "date": datetime.date.fromisoformat}
    folder = Path(tempfile.mkdtemp(dir="."))
    table = Table(folder / "t.csv", columns, ("configuration", "seed"))
    return Experiment(table, {"configuration": "AB"}, measure, n_seeds=1)


def record(**options):
    with joblib.parallel_config("threading"):
        return toy_experiment().record(**options)


def command(**options):
    """O comando com estas opções; o que ele diz, se recusa."""
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    with (
        contextlib.redirect_stderr(io.StringIO()) as said,
        contextlib.redirect_stdout(io.StringIO()),
        joblib.parallel_config("threading"),
    ):
        try:
            main(toy_experiment(), "Um experimento.", arguments)
        except SystemExit:
            return said.getvalue()
    return ""


DOORS = {
    "data.make_spiral": Door(
        data.make_spiral,
        lambda: {"n_samples": 5, "random_positions": True, "random_state": 0},
        lambda X: X.shape[1] == 3 and all_finite(X),
    ),
    "data.make_ring": Door(
        data.make_ring,
        lambda: {"n_samples": 5, "n_modes": 3, "radius": 2.0, "std": 0.1, "random_state": 0},
        lambda pair: all_finite(*pair) and len(pair[0]) == len(pair[1]) >= 1,
    ),
    "data.make_grid": Door(
        data.make_grid,
        lambda: {"n_samples": 5, "side": 3, "spacing": 2.0, "std": 0.1, "random_state": 0},
        lambda pair: all_finite(*pair) and len(pair[0]) == len(pair[1]) >= 1,
    ),
    "data.ring_centers": Door(
        data.ring_centers,
        lambda: {"n_modes": 3, "radius": 1.0},
        lambda C: all_finite(C) and len(C) >= 1,
    ),
    "data.grid_centers": Door(
        data.grid_centers,
        lambda: {"side": 3, "spacing": 1.0},
        lambda C: all_finite(C) and len(C) >= 1,
    ),
    "data.generate_even_data": Door(
        data.generate_even_data,
        lambda: {"max_int": 16, "batch_size": 4, "random_state": 0},
        lambda pair: {0, 1} >= set(np.ravel(pair[1])) and len(pair[0]) == len(pair[1]),
    ),
    "data.create_binary_list_from_int": Door(
        data.create_binary_list_from_int,
        lambda: {"number": 6},
        lambda bits: set(bits) <= {0, 1},
    ),
    "data.convert_float_matrix_to_int_list": Door(
        data.convert_float_matrix_to_int_list,
        lambda: {"float_matrix": [[0.0, 1.0]], "threshold": 0.5},
        lambda numbers: all(type(number) is int and number >= 0 for number in numbers),
    ),
    "models.make_spiral_gan": Door(
        models.make_spiral_gan, lambda: {"variant": "linear", "seed": 0}, gan_is_whole
    ),
    "models.make_even_gan": Door(
        models.make_even_gan,
        lambda: {"seed": 0, "hidden": (4,), "pack_size": 2, "n_bits": 3},
        gan_is_whole,
    ),
    "models.make_plane_gan": Door(
        models.make_plane_gan,
        lambda: {
            "seed": 0,
            "latent_dim": 2,
            "hidden": (4,),
            "pack_size": 1,
            "output": None,
            "spectral": False,
        },
        gan_is_whole,
    ),
    "models.make_digit_gan": Door(
        models.make_digit_gan, lambda: {"seed": 0, "conditional": True}, gan_is_whole
    ),
    "models.make_mnist_gan": Door(models.make_mnist_gan, lambda: {"seed": 0}, gan_is_whole),
    "Recipe": Door(
        Recipe, lambda: {field.name: field.default for field in fields(Recipe)}, recipe_is_plain
    ),
    "Trainer": Door(Trainer, trainer_arguments, trains),
    "Trainer de dígitos": Door(Trainer, digit_arguments, trains),
    "Trainer.run": Door(
        with_trainer("run"),
        lambda: {"n_steps": 1, "progress": False},
        lambda result: True,
        work=frozenset({"n_steps"}),
    ),
    "Trainer.sample": Door(
        with_trainer("sample"),
        lambda: {"n": 3, "labels": None},
        lambda X: X.shape[1] == 3 and all_finite(X),
    ),
    "Trainer.change_recipe": Door(
        change_and_train, lambda: {"generator_lr": 0.01, "r1": 0.1, "loss": "relativistic"}, trains
    ),
    "Trainer.restart": Door(with_trainer("restart"), lambda: {"seed": 1}, lambda result: True),
    "Trainer.save": Door(save_and_load, lambda: {"path": "treino.pt"}, trains),
    "Trainer.load": Door(
        with_trainer("load"), lambda: {"path": a_checkpoint()}, lambda result: True
    ),
    "Population": Door(Population, population_arguments, population_trains),
    "Population.run": Door(
        with_population("run"),
        lambda: {"n_steps": 1, "progress": False},
        lambda result: True,
        work=frozenset({"n_steps"}),
    ),
    "Population.sample": Door(with_population("sample"), lambda: {"n": 3}, all_finite),
    "Population.member": Door(with_population("member"), lambda: {"i": 1}, gan_is_whole),
    "metrics.two_sample_test": Door(
        metrics.two_sample_test,
        lambda: {
            **two_by_two(),
            "classifier": "knn",
            "training_data": points(seed=3),
            "n_permutations": 19,
            "random_state": 0,
        },
        lambda test: fraction(test.accuracy, *test.interval, test.p_value) and prints_itself(test),
    ),
    "metrics.precision_recall": Door(
        metrics.precision_recall,
        lambda: {**two_by_two(), "k": 3},
        lambda quality: fraction(quality.precision, quality.recall) and prints_itself(quality),
    ),
    "metrics.mode_coverage": Door(
        metrics.mode_coverage,
        lambda: {"samples": points(), "centers": points(4), "std": 0.1},
        lambda found: fraction(found.high_quality) and found.modes >= 0 and prints_itself(found),
    ),
    "metrics.distance_from_uniform": Door(
        metrics.distance_from_uniform, lambda: {"shares": [0.5, 0.5]}, fraction
    ),
    "metrics.even_report": Door(
        metrics.even_report,
        lambda: {"numbers": [0, 2, 4], "max_int": 8},
        lambda report: (
            fraction(report.even_fraction, report.total_variation) and prints_itself(report)
        ),
    ),
    "metrics.label_report": Door(
        metrics.label_report,
        lambda: {"asked": [0, 1, 1], "read": [0, 1, 0]},
        lambda report: fraction(report.accuracy) and prints_itself(report),
    ),
    "metrics.frechet_distance": Door(
        metrics.frechet_distance,
        lambda: {"real_features": points(), "fake_features": points(seed=1)},
        lambda found: (
            found.distance >= 0 and all_finite(found.distance, found.bias) and prints_itself(found)
        ),
    ),
    "metrics.copy_test": Door(
        metrics.copy_test,
        lambda: {"training_data": points(), "unseen": points(seed=1), "fake": points(seed=2)},
        lambda report: fraction(report.score) and prints_itself(report),
    ),
    "metrics.discriminator_report": Door(
        metrics.discriminator_report,
        lambda: {"discriminator": models.make_spiral_gan()[1], **two_by_two()},
        lambda report: fraction(report.accuracy) and prints_itself(report),
    ),
    "metrics.discriminator_probabilities": Door(
        metrics.discriminator_probabilities,
        lambda: {"discriminator": models.make_spiral_gan()[1], "points": points()},
        lambda found: fraction(*np.ravel(found)),
    ),
    "TrainingPanel": Door(
        show_panel,
        lambda: {"trainer": a_trainer(), "judge_data": None, "names": None},
        lambda panel: panel.trainer is not None,
    ),
    "explore": Door(
        explore,
        lambda: {
            "draw": lambda rate, kind: Figure(figsize=(1, 1)),
            "alt": "Uma figura que não mostra nada.",
            "labels": {"rate": "taxa"},
            "rate": (0.0, 1.0, 0.1),
            "kind": ["um", "dois"],
        },
        lambda box: box is not None,
    ),
    "confirm": Door(
        lambda **options: print_nothing(checks.confirm, **options),
        lambda: {"claim": "isto", "holds": True},
        lambda result: True,
    ),
    "experiments.record": Door(
        record,
        lambda: {
            "path": "tabela.csv",
            "n_seeds": 2,
            "names": ["A"],
            "together": 1,
            "n_steps": 1,
            "device": "cpu",
            "n_jobs": 1,
            "minutes": 1,
        },
        lambda n_missing: n_missing in (0, 1, 2, 3, 6),
    ),
    "o comando dos experimentos": Door(
        command,
        lambda: {"seeds": 1, "jobs": 1, "minutes": 1, "only": "A", "device": "cpu"},
        lambda said: not said or re.match(r"--\w+:? deve", said),
        answers=True,
    ),
    **{
        f"checks.{name}": exercise(getattr(checks, name))
        for name in vars(checks)
        if name.startswith("check_")
    },
}


def print_nothing(call, **options):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return call(**options)
        except AssertionError:  # é o que uma afirmação falsa deve fazer
            return None


# ---- O veredito


class HangError(BaseException):
    """Uma chamada que não acaba."""


@contextlib.contextmanager
def no_hang():
    """Interrompe o que gastar mais de `HANG` segundos de processador, onde o sistema o permite."""
    if not hasattr(signal, "SIGPROF"):
        yield
        return

    def stop(*_):
        raise HangError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def complaint(name, hostile):
    """O que há de errado na resposta da porta `name`, ou `None`.

    Parameters
    ----------
    name : str
    hostile : dict of str to str
        De cada argumento trocado ao nome do valor que ficou no lugar dele.
    """
    door = DOORS[name]
    if any(who in door.work and what in HUGE for who, what in hostile.items()):
        return None
    arguments = door.arguments() | {who: HOSTILE[what]() for who, what in hostile.items()}
    threads = torch.get_num_threads()
    try:
        with no_hang(), contextlib.redirect_stderr(io.StringIO()):
            result = door.call(**arguments)
            if not door.sane(result):
                return f"aceitou, e deu {result!r:.200}"
    except HangError:
        return "não acaba"
    except BaseException as error:
        return bad_error(error, hostile)
    nonsense = NONSENSE & set(hostile.values())
    if nonsense and not door.answers:
        return f"aceitou um disparate, e deu {result!r:.200}"
    if torch.get_num_threads() != threads:
        return "mudou o número de linhas do PyTorch"
    return None


def bad_error(error, hostile):
    """O que há de errado num erro, ou `None` se é do curso e diz o nome do argumento."""
    steps = traceback.extract_tb(error.__traceback__)
    own = type(error).__module__.startswith("gan_lessons")
    message = f"{type(error).__name__}: {error!s:.300}"
    if not own and not isinstance(error, ValueError | TypeError | MemoryError | OSError):
        return f"erro de espécie que não é do curso: {message}"
    if not steps[-1].filename.startswith(PACKAGE):
        return f"erro de uma biblioteca, em {Path(steps[-1].filename).name}: {message}"
    if own:
        return None
    if not re.search(r"\b(deve|devem|pede|não|é|tem|use|há|já)\b", str(error)):
        return f"erro que não está em português: {message}"
    if not any(re.search(rf"\b{who}\b", str(error)) for who in hostile):
        return f"erro que não diz o nome do argumento: {message}"
    return None
