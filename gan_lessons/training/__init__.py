"""Treino de uma GAN: a receita, o laço da aula, o treinador e o histórico.

Comece por `loop`, que é o laço escrito por extenso no caderno ``02_espiral``, e por `objectives`,
o que cada rede minimiza. `trainer` acrescenta o que um treino longo pede: interromper, retomar,
recomeçar, gravar.
"""

from gan_lessons.running import progress_bar
from gan_lessons.training.history import DivergenceError, History
from gan_lessons.training.inputs import resolve_device
from gan_lessons.training.recipe import CLASSIC, DIGITS, MNIST, MODERN, Recipe
from gan_lessons.training.trainer import Trainer

__all__ = [
    "CLASSIC",
    "DIGITS",
    "MNIST",
    "MODERN",
    "DivergenceError",
    "History",
    "Recipe",
    "Trainer",
    "progress_bar",
    "resolve_device",
]
