"""Modos capturados no anel e na grade, por remédio e por semente, no protocolo da VEEGAN.

Refaz (ou continua) a tabela que o caderno ``05_colapso_de_modos`` lê::

    python -m gan_lessons.experiments.modes

As tarefas passam pelo `joblib`. Com a variável ``DASK_SCHEDULER_ADDRESS`` no ambiente, o mesmo
comando as espalha pelo cluster do Dask que está naquele endereço (``pip install
gan_lessons[cluster]``); dentro do Python, `record` obedece a qualquer ``joblib.parallel_config``.
"""

import argparse
import csv
import datetime
import itertools
import os
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from gan_lessons.data import grid_centers, make_grid, make_ring, ring_centers
from gan_lessons.metrics import mode_coverage, precision_recall
from gan_lessons.models import make_plane_gan
from gan_lessons.population import Population
from gan_lessons.training import Recipe, resolve_device
from gan_lessons.validation import check_choice, check_int

try:
    import fcntl
except ImportError:  # no Windows, nada impede duas execuções de gravarem na mesma tabela
    fcntl = None

TABLE = Path(__file__).with_suffix(".csv")
COMMAND = "python -m gan_lessons.experiments.modes"
COLUMNS = [
    "budget",
    "data",
    "configuration",
    "seed",
    "steps",
    "modes",
    "high_quality",
    "total_variation",
    "precision",
    "recall",
    "diverged",
    "seconds",
    "device",
    "torch",
    "date",
]

N_TRAINING, N_SAMPLES = 100_000, 2500
"""Pontos de treino e amostras julgadas: os do protocolo."""

# Nome: (pontos, centros, desvio padrão de cada modo).
DATA = {
    "anel": (make_ring, ring_centers, 0.01),
    "grade": (make_grid, grid_centers, 0.05),
}


@dataclass(frozen=True)
class Configuration:
    """Uma receita, quantos pontos o discriminador julga de cada vez, e a que conta ela pertence.

    Parameters
    ----------
    budget : {"comum", "longo"}
        "comum": todas dão o mesmo número de atualizações de redes, e se comparam entre si.
    recipe : Recipe
    pack_size : int, default=1
    """

    budget: str
    recipe: Recipe
    pack_size: int = 1


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
    "clássica": Configuration("comum", COMMON),
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
    "relativística, R1 e R2": Configuration("comum", replace(R1, loss="relativistic", r2=0.1)),
}


def measure(name, data_name, seeds, *, n_steps=None, device="auto", progress=False):
    """Treina uma configuração com sementes seguidas, todas de uma vez.

    Parameters
    ----------
    name : str
        Uma das `CONFIGURATIONS`.
    data_name : {"anel", "grade"}
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
    """
    started = time.perf_counter()
    configuration = CONFIGURATIONS[name]
    recipe = configuration.recipe
    if n_steps is not None:
        recipe = replace(recipe, n_steps=n_steps)
    make_points, make_centers, std = DATA[data_name]
    points, _ = make_points(N_TRAINING, random_state=0)
    scale = points.std()

    def make(part):
        return lambda seed: make_plane_gan(seed, pack_size=configuration.pack_size)[part]

    label = f"{data_name}, {name}, sementes {seeds[0]} a {seeds[-1]}"
    population = Population(
        len(seeds), make(0), make(1), points / scale, recipe=recipe, seed=seeds[0], device=device
    )
    population.run(progress=label if progress else False)
    rows = []
    for row, (seed, fake) in enumerate(zip(seeds, population.sample(N_SAMPLES), strict=True)):
        real, _ = make_points(N_SAMPLES, random_state=1000 + seed)
        fake = scale * fake.astype(np.float64)
        coverage = mode_coverage(fake, make_centers(), std=std)
        quality = precision_recall(real, fake)
        rows.append(
            {
                "budget": configuration.budget,
                "data": data_name,
                "configuration": name,
                "seed": seed,
                "steps": recipe.n_steps,
                "modes": coverage.modes,
                "high_quality": round(coverage.high_quality, 4),
                "total_variation": round(_distance_from_uniform(coverage.shares), 4),
                "precision": round(quality.precision, 4),
                "recall": round(quality.recall, 4),
                "diverged": population.diverged.get(row, ""),
                "device": population.device.type,
                "torch": torch.__version__,
                "date": datetime.date.today().isoformat(),
            }
        )
    seconds = round((time.perf_counter() - started) / len(seeds), 1)
    return [{**row, "seconds": seconds} for row in rows]


def _distance_from_uniform(shares):
    """Variação total entre os pesos dos modos nas amostras boas e pesos iguais; 1 sem nenhuma."""
    shares = np.array(shares)
    if shares.sum() == 0:
        return 1.0
    return float(np.abs(shares / shares.sum() - 1 / len(shares)).sum() / 2)


