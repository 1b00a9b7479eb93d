"""Fórmulas em TeX viram MathML quando o livro é montado: sem script e sem rede."""

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

from gan_lessons.book import BookError

# Operadores que o latex2mathml devolve como letras, ou com o caractere do teclado.
_OPERATORS = {"~": "∼", "±": "±", "∓": "∓", ":": ":"}
_CLOSING = (")", "]", "}", "|", "‖", "!", "⟩", "′")
_LIMITS = {"min", "max", "inf", "sup", "lim", "argmin", "argmax"}
_FUNCTIONS = {"arccos", "arcsin", "arctan", "cos", "cosh", "det", "exp", "ln", "log", "sin"} | {
    *("sinh", "tan", "tanh", "Pr", "dim", "gcd", "ker", "deg", "arg"),
    *_LIMITS,
}


def to_mathml(tex, *, display=False):
    """Uma fórmula em TeX como um trecho de MathML, numa linha só.

    Parameters
    ----------
    tex : str
        A fórmula, sem os cifrões.
    display : bool, default=False
        Numa linha própria, em vez de no meio do texto.

    Returns
    -------
    str
        Pronto para o Markdown: a pontuação vai como ``&#42;``, que nenhum Markdown interpreta.

    Raises
    ------
    BookError
        Se a fórmula estiver malformada ou usar um comando que o conversor não conhece.
    """
    plain = re.sub(r"\\.", "", tex)
    if plain.count("{") != plain.count("}"):
        raise BookError(f"a fórmula {tex!r} tem chaves sem par")
    try:
        markup = convert(_known_names(tex), display="block" if display else "inline")
        math = ElementTree.fromstring(markup)
    except Exception as error:  # o conversor tem uma dúzia de exceções próprias
        raise BookError(f"a fórmula {tex!r} está malformada ({type(error).__name__})") from error
    for element in math.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.text and "\\" in element.text and element.tag != "mtext":
            raise BookError(f"a fórmula {tex!r} usa {element.text}, que o livro não conhece")
    _tidy(math, display)
    return _escape(ElementTree.tostring(math, encoding="unicode"))


def _known_names(tex):
    """Dois nomes comuns que o conversor não conhece, pelos que ele conhece."""
    return re.sub(r"\\arg(?![a-z])", r"\\operatorname{arg}", tex.replace("{aligned}", "{align*}"))


def _tidy(parent, display):
    """Conserta o que o conversor deixa feio: números, nomes de função e limites."""
    if parent.tag == "mi" and parent.text in _OPERATORS:
        parent.tag, parent.text = "mo", _OPERATORS[parent.text]
    if parent.tag == "mo" and parent.text in ("|", "‖"):
        # Só left e right esticam; e a barra não é um operador entre espaços.
        parent.attrib = {"stretchy": "false", "lspace": "0", "rspace": "0"} | parent.attrib
    if parent.tag == "mo" and (parent.text or "").isalpha() and parent.text not in _LIMITS:
        parent.tag = "mi"  # o nome de uma função
    if parent.tag == "mtext":
        parent.text = (parent.text or "").replace(" ", "\N{NO-BREAK SPACE}")
    if parent.tag in ("msup", "msubsup") and parent[-1].text == "*":
        parent[-1].text = "∗"
    if parent.tag == "msub" and display and parent[0].text in _LIMITS:
        parent.tag = "munder"
    for child in parent:
        _tidy(child, display)
    _join_words(parent)
    _mark_signs(parent)
    _join_numbers(parent)
    _space_functions(parent)


def _join_words(row):
    r"""``\mathrm{JSD}`` é uma palavra, e não três letras."""
    letters = list(row)
    is_word = len(letters) > 1 and all(
        letter.tag == "mi" and letter.get("mathvariant") == "normal" for letter in letters
    )
    if row.tag == "mrow" and is_word:
        row.tag, row.text = "mi", "".join(letter.text for letter in letters)
        row[:] = []


def _mark_signs(row):
    """O menos de ``σ(−a)`` é um sinal, e não uma conta: não leva espaço."""
    for before, sign in zip([None, *row], row, strict=False):
        opens = before is None or (before.tag == "mo" and before.text not in _CLOSING)
        if sign.tag == "mo" and sign.text in ("−", "+", "±") and opens:
            sign.set("form", "prefix")


def _join_numbers(row):
    """``0{,}1`` é um número, e não uma lista: a vírgula não leva espaço depois."""
    for index in range(len(row) - 2, 0, -1):
        before, comma, *after = row[index - 1 : index + 2]
        if _is_comma(comma) and after and before.tag == after[0].tag == "mn":
            before.text += "," + after[0].text
            del row[index : index + 2]


def _is_comma(row):
    return row.tag == "mrow" and len(row) == 1 and row[0].tag == "mo" and row[0].text == ","


def _space_functions(row):
    """``ln D`` pede um espaço fino; ``ln(1 − D)``, não."""
    if row.tag not in ("math", "mrow", "mstyle", "msqrt", "mtd"):
        return
    for index in range(len(row) - 1, 0, -1):
        pair = row[index - 1], row[index]
        if any(map(_is_function, pair)) and all(map(_is_operand, pair)):
            row.insert(index, ElementTree.Element("mspace", width="0.167em"))


def _is_function(element):
    if element.tag in ("msub", "msup", "msubsup", "munder"):
        element = element[0]
    return element.tag in ("mi", "mo") and element.text in _FUNCTIONS


def _is_operand(element):
    return element.tag not in ("mo", "mspace") or _is_function(element)


def _escape(markup):
    """Troca por código cada pontuação do texto, para o Markdown não mexer nela."""

    def encode(match):
        text = re.sub(
            r"&(amp|lt|gt);", lambda m: {"amp": "&", "lt": "<", "gt": ">"}[m[1]], match[1]
        )
        return ">" + re.sub(r"[!-/:-@\[-`{-~]", lambda m: f"&#{ord(m[0])};", text) + "<"

    return re.sub(r">([^<>]*)<", encode, markup.replace("\n", " "))
