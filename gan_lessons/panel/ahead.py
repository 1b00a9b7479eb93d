"""Quantos quadros vão na frente da tela, e até quando esperar que ela responda.

A cada resposta, o JupyterLab anuncia um kernel ocupado, e isso lhe custa mais que desenhar um
quadro: por isso, no treino mais rápido, a tela só responde a alguns.
"""

import time

N_AHEAD = 6
"""Quadros que o treino mais rápido põe na frente da tela."""

PATIENCE = 3.0
"""Uma tela que não diz que desenhou é esperada só até aqui, em segundos."""


class Ahead:
    """A conta dos quadros sem resposta. `most` é quantos pode haver."""

    def __init__(self, most=N_AHEAD):
        self.most, self._n_frames = most, 0
        self._asked = 0.0  # quando saiu o último que pede resposta

    def send(self):
        """Um quadro vai sair; devolve se a tela deve responder quando o desenhar."""
        if self._n_frames >= self.most:  # cansou de esperar: pergunta de novo
            self._n_frames = self.most // 2
        asks = self._n_frames == self.most // 2
        self._n_frames += 1
        if asks:
            self._asked = time.perf_counter()
        return asks

    def answer(self):
        """A tela desenhou o quadro que pedia resposta."""
        self._n_frames = 0

    @property
    def until(self):
        """Até quando, antes do próximo quadro, esperar a resposta da tela."""
        return self._asked + PATIENCE if self._n_frames >= self.most else 0.0
