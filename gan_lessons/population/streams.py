"""Os sorteios de cada membro: os mesmos, e na mesma ordem, do `Trainer` da sua semente.

Cada membro tem o seu `torch.Generator`, e por isso não depende de quantos são os outros. Sorteia-se
adiante, para uma rodada inteira de passos: só assim muitos membros avançam numa conta só.
"""

import threading
from itertools import cycle, islice
from typing import NamedTuple

import torch

from gan_lessons.training.recipe import NOISES
from gan_lessons.training.seeds import looking_rng

GENERATOR_BYTES = 5056
"""O que o PyTorch guarda de um `torch.Generator`; cada membro tem dois."""

ROUND_BYTES = 2**23
"""O que os sorteios de uma rodada podem ocupar: alguns passos, e ainda perto do processador."""

# São milhares de chamadas curtas: duas linhas de execução a sortear só se atrapalham.
_turn = threading.Lock()


class Draws(NamedTuple):
    """O que se sorteou para alguns passos; `U` é ``discriminator_steps``.

    Attributes
    ----------
    indices : torch.Tensor, int64, shape (n_steps, n_members, U, batch_size)
        Os pontos reais de cada lote.
    noises : torch.Tensor, float32, shape (n_steps, n_members, U + 1, batch_size, latent_dim)
        O ruído de cada atualização do discriminador e, por último, o do gerador.
    mixes : torch.Tensor, float32, shape (n_steps, n_members, U, batch_size, 1)
        As misturas da penalidade de gradiente; ``(…, 0, batch_size, 1)`` se a receita não a pede.
    """

    indices: torch.Tensor
    noises: torch.Tensor
    mixes: torch.Tensor


def zero_draws(n_steps, n_members, recipe, latent_dim, device="cpu"):
    """Sorteios ainda por fazer, com os formatos de uma receita."""
    n_updates, batch_size = recipe.discriminator_steps, recipe.batch_size
    n_mixes = n_updates if recipe.gradient_penalty else 0
    shape = n_steps, n_members
    return Draws(
        torch.zeros(*shape, n_updates, batch_size, dtype=torch.long, device=device),
        torch.zeros(*shape, n_updates + 1, batch_size, latent_dim, device=device),
        torch.zeros(*shape, n_mixes, batch_size, 1, device=device),
    )


def draw_bytes(recipe, latent_dim):
    """Quanto ocupam os sorteios de um membro num passo."""
    n_updates = recipe.discriminator_steps
    return recipe.batch_size * (12 * n_updates + 4 * (n_updates + 1) * latent_dim)


def round_length(n_members, recipe, latent_dim):
    """Quantos passos têm os seus sorteios em `ROUND_BYTES`; ao menos um."""
    return max(ROUND_BYTES // (n_members * draw_bytes(recipe, latent_dim)), 1)


class DrawBuffer:
    """O lugar dos sorteios de uma rodada de até `n_steps` passos, que serve a muitas rodadas.

    Attributes
    ----------
    draws : Draws
    places : list of list of torch.Tensor
        De cada linha, as partes de `draws`, na ordem em que se enchem. Cortá-las uma a uma custa
        tanto quanto sortear, e por isso ficam prontas.
    """

    def __init__(self, n_steps, n_rows, recipe, latent_dim):
        self.draws = zero_draws(n_steps, n_rows, recipe, latent_dim)
        self.places = [list(_in_order(self.draws, row)) for row in range(n_rows)]


def _in_order(draws, row):
    for noises, mixes in zip(draws.noises[:, row], draws.mixes[:, row], strict=True):
        *of_discriminator, of_generator = noises
        for k, noise in enumerate(of_discriminator):
            yield noise
            yield from mixes[k : k + 1]
        yield of_generator


class Streams:
    """As fontes de sorteio de alguns membros, um por semente; são `n_points` os pontos reais."""

    def __init__(self, seeds, n_points, recipe, latent_dim):
        self.recipe = recipe
        self.latent_dim = latent_dim
        self._members = [_Stream(seed, n_points, recipe) for seed in seeds]
        self._samplers = [looking_rng(seed) for seed in seeds]

    def draw(self, n_steps, buffer):
        """Os `Draws` dos próximos `n_steps` passos, no lugar dos anteriores neste `DrawBuffer`.

        As linhas sem membro ficam como estavam.
        """
        draws = Draws(*(part[:n_steps] for part in buffer.draws))
        with _turn:
            for row, member in enumerate(self._members):
                order = member.draw(buffer.places[row], n_steps)
                draws.indices[:, row] = order.view_as(draws.indices[:, row])
        return draws

    def sampling_noises(self, n, n_rows):
        """O ruído de `n` amostras de cada membro, shape (n_rows, n, latent_dim)."""
        noises = torch.zeros(n_rows, n, self.latent_dim)
        for place, rng in zip(noises, self._samplers, strict=False):
            NOISES[self.recipe.noise](place, generator=rng)
        return noises

    def state(self):
        """O ponto em que está o sorteio do treino, para `restore`."""
        return [member.state() for member in self._members]

    def restore(self, state):
        """Volta a um ponto guardado por `state`: o que veio depois será sorteado de novo."""
        for member, own in zip(self._members, state, strict=True):
            member.restore(*own)


class _Stream:
    """A fonte de um membro; a ordem dos sorteios é a de `training.loop`."""

    def __init__(self, seed, n_points, recipe):
        self.n_points = n_points
        self.batch_size = recipe.batch_size
        self.n_updates = recipe.discriminator_steps
        update = [NOISES[recipe.noise]]
        if recipe.gradient_penalty:
            update.append(torch.Tensor.uniform_)
        self._fills = update * self.n_updates + [NOISES[recipe.noise]]
        self._per_update = len(update)
        self._rng = torch.Generator().manual_seed(seed)
        self._per_epoch = n_points // recipe.batch_size
        self._n_taken = self._per_epoch  # lotes da época que já saíram; a próxima está por sortear
        self._order = None

    def draw(self, places, n_steps):
        """Enche os lugares dados, na ordem, e devolve os índices dos lotes, um atrás do outro."""
        rng, fills = self._rng, zip(cycle(self._fills), places)
        total, batches, begun, filled = n_steps * self.n_updates, [], 0, 0
        while begun < total:
            if self._n_taken == self._per_epoch:
                self._order, self._n_taken = torch.randperm(self.n_points, generator=rng), 0
            count = min(self._per_epoch - self._n_taken, total - begun)
            first = self._n_taken * self.batch_size
            batches.append(self._order[first : first + count * self.batch_size])
            self._n_taken += count
            begun += count
            # Tudo o que se sorteia até a época acabar, sem mais perguntas: é o laço que custa.
            until = self._n_draws(begun)
            for fill, place in islice(fills, until - filled):
                fill(place, generator=rng)
            filled = until
        return torch.cat(batches)

    def _n_draws(self, n_updates):
        """Sorteios feitos quando o discriminador vai começar a atualização de número dado."""
        steps, k = divmod(n_updates, self.n_updates)
        return steps * len(self._fills) + k * self._per_update

    def state(self):
        return self._rng.get_state(), self._order, self._n_taken

    def restore(self, rng_state, order, n_taken):
        self._rng.set_state(rng_state)
        self._order, self._n_taken = order, n_taken
