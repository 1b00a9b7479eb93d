"""As perdas de um treino, passo a passo, e o erro de quando deixam de ser números."""

import math
from array import array

import numpy as np
import pandas as pd


class DivergenceError(RuntimeError):
    """A perda deixou de ser um número finito.

    Attributes
    ----------
    network : str
        De quem é a perda: "gerador" ou "discriminador".
    step : int
        O passo, contado de 1, em que aconteceu.
    loss : float
    """

    def __init__(self, network, step, loss):
        super().__init__(network, step, loss)  # assim o erro atravessa processos
        self.network, self.step, self.loss = network, step, loss

    def __str__(self):
        return (
            f"O treino divergiu no passo {self.step}: a perda do {self.network} virou "
            f"{self.loss}. O histórico até o passo anterior está em trainer.history. Tente uma "
            "taxa de aprendizado menor ou uma penalidade R1."
        )


def finite(loss, network, step):
    """A perda, um tensor de um número só, como `float`; ou `DivergenceError`."""
    value = loss.item()
    if not math.isfinite(value):
        raise DivergenceError(network, step, value)
    return value


class History:
    """As perdas, uma linha para cada atualização do discriminador.

    Attributes
    ----------
    rows : list of tuple
        ``(passo, perda do discriminador, perda do gerador)``; NaN onde uma rede não deu o passo.
    """

    def __init__(self, rows=()):
        # Colunas de números crus: um milhão de passos cabe em 24 MB, e não em 150.
        self._columns = self._steps, _, self._generator = array("q"), array("d"), array("d")
        for row in rows:
            self._append(*row)

    def __len__(self):
        return len(self._generator)

    @property
    def rows(self):
        return list(zip(*self._columns, strict=False))

    @property
    def columns(self):
        """Cópias das três colunas: passos, perdas do discriminador, perdas do gerador."""
        return self.since(0)

    def since(self, row):
        """As mesmas colunas, da linha `row` em diante."""
        n = len(self)  # as outras colunas crescem antes desta, se alguém treina enquanto se lê
        return tuple(np.array(column[row:n]) for column in self._columns)

    @property
    def frame(self):
        """As mesmas linhas num `pandas.DataFrame`."""
        names = ["step", "discriminator_loss", "generator_loss"]
        return pd.DataFrame(dict(zip(names, self.columns, strict=True)))

    @property
    def last(self):
        """A última linha: passo, perda do discriminador, perda do gerador."""
        return tuple(column[-1] for column in self._columns)

    def record_discriminator(self, step, loss):
        """Abre a linha de uma atualização do discriminador, no passo `step`."""
        self._append(step, loss, math.nan)

    def record_generator(self, step, loss):
        """Completa a linha que o discriminador abriu neste passo, ou abre uma sua."""
        if len(self) and self._steps[-1] == step and math.isnan(self._generator[-1]):
            self._generator[-1] = loss
        else:
            self._append(step, math.nan, loss)

    def _append(self, step, discriminator_loss, generator_loss):
        row = int(step), float(discriminator_loss), float(generator_loss)
        for column, number in zip(self._columns, row, strict=True):
            column.append(number)
