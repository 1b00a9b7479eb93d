"""Modos capturados no anel e na grade, por remédio e por semente, no protocolo da VEEGAN.

Refaz (ou continua) a tabela que o caderno ``05_colapso_de_modos`` lê::

    python -m gan_lessons.experiments.modes
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gan_lessons.data import grid_centers, make_grid, make_ring, ring_centers
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.table import PROVENANCE, Table, finite, one_of, optional
from gan_lessons.metrics import distance_from_uniform, mode_coverage, precision_recall
from gan_lessons.models import make_plane_gan
from gan_lessons.population import Population
from gan_lessons.training import Recipe
from gan_lessons.validation import check_choice, check_seed

N_TRAINING, N_SAMPLES = 100_000, 2500
"""Pontos de treino e amostras julgadas: os do protocolo."""

# Nome: (pontos, centros, desvio padrão de cada modo).
DATA = {
    "anel": (make_ring, ring_centers, 0.01),
    "grade": (make_grid, grid_centers, 0.05),
}


@dataclass(frozen=True)
class Configuration:
    """Uma receita, o discriminador que ela treina, e a que conta ela pertence.

    Parameters
    ----------
    budget : {"comum", "longo"}
        "comum": todas dão o mesmo número de atualizações de redes, e se comparam entre si.
    recipe : Recipe
    pack_size : int, default=1
    spectral : bool, default=False
        Os dois como em `make_plane_gan`.
    """

    budget: str
    recipe: Recipe
    pack_size: int = 1
    spectral: bool = False


COMMON = Recipe(
    n_steps=2500,
    batch_size=250,
    lr_decay=0.03,
    betas=(0.0, 0.99),
)
"""O que todas as configurações têm em comum; cada remédio muda só o que o nome dele diz."""

R1 = replace(COMMON, r1=0.1, penalty_every=4)

CONFIGURATIONS = {
    "R1, treino longo": Configuration("longo", replace(R1, n_steps=15_000)),
    "sem remédio": Configuration("comum", COMMON),
    "mínimos quadrados": Configuration("comum", replace(COMMON, loss="least-squares")),
    # Cinco passos do crítico para um do gerador: um terço dos passos dá as mesmas atualizações.
    "WGAN-GP": Configuration(
        "comum",
        replace(
            COMMON,
            n_steps=COMMON.n_steps // 3,
            loss="wasserstein",
            discriminator_steps=5,
            gradient_penalty=0.1,
        ),
    ),
    "pacotes de 2": Configuration("comum", COMMON, pack_size=2),
    "R1": Configuration("comum", R1),
    "normalização espectral": Configuration("comum", COMMON, spectral=True),
    # A perda e as duas penalidades de Huang et al. (2024), nas nossas redes e não nas deles.
    "receita da R3GAN": Configuration("comum", replace(R1, loss="relativistic", r2=0.1)),
}


TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = {
    "budget": str,
    "data": one_of(DATA),
    "configuration": one_of(CONFIGURATIONS),
    "seed": int,
    "steps": int,
    "modes": int,
    "high_quality": finite,
    "total_variation": finite,
    "precision": finite,
    "recall": finite,
    "diverged": optional(int),
    "seconds": finite,
    "device": str,
    **PROVENANCE,
}


def measure(configuration, data, seeds, *, n_steps=None, device="auto", progress=False):
    """Treina uma configuração com sementes seguidas, todas de uma vez.

    Parameters
    ----------
    configuration : str
        Uma das `CONFIGURATIONS`.
    data : {"anel", "grade"}
    seeds : sequence of int
        Seguidas: 0, 1, 2, …
    n_steps : int, optional
        No lugar do número de passos da receita, para uma prova rápida.
    device : {"cpu", "cuda", "auto"}, default="auto"
    progress : bool, default=False

    Returns
    -------
    list of dict
        Uma linha da tabela por semente, com as chaves de `COLUMNS`.

    Raises
    ------
    TypeError, ValueError
        Se algum argumento não serve; sementes salteadas, por exemplo, que `Population` não treina.
    """
    started = time.perf_counter()
    check_choice(configuration, "configuration", CONFIGURATIONS)
    check_choice(data, "data", DATA)
    seeds = _check_consecutive(seeds)
    chosen = CONFIGURATIONS[configuration]
    recipe = chosen.recipe if n_steps is None else replace(chosen.recipe, n_steps=n_steps)
    make_points, make_centers, std = DATA[data]
    points, _ = make_points(N_TRAINING, random_state=0)
    scale = points.std()

    def make(part):
        return lambda seed: make_plane_gan(
            seed, pack_size=chosen.pack_size, spectral=chosen.spectral
        )[part]

    population = Population(
        len(seeds), make(0), make(1), points / scale, recipe=recipe, seed=seeds[0], device=device
    )
    label = f"{data}, {configuration}, sementes {seeds[0]} a {seeds[-1]}"
    population.run(progress=progress and label)
    rows = []
    for row, (seed, fake) in enumerate(zip(seeds, population.sample(N_SAMPLES), strict=True)):
        real, _ = make_points(N_SAMPLES, random_state=1000 + seed)
        fake = scale * fake.astype(np.float64)
        coverage = mode_coverage(fake, make_centers(), std=std)
        quality = precision_recall(real, fake)
        rows.append(
            {
                "budget": chosen.budget,
                "data": data,
                "configuration": configuration,
                "seed": seed,
                "steps": recipe.n_steps,
                "modes": coverage.modes,
                "high_quality": round(coverage.high_quality, 4),
                "total_variation": round(distance_from_uniform(coverage.shares), 4),
                "precision": round(quality.precision, 4),
                "recall": round(quality.recall, 4),
                "diverged": population.diverged.get(row, ""),
                "device": population.device.type,
            }
        )
    seconds = round((time.perf_counter() - started) / len(seeds), 1)
    return [{**row, "seconds": seconds} for row in rows]


def _check_consecutive(seeds):
    seeds = [check_seed(s, "seeds") for s in (seeds if isinstance(seeds, Iterable) else [seeds])]
    if not seeds or seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        raise ValueError(f"seeds deve ter sementes seguidas, como [0, 1, 2], mas chegou {seeds}.")
    return seeds


EXPERIMENT = Experiment(
    Table(
        TABLE,
        COLUMNS,
        keys=("configuration", "data", "seed"),
        preamble="# python -m gan_lessons.experiments.modes\n",
    ),
    factors={"configuration": CONFIGURATIONS, "data": DATA},
    measure=measure,
    n_seeds=10,
    together=10,
    device="auto",
)
record, read = EXPERIMENT.record, EXPERIMENT.table.read

if __name__ == "__main__":
    main(EXPERIMENT, __doc__)
