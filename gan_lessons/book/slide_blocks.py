"""Os pedaços de um slide: o HTML de cada um, e a altura que ele vai tomar na tela."""

import html
import re
from dataclasses import dataclass
from itertools import zip_longest

import mistune

from gan_lessons.book.outputs import LIVE_FIGURE, output_to_html
from gan_lessons.book.prose import code_block, to_book

CAPACITY = 600
"""A altura, em pixels de um slide de 1280 × 720, que cabe embaixo do título."""
MOST_CODE = 21
"""Linhas de código que cabem; uma célula mais longa é para ler no caderno."""
MOST_OUTPUT = 16
LONG_FORMULA = 150
WIDTH, FIGURE, LARGEST = 1180, 560, 1.8
"""Largura e altura de uma figura, e quanto ela pode crescer sem perder a nitidez."""

_DRAWS = re.compile(r"plots\.|\bax\b|\baxes\b|\bfig\b|sheet\(")
_markdown = mistune.create_markdown(escape=False, plugins=["table"])


@dataclass
class Block:
    """Um pedaço que não se parte: o HTML, a altura estimada e se só aparece quando se pede."""

    markup: str
    height: float
    fragment: bool = False


def prose_blocks(piece):
    """Um pedaço de Markdown em blocos que cabem: listas e tabelas compridas se partem."""
    lines = piece.splitlines()
    head, rows = [], [piece]
    if lines[0].lstrip().startswith("|"):
        head, rows = lines[:2], lines[2:]
    elif re.match(r"[-*] |\d+\. ", lines[0]):
        rows = re.split(r"\n(?=[-*] |\d+\. )", piece)
    parts = [[]]
    for row in rows:
        if parts[-1] and _height("\n".join([*head, *parts[-1], row])) > CAPACITY:
            parts.append([])
        parts[-1].append(row)
    for part in parts:
        yield prose_block("\n".join([*head, *part]))


def prose_block(text, *, fragment=False):
    """Um bloco de Markdown; o de `fragment` só aparece quando se pede."""
    long = "$$" in text and len(text) > LONG_FORMULA
    markup = f'<div class="long">{render(text)}</div>' if long else render(text)
    return Block(markup, _height(text), fragment)


def render(text):
    """Markdown, com as fórmulas do livro, em HTML."""
    return _markdown(to_book(text))


def _height(text):
    """A altura estimada de um pedaço de Markdown."""
    lines = text.splitlines()
    if "$$" in text:
        return 70 + 60 * (1 + text.count(r"\\"))
    if text.startswith("```"):
        return 40 + 26 * len(lines)
    if lines[0].startswith("|"):
        rows = [line.strip("| ") for line in lines[:1] + lines[2:]]
        return _table_height([re.split(r" *\| *", row) for row in rows])
    plain = re.sub(r"\]\([^)]*\)|[*`]", "", text)
    items = re.split(r"\n(?=[-*>] |\d+\. )", plain)
    return 18 + sum(8 + 38 * (1 + len(item) // 84) for item in items)


def _table_height(rows):
    """A altura de uma tabela, cujas colunas repartem a largura conforme o que têm."""
    widest = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    room = 98 - 3 * len(widest)
    share = [max(8, room * size / max(sum(widest), room)) for size in widest]
    lines = [
        max((len(cell) / size + 0.8) // 1 for cell, size in zip(row, share, strict=False))
        for row in rows
        if row
    ]
    return 20 + sum(11 + 30 * max(1, count) for count in lines)


def code_blocks(cell, *, folded):
    """O código que cabe, se não é só desenho, e as saídas; o recolhido aparece quando se pede."""
    source = cell.source.strip("\n")
    lines = source.splitlines()
    outputs = [markup for output in cell.outputs if (markup := output_to_html(_short(output)))]
    teaches = not _DRAWS.search(source) and "confirm(" not in source
    if len(lines) <= MOST_CODE and (folded or teaches):
        yield Block(code_block(source, "python"), 34 + 26 * len(lines), folded)
    for markup in outputs:
        yield _output_block(markup, folded)


def _short(output):
    """A saída que cabe num slide: do texto, as primeiras linhas; da figura viva, a parada."""
    if output.output_type in ("display_data", "execute_result"):
        data = {kind: value for kind, value in output.data.items() if kind != LIVE_FIGURE}
        return type(output)(output, data=data)
    if output.output_type != "stream":
        return output
    if output.name == "stderr":  # as barras de progresso
        return type(output)(output, text="")
    lines = output.text.splitlines()
    if len(lines) <= MOST_OUTPUT:
        return output
    return type(output)(output, text="\n".join([*lines[:MOST_OUTPUT], "…"]))


def _enlarged(markup):
    """A figura do tamanho da tela, ou perto: `(HTML, altura)`."""
    size = re.search(r' width="(\d+)" height="(\d+)"', markup)
    if not size:
        return markup, FIGURE
    width, height = int(size[1]), int(size[2])
    scale = min(WIDTH / width, FIGURE / height, LARGEST)
    width, height = round(scale * width), round(scale * height)
    return markup.replace(size[0], f' width="{width}" height="{height}"'), height + 20


def _output_block(markup, folded):
    if "<img" in markup:
        return Block(*_enlarged(markup), folded)
    if "<table" in markup:
        rows = [
            [re.sub("<[^>]*>", "", cell) for cell in re.split("</t[hd]>", row)[:-1]]
            for row in re.findall(r"<tr.*?</tr>", markup, flags=re.DOTALL)
        ]
        height = _table_height(rows)
        if height > CAPACITY:
            markup, height = f'<div class="dense">{markup}</div>', 0.75 * height
        return Block(markup, height, folded)
    line = 32 if 'class="claim"' in markup else 26
    plain = html.unescape(re.sub("<[^>]*>", "", markup))
    lines = [len(text) // 85 + 1 for text in plain.split("\n")]
    return Block(markup, 20 + line * sum(lines), folded)