def record(
    path=TABLE,
    *,
    n_seeds=10,
    names=None,
    together=10,
    n_steps=None,
    device="auto",
    n_jobs=None,
    minutes=None,
):
    """Acrescenta a `path` as linhas que faltam, à medida que as sementes terminam.

    Só este processo grava, e grava cada grupo de sementes de uma vez, assim que termina: quem for
    morto no meio perde só as que estavam em curso, e ao voltar não repete nenhuma.

    Parameters
    ----------
    path : path-like, default=TABLE
    n_seeds : int, default=10
        Sementes 0 a ``n_seeds − 1`` de cada configuração.
    names : sequence of str, optional
        Algumas das `CONFIGURATIONS`; sem ele, todas.
    together : int, default=10
        Sementes treinadas juntas: uma tarefa.
    n_steps : int, optional
        Passos de todas as receitas, para uma prova rápida.
    device : {"cpu", "cuda", "auto"}, default="auto"
    n_jobs : int, optional
        Tarefas ao mesmo tempo, como no joblib; sem ele, o que ``joblib.parallel_config`` disser.
    minutes : float, optional
        Depois de tanto tempo, nenhuma tarefa nova começa; outra execução continua.

    Returns
    -------
    int
        Quantas linhas ainda faltam.

    Raises
    ------
    TypeError, ValueError
        Argumentos que não servem, ou `path` que é outra coisa.
    RuntimeError
        Se outra execução estiver gravando em `path`.
    """
    n_seeds = check_int(n_seeds, "n_seeds")
    together = check_int(together, "together")
    names = list(CONFIGURATIONS) if names is None else list(names)
    for name in names:
        check_choice(name, "names", CONFIGURATIONS)
    if device != "auto":  # com "auto", cada máquina do cluster vê o que tem
        resolve_device(device)
    deadline = None if minutes is None else time.monotonic() + 60 * minutes
    with _exclusive_table(Path(path)) as table:
        tasks = list(_missing(table, names, n_seeds, together))
        n_missing = sum(len(seeds) for *_, seeds in tasks)
        n_jobs_now = joblib.parallel.effective_n_jobs(n_jobs)
        options = {"n_steps": n_steps, "device": device, "progress": n_jobs_now == 1}
        results = joblib.Parallel(n_jobs=n_jobs, batch_size=1, return_as="generator_unordered")(
            joblib.delayed(measure)(*task, **options) for task in _until(deadline, tasks)
        )
        total = len(names) * len(DATA) * n_seeds
        with tqdm(total=total, initial=total - n_missing, desc="GANs prontos") as bar:
            for rows in results:
                _append(table, rows)
                n_missing -= len(rows)
                bar.update(len(rows))
    return n_missing


def _until(deadline, tasks):
    for task in tasks:
        if deadline is not None and time.monotonic() > deadline:
            return
        yield task


def _missing(table, names, n_seeds, together):
    """As tarefas que faltam: sementes seguidas, até `together` de cada vez."""
    done = set(read(table)[["data", "configuration", "seed"]].itertuples(index=False, name=None))
    for name, data_name in itertools.product(names, DATA):
        seeds = [seed for seed in range(n_seeds) if (data_name, name, seed) not in done]
        while seeds:
            n = 1
            while n < min(together, len(seeds)) and seeds[n] == seeds[0] + n:
                n += 1
            yield name, data_name, seeds[:n]
            seeds = seeds[n:]


def read(path=TABLE):
    """A tabela gravada.

    Returns
    -------
    pandas.DataFrame
        Uma linha por GAN, com as colunas `COLUMNS`.
    """
    return pd.read_csv(path, comment="#")


@contextmanager
def _exclusive_table(path):
    """Cria a tabela se não existe, reserva-a para este processo e tira uma linha pela metade."""
    header = f"# {COMMAND}\n{','.join(COLUMNS)}\n".encode()
    with path.open("a+b") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # o sistema solta, se ele morrer
            except BlockingIOError:
                raise RuntimeError(f"outra execução já está gravando em path: {path}") from None
        file.seek(0)
        content = file.read()
        if header.startswith(content):  # nova, ou morta antes da primeira linha
            file.truncate(0)
            file.write(header)
        elif content.startswith(header):
            file.truncate(content.rfind(b"\n") + 1)
        else:
            raise ValueError(f"path não é uma tabela deste experimento: {path}")
        file.flush()
        yield path


def _append(path, rows):
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, COLUMNS, lineterminator="\n").writerows(rows)
        file.flush()  # numa só escrita
        os.fsync(file.fileno())


def _backend():
    """O Dask, se o ambiente diz onde ele está; senão, o que o joblib usa por omissão."""
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    if not address:
        return nullcontext()
    from dask.distributed import Client

    return joblib.parallel_config("dask", client=Client(address), n_jobs=-1)


def main(arguments=None):
    """A linha de comando; ``--help`` a descreve."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--device", default="auto", help="cpu, cuda ou auto (padrão)")
    add("--seeds", type=int, default=10, help="quantas sementes (padrão: 10)")
    add("--together", type=int, default=10, help="sementes treinadas juntas (padrão: 10)")
    add("--jobs", type=int, help="tarefas ao mesmo tempo (padrão: 1)")
    add("--minutes", type=float, help="não começar tarefas novas depois deste tempo")
    add("--only", nargs="+", metavar="NOME", help=f"só algumas de: {'; '.join(CONFIGURATIONS)}")
    add("--output", type=Path, help=f"tabela a continuar (padrão: {TABLE.name}, no pacote)")
    add("--quick", action="store_true", help="20 passos por GAN, só para ver se anda")
    options = parser.parse_args(arguments)
    if options.quick and options.output is None:
        parser.error("--quick pede também --output, para não misturar a prova com a tabela")
    with _backend():
        n_missing = record(
            options.output or TABLE,
            n_seeds=options.seeds,
            names=options.only,
            together=options.together,
            n_steps=20 if options.quick else None,
            device=options.device,
            n_jobs=options.jobs,
            minutes=options.minutes,
        )
    print(f"faltam {n_missing} GANs" if n_missing else "tabela completa")


if __name__ == "__main__":
    main()
