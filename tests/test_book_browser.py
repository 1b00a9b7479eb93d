"""O livro num navegador de verdade: sem rede, em telas pequenas, no escuro, no papel e na busca."""

import functools
import gzip
import http.server
import threading
from pathlib import Path

import pytest
from pages import DESK, OPEN_EVERYTHING, PHONE, SCREENSHOTS, too_wide, use_fonts, violations

ROOT = Path(__file__).parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PAGES = [*LESSONS, "glossario", "referencias"]
pytestmark = pytest.mark.browser
every_page = pytest.mark.parametrize("name", PAGES)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Um servidor que comprime os textos, como os das páginas estáticas."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in (".html", ".css", ".js", ".svg") or not path.is_file():
            super().do_GET()
            return
        content = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _serve(folder):
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def address(book):
    """O endereço do livro do curso num servidor de arquivos."""
    with _serve(book) as server:
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# Só o primeiro de cada tipo de elemento, com o tipo do pai: as cores de todos estão ali, e o axe
# não mede milhares de vezes a mesma. As figuras não têm texto.
KEEP_ONE_OF_EACH = """() => {
    const seen = new Set();
    const kind = (element) => `${element.tagName}.${element.className}`;
    for (const block of document.querySelectorAll("main > *, main li, main tr, main dl > *")) {
        const kinds = [block, ...block.querySelectorAll("*")].map(
            (element) => `${kind(element.parentElement)} ${kind(element)}`);
        if (kinds.every((name) => seen.has(name))) block.remove();
        for (const name of kinds) seen.add(name);
    }
}"""


@every_page
def test_a_phone_reads_every_page_without_barriers(open_page, address, name):
    page = open_page(f"{address}/{name}.html", viewport=PHONE, has_touch=True)
    assert too_wide(page) == {}
    page.evaluate(OPEN_EVERYTHING)
    assert too_wide(page) == {}, "com tudo aberto"
    assert violations(page, rules={"color-contrast": {"enabled": False}}) == []
    page.evaluate(KEEP_ONE_OF_EACH)
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        assert violations(page, runOnly=["color-contrast"]) == [], theme


def test_wide_things_scroll_inside_themselves_and_by_the_keyboard(open_page, address):
    page = open_page(f"{address}/01_teoria.html", viewport=PHONE)
    use_fonts(page, "largas")
    for selector in ("pre", ".formula", ".inline-formula"):
        wide = page.locator(f"{selector}[tabindex='0']").first
        assert wide.evaluate("element => element.scrollWidth > element.clientWidth")
        assert wide.get_attribute("aria-label")
        wide.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize("name", LESSONS[:3])
def test_pages_are_photographed(open_page, address, name):
    page = open_page(f"{address}/{name}.html")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            path = SCREENSHOTS / f"livro_{name}_{viewport['width']}_{theme}.png"
            page.screenshot(path=path)
            assert path.stat().st_size > 10_000


def test_the_first_page_is_light(open_page, address, browser):
    sizes = []
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.on("requestfinished", lambda sent: sizes.append(sent.sizes()["responseBodySize"]))
    page.goto(f"{address}/index.html", wait_until="networkidle")
    context.close()
    assert 0 < sum(sizes) <= 150_000, sizes


STEP = "Number(document.querySelector('.gan-status')?.textContent.match(/Passo (\\d+)/)?.[1] ?? -1)"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["telefone", "mesa"])
def test_the_first_page_trains_a_gan_at_one_touch_without_scrolling(open_page, address, viewport):
    page = open_page(f"{address}/index.html", viewport=viewport, has_touch=True)
    page.wait_for_function(f"{STEP} === 0")
    button = page.get_by_role("button", name="Treinar").first  # a do coração vem mais abaixo
    box = page.locator(".gan-scene").first.bounding_box()
    assert box["y"] + 0.8 * box["height"] < viewport["height"], "a figura fica abaixo da dobra"
    button.tap()
    page.wait_for_function(f"{STEP} > 20")


def test_the_first_page_shows_a_still_without_scripts_and_on_paper(open_page, address):
    page = open_page(f"{address}/index.html", java_script_enabled=False)
    assert page.locator("gan-panel img").first.is_visible()
    page = open_page(f"{address}/index.html")
    page.wait_for_function(f"{STEP} === 0")
    assert not page.locator("gan-panel img").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("gan-panel img").first.is_visible()
    assert not page.locator(".gan-body").first.is_visible()


DRAWN = """figure => {
    const [below, above] = figure.querySelectorAll(".gan-pictures img");
    return below.naturalWidth > 100 && above.naturalWidth === below.naturalWidth && above.src;
}"""


@pytest.mark.parametrize("name", ["01_teoria", "06_imagens_a_pedido", "07_julgar_imagens"])
def test_a_figure_with_controls_moves_in_the_book_by_touch_and_by_the_keyboard(
    open_page, address, name
):
    page = open_page(f"{address}/{name}.html", viewport=PHONE, has_touch=True)
    for figure in page.locator("gan-explorer").all():
        first = figure.evaluate(DRAWN)
        assert figure.get_by_role("img").first.get_attribute("alt")
        slider = figure.get_by_role("slider").last
        said = slider.get_attribute("aria-valuetext")
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert figure.evaluate(DRAWN) != first
        assert slider.get_attribute("aria-valuetext") != said
        page.keyboard.press("ArrowLeft")
        assert figure.evaluate(DRAWN) == first
        for menu in figure.get_by_role("combobox").all():
            before = figure.evaluate(DRAWN)
            menu.select_option(index=1)
            assert figure.evaluate(DRAWN) != before
    assert page.locator("gan-explorer").count() > 0
    page.emulate_media(media="print")
    assert page.locator("gan-explorer > figure img").first.is_visible()


