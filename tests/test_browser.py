"""Os cadernos no JupyterLab, num navegador de verdade, como um estudante os abre."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "build" / "screenshots"
TOKEN = "teste"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="o navegador chromium não está instalado"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Um JupyterLab numa porta livre, sobre uma cópia dos cadernos sem saídas."""
    root = tmp_path_factory.mktemp("cadernos")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, root / path.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (root / "jupyter.log").open("w")
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ip=127.0.0.1", f"--ServerApp.root_dir={root}"),
        *(f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"),
    ]
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(root / ".jupyter")}
    with subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            yield Server(f"http://127.0.0.1:{port}", root, process)
        finally:
            process.terminate()
            process.wait(20)
            log.close()


class Server:
    def __init__(self, url, root, process):
        self.url, self.root, self.process = url, root, process
        self.wait(lambda: self.get("status") is not None, 60)

    def get(self, resource):
        try:
            with urllib.request.urlopen(f"{self.url}/api/{resource}?token={TOKEN}") as reply:
                return json.load(reply)
        except OSError:
            return None

    def kernel_is_idle(self):
        kernels = self.get("kernels")
        return bool(kernels) and all(kernel["execution_state"] == "idle" for kernel in kernels)

    def wait(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, (self.root / "jupyter.log").read_text()
            assert time.monotonic() < deadline, "o JupyterLab não respondeu a tempo"
            time.sleep(0.5)


@pytest.fixture(scope="module")
def page(server):
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
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def open_notebook(page, server, name):
    page.goto(f"{server.url}/lab/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    server.wait(server.kernel_is_idle, 60)


def run_menu_item(page, label):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    return page.locator("#jp-mainmenu-run").get_by_text(label, exact=True)


def run_all_cells(page, server, name, seconds):
    """Executa tudo pelo menu, espera o kernel e grava; devolve o caderno gravado."""
    run_menu_item(page, "Executar todas as células").click()
    path = server.root / name

    def finished():
        if not server.kernel_is_idle():
            return False
        page.keyboard.press("Control+s")
        time.sleep(1)
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        failed = any(o.output_type == "error" for cell in cells for o in cell.outputs)
        return failed or all(cell.execution_count for cell in cells)

    time.sleep(2)
    server.wait(finished, seconds)
    return nbformat.read(path, 4)


def screenshot(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_jupyterlab_opens_in_portuguese(page, server):
    open_notebook(page, server, "00_comece_aqui.ipynb")
    # O pacote de idioma não traduz a barra de menus, mas traduz o que há dentro dela.
    assert run_menu_item(page, "Executar todas as células").is_visible()
    screenshot(page, "00_comece_aqui")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("name", ["00_comece_aqui.ipynb", "02_espiral.ipynb"])
def test_run_all_cells_ends_without_an_error(page, server, name):
    open_notebook(page, server, name)
    notebook = run_all_cells(page, server, name, seconds=600)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            expected = "nbval-raises-exception" in cell.metadata.get("tags", [])
            assert output.output_type != "error" or expected, cell.source
    screenshot(page, f"{Path(name).stem}_executado")
