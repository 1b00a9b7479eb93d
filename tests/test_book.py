"""O livro diz o mesmo que os cadernos: nada se perde, nada se quebra, nada vem da rede."""

import contextlib
import io
import json
import posixpath
import re
import signal
import sys
import types
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from gan_lessons.book import BookError, __main__, chapters, formulas, outputs, prose, site

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
every_lesson = pytest.mark.parametrize("name", NAMES)


def soup(path):
    """A página, sem o miolo das imagens, que só pesa."""
    text = path.read_text(encoding="utf-8")
    return BeautifulSoup(re.sub(r'(src="data:[^,"]*),[^"]*', r"\1", text), "html.parser")


@pytest.fixture(scope="module")
def book_pages(book):
    """As páginas do livro; a de imprimir, que repete todas, fica de fora."""
    paths = sorted(set(book.rglob("*.html")) - {book / "print.html"})
    return {path.relative_to(book).as_posix(): soup(path) for path in paths}


@pytest.fixture(scope="module")
def hard(made_book):
    """A página do caderno feito para dar trabalho."""
    return soup(made_book / "a.html").find("main")


def visible_text(page):
    """O texto da página, sem código, saídas e nomes de função."""
    left_out = page.select("code, pre, script, style, table.dataframe")
    hidden = {id(part) for element in left_out for part in element.descendants}
    return " ".join(text for text in page.strings if id(text) not in hidden)


# As fórmulas


@pytest.mark.parametrize(
    ("tex", "pieces"),
    [
        (r"0{,}1", ["<mn>0&#44;1</mn>"]),
        (r"\ln D", ["<mi>ln</mi><mspace", "<mi>D</mi>"]),
        (r"\mathrm{JSD}(p)", ["<mi>JSD</mi>"]),
        (r"z \sim p_z", ["<mo>∼</mo>"]),
        (r"D^*", ["<mo>∗</mo>"]),
        (r"\sigma(-x)", ['form="prefix"']),
        (r"a < b", ["&#60;"]),
        (r"a_b * c_d", ["&#42;"]),
        (r"\text{média de } x", ["média\xa0de\xa0"]),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", ["<mtr>", "</mtable>"]),
        (r"\arg\min_x", ["arg", "min"]),
    ],
)
def test_a_formula_becomes_tidy_mathml(tex, pieces):
    markup = formulas.to_mathml(tex)
    assert markup.startswith("<math")
    assert "\n" not in markup
    assert all(piece in markup for piece in pieces), markup


def test_the_limits_go_below_only_in_a_displayed_formula():
    assert "<munder><mo>min</mo>" in formulas.to_mathml(r"\min_G V", display=True)
    assert "<msub><mo>min</mo>" in formulas.to_mathml(r"\min_G V")


@pytest.mark.parametrize("tex", [r"\inexistente x", "x^", r"\frac{1", r"\left( x"])
def test_a_formula_that_cannot_be_read_is_refused(tex):
    with pytest.raises(BookError, match="fórmula"):
        formulas.to_mathml(tex)


def test_a_minus_between_two_terms_is_not_a_sign():
    assert "prefix" not in formulas.to_mathml("a - b")
    assert "prefix" not in formulas.to_mathml("(a) - b")


# A prosa


@pytest.mark.parametrize(
    "text",
    [
        "Custa R$ 5 e R$ 10.",
        "Custa US$5 ou US$6.",
        "Entre $ 5 e $ 6.",
        "`$x$` e ``a ` $y$``",
        "```\n$x$\n```",
        "~~~python\nx = '$a$'\n~~~",
        "<span title='$x$'>oi</span>",
        r"R\$ 5 e R\$ 6",
    ],
)
def test_a_dollar_sign_that_is_not_a_formula_stays_as_it_is(text):
    assert "<math" not in prose.to_book(text)


@pytest.mark.parametrize("text", ["$x$", "em $x$-ésimo", "($x$)", "2$x$.", "$x$,$y$", "$a\nb$"])
def test_a_formula_may_touch_punctuation(text):
    assert "<math" in prose.to_book(text)
    assert "$" not in prose.to_book(text)


