"""O inglês que ficou nas saídas dos cadernos: palavras, True e False, pontos decimais.

``python tests/english.py [aula]`` lista o que cada célula mostra; a saída de erro de uma célula que
erra de propósito e o terminal das barras de progresso ficam de fora.
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat
import spelling

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
# Palavras que o dicionário não acusa, ou que não pode acusar onde falta.
ENGLISH = re.compile(
    r"\b(?:True|False|None|NaN|nan|inf|dtype|tensor|array|accuracy|average|configuration|copy|count"
    r"|distance|fake|fraction|judge|loss|margin|mean|modes|name|precision|quality|recall|right|sample"
    r"|score|seeds?|sem|shape|std|steps?|support|time|value|weights|wrong)\b"
)
# Nomes que não se traduzem: os das camadas e das bibliotecas.
NAMES = {"Conv", "Flatten", "Unflatten", "numpy", "sklearn", "softplus", "torch"}
# O inglês do Python e da PyTorch, mostrado de propósito, e números de versões.
ON_PURPOSE = {
    ("00_comece_aqui", "c009"): "os nomes dos pacotes e as suas versões",
    ("03_numeros_pares", "c012"): "os valores recusados, como o Python os escreve",
    ("03_numeros_pares", "c042"): "o erro da PyTorch que a célula provoca",
    ("03_numeros_pares", "c052"): "o relatório do unittest, como ele o escreve",
}
POINT = re.compile(r"(?<![\w.])[-+−]?\d+\.\d+(?![\w.]*\.\d)(?:e[-+]\d+)?")


def shown_texts(cell):
    """``(texto, se é um cabeçalho de tabela)`` de cada pedaço que as saídas mostram."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if output.output_type == "stream" and output.name == "stdout":
            yield output.text, False
        elif "text/html" in data:
            table = re.sub(r"<style.*?</style>|<img\b[^<>]*>", " ", data["text/html"], flags=re.S)
            for kind, text in re.findall(r"<(t[hd])\b[^<>]*>([^<]*)<", table):
                yield text, kind == "th"
        elif output.output_type == "execute_result":
            yield data.get("text/plain", ""), False


def english_in(cell):
    """O que as saídas de uma célula têm de inglês, sem repetir."""
    found = []
    for text, is_header in shown_texts(cell):
        # "sem" é uma palavra nossa; sozinha num cabeçalho, é o erro padrão do pandas.
        is_column = is_header and text.strip() == "sem"
        found += [word for word in ENGLISH.findall(text) if is_column or word != "sem"]
        found += POINT.findall(text)
    return list(dict.fromkeys(found))


def unknown_words(cells):
    """``{id da célula: palavras}`` que nem o dicionário nem a lista do curso conhecem."""
    known = set(spelling.project_words())
    said = {
        cell.id: {
            word
            for text, _ in shown_texts(cell)
            for word in re.findall(r"(?<![\w.])[^\W\d_]{2,}(?![\w(]|\.\w)", text)
            if not any(letter.isupper() for letter in word[1:])
        }
        for cell in cells
    }
    unknown = spelling.unknown_to_hunspell(set().union(*said.values()) if said else set())
    return {
        name: sorted(word for word in words & unknown if not {word, word.lower()} & (known | NAMES))
        for name, words in said.items()
    }


def english(path):
    """``{id da célula: o que ela mostra em inglês}``, só das que mostram algo."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    found = {cell.id: english_in(cell) for cell in cells}
    if shutil.which("hunspell"):
        for name, words in unknown_words(cells).items():
            found[name] += [word for word in words if word not in found[name]]
    return {
        name: words
        for name, words in found.items()
        if words and (path.stem, name) not in ON_PURPOSE
    }


def main(arguments):
    """Lista o inglês das aulas dadas, ou de todas."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not arguments or path.stem in arguments:
            found = english(path)
            print(f"{path.stem}: {len(found)} células")
            for name, words in found.items():
                print(f"  [{name}] {'; '.join(words[:14])}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
