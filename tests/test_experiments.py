"""Um experimento interrompido continua de onde parou, e nenhuma linha se perde nem se repete."""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from datetime import date

import numpy as np
import pandas as pd
import psutil
import pytest

from gan_lessons.experiments import digits, mnist, modes, neighbours, spiral_recipe
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import MAX_SEEDS, Experiment
from gan_lessons.experiments.table import Table, finite, one_of, optional

EXPERIMENTS = {
    spiral_recipe: ["saída linear", "sem R1"],
    digits: ["condicional", "sem rótulo"],
    mnist: ["condicional"],
    modes: ["pacotes de 2"],
    neighbours: ["difusão, 1 chamada", "GAN"],
}
EACH = pytest.mark.parametrize("module", EXPERIMENTS, ids=lambda module: module.__name__[24:])


def quick(module, path, **options):
    names = EXPERIMENTS[module]
    return module.record(path, **{"names": names, "n_seeds": 1, "n_steps": 2, **options})


def keys(module, path):
    table = module.read(path)
    return sorted(table[list(module.EXPERIMENT.table.keys)].itertuples(index=False, name=None))


def wanted(module, n_seeds=1):
    others = module.EXPERIMENT.factors.get("data", [()])
    return sorted(
        (name, *([other] if other else []), seed)
        for name in EXPERIMENTS[module]
        for other in others
        for seed in range(n_seeds)
    )


# Um experimento que não treina nada, para o que não depende de GAN nenhuma.


def measure(configuration, seeds, *, n_steps=None, device="cpu", progress=False):
    assert not set(seeds) & measure.failing, "uma GAN não terminou"
    for seed in seeds:
        yield {"configuration": configuration, "seed": seed, "judge": 0.5 + seed, "diverged": ""}


measure.failing = set()


@pytest.fixture
def toy(tmp_path):
    names = ("A, e vírgula", "B")
    columns = {
        "configuration": one_of(names),
        "seed": int,
        "judge": finite,
        "diverged": optional(int),
        "torch": str,
        "date": date.fromisoformat,
    }
    table = Table(tmp_path / "t.csv", columns, ("configuration", "seed"), preamble="# origem\n")
    return Experiment(table, {"configuration": names}, measure, n_seeds=2)


def toy_keys(toy):
    table = toy.table.read()
    return sorted(zip(table["configuration"], table["seed"], strict=True))


TOY_KEYS = [(name, seed) for name in ("A, e vírgula", "B") for seed in (0, 1)]


def test_a_table_cut_anywhere_is_completed_and_no_row_comes_twice(toy):
    toy.record()
    whole = toy.table.path.read_bytes()
    for size in range(0, len(whole), 5):
        toy.table.path.write_bytes(whole[:size])
        toy.record()
        assert toy_keys(toy) == TOY_KEYS
        assert toy.table.path.read_bytes() == whole


def test_a_row_cut_in_the_middle_is_not_read_as_a_result(toy):
    toy.record()
    whole = toy.table.path.read_bytes()
    toy.table.path.write_bytes(whole[:-20])
    assert toy_keys(toy) == TOY_KEYS[:3]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b",0.5,", b",0.", "está estragada, a 3"),  # duas linhas coladas por um corte
        (b",0.5,", b",nan,", "está estragada, a 3"),
        (b",0.5,", b",0x5,", "está estragada, a 3"),
        (b"B,0", b"C,0", "está estragada, a 4"),
        (b"B,0", b"B,x", "está estragada, a 4"),
        (b"B,1", b"B,0", "repete outra, a 6"),
        ("vírgula".encode(), b"v\xedrgula", "está estragada, a 3"),
        (b"# origem", b"# outra", "não é uma tabela deste experimento"),
    ],
)
def test_a_damaged_table_is_refused_and_left_as_it_is(toy, old, new, what):
    toy.record()
    damaged = toy.table.path.read_bytes().replace(old, new, 1)
    toy.table.path.write_bytes(damaged)
    for use in (toy.table.read, toy.record):
        with pytest.raises(ValueError, match=f"path .*{what}"):
            use()
    assert toy.table.path.read_bytes() == damaged


def test_two_runs_never_write_to_the_same_table(toy):
    with toy.prepared(), pytest.raises(RuntimeError, match="outra execução"):
        toy.record()
    assert toy.record() == 0  # a tranca acaba com quem a pôs


def test_when_the_time_is_over_no_new_task_begins(toy):
    assert toy.record(minutes=0) == 4
    assert toy_keys(toy) == []
    assert toy.record() == 0


def test_a_gan_that_fails_keeps_the_rows_of_the_ones_before_it(toy, monkeypatch):
    monkeypatch.setattr(measure, "failing", {1})
    with pytest.raises(AssertionError, match="não terminou"):
        toy.record()
    assert toy_keys(toy) == [("A, e vírgula", 0), ("B", 0)]


