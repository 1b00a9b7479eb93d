"""Grava em cada célula o papel que ela tem nos slides: ``python tests/slide_types.py CADERNO…``.

É a regra de ``gan_lessons.book.slides``, escrita como o Jupyter a entende: com ela gravada, o
painel *Tipo de slide* do JupyterLab e o ``jupyter nbconvert --to slides`` veem os mesmos slides.
O papel que alguém já escolheu fica; ``make sumario`` o dá às células novas.
"""

import re
import sys
from pathlib import Path

import nbformat

from gan_lessons.book.slides import slide_type


def mark(notebook):
    """Grava o papel de cada célula que não tem um; devolve o caderno."""
    title = ""
    for cell in notebook.cells:
        if "slideshow" not in cell.metadata:
            cell.metadata["slideshow"] = {"slide_type": slide_type(cell, title)}
        if cell.cell_type == "markdown":
            title = [title, *re.findall(r"^##? (.+)$", cell.source, flags=re.MULTILINE)][-1]
    return notebook


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        nbformat.write(mark(nbformat.read(path, as_version=4)), path)
