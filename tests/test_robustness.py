"""A auditoria das margens: cada afirmação de cada aula tem folga, e a auditoria a mede direito."""

import ast
import json
import math
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook
from robustness import audit, claims, clock, recorder, table
from torch.func import functional_call, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from gan_lessons.models import make_plane_gan


@pytest.mark.parametrize("lesson", claims.lessons())
def test_every_claim_of_a_lesson_holds_with_room(lesson):
    rows = table.read()
    found = list(table.problems(claims.claims_of(lesson), rows[rows["aula"] == lesson]))
    assert not found, "\n".join(
        [*found, f"Dê folga à afirmação, e renove as leituras: make robustez AULA={lesson}"]
    )


def test_the_table_has_no_lesson_that_is_gone():
    assert set(table.read()["aula"]) <= set(claims.lessons())


@pytest.fixture
def record(tmp_path):
    """Executa células como o kernel da auditoria faria, e devolve as leituras."""
    output = tmp_path / "leituras.jsonl"
    begin = []
    events = SimpleNamespace(register=lambda name, function: begin.append(function))
    shell = SimpleNamespace(user_ns={}, user_ns_hidden={}, events=events, ast_transformers=[])
    transformer = recorder.Recorder(shell, str(output))
    exec("import math, numpy as np, pandas as pd, torch", shell.user_ns)

    def run(*cells):
        for cell in cells:
            begin[0](SimpleNamespace(raw_cell=cell))
            exec(compile(transformer.visit(ast.parse(cell)), "célula", "exec"), shell.user_ns)
        return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]

    return run


@pytest.mark.parametrize(
    ("condition", "margins"),
    [
        ("0.3 < 0.5", [0.2]),
        ("0.5 > 0.3", [0.2]),
        ("0.7 < 0.5", [-0.2]),
        ("0.1 < 0.3 < 0.4", [0.2, 0.1]),
        ("0.3 < 0.5 and 2.0 > 1.0", [0.2, 1.0]),
        ("not 0.7 < 0.5", [0.2]),
        ("not (0.7 < 0.5 or 0.9 < 0.5)", [0.2, 0.4]),
        ("3 <= 3", [0.5]),
        ("3 < 4", [0.5]),
        ("3 < 3", [-0.5]),
        ("len('ab') == 2", [0.5]),
        ("2 == 3", [-0.5]),
        ("bool(0.3 < 0.5)", [0.2]),
        ("bool((np.array([0.1, 0.4]) < 0.5).all())", [0.1]),
        ("all(value < 0.5 for value in (0.1, 0.4, 0.2))", [0.1]),
        ("np.all(np.array([1.0, 3.0]) > 0.5)", [0.5]),
        ("(torch.tensor([1.0, 3.0]) > 0.5).all().item()", [0.5]),
        ("pd.Series([0.5, 0.52]).between(0.4, 0.55).all()", [0.03]),
        ("np.allclose([1.0, 2.0], [1.0, 2.0 + 1e-5], rtol=1e-5, atol=0)", [0.5]),
        ("math.isclose(1.0, 1.0)", [1.0]),
        ("torch.allclose(torch.ones(2), torch.ones(2))", [1.0]),
        ("{1, 2} == {2, 1}", [None]),
        ("0.3 < 0.5 or 2.0 > 1.0", [None]),
        ("isinstance(3, int)", [None]),
    ],
)
def test_both_sides_of_every_comparison_are_read(record, condition, margins):
    rows = record(f"confirm('a frase', {condition})")
    assert [row[0] for row in rows] == ["a frase"] * len(margins)
    assert [row[3] for row in rows] == ([0] if margins == [None] else [*range(1, len(rows) + 1)])
    assert [row[6] for row in rows] == pytest.approx(margins, abs=1e-4)
    assert all(
        row[2] == eval(condition, {"np": np, "math": math, "torch": torch, "pd": pd})
        for row in rows
    )


def test_a_comparison_that_got_a_name_is_read_where_the_name_is_confirmed(record):
    rows = record(
        "quality = 0.4\nsame = quality < 0.5",
        "few = quality > 0.1",
        "confirm('uma', same)\nconfirm('duas', same and not few)",
    )
    assert [row[6] for row in rows] == pytest.approx([0.1, 0.1, -0.3])


def test_a_name_that_changed_forgets_its_comparison(record):
    (row,) = record("same = 1 < 2\nsame = True\nconfirm('a frase', same)")
    assert row[3:] == [0, None, None, None]


def test_a_false_claim_does_not_stop_the_lesson(record):
    rows = record("confirm('falsa', 1 > 2)\nconfirm('verdadeira', 2 > 1)")
    assert [(row[0], row[2]) for row in rows] == [("falsa", False), ("verdadeira", True)]


