"""Os lotes reais de um treino, época por época."""

import torch


class Batches:
    """Lotes reais, sem repetir pontos dentro de uma época. Caderno: ``02_espiral``.

    `data`, de formato ``(n, …)``, e `labels`, ``(n,)`` ou `None`, são tensores. O que sobra de uma
    época, menor que um lote, fica de fora dela.

    Attributes
    ----------
    order : torch.Tensor, int64, shape (n,)
        A ordem dos pontos na época em curso; vazia antes da primeira.
    n_taken : int
        Quantos lotes da época já saíram.
    """

    def __init__(self, data, labels, batch_size):
        self.data, self.labels, self.batch_size = data, labels, batch_size
        self.deal(torch.empty(0, dtype=torch.long))

    def next(self, rng):
        """O próximo lote; quando não sobra um inteiro, embaralha de novo com `rng`.

        São os pontos e, para pôr depois deles ao chamar uma rede, uma tupla com as classes: vazia,
        se não há classes.
        """
        if self.n_taken == len(self._batches):
            self.deal(torch.randperm(len(self.data), generator=rng))
        self.n_taken += 1
        return self._batches[self.n_taken - 1]

    def current(self, rng):
        """O último lote que saiu; o primeiro, se nenhum saiu ainda."""
        return self._batches[self.n_taken - 1] if self.n_taken else self.next(rng)

    def deal(self, order, n_taken=0):
        """Corta os pontos, na ordem dada, em lotes: uma cópia por época, e não por lote."""
        self.order, self.n_taken = order, n_taken
        n_batches = len(order) // self.batch_size
        kept = order[: n_batches * self.batch_size].to(self.data.device)
        points = self.data[kept].split(self.batch_size)[:n_batches]
        labels = [()] * n_batches
        if self.labels is not None:
            labels = [(part,) for part in self.labels[kept].split(self.batch_size)]
        self._batches = list(zip(points, labels[:n_batches], strict=True))
