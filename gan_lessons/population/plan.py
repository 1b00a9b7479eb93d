"""O que um treino de muitas GANs vai gastar, e como se reparte: sabido antes de começar."""

import copy
import logging
import math
from pathlib import Path

import psutil
import torch

from gan_lessons.population.compiled import has_cpp_compiler
from gan_lessons.population.streams import GENERATOR_BYTES, DrawBuffer, draw_bytes, round_length
from gan_lessons.portuguese import memory
from gan_lessons.validation import check_int

log = logging.getLogger(__name__)

EAGER_CHUNK = 64
"""Membros por grupo sem compilar: um grupo espera o outro, e o custo de cada chamada é grande."""

COMPILED_CHUNK = 32
"""Membros por grupo na CPU, se o passo é compilado: os grupos andam em paralelo, e 32 já diluem
o custo de cada chamada."""

COMPILE_PAYS = 30.0
"""Segundos de treino sem compilar, pela conta de `Plan.eager_seconds`, a partir dos quais vale."""


class Plan:
    """A repartição de um treino em grupos, e quanto ele ocupa e demora.

    Parameters
    ----------
    step : Step
    data : torch.Tensor
    n_gans : int
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

    def __init__(self, step, data, n_gans, compile, chunk_size=None):
        self.step, self.data, self.n_gans, self._compile = step, data, n_gans, compile
        self._said = set()
        recipe = step.recipe
        noise = torch.zeros(recipe.batch_size, step.generator.latent_dim, device=step.device)
        self._per_generator = _activations(step.generator, noise)
        self._per_discriminator = _activations(step.discriminator, data[: recipe.batch_size])
        self._n_penalties = sum(map(bool, (recipe.r1, recipe.r2, recipe.gradient_penalty)))
        if chunk_size is None:
            chunk_size = n_gans
            if step.device.type == "cpu":
                chunk_size = COMPILED_CHUNK if self.will_compile(recipe.n_steps) else EAGER_CHUNK
        self.n_chunks, self.size = self._layout(check_int(chunk_size, "chunk_size"))
        self.memory_needed = self._memory_needed(self.size)

    def _layout(self, chunk_size):
        n_chunks = -(-self.n_gans // chunk_size)
        return n_chunks, -(-self.n_gans // n_chunks)

    # O tempo.

    def will_compile(self, n_steps):
        """Se vale compilar para dar `n_steps` passos; quando não, diz por quê no registro."""
        if self._compile != "auto":
            return self._compile
        reason = None
        if self.step.device.type == "cpu" and not has_cpp_compiler():
            reason = "não há compilador de C++"
        elif self.eager_seconds(n_steps) < COMPILE_PAYS:
            reason = "o treino é curto"
        if reason and reason not in self._said:
            self._said.add(reason)
            log.info("Treino sem compilar: %s.", reason)
        return reason is None

    def eager_seconds(self, n_steps):
        """Ordem de grandeza do tempo de `n_steps` passos de todos sem compilar, numa CPU comum."""
        recipe, penalties = self.step.recipe, self._n_penalties
        n_d, n_g = self.step.sizes[0], self.step.sizes[3]
        per_point = recipe.discriminator_steps * (n_g + (6 + 6 * penalties) * n_d)
        per_point += 3 * n_g + 4 * n_d
        flops = 2 * per_point * recipe.batch_size * self.n_gans
        calls = (2 + penalties) * recipe.discriminator_steps * math.ceil(self.n_gans / EAGER_CHUNK)
        return n_steps * (1e-3 * calls + 1e-10 * flops)

    def n_workers(self, compiled):
        """Linhas de execução: uma por núcleo, se o passo compilado solta o Python; senão, uma."""
        return self._n_workers(self.n_chunks, compiled)

    def _n_workers(self, n_chunks, compiled):
        in_parallel = compiled and self.step.device.type == "cpu"
        return min(n_chunks, torch.get_num_threads()) if in_parallel else 1

    # A memória.

    def draw_buffer(self, n_steps):
        """O lugar dos sorteios de um grupo, para um treino de `n_steps` passos."""
        ahead = self._ahead(self.size, n_steps)
        return DrawBuffer(ahead, self.size, self.step.recipe, self.step.generator.latent_dim)

    def _ahead(self, size, n_steps):
        """Quantos passos se sorteiam adiante."""
        return min(round_length(size, self.step.recipe, self.step.generator.latent_dim), n_steps)

    def check_memory(self):
        """Recusa um treino que não cabe, com `MemoryError`, e diz qual caberia."""
        available, size = available_memory(self.step.device), self.size
        while size > 1 and self._memory_needed(size) > available:
            size //= 2
        fits = size < self.size and self._memory_needed(size) <= available
        hint = f"Use chunk_size={size}, ou menos GANs." if fits else "Use menos GANs."
        self._refuse_more_than_fits(self.memory_needed, f"n_gans={self.n_gans}", hint)

    def check_steps(self, n_steps):
        """Recusa, com `MemoryError`, perdas de tantos passos que não caberiam."""
        self._refuse_more_than_fits(
            self._history_bytes(n_steps), f"n_steps={n_steps}", "Use menos passos."
        )

    def check_sample(self, n):
        """Recusa, com `MemoryError`, `n` pontos de cada membro que não caberiam."""
        per_point = self._per_generator / self.step.recipe.batch_size
        per_point += self.step.generator.latent_dim
        results = 2 * self.n_gans * math.prod(self.step.data_shape[1:])
        needed = 4 * n * (results + math.ceil(self.size * per_point))
        self._refuse_more_than_fits(needed, f"n={n}", "Peça menos pontos de cada vez.")

    def working_bytes(self):
        """O que um membro ocupa enquanto dá um passo."""
        # Medido com ReLU e com Tanh, que guarda mais: de uma a duas vezes o que se ocupa.
        passes = 0.8 + 0.55 * self._n_penalties
        numbers = passes * (self._per_generator + 2 * self._per_discriminator)
        return int(4 * (numbers + self.step.n_numbers))

    def _memory_needed(self, chunk_size):
        """O treino todo: o estado de cada membro, o trabalho dos grupos em curso e o histórico."""
        recipe, latent_dim = self.step.recipe, self.step.generator.latent_dim
        n_chunks, size = self._layout(chunk_size)
        n_workers = self._n_workers(n_chunks, self.will_compile(recipe.n_steps))
        order = 8 * len(self.data)
        resident = self.n_gans * (4 * self.step.n_numbers + 2 * GENERATOR_BYTES + order)
        ahead = self._ahead(size, recipe.n_steps)
        working = self.working_bytes() + ahead * draw_bytes(recipe, latent_dim)
        history = self._history_bytes(recipe.n_steps)
        return resident + n_workers * size * working + history + self.data.nbytes

    def _history_bytes(self, n_steps):
        return 4 * n_steps * (self.step.recipe.discriminator_steps + 1) * self.n_gans

    def _refuse_more_than_fits(self, n_bytes, what, hint):
        available = available_memory(self.step.device)
        if n_bytes > available:
            raise MemoryError(
                f"{what} pede cerca de {memory(n_bytes)}, e há {memory(available)} livres. {hint}"
            )


def available_memory(device):
    """Bytes livres no dispositivo."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free, group = psutil.virtual_memory().available, Path("/sys/fs/cgroup")
    try:  # um contêiner pode ter um limite menor que o da máquina
        limit = int((group / "memory.max").read_text())
        return min(free, limit - int((group / "memory.current").read_text()))
    except (OSError, ValueError):  # sem limite, o arquivo não traz um número
        return free


@torch.no_grad()
def _activations(network, points):
    """Quantos números as camadas de `network` produzem para estes pontos."""
    network = copy.deepcopy(network)  # os ganchos e o uso não deixam rastro no molde
    counts = []

    def count(layer, inputs, output):
        if isinstance(output, torch.Tensor):
            counts.append(output.numel())

    for layer in network.modules():
        if not list(layer.children()):
            layer.register_forward_hook(count)
    network(points)
    return sum(counts)
