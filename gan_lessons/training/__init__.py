"""Treino de uma GAN: a receita, o laço da aula, o treinador e o histórico.

Comece por `loop`, que é o laço escrito por extenso no caderno ``02_espiral``, e por `objectives`,
o que cada rede minimiza. `trainer` acrescenta o que um treino longo pede: interromper, retomar,
recomeçar, gravar.
"""

import importlib
import sys

from gan_lessons.running import progress_bar as progress_bar
from gan_lessons.running import uninterrupted
from gan_lessons.training.history import DivergenceError as DivergenceError
from gan_lessons.training.history import History as History
from gan_lessons.training.inputs import resolve_device as resolve_device
from gan_lessons.training.recipe import CLASSIC as CLASSIC
from gan_lessons.training.recipe import DIGITS as DIGITS
from gan_lessons.training.recipe import MNIST as MNIST
from gan_lessons.training.recipe import MODERN as MODERN
from gan_lessons.training.recipe import Recipe as Recipe
from gan_lessons.training.trainer import Trainer as Trainer

# Num kernel, o 1º Adam que a aula escreve à mão importaria isto no meio da sua célula; um ■
# partiria o `import` ao meio, e só reiniciar o kernel o refaz. Um programa não o paga ao abrir.
if "ipykernel" in sys.modules:
    with uninterrupted():
        importlib.import_module("torch._dynamo")
