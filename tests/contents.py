"""O índice de cada aula: uma célula com os links para as seções. ``make sumario`` o refaz.

Um link para ``#cell-id=…`` chega à célula no JupyterLab e no HTML do nbconvert. O de um título não
serve: o JupyterLab não o acha quando há acentos. O livro tem o seu próprio índice, e pula a célula.
"""

import json
import re
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
CELL_ID = "sumario"


def contents_cell(cells):
    """A célula do índice: um link para cada célula em que começa uma seção."""
    links = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = re.sub(r"^```.*?^```", "", _source(cell), flags=re.MULTILINE | re.DOTALL)
            for title in re.findall(r"^## +(.+?) *$", text, flags=re.MULTILINE):
                links.append(f"- [{title}](#cell-id={cell['id']})")
    source = "\n".join(["**Nesta aula**", "", *links])
    return {
        "cell_type": "markdown",
        "id": CELL_ID,
        "metadata": {"slideshow": {"slide_type": "skip"}, "tags": ["remove-cell"]},
        "source": source.splitlines(keepends=True),
    }


def with_contents(cells):
    """As células com o índice logo depois do título e dos objetivos."""
    cells = [cell for cell in cells if cell.get("id") != CELL_ID]
    place = next((i for i, cell in enumerate(cells) if "**Objetivos**" in _source(cell)), 0)
    return [*cells[: place + 1], contents_cell(cells), *cells[place + 1 :]]


def _source(cell):
    return "".join(cell["source"])


def main():
    """Refaz o índice de todas as aulas, sem mexer no resto do arquivo."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"] = with_contents(notebook["cells"])
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
