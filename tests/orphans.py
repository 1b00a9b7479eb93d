"""Os números da prosa de uma aula, e a célula que calcula, mostra ou define cada um.

Um número é órfão se nenhuma célula de código da aula o contém, na fonte ou na saída, com o mesmo
arredondamento: "0,56" vale para 0.5571, e "56 %" também. O que tem poucos algarismos se acharia por
acaso em qualquer lugar: com dois, só vale na própria seção; com um, a até quatro células de código
de distância. O fecho da aula olha a aula inteira.
Uma frase com o link de outra aula vale pelas contas dela. "Taxa 0,001" vale pelo código do pacote.

``python tests/orphans.py [aula]`` lista os órfãos; com ``--todos``, também o par de cada número.
"""

import ast
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
EXCEPTIONS = Path(__file__).parent / "orphans.txt"
NEAR = 4
CLOSING = ("Exercícios", "O que levar desta aula", "Para ir além")

# O que não é uma medida. Cada padrão some da prosa antes de se lerem os números.
NOT_MEASURES = re.compile(
    r"""
      ^```.*?^```                                        # código
    | `[^`\n]*`
    | \$\$.*?\$\$ | (?<!R)\$[^$\n]+\$                     # fórmulas
    | <[^<>]*>
    | ^\#+[ ][^\n]*$                                         # títulos
    | ^[ ]*\d+\.[ ]                                      # itens de lista
    | \b\d+(?:,\d+)?\s(?:min|minutos?|s|segundos?|h|horas?|anos)\b   # o relógio não se compara
    | \bPonha\s[^.:;|]*                              # o que o estudante escolhe no painel
    | \bum\s\d\b | \b\d+\sgraus\b                     # um 7, o algarismo; um ângulo reto
    | \b\d{1,2}º?\s+de\s+(?:janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro
        |outubro|novembro|dezembro)(?:\s+de\s+\d{4})?     # datas
    | \b\d{1,2}/\d{1,2}/\d{2,4}\b
    | (?<![\d.,])(?:19[5-9]\d|20(?:0[1-9]|[1-3]\d))s?(?![\d.,]*\d|\s*%)  # anos
    | \b(?:aulas?|seç(?:ão|ões)|exercícios?|tabelas?|figuras?|equaç(?:ão|ões)|páginas?|capítulos?
        |versão|passo\s+a|item|itens|caso|sementes?|Seção|Exercícios?|Tabelas?|Figuras?|Aulas?)
        \s+\d+(?:[.,]\d+)*(?:(?:,\s|\s(?:e|a|ou)\s|[–-])\d+)*(?![\d,]*\d|\s*%)   # referências
    | \b(?:Leis?|Lei\s+Complementar|Decretos?(?:-Lei)?|Resoluç(?:ão|ões)|Res\.|Projetos?\s+de\s+Lei
        |PL|REsp|ADI|RE|Temas?|Súmula|Provimento)\s+(?:TSE\s+)?(?:n[º.o]+\s*)?[\d.]+(?:/\d+)?(?:-\w)?
        (?:(?:,|\s+e)\s+(?:n[º.o]+\s*)?[\d.]+/\d{4})*
    | \b(?:arts?|incisos?|§+|pp?)\.?\s*\d+[º°]?(?:-[A-Z])?(?:(?:,|\s+[ea])\s+\d+[º°]?(?:-[A-Z])?)*
    | \b[A-Za-z_]+[-_]?\d+(?:[-.]\d+)*\b                  # nomes: R1, MP3, ResNet-50
    | \d+\w*[²³⁰¹⁴-⁹⁻]+                                   # potências
    | \b\d+-?D\b
    | \b(?:GPT|CIFAR|MNIST|StyleGAN|Python|ECA)\s?-?\d+
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Quem cita uma fonte diz o que ela diz, e não o que a aula mediu.
CITATION = re.compile(
    r"\]\(https?://[^)\s]*\)|https?://\S+|arXiv:\s?\d{4}\.\d{4,5}|(?:doi|DOI)[: ]\S+"
)
LESSON_LINK = re.compile(r"\]\((?P<lesson>\w+)\.ipynb[^()\s]*\)")
SENTENCE_END = re.compile(r"(?<=[.!?])[)*\"]*\s+|\n\s*\n|\n(?=\s*(?:[-*>]|\d+\.)\s|\|)")
# O que o código do pacote define, e a aula só repete.
SETTING = re.compile(
    r"(?:Adam|taxas?|desvios?|raio|lotes?|espaçamento|inércias?|β₁|β₂|camadas(?:\s\w+)?\sde)"
    r"(?:\s(?:de|é|em|(?:das|para\sas)\sduas\sredes))?[\s=:,]*\(?$"
)
SETTING_AFTER = re.compile(r"\s(?:vizinhos|camadas)\b")

NUMBER = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?!\d)|\d+)(?:,(?P<decimals>\d+))?"
    r"(?P<ordinal>[ºª°]|[a-z]+\b)?(?:[\s\u00a0]*(?P<scale>%|mil\b|milh(?:ão|ões)\b|bilh(?:ão|ões)\b))?"
)
SCALES = {"mil": 1e3, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9, "bilhões": 1e9}
# Rótulos, bits, probabilidades do acaso e o nível dos intervalos: definições, e não medidas.
DEFINITIONS = {"0", "1", "0 %", "50 %", "95 %", "100 %"}


@cache
def cited_authors():
    """Os primeiros autores da página de referências: quem é citado pelo nome."""
    page = (NOTEBOOKS / "referencias.md").read_text(encoding="utf-8")
    names = set(re.findall(r"^- ([\w-]+), \w\.|^- (\w+) \(\d{4}\)", page, flags=re.MULTILINE))
    return re.compile(r"\b(?:" + "|".join(sorted({a or b for a, b in names})) + r")\b")


@dataclass(frozen=True)
class Number:
    """Um número da prosa, como se lê."""

    text: str
    value: float
    half_unit: float  # metade da última casa
    sentence: str
    lessons: tuple
    is_setting: bool

    @property
    def is_percent(self):
        return self.text.endswith("%")

    @property
    def digits(self):
        """Quantos algarismos contam: os zeros do começo não; "20 mil" tem mais que dois."""
        return len(re.sub(r"\D", "", self.text).lstrip("0")) + 3 * (self.half_unit > 0.5)

    def matches(self, value):
        """Se `value`, arredondado como na prosa, é este número."""
        room = self.half_unit * (1 + 1e-9) + 1e-12
        return abs(value - self.value) <= room or (
            self.is_percent and abs(100 * value - self.value) <= room
        )


def numbers(path):
    """Os números das células de texto que precisam de conta, cada um com a célula que a faz.

    Parameters
    ----------
    path : pathlib.Path
        O caderno.

    Returns
    -------
    list of Number
        ``source`` é `None` nos órfãos.
    """
    cells, section = [], ""
    for cell in nbformat.read(path, as_version=4).cells:
        heading = re.match(r"## +(.*)", cell.source) if cell.cell_type == "markdown" else None
        section = heading[1] if heading else section
        cells.append((cell, section))
    code = [
        (place, section, cell.id, computed_values(cell))
        for place, (cell, section) in enumerate(cells)
        if cell.cell_type == "code"
    ]
    found = []
    for place, (cell, section) in enumerate(cells):
        if cell.cell_type != "markdown" or cell.id == "sumario":
            continue
        before = [row for row in code if row[0] < place]
        after = code[len(before) :]
        near = [row for row in before[-NEAR:] + after[:NEAR] if row[1] == section]
        same = [row for row in code if row[1] == section]
        closing = not section or section in CLOSING
        for number in prose_numbers(cell.source):
            reach = code if closing or number.digits > 2 else same
            reach = near if number.digits == 1 and not closing else reach
            computed = [row[2:] for row in reach] + list(_elsewhere(number, path))
            source = next(
                (name for name, values in computed if any(map(number.matches, values))), None
            )
            found.append((cell.id, number, source))
    return found


def _elsewhere(number, path):
    """O que sustenta um número fora da aula: a aula que a frase cita, e o código do pacote."""
    for lesson in number.lessons:
        other = path.parent / f"{lesson}.ipynb"
        for cell in nbformat.read(other, as_version=4).cells if other.exists() else []:
            if cell.cell_type == "code":
                yield f"{lesson}:{cell.id}", computed_values(cell)
    if number.is_setting:
        yield "gan_lessons", package_literals()


@cache
def package_literals():
    """Os números escritos no código do pacote: os que as receitas e as redes usam."""
    found = set()
    for path in (ROOT / "gan_lessons").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and type(node.value) in (int, float):
                found.add(float(node.value))
    return found


def _is_a_size(sentence, match):
    """Se o número é um lado de um tamanho: 28 × 28."""
    return sentence[: match.start()].endswith("× ") or sentence[match.end() :].startswith(" ×")


def prose_numbers(text):
    """Os números de um texto em Markdown que são medidas, na ordem em que aparecem."""
    text = LESSON_LINK.sub("\x01\\g<lesson>\x02", text)
    text = NOT_MEASURES.sub(" ", CITATION.sub("\x00", text))
    for sentence in SENTENCE_END.split(text):
        if "\x00" in sentence or cited_authors().search(sentence):
            continue
        lessons = tuple(re.findall("\x01(\\w+)\x02", sentence))
        sentence = re.sub("\x01\\w+\x02", "]", sentence)
        for match in NUMBER.finditer(sentence):
            if match["ordinal"]:
                continue
            whole, decimals = re.sub(r"\D", "", match["whole"]), match["decimals"] or ""
            scale = SCALES.get(match["scale"], 1)
            text = match["whole"] + (f",{decimals}" if decimals else "")
            text += f" {match['scale']}" if match["scale"] else ""
            if text not in DEFINITIONS:
                yield Number(
                    text,
                    float(f"{whole}.{decimals or 0}") * scale,
                    0.5 * 10 ** -len(decimals) * scale,
                    " ".join(sentence.split()),
                    lessons,
                    bool(
                        SETTING.search(sentence[: match.start()])
                        or SETTING_AFTER.match(sentence, match.end())
                        or _is_a_size(sentence, match)
                    ),
                )


_VALUE = re.compile(r"(?<![\w.,])\d[\d_]*(?:[.,]\d+)*(?:e[+-]?\d+)?", re.IGNORECASE)


def computed_values(cell):
    """Os valores absolutos que aparecem na fonte e nas saídas de uma célula de código."""
    texts = [cell.source]
    for output in cell.outputs:
        texts.append(output.get("text", ""))
        data = output.get("data", {})
        texts.append(data.get("text/plain", ""))
        texts.append(re.sub(r"<img[^<>]*>|<[^<>]*>", " ", data.get("text/html", "")))
    found = set()
    for text in texts:
        for match in _VALUE.finditer(text.replace("\u00a0", " ")):
            found |= _readings(match[0])
        for match in re.finditer(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?![\d.,])", text):
            found.add(float(match[0].replace(" ", "")))
    return found


def _readings(text):
    """Um número lido com ponto ou vírgula decimal, e, se couber, com pontos de milhar."""
    text = text.replace("_", "")
    readings = set()
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        readings.add(float(text.replace(".", "").replace(",", ".")))
    try:
        readings.add(float(text.replace(",", ".")))
    except ValueError:  # vários pontos: uma data, uma versão
        readings |= {float(part) for part in re.findall(r"\d+", text)}
    return readings


def exceptions():
    """Os órfãos aceitos: ``{(aula, célula, número): por quê}``."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines() if EXCEPTIONS.exists() else []
    rows = [line.split(maxsplit=2) for line in lines if line.strip() and not line.startswith("#")]
    return {
        (lesson, cell, number.partition(":")[0].strip()): number.partition(":")[2].strip()
        for lesson, cell, number in rows
    }


def orphans(path):
    """``(célula, Number)`` de cada órfão da aula que a lista dos aceitos não tem."""
    accepted = exceptions()
    return [
        (cell, number)
        for cell, number, source in numbers(path)
        if source is None and (path.stem, cell, number.text) not in accepted
    ]


def main(arguments):
    """Lista os órfãos das aulas dadas, ou de todas."""
    chosen = [argument for argument in arguments if not argument.startswith("-")]
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if chosen and path.stem not in chosen:
            continue
        found = orphans(path)
        print(f"{path.stem}: {len(found)} órfãos")
        for cell, number in found:
            print(f"  [{cell}] {number.text} — {number.sentence[:150]}")
        if "--todos" in arguments:
            for cell, number, source in numbers(path):
                print(f"  [{cell}] {number.text} ← {source or 'ÓRFÃO'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