def test_repeated_headings_get_different_anchors():
    headings = prose.Headings()
    text = prose.to_book("# A\n\n## Às vezes\n\n## Às vezes\n", headings)
    assert re.findall(r"\{ #(\S+) \}", text) == ["a", "as-vezes", "as-vezes-1"]


def test_the_anchor_that_jupyterlab_gives_leads_to_the_same_heading():
    title = "O que *levar* — `código`, às vezes!"
    in_jupyterlab = re.sub(r"[*`]", "", title).replace(" ", "-")
    assert prose.slug(in_jupyterlab) == prose.slug(title)


def test_a_link_to_a_notebook_leads_to_its_page_and_others_stay():
    text = prose.to_book("[a](b.ipynb#Uma-Seção) [c](https://x.org/d.ipynb) `[e](f.ipynb)`")
    assert text == "[a](b.html#uma-secao) [c](https://x.org/d.ipynb) `[e](f.ipynb)`"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("arXiv:1406.2661.", "[arXiv:1406.2661](https://arxiv.org/abs/1406.2661)."),
        ("DOI 10.24432/C50P49. Os", "[doi:10.24432/C50P49](https://doi.org/10.24432/C50P49). Os"),
        (
            "[doi:10.2139/a](https://doi.org/10.2139/a)",
            "[doi:10.2139/a](https://doi.org/10.2139/a)",
        ),
    ],
)
def test_a_bare_source_number_becomes_a_link_once(text, link):
    assert prose.to_book(text) == link


# Um caderno feito para dar trabalho, do começo ao fim, pelo mdBook


def test_nested_lists_stay_nested(hard):
    assert hard.select_one("ul > li > ul > li > ul > li").get_text(strip=True) == "três"
    assert hard.select_one("ol > li > ul > li").get_text(strip=True) == "dentro do primeiro"


def test_every_formula_is_mathml_and_every_price_is_text(hard):
    assert len(hard.find_all("math")) >= 12
    text = visible_text(hard)
    for price in ("R$ 5,00 e R$ 7,50", "US$5 e US$6", "R$ 3, R$ 4", "R$ 2"):
        assert price in text
    assert not re.findall(r"(?<![RS])\$", text)
    assert "\\" not in text


def test_markdown_does_not_touch_a_formula(hard):
    texts = [re.sub(r"\s", "", math.get_text()) for math in hard.find_all("math")]
    for expected in ("a1*b2*c3", "ab∗", "[x](y)", "p(x|y)", "|x|", "x<y"):
        assert expected in texts
    assert hard.select_one("math em, math a, math td") is None


def test_a_formula_with_a_bar_does_not_split_a_table_cell(hard):
    header = hard.select_one("main > .table-wrapper thead")
    assert len(header.find_all("th")) == 2


def test_code_keeps_its_blank_lines_its_dollars_and_its_fences(hard):
    code = [block.get_text() for block in hard.select("pre code")]
    assert "print('```', '<b>', '$x$')\n\n\nx = 1  # R$ 5 * 2 _ 3" in code
    assert 'preco = "R$ 5"  # $nada$ aqui é fórmula\n\ntotal = 1 < 2' in code
    assert any("$dentro$ da lista" in block for block in code)
    assert hard.select_one("pre code span.k, pre code span.nb") is not None


def test_an_output_may_hold_a_fence_and_html(hard):
    outputs = [block.get_text() for block in hard.select("pre.stdout")]
    assert "```\n\n<b> $x$ & *não* é _ênfase_" in outputs


def test_a_pandas_table_is_a_table_with_headers(hard):
    table = hard.select_one(".output table.dataframe")
    assert table.find_parent(class_="output")["class"] == ["output", "html"]
    assert table.select_one("thead th[scope=col]").get_text() == "preço_em_R$"
    assert table.select_one("tbody th[scope=row]").get_text() == "0"
    assert table.select_one("td:nth-of-type(1)").get_text() == ""
    assert "1 * 2 * 3" in table.get_text()
    assert hard.select_one("style") is None


