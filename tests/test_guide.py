"""O guia do instrutor segue as aulas: as seções são as delas, e os minutos fecham."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
GUIDE = NOTEBOOKS / "guia"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
PARTS = [
    "Roteiro",
    "O que perguntar, e quando",
    "O que os alunos erram",
    "Se o treino ao vivo se comportar mal",
    "No projetor",
]


def read(lesson):
    return (GUIDE / f"{lesson.stem}.md").read_text(encoding="utf-8")


def sections(lesson):
    cells = nbformat.read(lesson, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^## (.+)$", text, flags=re.MULTILINE)


def plan(page):
    """Do roteiro: a seção e os minutos de cada duração; um traço é nenhum."""
    rows = re.findall(r"^\| ([^|*]+) \| (–|\d+) \| (–|\d+) \|$", page, flags=re.MULTILINE)
    return [(name, *(0 if cell == "–" else int(cell) for cell in cells)) for name, *cells in rows]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_has_a_page_of_the_same_five_parts(lesson):
    assert re.findall(r"^## (.+)$", read(lesson), flags=re.MULTILINE) == PARTS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_plan_goes_through_the_sections_in_order_and_fills_the_time(lesson):
    real, rows = sections(lesson), plan(read(lesson))
    places = [real.index(name) for name, *_ in rows]
    assert places == sorted(set(places))
    assert sum(short for _, short, _ in rows) == 50
    assert sum(long for *_, long in rows) == 100
    assert all(short <= long for _, short, long in rows)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_question_belongs_to_a_section_of_the_lesson(lesson):
    asked = re.findall(r"^- \*\*(.+?)\*\* — \*Pergunte", read(lesson), flags=re.MULTILINE)
    assert len(asked) > 4
    assert set(asked) <= set(sections(lesson))


def test_the_questions_of_the_exam_stay_without_answers():
    assert "Resposta curta" not in (GUIDE / "99_prova_final.md").read_text(encoding="utf-8")
