"""Uma apresentação por aula, num arquivo só: ``python -m gan_lessons.book.deck SAÍDA CADERNO…``.

O arquivo leva dentro o reveal.js, o estilo e as figuras: abre com dois cliques, sem internet. As
setas andam, **S** abre as notas de quem fala, e **F** enche a tela.
"""

import argparse
import html
import re
import sys
from pathlib import Path

from gan_lessons.book import BookError
from gan_lessons.book.reading import read_notebook
from gan_lessons.book.slide_blocks import render
from gan_lessons.book.slides import to_slides

THEME = Path(__file__).parents[2] / "theme"
_PAGE = """<!DOCTYPE html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<div class="reveal"><div class="slides">
{body}
</div></div>
<script>
{script}
</script>
</body>
</html>
"""
_QUESTIONS = re.compile(r"^- \*\*(?P<title>.+?)\*\* — (?P<text>.+)$", re.MULTILINE)
_MINUTES = re.compile(
    r"^\| (?P<title>[^|*]+) \| (?P<short>–|\d+) \| (?P<long>–|\d+) \|$", re.MULTILINE
)


def spoken(guide):
    """De cada seção da aula, o que o guia manda dizer, e em quantos minutos.

    Parameters
    ----------
    guide : str
        A página do guia, em Markdown; vazia se não há.

    Returns
    -------
    dict of str to str
    """
    notes = {
        row["title"]: f"*Minutos: {row['short']} de 50, {row['long']} de 100.*"
        for row in _MINUTES.finditer(guide)
    }
    for item in _QUESTIONS.finditer(guide):
        before = notes.get(item["title"], "")
        notes[item["title"]] = f"{before}\n\n{item['text']}".strip()
    return notes


def deck(notebook, guide, reveal):
    """A página inteira de uma apresentação.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    guide : str
        A página do guia desta aula.
    reveal : pathlib.Path
        A pasta do reveal.js, com ``dist`` e ``plugin``.
    """
    columns = to_slides(notebook, spoken(guide))
    body = "\n".join(_column(number, column) for number, column in enumerate(columns))
    css = [reveal / "dist" / "reveal.css", THEME / "css" / "variables.css"]
    css.append(THEME / "slides" / "slides.css")
    scripts = [reveal / "dist" / "reveal.js", reveal / "plugin" / "notes" / "notes.js"]
    scripts.append(THEME / "slides" / "slides.js")
    return _PAGE.format(
        title=html.escape(columns[0][0].title),
        style="\n".join(path.read_text(encoding="utf-8") for path in css),
        body=body,
        # Um </script> no meio de um script o terminaria.
        script="\n".join(path.read_text(encoding="utf-8") for path in scripts).replace(
            "</script", "<\\/script"
        ),
    )


def _column(number, column):
    slides = (_slide(slide, number == place == 0) for place, slide in enumerate(column))
    return f"<section>\n{''.join(slides)}</section>"


def _slide(slide, opens):
    level = "h1" if opens else "h2"
    # O "2." de um título não é o começo de uma lista.
    title = re.sub(r"^(\d+)\.", r"\1\.", slide.title)
    title = render(title).strip().removeprefix("<p>").removesuffix("</p>")
    blocks = "".join(
        f'<div class="block{" fragment" if block.fragment else ""}">{block.markup}</div>'
        for block in slide.blocks
    )
    notes = "".join(map(render, slide.notes))
    notes = f'<aside class="notes">{notes}</aside>' if notes else ""
    return (
        f'<section><div class="slide"><{level}>{title}</{level}>{blocks}</div>{notes}</section>\n'
    )


def main(arguments=None):
    """Monta as apresentações pedidas; devolve o estado de saída."""
    parser = argparse.ArgumentParser(description="Monta uma apresentação por aula.")
    parser.add_argument("output", type=Path, help="a pasta das apresentações")
    parser.add_argument("notebooks", type=Path, nargs="+", help="os cadernos")
    parser.add_argument("--reveal", type=Path, required=True, help="a pasta do reveal.js")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks:
        guide = path.parent / "guia" / f"{path.stem}.md"
        text = guide.read_text(encoding="utf-8") if guide.is_file() else ""
        try:
            notebook = read_notebook(path.read_text(encoding="utf-8"), path.name)
            page = deck(notebook, text, options.reveal)
        except BookError as error:
            print(f"Os slides não foram montados. {error}", file=sys.stderr)
            return 1
        (options.output / f"{path.stem}.html").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
