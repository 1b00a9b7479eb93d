"""A ortografia do curso: o que o dicionário pt_BR do hunspell e ``palavras.txt`` não conhecem.

Lê o Markdown (README e companhia, livro e cadernos) e, no código do pacote e dos cadernos, os
comentários, as docstrings e os textos: rótulos, textos alternativos, dicas e mensagens. Nomes entre
crases, código e fórmulas ficam de fora. ``make lint`` lista o que há para corrigir.
"""

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
WORDS = Path(__file__).parent / "palavras.txt"
MISSING = "o hunspell não está instalado (no Debian: apt install hunspell hunspell-pt-br)"

NOT_PROSE = re.compile(
    r"""
      ^[ >]*```.*?^[ >]*``` | ``.+?`` | `[^`]*`   # código
    | \$\$.*?\$\$ | (?<!R)\$[^$\n]+\$              # fórmulas
    | <!--.*?--> | <[^<>]*> | \(\d{4}\),\s"[^"]*"  # o título de um artigo
    | \]\([^()\s]*\) | https?://\S+ | \S+@\S+
    | ^[ ]*>>>.*$(?:\n.*\S.*$)*                    # exemplos das docstrings
    | ^.*\S.*\n[ ]*-{4,}[ ]*$                      # títulos das docstrings: Parameters, Returns
    | ^[ ]*[\w*]+(?:,[ ][\w*]+)*[ ]:[ ].*$         # parâmetros: nome e tipo
    | ^[ ]*(?:dict|list|tuple|sequence|iterable|array|ndarray)\b.*$  # tipos sem nome
    | ^[ ]*[A-Z]\w+Error(?:,[ ]\w+)*$              # erros
    | \{[^{}]*\} | %[\w.]+ | \\[a-z]\b             # lacunas, formatos
    | \b[\w./-]+\.(?:py|ipynb|md|csv|html|json|js|toml|txt|yml|org|com|br|digits|modes)\b\S*
    | \w*[\d_/]\w* | \b\w+\([^)]*\) | \b\w+\.\w+ | \w+(?==) | --[\w-]+
    """,
    re.VERBOSE | re.MULTILINE,
)
FENCES = re.compile(
    r"^[ >]*```.*?^[ >]*```[ ]*$|<!--.*?-->|\$\$.*?\$\$|<(script|style)>.*?</\1>",
    re.MULTILINE | re.DOTALL,
)
# O nome em inglês de um termo, entre parênteses e em itálico, e o nome de uma fonte com link.
ENGLISH = re.compile(
    r"^> \*\*In English.*?\n\n|\*\([^)]*\)\*|\(\*[^*)]+\*\)|\[[^\]]+\](?=\(https?:)",
    re.MULTILINE | re.DOTALL,
)
# Numa lista de fontes: os títulos, quase sempre em inglês, e os nomes de gente.
NAMES = re.compile(r"(?<!\*)\*[^*]+\*(?!\*)|\b[A-Z]\w+")
ITALICS = re.compile(r"(?<!\*)\*[^*]+\*(?!\*)")
WORD = re.compile(r"(?<![\w'\x00])[^\W\d_]+(?:-[^\W\d_]+)*(?![\w'\x00])")


def words_of(prose):
    """As palavras de um texto que o dicionário deve conhecer."""
    prose = NOT_PROSE.sub(" ", ENGLISH.sub(" ", FENCES.sub(" ", prose)))
    for word in WORD.findall(prose):
        # Siglas, nomes de código (CamelCase) e letras soltas não são palavras.
        if len(word) > 1 and not any(letter.isupper() for letter in word[1:]):
            yield word


def python_texts(source):
    """Os comentários, as docstrings e os textos de um programa, com a linha de cada um."""
    names = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            names.update(token.string.split("_"))
        elif token.type == tokenize.COMMENT:
            yield token.start[0], token.string.partition("# noqa")[0].lstrip("#! ")
    # Um argumento que uma mensagem nomeia não é um erro: "x1" não é palavra.
    name = re.compile(r"\b(?:" + "|".join(map(re.escape, filter(None, names))) + r")\b")
    tree, inside = ast.parse(source), set()
    for node in ast.walk(tree):
        text = None
        if isinstance(node, ast.JoinedStr):
            text = "".join(getattr(part, "value", "\x00") for part in map(_constant, node.values))
            inside.update(id(part) for part in ast.walk(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value if id(node) not in inside else None
        # Uma palavra só, sem acento, é quase sempre um nome do código.
        if text and (" " in text.strip() or not text.isascii()):
            yield node.lineno, name.sub("x1", text)


def _constant(part):
    return part if isinstance(part, ast.Constant) else None


def pages():
    """Os textos que não são cadernos: o Markdown e o código do pacote."""
    return [
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "notebooks").glob("*.md")),
        *sorted((ROOT / "gan_lessons").rglob("*.py")),
    ]


def texts(paths=None):
    """``(lugar, texto)`` de tudo o que o curso diz; `paths` escolhe arquivos."""
    for path in paths or [*pages(), *sorted((ROOT / "notebooks").glob("*.ipynb"))]:
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            yield name, NAMES.sub(" ", text) if path.stem == "referencias" else text
        elif path.suffix == ".py":
            for line, text in python_texts(path.read_text(encoding="utf-8")):
                yield f"{name}:{line}", ITALICS.sub(" ", text)
        else:
            yield from notebook_texts(path, name)


def notebook_texts(path, name):
    """O texto das células de um caderno, e os comentários e textos do seu código."""
    section = ""
    for cell in nbformat.read(path, as_version=4).cells:
        place = f"{name} [{cell.id}]"
        if cell.cell_type == "markdown":
            section = (re.findall(r"^## (.*)", cell.source, flags=re.MULTILINE) or [section])[-1]
            yield place, NAMES.sub(" ", cell.source) if section == "Para ir além" else cell.source
        elif not re.search(r"^[%!]", cell.source, flags=re.MULTILINE):
            for _, text in python_texts(cell.source):
                yield place, text


def project_words():
    """As palavras do curso que o dicionário não tem."""
    return WORDS.read_text(encoding="utf-8").splitlines()


def unknown_to_hunspell(words):
    """As palavras que o dicionário pt_BR recusa."""
    done = subprocess.run(
        [shutil.which("hunspell"), "-d", "pt_BR", "-i", "utf-8", "-l"],
        input="\n".join(sorted(words)),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stdout.split("\n")) & set(words)


def misspelled(paths=None):
    """``{palavra: lugares}`` do que nem o dicionário nem a lista do curso conhecem."""
    read = [(place, list(words_of(text))) for place, text in texts(paths)]
    unknown = unknown_to_hunspell({word for _, words in read for word in words})
    known, places = set(project_words()), {}
    for place, words in read:
        wrong = [word for word in words if word in unknown]
        # Quase só palavras desconhecidas e sem acento: é inglês, ou código, e não um erro.
        if len(wrong) > 1 and 2 * len(wrong) > len(words) and "".join(wrong).isascii():
            continue
        for word in wrong:
            if not {word, word.lower()} & known:
                places.setdefault(word, []).append(place)
    return {word: places[word] for word in sorted(places, key=str.lower)}


def main(arguments):
    """Lista as palavras a corrigir; o estado de saída diz se há alguma."""
    if shutil.which("hunspell") is None:
        print(f"A ortografia não foi conferida: {MISSING}.")
        return 0
    found = misspelled([ROOT / argument for argument in arguments])
    for word, places in found.items():
        print(f"{word}: {', '.join(dict.fromkeys(places[:4]))}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