def test_a_progress_bar_shows_only_its_end(hard):
    assert [block.get_text() for block in hard.select("pre.stderr")] == ["100 % |███|"]


def test_tags_remove_cells_and_inputs(hard):
    assert "escondida" not in hard.get_text()
    assert "sumiu" not in hard.get_text()
    assert "sem_codigo" not in hard.get_text()
    assert "ficou" in hard.get_text()


def test_a_solution_is_folded(hard):
    folded = next(d for d in hard.find_all("details") if "solucao = 42" in d.get_text())
    assert folded.summary.get_text() == "Solução"
    assert not folded.has_attr("open")


def test_an_error_is_shown_as_an_error(hard):
    error = hard.select_one(".output.error")
    title = error.select_one(".error-title").get_text()
    assert title == "ZeroDivisionError: division by <zero>"
    assert "\x1b" not in error.get_text()
    assert error.details.summary.get_text() == "O caminho até o erro"


def test_pictures_keep_their_alternative_texts(hard):
    alts = [picture["alt"] for picture in hard.find_all("img")]
    assert 'Uma "reta" que sobe < 1.' in alts
    assert "Uma bola que anda." in alts
    picture = hard.find("img", alt='Uma "reta" que sobe < 1.')
    assert (picture["width"], picture["height"]) == ("2", "3")


def test_a_widget_is_its_picture_and_a_line_about_the_live_one(hard):
    captions = hard.find_all("figcaption")
    assert [caption.parent.img["alt"] for caption in captions] == ["Um painel com a taxa."]
    assert captions[0].get_text() == outputs.LIVE_NOTE
    assert hard.select_one("p.live-note").get_text() == outputs.LIVE_NOTE
    assert "explore: taxa" not in hard.get_text()


def test_what_moves_is_marked_and_still_pictures_are_not(hard, book_pages):
    assert [image["alt"] for image in hard.select("img.film")] == ["Uma bola que anda."]
    assert len(book_pages["06_imagens_a_pedido.html"].select("img.film")) == 1
    assert book_pages["04_muitas_sementes.html"].select("img.film") == []


def test_markdown_and_latex_outputs_are_rendered(hard):
    outputs = hard.select("div.output")
    assert any(output.find("mfrac") for output in outputs)
    assert any(output.find("strong", string="negrito") for output in outputs)


def test_an_admonition_has_a_portuguese_title(hard):
    note = hard.select_one(".admonition.warning")
    assert note.select_one(".admonition-title").get_text() == "Atenção"
    assert note.find("math")
    assert note.find("code")


def test_the_start_of_the_lesson_is_a_card(hard):
    assert [li.get_text() for li in hard.select(".lesson-card li")] == ["um"]


def test_a_bare_arxiv_number_becomes_a_link_once(hard):
    links = [a["href"] for a in hard.find_all("a") if "arxiv.org" in a["href"]]
    assert links == ["https://arxiv.org/abs/1406.2661", "https://arxiv.org/abs/1412.6980"]


def test_only_what_a_page_uses_is_published(made_book):
    names = {path.name for path in made_book.iterdir()}
    assert {"a.html", "a.ipynb", "b.html", "b.ipynb", "index.html", "pagefind"} <= names
    assert not [name for name in names if name.startswith((".", "rascunho", "highlight"))]


# Cadernos estranhos e cadernos ilegíveis


def notebook(**cell):
    """Um caderno de uma célula só, de código se nada disser o contrário."""
    code = {"cell_type": "code", "source": "x = 1", "outputs": [], "execution_count": None}
    cell = {"metadata": {}} | (cell if "cell_type" in cell else code | cell)
    return notebook_of(cell)


def notebook_of(*cells, **fields):
    kind = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({"cells": cells} | kind | fields)