FORMS = {
    "gradiente": "gradiente",
    "gradientes": "gradiente",
    "DISCRIMINADOR": "discriminador",
    "colapso": "colapso",
    "convolução": "convolu",
    "convolucao": "convolu",
    "ruido": "ruído",
    "epoca": "época",
}


def test_the_search_finds_words_in_any_form(open_page, address):
    page = open_page(f"{address}/02_espiral.html", viewport=PHONE)
    page.keyboard.press("/")
    for words, expected in FORMS.items():
        page.locator("#search-input").fill(words)
        page.wait_for_function(
            "w => document.getElementById('search-status').textContent.includes(`“${w}”`)",
            arg=words,
        )
        marked = [text.lower() for text in page.locator("#search-results mark").all_inner_texts()]
        assert any(expected in text for text in marked), (words, marked)


def test_a_search_result_leads_to_its_section(open_page, address):
    page = open_page(f"{address}/index.html")
    page.get_by_role("button", name="Buscar").click()
    page.locator("#search-input").fill("ponto de sela")
    result = page.locator("#search-results a", has_text="Um ponto de sela").first
    result.click()
    page.wait_for_url("**/01_teoria.html#um-ponto-de-sela-e-nao-um-topo")


def test_the_search_says_when_it_finds_nothing_and_shows_no_violation(open_page, address):
    page = open_page(f"{address}/index.html", theme="dark")
    page.keyboard.press("/")
    page.locator("#search-input").fill("xilofone")
    page.wait_for_function("document.getElementById('search-status').textContent !== ''")
    assert page.locator("#search-status").inner_text() == "Nada com “xilofone”."
    page.locator("#search-input").fill("gerador")
    page.wait_for_selector("#search-results li")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#search").is_visible()


def test_the_book_is_read_without_a_server_and_the_search_says_what_it_needs(open_page, book):
    page = open_page((book / "index.html").as_uri())
    assert page.locator("h1").is_visible()
    page.get_by_role("link", name="A espiral").first.click()
    page.wait_for_url("**/02_espiral.html")
    assert page.evaluate("document.querySelectorAll('math').length") > 0


def test_the_theme_button_changes_the_theme_and_remembers(open_page, address):
    page = open_page(f"{address}/index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    button = page.get_by_role("button", name="Tema escuro")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate(ground) != before
    page.goto(f"{address}/glossario.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_phone_menu_opens_closes_and_marks_the_chapter(open_page, address):
    page = open_page(f"{address}/glossario.html", viewport=PHONE)
    chapters = page.locator("#chapters")
    assert not chapters.is_visible()
    button = page.get_by_role("button", name="Aulas")
    button.click()
    assert chapters.locator("[aria-current=page]").inner_text() == "Glossário"
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not chapters.is_visible()
    assert button.evaluate("element => element === document.activeElement")


def test_code_is_copied_as_it_was_written(open_page, address):
    permissions = ["clipboard-read", "clipboard-write"]
    page = open_page(f"{address}/index.html", permissions=permissions)
    block = page.locator(".code-block").first
    block.hover()
    block.get_by_role("button", name="Copiar").click()
    page.wait_for_selector("text=Copiado")
    code = block.locator("code").inner_text().strip()
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert code.startswith("nome =")


def test_the_notebook_is_downloaded(open_page, address):
    page = open_page(f"{address}/02_espiral.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixe o caderno").click()
    assert download.value.suggested_filename == "02_espiral.ipynb"


def test_without_scripts_everything_is_still_there(open_page, address):
    page = open_page(f"{address}/01_teoria.html", viewport=PHONE, java_script_enabled=False)
    assert page.locator("main h1").is_visible()
    assert page.locator("#chapters a").first.is_visible()
    assert page.locator("math").first.is_visible()


def test_a_chapter_on_paper_has_only_the_text_and_whole_figures(open_page, address):
    page = open_page(f"{address}/03_numeros_pares.html", theme="dark")
    page.emulate_media(media="print")
    for selector in (".top-bar", "#chapters", ".page-toc", ".neighbours", ".copy-button"):
        assert not page.locator(selector).first.is_visible(), selector
    inside = "[...document.querySelectorAll('figure.output, .code-block, main img')].map("
    inside += "element => getComputedStyle(element).breakInside)"
    assert set(page.evaluate(inside)) == {"avoid"}
    text = page.locator("main > p:not([class])").first.evaluate("e => getComputedStyle(e).color")
    assert text == "rgb(0, 0, 0)"
    tallest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('main img')].map(i => i.clientHeight))"
    )
    assert tallest < 24 / 2.54 * 96, "uma figura não cabe numa página A4"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_whole_book_is_printed_with_a_chapter_per_page_start(open_page, address):
    page = open_page(f"{address}/print.html")
    page.emulate_media(media="print")
    starts = page.evaluate(
        """() => [...document.querySelectorAll("main > h1")].slice(1).map((title) => {
            const before = title.previousElementSibling;
            return getComputedStyle(before).breakBefore;
        })"""
    )
    assert starts
    assert set(starts) == {"page"}


def test_the_book_made_to_be_hard_has_no_barriers(open_page, made_book):
    with _serve(made_book) as server:
        page = open_page(f"http://127.0.0.1:{server.server_port}/a.html")
        assert violations(page) == []
        server.shutdown()


def test_a_film_that_played_can_be_played_again(open_page, address):
    page = open_page(f"{address}/06_imagens_a_pedido.html")
    film = page.locator("img.film")
    before = film.get_attribute("src")
    page.get_by_role("button", name="Tocar de novo").click()
    assert film.get_attribute("src") != before
    page.wait_for_function("document.querySelector('img.film').naturalWidth > 0")
