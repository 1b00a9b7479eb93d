"""Um treino em arquivo: o que se grava, como se confere e como se volta a ele."""

import dataclasses
import hashlib
import os

import torch

from gan_lessons.training.history import History
from gan_lessons.training.recipe import Recipe


def write(state, path):
    """Grava `state` em `path`; nunca há um arquivo pela metade."""
    temporary = path.with_name(path.name + ".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)


def read(path):
    """O estado gravado em `path` por `write`."""
    if not path.is_file():
        raise FileNotFoundError(f"path não existe ou não é um arquivo: {path}")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle, zip e torch falham cada um com o seu tipo
        raise ValueError(f"path não é um treino legível; arquivo danificado? {path}") from error


def state_of(loop):
    """Tudo de que a continuação depende, em tensores e tipos simples."""
    return {
        "recipe": dataclasses.asdict(loop.recipe),
        "data": _digest(loop.batches.data, loop.batches.labels),
        "n_steps": loop.n_steps,
        "n_discriminator_steps": loop.n_discriminator_steps,
        "generator": loop.generator.state_dict(),
        "discriminator": loop.discriminator.state_dict(),
        "average": {} if loop.average is None else loop.average.state_dict(),
        "generator_adam": loop.generator_adam.state_dict(),
        "discriminator_adam": loop.discriminator_adam.state_dict(),
        "rng": loop.rng.get_state(),
        "sampling_rng": loop.sampling_rng.get_state(),
        "order": loop.batches.order,
        "n_taken": loop.batches.n_taken,
        "history": torch.tensor(loop.history.rows, dtype=torch.float64).reshape(-1, 3),
    }


def restore(loop, state):
    """Põe em `loop` o que `state_of` tirou de outro igual."""
    history = History(state["history"].tolist())
    loop.generator.load_state_dict(state["generator"])
    loop.discriminator.load_state_dict(state["discriminator"])
    if loop.average is not None:
        loop.average.load_state_dict(state["average"])
    loop.generator_adam.load_state_dict(state["generator_adam"])
    loop.discriminator_adam.load_state_dict(state["discriminator_adam"])
    loop.rng.set_state(state["rng"])
    loop.sampling_rng.set_state(state["sampling_rng"])
    loop.batches.deal(state["order"], state["n_taken"])
    loop.n_discriminator_steps = state["n_discriminator_steps"]
    loop.n_steps = state["n_steps"]
    loop.history = history


def check_same_training(saved, current):
    """Recusa, antes de mudar qualquer coisa, um arquivo que não é deste treino."""
    if not isinstance(saved, dict) or saved.keys() != current.keys():
        raise ValueError("path não foi gravado por Trainer.save, ou está danificado.")
    for name in ("generator", "discriminator"):
        if _shapes(saved[name]) != _shapes(current[name]):
            raise ValueError(
                f"path foi gravado com outra arquitetura de {name}: {_shapes(saved[name])}, "
                f"e aqui é {_shapes(current[name])}."
            )
    saved_recipe = Recipe(**saved["recipe"])
    if saved_recipe != Recipe(**current["recipe"]):
        raise ValueError(f"path foi gravado com outra receita; crie o Trainer com {saved_recipe}.")
    if saved["data"] != current["data"]:
        raise ValueError("path foi gravado com outros dados; crie o Trainer com os mesmos.")


def _digest(data, labels):
    digest = hashlib.sha256(data.cpu().numpy().tobytes())
    if labels is not None:
        digest.update(labels.cpu().numpy().tobytes())
    return digest.hexdigest()


def _shapes(weights):
    return {name: tuple(weight.shape) for name, weight in weights.items()}