def shown(data, metadata):
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def test_lines_of_a_source_are_joined():
    text = chapters.notebook_to_markdown(notebook(source=["x ", "= 1"]), "a.ipynb")
    assert '<span class="n">x</span> <span class="o">=</span>' in text


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "AA=="},
        {"image/jpeg": "AA=="},
        {"text/html": '<img src="data:image/png;base64,AA==" alt="">'},
    ],
)
def test_a_picture_without_a_description_says_so(data):
    output = shown(data, {})
    text = chapters.notebook_to_markdown(notebook(outputs=[output]), "a.ipynb")
    assert 'alt="Figura desenhada pelo código acima."' in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.ipynb: não é um caderno, porque não é JSON"),
        ("{", "a.ipynb: não é um caderno, porque não é JSON"),
        ("[]", "a.ipynb: não é um caderno do formato 4"),
        ("{}", "a.ipynb: não é um caderno do formato 4"),
        (notebook_of(nbformat=3), "a.ipynb: não é um caderno do formato 4"),
        (notebook_of(cells=3), "a.ipynb: conteúdo inválido em cells"),
        (notebook_of(3), "a.ipynb, célula 1: conteúdo inválido (3"),
        (notebook(cell_type="prosa"), "a.ipynb, célula 1: conteúdo inválido"),
        (notebook(source=3), "a.ipynb, célula 1: conteúdo inválido em source (3"),
        (notebook(metadata=3), "a.ipynb, célula 1: conteúdo inválido em metadata (3"),
        (notebook(metadata={"tags": 3}), "célula 1: conteúdo inválido em metadata.tags (3"),
        (notebook(outputs=[3]), "a.ipynb, célula 1: conteúdo inválido em outputs.0 (3"),
        (notebook(outputs=[{"output_type": "?"}]), "célula 1: conteúdo inválido em outputs.0"),
        (notebook(outputs=[{"output_type": "stream", "name": "stdout"}]), "inválido em outputs.0"),
        (notebook(cell_type="markdown", source="$x^$"), "a.ipynb, célula 1: a fórmula 'x^'"),
    ],
)
def test_an_unreadable_notebook_names_the_file_and_the_cell(text, message):
    with pytest.raises(BookError) as error:
        chapters.notebook_to_markdown(text, "a.ipynb")
    assert message in str(error.value)


@contextlib.contextmanager
def patience(seconds):
    """Quem não acaba a tempo trava, em vez de demorar: o teste falha, e não fica à espera."""

    def give_up(signum, stack):
        raise TimeoutError(f"não acabou em {seconds} segundos")

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        signal.alarm(seconds)
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("piece", ["<style ", "<style scoped>", "<link ", "<!--", "$a", "` `` "])
def test_a_hostile_text_takes_a_time_that_grows_only_with_its_length(piece):
    text = 100_000 * piece  # com o quadrado do tamanho, seriam horas
    with patience(60):
        output = shown({"text/html": text}, {})
        assert text in chapters.notebook_to_markdown(notebook(outputs=[output]), "a.ipynb")
        assert chapters.page_to_markdown(text, "a.md")


def test_the_book_is_not_built_from_an_unreadable_notebook(run_mdbook, made_source, tmp_path):
    path = made_source / "notebooks" / "b.ipynb"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('"cell_type": "markdown"', '"cell_type": "texto"'), "utf-8")
    try:
        result = run_mdbook(made_source, tmp_path / "livro")
    finally:
        path.write_text(good, encoding="utf-8")
    assert result.returncode != 0
    assert "notebooks/b.ipynb, célula 1" in result.stderr


# O protocolo: JSON entra, JSON sai


def converse(request, monkeypatch, capsysbinary):
    """O que o mdBook recebe: o estado de saída, a saída e a mensagem."""
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(request).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    status = __main__.main([])
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


def request_with(content, path="a.ipynb", **options):
    chapter = {"name": "A", "path": path, "content": content, "sub_items": []}
    context = {"config": {"book": {"src": "notebooks"}, "preprocessor": {"cadernos": options}}}
    return [context, {"items": [{"Chapter": chapter}, "Separator", {"PartTitle": "Parte"}]}]


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b"3", b"[]", b"[{}, {}]", b"[1, 2, 3]"])
def test_something_else_than_a_book_is_refused_in_portuguese(sent, monkeypatch, capsysbinary):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sent)))
    assert __main__.main([]) == 1
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert err.decode().startswith("O livro não foi montado. A entrada não é o par")


