"""Um experimento: as mesmas medidas em várias condições e sementes, a continuar quando se queira.

As tarefas passam pelo `joblib`, e quem chama pode espalhá-las com ``joblib.parallel_config``. Só
este processo grava, e grava cada tarefa de uma vez, assim que termina: quem for morto no meio
perde só as que estavam em curso, e ao voltar não repete nenhuma.
"""

import datetime
import itertools
import math
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import joblib
from tqdm import tqdm

from gan_lessons.experiments import children
from gan_lessons.experiments.table import Table
from gan_lessons.training import resolve_device
from gan_lessons.validation import check_choice, check_int, check_number, shown

MAX_SEEDS = 1000
"""O maior número de sementes; o experimento mais curto já levaria com elas mais de um dia."""


@dataclass(frozen=True)
class Experiment:
    """O que um experimento mede, e onde o grava.

    Parameters
    ----------
    table : Table
        As chaves dela são os `factors`, na mesma ordem, e ``seed``.
    factors : dict of str to iterable of str
        De cada coluna aos valores que ela pode ter; a primeira é ``configuration``.
    measure : callable
        ``(*condição, sementes, n_steps=None, device=…, progress=…)``: treina uma condição com
        sementes seguidas, e dá um dicionário por semente, com as colunas da tabela. As colunas
        ``torch`` e ``date`` são postas aqui.
    n_seeds : int
        Sementes de cada condição.
    together : int, default=1
        Sementes de uma mesma tarefa.
    device : {"cpu", "cuda", "auto"}, default="cpu"
    """

    table: Table
    factors: dict
    measure: Callable
    n_seeds: int
    together: int = 1
    device: str = "cpu"

    def record(self, path=None, **options):
        """Acrescenta a `path` as linhas que faltam, e devolve quantas ficaram por fazer.

        Os argumentos e os erros são os de `prepared`.
        """
        with self.prepared(path, **options) as run:
            return run()

    @contextmanager
    def prepared(
        self,
        path=None,
        *,
        n_seeds=None,
        names=None,
        together=None,
        n_steps=None,
        device=None,
        n_jobs=None,
        minutes=None,
    ):
        """Confere os argumentos e reserva a tabela; dá a função que treina e grava o que falta.

        Parameters
        ----------
        path : path-like, optional
            Sem ele, a tabela do curso.
        n_seeds : int, optional
            Sementes 0 a ``n_seeds − 1`` de cada condição, no máximo `MAX_SEEDS`.
        names : list of str, optional
            Algumas das configurações; sem ele, todas.
        together : int, optional
            Sementes de uma mesma tarefa.
        n_steps : int, optional
            Passos de todas as receitas, para uma prova rápida.
        device : {"cpu", "cuda", "auto"}, optional
        n_jobs : int, optional
            Tarefas ao mesmo tempo, como no joblib; sem ele, o que ``joblib.parallel_config``
            disser.
        minutes : float, optional
            Depois de tanto tempo, nenhuma tarefa nova começa; outra execução continua.

        Raises
        ------
        ValueError
            Se a tabela não se pode continuar.
        RuntimeError
            Se outra execução estiver gravando na mesma tabela.
        """
        n_seeds = check_int(_or(n_seeds, self.n_seeds), "n_seeds", maximum=MAX_SEEDS)
        together = check_int(_or(together, self.together), "together", maximum=MAX_SEEDS)
        names = self._check_names(names)
        n_steps = None if n_steps is None else check_int(n_steps, "n_steps")
        device = _or(device, self.device)
        if not (isinstance(device, str) and device == "auto"):  # cada máquina verá o que tem
            resolve_device(device)
        _check_n_jobs(n_jobs)
        minutes = math.inf if minutes is None else check_number(minutes, "minutes")
        with self.table.writing(path) as path:
            tasks = list(self._missing(self.table.done(path), names, n_seeds, together))
            yield partial(self._run, path, tasks, n_jobs, minutes, n_steps=n_steps, device=device)

    def _check_names(self, names):
        known = self.factors["configuration"]
        if names is None:
            return list(known)
        if not isinstance(names, list | tuple) or not names:
            raise TypeError(f"names deve ser uma lista de nomes, mas chegou {shown(names)}.")
        return list(dict.fromkeys(check_choice(name, "names", known) for name in names))

    def _missing(self, done, names, n_seeds, together):
        """As tarefas que faltam: uma condição e as suas sementes, seguidas, até `together`."""
        conditions = list(itertools.product(names, *list(self.factors.values())[1:]))
        for first in range(0, n_seeds, together):
            group = range(first, min(first + together, n_seeds))
            for condition in conditions:
                runs = itertools.groupby(group, lambda seed, c=condition: (*c, seed) in done)
                yield from ((condition, list(seeds)) for is_done, seeds in runs if not is_done)

    def _run(self, path, tasks, n_jobs, minutes, **options):
        n_missing = sum(len(seeds) for _, seeds in tasks)
        alone = joblib.parallel.effective_n_jobs(n_jobs) == 1
        measure = partial(children.run, os.getpid(), _measure, self.measure, progress=alone)
        parallel = joblib.Parallel(n_jobs=n_jobs, batch_size=1, return_as="generator_unordered")
        deadline = time.monotonic() + 60 * minutes
        results = parallel(
            joblib.delayed(measure)(*condition, seeds, **options)
            for condition, seeds in itertools.takewhile(
                lambda _: time.monotonic() < deadline, tasks
            )
        )
        with tqdm(total=n_missing, desc="GANs treinadas") as bar:
            for rows in results:
                self.table.append(path, rows)
                n_missing -= len(rows)
                bar.update(len(rows))
        return n_missing


def _measure(measure, *condition_and_seeds, **options):
    made = {"torch": version("torch"), "date": datetime.date.today().isoformat()}
    return [{**row, **made} for row in measure(*condition_and_seeds, **options)]


def _or(value, default):
    return default if value is None else value


def _check_n_jobs(n_jobs):
    if n_jobs is not None:
        most = max(64, os.cpu_count() or 1)
        if check_int(n_jobs, "n_jobs", minimum=-most, maximum=most) == 0:
            raise ValueError("n_jobs deve ser diferente de 0: 1 é uma tarefa de cada vez.")
