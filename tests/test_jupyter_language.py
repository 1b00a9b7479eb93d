"""O idioma ``pt`` do JupyterLab: o oficial completado, sem perder nem estragar nenhuma frase."""

import json
import re
from pathlib import Path

import jupyterlab_language_pack_pt_BR
from jupyterlab_server.translation_utils import get_language_pack

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
