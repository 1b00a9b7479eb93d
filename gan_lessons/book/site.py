"""O que falta depois do mdBook: ``python -m gan_lessons.book.site build/livro``.

O mdBook copia tudo o que há na pasta dos cadernos, e mais os scripts que o tema deste livro não
usa. Aqui fica só o que alguma página usa, e depois o pagefind monta a busca em português.
"""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Targets(HTMLParser):
    def __init__(self):
        super().__init__()
        self.targets, self.ids = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src") and value is not None:
                self.targets.append(value)


def page_targets(path):
    """Os links e recursos de uma página, e as suas âncoras: ``(lista, conjunto)``."""
    parser = _Targets()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.targets, parser.ids


def local_file(target, page):
    """O arquivo para o qual um link de `page` aponta, ou `None` se ele leva para fora do livro."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    return (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()


def used_files(site):
    """Os arquivos a que se chega a partir de ``index.html``."""
    found, waiting = set(), [(site / "index.html").resolve()]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        targets = []
        if path.suffix == ".html":
            targets = page_targets(path)[0]
        elif path.suffix == ".css":
            targets = re.findall(r"url\([\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
        waiting.extend(filter(None, (local_file(target, path) for target in targets)))
    return found


def lead_the_menu_home(site):
    """O mdBook escreve o menu como se toda página estivesse na raiz: nas pastas, falta ``../``."""
    for path in Path(site).rglob("*.html"):
        home = "../" * (len(path.relative_to(site).parts) - 1)
        before, mark, after = path.read_text(encoding="utf-8").partition('<nav id="chapters"')
        menu, end, rest = after.partition("</nav>")
        if home and mark:
            menu = re.sub(r'href="(?!\w+:|#)', f'href="{home}', menu)
            path.write_text(before + mark + menu + end + rest, encoding="utf-8")


def prune(site):
    """Apaga de `site` o que nenhuma página usa."""
    site = Path(site).resolve()
    used = used_files(site)
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_file() and path not in used:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def index(site):
    """Monta a busca do livro, com os radicais do português, em ``site/pagefind``."""
    shutil.rmtree(Path(site) / "pagefind", ignore_errors=True)
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--quiet"]
    subprocess.run(command, check=True)
    for unused in [
        *Path(site).glob("pagefind/*ui*"),
        Path(site) / "pagefind/pagefind-highlight.js",
    ]:
        unused.unlink(missing_ok=True)  # o livro tem a sua própria janela de busca


def main(arguments):
    """Termina o livro da pasta dada; devolve o estado de saída."""
    (site,) = map(Path, arguments)
    if not (site / "index.html").is_file():
        print(f"Não há livro em {site}: rode o mdbook antes.", file=sys.stderr)
        return 1
    lead_the_menu_home(site)
    prune(site)
    index(site)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