def test_answers_whether_it_supports_a_renderer():
    assert __main__.main(["supports", "html"]) == 0
    assert __main__.main(["supports", "epub"]) != 0
    assert __main__.main(["outra-coisa"]) != 0


def test_drafts_separators_and_subchapters_pass(monkeypatch, capsysbinary):
    request = request_with(notebook())
    request[1]["items"][0]["Chapter"]["sub_items"] = [
        {"Chapter": {"name": "B", "path": None, "content": "", "sub_items": []}},
        {"Chapter": {"name": "C", "path": "c.md", "content": "# C\n\n$x$", "sub_items": []}},
    ]
    status, out, err = converse(request, monkeypatch, capsysbinary)
    items = json.loads(out)["items"]
    assert (status, err) == (0, "")
    assert items[1:] == ["Separator", {"PartTitle": "Parte"}]
    draft, page = (item["Chapter"] for item in items[0]["Chapter"]["sub_items"])
    assert draft["content"] == ""
    assert "<math" in page["content"]


LIVE_DATA = {
    "image/png": "iVBORw0KGgo=",
    outputs.LIVE_FIGURE: {"element": "x-figure", "data": {"text": "</script>", "n": 3}},
}


def converted(*request, **options):
    """O texto do capítulo pedido em `request_with`."""
    book = __main__.preprocess(request_with(*request, **options))
    return book["items"][0]["Chapter"]["content"]


def test_a_live_output_is_an_element_around_its_picture_and_data(monkeypatch):
    monkeypatch.setitem(sys.modules, "alive", types.SimpleNamespace(script=lambda: "wake()"))
    live = new_output("display_data", data=LIVE_DATA)
    cells = [new_code_cell("viva", outputs=[live]), new_code_cell("outra", outputs=[live])]
    text = converted(nbformat.writes(new_notebook(cells=cells)), scripts={"x-figure": "alive"})
    page = BeautifulSoup(text, "html.parser")
    figures = page.find_all("x-figure")
    assert len(figures) == 2
    for figure in figures:
        assert json.loads(figure.script.string) == {"text": "</script>", "n": 3}
        assert figure.img["src"] == "data:image/png;base64,iVBORw0KGgo="
    assert [script.string.strip() for script in page.find_all("script", type=None)] == ["wake()"]
    assert text.index("wake()") > text.rindex("</x-figure>")


def test_a_page_without_life_takes_no_script(monkeypatch):
    monkeypatch.setitem(sys.modules, "alive", types.SimpleNamespace(script=lambda: "wake()"))
    assert "wake()" not in converted(notebook(), scripts={"x-figure": "alive"})


def test_the_opening_comes_right_after_the_title_of_the_first_page(monkeypatch):
    opening = types.SimpleNamespace(outputs=lambda: [{"text/markdown": "**Veja**"}, LIVE_DATA])
    monkeypatch.setitem(sys.modules, "opening", opening)
    text = converted("# Título\n\nO começo.", "a.md", opening="opening")
    places = [text.index(part) for part in ("# ", "**Veja**", "<x-figure ", "O começo.")]
    assert places == sorted(places)
    assert "\n\n<x-figure data-pagefind-ignore>\n" in text, "só assim é um bloco de HTML"


def test_an_error_goes_to_stderr_and_nothing_to_stdout(monkeypatch, capsysbinary):
    status, out, err = converse(request_with("{"), monkeypatch, capsysbinary)
    assert status == 1
    assert out == ""
    assert err.startswith("O livro não foi montado. notebooks/a.ipynb: não é um caderno")


anything = st.text(st.characters(codec=None), max_size=80) | st.text(
    "$`\\<>[]()#*_|~{}\r\n ax", max_size=60
)


