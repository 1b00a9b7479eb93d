"""Um experimento interrompido continua de onde parou, e a tabela gravada é a que ele promete."""

import numpy as np
import pandas as pd
import pytest

from gan_lessons.experiments import digits, spiral_recipe


def test_spiral_recipe_continues_without_repeating_a_row(tmp_path, monkeypatch):
    path = tmp_path / "tabela.csv"
    chosen = ("saída linear", "sem R1")
    monkeypatch.setattr(
        spiral_recipe,
        "CONFIGURATIONS",
        {name: spiral_recipe.CONFIGURATIONS[name] for name in chosen},
    )
    spiral_recipe.record(path, n_seeds=1, n_steps=2)
    first = path.read_text(encoding="utf-8")
    spiral_recipe.record(path, n_seeds=2, n_steps=2)
    assert path.read_text(encoding="utf-8").startswith(first)
    table = pd.read_csv(path)
    assert list(table.columns) == spiral_recipe.COLUMNS
    assert sorted(zip(table["configuration"], table["seed"], strict=True)) == [
        (name, seed) for name in chosen for seed in (0, 1)
    ]
    assert table["judge"].between(0.4, 1).all()


def test_recorded_table_has_every_configuration_with_five_seeds():
    table = pd.read_csv(spiral_recipe.TABLE)
    counts = table.groupby("configuration")["seed"].nunique()
    assert set(counts.index) == set(spiral_recipe.CONFIGURATIONS)
    assert (counts >= 5).all()


def test_bad_number_of_seeds_is_refused(tmp_path):
    with pytest.raises(ValueError, match="n_seeds deve ser"):
        spiral_recipe.record(tmp_path / "tabela.csv", n_seeds=0)


def test_digits_continue_without_repeating_a_row(tmp_path):
    path = tmp_path / "tabela.csv"
    digits.record(path, n_seeds=1, n_steps=2)
    first = path.read_text(encoding="utf-8")
    digits.record(path, n_seeds=1, n_steps=2)
    assert path.read_text(encoding="utf-8") == first
    table = pd.read_csv(path).set_index("configuration")
    assert list(table.index) == list(digits.CONFIGURATIONS)
    assert table["read_right"].notna().to_dict() == {"condicional": True, "sem rótulo": False}
    assert (table["judge"] > 0.9).all()  # dois passos não enganam ninguém
    assert (table["copy"] < 0.1).all()


def test_the_digits_held_out_for_the_judge_are_never_trained_on():
    train, test, train_labels, test_labels = digits.split_digits()
    assert (len(train), len(test)) == (1257, 540)
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}
    assert np.bincount(test_labels).min() > 50
    assert np.bincount(train_labels).min() > 100


def test_recorded_digits_keep_the_promises_of_the_lesson():
    table = pd.read_csv(digits.TABLE)
    conditional = table[table["configuration"] == "condicional"]
    assert conditional["seed"].nunique() >= 3
    assert conditional["read_right"].mean() >= 0.97
    assert conditional["judge"].mean() <= 0.65
    assert (conditional["digits"] == 10).all()
