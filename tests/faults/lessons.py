"""Cada aula num computador hostil: ``python -m faults.lessons [AULA …]`` (Linux).

Tudo de uma vez: o curso numa pasta de nome com espaços e acentos, a pasta dos cadernos só de
leitura, o kernel em outra pasta, língua ``C``, sem rede, sem compilador e com 2 GB de memória.
A aula tem de chegar ao fim e mostrar os mesmos ✔ que traz gravados. Leva uns vinte minutos.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

ROOT = Path(__file__).parents[2]
MEMORY = 2 * 1000**3
CGROUP = Path("/sys/fs/cgroup/memory")


def claims(notebook):
    """As afirmações que um caderno mostra; o diagnóstico da máquina é de cada máquina."""
    texts = (
        output.get("text", "")
        for cell in notebook.cells
        if "nbval-ignore-output" not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
    )
    return [line for text in texts for line in text.splitlines() if line.startswith("✔")]


def execute(path):
    """Já dentro da jaula: executa o caderno e diz o que houve, numa linha."""
    notebook = nbformat.read(path, as_version=4)
    expected = claims(notebook)
    elsewhere = tempfile.mkdtemp(prefix="outra pasta ")
    started = time.monotonic()
    client = NotebookClient(notebook, timeout=None, resources={"metadata": {"path": elsewhere}})
    try:
        client.execute()
    except (CellExecutionError, DeadKernelError) as error:
        return f"parou: {str(error).strip().splitlines()[-1]}"
    seconds = time.monotonic() - started
    if claims(notebook) != expected:
        return "chegou ao fim com outras afirmações"
    return f"inteira, com as suas {len(expected)} afirmações, em {seconds:.0f} s"


@contextlib.contextmanager
def limited_memory():
    """Um grupo de processos com `MEMORY` bytes; `None` onde não se pode criar."""
    group = CGROUP / f"aulas-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(MEMORY))
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        group.rmdir()


def in_the_cage(lesson, course, group):
    """Executa uma aula na jaula; devolve a linha que ela disse."""
    notebooks = course / "notebooks"
    steps = [
        f"echo $$ > '{group}/cgroup.procs'" if group else "true",
        "ip link set lo up",  # o kernel fala com quem o chama por dentro da própria máquina
        f"mount --bind -o ro '{notebooks}' '{notebooks}'",
        f"! touch '{notebooks}/gravou' 2>/dev/null",  # se dá para gravar, não é a jaula
        "cd /",
        f"exec '{sys.executable}' -m faults.lessons --dentro '{notebooks / lesson}.ipynb'",
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(course), str(course / "tests")]),
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C",
        "LANG": "C",
        "CXX": "/sem/compilador",
    }
    command = ["unshare", "--map-root-user", "--net", "--mount", "bash", "-c", " && ".join(steps)]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    said = [line for line in done.stdout.splitlines() if line.strip()]
    return said[-1] if said else f"nem começou: {done.stderr.strip().splitlines()[-1:]}"


def main(arguments):
    """Executa as aulas pedidas, ou todas."""
    if arguments[:1] == ["--dentro"]:
        print(execute(Path(arguments[1])), flush=True)
        return 0
    lessons = arguments or sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    good = 0
    with (
        tempfile.TemporaryDirectory(prefix="curso do João, 2º ano ") as folder,
        limited_memory() as group,
    ):
        course = Path(folder) / "redes adversárias"
        kept = shutil.ignore_patterns(".git", ".venv*", "build", "mutants", "__pycache__")
        shutil.copytree(ROOT, course, ignore=kept)
        print("memória:", "2 GB" if group else "sem limite (falta o cgroup)", flush=True)
        for lesson in lessons:
            said = in_the_cage(lesson, course, group)
            good += said.startswith("inteira")
            print(f"{lesson}: {said}", flush=True)
    print(f"{good} de {len(lessons)} aulas chegaram ao fim")
    return good < len(lessons)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
