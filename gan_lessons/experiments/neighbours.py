"""A GAN e as vizinhas, no mesmo anel e na mesma espiral, com o mesmo tempo de processador.

Refaz (ou continua) a tabela que o caderno ``08_vizinhas`` lê::

    python -m gan_lessons.experiments.neighbours

O orçamento é contado em passos, regulados uma vez para que os treinos custem quase o mesmo: assim
a mesma semente dá o mesmo treino em qualquer relógio. Os segundos ficam gravados para conferir.
"""

import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from gan_lessons.data import make_ring, make_spiral, ring_centers
from gan_lessons.experiments import modes
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.table import PROVENANCE, Table, finite, one_of, optional
from gan_lessons.losses import nonsaturating_loss
from gan_lessons.metrics import mode_coverage, precision_recall, two_sample_test
from gan_lessons.models import (
    Generator,
    init_weights,
    make_denoiser,
    make_plane_gan,
    make_spiral_gan,
    make_vae,
)
from gan_lessons.running import one_thread
from gan_lessons.training import MODERN
from gan_lessons.training.batches import Batches
from gan_lessons.training.loop import Loop
from gan_lessons.training.seeds import looking_rng

DATA = ("anel", "espiral")
CALLS = (50, 20, 10, 5, 2, 1)
"""Com quantas chamadas da rede a difusão é amostrada."""

N_SAMPLES = 1000
N_PAIRS = 5000
"""Pares de ruído e ponto que a professora faz para a aluna."""

GAN_STEPS, SINGLE_STEPS = 1200, 2300
"""Passos de quem treina duas redes e de quem tem uma perda só, que custam quase o mesmo."""

COPY_WEIGHT = 0.1
"""Peso de imitar a professora, ao lado da perda da GAN."""

COMPONENTS = (2, 4, 8, 16, 32, 64)
"""Tamanhos da mistura de gaussianas, entre os quais o BIC escolhe."""


def make_real(data, random_state, *, train=False):
    """Pontos do anel ou da espiral; os de treino são os das aulas deles."""
    if data == "anel":
        return make_ring(4000 if train else N_SAMPLES, random_state=random_state)[0]
    return make_spiral(random_positions=not train, random_state=random_state)


def fit_mixture(points, seed):
    """A mistura de gaussianas de menor BIC, entre as de `COMPONENTS`."""
    fits = [GaussianMixture(n, n_init=3, random_state=seed).fit(points) for n in COMPONENTS]
    return min(fits, key=lambda mixture: mixture.bic(points))


def train(network, points, seed, n_steps):
    """Treina um `Vae` ou um `Denoiser` em `points`, um tensor ``(n, d)``, em lotes de 250."""
    rng = torch.Generator().manual_seed(seed)
    batches = Batches(points, None, 250)
    adam = torch.optim.Adam(network.parameters(), lr=2e-3, betas=(0.9, 0.99), fused=True)
    slower = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.03, total_iters=n_steps)
    for _ in range(n_steps):
        loss = network.loss(batches.next(rng)[0], rng)
        adam.zero_grad()
        loss.backward()
        adam.step()
        slower.step()
    return network.requires_grad_(False)


def gan_recipe(data, n_steps=GAN_STEPS):
    """A receita da GAN na aula de cada conjunto, encurtada."""
    return replace(modes.R1 if data == "anel" else MODERN, n_steps=n_steps)


def make_gan(data, seed):
    """As redes da GAN na aula de cada conjunto."""
    return make_plane_gan(seed) if data == "anel" else make_spiral_gan("wide", seed)


class Distillation(Loop):
    """O laço da GAN em que o gerador, a aluna, imita também uma professora, a difusão.

    Fontes: Sauer et al. (2023), "Adversarial Diffusion Distillation", que soma as duas perdas; Kang
    et al. (2024), "Distilling Diffusion Models into Conditional GANs", que usa pares. Caderno:
    ``08_vizinhas``.

    Parameters
    ----------
    teacher : Denoiser
    points : torch.Tensor, shape (n, d)
        Os reais, que só o discriminador vê.
    recipe : Recipe
    seed : int, default=0
    adversarial : bool, default=True
        Sem isso, a aluna só imita, e o discriminador não entra.
    """

    def __init__(self, teacher, points, *, recipe, seed=0, adversarial=True):
        super().__init__(*make_student(points.shape[1], seed), points, recipe=recipe, seed=seed)
        self.adversarial = adversarial
        noise = self.make_noise(N_PAIRS, self.rng)
        pairs = torch.stack([noise, teacher.denoise(noise)], dim=1)
        self.pairs = Batches(pairs, None, recipe.batch_size)

    def step_discriminator(self):
        """O da GAN."""
        if self.adversarial:
            super().step_discriminator()

    def step_generator(self):
        """A aluna: o erro quadrático até o ponto da professora, e a perda da GAN."""
        noise, target = self.pairs.next(self.rng)[0].unbind(dim=1)
        fake = self.generator(noise)
        loss = ((fake - target) ** 2).mean()
        if self.adversarial:
            loss = COPY_WEIGHT * loss + nonsaturating_loss(None, self.discriminator(fake))
        self._descend(self.generator_adam, loss, self.recipe.generator_lr)
        self.n_steps += 1


