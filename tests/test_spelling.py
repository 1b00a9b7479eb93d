"""A ortografia: cada palavra do curso está no dicionário, ou na lista dele."""

import shutil

import pytest
import spelling

needs_hunspell = pytest.mark.skipif(shutil.which("hunspell") is None, reason=spelling.MISSING)


@needs_hunspell
def test_every_word_of_the_course_is_in_the_dictionary_or_in_the_list():
    found = spelling.misspelled()
    listed = "\n".join(f"{word}: {', '.join(places[:3])}" for word, places in found.items())
    assert not found, f"corrija, ou ponha em tests/palavras.txt:\n{listed}"


def test_the_list_is_in_order_and_without_repetitions():
    words = spelling.project_words()
    assert words == sorted(set(words), key=lambda word: (word.lower(), word))


@needs_hunspell
def test_the_list_has_only_what_the_dictionary_lacks():
    listed = set(spelling.project_words())
    assert not listed - spelling.unknown_to_hunspell(listed), "o dicionário já conhece"


@needs_hunspell
def test_a_wrong_word_is_found_wherever_a_reader_sees_it(tmp_path, monkeypatch):
    monkeypatch.setattr(spelling, "ROOT", tmp_path)
    markdown, code = tmp_path / "a.md", tmp_path / "a.py"
    markdown.write_text("# Um titlo\n\nUm gerdor bom, `codigo` e $conta$.\n", encoding="utf-8")
    code.write_text(
        '"""Uma docstrng.\n\nParameters\n----------\nfake : arry\n    Os falços.\n"""\n'
        "# um comentrio\nname = ''\nraise ValueError(f'{name} deve ser um numbero, e não name')\n",
        encoding="utf-8",
    )
    found = spelling.misspelled([markdown, code])
    assert set(found) == {"titlo", "gerdor", "docstrng", "falços", "comentrio", "numbero"}
    assert found["gerdor"] == ["a.md"]
    assert found["numbero"] == ["a.py:10"]
