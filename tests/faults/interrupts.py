"""Um aluno impaciente: ``python -m faults.interrupts AULA …`` (Linux e macOS).

Executa a aula uma vez com calma e anota as células demoradas. Depois executa de novo: cada célula
demorada é interrompida (■) num momento sorteado e executada outra vez. A aula tem de chegar ao fim
com as mesmas afirmações.

As células de `import` ficam de fora: um `import` da PyTorch partido ao meio não se retoma, e o
remédio é reiniciar o kernel. O que o primeiro Adam importa, o `Trainer` importa sem se deixar
interromper; quem escreve o laço à mão antes de ter um `Trainer` pode ter esse azar.

Quem interrompe é um relógio dentro do kernel, que só anda enquanto o código da célula anda: um
sinal que chegue um milissegundo depois, quando o kernel já conta que acabou, perde-lhe a resposta,
e quem a espera espera para sempre (ipykernel 7.4; o ■ do JupyterLab teria o mesmo azar).
"""

import random
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from faults.lessons import ROOT, claims

LONG = 1.0
"""Segundos a partir dos quais uma célula é demorada."""

CLOCK = """
import os, signal, threading

def start(info):
    timer.start()

def stop(result):
    timer.cancel()
    timer.join()
    events.unregister("pre_run_cell", start)
    events.unregister("post_run_cell", stop)

timer = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT])
events.register("pre_run_cell", start)
events.register("post_run_cell", stop)
"""
"""Interrompe a próxima célula depois de `seconds`, se ela ainda andar."""


def execute(path, cell_by_cell):
    """Executa um caderno com `cell_by_cell(cliente, célula, posição)`; devolve as afirmações."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=None, resources={"metadata": {"path": str(path.parent)}}
    )
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            cell_by_cell(client, cell, index)
    return claims(notebook)


def try_lesson(path, rng):
    """Executa, interrompe e confere; devolve se a aula resistiu e o que houve, numa frase."""
    seconds, tried, stopped = {}, [], []

    def calmly(client, cell, index):
        started = time.monotonic()
        client.execute_cell(cell, index)
        seconds[index] = time.monotonic() - started

    def impatiently(client, cell, index):
        if seconds[index] > LONG and "import " not in cell.source:
            tried.append(index)
            wait = rng.uniform(0.05, 0.9) * seconds[index]
            names = f'{{"seconds": {wait}, "events": get_ipython().events}}'
            client.kc.execute(f"exec({CLOCK!r}, {names})", silent=True)
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                if error.ename != "KeyboardInterrupt":
                    raise
                stopped.append(index)
        client.execute_cell(cell, index)

    calm = execute(path, calmly)
    try:
        same = execute(path, impatiently) == calm
        said = "as mesmas afirmações" if same else "OUTRAS afirmações"
    except CellExecutionError as error:
        same, said = False, f"PAROU: {str(error).strip().splitlines()[-1]}"
    return same, f"células demoradas {tried}, paradas no meio {stopped}, {said}"


def main(arguments):
    """Tenta as aulas pedidas."""
    rng = random.Random(0)
    good = True
    for lesson in arguments:
        same, said = try_lesson(ROOT / "notebooks" / f"{Path(lesson).stem}.ipynb", rng)
        print(f"{lesson}: {said}", flush=True)
        good &= same
    return not good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
