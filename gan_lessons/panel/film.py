"""O que se guarda de um treino: os instantes e as linhas dos gráficos, cada vez mais espaçados."""

import math

import numpy as np

N_SCORES = 400

N_KEPT = 120
"""Instantes guardados; ao encher, fica um de cada dois, e o filme passa a andar mais depressa."""


class Film:
    """Instantes em ordem, espaçados, e nunca mais que `N_KEPT`.

    Uma linha de execução guarda instantes enquanto outras leem: a lista se troca, de uma vez.

    Parameters
    ----------
    first : Snapshot

    Attributes
    ----------
    snapshots : list of Snapshot
        Há sempre pelo menos um.
    """

    def __init__(self, first):
        self.snapshots = [first]
        self._stride = self._offered = 1

    def __len__(self):
        return len(self.snapshots)

    def add(self, snapshot):
        """Guarda o instante, se for a vez dele."""
        turn = self._offered % self._stride == 0
        self._offered += 1
        if not turn:
            return
        snapshots = [*self.snapshots, snapshot]
        if len(snapshots) > N_KEPT:
            snapshots = snapshots[::2]
            self._stride *= 2
        self.snapshots = snapshots


class Scores:
    """As linhas dos gráficos, uma para cada instante; num treino longo, cada vez mais espaçadas.

    Attributes
    ----------
    rows : list of (int, float, float, float, dict)
        Passo, perdas médias de D e de G desde o instante de antes, acurácia de D e placares
        independentes.
    losses : list of float
        As perdas médias do último instante; NaN se a rede não deu passo nenhum.
    """

    def __init__(self):
        self.rows, self._stride, self._n_looks, self._n_seen = [], 1, 0, 0

    def add(self, snapshot, history):
        """Guarda a linha de um instante, se for a vez dele ou se o juiz veio."""
        _, *losses = history.since(self._n_seen)
        # A última linha do histórico ainda pode ganhar a perda de G.
        self._n_seen = len(history) - bool(len(history) and math.isnan(history.last[2]))
        self.losses = [_mean(column) for column in losses]
        self._n_looks += 1
        losses, scores = self.losses, snapshot.scores
        if self.rows and self.rows[-1][0] == snapshot.step:
            # O mesmo passo, visto outra vez: fica o que já se sabia dele.
            _, *known, _, known_scores = self.rows.pop()
            pairs = zip(known, losses, strict=True)
            losses = [old if math.isnan(new) else new for old, new in pairs]
            scores = scores or known_scores
        elif not scores and self._n_looks % self._stride:
            return
        self.rows.append((snapshot.step, *losses, snapshot.accuracy, scores))
        if len(self.rows) > N_SCORES:
            self._stride *= 2
            self.rows = self.rows[::2]


def _mean(values):
    """A média dos que são números; NaN se não há nenhum."""
    seen = values[~np.isnan(values)]
    return float(seen.mean()) if len(seen) else math.nan
