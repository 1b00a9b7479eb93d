"""Um caderno executado vira um capítulo: prosa, código, saídas, figuras e soluções recolhidas."""

import base64
import html
import json
import re
import struct

import nbformat
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import TagRemovePreprocessor

from gan_lessons.book import BookError
from gan_lessons.book.animation import is_animation, localize
from gan_lessons.book.prose import Headings, code_block, highlight, one_line, to_book

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# A primeira forma que houver é a que aparece.
PREFERENCE = (
    *("text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"),
    *("text/latex", "text/markdown", "text/plain"),
)
LIVE_NOTE = "No caderno esta figura é interativa: baixe-o, execute-o e mexa nos controles."

_REMOVE_BY_TAG = TagRemovePreprocessor(
    enabled=True,
    remove_cell_tags={"remove-cell"},
    remove_input_tags={"remove-input"},
    remove_all_outputs_tags={"remove-output"},
)


def read_notebook(text, name):
    """O caderno que está em `text`, ou um `BookError` que diz o que há de errado, e onde.

    Dos metadados fica só o que o livro usa; os que vierem estranhos contam como ausentes.
    """
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise BookError(f"{name}: não é um caderno, porque não é JSON ({error}).") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise BookError(
            f"{name}: não é um caderno do formato 4, porque não tem a lista de células."
        )
    cells = [_known_fields(cell, name, number) for number, cell in enumerate(raw["cells"], 1)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        where = [step for step in error.absolute_path if isinstance(step, int)]
        cell = f", célula {where[0] + 1}" if where else ""
        raise BookError(f"{name}{cell}: conteúdo inválido ({error.message[:200]}).") from error
    return nbformat.from_dict(notebook)


def _known_fields(cell, name, number):
    def fail(problem):
        raise BookError(f"{name}, célula {number}: {problem}.")

    def text(value, what):
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "".join(value)
        if not isinstance(value, str):
            fail(f"{what} deve ser um texto, mas é {type(value).__name__}")
        return value

    if not isinstance(cell, dict):
        fail(f"deve ser um objeto, mas é {type(cell).__name__}")
    kind = cell.get("cell_type")
    if kind not in ("markdown", "code", "raw"):
        fail(f"cell_type deve ser markdown, code ou raw, mas é {kind!r}")
    known = {"cell_type": kind, "source": text(cell.get("source"), "source")}
    given = _dictionary(cell.get("metadata"))
    tags = given.get("tags")
    tags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    hidden = _dictionary(given.get("jupyter")).get("source_hidden") is True
    known["metadata"] = {"tags": sorted(set(tags)), "jupyter": {"source_hidden": hidden}}
    if isinstance(cell.get("attachments"), dict):
        known["attachments"] = cell["attachments"]
    if kind == "code":
        known["execution_count"] = None
        outputs = cell.get("outputs", [])
        if not isinstance(outputs, list) or not all(isinstance(o, dict) for o in outputs):
            fail("outputs deve ser uma lista de saídas")
        known["outputs"] = [_known_output(output, text) for output in outputs]
    return known


def _known_output(output, text):
    known = dict(output)
    if output.get("output_type") in ("display_data", "execute_result"):
        data = _dictionary(output.get("data"))
        known["data"] = {
            mime: value if "json" in mime else text(value, f"a saída {mime}")
            for mime, value in data.items()
        }
        known["metadata"] = _dictionary(output.get("metadata"))
    elif output.get("output_type") == "stream":
        known["text"] = text(output.get("text"), "a saída de texto")
    return known


def _dictionary(value):
    return value if isinstance(value, dict) else {}


def notebook_to_markdown(text, name, *, download=None):
    """O capítulo, em Markdown, do caderno que está em `text`.

    Parameters
    ----------
    text : str
        O arquivo ``.ipynb`` inteiro.
    name : str
        Como chamar o arquivo nos erros.
    download : str, optional
        O nome do arquivo que a página oferece para baixar.
    """
    notebook = read_notebook(text, name)
    numbered = {id(cell): number for number, cell in enumerate(notebook.cells, 1)}
    notebook, _ = _REMOVE_BY_TAG.preprocess(notebook, {})
    headings, parts = Headings(), []
    for cell in notebook.cells:
        try:
            parts.append(_cell(cell, headings))
        except BookError as error:
            raise BookError(f"{name}, célula {numbered[id(cell)]}: {error}.") from error
    return _open_chapter("\n\n".join(filter(None, parts)), headings, download)


def page_to_markdown(text, name):
    """O capítulo de uma página que já é Markdown: as fórmulas, os títulos e o índice."""
    headings = Headings()
    try:
        return _open_chapter(to_book(text, headings), headings, None)
    except BookError as error:
        raise BookError(f"{name}: {error}.") from error


def _open_chapter(text, headings, download):
    """Depois do título, o link do caderno e o índice da página."""
    extra = []
    if download:
        extra.append(
            f'<p class="notebook-link"><a href="{html.escape(download)}" download>'
            "Baixe o caderno desta aula</a> para executá-lo e mexer nele, no JupyterLab.</p>"
        )
    sections = [(title, name) for level, title, name in headings.entries if level == 2]
    if len(sections) > 2:
        links = "\n".join(f"- [{title}](#{name})" for title, name in sections)
        extra.append(
            '<nav class="page-toc" aria-label="Nesta página" data-pagefind-ignore>\n'
            f"<details>\n<summary>Nesta página</summary>\n\n{links}\n\n</details>\n</nav>"
        )
    title = re.search(r"^# .*$", text, flags=re.MULTILINE)
    if not extra or title is None:
        return text
    return "\n\n".join([text[: title.end()], *extra, text[title.end() :].lstrip("\n")])


def _cell(cell, headings):
    if cell.cell_type == "markdown":
        return _lesson_card(to_book(_with_attachments(cell), headings))
    if cell.cell_type == "raw":
        return ""
    tags = set(cell.metadata.tags)
    outputs = "".join(map(_output, _joined_streams(cell.outputs)))
    is_removed = cell.metadata.get("transient", {}).get("remove_source")
    source = "" if is_removed else cell.source.strip("\n")
    code = code_block(source, "python") if source else ""
    if "solution" in tags or cell.metadata.jupyter.source_hidden:
        summary = "Solução" if "solution" in tags else "Código"
        code = f'<details class="folded"><summary>{summary}</summary>{code}'
        code += f"{outputs}</details>" if "solution" in tags else f"</details>{outputs}"
        outputs = ""
    return f'<div class="cell">{code}{outputs}</div>' if code or outputs else ""


def _lesson_card(text):
    """O começo da aula (objetivos, pré-requisitos e tempo) fica num quadro."""
    start = re.search(r"^\*\*Objetivos\*\*", text, flags=re.MULTILINE)
    if start is None or "**Tempo**" not in text:
        return text
    before, card = text[: start.start()], text[start.start() :]
    return f'{before}<div class="lesson-card">\n\n{card.strip()}\n\n</div>'


def _with_attachments(cell):
    source = cell.source
    for name, bundle in cell.get("attachments", {}).items():
        for mime, data in bundle.items():
            source = source.replace(f"(attachment:{name})", f"(data:{mime};base64,{data})")
    return source


def _joined_streams(outputs):
    """Uma barra de progresso chega em pedaços: juntos, cada um apaga o anterior."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            joined[-1] = nbformat.from_dict(last | {"text": last.text + output.text})
        else:
            joined.append(output)
    return joined


def _output(output):
    if output.output_type == "stream":
        return _text(output.text, "stderr" if output.name == "stderr" else "stdout")
    if output.output_type == "error":
        return _error(output)
    for mime in PREFERENCE:
        if mime in output.data:
            return _data(mime, output)
    if WIDGET_VIEW in output.data:
        return f'<p class="live-note">{LIVE_NOTE}</p>'
    return ""


def _data(mime, output):
    value = output.data[mime]
    if mime == "text/html":
        return _html(value, _alt(mime, output, "Animação feita pelo código acima."))
    if mime == "text/plain":
        return _text(value, "result")
    if mime in ("text/latex", "text/markdown"):
        # Markdown dentro do bloco: as linhas vazias em volta o separam do HTML.
        return f'<div class="output">\n\n{to_book(value).strip()}\n\n</div>'
    picture = _picture(mime, value, output)
    is_live = WIDGET_VIEW in output.data or _has_a_name(output)
    note = f"<figcaption>{LIVE_NOTE}</figcaption>" if is_live else ""
    return f'<figure class="output">{picture}{note}</figure>'


def _has_a_name(output):
    """Se a imagem é de um objeto que se apresenta (um widget), e não de uma `<Figure …>`."""
    text = output.data.get("text/plain", "<")
    return output.output_type == "execute_result" and not text.startswith("<")


def _picture(mime, value, output):
    if mime == "image/svg+xml":
        value = base64.b64encode(value.encode()).decode()
    value = "".join(value.split())
    alt = _alt(mime, output, "Figura desenhada pelo código acima.")
    width, height = _size(mime, value)
    size = f' width="{width}" height="{height}"' if width else ""
    film = ' class="film"' if _moves(mime, value) else ""
    return (
        f'<img{film} src="data:{mime};base64,{value}" alt="{one_line(html.escape(alt))}"{size} '
        'decoding="async">'
    )


def _moves(mime, value):
    """Se a imagem é uma animação: a página lhe dá um botão para tocar de novo."""
    try:
        # O bloco acTL, que conta os quadros, vem antes dos pontos, e a paleta cabe em 768 bytes.
        return mime == "image/gif" or b"acTL" in base64.b64decode(value[:2000])
    except ValueError:
        return False


def _alt(mime, output, otherwise):
    alt = _dictionary(output.metadata.get(mime)).get("alt")
    return alt if isinstance(alt, str) and alt.strip() else otherwise


def _size(mime, value):
    """Largura e altura, lidas do cabeçalho: a página não pula quando a imagem chega."""
    try:
        head = base64.b64decode(value[:64])
        if mime == "image/png":
            return struct.unpack(">II", head[16:24])
        if mime == "image/gif":
            return struct.unpack("<HH", head[6:10])
    except (ValueError, struct.error):
        pass
    return None, None


def _text(text, kind):
    """Texto de saída; as barras de progresso ficam como se veem no fim."""
    text = settle(strip_ansi(text)).strip("\n")
    if not text.strip():
        return ""
    shown = re.sub(
        "^✔.*$", r'<span class="claim">\g<0></span>', html.escape(text), flags=re.MULTILINE
    )
    return f'<pre class="output {kind}"><samp>{one_line(shown)}</samp></pre>'


def settle(text):
    r"""O que sobra na tela depois de cada ``\r``, que volta ao começo da linha, e ``\b``."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown, column = [], 0
        for letter in line:
            if letter == "\r":
                column = 0
            elif letter == "\b":
                column = max(0, column - 1)
            else:
                shown[column : column + 1] = [letter]
                column += 1
        lines.append("".join(shown))
    # Os outros caracteres de controle não têm desenho.
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", "\n".join(lines))


def _error(output):
    """O erro numa linha, e o caminho até ele recolhido."""
    summary = settle(strip_ansi(f"{output.ename}: {output.evalue}"))
    trace = settle(strip_ansi("\n".join(output.traceback)))
    markup = f'<p class="error-title">{one_line(html.escape(summary))}</p>'
    if trace.strip():
        markup += (
            '<details class="folded"><summary>O caminho até o erro</summary>'
            f'<pre class="code"><code>{highlight(trace, "pytb")}</code></pre></details>'
        )
    return f'<div class="output error" role="note" aria-label="Erro">{markup}</div>'


def _html(value, alt):
    """HTML de uma saída: tabelas do pandas sem enfeites, e nada que busque algo na rede."""
    value = re.sub(r"<style\b[^>]*\bscoped\b.*?</style>", "", value, flags=re.DOTALL)
    value = re.sub(r"<link\b[^>]*>", "", value)
    if is_animation(value):
        value = localize(value, alt)
    value = value.replace('<table border="1" class="dataframe">', '<table class="dataframe">')
    value = value.replace('<tr style="text-align: right;">', "<tr>")
    if 'class="dataframe"' in value:
        head, close, body = value.partition("</thead>")
        head = head.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
        value = head + close + body.replace("<th>", '<th scope="row">')
    value = re.sub(r"\n\s*\n+", "\n", value.strip())
    return f'<div class="output html">{value}</div>'