@settings(max_examples=150)
@given(markdown=anything, code=anything, output=anything, page=anything)
def test_no_text_breaks_the_protocol(markdown, code, output, page):
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": output},
        shown({"text/html": output}, {}),
        {"output_type": "error", "ename": output, "evalue": code, "traceback": [output]},
    ]
    prose = {"cell_type": "markdown", "metadata": {}, "source": markdown}
    code = {"cell_type": "code", "source": code, "outputs": outputs}
    code |= {"metadata": {}, "execution_count": None}
    request = request_with(notebook_of(prose, code))
    request[1]["items"][0]["Chapter"]["sub_items"] = request_with(page, "c.md")[1]["items"][:1]
    with pytest.MonkeyPatch.context() as patch:
        stdout, stderr = io.StringIO(), io.TextIOWrapper(io.BytesIO())
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(request).encode())))
        patch.setattr("sys.stdout", stdout)
        patch.setattr("sys.stderr", stderr)
        status = __main__.main([])
    if status == 0:
        book = json.loads(stdout.getvalue().encode("utf-8"))
        content = book["items"][0]["Chapter"]["content"]
        assert content.encode("utf-8")
    else:
        assert stdout.getvalue() == ""
        assert "fórmula" in stderr.buffer.getvalue().decode()
        assert "$" in markdown + page


# O livro do curso


def test_every_notebook_is_a_chapter_with_its_download(book, book_pages):
    for path in NOTEBOOKS:
        link = book_pages[f"{path.stem}.html"].select_one(".notebook-link a")
        assert link["href"] == path.name
        assert link.has_attr("download")
        assert (book / path.name).read_bytes() == path.read_bytes()


def test_chapters_are_chained_in_the_order_of_the_summary(book_pages):
    summary = (ROOT / "notebooks" / "SUMMARY.md").read_text(encoding="utf-8")
    listed = re.findall(r"\]\(([\w/]+)\.(?:ipynb|md)\)", summary)

    def neighbour(name, side):
        link = book_pages[f"{name}.html"].select_one(f".neighbours a[rel={side}]")
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), link["href"]))

    for before, after in pairwise(listed):
        assert neighbour(before, "next") == f"{after}.html"
        assert neighbour(after, "prev") == f"{before}.html"


def test_the_first_chapter_maps_every_lesson(book_pages):
    links = {a["href"] for a in book_pages["index.html"].select("main table a")}
    assert links, "o primeiro capítulo perdeu o mapa das aulas"
    assert links <= {f"{name}.html" for name in NAMES}


def test_every_link_and_anchor_leads_somewhere(book):
    found = {path: site.page_targets(path) for path in book.rglob("*.html")}
    for page, (targets, _) in found.items():
        for target in targets:
            path = site.local_file(target, page)
            if path is None:
                assert target.startswith(("https://", "data:")), f"{page.name}: {target}"
                continue
            assert path.is_file(), f"{page.name}: {target}"
            fragment = unquote(target.partition("#")[2])
            if fragment and path.suffix == ".html":
                assert fragment in found[path][1], f"{page.name}: {target}"


def test_only_the_download_links_lead_to_notebooks(book_pages):
    for name, page in book_pages.items():
        for link in page.find_all("a", href=re.compile(r"^(?!https:).*\.ipynb$")):
            assert link.has_attr("download"), f"{name}: {link}"


def test_nothing_is_loaded_from_another_host(book, book_pages):
    for name, page in book_pages.items():
        for element in page.find_all(["script", "link", "img", "iframe", "source", "video"]):
            target = element.get("src") or element.get("href") or ""
            assert not target.startswith(("http", "//")), f"{name}: {target}"
    for path in book.rglob("*.css"):
        assert not re.search(r"@import|url\([\"']?(https?:|//)", path.read_text("utf-8")), path.name


@every_lesson
def test_no_raw_tex_is_left_in_a_chapter(book_pages, name):
    text = visible_text(book_pages[f"{name}.html"].main)
    assert not re.findall(r"(?<![RS])\$[^ ]?", text)
    assert not re.findall(r"\\[A-Za-z]+", text)


def test_every_formula_of_the_course_is_rendered(book_pages):
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        text = re.sub(r"```.*?```|`[^`]*`|\\\$", "", text, flags=re.DOTALL)
        in_lesson = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, flags=re.DOTALL))
        main = book_pages[f"{path.stem}.html"].main
        in_titles = len(main.select(".page-toc math"))
        in_outputs = len(main.select(".output math"))
        assert len(main.find_all("math")) - in_titles - in_outputs == in_lesson, path.name


