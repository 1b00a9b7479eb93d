"""As apresentações num navegador de verdade: tudo cabe, tudo se lê, nada se pede à rede.

``SLIDES=todas .venv/bin/python -m pytest tests/test_slides_browser.py`` mede todas as aulas.
"""

import os
import shutil
from pathlib import Path

import pytest

import tasks
from gan_lessons.book.deck import main

ROOT = Path(__file__).parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
MEASURED = (
    LESSONS if os.environ.get("SLIDES") == "todas" else ["00_comece_aqui", "03_numeros_pares"]
)
SCREEN = {"width": 1280, "height": 720}
pytestmark = pytest.mark.browser

# Mostra cada slide, com tudo o que nele se pede, e devolve o que se vê de errado.
MEASURE = """() => {
    const problems = [];
    const columns = [...document.querySelectorAll(".slides > section")];
    columns.forEach((column, h) => [...column.children].forEach((section, v) => {
        Reveal.slide(h, v, 99);
        const slide = section.querySelector(":scope > .slide");
        const title = slide.firstElementChild.innerText;
        const say = (what) => problems.push(`${h}/${v} ${title}: ${what}`);
        if (!(section.dataset.fitted >= 0.9)) say(`encolheu para ${section.dataset.fitted}`);
        for (const element of slide.querySelectorAll("*")) {
            const box = element.getBoundingClientRect();
            if (!box.width) continue;
            if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1)
                say(`${element.tagName} sai da tela`);
            const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            const size = parseFloat(getComputedStyle(element).fontSize);
            if (text && size < 18 && !element.closest("math"))
                say(`letra pequena em ${element.tagName}`);
            if (element.tagName === "IMG" && Math.max(box.width / 1180, box.height / 560) < 0.35)
                say(`figura pequena: ${box.width} por ${box.height}`);
        }
    }));
    return problems;
}"""


@pytest.fixture(scope="session")
def presentations(tmp_path_factory):
    """As apresentações pedidas, com o reveal.js que ``make slides`` usa."""
    if not (ROOT / tasks.REVEAL / "dist" / "reveal.js").is_file():
        if shutil.which("pip") is None:
            pytest.skip("falta o reveal.js: rode make slides")
        try:
            tasks.reveal()
        except SystemExit:
            pytest.skip("o reveal.js não pôde ser baixado: rode make slides com rede")
    folder = tmp_path_factory.mktemp("slides")
    notebooks = [str(ROOT / "notebooks" / f"{name}.ipynb") for name in MEASURED]
    assert main([str(folder), *notebooks, "--reveal", str(ROOT / tasks.REVEAL)]) == 0
    return folder


@pytest.fixture
def present(open_page, presentations):
    """Abre uma apresentação do disco, como quem a recebeu por mensagem."""

    def open_presentation(name):
        page = open_page((presentations / f"{name}.html").as_uri(), viewport=SCREEN)
        page.wait_for_function("Reveal.isReady()")
        return page

    return open_presentation


@pytest.mark.parametrize("name", MEASURED)
def test_every_slide_fits_a_projector_and_can_be_read_from_the_back(present, name):
    page = present(name)
    assert page.evaluate("Reveal.getTotalSlides()") > 10
    assert page.evaluate(MEASURE) == []


def test_the_keyboard_walks_and_a_solution_comes_only_when_asked(present):
    page = present("03_numeros_pares")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == 1
    fragment = page.locator(".fragment").first
    place = fragment.evaluate("element => Reveal.getIndices(element.closest('section'))")
    page.evaluate("place => Reveal.slide(place.h, place.v, -1)", place)
    fragment.wait_for(state="hidden")
    page.keyboard.press("Space")
    fragment.wait_for(state="visible")


def test_the_speaker_sees_what_to_ask(present):
    page = present("00_comece_aqui")
    page.evaluate("Reveal.slide(2)")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("Pergunte").first.wait_for()