def make_student(n_features, seed):
    """As redes da GAN, com o ruído da difusão na entrada."""
    if n_features == 2:
        return make_plane_gan(seed)
    student = Generator(n_features, n_features, 3 * (128,))
    return init_weights(student, seed), make_spiral_gan("wide", seed)[1]


def run(loop):
    """Dá a um `Loop` todos os passos da receita, e devolve-o."""
    for _ in range(loop.recipe.n_steps):
        loop.step()
    return loop


@lru_cache
def prepare(data):
    """A escala em que as redes trabalham, e os pontos de treino nela, um tensor ``(n, d)``."""
    real = make_real(data, 0, train=True)
    scaler = StandardScaler().fit(real)
    return scaler, torch.tensor(scaler.transform(real), dtype=torch.float32)


@lru_cache(maxsize=4)  # o mesmo treino serve a todas as linhas que dele partem
def _trained(make, data, seed, n_steps):
    points = prepare(data)[1]
    return _timed(lambda: train(make(points.shape[1], seed), points, seed, n_steps))


def _timed(work):
    started = time.process_time()
    return work(), time.process_time() - started


def _mixture(data, seed, n_steps):
    points = prepare(data)[1].double().numpy()
    mixture, seconds = _timed(lambda: fit_mixture(points, seed))
    return lambda n: mixture.sample(n)[0], seconds


def _vae(data, seed, n_steps, *, noisy):
    vae, seconds = _trained(make_vae, data, seed, n_steps or SINGLE_STEPS)
    return partial(vae.sample, rng=looking_rng(seed), noisy=noisy), seconds


def _diffusion(data, seed, n_steps, *, calls):
    denoiser, seconds = _trained(make_denoiser, data, seed, n_steps or SINGLE_STEPS)
    return partial(denoiser.sample, rng=looking_rng(seed), calls=calls), seconds


def _gan(data, seed, n_steps):
    recipe = gan_recipe(data, n_steps or GAN_STEPS)
    loop = Loop(*make_gan(data, seed), prepare(data)[1], recipe=recipe, seed=seed)
    return loop.sample, _timed(lambda: run(loop))[1]


def _distilled(data, seed, n_steps, *, adversarial):
    teacher, before = _trained(make_denoiser, data, seed, n_steps or SINGLE_STEPS)
    recipe = gan_recipe(data, n_steps or (GAN_STEPS if adversarial else SINGLE_STEPS))
    options = {"recipe": recipe, "seed": seed, "adversarial": adversarial}
    loop, seconds = _timed(lambda: run(Distillation(teacher, prepare(data)[1], **options)))
    return loop.sample, before + seconds


DIFFUSION = {calls: f"difusão, {calls} chamada{'s' if calls > 1 else ''}" for calls in CALLS}
CONFIGURATIONS = {
    "mistura de gaussianas": _mixture,
    "VAE": partial(_vae, noisy=True),
    "VAE, só a média": partial(_vae, noisy=False),
    **{name: partial(_diffusion, calls=calls) for calls, name in DIFFUSION.items()},
    "GAN": _gan,
    "destilada, sem discriminador": partial(_distilled, adversarial=False),
    "destilada": partial(_distilled, adversarial=True),
}
TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = {
    "configuration": one_of(CONFIGURATIONS),
    "data": one_of(DATA),
    "seed": int,
    "judge": finite,
    "modes": optional(int),
    "high_quality": optional(finite),
    "precision": finite,
    "recall": finite,
    "train_seconds": finite,
    "sample_seconds": finite,
    **PROVENANCE,
}


def measure(configuration, data, seeds, *, n_steps=None, device="cpu", progress=False):
    """Treina uma configuração num conjunto, com cada semente, e dá as linhas da tabela.

    Os segundos são de processador, num núcleo; os de uma destilada incluem o treino da difusão.
    """
    for seed in seeds:
        with one_thread():
            sample, training = CONFIGURATIONS[configuration](data, seed, n_steps)
            sample(N_SAMPLES)  # a primeira chamada prepara o que as outras já acham pronto
            fake, sampling = _timed(partial(sample, N_SAMPLES))
        scaler, points = prepare(data)
        fake = np.asarray(fake, dtype=float)
        real = scaler.transform(make_real(data, 1000 + seed))
        quality = precision_recall(real, fake)
        # O placar não depende de quantos embaralhamentos lhe dão o intervalo.
        judge = two_sample_test(real, fake, training_data=points.numpy(), n_permutations=19)
        row = {
            "configuration": configuration,
            "data": data,
            "seed": seed,
            "judge": judge.accuracy,
            "precision": quality.precision,
            "recall": quality.recall,
            "train_seconds": round(training, 2),
            "sample_seconds": round(sampling, 5),
        }
        if data == "anel":
            coverage = mode_coverage(scaler.inverse_transform(fake), ring_centers(), std=0.01)
            row |= {"modes": coverage.modes, "high_quality": coverage.high_quality}
        yield row


EXPERIMENT = Experiment(
    Table(TABLE, COLUMNS, keys=("configuration", "data", "seed")),
    factors={"configuration": CONFIGURATIONS, "data": DATA},
    measure=measure,
    n_seeds=10,
)
record, read = EXPERIMENT.record, EXPERIMENT.table.read

if __name__ == "__main__":
    main(EXPERIMENT, __doc__)
