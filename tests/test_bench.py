"""O banco de medidas roda e grava o que mostra; os tempos em si não são testados."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from gan_lessons.losses import LOSSES

SCRIPT = Path(__file__).parent / "bench" / "bench.py"


@pytest.fixture
def bench(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("bench", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "BUILD", tmp_path)
    # No mesmo processo, em poucos passos e sem compilar: aqui só se confere o programa.
    measures = {name: getattr(module, name) for name in ("measure_training", "measure_quality")}

    def in_this_process(function, *, cache, **arguments):
        if "engine" in arguments and arguments["engine"].startswith("population-"):
            arguments["engine"] = arguments["engine"].replace("population", "eager")
        arguments["n_steps"] = min(arguments["n_steps"], 40)
        result = measures[function](**arguments)
        return json.loads(json.dumps(result))

    monkeypatch.setattr(module, "in_a_process", in_this_process)
    return module


def run(bench, monkeypatch, *options):
    monkeypatch.setattr(sys, "argv", ["bench.py", "--quick", "--rounds", "1", *options])
    bench.main()
    return json.loads((bench.BUILD / "bench.json").read_text(encoding="utf-8"))


def test_bench_compares_the_published_loop_and_the_trainer(bench, monkeypatch, capsys):
    measures = run(bench, monkeypatch, "--only", "lacos")["lacos"]["measures"]
    assert [measure["engine"] for measure in measures] == ["published", "trainer", "modern"]
    assert bench.summarize(measures)["published"]["ratio"] == 1
    shown = capsys.readouterr().out
    assert "laço publicado" in shown
    assert "Trainer, receita moderna" in shown
    assert (bench.BUILD / "bench.png").is_file()


def test_a_part_measured_again_keeps_the_others_and_may_add_rounds(bench, monkeypatch):
    run(bench, monkeypatch, "--only", "lacos")
    run(bench, monkeypatch, "--only", "crescimento", "--gans", "1", "3")
    results = run(bench, monkeypatch, "--only", "lacos", "--add")
    assert len(results["lacos"]["measures"]) == 6
    assert [measure["n_gans"] for measure in results["crescimento"]["measures"]] == [1, 3]


def test_every_loss_of_the_course_is_measured(bench, monkeypatch, capsys):
    measures = run(bench, monkeypatch, "--only", "perdas")["perdas"]["measures"]
    assert [measure["loss"] for measure in measures] == list(LOSSES)
    shown = capsys.readouterr().out
    assert all(loss in shown for loss in LOSSES)


def test_ratios_are_per_gan_and_within_the_round(bench):
    def measure(engine, seconds, n_gans=1, **more):
        line = {"engine": engine, "seconds": seconds, "n_gans": n_gans, "n_steps": 100}
        return {**line, "peak_megabytes": 1.0, "compile_seconds": 0.0, **more}

    measures = [
        measure("published", 10.0),
        measure("population-64", 16.0, 64, compile_seconds=4.0, cold=True),
        measure("published", 30.0),
        measure("population-64", 24.0, 64, compile_seconds=1.0, cold=False),
    ]
    line = bench.summarize(measures)["population-64"]
    assert line["ratio"] == (10 * 64 / 16 + 30 * 64 / 24) / 2
    assert line["ratio_with_cold_compile"] == 10 * 64 / 20
    assert (line["compile_cold"], line["compile_warm"]) == (4.0, 1.0)


def test_time_to_quality_is_of_the_mean_accuracy(bench):
    def curve(*points):
        return [{"step": 1, "seconds": s, "accuracy": a} for s, a in points]

    measures = [
        {"engine": "trainer", "curve": curve((1, 0.9), (2, 0.58), (3, 0.50))},
        {"engine": "trainer", "curve": curve((3, 0.9), (4, 0.60), (5, 0.56))},
        {"engine": "published", "curve": curve((9, 0.9))},
    ]
    table = bench.time_to_quality(measures)
    assert (table["trainer"][0.60], table["trainer"][0.55]) == (3, 4)
    assert table["published"][0.60] is None
