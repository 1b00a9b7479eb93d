"""Um caderno executado vira um capítulo: prosa, código, saídas, figuras e soluções recolhidas."""

import html
import re

from gan_lessons.book import BookError
from gan_lessons.book.outputs import output_to_html
from gan_lessons.book.prose import Headings, code_block, to_book
from gan_lessons.book.reading import read_notebook


def notebook_to_markdown(text, name, *, download=None):
    """O capítulo, em Markdown, do caderno que está em `text`.

    Parameters
    ----------
    text, name : str
        Como em `reading.read_notebook`.
    download : str, optional
        O nome do arquivo que a página oferece para baixar.
    """
    headings, parts = Headings(), []
    for cell in read_notebook(text, name).cells:
        try:
            parts.append(_cell(cell, headings))
        except BookError as error:
            raise BookError(f"{name}, célula {cell.number}: {error}.") from error
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
    is_solution = "solution" in cell.metadata.get("tags", [])
    outputs = "".join(map(output_to_html, cell.outputs))
    is_removed = cell.metadata.get("transient", {}).get("remove_source")
    source = "" if is_removed else cell.source.strip("\n")
    code = code_block(source, "python") if source else ""
    if is_solution or cell.metadata.get("jupyter", {}).get("source_hidden"):
        summary = "Solução" if is_solution else "Código"
        code = f'<details class="folded"><summary>{summary}</summary>{code}'
        code += f"{outputs}</details>" if is_solution else f"</details>{outputs}"
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
