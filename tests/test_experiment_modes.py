"""O experimento longo dos modos: nenhuma semente se perde, nenhuma linha se repete."""

import os
import signal
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest

from gan_lessons.experiments import modes

NAMES = ("R1", "pacotes de 2")
COMMAND = [sys.executable, "-m", "gan_lessons.experiments.modes", "--quick", "--only", *NAMES]


def keys(path):
    table = modes.read(path)
    return list(zip(table["data"], table["configuration"], table["seed"], strict=True))


def expected(n_seeds, names=NAMES):
    return sorted((data, name, seed) for data in modes.DATA for name in names for seed in n_seeds)


def quick(path, **options):
    return modes.record(path, **{"names": NAMES, "n_steps": 3, "device": "cpu", **options})


def test_the_experiment_continues_without_repeating_a_row(tmp_path):
    path = tmp_path / "tabela.csv"
    assert quick(path, n_seeds=1) == 0
    first = path.read_text(encoding="utf-8")
    assert first.startswith("# python -m gan_lessons.experiments.modes\n")
    assert quick(path, n_seeds=3, together=2) == 0
    assert path.read_text(encoding="utf-8").startswith(first)
    assert sorted(keys(path)) == expected(range(3))
    table = modes.read(path)
    assert list(table.columns) == modes.COLUMNS
    assert (table["steps"] == 3).all()
    for column in ("high_quality", "total_variation", "precision", "recall"):
        assert table[column].between(0, 1).all()


def test_a_seed_trained_in_company_is_the_seed_trained_alone(tmp_path):
    alone, together = tmp_path / "um.csv", tmp_path / "juntos.csv"
    options = {"names": ["R1"], "n_seeds": 2, "n_steps": 3}
    quick(alone, together=1, **options)
    quick(together, together=2, **options)
    columns = ["high_quality", "total_variation", "precision", "recall"]
    scores = [modes.read(p).sort_values(["data", "seed"])[columns] for p in (alone, together)]
    np.testing.assert_allclose(*scores, atol=0.01)


def test_when_the_time_is_over_no_new_task_begins(tmp_path):
    path = tmp_path / "tabela.csv"
    assert quick(path, n_seeds=1, minutes=0) == 4
    assert keys(path) == []
    assert quick(path, n_seeds=1) == 0


def test_sigkill_loses_no_finished_seed_and_repeats_none(tmp_path):
    path = tmp_path / "tabela.csv"
    command = [*COMMAND, "--output", str(path), "--seeds", "2", "--together", "1"]
    n_killed = 0
    for wanted in (2, 5):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while process.poll() is None and (not path.exists() or count(path) < wanted):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        n_killed += process.wait() == -signal.SIGKILL
        before = path.read_text(encoding="utf-8")
        assert len(keys(path)) >= wanted
    assert n_killed == 2
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "tabela completa" in result.stdout
    assert path.read_text(encoding="utf-8").startswith(before)
    assert sorted(keys(path)) == expected(range(2))


def count(path):
    return max(path.read_text(encoding="utf-8").count("\n") - 2, 0)


def test_a_row_cut_in_the_middle_is_trained_again(tmp_path):
    path = tmp_path / "tabela.csv"
    quick(path, n_seeds=1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    quick(path, n_seeds=1)
    assert path.read_bytes().startswith(whole[: whole[:-1].rfind(b"\n") + 1])
    assert sorted(keys(path)) == expected(range(1))


def test_a_header_cut_in_the_middle_is_written_again(tmp_path):
    path = tmp_path / "tabela.csv"
    quick(path, n_seeds=1, minutes=0)
    whole = path.read_bytes()
    path.write_bytes(whole[:10])
    quick(path, n_seeds=1, minutes=0)
    assert path.read_bytes() == whole


@pytest.mark.skipif(modes.fcntl is None, reason="este sistema não tem trancas de arquivo")
def test_two_runs_never_write_to_the_same_table(tmp_path):
    path = tmp_path / "tabela.csv"
    with modes._exclusive_table(path), pytest.raises(RuntimeError, match="outra execução"):
        quick(path)


def test_processes_share_the_tasks(tmp_path):
    path = tmp_path / "tabela.csv"
    with joblib.parallel_config("loky", n_jobs=2):
        assert quick(path, n_seeds=2, together=1, names=["R1"]) == 0
    assert sorted(keys(path)) == expected(range(2), ["R1"])


def test_the_same_command_spreads_over_a_dask_cluster(tmp_path):
    distributed = pytest.importorskip("dask.distributed", reason="falta o extra [cluster]")
    path = tmp_path / "tabela.csv"
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        command = [*COMMAND, "--output", str(path), "--seeds", "1"]
        environment = {**os.environ, "DASK_SCHEDULER_ADDRESS": cluster.scheduler_address}
        subprocess.run(command, check=True, env=environment, capture_output=True)
        trained = client.run(lambda: "gan_lessons.population" in sys.modules)
        processes = client.run(os.getpid)
    assert list(trained.values()) == [True, True]
    assert len({*processes.values(), os.getpid()}) == 3
    assert sorted(keys(path)) == expected(range(1))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_seeds": 0}, ValueError, "n_seeds deve ser"),
        ({"together": 2.5}, TypeError, "together deve ser"),
        ({"names": ["R2"]}, ValueError, "names deve ser uma destas opções: .*mas chegou 'R2'"),
        ({"device": "tpu"}, ValueError, "device deve ser"),
    ],
)
def test_bad_input_is_refused_before_a_table_exists(tmp_path, options, error, message):
    path = tmp_path / "tabela.csv"
    with pytest.raises(error, match=message):
        quick(path, **options)
    assert not path.exists()


def test_a_file_that_is_not_the_table_is_left_alone(tmp_path):
    path = tmp_path / "notas.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="path não é uma tabela deste experimento"):
        quick(path)
    assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_a_quick_run_never_goes_into_the_recorded_table(capsys):
    with pytest.raises(SystemExit):
        modes.main(["--quick"])
    assert "--quick pede também --output" in capsys.readouterr().err


def test_the_recorded_table_has_ten_seeds_of_each_configuration_once():
    table = modes.read()
    counts = table.groupby(["configuration", "data"])["seed"].agg(["size", "nunique"])
    assert set(table["configuration"]) == set(modes.CONFIGURATIONS)
    assert len(counts) == len(modes.DATA) * len(modes.CONFIGURATIONS)
    assert (counts["nunique"] >= 10).all()
    assert (counts["size"] == counts["nunique"]).all()


def test_the_recorded_table_was_made_with_the_recipes_of_this_file():
    for name, rows in modes.read().groupby("configuration"):
        assert set(rows["steps"]) == {modes.CONFIGURATIONS[name].recipe.n_steps}
        assert set(rows["budget"]) == {modes.CONFIGURATIONS[name].budget}


def test_the_best_row_reaches_what_the_lesson_promises():
    best = modes.read().query("configuration == 'R1, treino longo'").groupby("data")
    scores = best[["modes", "high_quality"]].mean()
    assert scores.loc["anel", "modes"] == 8
    assert scores.loc["anel", "high_quality"] >= 0.8
    assert scores.loc["grade", "modes"] == 25
    assert scores.loc["grade", "high_quality"] >= 0.7


def test_every_remedy_of_the_common_budget_makes_as_many_updates():
    updates = {
        configuration.recipe.n_steps * (configuration.recipe.discriminator_steps + 1)
        for configuration in modes.CONFIGURATIONS.values()
        if configuration.budget == "comum"
    }
    assert max(updates) - min(updates) <= 6