def test_the_worst_turn_of_a_loop_counts_as_one_more_reading(record):
    rows = record("for x in (1.0, 3.0):\n    confirm(f'é {x}', x < 4.0)")
    assert [row[6] for row in rows] == [3.0, 1.0]
    assert {row[0] for row in rows} == {"f'é {x}'"}


def test_readings_and_lesson_agree_on_the_print_of_a_claim(record):
    cell = "x = 1  # comentário\nconfirm('a', x == 1)\nconfirm('b', x < 3)"
    rows = record(cell)
    assert [row[1] for row in rows] == [claims.print_of(cell, text) for text in "ab"]
    assert claims.claim_texts(cell) == ["a", "b"]


@pytest.fixture
def rounded(monkeypatch):
    """Arredonda por um fator grande, para se ver; no fim tudo volta ao que era."""
    for layer in (torch.nn.Linear, torch.nn.Conv2d, torch.nn.ConvTranspose2d):
        monkeypatch.setattr(layer, "forward", layer.forward)
    monkeypatch.setattr(torch, "baddbmm", torch.baddbmm)
    recorder.change_roundings(2**22)  # 1 + ½


@pytest.fixture
def layer():
    return torch.nn.Linear(3, 2, bias=False)


def test_another_rounding_reaches_every_way_of_running_a_layer(layer, rounded):
    x, weights = torch.ones(1, 3), {"weight": layer.weight.detach()}
    expected = 1.5 * torch.nn.functional.linear(x, weights["weight"])

    def pure(weights, x):
        return functional_call(layer, weights, (x,))

    stacked = {"weight": weights["weight"][None]}
    traced = make_fx(pure)(weights, x)
    ways = [layer(x), pure(weights, x), vmap(pure)(stacked, x[None])[0], traced(weights, x)]
    for way in ways:
        torch.testing.assert_close(way.detach(), expected)


def test_another_rounding_reaches_images_and_stacks(rounded):
    x = torch.ones(1, 1, 4, 4)
    for layer, plain in (
        (torch.nn.Conv2d(1, 1, 3, bias=False), torch.nn.functional.conv2d),
        (torch.nn.ConvTranspose2d(1, 1, 3, bias=False), torch.nn.functional.conv_transpose2d),
    ):
        torch.testing.assert_close(layer(x), 1.5 * plain(x, layer.weight))
    ones = torch.ones(1, 1, 1)
    assert torch.baddbmm(ones, ones, ones).item() == 3.0


def test_rounding_zero_is_the_machine_as_it_is(monkeypatch):
    generator, _ = make_plane_gan(0, hidden=(8,))
    noise = torch.ones(2, generator.latent_dim)
    before = generator(noise)
    recorder.change_roundings(0)
    assert torch.equal(generator(noise), before)


def readings(margins, held=None, **common):
    held = [True] * len(margins) if held is None else held
    rows = [
        {"aula": "a", "afirmação": "frase", "célula": "c", "comparação": 1, "arredondamento": k}
        | {"margem": margin, "cumpriu": ok}
        | common
        for k, (margin, ok) in enumerate(zip(margins, held, strict=True))
    ]
    return pd.DataFrame(rows)


def test_the_summary_gives_the_margin_in_standard_deviations():
    margins = [1.0, 2.0, 3.0]
    (row,) = table.summarize(readings(margins)).to_dict("records")
    assert row["margem média"] == 2
    assert row["desvio"] == 1
    assert row["margem/desvio"] == 2
    assert (row["falhas"], row["execuções"]) == (0, 3)


def test_what_does_not_vary_has_no_ratio():
    (row,) = table.summarize(readings([0.5] * 12)).to_dict("records")
    assert math.isnan(row["margem/desvio"])
    assert table.weakness(row, many_seeds=False) is None


CLAIM = claims.Claim("a", "frase", "c")
ROOMY = list(np.linspace(10.0, 11.0, 12))
TIGHT = list(np.linspace(0.0, 10.0, 12) + 10.0)  # 15 ± 3,3: perto de 4,5 desvios


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (readings(ROOMY), None),
        (readings(ROOMY, cell="outra"), None),
        (readings(ROOMY[:11]), "só 11 arredondamentos"),
        (readings(TIGHT), "a margem é de 4,"),
        (readings(ROOMY, [True] * 11 + [False]), "falhou em 1 de 12"),
        (readings(ROOMY, célula="outra"), "sem leituras"),
    ],
)
def test_the_table_must_sustain_each_claim(rows, complaint):
    found = list(table.problems([CLAIM], table.summarize(rows)))
    assert (complaint is None) == (not found)
    assert complaint is None or complaint in found[0]


def test_many_seeds_need_four_deviations_and_a_single_one_five():
    (row,) = table.summarize(readings(TIGHT)).to_dict("records")
    assert table.weakness(row, many_seeds=True) is None
    assert "são precisos 5" in table.weakness(row, many_seeds=False)


def test_a_claim_that_is_gone_leaves_a_stale_row():
    (problem,) = table.problems([], table.summarize(readings(ROOMY)))
    assert "não existe mais" in problem


