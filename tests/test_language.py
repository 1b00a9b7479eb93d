"""Uma palavra para cada ideia, em português, também no que as células mostram."""

import re
import shutil
from pathlib import Path

import english
import language
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from gan_lessons.book.prose import slug

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def lines(found):
    return "\n".join(f"{place}: {words!r} → {use}" for place, words, use in found)


@every_notebook
def test_a_lesson_has_one_word_for_each_idea(path):
    found = list(language.misused([path]))
    assert not found, lines(found)


def test_the_package_and_the_pages_have_one_word_for_each_idea():
    found = list(language.misused(language.spelling.pages()))
    assert not found, lines(found)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Treine um GAN.", "um GAN"),
        ("Por omissão, são dez.", "Por omissão"),
        ("O falsário foi apanhado.", "apanhado"),
        ("Duas notas medem o gerador.", "Duas notas"),
        ("Toda nota mente.", "Toda nota mente"),
        ("Um núcleo 3 com passo 2.", "núcleo 3 com passo 2"),
        ("Com margem 1, dobra.", "margem 1"),
        ("Os pesos dos modos.", "pesos dos modos"),
        ("Um *batch* de 25.", "batch"),
        ("O score caiu.", "score"),
    ],
)
def test_the_other_word_is_found(tmp_path, monkeypatch, text, wrong):
    monkeypatch.setattr(language.spelling, "ROOT", tmp_path)
    (tmp_path / "a.md").write_text(f"Antes.\n\n{text}\n", encoding="utf-8")
    assert [words for _, words, _ in language.misused([tmp_path / "a.md"])] == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "Treine uma GAN no GAN Lab, com `batch_size` e `padding=1`.",
        "O falsário fez uma nota falsa; o juiz a nota.",
        "Núcleo 3 e salto 2, no passo 240 do treino, com margem de 0,02.",
        "Lote *(batch)*\n: O punhado de dados.",
    ],
)
def test_the_right_word_is_left_alone(tmp_path, monkeypatch, text):
    monkeypatch.setattr(language.spelling, "ROOT", tmp_path)
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert list(language.misused([tmp_path / "a.md"])) == []


def glossary():
    """``{termo: definição}``, na ordem da página."""
    page = (ROOT / "notebooks" / "glossario.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\S.*)\n: (.*)$", page, flags=re.MULTILINE))


@pytest.mark.parametrize("term", glossary())
def test_each_word_of_the_glossary_names_a_lesson_that_uses_it(term):
    lessons = re.findall(r"\]\((\w+\.ipynb)", glossary()[term])
    assert lessons, "falta dizer a aula"
    missing = [lesson for lesson in lessons if not (ROOT / "notebooks" / lesson).exists()]
    assert not missing, missing
    text = slug(
        " ".join(
            cell.source
            for lesson in lessons
            for cell in nbformat.read(ROOT / "notebooks" / lesson, as_version=4).cells
            if cell.cell_type == "markdown"
        )
    )
    # Basta a raiz de cada palavra: "sorteada", "sorteios".
    for word in slug(term.partition(" *(")[0]).split("-"):
        assert len(word) < 4 or re.search(rf"\b{word[:5]}", text.replace("-", " ")), word


@every_notebook
def test_the_outputs_of_a_lesson_are_in_portuguese(path):
    found = english.english(path)
    assert not found, "\n".join(f"[{cell}] {'; '.join(words)}" for cell, words in found.items())


def shown(text="", html=None):
    data = {"text/html": html, "text/plain": text} if html else {"text/plain": text}
    return new_output("execute_result", data=data)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (shown("0.5"), ["0.5"]),
        (shown("0,5"), []),
        (shown("True"), ["True"]),
        (new_output("stream", text="perda: 0.693\n"), ["0.693"]),
        (new_output("stream", name="stderr", text="10 % | 0.5 passos/s"), []),
        (shown("x", "<table><th>mean</th><td>1,5</td></table>"), ["mean"]),
        (shown("x", "<table><th>sem</th><td>0,1</td></table>"), ["sem"]),
        (shown("x", "<table><th>sem R1</th><td>0.1</td></table>"), ["0.1"]),
        (shown("x", '<img alt="sobe a 0.5" src="data:image/png;base64,A.1" width="5">'), []),
        (shown("torch 2.13.0"), []),
    ],
)
def test_english_is_found_in_what_a_cell_shows(output, expected):
    assert english.english_in(new_code_cell("x", outputs=[output])) == expected


@pytest.mark.skipif(shutil.which("hunspell") is None, reason=language.spelling.MISSING)
def test_an_unknown_word_in_an_output_is_found(tmp_path):
    cell = new_code_cell("x", outputs=[new_output("stream", text="the picture, a figura\n")])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    assert english.english(tmp_path / "a.ipynb") == {cell.id: ["picture", "the"]}


def test_what_is_shown_in_english_on_purpose_still_exists():
    for lesson, cell in english.ON_PURPOSE:
        notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
        assert cell in {other.id for other in notebook.cells}, (lesson, cell)