def test_seeds_that_are_missing_in_the_middle_are_trained_in_runs_of_neighbours(toy):
    done = {("B", 2)}
    assert list(toy._missing(done, ["B"], 6, 4)) == [
        (("B",), [0, 1]),
        (("B",), [3]),
        (("B",), [4, 5]),
    ]


def test_a_name_asked_for_twice_is_trained_once(toy):
    assert toy.record(names=["B", "B"]) == 0
    assert toy_keys(toy) == TOY_KEYS[2:]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_seeds": 0}, ValueError, "n_seeds deve ser pelo menos 1"),
        ({"n_seeds": MAX_SEEDS + 1}, ValueError, "n_seeds deve ser no máximo 1000"),
        ({"together": 2.5}, TypeError, "together deve ser"),
        ({"names": ["C"]}, ValueError, "names deve ser uma destas opções: .*mas chegou 'C'"),
        ({"names": "B"}, TypeError, "names deve ser uma lista"),
        ({"names": []}, TypeError, "names deve ser uma lista"),
        ({"device": "tpu"}, ValueError, "device deve ser"),
        ({"n_jobs": 0}, ValueError, "n_jobs deve ser diferente de 0"),
        ({"n_jobs": 10**6}, ValueError, "n_jobs deve ser no máximo"),
        ({"minutes": float("nan")}, ValueError, "minutes deve ser"),
        ({"n_steps": 0}, ValueError, "n_steps deve ser"),
        ({"path": 3}, TypeError, "path deve ser o nome"),
        ({"path": "."}, ValueError, "path deve ser o nome de um arquivo"),
        ({"path": "sem pasta/t.csv"}, ValueError, "path deve ser um arquivo"),
    ],
)
def test_bad_input_is_refused_before_a_table_exists(toy, options, error, message):
    with pytest.raises(error, match=message):
        toy.record(**options)
    assert not toy.table.path.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0"], "--jobs deve ser diferente de 0"),
        (["--seeds", "-1"], "--seeds deve ser pelo menos 1"),
        (["--seeds", "dez"], "--seeds: deve ser um número inteiro, mas chegou 'dez'"),
        (["--minutes", "já"], "--minutes: deve ser um número, mas chegou 'já'"),
        (["--only", "B", "C"], "--only deve ser uma destas opções"),
        (["--only"], "--only: falta o valor"),
        (["--sementes", "3"], "não existe esta opção: --sementes 3"),
        (["--quick=1"], "--quick: não leva valor"),
        (["--quick"], "--quick pede também --output"),
        (["--output", "sem pasta/t.csv"], "--output deve ser um arquivo"),
        (["--device", "tpu"], "--device deve ser"),
    ],
)
def test_the_command_answers_mistakes_in_portuguese(toy, arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(toy, "Um experimento.", arguments)
    said = capsys.readouterr().err
    assert message in said
    assert not {"usage", "argument", "invalid", "expected"} & set(said.replace(":", " ").split())
    assert not toy.table.path.exists()


def test_the_command_records_what_is_missing_and_says_so(toy, tmp_path, capsys):
    other = tmp_path / "outra.csv"
    main(toy, "Um experimento.", ["--minutes", "0", "--output", str(other)])
    main(toy, "Um experimento.", ["--seeds", "1", "--output", str(other)])
    assert capsys.readouterr().out == "faltam 4 GANs\ntabela completa\n"
    assert list(toy.table.read(other)["seed"]) == [0, 0]


def test_the_help_of_the_command_is_in_portuguese(toy, capsys):
    with pytest.raises(SystemExit):
        main(toy, "Um experimento.", ["--help"])
    said = capsys.readouterr().out
    assert said.startswith("uso:")
    assert "A, e vírgula; B" in said
    assert "show this help" not in said


def test_the_processes_of_an_experiment_end_with_it(tmp_path):
    script = tmp_path / "experimento.py"
    code = """
    import os, pathlib, sys, time, joblib
    from gan_lessons.experiments import children

    def train(seed):
        pathlib.Path(sys.argv[1], str(os.getpid())).touch()
        time.sleep(600)

    if __name__ == "__main__":
        task = joblib.delayed(children.run)
        joblib.Parallel(n_jobs=2)(task(os.getpid(), train, seed) for seed in range(9))
    """
    script.write_text(textwrap.dedent(code).replace("sys.argv[1]", repr(str(tmp_path))))
    parent = subprocess.Popen([sys.executable, str(script)])
    try:
        wait_until(lambda: len(list(tmp_path.glob("[0-9]*"))) == 2)
    finally:
        parent.kill()
        parent.wait()
    processes = []
    for path in tmp_path.glob("[0-9]*"):
        with suppress(psutil.NoSuchProcess):
            processes.append(psutil.Process(int(path.name)))
    _, alive = psutil.wait_procs(processes, timeout=60)
    for process in alive:
        process.kill()
    assert not alive


def wait_until(condition):
    deadline = time.monotonic() + 300  # só para um teste quebrado não ficar à espera para sempre
    while not condition():
        assert time.monotonic() < deadline, "o processo não chegou aonde devia"
        time.sleep(0.02)


# Os cinco experimentos do curso.


@EACH
def test_the_experiment_continues_without_repeating_a_row(module, tmp_path):
    path = tmp_path / "tabela.csv"
    assert quick(module, path) == 0
    first = path.read_text(encoding="utf-8")
    assert quick(module, path, n_seeds=2) == 0
    assert path.read_text(encoding="utf-8").startswith(first)
    assert keys(module, path) == wanted(module, 2)
    table = module.read(path)
    assert list(table.columns) == list(module.COLUMNS)
    for column in {"judge", "high_quality", "precision", "recall", "copy"} & set(table):
        assert table[column].dropna().between(0, 1).all()
    if module is digits:  # só se lê certo o que foi pedido, e dois passos não enganam ninguém
        assert (table["read_right"].notna() == (table["configuration"] == "condicional")).all()
        assert (table["judge"] > 0.9).all()
        assert (table["copy"] < 0.1).all()


def command_line(module, *arguments):
    """O que faz ``python -m module arguments``."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


@pytest.fixture(scope="module")
def newborn():
    """Processos que nascem com as bibliotecas já carregadas, o que custa mais que o experimento."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("só onde um processo se duplica")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch._dynamo", "gan_lessons.experiments.mnist"])
    return context.Process


