"""Os membros que avançam juntos: os seus pesos, os seus sorteios, as suas perdas."""

import numpy as np
import pandas as pd
import torch

from gan_lessons.population.compiled import trace
from gan_lessons.population.streams import Streams


class Chunk:
    """Os membros que avançam juntos, numa linha de execução.

    São `vectors`, como `Step.initial_vector` os faz, cada um com a sua semente. As contas têm
    `size` linhas; as que passam dos membros repetem o último, e não andam.
    """

    def __init__(self, step, data, vectors, seeds, size):
        self.step, self.data, self.size = step, data, size
        rows = [*vectors, *[vectors[-1]] * (size - len(vectors))]
        self.vectors = torch.stack(rows).to(step.device)
        self.alive = torch.arange(size, device=step.device) < len(vectors)
        self.n_steps = 0
        self._known = self.alive.cpu()
        self._losses = []
        self._streams = Streams(seeds, len(data), step.recipe, step.generator.latent_dim)

    @torch.inference_mode()
    def advance(self, fast, buffer, goal):
        """Leva os membros até o passo `goal`; ``fast`` é o passo compilado, ou `None`.

        `buffer` é o lugar dos sorteios, um `DrawBuffer`.
        """
        longest = len(buffer.draws.indices)
        while self.n_steps < goal:
            self._advance_round(fast, buffer, min(goal - self.n_steps, longest))

    def _advance_round(self, fast, buffer, n):
        before = self._streams.state()
        try:
            vectors, alive, losses = self._walk(fast, buffer, n)
        except BaseException:  # os passos que não valeram sortearão de novo o mesmo
            self._streams.restore(before)
            raise
        self._losses.append(losses)
        self.vectors, self.alive = vectors, alive
        self.n_steps += n

    def _walk(self, fast, buffer, n):
        vectors, alive, losses = self.vectors, self.alive, []
        draws = [part.to(self.step.device) for part in self._streams.draw(n, buffer)]
        schedule = self.step.schedule(self.n_steps, n)
        pieces = zip(*(part.unbind() for part in (*draws, schedule)), strict=True)
        for step, piece in enumerate(pieces, start=self.n_steps):
            charges = self.step.charges(step)
            one = trace(self.step, self.size, charges) if fast is None else fast[charges]
            vectors, alive, loss = one(vectors, alive, self.data, *piece)
            losses.append(loss)
        return vectors, alive, torch.stack(losses).cpu()

    @torch.no_grad()
    def sample(self, n):
        """`n` pontos de cada membro, shape (size, n, …)."""
        noises = self._streams.sampling_noises(n, self.size)
        return self.step.sample(self.vectors, noises.to(self.step.device))

    def losses(self):
        """As perdas de todos os passos, shape (n_steps, size, discriminator_steps + 1)."""
        if not self._losses:
            return torch.empty(0, self.size, self.step.recipe.discriminator_steps + 1)
        self._losses = [torch.cat(self._losses)]
        return self._losses[0]

    def history(self, row):
        """As perdas de um membro, como em ``Trainer.history.frame``."""
        losses = self.losses()[:, row].numpy().astype(np.float64)
        n_steps, n_losses = losses.shape
        generator = np.full((n_steps, n_losses - 1), np.nan)
        generator[:, -1] = losses[:, -1]
        return pd.DataFrame(
            {
                "step": np.repeat(np.arange(1, n_steps + 1), n_losses - 1),
                "discriminator_loss": losses[:, :-1].reshape(-1),
                "generator_loss": generator.reshape(-1),
            }
        )

    def new_divergences(self):
        """Os membros que pararam desde a última pergunta: ``(linha, passo)``."""
        alive = self.alive.cpu()
        stopped = (self._known & ~alive).nonzero().flatten().tolist()
        self._known = alive
        for row in stopped:
            missing = torch.isnan(self.losses()[:, row]).any(dim=1)
            yield row, int(missing.float().argmax()) + 1
