"""As afirmações de um caderno, lidas do seu texto: cada chamada de `confirm`."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
MANY_SEEDS = "many-seeds"
"""Etiqueta da célula cujas afirmações muitas sementes decidem; sem ela, supõe-se uma só."""


@dataclass(frozen=True)
class Claim:
    """Uma afirmação; `cell` é a impressão digital da sua célula e do seu texto, sem as saídas."""

    lesson: str
    text: str
    cell: str
    many_seeds: bool = False


def read(lesson):
    """O caderno de uma aula, pelo nome, com ou sem ``.ipynb``."""
    return nbformat.read(NOTEBOOKS / f"{lesson.removesuffix('.ipynb')}.ipynb", as_version=4)


def lessons():
    """Os nomes das aulas que afirmam alguma coisa, em ordem."""
    names = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    return [name for name in names if claims_of(name)]


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def claims_of(lesson):
    """As afirmações de uma aula, na ordem em que aparecem."""
    found = []
    for cell in code_cells(read(lesson)):
        many_seeds = MANY_SEEDS in cell.metadata.get("tags", [])
        for text in claim_texts(cell.source):
            found.append(Claim(lesson, text, print_of(cell.source, text), many_seeds))
    return found


def print_of(source, text):
    """A impressão digital de uma afirmação: muda com ela e com a sua célula."""
    return hashlib.sha256(f"{source}\0{text}".encode()).hexdigest()[:12]


def tree_of(source):
    """A árvore de uma célula, com os ``%comandos`` do IPython já trocados por chamadas."""
    return ast.parse(TransformerManager().transform_cell(source))


def claim_texts(source):
    """O texto de cada afirmação de uma célula; o de uma f-string é o seu código."""
    if "confirm(" not in source:
        return []
    return [
        text.value
        if isinstance(text := call.args[0], ast.Constant)
        else ast.get_source_segment(source, text)
        for call in confirm_calls(tree_of(source))
    ]


def confirm_calls(tree):
    """As chamadas ``confirm(afirmação, conta)`` de uma árvore, na ordem do texto."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_confirm(node)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _is_confirm(node):
    name = getattr(node.func, "id", getattr(node.func, "attr", None))
    return name == "confirm" and len(node.args) == 2
