"""As fontes: que aulas citam cada artigo, para a página de referências dizer."""

import json
import re

MARKER = "<!-- aulas -->"
_ARXIV = re.compile(r"\b\d{4}\.\d{4,5}\b")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s)\]\"<>]+[^\s)\]\"<>.,;]")
_PMLR = re.compile(r"proceedings\.mlr\.press/v\d+/\w+")


def identifiers(text):
    """Os números do arXiv, os DOIs e as páginas da PMLR que há num texto.

    Um número do arXiv só conta junto da palavra, e não como uma medida qualquer.
    """
    near_arxiv = re.findall(r"arxiv\D{0,25}\d{4}\.\d{4,5}", text, flags=re.IGNORECASE)
    found = {_ARXIV.search(piece)[0] for piece in near_arxiv if _ARXIV.search(piece)}
    return found | set(_DOI.findall(text)) | set(_PMLR.findall(text))


def citations(chapters):
    """Quem cita cada fonte.

    Parameters
    ----------
    chapters : iterable of (str, str, str)
        Título, página (``aula.html``) e o texto do caderno.

    Returns
    -------
    dict of str to list of (str, str)
        Para cada identificador, os títulos e as páginas das aulas que o citam.
    """
    found = {}
    for title, page, notebook in chapters:
        for identifier in sorted(identifiers(_prose(notebook))):
            found.setdefault(identifier, []).append((title, page))
    return found


def _prose(notebook):
    try:
        cells = json.loads(notebook)["cells"]
        return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    except (ValueError, KeyError, TypeError):
        return ""  # o capítulo ilegível é recusado por quem o monta


def with_lessons(text, cited):
    """Numa página marcada com ``<!-- aulas -->``, cada item ganha as aulas que o citam."""
    if MARKER not in text:
        return text
    lines = []
    for line in text.replace(MARKER, "").split("\n"):
        pages = {page: title for key in identifiers(line) for title, page in cited.get(key, [])}
        if line.startswith("- ") and pages:
            links = ", ".join(f"[{title}]({page})" for page, title in sorted(pages.items()))
            line = f'{line.rstrip()} <span class="cited-in">Aulas: {links}.</span>'
        lines.append(line)
    return "\n".join(lines)
