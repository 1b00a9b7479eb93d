"""Os membros que avançam juntos: as suas redes, os seus lotes, as suas perdas."""

from functools import cached_property

import torch
from torch import nn

from gan_lessons import draws
from gan_lessons.population.compiled import signature, trace


class Chunk:
    """Os membros que avançam juntos, numa linha de execução."""

    def __init__(self, step, first_seed, size, n_alive):
        self.step = step
        self.size = size
        self.first_seed = first_seed
        device = step.data.device
        self.keys = draws.member_keys(first_seed, size).to(device)
        self.alive = torch.arange(size, device=device) < n_alive
        self._known = self.alive.cpu()
        self.vectors = None
        self.n_steps = 0
        self._losses = []
        self._epoch, self._order = None, None

    def build(self, make_generator, make_discriminator):
        """Cria as redes de cada membro, confere os formatos e guarda os pesos."""
        vectors = []
        for seed in range(self.first_seed, self.first_seed + self.size):
            generator = make_network(make_generator, seed, "make_generator")
            discriminator = make_network(make_discriminator, seed, "make_discriminator")
            _check_same_shapes(generator, self.step.generator, "make_generator", seed)
            _check_same_shapes(discriminator, self.step.discriminator, "make_discriminator", seed)
            vectors.append(self.step.initial_vector(generator, discriminator))
        self.vectors = torch.stack(vectors).to(self.step.data.device)

    def rehearse(self):
        """Registra o passo, para que o que não se vetoriza apareça já."""
        try:
            trace(self, (self.step.charges(0),))
        except (RuntimeError, NotImplementedError) as error:
            message = str(error).strip().partition("\n")[0]
            raise ValueError(
                "make_generator ou make_discriminator devolve uma rede que não se vetoriza: "
                f"{message} Troque essa camada, ou treine um GAN de cada vez com Trainer."
            ) from error

    def inputs(self, n):
        """As entradas de `Step.many` para os próximos `n` passos."""
        recipe, device = self.step.recipe, self.step.data.device
        n_updates = recipe.discriminator_steps
        batches = self.batches(self.n_steps * n_updates, n * n_updates)
        indices = batches.unflatten(0, (n, n_updates)).transpose(1, 2).contiguous()
        clocks = torch.arange(self.n_steps, self.n_steps + n, device=device)
        schedule = self.step.schedule(self.n_steps, n)
        return self.vectors, self.alive, self.keys, self.step.data, indices, clocks, schedule

    def batches(self, first, n):
        """Os índices de `n` lotes, a partir do lote `first`, shape (n, K, batch_size).

        Cada época é uma permutação; o que sobra dela, menor que um lote, fica de fora.
        """
        n_points, batch_size = len(self.step.data), self.step.recipe.batch_size
        per_epoch = n_points // batch_size
        pieces = []
        while n > 0:
            epoch, start = divmod(first, per_epoch)
            if epoch != self._epoch:
                self._epoch, self._order = epoch, draws.shuffles(self.keys, epoch, n_points)
            count = min(n, per_epoch - start)
            order = self._order[:, start * batch_size : (start + count) * batch_size]
            pieces.append(order.unflatten(1, (count, batch_size)).transpose(0, 1))
            first, n = first + count, n - count
        return torch.cat(pieces)

    @torch.no_grad()
    def advance(self, fast, goal):
        """Leva os membros até o passo `goal`; ``fast`` é o passo compilado, ou `None`."""
        n = goal - self.n_steps
        if n <= 0:
            return
        vectors, alive, *fixed, indices, clocks, schedule = self.inputs(n)
        plain = {(charges,): trace(self, (charges,)) for charges in self.step.charge_patterns()}
        stride = 1 if fast is None else fast.n_unrolled
        last = n % stride  # os passos que não enchem uma chamada compilada vão um a um
        lengths = [stride] * (n // stride) + [1] * last
        pieces = zip(*(part.split(lengths) for part in (indices, clocks, schedule)), strict=True)
        step, losses = self.n_steps, []
        for length, piece in zip(lengths, pieces, strict=True):
            charges = tuple(self.step.charges(s) for s in range(step, step + length))
            inputs = vectors, alive, *fixed, *piece
            if fast is not None and length == stride:
                vectors, alive, loss = fast(*inputs, charges=charges)
            else:
                vectors, alive, loss = plain[charges](*inputs)
            losses.append(loss)
            step += length
        self._losses.append(torch.cat(losses).cpu())
        self.vectors, self.alive, self.n_steps = vectors, alive, goal

    @torch.no_grad()
    def sample(self, n, first):
        return self.step.sample(self.vectors, self.keys, n, first)

    def losses(self):
        """As perdas de todos os passos, shape (n_steps, K, discriminator_steps + 1)."""
        if not self._losses:
            return torch.empty(0, self.size, self.step.recipe.discriminator_steps + 1)
        self._losses = [torch.cat(self._losses)]
        return self._losses[0]

    def new_divergences(self):
        """Os membros que pararam desde a última pergunta: ``(linha, passo)``."""
        alive = self.alive.cpu()
        stopped = (self._known & ~alive).nonzero().flatten().tolist()
        self._known = alive
        for row in stopped:
            missing = torch.isnan(self.losses()[:, row]).any(dim=1)
            yield row, int(missing.float().argmax()) + 1

    @cached_property
    def signature(self):
        """O que decide se um passo já registrado ou compilado serve a este grupo."""
        return signature(self.size, self.step)


def make_network(make, seed, name):
    """A rede de uma semente; `name` é o argumento que o erro nomeia."""
    if not callable(make) or isinstance(make, nn.Module):
        raise TypeError(
            f"{name} deve ser uma função que recebe a semente e devolve uma rede, "
            f"mas chegou {type(make).__name__}."
        )
    network = make(seed)
    if not isinstance(network, nn.Module):
        raise TypeError(
            f"{name} deve devolver um torch.nn.Module, mas devolveu {type(network).__name__}."
        )
    return network


def _check_same_shapes(network, model, name, seed):
    shapes = {key: tuple(weight.shape) for key, weight in network.named_parameters()}
    expected = {key: tuple(weight.shape) for key, weight in model.named_parameters()}
    if shapes != expected:
        raise ValueError(
            f"{name} deve devolver redes do mesmo formato para toda semente, mas com a semente "
            f"{seed} chegou {shapes}, e antes {expected}."
        )
    for key, buffer in network.named_buffers():
        if not torch.equal(buffer.cpu(), model.get_buffer(key).cpu()):
            raise ValueError(
                f"{name} deve devolver redes que só diferem nos pesos, mas com a semente {seed} "
                f"o buffer {key!r} mudou; faça dele um nn.Parameter ou uma constante."
            )
