"""As saídas de uma célula: texto, erros, figuras e tabelas viram HTML para o meio do Markdown."""

import base64
import html
import io
import json
import re

from PIL import Image

from gan_lessons.book.prose import highlight, one_line, to_book

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LIVE_FIGURE = "application/vnd.live-figure+json"
# A primeira forma que houver é a que aparece.
PREFERENCE = (
    *("text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"),
    *("text/latex", "text/markdown", "text/plain"),
)
NO_ALT = "Figura desenhada pelo código acima."
_LONE_PICTURE = re.compile(
    r'<img (?=[^<>]*\balt="(?P<alt>[^"<>]*)")'
    r'(?=[^<>]*\bsrc="data:(?P<mime>image/[^";<>]+);base64,(?P<data>[^"<>]*)")[^<>]*>'
)
LIVE_NOTE = "No caderno esta figura é interativa: baixe-o, execute-o e mexa nos controles."


def output_to_html(output):
    """Uma saída de célula, do `nbformat`, como um trecho de HTML; vazio se não há o que mostrar."""
    if output.output_type == "stream":
        return _text(output.text, output.name)
    if output.output_type == "error":
        return _error(output)
    if LIVE_FIGURE in output.data:
        return _live(output.data[LIVE_FIGURE], _still(output))
    return _still(output)


def _live(figure, still):
    """Um elemento com os seus dados e, até que um script lhe dê vida, a imagem parada."""
    element = figure["element"]
    data = json.dumps(figure["data"], ensure_ascii=False, separators=(",", ":"))
    data = data.replace("</", "<\\/")
    return (
        # Sozinho na linha: para o Markdown, é o começo de um bloco de HTML.
        f"<{element} data-pagefind-ignore>\n"
        f'<script type="application/json">{data}</script>{still}\n</{element}>'
    )


def _still(output):
    """A primeira forma da saída que o livro sabe mostrar."""
    for mime in PREFERENCE:
        if mime in output.data:
            return _data(mime, output)
    if WIDGET_VIEW in output.data:
        return f'<p class="live-note">{LIVE_NOTE}</p>'
    return ""


def _data(mime, output):
    value = output.data[mime]
    if mime == "text/html":
        return _lone_picture(value, output) or _html(value)
    if mime == "text/plain":
        return _text(value, "result")
    if mime in ("text/latex", "text/markdown"):
        # Markdown dentro do bloco: as linhas vazias em volta o separam do HTML.
        return f'<div class="output">\n\n{to_book(value).strip()}\n\n</div>'
    return _figure(mime, value, None, output)


def _lone_picture(value, output):
    """A figura de uma saída que é só um ``<img>`` com a imagem dentro; `None` se não for o caso."""
    found = _LONE_PICTURE.fullmatch(value.strip())
    return found and _figure(found["mime"], found["data"], html.unescape(found["alt"]), output)


def _figure(mime, value, alt, output):
    is_live = WIDGET_VIEW in output.data or _has_a_name(output)
    note = f"<figcaption>{LIVE_NOTE}</figcaption>" if is_live else ""
    return f'<figure class="output">{_picture(mime, value, alt)}{note}</figure>'


def _has_a_name(output):
    """Se a imagem é de um objeto que se apresenta (um widget), e não de uma `<Figure …>`."""
    text = output.data.get("text/plain", "<")
    return output.output_type == "execute_result" and not text.startswith("<")


def _picture(mime, value, alt):
    if mime == "image/svg+xml":
        value = base64.b64encode(value.encode("utf-8", "replace")).decode()
    value = "".join(value.split())
    size, moves = _size_and_motion(value)
    # Com as medidas, a página não pula quando a imagem chega; a animada ganha um botão.
    size = ' width="{}" height="{}"'.format(*size) if size else ""
    film = ' class="film"' if moves else ""
    return (
        f'<img{film} src="data:{mime};base64,{value}" '
        f'alt="{one_line(html.escape(alt or NO_ALT))}"{size} decoding="async">'
    )


def _size_and_motion(value):
    """O tamanho da imagem e se ela se mexe; um desenho que o Pillow não lê não tem nenhum."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(value))) as image:
            return image.size, getattr(image, "is_animated", False)
    except (OSError, ValueError):
        return None, False


def _text(text, kind):
    """Texto de saída, com cada afirmação conferida numa marca própria."""
    text = _printable(text).strip("\n")
    if not text.strip():
        return ""
    shown = re.sub(
        "^✔.*$", r'<span class="claim">\g<0></span>', html.escape(text), flags=re.MULTILINE
    )
    return f'<pre class="output {kind}"><samp>{one_line(shown)}</samp></pre>'


def _printable(text):
    """O texto sem as cores do terminal e sem o que não tem desenho."""
    from nbconvert.filters import strip_ansi  # demora a abrir: só quando há o que mostrar

    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", strip_ansi(text))


def _error(output):
    """O erro numa linha, e o caminho até ele recolhido."""
    summary = _printable(f"{output.ename}: {output.evalue}")
    trace = _printable("\n".join(output.traceback))
    markup = f'<p class="error-title">{one_line(html.escape(summary))}</p>'
    if trace.strip():
        markup += (
            '<details class="folded"><summary>O caminho até o erro</summary>'
            f'<pre class="code"><code>{highlight(trace, "pytb")}</code></pre></details>'
        )
    return f'<div class="output error" role="note" aria-label="Erro">{markup}</div>'


def _html(value):
    """HTML de uma saída: tabelas do pandas sem enfeites, e nada que busque algo na rede."""
    # Cada busca para no sinal seguinte: num texto hostil, o tempo cresce só com o tamanho.
    value = re.sub(r"<style scoped>[^<]*</style>", "", value)
    value = re.sub(r"<link\b[^<>]*>", "", value)
    value = value.replace('<table border="1" class="dataframe">', '<table class="dataframe">')
    value = value.replace('<tr style="text-align: right;">', "<tr>")
    if 'class="dataframe"' in value:
        head, close, body = value.partition("</thead>")
        head = head.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
        value = head + close + body.replace("<th>", '<th scope="row">')
    value = "\n".join(line for line in value.split("\n") if line.strip())
    return f'<div class="output html">{value}</div>'
