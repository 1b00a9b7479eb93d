"""O laço de treino de uma GAN, como no caderno ``02_espiral``: um passo, em duas metades."""

import math

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from gan_lessons.running import evaluating
from gan_lessons.training.batches import Batches
from gan_lessons.training.history import DivergenceError, History
from gan_lessons.training.objectives import discriminator_objective, generator_objective
from gan_lessons.training.recipe import CLASSIC, NOISES


class Loop:
    """Uma GAN e o seu passo de treino, em PyTorch comum.

    Parameters
    ----------
    generator : torch.nn.Module
        ``(n, latent_dim) → (n, …)``, com o atributo inteiro ``latent_dim``.
    discriminator : torch.nn.Module
        ``(n, …) → (n, 1)`` logits.
    data : torch.Tensor, float32, shape (n, …)
        Os pontos reais.
    labels : torch.Tensor, int64, shape (n,), optional
        As classes dos pontos; as redes as recebem como segundo argumento.
    recipe : Recipe, default=CLASSIC
    seed : int, default=0

    Attributes
    ----------
    n_steps : int
        Passos completos até agora.
    history : History
    average : torch.nn.Module or None
        A média móvel do gerador, se a receita pede uma; é ela que `sample` usa.

    Notes
    -----
    Fonte: Goodfellow et al. (2014), "Generative Adversarial Nets", algoritmo 1.
    """

    def __init__(self, generator, discriminator, data, labels=None, *, recipe=CLASSIC, seed=0):
        self.generator, self.discriminator, self.recipe = generator, discriminator, recipe
        self.generator_adam = _adam(generator, recipe)
        self.discriminator_adam = _adam(discriminator, recipe)
        self.average = None
        if recipe.ema:
            self.average = AveragedModel(
                generator, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema), use_buffers=True
            ).requires_grad_(False)
        self.batches = Batches(data, labels, recipe.batch_size)
        self.rng = torch.Generator().manual_seed(seed)
        # Outra fonte, para que olhar amostras no meio do treino não mude o treino.
        self.sampling_rng = torch.Generator().manual_seed(seed + 2**32)
        self.n_steps = self.n_discriminator_steps = 0
        self.history = History()

    def step(self):
        """Um passo completo: o discriminador, depois o gerador."""
        for _ in range(self.recipe.discriminator_steps):
            self.step_discriminator()
        self.step_generator()

    def step_discriminator(self):
        """O discriminador: um lote real contra um lote falso, que não ensina o gerador."""
        recipe = self.recipe
        real, labels = self.batches.next(self.rng)
        with torch.no_grad():
            fake = self.generator(self._noise(real), *labels)
        mix = None
        if recipe.gradient_penalty:
            mix = torch.rand((len(real), 1), generator=self.rng).to(real.device)
        objective, loss = discriminator_objective(
            recipe,
            lambda points: self.discriminator(points, *labels),
            real,
            fake,
            charge=self.n_discriminator_steps % recipe.penalty_every == 0,
            mix=mix,
        )
        value = self._finite(loss, "discriminador")
        self._descend(self.discriminator_adam, objective, recipe.discriminator_lr)
        self.n_discriminator_steps += 1
        self.history.record_discriminator(self.n_steps + 1, value)

    def step_generator(self):
        """O gerador: ruído novo, julgado pelo discriminador que acabou de aprender."""
        recipe = self.recipe
        real, labels = self.batches.current(self.rng)
        fake = self.generator(self._noise(real), *labels)
        loss = generator_objective(
            recipe, lambda points: self.discriminator(points, *labels), real, fake
        )
        value = self._finite(loss, "gerador")
        self._descend(self.generator_adam, loss, recipe.generator_lr)
        if self.average is not None:
            self.average.update_parameters(self.generator)
        self.n_steps += 1
        self.history.record_generator(self.n_steps, value)

    def sample(self, n):
        """Gera `n` pontos, sem mexer no treino: tensor de formato ``(n, …)``."""
        return self.generate(self.make_noise(n, self.sampling_rng))

    def make_noise(self, n, rng):
        """`n` ruídos latentes, tirados do `torch.Generator` dado: formato ``(n, latent_dim)``."""
        return NOISES[self.recipe.noise](torch.empty(n, self.generator.latent_dim), rng)

    def generate(self, noise, *labels):
        """Os pontos que o gerador faz do ruído dado, sem mexer no treino."""
        generator = self.generator if self.average is None else self.average
        with evaluating(generator), torch.no_grad():
            return generator(noise, *labels)

    def _noise(self, real):
        return self.make_noise(len(real), self.rng).to(real.device)

    def _descend(self, adam, loss, learning_rate):
        """Um passo do Adam contra o gradiente de `loss`; só a rede dele recebe gradiente."""
        (group,) = adam.param_groups
        group["lr"] = learning_rate * self.recipe.lr_fraction(self.n_steps)
        adam.zero_grad()
        loss.backward(inputs=group["params"])
        adam.step()

    def _finite(self, loss, network):
        value = loss.item()
        if not math.isfinite(value):
            raise DivergenceError(network, self.n_steps + 1, value)
        return value


def _adam(network, recipe):
    return torch.optim.Adam(network.parameters(), betas=recipe.betas, fused=True)
