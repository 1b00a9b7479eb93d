"""As fontes: a página de referências tem as que as aulas citam, todas e só elas."""

import re
from pathlib import Path

import nbformat
import pytest

from gan_lessons.book.sources import identifiers

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
PAGE = (NOTEBOOKS / "referencias.md").read_text(encoding="utf-8")
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
NUMBER = re.compile(r"[\d.]+/\d{4}")
NORM = re.compile(
    r"(?:Leis?|Decreto-Lei|Resoluç(?:ão|ões)(?: TSE)?|Projeto de Lei|PL)"
    rf" (?:n[ºo] )?{NUMBER.pattern}(?:(?:,| e)(?: n[ºo])? {NUMBER.pattern})*"
)


def prose(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def whole_course():
    return "\n\n".join(prose(path) for path in LESSONS)


def addresses(text):
    """Os endereços de fora, menos os que um identificador já diz."""
    found = re.findall(r"\]\((https?://[^()\s]+)", text)
    return {address for address in found if not identifiers(f"arXiv {address}")}


def norms(text):
    """As leis, resoluções e projetos, pelo número e pelo ano."""
    return {number for match in NORM.finditer(text) for number in NUMBER.findall(match[0])}


def listed_lines(text):
    """As linhas da lista de "Para ir além" que apontam para fora, com o que continua nelas."""
    closing = text.partition("## Para ir além")[2]
    items = re.findall(r"^- .*(?:\n(?!- |\n).*)*", closing, flags=re.MULTILINE)
    return [" ".join(item.split()) for item in items if "](http" in item]


@every_lesson
def test_every_source_of_a_lesson_is_in_the_list(path):
    text = prose(path)
    missing = identifiers(text) - identifiers(PAGE) | addresses(text) - addresses(PAGE)
    assert not missing, f"ponha em notebooks/referencias.md: {missing}"
    assert not norms(text) - norms(PAGE)


def test_the_list_has_no_source_that_no_lesson_cites():
    text = whole_course()
    left_over = identifiers(PAGE) - identifiers(text) | addresses(PAGE) - addresses(text)
    assert not left_over, f"cite numa aula, ou tire de notebooks/referencias.md: {left_over}"
    assert not norms(PAGE) - norms(text)


@every_lesson
def test_a_lesson_cites_its_sources_in_one_form(path):
    """``- Autor e outros (ano), [*Título*](endereço): o que há nela.``"""
    text = prose(path)
    for item in listed_lines(text):
        assert re.match(r"- [^[\]*]+ \(\d{4}\), (?:\*[^*]+\*,|\[\*[^*]+\*\]\(http)", item), item
    assert not re.findall(r"\bet al\b|\be colegas\b", text), "e outros"


def test_the_list_is_in_alphabetical_order():
    articles = PAGE.partition("## Artigos")[2].partition("\n## ")[0]
    names = re.findall(r"^- (.+?\)\.)", articles, flags=re.MULTILINE)
    assert names == sorted(names, key=lambda name: name.casefold().replace("ń", "n"))


def test_the_page_tells_the_instructor_to_check_the_norms():
    rules = PAGE.partition("## Normas")[2]
    assert norms(rules)
    assert "conferido em" in rules or "antes da aula, confira cada uma" in rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lei nº 13.709/2018 e Lei 8.069/1990", {"13.709/2018", "8.069/1990"}),
        ("as Leis nº 13.718/2018 e 13.772/2018", {"13.718/2018", "13.772/2018"}),
        ("Resolução TSE nº 23.732/2024", {"23.732/2024"}),
        ("em 3/2024, na página 2", set()),
    ],
)
def test_a_norm_is_known_by_its_number_and_year(text, expected):
    assert norms(text) == expected
