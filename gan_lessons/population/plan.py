"""Como repartir um treino de muitas GANs: em quantos grupos, e se vale compilar o passo."""

import logging

import torch

from gan_lessons.population import costs
from gan_lessons.population.compiled import has_cpp_compiler
from gan_lessons.validation import check_int

log = logging.getLogger(__name__)

COMPILED_CHUNK = 32
"""Membros por grupo na CPU, se o passo é compilado: os grupos andam em paralelo, e 32 já diluem
o custo de cada chamada."""

COMPILE_PAYS = 30.0
"""Segundos de treino sem compilar, pela conta de `Costs.eager_seconds`, a partir dos quais vale."""


class Plan:
    """A repartição de um treino.

    Parameters
    ----------
    estimates : costs.Costs
    n_steps : int
        Passos do treino todo.
    compile : {"auto", True, False}
    chunk_size : int or None
        Membros por grupo; `None` deixa escolher.

    Attributes
    ----------
    n_chunks, size : int
        Grupos, e linhas de cada um: todos iguais, para uma só compilação.
    memory_needed : int
        Em bytes.
    """

    def __init__(self, estimates, n_steps, compile, chunk_size):
        self._estimates, self._n_steps, self._compile = estimates, n_steps, compile
        self.device = estimates.step.device
        self._said = set()
        if chunk_size is None:
            chunk_size = self._default_chunk_size()
        self.n_chunks, self.size = self._layout(check_int(chunk_size, "chunk_size"))
        self.memory_needed = self._memory_needed(self.size)

    def n_workers(self, compiled):
        """Linhas de execução: uma por núcleo, se o passo compilado solta o Python; senão, uma."""
        return self._n_workers(self.n_chunks, compiled)

    def will_compile(self, n_steps):
        """Se vale compilar para dar `n_steps` passos; quando não, diz por quê no registro."""
        if self._compile != "auto":
            return self._compile
        reason = None
        if self.device.type == "cpu" and not has_cpp_compiler():
            reason = "não há compilador de C++"
        elif self._estimates.eager_seconds(n_steps) < COMPILE_PAYS:
            reason = "o treino é curto"
        if reason and reason not in self._said:
            self._said.add(reason)
            log.info("Treino sem compilar: %s.", reason)
        return reason is None

    def check_memory(self):
        """Recusa um treino que não cabe, com `MemoryError`, e diz qual caberia."""
        available, size = costs.available_memory(self.device), self.size
        while size > 1 and self._memory_needed(size) > available:
            size //= 2
        fits = size < self.size and self._memory_needed(size) <= available
        hint = f"Use chunk_size={size}, ou menos GANs." if fits else "Use menos GANs."
        n_gans = self._estimates.n_gans
        costs.check_fits(self.memory_needed, f"n_gans={n_gans}", hint, self.device)

    def _default_chunk_size(self):
        if self.device.type != "cpu":
            return self._estimates.n_gans
        return COMPILED_CHUNK if self.will_compile(self._n_steps) else costs.EAGER_CHUNK

    def _layout(self, chunk_size):
        n_gans = self._estimates.n_gans
        n_chunks = -(-n_gans // chunk_size)
        return n_chunks, -(-n_gans // n_chunks)

    def _n_workers(self, n_chunks, compiled):
        in_parallel = compiled and self.device.type == "cpu"
        return min(n_chunks, torch.get_num_threads()) if in_parallel else 1

    def _memory_needed(self, chunk_size):
        n_chunks, size = self._layout(chunk_size)
        n_workers = self._n_workers(n_chunks, self.will_compile(self._n_steps))
        return self._estimates.training_bytes(size, n_workers)
