"""O pré-processador que o mdBook chama: ``python -m gan_lessons.book``.

O mdBook pergunta primeiro ``supports html``; depois manda ``[contexto, livro]`` em JSON pela
entrada e lê o livro, mudado, da saída. Por isso nada mais pode ir para a saída.
"""

import datetime
import importlib
import json
import os
import sys
from pathlib import PurePath

from gan_lessons.book import BookError
from gan_lessons.book.chapters import notebook_to_markdown, page_to_markdown
from gan_lessons.book.outputs import output_to_html
from gan_lessons.book.sources import citations, with_lessons

MONTHS = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho"),
    *("agosto", "setembro", "outubro", "novembro", "dezembro"),
)


def preprocess(request):
    """O livro de ``[contexto, livro]``, com cada caderno já em Markdown.

    Duas opções do ``book.toml`` trazem o que este pacote não conhece: ``opening``, um módulo cujo
    ``outputs()`` dá as saídas que abrem a primeira página, e ``scripts``, que diz de cada elemento
    vivo o módulo cujo ``script()`` lhe dá vida.
    """
    context, book = request
    options = context["config"].get("preprocessor", {}).get("cadernos", {})
    source = PurePath(context["config"]["book"]["src"])
    chapters = [chapter for item in book["items"] for chapter in _chapters(item)]
    cited = citations(
        (
            chapter["name"],
            PurePath(chapter["path"]).with_suffix(".html").as_posix(),
            chapter["content"],
        )
        for chapter in chapters
    )
    footer = f'<p class="built" data-pagefind-ignore>Página montada em {today()}.</p>'
    for chapter in chapters:
        path, text = PurePath(chapter["path"]), chapter["content"]
        name = (source / path).as_posix()
        if path.suffix == ".ipynb":
            text = notebook_to_markdown(text, name, download=path.name)
        else:
            text = page_to_markdown(with_lessons(text, cited), name)
        if chapter is chapters[0] and "opening" in options:
            text = _opened(text, options["opening"])
        text += _scripts(text, options.get("scripts", {}))
        # Metade de um par de UTF-16 não é texto, e o mdBook a recusaria.
        whole = f"{text}\n\n{footer}\n".encode("utf-8", "replace")
        chapter["content"] = whole.decode("utf-8")
    return book


def _opened(text, module):
    """A primeira página com as saídas de `module` logo depois do título."""
    from nbformat.v4 import new_output  # demora a abrir: só para quem tem o que mostrar

    outputs = importlib.import_module(module).outputs()
    shown = [output_to_html(new_output("display_data", data=data)) for data in outputs]
    title, _, rest = text.partition("\n")
    return "\n\n".join([title, *shown, rest.lstrip("\n")])


def _scripts(text, modules):
    """Os scripts dos elementos vivos que há na página, depois deles: um de cada."""
    scripts = [
        importlib.import_module(module).script()
        for element, module in modules.items()
        if f"<{element} " in text
    ]
    return "".join(f"\n\n<script>\n{script}\n</script>" for script in scripts)


def _chapters(item):
    """Os capítulos de um item do sumário; separadores e rascunhos não têm texto."""
    chapter = item.get("Chapter") if isinstance(item, dict) else None
    if chapter is None:
        return
    if chapter.get("path"):
        yield chapter
    for child in chapter.get("sub_items", []):
        yield from _chapters(child)


def today():
    """A data de hoje por extenso, ou a de ``SOURCE_DATE_EPOCH``, se houver."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    date = (
        datetime.datetime.fromtimestamp(int(moment), datetime.UTC).date()
        if moment
        else datetime.date.today()
    )
    return f"{date.day}{'º' if date.day == 1 else ''} de {MONTHS[date.month - 1]} de {date.year}"


def _request(text):
    """O pedido do mdBook, conferido por cima: quem chama isto à mão ouve o que faltou."""
    try:
        context, book = request = json.loads(text)
        is_ours = bool(context["config"]["book"]["src"]) and isinstance(book["items"], list)
    except (ValueError, TypeError, KeyError):
        is_ours = False
    if not is_ours:
        raise BookError(
            "A entrada não é o par [contexto, livro] que o mdBook manda em JSON; "
            "monte o livro com make livro."
        )
    return request


def main(arguments):
    """Atende uma chamada do mdBook; devolve o estado de saída."""
    if arguments[:1] == ["supports"]:
        return 0 if arguments[1:] == ["html"] else 1
    if arguments:
        print(f"O livro não conhece {' '.join(arguments)!r}.", file=sys.stderr)
        return 2
    try:
        book = preprocess(_request(sys.stdin.buffer.read()))
    except BookError as error:
        message = f"O livro não foi montado. {error}\n"
        sys.stderr.buffer.write(message.encode("utf-8", "replace"))
        return 1
    print(json.dumps(book))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
