"""Uma aula vira slides: o que se mostra à turma, o que se diz, e o que cabe em cada tela.

O caderno é para ler sozinho; o slide, para olhar de longe. Por isso só aparecem os títulos, o
começo de cada explicação, as fórmulas, as listas, as tabelas, o código curto e as saídas. O resto
da prosa vai para as notas de quem fala, junto das perguntas do guia.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate, compress
from operator import not_

from gan_lessons.book.slide_blocks import (
    CAPACITY,
    Block,
    code_blocks,
    prose_block,
    prose_blocks,
)

REFERENCES = "Para ir além"
"""A seção que não se mostra."""
TITLE = 280
"""O que o título da aula, maior e mais abaixo, toma a mais."""
LEADING = 200
"""Até quantas letras do começo de um parágrafo aparecem; o resto é dito."""

_HEADING = re.compile(r"^(#{1,6}) +(.+)$")
_PIECE = re.compile(
    r"(?:^```.*?^```[ ]*$|^\$\$.*?\$\$[ ]*$|(?:(?!^[ ]*$).)+?)(?:\n[ \t]*\n|\Z)", re.M | re.S
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\wÁÉÍÓÚÂÊÔÃÕÇ*`$“\"])")
_SETUP = re.compile(r"(?:from|import|plt\.style|torch\.set_num_threads|#|%|\)|    \w+,?$|$)")
_QUESTION = re.compile(r"\*\*Preveja\*\*")


@dataclass
class Slide:
    """Uma tela: o título, os pedaços e o que dizer."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    top: float = 0.0

    @property
    def height(self):
        """A altura já tomada: a do título da aula, se é o caso, e a dos pedaços."""
        return self.top + sum(block.height for block in self.blocks)


def slide_type(cell, title=""):
    """O que o Jupyter chama de ``slideshow.slide_type``, pela regra do curso.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    title : str
        O título da seção em que a célula está.

    Returns
    -------
    str
        ``"slide"``, ``"subslide"``, ``"fragment"``, ``"skip"`` ou ``"-"``, que continua o anterior.
    """
    text = cell.source.strip()
    if cell.cell_type == "markdown":
        if text.startswith(("# ", "## ")):
            return "skip" if text.startswith(f"## {REFERENCES}") else "slide"
        if text.startswith("**Nesta aula**") or title == REFERENCES:
            return "skip"
        return "subslide" if text.startswith("### ") else "-"
    if cell.cell_type != "code" or title == REFERENCES:
        return "skip"
    if "solution" in cell.metadata.get("tags", []):
        return "fragment"
    answers = re.search(r"\bcheck_\w+\(|(= |return )\.\.\.$|^\w+ = None$", text, flags=re.MULTILINE)
    setup = all(_SETUP.match(line) for line in text.splitlines())
    return "skip" if answers or (setup and not cell.outputs) else "-"


def to_slides(notebook, spoken):
    """As colunas de slides de uma aula.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Como o lê `reading.read_notebook`. O papel que uma célula traz em ``slideshow`` vale mais
        que a regra.
    spoken : dict of str to str
        De cada seção, o que o guia manda dizer, em Markdown.

    Returns
    -------
    list of list of Slide
        Uma coluna por seção; dentro dela, uma tela embaixo da outra.
    """
    columns, title = [], ""
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type") or slide_type(cell, title)
        is_prose = cell.cell_type == "markdown"
        pieces = _pieces(cell.source) if is_prose else []
        if kind in ("skip", "notes"):
            title = _last_title(pieces) or title
            if kind == "notes":
                columns[-1][-1].notes.append(cell.source)
            continue
        for piece in pieces:
            heading = _HEADING.match(piece)
            if heading and len(heading[1]) < 3:
                title = heading[2]
                if title == REFERENCES:
                    break
                notes = [spoken[title]] if title in spoken else []
                columns.append([Slide(title, notes=notes, top=0 if columns else TITLE)])
            elif heading:
                columns[-1].append(Slide(heading[2]))
            else:
                _prose(columns[-1], piece)
        if not is_prose:
            for block in code_blocks(cell, folded=kind == "fragment"):
                _add(columns[-1], block)
    for column in columns:
        column[:] = [slide for slide in column if slide.blocks or slide is column[0]]
    return columns


def _pieces(source):
    """Os pedaços do Markdown: títulos, parágrafos, listas, tabelas, fórmulas e blocos de código."""
    pieces = [match[0].strip("\n") for match in _PIECE.finditer(source.strip() + "\n\n")]
    whole = []
    for piece in filter(str.strip, pieces):
        first, _, rest = piece.partition("\n")
        whole += [first, rest] if _HEADING.match(first) and rest.strip() else [piece]
    return whole


def _last_title(pieces):
    """O último título de seção entre os pedaços."""
    found = [match for piece in pieces if (match := _HEADING.match(piece))]
    return next((match[2] for match in reversed(found) if len(match[1]) < 3), "")


def _prose(column, piece):
    """Mostra o que se olha de um pedaço de Markdown, e guarda nas notas o que se diz."""
    slide = column[-1]
    if re.match(r"\s*(?:[-*|>]|\d+\.|```|\$\$|<)", piece):
        for block in prose_blocks(piece):
            _add(column, block)
        return
    text = " ".join(piece.split())
    sentences = _SENTENCE.split(text)
    asks = any(map(_QUESTION.search, sentences))
    if slide.title.startswith(("Exercício ", "Questão ")):
        seen = [True] * len(sentences)
    elif asks:
        seen = [
            _is_asked(before, s) for before, s in zip(["", *sentences], sentences, strict=False)
        ]
    else:
        ends = accumulate(len(sentence) + 1 for sentence in sentences)
        begins = not slide.blocks or "$$" in text
        seen = [begins and (place == 0 or end <= LEADING) for place, end in enumerate(ends)]
    if any(seen):
        _add(column, prose_block(" ".join(compress(sentences, seen)), fragment=asks))
    if not all(seen):
        column[-1].notes.append(" ".join(compress(sentences, map(not_, seen))))


def _is_asked(before, sentence):
    """Se a frase pede um palpite, ou é a pergunta que continua o pedido."""
    return bool(_QUESTION.search(sentence) or (_QUESTION.search(before) and "?" in sentence))


def _add(column, block):
    """Põe um pedaço na tela de baixo, ou abre outra, com o mesmo título, se ali não cabe."""
    if column[-1].blocks and column[-1].height + block.height > CAPACITY:
        column.append(Slide(column[-1].title))
    column[-1].blocks.append(block)
