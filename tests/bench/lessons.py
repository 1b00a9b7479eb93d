"""Mede o que cada aula pede da máquina de quem a executa: ``python tests/bench/lessons.py``.

Cada caderno roda num kernel só seu, do começo ao fim, como *Executar todas as células*. Contam o
kernel e os processos que ele abre (o compilador, por exemplo): o tempo de **processador**, e não
o do relógio, que depende do que mais estiver rodando; o pico de memória; e o pico de threads.
Os números vão para ``build/lessons.json`` e a tabela para a tela, em Markdown.

    python tests/bench/lessons.py                          todas as aulas (uns 15 minutos)
    python tests/bench/lessons.py 00_comece_aqui           só estas
    python tests/bench/lessons.py 00_comece_aqui --juntos 8   oito kernels ao mesmo tempo
"""

import argparse
import json
import os
import platform
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from gan_lessons.portuguese import decimal

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
EVERY = 0.2
"""Segundos entre duas olhadas nos processos; um pico mais curto passa."""


class Meter:
    """Olha um kernel e os seus filhos enquanto ele executa um caderno.

    A memória de um kernel é a residente (RSS), que conta inteiras as bibliotecas; a de vários
    juntos é a soma das partes proporcionais (PSS), onde o sistema as diz: o que dois kernels
    dividem se conta uma vez só.
    """

    def __init__(self, pid):
        self.kernel = psutil.Process(pid)
        self.ended = {}
        self.memory = self.shared = self.threads = 0
        self.processor = 0.0

    def look(self):
        """Anota o que os processos gastam agora."""
        memory = shared = threads = 0
        for process in [self.kernel, *self.kernel.children(recursive=True)]:
            with suppress(psutil.Error):
                memory += process.memory_info().rss
                with suppress(psutil.Error, AttributeError):
                    shared += process.memory_full_info().pss
                threads += process.num_threads()
                times = process.cpu_times()
                self.ended[process.pid] = times.user + times.system
        self.memory = max(self.memory, memory)
        self.threads = max(self.threads, threads)
        self.shared = shared
        self.processor = sum(self.ended.values())


def execute(path, meter_made):
    """Executa um caderno e devolve o que ele gastou."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=None, resources={"metadata": {"path": str(path.parent)}}
    )
    started = time.perf_counter()
    with client.setup_kernel():
        meter = Meter(client.km.provisioner.pid)
        meter_made(meter)
        done = threading.Event()
        watcher = threading.Thread(target=watch, args=(meter, done))
        watcher.start()
        try:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        finally:
            done.set()
            watcher.join()
    return {
        "lesson": path.stem,
        "processor_seconds": meter.processor,
        "clock_seconds": time.perf_counter() - started,
        "peak_megabytes": meter.memory / 1e6,
        "threads": meter.threads,
    }


def watch(meter, done):
    """Olha de tempos em tempos, e mais uma vez no fim."""
    while not done.wait(EVERY):
        with suppress(psutil.Error):
            meter.look()
    with suppress(psutil.Error):
        meter.look()


def execute_together(path, n_kernels):
    """Executa o mesmo caderno em vários kernels ao mesmo tempo."""
    meters, results, failures = [], [], []

    def one():
        try:
            results.append(execute(path, meters.append))
        except Exception as error:
            failures.append(str(error))

    threads = [threading.Thread(target=one) for _ in range(n_kernels)]
    for thread in threads:
        thread.start()
    peak = 0
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, sum(meter.shared for meter in meters))
        time.sleep(EVERY)
    if failures:
        raise RuntimeError(f"{len(failures)} de {n_kernels} pararam:\n{failures[0]}")
    return {
        "lesson": path.stem,
        "kernels": n_kernels,
        "clock_seconds": max(result["clock_seconds"] for result in results),
        "processor_seconds": sum(result["processor_seconds"] for result in results) / n_kernels,
        "peak_megabytes": peak / 1e6,
        "sum_of_peaks_megabytes": sum(result["peak_megabytes"] for result in results),
    }


def machine():
    """O que importa saber da máquina, sem nada de particular."""
    return {
        "system": platform.system(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "threads": os.environ.get("OMP_NUM_THREADS", "as que a PyTorch escolher"),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        "when": time.strftime("%Y-%m-%d"),
    }


def keep(results, path):
    """Junta as medidas às que o arquivo já tem; a mesma aula, medida de novo, substitui."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for result in results:
        name = result["lesson"]
        known[f"{name} × {result['kernels']}" if "kernels" in result else name] = {
            **result,
            "machine": machine(),
        }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
    return known


def row(result):
    """Uma linha da tabela do guia."""
    name = result["lesson"] + (f" × {result['kernels']}" if "kernels" in result else "")
    numbers = [
        f"{decimal(result['processor_seconds'], 0)} s",
        f"{decimal(result['peak_megabytes'], 0)} MB",
        str(result.get("threads", "—")),
    ]
    return f"| {' | '.join([name, *numbers])} |"


def main():
    """Mede o que foi pedido."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="nomes dos cadernos; nenhum: todos")
    parser.add_argument("--juntos", type=int, default=1, help="quantos kernels ao mesmo tempo")
    parser.add_argument("--saida", type=Path, default=ROOT / "build" / "lessons.json")
    options = parser.parse_args()
    lessons = options.lessons or sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    print("| aula | processador | pico de memória | threads |\n|---|---:|---:|---:|")
    for lesson in lessons:
        path = NOTEBOOKS / f"{lesson}.ipynb"
        if options.juntos > 1:
            result = execute_together(path, options.juntos)
        else:
            result = execute(path, lambda meter: None)
        keep([result], options.saida)
        print(row(result), flush=True)


if __name__ == "__main__":
    main()
