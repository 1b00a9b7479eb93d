"""Os slides mostram o que se olha, guardam o que se diz, e não precisam de rede."""

import re
from pathlib import Path

import nbformat
import pytest
import slide_types
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gan_lessons.book.deck import deck, main, spoken
from gan_lessons.book.reading import read_notebook
from gan_lessons.book.slide_blocks import CAPACITY
from gan_lessons.book.slides import slide_type, to_slides

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def printed(text):
    return new_output("stream", name="stdout", text=text)


def lesson(*cells):
    opening = new_markdown_cell("# Aula\n\nUma frase.")
    return new_notebook(cells=[opening, *cells])


def slides_of(*cells, notes=None):
    return [slide for column in to_slides(lesson(*cells), notes or {}) for slide in column]


def shown(slides):
    return "".join(block.markup for slide in slides for block in slide.blocks)


def test_each_section_is_a_column_and_each_part_of_it_a_slide():
    text = "## Um\n\nFrase.\n\n### Parte\n\nOutra.\n\n## Dois\n\nMais."
    columns = to_slides(lesson(new_markdown_cell(text)), {})
    titles = [[slide.title for slide in column] for column in columns]
    assert titles == [["Aula"], ["Um", "Parte"], ["Dois"]]


def test_the_beginning_is_shown_and_the_rest_is_said():
    long = "A ideia. " + "Um pormenor que se conta. " * 20
    slides = slides_of(new_markdown_cell(f"## Seção\n\n{long}"))
    assert "A ideia." in shown(slides)
    assert len(shown(slides)) < 300
    assert "pormenor" in "".join(slides[-1].notes)


def test_an_exercise_is_shown_whole_and_its_solution_only_when_asked():
    statement = "Escreva a função. " * 20
    slides = slides_of(
        new_markdown_cell(f"## Exercícios\n\n### Exercício 1 — Somar\n\n{statement}"),
        new_code_cell("add = None"),
        new_code_cell("checks.check_add(add)", outputs=[printed("… ainda por fazer")]),
        new_code_cell("def add(a, b):\n    return a + b", metadata={"tags": ["solution"]}),
    )
    assert shown(slides).count("Escreva a função.") == 20
    assert "ainda por fazer" not in shown(slides)
    asked = [block for slide in slides for block in slide.blocks if block.fragment]
    assert len(asked) == 1
    assert "return" in asked[0].markup


def test_a_prediction_waits_for_its_moment():
    text = "## Seção\n\nUma conta. **Preveja**: quanto dá?"
    waiting = [b for slide in slides_of(new_markdown_cell(text)) for b in slide.blocks]
    assert [block.fragment for block in waiting] == [False, True]
    assert "quanto dá?" in waiting[1].markup


def test_what_teaches_is_shown_and_what_draws_or_only_imports_is_not():
    slides = slides_of(
        new_markdown_cell("## Seção"),
        new_code_cell("import numpy as np\nfrom torch import nn"),
        new_code_cell("fig, ax = plt.subplots()\nplots.show(fig, alt='x')"),
        new_code_cell("confirm('um é um', 1 == 1)", outputs=[printed("✔ um é um")]),
        new_code_cell("loss = 2", outputs=[printed("2")]),
        new_code_cell("\n".join(f"long_{i} = {i}" for i in range(40))),
    )
    assert not re.search("numpy|subplots|confirm|long_3", shown(slides))
    assert "um é um" in shown(slides)
    assert "loss" in shown(slides)


def test_what_does_not_fit_goes_to_another_slide_of_the_same_title():
    items = "\n".join(f"- Item {i}, com uma frase inteira dentro dele." for i in range(40))
    slides = slides_of(new_markdown_cell(f"## Seção\n\n{items}"))
    assert len(slides) > 3
    assert {slide.title for slide in slides[1:]} == {"Seção"}
    assert all(slide.height <= CAPACITY for slide in slides)
    assert all(f"Item {i}," in shown(slides) for i in range(40))


def test_the_role_written_in_a_cell_wins_over_the_rule():
    hidden = new_markdown_cell("Some.", metadata={"slideshow": {"slide_type": "skip"}})
    told = new_markdown_cell("Diga isto.", metadata={"slideshow": {"slide_type": "notes"}})
    slides = slides_of(new_markdown_cell("## Seção\n\nFica."), hidden, told)
    assert "Fica." in shown(slides)
    assert "Some." not in shown(slides)
    assert slides[-1].notes == ["Diga isto."]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_section_of_the_guide_is_spoken_in_the_slides(path):
    guide = (NOTEBOOKS / "guia" / path.name).with_suffix(".md").read_text(encoding="utf-8")
    notes = spoken(guide)
    notebook = read_notebook(path.read_text(encoding="utf-8"), path.name)
    columns = to_slides(notebook, notes)
    said = {column[0].title: "".join(column[0].notes) for column in columns}
    for title, text in notes.items():
        assert text in said[title]
    assert not any("Para ir além" in title for title in said)


@pytest.fixture
def reveal(tmp_path):
    for name in ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js"):
        path = tmp_path / "reveal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("/* </script> */" if name.endswith("js") else "", encoding="utf-8")
    return tmp_path / "reveal"


def test_a_presentation_is_one_file_that_asks_the_network_for_nothing(reveal, tmp_path):
    out = tmp_path / "slides"
    assert main([str(out), str(LESSONS[0]), "--reveal", str(reveal)]) == 0
    page = (out / LESSONS[0].name).with_suffix(".html").read_text(encoding="utf-8")
    assert not re.search(r"<link|<script[^>]+src|src=\"(?!data:)|@import|url\((?!data:)", page)
    assert page.count("</script>") == 1
    assert '<aside class="notes">' in page


def test_a_number_in_a_title_is_not_a_list(reveal):
    notebook = lesson(new_markdown_cell("## 2. Os dados\n\nAqui."))
    assert "<h2>2. Os dados</h2>" in deck(notebook, "", reveal)


def test_a_file_that_is_no_notebook_is_refused_by_name(reveal, tmp_path, capsys):
    bad = tmp_path / "quebrado.ipynb"
    bad.write_text("nada", encoding="utf-8")
    assert main([str(tmp_path / "slides"), str(bad), "--reveal", str(reveal)]) == 1
    assert "quebrado.ipynb" in capsys.readouterr().err


def test_the_roles_can_be_written_into_a_notebook_and_change_nothing():
    notebook = nbformat.read(LESSONS[3], as_version=4)
    titles = [[s.title for s in column] for column in to_slides(notebook, {})]
    marked = slide_types.mark(notebook)
    nbformat.validate(marked)
    assert [[s.title for s in column] for column in to_slides(marked, {})] == titles
    kinds = {cell.metadata["slideshow"]["slide_type"] for cell in marked.cells}
    assert kinds == {"slide", "subslide", "fragment", "skip", "-"}
    assert slide_type(new_markdown_cell("## Para ir além")) == "skip"


def test_a_role_chosen_by_hand_stays():
    chosen = new_markdown_cell("Some.", metadata={"slideshow": {"slide_type": "notes"}})
    cell = slide_types.mark(lesson(chosen)).cells[-1]
    assert cell.metadata["slideshow"]["slide_type"] == "notes"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_cell_of_a_lesson_has_its_role_in_the_slides(path):
    notebook = nbformat.read(path, as_version=4)
    missing = [cell.id for cell in notebook.cells if "slideshow" not in cell.metadata]
    assert missing == [], "make sumario dá o papel às células novas"