@EACH
def test_sigkill_loses_no_finished_row_and_repeats_none(module, newborn, tmp_path):
    path = tmp_path / "tabela.csv"
    arguments = ["--quick", "--together", "1", "--seeds", "2", "--output", str(path)]
    arguments += ["--only", *EXPERIMENTS[module]]
    process = newborn(target=command_line, args=(module.__name__, *arguments))
    process.start()
    header = module.EXPERIMENT.table.preamble.count("\n") + 1
    wait_until(lambda: path.exists() and path.read_bytes().count(b"\n") > header)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    before = path.read_bytes()
    before = before[: before.rfind(b"\n") + 1]
    assert 1 <= len(keys(module, path)) < len(wanted(module, 2))
    assert quick(module, path, n_seeds=2) == 0
    assert path.read_bytes().startswith(before)
    assert keys(module, path) == wanted(module, 2)


def test_the_same_command_spreads_over_a_dask_cluster(tmp_path, newborn, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD", "forkserver")
    from multiprocessing import forkserver  # só onde um processo se duplica

    forkserver.ensure_running()  # com as bibliotecas do curso, antes que o Dask escolha as suas
    distributed = pytest.importorskip("dask.distributed", reason="falta o extra [cluster]")
    path = tmp_path / "tabela.csv"
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
        arguments = ["--quick", "--seeds", "2", "--output", str(path)]
        arguments += ["--only", *EXPERIMENTS[spiral_recipe]]
        with distributed.get_task_stream(client) as stream:
            main(spiral_recipe.EXPERIMENT, spiral_recipe.__doc__, arguments)
        processes = client.run(os.getpid)
    assert len({*processes.values(), os.getpid()}) == 3
    assert {task["worker"] for task in stream.data} == set(processes)
    assert keys(spiral_recipe, path) == wanted(spiral_recipe, 2)


def test_a_cluster_that_does_not_answer_is_named(toy, monkeypatch, capsys):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "isto não é um endereço")
    with pytest.raises(SystemExit):
        main(toy, "Um experimento.", [])
    assert "DASK_SCHEDULER_ADDRESS deve ser o endereço" in capsys.readouterr().err


@EACH
def test_the_recorded_table_has_every_seed_of_every_configuration_once(module):
    experiment, table = module.EXPERIMENT, module.read()
    assert keys(module, module.TABLE) == sorted(set(keys(module, module.TABLE)))
    for factor, values in experiment.factors.items():
        assert set(table[factor]) == set(values)
    counts = table.groupby(list(experiment.factors))["seed"].nunique()
    assert (counts >= experiment.n_seeds).all()


def test_the_digits_held_out_for_the_judge_are_never_trained_on():
    train, test, train_labels, test_labels = digits.split_digits()
    assert (len(train), len(test)) == (1257, 540)
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}
    assert np.bincount(test_labels).min() > 50
    assert np.bincount(train_labels).min() > 100


def test_recorded_digits_keep_the_promises_of_the_lesson():
    table = digits.read()
    conditional = table.query("configuration == 'condicional'")
    warm_up = table.query("configuration == 'sem rótulo'")
    assert conditional["read_right"].mean() >= 0.98
    assert conditional["judge"].mean() <= 0.61
    assert conditional["judge"].max() < warm_up["judge"].min()
    assert (conditional["digits"] == 10).all()


def test_a_spreadsheet_reads_the_recorded_tables_too():
    for module in EXPERIMENTS:
        assert pd.read_csv(module.TABLE, comment="#").equals(module.read())
