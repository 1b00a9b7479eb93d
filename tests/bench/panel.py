"""Mede o painel num navegador de verdade: ``python tests/bench/panel.py``.

A GAN é a clássica da espiral, com a tela aberta e treinando no mais rápido:

- no motor do navegador, numa mesa e num telefone de 360 px quatro vezes mais lento (o freio do
  Chromium só alcança a página, e não o trabalhador que treina: aqui os dois param três quartos do
  tempo);
- no JupyterLab, com o kernel treinando;
- e nos dois por mais tempo, com ``--minutos 10``, olhando a memória do kernel e da página.

Conta passos e quadros por segundo, a mediana de várias janelas. Precisa do Chromium e de uma
máquina sossegada. Enquanto se olha a memória, ninguém está ligado à página: quem depura um
navegador o faz guardar o que já passou pela rede.
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
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import sync_playwright

from gan_lessons.panel import save_live_page
from gan_lessons.portuguese import decimal

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


def watch_memory(processes, minutes):
    """O piso da memória de cada processo, em MB, no segundo minuto e no último: o lixo varia."""
    time.sleep(60)
    floors = []
    for _ in range(minutes - 1):
        readings = []
        for _ in range(12):
            time.sleep(5)
            readings.append([process.memory_info().rss / 1e6 for process in processes])
        floors.append(map(min, zip(*readings, strict=True)))
    return list(zip(floors[0], floors[-1], strict=True))


@contextmanager
def chromium():
    """Um Chromium sem tela, a que se liga e de que se desliga; o processo e o endereço."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")
        command = [path, *options, f"--user-data-dir={profile}", "about:blank"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **silent) as process:
            port = Path(profile) / "DevToolsActivePort"
            while not port.is_file():
                time.sleep(0.2)
            try:
                yield psutil.Process(process.pid), f"http://127.0.0.1:{port.read_text().split()[0]}"
            finally:
                process.kill()  # ao SIGTERM, às vezes ele não responde


@contextmanager
def connected(address):
    """O navegador, enquanto se lhe diz o que fazer."""
    with sync_playwright() as playwright:
        yield playwright.chromium.connect_over_cdp(address)


@contextmanager
def alone():
    """O endereço da página que treina sozinha, num arquivo."""
    made = {}
    exec(MAKE_TRAINER, made)
    with tempfile.TemporaryDirectory() as folder:
        yield save_live_page(made["trainer"], Path(folder) / "gan.html").as_uri()


@contextmanager
def in_lab():
    """O endereço de um caderno com o painel no JupyterLab, e o processo do servidor."""
    show = "from gan_lessons.panel import TrainingPanel\nTrainingPanel(trainer)"
    cells = [nbformat.v4.new_code_cell(source) for source in (MAKE_TRAINER, show)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, Path(folder) / "painel.ipynb")
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--ServerApp.root_dir={folder}"),
            *("--IdentityProvider.token=medida", "--expose-app-in-browser"),
        ]
        environment = os.environ | {"JUPYTER_RUNTIME_DIR": f"{folder}/.runtime"}
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=environment, **silent) as server:
            announced = Path(folder) / ".runtime" / f"jpserver-{server.pid}.json"
            while not announced.is_file():
                time.sleep(0.2)
            port = json.loads(announced.read_text())["port"]
            url = f"http://127.0.0.1:{port}/lab/tree/painel.ipynb?token=medida"
            try:
                yield url, psutil.Process(server.pid)
            finally:
                server.terminate()


def run_all(page):
    """Executa o caderno aberto, quando o kernel dele está pronto."""
    context = "jupyterapp.shell.currentWidget?.context?.sessionContext"
    page.wait_for_function(f"{context}?.session?.kernel?.status === 'idle'", timeout=90_000)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{STEP} >= 0", timeout=180_000)


@contextmanager
def slowed(processes, times):
    """Processos que só andam uma parte do tempo, em fatias que o olho não separa."""
    over = threading.Event()

    def each(act):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                act(process)

    def brake():
        while not over.is_set():
            each(psutil.Process.suspend)
            time.sleep(0.004 * (times - 1))
            each(psutil.Process.resume)
            time.sleep(0.004)

    thread = threading.Thread(target=brake)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def renderers(browser):
    """Os processos de página de um Chromium, o maior na frente."""
    pages = {}
    for process in browser.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # o Chromium fecha os que não usa
            if "--type=renderer" in process.cmdline():
                pages[process] = process.memory_info().rss
    return sorted(pages, key=pages.get, reverse=True)


def main():
    parser = argparse.ArgumentParser(description="Mede o painel num navegador de verdade.")
    parser.add_argument("--minutos", type=int, default=0, help="olha também a memória")
    minutes = parser.parse_args().minutos
    print("| onde | passos/s | quadros/s |\n|---|---|---|")

    def row(name, rates):
        print(f"| {name} | {rates[0]:.0f} | {decimal(rates[1], 1)} |", flush=True)

    def memory(name, processes):
        if not minutes:
            return
        floors = watch_memory(processes.values(), minutes)
        for kind, (before, after) in zip(processes, floors, strict=True):
            print(f"{name}, {kind}: {before:.0f} MB no 2º minuto, {after:.0f} no {minutes}º")

    with alone() as url, chromium() as (process, address):
        with connected(address) as browser:
            page = browser.new_page()
            page.goto(url)
            row("navegador, mesa", measure(page))
        memory("navegador", {"página": renderers(process)[0]})
    with alone() as url, chromium() as (process, address), connected(address) as browser:
        page = browser.new_page(viewport={"width": 360, "height": 780})
        page.goto(url)
        page.wait_for_function(f"{STEP} >= 0")
        with slowed(renderers(process), 4):
            row("navegador, telefone 4 vezes mais lento", measure(page))
    with in_lab() as (url, server), chromium() as (process, address):
        with connected(address) as browser:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.goto(url)
            run_all(page)
            row("JupyterLab", measure(page))
        (kernel,) = server.children()
        memory("JupyterLab", {"kernel": kernel, "página": renderers(process)[0]})


if __name__ == "__main__":
    main()
