"""O idioma ``pt`` do JupyterLab: o oficial completado, sem perder nem estragar nenhuma frase."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import jupyterlab_language_pack_pt_BR

ROOT = Path(__file__).parent.parent
OURS, NOTEBOOK = (
    json.loads((ROOT / "jupyter" / f"{name}_pt.json").read_text(encoding="utf-8"))
    for name in ("jupyterlab", "notebook")
)
OFFICIAL = json.loads(
    Path(jupyterlab_language_pack_pt_BR.__file__)
    .with_name("locale")
    .joinpath("pt_BR", "LC_MESSAGES", "jupyterlab.json")
    .read_text(encoding="utf-8")
)


def test_jupyterlab_finds_the_language_with_every_sentence_of_both():
    from jupyterlab_server.translation_utils import get_language_pack  # demora a abrir

    packs, message = get_language_pack("pt")
    assert message == ""
    found = packs["jupyterlab"]
    assert found["menu\x04File"] == ["Arquivo"]
    assert {key: found[key] for key in OURS} == OURS
    assert {key: found[key] for key in OFFICIAL if key and key not in OURS} == {
        key: value for key, value in OFFICIAL.items() if key and key not in OURS
    }
    assert re.fullmatch(r"[\d.]+", found[""]["version"])
    assert {key: packs["notebook"][key] for key in NOTEBOOK} == NOTEBOOK


# O Notebook 7 preenche este com "left" ou "right", que nenhum idioma alcança.
FILLED_IN_ENGLISH = {"Collapse %1 side panel"}


def test_every_sentence_keeps_the_places_that_jupyterlab_fills():
    for english, forms in [*OURS.items(), *NOTEBOOK.items()]:
        assert forms
        assert all(isinstance(form, str) and form for form in forms), english
        wanted = set() if english in FILLED_IN_ENGLISH else set(re.findall(r"%\d", english))
        for form in forms[:1]:
            assert set(re.findall(r"%\d", form)) == wanted, english


def test_only_names_stay_as_they_are_in_english():
    every = [*OURS.items(), *NOTEBOOK.items()]
    same = {english for english, forms in every if english.split("\x04")[-1] in forms}
    words = set(re.findall(r"[A-Za-z]{2,}", " ".join(same)))
    assert words <= {
        "Console",
        "Editor",
        "menu",
        "Hub",
        "Kernel",
        "Kernels",
        "PDF",
        "Plug",
        "Terminal",
    }


def asked(package, domain, function="__"):
    """O que um programa instalado pede ao tradutor, nos arquivos que usam um domínio."""
    found = set()
    for path in Path(find_spec(package).origin).parent.glob("static/*.js"):
        program = path.read_text(encoding="utf-8")
        if re.search(rf"""load\(["']{domain}["']\)""", program):
            sentence = rf"""\.{function}\((["'])(.+?)(?<!\\)\1"""
            found |= {text for _, text in re.findall(sentence, program)}
    return {text.replace(r"\n", "\n") for text in found}


def test_a_sentence_asked_in_the_singular_has_a_single_form():
    """Com duas, o JupyterLab a ignora e mostra o inglês."""
    singular = asked("jupyterlab", "jupyterlab") - asked("jupyterlab", "jupyterlab", "_n")
    assert len(singular) > 1000
    assert {text for text, forms in OURS.items() if len(forms) > 1} & singular == set()


# O que descreve um comando a outro programa, e o que muda a cada ano.
LEFT_IN_ENGLISH = re.compile(r"Whether the command .*|.*Contributors")


def test_notebook_7_asks_for_no_sentence_that_it_does_not_find():
    """No seu próprio domínio; o resto ele pede no do JupyterLab."""
    wanted = asked("notebook", "notebook")
    assert len(wanted) > 30
    unknown = wanted - NOTEBOOK.keys()
    assert {text for text in unknown if not LEFT_IN_ENGLISH.fullmatch(text)} == set()