def test_pages_are_in_portuguese_with_one_title_and_headings_in_order(book_pages):
    for name, page in book_pages.items():
        assert page.html["lang"] == "pt-BR"
        assert page.title.get_text().strip()
        levels = [int(heading.name[1]) for heading in page.find_all(re.compile(r"^h[1-6]$"))]
        assert levels[0] == 1
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_every_picture_has_a_real_alternative_text(book_pages):
    for name, page in book_pages.items():
        for picture in page.find_all("img"):
            alt = picture.get("alt", "")
            assert len(alt.split()) >= 4, f"{name}: {alt!r}"
            assert not re.search(r"\.(png|jpe?g|gif|svg)\b", alt)


def test_the_interface_speaks_portuguese(book):
    english = re.compile(
        r"\b(Previous|Next|Search|Copy|Copied|Toggle|Theme|Print this|chapter|Contents|Warning)\b"
    )
    for path in book.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        around = BeautifulSoup(re.sub(r"<main.*</main>", "", text, flags=re.DOTALL), "html.parser")
        words = around.body.get_text(" ")
        for element in around.body.find_all(True):
            for attribute in ("title", "aria-label", "placeholder"):
                words += " " + element.get(attribute, "")
        assert not english.findall(words), path.name
        assert re.search(r"Página montada em \d+º? de [a-zç]+ de \d{4}\.", text), path.name


def test_the_date_is_written_out(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    assert __main__.today() == "1º de março de 2026"


def test_a_chapter_weighs_at_most_three_megabytes(book):
    for name in NAMES:
        assert (book / f"{name}.html").stat().st_size <= 3_000_000, name


def test_solutions_are_folded_and_claims_are_shown(book_pages):
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        solutions = sum("solution" in cell["metadata"].get("tags", []) for cell in cells)
        page = book_pages[f"{path.stem}.html"]
        summaries = [summary.get_text() for summary in page.find_all("summary")]
        assert summaries.count("Solução") == solutions
        has_claims = any("confirm(" in "".join(cell["source"]) for cell in cells)
        assert ("✔" in page.get_text()) == has_claims


def test_the_reference_page_tells_the_lessons_that_cite_each_source(book_pages):
    items = book_pages["referencias.html"].select("main li")
    goodfellow = next(item for item in items if "1406.2661" in item.get_text())
    assert {a["href"] for a in goodfellow.select(".cited-in a")} >= {"01_teoria.html"}


def test_the_glossary_is_in_alphabetical_order_with_the_english_names(book_pages):
    terms = [term.get_text() for term in book_pages["glossario.html"].find_all("dt")]
    assert [prose.slug(term.split(" (")[0]) for term in terms] == sorted(
        prose.slug(term.split(" (")[0]) for term in terms
    )
    words = " ".join(terms)
    for english in ("generator", "discriminator", "loss", "mode collapse", "latent noise"):
        assert f"({english})" in words


def test_the_printed_book_starts_each_chapter_on_a_new_page(book):
    page = (book / "print.html").read_text(encoding="utf-8")
    assert page.count("break-before: page") == page.count("<h1") - 1 > 5


def test_pruning_keeps_only_what_is_reached(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "solta").mkdir()
    (tmp_path / "index.html").write_text('<link href="a.css"><a href="b.html#x">b</a>')
    (tmp_path / "b.html").write_text('<a href="index.html">a</a><a href="https://x.org">x</a>')
    (tmp_path / "a.css").write_text("@font-face { src: url('fonts/f.woff2') }")
    kept = {"index.html", "b.html", "a.css", "fonts/f.woff2"}
    for name in ("fonts/f.woff2", "fonts/g.woff2", "solta/z.js"):
        (tmp_path / name).write_text("")
    site.prune(tmp_path)
    files = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert files == kept
    assert not (tmp_path / "solta").exists()


def test_finishing_a_book_that_does_not_exist_is_refused(tmp_path, capsys):
    assert site.main([str(tmp_path)]) == 1
    assert "rode o mdbook antes" in capsys.readouterr().err
