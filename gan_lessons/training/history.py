"""As perdas de um treino, passo a passo, e o erro de quando deixam de ser números."""

import math
from array import array

import numpy as np
import pandas as pd


class DivergenceError(RuntimeError):
    """A perda deixou de ser um número finito.

    Attributes
    ----------
    step : int
        O passo, contado de 1, em que aconteceu.
    """

    def __init__(self, network, step, loss):
        self.step = step
        super().__init__(
            f"O treino divergiu no passo {step}: a perda do {network} virou {loss}. "
            "O histórico até o passo anterior está em trainer.history. Tente uma taxa de "
            "aprendizado menor ou uma penalidade R1."
        )


class History:
    """As perdas, uma linha para cada atualização do discriminador.

    Attributes
    ----------
    rows : list of tuple
        ``(passo, perda do discriminador, perda do gerador)``; NaN onde uma rede não deu o passo.
    """

    def __init__(self, rows=()):
        # Colunas de números crus: um milhão de passos cabe em 24 MB, e não em 150.
        self._steps, self._discriminator, self._generator = array("q"), array("d"), array("d")
        for step, discriminator_loss, generator_loss in rows:
            self._append(int(step), float(discriminator_loss), float(generator_loss))

    def __len__(self):
        return len(self._generator)

    @property
    def rows(self):
        return list(zip(self._steps, self._discriminator, self._generator, strict=False))

    @property
    def columns(self):
        """Cópias das três colunas: passos, perdas do discriminador, perdas do gerador."""
        n = len(self)  # as outras colunas crescem antes desta, se alguém treina enquanto se lê
        return (
            np.array(self._steps[:n]),
            np.array(self._discriminator[:n]),
            np.array(self._generator[:n]),
        )

    @property
    def frame(self):
        """As mesmas linhas num `pandas.DataFrame`."""
        names = ["step", "discriminator_loss", "generator_loss"]
        return pd.DataFrame(dict(zip(names, self.columns, strict=True)))

    def record_discriminator(self, step, loss):
        self._append(step, loss, math.nan)

    def record_generator(self, step, loss):
        """Completa a linha que o discriminador abriu neste passo, ou abre uma sua."""
        if self._steps and self._steps[-1] == step and math.isnan(self._generator[-1]):
            self._generator[-1] = loss
        else:
            self._append(step, math.nan, loss)

    def _append(self, step, discriminator_loss, generator_loss):
        self._steps.append(step)
        self._discriminator.append(discriminator_loss)
        self._generator.append(generator_loss)
