"""Mede o painel num navegador de verdade: ``python tests/bench/panel.py``.

A GAN é a clássica da espiral, com a tela aberta e treinando no mais rápido:

- no motor do navegador, numa mesa e num telefone de 360 px quatro vezes mais lento (o freio do
  Chromium só alcança a página, e não o trabalhador que treina: aqui os dois param três quartos do
  tempo);
- no JupyterLab, com o kernel treinando;
- e nos dois por mais tempo, com ``--minutos 10``, olhando a memória do kernel e da página.

Conta passos e quadros por segundo, a mediana de várias janelas. Precisa do Chromium e de uma
máquina sossegada.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import sync_playwright

from gan_lessons.portuguese import decimal

ROOT = Path(__file__).parents[2]
MAKE_TRAINER = """
from sklearn.preprocessing import StandardScaler
from gan_lessons.data import make_spiral
from gan_lessons.models import make_spiral_gan
from gan_lessons.training import CLASSIC, Trainer
data = StandardScaler().fit_transform(make_spiral(1000))
trainer = Trainer(*make_spiral_gan("linear", 0), data, recipe=CLASSIC)
"""
STEP = "Number(document.querySelector('.gan-status')?.textContent.match(/Passo (\\d+)/)?.[1] ?? -1)"
COUNT_FRAMES = """() => {
    window.frames_drawn = 0;
    new MutationObserver(() => { window.frames_drawn += 1; }).observe(
        document.querySelector(".gan-status"), { childList: true });
}"""


def measure(page, *, n_windows=7, seconds=2.0):
    """Treina no mais rápido: as medianas de passos e de quadros por segundo."""
    page.wait_for_function(f"{STEP} >= 0", timeout=60_000)
    page.evaluate(COUNT_FRAMES)
    page.locator(".gan-main").click()
    page.wait_for_timeout(2000)  # as primeiras centenas aquecem
    steps, frames = [], []
    for _ in range(n_windows):
        # A página marca a hora de cada leitura: a ida e volta até aqui não conta.
        moment = f"[performance.now(), {STEP}, window.frames_drawn]"
        first = page.evaluate(moment)
        page.wait_for_timeout(1000 * seconds)
        last = page.evaluate(moment)
        elapsed = (last[0] - first[0]) / 1000
        steps.append((last[1] - first[1]) / elapsed)
        frames.append((last[2] - first[2]) / elapsed)
    return statistics.median(steps), statistics.median(frames)


def watch_memory(page, processes, minutes):
    """A memória dos processos, em MB, no fim do primeiro minuto e no fim de todos."""
    page.wait_for_timeout(60_000)
    first = [process.memory_info().rss / 1e6 for process in processes]
    page.wait_for_timeout(60_000 * (minutes - 1))
    last = [process.memory_info().rss / 1e6 for process in processes]
    return first, last


@contextmanager
def alone(browser, **options):
    """A página que treina sozinha, aberta do disco."""
    from gan_lessons.panel import save_live_page

    made = {}
    exec(MAKE_TRAINER, made)
    with tempfile.TemporaryDirectory() as folder:
        path = save_live_page(made["trainer"], Path(folder) / "gan.html")
        page = browser.new_page(**options)
        page.goto(path.as_uri())
        yield page
        page.close()


@contextmanager
def in_lab(browser):
    """O painel num caderno do JupyterLab, já executado; e o processo do kernel."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [
            MAKE_TRAINER,
            "from gan_lessons.panel import TrainingPanel\nTrainingPanel(trainer)",
        ]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, Path(folder) / "painel.ipynb")
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--ServerApp.root_dir={folder}"),
                *("--IdentityProvider.token=medida", "--expose-app-in-browser"),
            ],
            env=os.environ | {"JUPYTER_RUNTIME_DIR": f"{folder}/.runtime"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            announced = Path(folder) / ".runtime" / f"jpserver-{server.pid}.json"
            while not announced.is_file():
                time.sleep(0.2)
            url = f"http://127.0.0.1:{json.loads(announced.read_text())['port']}"
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.goto(f"{url}/lab/tree/painel.ipynb?token=medida")
            page.wait_for_selector(".jp-Notebook .jp-Cell")
            while not _kernel_idle(url):
                time.sleep(0.2)
            page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
            page.wait_for_function(f"{STEP} >= 0", timeout=180_000)
            (kernel,) = psutil.Process(server.pid).children()
            yield page, kernel
            page.close()
        finally:
            server.terminate()
            server.wait(20)


def _kernel_idle(url):
    with urllib.request.urlopen(f"{url}/api/kernels?token=medida") as reply:
        kernels = json.load(reply)
    return kernels and kernels[0]["execution_state"] == "idle"


@contextmanager
def slowed(processes, times):
    """Processos que só andam uma parte do tempo, em fatias que o olho não separa."""
    over = threading.Event()

    def brake():
        while not over.is_set():
            for process in processes:
                process.suspend()
            time.sleep(0.004 * (times - 1))
            for process in processes:
                process.resume()
            time.sleep(0.004)

    thread = threading.Thread(target=brake)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def renderers():
    """Os processos de página do Chromium aberto aqui, o maior na frente."""
    mine = [
        process
        for process in psutil.Process().children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    return sorted(mine, key=lambda process: -process.memory_info().rss)


def main():
    parser = argparse.ArgumentParser(description="Mede o painel num navegador de verdade.")
    parser.add_argument("--minutos", type=int, default=0, help="olha também a memória")
    minutes = parser.parse_args().minutos
    print("| onde | passos/s | quadros/s |\n|---|---|---|")

    def row(name, rates):
        print(f"| {name} | {rates[0]:.0f} | {decimal(rates[1], 1)} |", flush=True)

    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with alone(browser) as page:
            row("navegador, mesa", measure(page))
        with alone(browser, viewport={"width": 360, "height": 780}, has_touch=True) as page:
            page.wait_for_function(f"{STEP} >= 0")
            with slowed(renderers(), 4):
                row("navegador, telefone 4 vezes mais lento", measure(page))
        with in_lab(browser) as (page, kernel):
            row("JupyterLab", measure(page))
            if minutes:
                report_memory("JupyterLab", page, [kernel, renderers()[0]], minutes)
        if minutes:
            with alone(browser) as page:
                measure(page, n_windows=1)
                report_memory("navegador", page, renderers()[:1], minutes)
        browser.close()


def report_memory(name, page, processes, minutes):
    first, last = watch_memory(page, processes, minutes)
    kinds = ["kernel", "página"][-len(processes) :]
    for kind, before, after in zip(kinds, first, last, strict=True):
        print(f"{name}, {kind}: {before:.0f} MB depois de 1 minuto, {after:.0f} de {minutes}")


if __name__ == "__main__":
    main()
