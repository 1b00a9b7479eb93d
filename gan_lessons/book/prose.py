"""O Markdown das células, como o JupyterLab o lê, no Markdown que o mdBook lê.

Muda só o que difere entre os dois: fórmulas, links entre cadernos, avisos e a cor do código.
"""

import html
import re
import unicodedata
from urllib.parse import unquote

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from gan_lessons.book.formulas import to_mathml

ADMONITIONS = {
    "NOTE": "Nota",
    "TIP": "Dica",
    "IMPORTANT": "Importante",
    "WARNING": "Atenção",
    "CAUTION": "Cuidado",
}

# Um trecho de código ou de HTML passa intacto; uma fórmula vira MathML. A ordem importa.
_TOKEN = re.compile(
    r"""
      (?P<fence>^(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})(?P<info>[^\n`]*)\n
        (?P<body>(?:.*?\n)??)[ \t>]*(?P=mark)[`~]*[ \t]*(?:\n|\Z))
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=ticks)(?!`)  # `código`
    | <!--(?:.*?-->|.*)  # sem fim, vai até o fim: senão, cada começo o procuraria de novo
    | </?[A-Za-z][^<>]*>  # HTML, ou um link entre < e >
    | \\[^\w\s]
    | \$\$(?P<display>(?:[^$\\]|\\.)+?)\$\$
    # O cifrão de um preço vem depois de uma letra (R$, US$) ou antes de um espaço.
    | (?<![^\W\d_]|\$)\$(?=[^\s$])(?P<inline>(?:[^$\\\n]|\\.|\n(?!\s*\n))+?)(?<=\S)\$(?!\d)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(
    r"(?P<before>\]\(\s*<?|^ {0,3}\[[^\]\n]+\]:\s*<?)"
    r"(?P<page>(?![a-z]+:)[^()\s<>#]+)\.ipynb(?:#(?P<anchor>[^()\s<>]*))?",
    re.MULTILINE,
)
_BARE_ARXIV = re.compile(r"(?<![\[\w/])arXiv:\s?(?P<number>\d{4}\.\d{4,5})(?!\]|\d)")
_BARE_DOI = re.compile(
    r"(?<![\[\w/])(?:DOI|doi)[: ]\s?(?P<number>10\.\d{4,9}/[^\s\]\"<>]*[^\s\])\"<>.,;])(?!\])"
)
_ADMONITION = re.compile(
    r"^> ?\[!(?P<kind>" + "|".join(ADMONITIONS) + r")\][ \t]*\n(?P<body>(?:^>.*(?:\n|\Z))*)",
    re.MULTILINE,
)
_HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_OWN_ID = re.compile(r"[ \t]*\{\s*#(?P<id>[^\s}]+)[^}]*\}$")


def slug(title):
    """O nome de âncora de um título: sem acento, em minúsculas, com hifens.

    Vale também para a âncora que o JupyterLab daria ao mesmo título, que mantém a pontuação.
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"<[^>]*>|[`*]", "", title))
    letters = "".join(letter for letter in plain.lower() if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9_]+", "-", letters).strip("-") or "secao"


def highlight(code, language):
    """O código em cores: cada símbolo num ``<span>`` de classe curta, numa linha só de HTML."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return one_line(html.escape(code))
    return one_line(pygments.highlight(code, lexer, HtmlFormatter(nowrap=True)).rstrip("\n"))


def one_line(markup):
    """HTML sem quebras de linha: uma linha vazia acabaria o bloco no meio."""
    return markup.replace("\r", "").replace("\n", "&#10;")


def code_block(code, language=""):
    """Um bloco de código pronto para o Markdown."""
    colored = highlight(code, language)
    return f'<div class="code-block"><pre class="code"><code>{colored}</code></pre></div>'


class Headings:
    """Os títulos de um capítulo: âncoras que não se repetem, e o índice da página."""

    def __init__(self):
        self.entries = []
        self._used = set()

    def anchor(self, level, title):
        """Registra um título e devolve a sua âncora."""
        own = _OWN_ID.search(title)
        title = _OWN_ID.sub("", title)
        base = own["id"] if own else slug(title)
        name, number = base, 1
        while name in self._used:
            name, number = f"{base}-{number}", number + 1
        self._used.add(name)
        self.entries.append((level, title, name))
        return title, name


def to_book(text, headings=None):
    """O Markdown de uma célula, pronto para o mdBook.

    Parameters
    ----------
    text : str
    headings : Headings, optional
        Onde registrar os títulos, na ordem em que aparecem.

    Returns
    -------
    str

    Raises
    ------
    gan_lessons.book.BookError
        Se uma fórmula não puder ser convertida.
    """
    kept = []

    def keep(markup):
        kept.append(markup)
        return f"\x02{len(kept) - 1}\x03"

    def token(match):
        if match["display"] is not None:
            math = to_mathml(match["display"], display=True)
            return keep(f'<span class="formula">{math}</span>')
        if match["inline"] is not None:
            return keep(f'<span class="inline-formula">{to_mathml(match["inline"])}</span>')
        if match["fence"] is not None and not match["indent"]:
            language = (match["info"].split() or [""])[0]
            return keep(f"\n{code_block(match['body'].rstrip(chr(10)), language)}\n\n")
        return keep(match[0])

    text = re.sub("[\x00-\x08\x0b-\x1f]", "", text.replace("\r\n", "\n"))
    text = _TOKEN.sub(token, text)
    text = _LINK.sub(_page_link, text)
    text = _BARE_ARXIV.sub(r"[arXiv:\g<number>](https://arxiv.org/abs/\g<number>)", text)
    text = _BARE_DOI.sub(r"[doi:\g<number>](https://doi.org/\g<number>)", text)
    text = _ADMONITION.sub(_admonition, text)
    restore = re.compile("\x02(\\d+)\x03")

    def restored(part):
        return restore.sub(lambda match: kept[int(match[1])], part)

    if headings is None:
        return restored(text)

    def heading(match):
        title, name = headings.anchor(len(match["marks"]), restored(match["title"]))
        return f"{match['marks']} {title} {{ #{name} }}"

    return restored(_HEADING.sub(heading, text))


def _page_link(match):
    anchor = match["anchor"]
    return f"{match['before']}{match['page']}.html" + (
        f"#{slug(unquote(anchor))}" if anchor else ""
    )


def _admonition(match):
    body = re.sub(r"^> ?", "", match["body"], flags=re.MULTILINE).rstrip("\n")
    title = ADMONITIONS[match["kind"]]
    return (
        f'<div class="admonition {match["kind"].lower()}" role="note">\n'
        f'<p class="admonition-title">{title}</p>\n\n{body}\n\n</div>\n'
    )