def test_a_short_trial_does_not_undo_a_whole_audit(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "TABLE", tmp_path / "margins.csv")
    assert table.renew(table.summarize(readings(ROOMY))) == ["a"]
    assert table.renew(table.summarize(readings([1.0, 2.0]))) == []
    assert table.renew(table.summarize(readings(TIGHT, aula="b"))) == ["b"]
    again = table.read()
    assert list(again["aula"]) == ["a", "b"]
    assert list(again["execuções"]) == [12, 12]


def test_roundings_are_written_as_ranges():
    assert audit.numbers("0-3,7,101-102") == [0, 1, 2, 3, 7, 101, 102]


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """Uma aula de três células, e uma pasta para as leituras."""
    cells = [
        "import torch\nfrom gan_lessons.checks import confirm",
        "torch.manual_seed(0)\nout = torch.nn.Linear(3, 1, bias=False)(torch.ones(1, 3)).item()",
        "confirm('longe de três', out < 3.0)\n1 / 0\nconfirm('nunca', True)",
    ]
    notebook = new_notebook(
        cells=[new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "01_aula.ipynb")
    for module in (claims, audit):
        monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(audit, "BUILD", tmp_path / "build")
    return tmp_path


def test_an_audit_runs_resumes_and_notices_what_never_ran(small_course, capsys):
    rows = audit.audit(["01_aula"], [0, 2], n_processes=2)
    assert "ZeroDivisionError" in capsys.readouterr().out
    by_claim = rows.groupby("afirmação")
    assert by_claim["cumpriu"].all().to_dict() == {"longe de três": True, "nunca": False}
    zero, two = by_claim.get_group("longe de três").sort_values("arredondamento")["esquerda"]
    assert two == pytest.approx(zero * (1 + 2 * 2.0**-23), rel=1e-7)
    assert zero != two
    assert len(audit.audit(["01_aula"], [0, 2], n_processes=2)) == len(rows)
    assert "0 execuções a fazer" in capsys.readouterr().out


def test_a_lesson_edited_during_its_run_leaves_no_readings(small_course, monkeypatch, capsys):
    versions = iter(["antes", "depois"])
    monkeypatch.setattr(audit, "version_of", lambda name: next(versions))
    monkeypatch.setattr(audit, "run_lesson", lambda *args: ([], 0.0, []))
    assert audit.audit(["01_aula"], [0], n_processes=1).empty
    assert "mudou" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cells", "timed"),
    [
        (["start = time.perf_counter()", "spent = time.perf_counter() - start", "spent < 2"], True),
        (["start = perf_counter_ns()", "start > 0"], True),
        (["spent = time.time()", "ratio = spent / 2", "bool(ratio < 1)"], True),
        (["best = %timeit -o -q 1 + 1", "best.best < 1"], True),
        (["spent = timeit.timeit('1 + 1')", "spent < 1"], True),
        (
            [
                "def cost(n):\n    start = time.monotonic()\n    return time.monotonic() - start",
                "costs = [cost(n) for n in (1, 2)]",
                "costs[0] < costs[1]",
            ],
            True,
        ),
        (["costs = []\nfor n in range(2):\n    costs.append(time.time())", "max(costs) < 3"], True),
        (
            [
                "table = pd.DataFrame({'nota': [1], 'custo': [time.time()]})",
                "table['custo'].max() < 3",
            ],
            True,
        ),
        (
            [
                "table = pd.DataFrame({'nota': [1], 'custo': [time.time()]})",
                "table['nota'].max() < 3",
            ],
            False,
        ),
        (
            [
                "table = pd.DataFrame({'nota': [1]})\ntable.loc['a', 'custo'] = time.time()",
                "rows = table.loc[[0]]",
                "rows['custo'].max() < 3",
            ],
            True,
        ),
        (
            [
                "def train():\n    return 1, time.time()",
                "runs = [train() for _ in range(2)]",
                "marks = [score for score, _ in runs]",
                "marks[0] < 3",
            ],
            False,
        ),
        (
            [
                "def train():\n    return 1, time.time()",
                "runs = [train() for _ in range(2)]",
                "costs = [cost for _, cost in runs]",
                "costs[0] < 3",
            ],
            True,
        ),
        (["recorded = pd.read_csv('t.csv')", "recorded['segundos'].max() < 3"], True),
        (["spent = time.time()", "spent = 3", "spent < 4"], False),
        (["steps = np.repeat([1], 3)", "steps.max() < 4"], False),
    ],
)
def test_a_claim_that_comes_from_a_clock_is_found(cells, timed):
    *before, condition = cells
    notebook = new_notebook(
        cells=[new_code_cell(cell) for cell in [*before, f"confirm('a frase', {condition})"]]
    )
    assert clock.timed_claims(notebook) == (["a frase"] if timed else [])
