"""O livro e o navegador, preparados uma vez para todos os testes que os usam."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from filelock import FileLock
from hypothesis import settings
from nbformat.v4 import new_markdown_cell, new_notebook
from pages import DESK

from gan_lessons.book import site

# O que demora a abrir, como a PyTorch, se importa dentro de quem usa: o processo que só reparte o
# trabalho entre os outros também lê este arquivo.

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
MDBOOK = shutil.which("mdbook", path=str(BIN)) or shutil.which("mdbook")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Nenhum teste olha o relógio: numa máquina ocupada, um exemplo demora o que demorar.
settings.register_profile("course", settings(deadline=None))
settings.load_profile("course")


def pytest_collection_modifyitems(items):
    """Sem o Chromium, o que é do navegador é pulado, e diz por quê."""
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="o navegador chromium não está instalado")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def browser():
    """Um Chromium sem tela, que não fala com ninguém por conta própria."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-sync",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Abre páginas e, no fim, reprova erros no console e pedidos a outra máquina."""
    contexts, problems = [], []

    def open_page(url, *, viewport=DESK, theme="light", **options):
        host = urlsplit(url).netloc
        context = browser.new_context(viewport=viewport, color_scheme=theme, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(f"erro: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"console: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on(
            "request",
            lambda sent: (
                problems.append(f"pedido a {sent.url[:80]}")
                if not sent.url.startswith(("data:", "blob:")) and urlsplit(sent.url).netloc != host
                else None
            ),
        )
        page.on(
            "response",
            lambda reply: (
                problems.append(f"{reply.status} em {reply.url}") if reply.status >= 400 else None
            ),
        )
        page.goto(url, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, problems


@pytest.fixture
def make_panel():
    """Cria painéis, que se fecham no fim do teste."""
    import panels

    from gan_lessons.panel import TrainingPanel

    made = []

    def make(trainer=None, **options):
        made.append(TrainingPanel(trainer or panels.plane_trainer(), **options))
        return made[-1]

    yield make
    for panel in made:
        panel.close()


@pytest.fixture(scope="session")
def run_mdbook():
    """Roda o mdBook como o ``make livro``, com este Python no caminho."""
    if MDBOOK is None:
        pytest.skip("mdbook não está instalado; `pip install -e .[book]` o traz")
    environment = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }

    def run(root, destination):
        return subprocess.run(
            [MDBOOK, "build", "--dest-dir", str(destination), str(root)],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def build_book(run_mdbook):
    """Monta um livro inteiro, com a poda e a busca."""

    def build(root, destination):
        result = run_mdbook(root, destination)
        assert result.returncode == 0, result.stderr
        site.main([str(destination)])
        return destination

    return build


@pytest.fixture(scope="session")
def book(build_book, tmp_path_factory):
    """A pasta do livro do curso, montado uma vez só, ainda que muitos processos o peçam."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # a que todos dividem
    with FileLock(folder / "livro.lock"):
        if not (folder / "livro.pronto").exists():
            build_book(ROOT, folder / "livro")
            (folder / "livro.pronto").touch()
    return folder / "livro"


@pytest.fixture(scope="session")
def made_source(tmp_path_factory):
    """Um livro pequeno, com o tema do curso e um caderno feito para dar trabalho."""
    from hard_book import hard_notebook

    root = tmp_path_factory.mktemp("difícil")
    options = (ROOT / "book.toml").read_text(encoding="utf-8")
    # Sem a figura da primeira página, que treina uma GAN a cada montagem.
    options = re.sub(r"^opening = .*\n", "", options, flags=re.MULTILINE)
    (root / "book.toml").write_text(options, encoding="utf-8")
    shutil.copytree(ROOT / "theme", root / "theme")
    source = root / "notebooks"
    (source / ".ipynb_checkpoints").mkdir(parents=True)
    (source / ".ipynb_checkpoints" / "a-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    (source / "rascunho.csv").write_text("1,2\n", encoding="utf-8")
    (source / "SUMMARY.md").write_text(
        "# Sumário\n\n- [A](a.ipynb)\n- [B](b.ipynb)\n", encoding="utf-8"
    )
    nbformat.write(hard_notebook(), source / "a.ipynb")
    second = [new_markdown_cell("# B\n\n## Uma seção, às vezes — `código`!\n\nTexto.")]
    nbformat.write(new_notebook(cells=second), source / "b.ipynb")
    return root


@pytest.fixture(scope="session")
def made_book(build_book, made_source, tmp_path_factory):
    """A pasta do livro feito para dar trabalho."""
    return build_book(made_source, tmp_path_factory.mktemp("livro_difícil"))
