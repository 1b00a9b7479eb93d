"""O laço de treino de uma GAN, como no caderno ``02_espiral``: um passo, em duas metades.

Com a receita clássica, r os logits dos reais e f os dos falsos, o discriminador minimiza
``média(softplus(−r)) + média(softplus(f))``, e o gerador, ``média(softplus(−f))``. O que as outras
receitas põem no lugar ou somam está em `objectives`.
"""

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from gan_lessons.running import evaluating
from gan_lessons.training.adam import Adam
from gan_lessons.training.batches import Batches
from gan_lessons.training.history import History, finite
from gan_lessons.training.objectives import discriminator_objective, draw_mix, generator_objective
from gan_lessons.training.recipe import CLASSIC, NOISES
from gan_lessons.training.seeds import looking_rng


class Loop:
    """Uma GAN e o seu passo de treino, em PyTorch comum.

    Os argumentos são os de `Trainer`, já conferidos e em tensores: `data` em float32, `labels` em
    int64. Fonte: Goodfellow et al. (2014), "Generative Adversarial Nets", algoritmo 1.
    """

    def __init__(self, generator, discriminator, data, *, labels=None, recipe=CLASSIC, seed=0):
        self.generator, self.discriminator, self.recipe = generator, discriminator, recipe
        self.batches = Batches(data, labels, recipe.batch_size)
        self.generator_adam = Adam(generator, recipe.betas)
        self.discriminator_adam = Adam(discriminator, recipe.betas)
        self.average = _moving_average(generator, recipe.ema) if recipe.ema else None
        self.rng = torch.Generator().manual_seed(seed)
        # Outra fonte, para que olhar amostras não mude o treino.
        self.sampling_rng = looking_rng(seed)
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
            fake = self.generator(self._new_noise(real), *labels)
        mix = draw_mix(recipe, real, self.rng)
        charge = recipe.charges(self.n_discriminator_steps)
        objective, loss = discriminator_objective(
            recipe, self._judge(labels), real, fake, charge=charge, mix=mix
        )
        value = finite(loss, "discriminador", self.n_steps + 1)
        self._descend(self.discriminator_adam, objective, recipe.discriminator_lr)
        self.n_discriminator_steps += 1
        self.history.record_discriminator(self.n_steps + 1, value)

    def step_generator(self):
        """O gerador: ruído novo, julgado pelo discriminador que acabou de aprender."""
        recipe = self.recipe
        real, labels = self.batches.current(self.rng)
        fake = self.generator(self._new_noise(real), *labels)
        loss = generator_objective(recipe, self._judge(labels), real, fake)
        value = finite(loss, "gerador", self.n_steps + 1)
        self._descend(self.generator_adam, loss, recipe.generator_lr)
        if self.average is not None:
            self.average.update_parameters(self.generator)
        self.n_steps += 1
        self.history.record_generator(self.n_steps, value)

    def sample(self, n, *, labels=None):
        """Gera `n` pontos, sem mexer no treino: ndarray de formato ``(n, …)``."""
        return self.generate(self.make_noise(n, self.sampling_rng), labels=labels)

    def make_noise(self, n, rng):
        """`n` ruídos latentes, tirados do `torch.Generator` dado: formato ``(n, latent_dim)``."""
        place = torch.empty(n, self.generator.latent_dim)
        return NOISES[self.recipe.noise](place, generator=rng)

    def generate(self, noise, *, labels=None):
        """Os pontos que o gerador, ou a média móvel dele, faz do ruído dado: um ndarray."""
        condition = () if labels is None else (labels,)
        with evaluating(self.average or self.generator) as generator, torch.no_grad():
            return generator(noise, *condition).cpu().numpy()

    def _new_noise(self, real):
        return self.make_noise(len(real), self.rng).to(real.device)

    def _judge(self, labels):
        """O discriminador como função dos pontos, que já sabe as classes deles."""
        return lambda points: self.discriminator(points, *labels)

    def _descend(self, adam, objective, learning_rate):
        """Um passo do Adam de uma rede contra o gradiente de `objective`, com a taxa de agora."""
        adam.descend(objective, learning_rate * self.recipe.lr_fraction(self.n_steps))


def _moving_average(generator, memory):
    average = get_ema_multi_avg_fn(memory)
    return AveragedModel(generator, multi_avg_fn=average, use_buffers=True).requires_grad_(False)
