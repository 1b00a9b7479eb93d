"""A galeria de mitos da aula de teoria: cada veredito sai de uma conta, e o gabarito é o mesmo."""

import re
from pathlib import Path

import nbformat
import pytest

from gan_lessons.checks.theory import MYTHS

LESSON = Path(__file__).parent.parent / "notebooks" / "01_teoria.ipynb"
PHRASES = range(1, len(MYTHS) + 1)


@pytest.fixture(scope="module")
def gallery():
    """As células da galeria."""
    cells = nbformat.read(LESSON, 4).cells
    titles = [i for i, cell in enumerate(cells) if cell.source.startswith("## ")]
    first = next(i for i in titles if cells[i].source.startswith("## Mito ou verdade?"))
    return cells[first : next(i for i in titles if i > first)]


@pytest.fixture(scope="module")
def phrases(gallery):
    """As células de cada frase, do título dela até o da seguinte."""
    titles = [i for i, cell in enumerate(gallery) if cell.source.startswith("### ")]
    return [gallery[i:j] for i, j in zip(titles, [*titles[1:], len(gallery)], strict=True)]


def test_guessing_always_the_same_scores_half():
    assert MYTHS.count("mito") == MYTHS.count("verdade") == len(MYTHS) / 2


def test_the_list_and_the_sections_have_the_same_numbers(gallery, phrases):
    listed = re.findall(r"^(\d+)\. ", gallery[0].source, flags=re.MULTILINE)
    titled = [re.match(r"### (\d+)\. ", cells[0].source).group(1) for cells in phrases]
    assert listed == titled == [str(number) for number in PHRASES]


@pytest.mark.parametrize("number", PHRASES)
def test_each_verdict_follows_a_claim_and_is_the_one_of_the_key(phrases, number):
    *before, verdict = [cell for cell in phrases[number - 1] if "check_myths" not in cell.source]
    assert any("confirm(" in cell.source for cell in before if cell.cell_type == "code")
    assert verdict.source.lower().startswith(f"**{MYTHS[number - 1]}")
