"""Executar com calma: interromper entre dois passos, usar um núcleo, olhar sem mexer, ver o avanço.

São quatro contextos independentes; quem treina os combina: ``with uninterrupted(), one_thread():``.
"""

import signal
import threading
import time
from contextlib import contextmanager
from functools import cache

import numpy as np
import torch
from threadpoolctl import ThreadpoolController
from tqdm import tqdm

from gan_lessons.validation import shown

PATIENCE = 5.0
"""Segundos, desde o primeiro Ctrl-C, em que todos esperam o fim do trecho; depois disso, rompem."""

_here = threading.local()  # o que já está aberto nesta linha de execução


class uninterrupted:  # noqa: N801 (um contexto, escrito como função)
    """Trecho que um Ctrl-C não parte ao meio: espera o fim, e só então vira `KeyboardInterrupt`.

    Quantos forem os Ctrl-C, esperam todos, a não ser que o trecho passe de `PATIENCE` segundos.
    Dentro de outro trecho, não faz nada além de devolvê-lo. Só a linha de execução principal
    recebe sinais; nas outras, também não faz nada.

    Attributes
    ----------
    arrived : bool
        Já houve um Ctrl-C: é hora de terminar.
    """

    def __enter__(self):
        self.arrived = False
        self._outer = getattr(_here, "uninterrupted", None)
        if self._outer is not None:
            return self._outer
        self._handler = None
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGINT, self._note)
        _here.uninterrupted = self
        return self

    def __exit__(self, kind, error, traceback):
        if self._outer is not None:
            return
        # O sinal volta a ser de quem era por último: até lá, um Ctrl-C ainda é só anotado.
        _here.uninterrupted = None
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
        if self.arrived and error is None:
            raise KeyboardInterrupt

    def _note(self, signum, frame):
        if not self.arrived:
            self.arrived, self._since = True, time.monotonic()
        elif time.monotonic() - self._since > PATIENCE:  # o trecho talvez não acabe nunca
            raise KeyboardInterrupt


@contextmanager
def one_thread():
    """Trecho em que o PyTorch usa um núcleo só, nesta linha de execução e em nenhuma outra.

    Redes pequenas são mais rápidas assim, e os números não dependem de quantos núcleos a máquina
    tem. Na saída, volta o que valia.
    """
    # Não `torch.set_num_threads`: além desta linha, ele muda todas as que ainda vão nascer.
    if getattr(_here, "one_thread", False):
        yield
        return
    torch.get_num_threads()  # a primeira conta de uma linha nova desfaria o limite
    with _openmp().limit(limits=1):
        _here.one_thread = True
        try:
            yield
        finally:
            _here.one_thread = False


@cache
def _openmp():
    return ThreadpoolController().select(user_api="openmp")


@contextmanager
def evaluating(network):
    """Trecho em que `network` está em modo de avaliação; depois, cada camada volta ao seu modo."""
    modes = [(layer, layer.training) for layer in network.modules()]
    try:
        yield network.eval()
    finally:
        for layer, training in modes:
            layer.training = training


@contextmanager
def progress_bar(total, progress):
    """Barra de progresso em português, em texto; muda quando `progress` é falso.

    Parameters
    ----------
    total : int
        Passos ao todo.
    progress : bool or str
        Um texto é o nome que aparece na barra.
    """
    if not isinstance(progress, bool | np.bool_ | str):
        raise TypeError(f"progress deve ser True, False ou um texto, mas chegou {shown(progress)}.")
    description = progress if isinstance(progress, str) else "treino"
    bar = tqdm(
        total=total,
        desc=description,
        disable=not progress,
        mininterval=0.5,
        bar_format="{desc}: {percentage:3.0f}% |{bar:30}| {n_fmt} de {total_fmt} passos "
        "[{elapsed}, faltam {remaining}]",
    )
    with bar:
        yield bar
