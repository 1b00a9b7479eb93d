"""Um aluno impaciente: ``python -m faults.interrupts AULA …`` (Linux e macOS).

Executa a aula uma vez com calma e anota as células demoradas. Depois executa de novo: cada célula
demorada é interrompida (■) num momento sorteado e executada outra vez. A aula tem de chegar ao fim
com as mesmas afirmações.

As células de `import` ficam de fora: um `import` da PyTorch partido ao meio não se retoma, e o
remédio é reiniciar o kernel. O mesmo vale, mais raramente, para o que ela importa no 1º passo.
"""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from faults.lessons import ROOT, claims

LONG = 1.0
"""Segundos a partir dos quais uma célula é demorada."""


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
    """Executa, interrompe e confere; devolve `(demoradas, interrompidas, iguais)`."""
    seconds = {}

    def calmly(client, cell, index):
        started = time.monotonic()
        client.execute_cell(cell, index)
        seconds[index] = time.monotonic() - started

    stopped = []

    def impatiently(client, cell, index):
        if seconds[index] > LONG and "import " not in cell.source:
            kernel = client.km.provisioner.pid
            wait = rng.uniform(0.05, 0.9) * seconds[index]
            timer = threading.Timer(wait, os.kill, [kernel, signal.SIGINT])
            timer.start()
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                if error.ename != "KeyboardInterrupt":
                    raise
                stopped.append(index)
            timer.cancel()
            timer.join()
            client.code_cells_executed = index  # a contagem não importa aqui
        client.execute_cell(cell, index)

    calm, hurried = execute(path, calmly), execute(path, impatiently)
    return sum(value > LONG for value in seconds.values()), len(stopped), calm == hurried


def main(arguments):
    """Tenta as aulas pedidas."""
    rng = random.Random(0)
    good = True
    for lesson in arguments:
        long, stopped, same = try_lesson(ROOT / "notebooks" / f"{Path(lesson).stem}.ipynb", rng)
        said = "as mesmas afirmações" if same else "OUTRAS afirmações"
        print(f"{lesson}: {long} células demoradas, {stopped} paradas no meio, {said}", flush=True)
        good &= same
    return not good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
