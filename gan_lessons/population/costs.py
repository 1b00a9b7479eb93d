"""Quanto um treino de muitas GANs vai gastar, em memória e em tempo, antes de começar."""

import copy
import math
from pathlib import Path

import psutil
import torch

from gan_lessons.population.streams import GENERATOR_BYTES, draw_bytes, round_length
from gan_lessons.portuguese import memory

EAGER_CHUNK = 64
"""Membros por grupo sem compilar: um grupo espera o outro, e o custo de cada chamada é grande."""


class Costs:
    """As estimativas de um treino.

    Parameters
    ----------
    step : Step
    data : torch.Tensor
    n_gans : int
    """

    def __init__(self, step, data, n_gans):
        self.step, self.data, self.n_gans = step, data, n_gans
        batch = step.recipe.batch_size
        noise = torch.zeros(batch, step.generator.latent_dim, device=step.device)
        self._per_generator = _activations(step.generator, noise)
        self._per_discriminator = _activations(step.discriminator, data[:batch])
        self._n_penalties = sum(
            map(bool, (step.recipe.r1, step.recipe.r2, step.recipe.gradient_penalty))
        )

    def working_bytes(self):
        """O que um membro ocupa enquanto dá um passo."""
        # Medido com ReLU e com Tanh, que guarda mais: de uma a duas vezes o que se ocupa.
        passes = 0.8 + 0.55 * self._n_penalties
        numbers = passes * (self._per_generator + 2 * self._per_discriminator)
        return int(4 * (numbers + self.step.n_numbers))

    def history_bytes(self, n_steps):
        """As perdas de `n_steps` passos de todos os membros."""
        return 4 * n_steps * (self.step.recipe.discriminator_steps + 1) * self.n_gans

    def training_bytes(self, size, n_workers):
        """O treino todo: o estado de cada membro, o trabalho dos grupos em curso e o histórico.

        Parameters
        ----------
        size : int
            Membros por grupo.
        n_workers : int
            Grupos que andam ao mesmo tempo.
        """
        orders = 8 * len(self.data)
        resident = self.n_gans * (4 * self.step.n_numbers + 2 * GENERATOR_BYTES + orders)
        recipe, latent_dim = self.step.recipe, self.step.generator.latent_dim
        ahead = min(round_length(size, recipe, latent_dim), recipe.n_steps)
        ahead *= draw_bytes(recipe, latent_dim)
        working = n_workers * size * (self.working_bytes() + ahead)
        history = self.history_bytes(recipe.n_steps)
        return resident + working + history + self.data.nbytes

    def sampling_bytes(self, n, size):
        """`n` pontos de cada membro, gerados `size` membros por vez."""
        per_point = (
            self._per_generator / self.step.recipe.batch_size + self.step.generator.latent_dim
        )
        n_features = math.prod(self.step.data_shape[1:])
        return 4 * n * (2 * self.n_gans * n_features + math.ceil(size * per_point))

    def eager_seconds(self, n_steps):
        """Ordem de grandeza do tempo de `n_steps` passos de todos sem compilar, numa CPU comum."""
        recipe = self.step.recipe
        n_d, n_g = self.step.sizes[0], self.step.sizes[3]
        penalties = self._n_penalties
        per_point = recipe.discriminator_steps * (n_g + (6 + 6 * penalties) * n_d)
        per_point += 3 * n_g + 4 * n_d
        flops = 2 * per_point * recipe.batch_size * self.n_gans
        calls = (2 + penalties) * recipe.discriminator_steps * math.ceil(self.n_gans / EAGER_CHUNK)
        return n_steps * (1e-3 * calls + 1e-10 * flops)


def check_fits(n_bytes, what, hint, device):
    """Recusa o que não cabe na memória livre do dispositivo.

    Parameters
    ----------
    n_bytes : int
        Quanto se vai ocupar.
    what : str
        O argumento que o erro nomeia, com o seu valor.
    hint : str
        O que fazer, uma frase.
    device : torch.device

    Raises
    ------
    MemoryError
    """
    available = available_memory(device)
    if n_bytes > available:
        raise MemoryError(
            f"{what} pede cerca de {memory(n_bytes)}, e há {memory(available)} livres. {hint}"
        )


def available_memory(device):
    """Bytes livres no dispositivo."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return min(psutil.virtual_memory().available, _left_in_container())


def _left_in_container():
    """Um contêiner pode ter um limite menor que o da máquina; sem ele, infinito."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text().strip()
        used = (group / "memory.current").read_text()
    except OSError:
        return math.inf
    return math.inf if limit == "max" else int(limit) - int(used)


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
