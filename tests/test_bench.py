"""O banco de medidas roda e grava o que mostra; os tempos em si não são testados."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

SCRIPT = Path(__file__).parent / "bench" / "bench.py"


def test_bench_shows_a_table_and_writes_it(tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("bench", SCRIPT)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "bench.json")
    monkeypatch.setattr(bench, "CLASSIC", replace(bench.CLASSIC, n_steps=400))
    monkeypatch.setattr(sys, "argv", ["bench.py", "--quick", "--rounds", "1"])
    bench.main()
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    (spiral,) = [table for title, table in written.items() if title.startswith("espiral")]
    assert spiral["laço publicado"]["razão"] == 1
    assert set(spiral) == set(bench.TRAINING)
    assert "Trainer, receita clássica" in capsys.readouterr().out
