"""Um treino em arquivo: o que se grava, como se confere e como se volta a ele.

O arquivo é uma linha que diz o que ele é, outra com o SHA-256 do resto, e o resto: um dicionário
de tensores e tipos simples, que `torch.load` lê sem executar nada.
"""

import dataclasses
import hashlib
import io

import torch

from gan_lessons.training.history import History
from gan_lessons.training.inputs import describe
from gan_lessons.training.recipe import Recipe
from gan_lessons.training.seeds import check_seed
from gan_lessons.validation import check_int
from gan_lessons.writing import write_whole

MAGIC = b"gan_lessons: treino, formato 2\n"


def write(state, path):
    """Grava `state` em `path`: ou o arquivo todo, ou o de antes."""
    contents = io.BytesIO()
    torch.save(state, contents)
    contents = contents.getvalue()
    digest = hashlib.sha256(contents).hexdigest().encode()
    write_whole(MAGIC + digest + b"\n" + contents, path)


def read(path):
    """O estado gravado em `path` por `write`."""
    if not path.is_file():
        raise FileNotFoundError(f"path não existe ou não é um arquivo: {path}")
    contents = path.read_bytes()
    if not contents.startswith(MAGIC):
        raise ValueError(f"path não foi gravado por Trainer.save, ou está danificado: {path}")
    digest, _, contents = contents.removeprefix(MAGIC).partition(b"\n")
    if digest.decode("ascii", "replace") != hashlib.sha256(contents).hexdigest():
        raise ValueError(f"path está danificado ou incompleto: {path}")
    return torch.load(io.BytesIO(contents), map_location="cpu", weights_only=True)


def state_of(loop, *, seed, first_weights):
    """Tudo de que a continuação e o recomeço dependem, em tensores e tipos simples."""
    return {
        "seed": seed,
        "recipe": dataclasses.asdict(loop.recipe),
        "data": _digest(loop.batches.data, loop.batches.labels),
        "networks": [describe(loop.generator), describe(loop.discriminator)],
        "first_weights": first_weights,
        "weights": [loop.generator.state_dict(), loop.discriminator.state_dict()],
        "average": {} if loop.average is None else loop.average.state_dict(),
        # O formato de `torch.optim.Adam.state_dict`, que se grava desde a primeira versão.
        "adams": [
            {"state": dict(enumerate(adam.moments))}
            for adam in (loop.generator_adam, loop.discriminator_adam)
        ],
        "rngs": [loop.rng.get_state(), loop.sampling_rng.get_state()],
        "order": loop.batches.order,
        "n_taken": loop.batches.n_taken,
        "n_steps": loop.n_steps,
        "n_discriminator_steps": loop.n_discriminator_steps,
        "history": [torch.from_numpy(column) for column in loop.history.columns],
    }


def restore(loop, state):
    """Põe num `Loop` novo, de redes já com os pesos de `state`, o resto dele.

    Raises
    ------
    TypeError, ValueError, KeyError, RuntimeError
        Se algum campo não servir; quem chama desfaz.
    """
    if loop.average is not None:
        loop.average.load_state_dict(state["average"])
    adams = loop.generator_adam, loop.discriminator_adam
    for adam, saved in zip(adams, state["adams"], strict=True):
        _restore_adam(adam, saved)
    for rng, saved in zip((loop.rng, loop.sampling_rng), state["rngs"], strict=True):
        rng.set_state(saved)
    _restore_batches(loop.batches, state["order"], state["n_taken"])
    loop.n_steps = check_int(state["n_steps"], "n_steps", minimum=0)
    loop.n_discriminator_steps = check_int(
        state["n_discriminator_steps"], "n_discriminator_steps", minimum=0
    )
    loop.history = History(zip(*(column.tolist() for column in state["history"]), strict=True))


def check_same_training(saved, current):
    """Recusa, antes de mudar qualquer coisa, um arquivo que não é deste treino."""
    if not isinstance(saved, dict) or saved.keys() != current.keys():
        raise ValueError("path não foi gravado por Trainer.save, ou está danificado.")
    check_seed(saved["seed"])
    names = ("generator", "discriminator")
    for name, there, here in zip(names, saved["networks"], current["networks"], strict=True):
        if there != here:
            raise ValueError(
                f"path foi gravado com outra arquitetura de {name}: {there}, e aqui é {here}."
            )
    saved_recipe = Recipe(**saved["recipe"])
    if saved_recipe != Recipe(**current["recipe"]):
        raise ValueError(f"path foi gravado com outra receita; crie o Trainer com {saved_recipe}.")
    if saved["data"] != current["data"]:
        raise ValueError("path foi gravado com outros dados; crie o Trainer com os mesmos.")


def _restore_adam(adam, saved):
    for place, moments in enumerate(adam.moments):
        there = saved["state"][place]
        shapes = {name: moment.shape for name, moment in there.items()}
        if shapes != {name: moment.shape for name, moment in moments.items()}:
            raise ValueError(f"momentos do Adam de outro formato: {shapes}")
        for name, moment in moments.items():
            moment.copy_(there[name])


def _restore_batches(batches, order, n_taken):
    n_points = len(batches.data)
    if len(order) and not torch.equal(order.sort().values, torch.arange(n_points)):
        raise ValueError("order não é uma ordem dos pontos")
    if check_int(n_taken, "n_taken", minimum=0) > len(order) // batches.batch_size:
        raise ValueError(f"n_taken é maior que o número de lotes: {n_taken}")
    batches.deal(order, n_taken)


def _digest(data, labels):
    digest = hashlib.sha256(str(tuple(data.shape)).encode())
    for tensor in (data, labels):
        if tensor is not None:
            digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
