"""Higiene dos cadernos: a anatomia de uma aula, e nada que impeça o nbval de notar um erro."""

import json
import re
import statistics
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from contents import CELL_ID, with_contents
from robustness.clock import timed_claims

ROOT = Path(__file__).parent.parent
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in PATHS if not path.name.startswith(("00_", "99_"))]
IGNORED = {"nbval-ignore-output", "nbval-skip"}
PROGRESS = re.compile(r"^[^\n]*\d+% \|[^\n]*passos \[[^\n]*\]\n?$")

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@cache
def read(path):
    return nbformat.read(path, as_version=4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def without_code(text):
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


@every_notebook
def test_is_a_valid_notebook_of_the_python_kernel(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata


@every_notebook
def test_is_small_enough_to_open_anywhere(path):
    assert path.stat().st_size < 3_000_000


@every_notebook
def test_was_executed_from_top_to_bottom_in_a_fresh_kernel(path):
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@every_notebook
def test_shows_no_error_that_is_not_on_purpose(path):
    for cell in code_cells(read(path)):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert not errors or "nbval-raises-exception" in tags(cell), cell.source


@every_notebook
def test_stderr_holds_only_progress_bars(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                for line in output.text.splitlines():
                    assert not line.strip() or PROGRESS.match(line), f"{cell.source}\n→ {line}"


@every_notebook
def test_every_picture_has_an_alternative_text(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            data = output.get("data", {})
            # O JupyterLab não lê o texto de uma imagem solta: só o de um <img>.
            assert not [kind for kind in data if kind.startswith("image/")], cell.source
            for image in re.findall(r"<img\b[^>]*>", data.get("text/html", "")):
                alt = re.search(r'\balt="([^"]*)"', image)
                assert alt is not None, cell.source
                assert len(alt[1].split()) >= 4, cell.source


@every_notebook
def test_ignores_at_most_one_output_in_four(path):
    with_output = [cell for cell in code_cells(read(path)) if cell.outputs]
    ignored = [cell for cell in with_output if tags(cell) & IGNORED]
    assert len(ignored) <= len(with_output) / 4


@every_notebook
def test_every_ignored_output_is_followed_by_a_claim_that_can_fail(path):
    cells = code_cells(read(path))
    for index, cell in enumerate(cells):
        if tags(cell) & IGNORED:
            following = "\n".join(later.source for later in cells[index : index + 5])
            assert "confirm(" in following, cell.source


@every_notebook
def test_no_claim_comes_from_a_clock(path):
    timed = timed_claims(read(path))
    assert not timed, f"o tempo depende da máquina; mostre-o sem o afirmar: {timed}"


@every_notebook
def test_code_cells_are_short(path):
    lengths = [
        sum(bool(line.strip()) for line in cell.source.splitlines())
        for cell in code_cells(read(path))
    ]
    assert max(lengths) <= 25
    assert statistics.median(lengths) <= 5


@every_notebook
def test_prose_surrounds_the_code(path):
    notebook = read(path)
    markdown = sum(cell.cell_type == "markdown" for cell in notebook.cells)
    assert markdown / len(notebook.cells) >= 0.45


@every_notebook
def test_has_one_title_and_headings_without_gaps(path):
    text = without_code(prose(read(path)))
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, flags=re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_notebook
def test_opens_with_a_linked_table_of_its_sections(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert cells == with_contents(cells), "make sumario refaz o índice"
    (contents,) = [cell for cell in cells if cell["id"] == CELL_ID]
    sections = re.findall(r"^## (.*?) *$", without_code(prose(read(path))), flags=re.MULTILINE)
    listed = re.findall(
        r"^- \[(.*)\]\(#cell-id=\w+\)$", "".join(contents["source"]), flags=re.MULTILINE
    )
    assert listed == sections


@every_notebook
def test_links_lead_to_files_that_exist(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose(read(path))):
        assert (path.parent / target).exists(), target


@every_notebook
def test_names_no_path_of_the_machine_that_ran_it(path):
    text = path.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert not re.search(r"/(home|root|tmp|Users)/\w", text)


@every_lesson
def test_follows_the_anatomy_of_a_lesson(path):
    text = prose(read(path))
    for part in (
        "**Objetivos**",
        "**Pré-requisitos**",
        "**Tempo**",
        "## O que levar desta aula",
        "## Para ir além",
    ):
        assert part in text


@every_lesson
def test_exercises_have_checkers_and_hidden_solutions(path):
    notebook = read(path)
    exercises = re.findall(r"^### Exercício \d", prose(notebook), flags=re.MULTILINE)
    solutions = [cell for cell in code_cells(notebook) if "solution" in tags(cell)]
    checks = [cell for cell in code_cells(notebook) if "check_" in cell.source]
    assert len(exercises) >= 3
    assert len(solutions) == len(exercises)
    assert len(checks) >= 2 * len(exercises)
    for solution in solutions:
        assert solution.metadata.get("jupyter", {}).get("source_hidden") is True
