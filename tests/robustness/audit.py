"""Executa as aulas sob muitos arredondamentos e resume as margens das suas afirmações.

Cada execução que termina entra logo em ``build/robustez``; quem interrompe perde só as que estavam
no meio, e a próxima chamada continua. Mudar o código de uma aula, ou o do pacote, recomeça-a.
"""

import argparse
import ast
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pandas as pd
from nbclient import NotebookClient

from robustness import table
from robustness.claims import NOTEBOOKS, ROOT, claims_of, code_cells, lessons, read
from robustness.recorder import NUMBER, OUTPUT

BUILD = ROOT / "build" / "robustez"
STARTUP = "from robustness.recorder import start\n\nstart(get_ipython())\n"
ON_PURPOSE = {"raises-exception", "nbval-raises-exception"}
SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(10**6))\n"


def main(arguments=None):
    options = parse(arguments)
    if options.ocupado:
        spinners = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(os.cpu_count())]
    try:
        rows = audit(options.aulas, options.arredondamentos, options.processos, options.ocupado)
    finally:
        if options.ocupado:
            for spinner in spinners:
                spinner.kill()
                spinner.wait()
    summary = table.summarize(rows)
    sys.exit(0 if report(summary, keep=not options.ocupado) else 1)


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="make robustez", description=__doc__.splitlines()[0])
    parser.add_argument("aulas", nargs="*", help="nomes dos cadernos; sem nenhum, todos")
    parser.add_argument("--arredondamentos", type=numbers, default=numbers("0-11"))
    parser.add_argument("--processos", type=int, default=os.cpu_count())
    parser.add_argument("--ocupado", action="store_true", help="com todos os núcleos ocupados")
    options = parser.parse_args(arguments)
    known = lessons()
    options.aulas = [Path(name).stem for name in options.aulas] or known
    for name in options.aulas:
        if name not in known:
            parser.error(f"{name!r} não é uma aula com afirmações; há {', '.join(known)}")
    if options.processos < 1:
        parser.error(f"--processos deve ser pelo menos 1, mas chegou {options.processos}")
    return options


def numbers(text):
    """``"0-3,7"`` → ``[0, 1, 2, 3, 7]``."""
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        try:
            found.update(range(int(first), int(last or first) + 1))
        except ValueError as error:
            message = f"arredondamentos são como 0-11 ou 0-3,7, mas chegou {text!r}"
            raise argparse.ArgumentTypeError(message) from error
    return sorted(found)


def audit(names, roundings, n_processes, busy=False):
    """As leituras das aulas pedidas, depois de fazer as execuções que faltam.

    Returns
    -------
    DataFrame
        Uma linha por leitura; as de outra versão das aulas ou do pacote ficam de fora.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / ("leituras-ocupado.jsonl" if busy else "leituras.jsonl")
    versions = {name: version_of(name) for name in names}
    done = {(row["aula"], row["arredondamento"]) for row in stored(path, versions)}
    missing = [(name, k) for k in roundings for name in names if (name, k) not in done]
    print(f"{len(missing)} execuções a fazer, {n_processes} de cada vez; feitas: {len(done)}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        make_profile(Path(folder))
        run_all(missing, versions, path, Path(folder), n_processes)
    if missing:
        print(f"{len(missing)} execuções em {(time.monotonic() - began) / 60:.1f} min")
    return pd.DataFrame(row for row in stored(path, versions) if row["arredondamento"] in roundings)


def run_all(missing, versions, path, folder, n_processes):
    """Faz as execuções e acrescenta cada uma, inteira, às leituras."""
    threads = max(1, os.cpu_count() // n_processes)
    pool = ThreadPoolExecutor(n_processes)
    tasks = {pool.submit(run_lesson, name, k, folder, threads): (name, k) for name, k in missing}
    try:
        for count, task in enumerate(as_completed(tasks), start=1):
            name, k = tasks[task]
            readings, seconds, errors = task.result()
            if version_of(name) != versions[name]:
                print(f"{name}, arredondamento {k}: o código mudou no meio; não conta.", flush=True)
                continue
            rows = list(complete(name, k, versions[name], readings))
            with path.open("a", encoding="utf-8") as file:
                file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            failed = dict.fromkeys(row["afirmação"] for row in rows if not row["cumpriu"])
            print(
                f"[{count} de {len(tasks)}] {name}, arredondamento {k}: {seconds:.0f} s, "
                f"{len(failed)} afirmações não se cumprem",
                *(f"    ✘ {claim}" for claim in failed),
                *(f"    ! {error}" for error in errors),
                sep="\n",
                flush=True,
            )
    except KeyboardInterrupt:
        print("Interrompida; a próxima chamada continua daqui.", flush=True)
        os._exit(130)  # os kernels acabam com o pai; esperar por eles levaria minutos
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run_lesson(name, k, folder, threads):
    """Executa uma aula com o arredondamento `k`, num kernel novo.

    Returns
    -------
    readings : list of list
        Uma por comparação: afirmação, célula, cumpriu, comparação, esquerda, direita, margem.
    seconds : float
    errors : list of str
        Os erros das células que não deviam ter nenhum.
    """
    output = folder / f"{name}-{k}.jsonl"
    output.touch()
    environment = os.environ | {
        "IPYTHONDIR": str(folder),
        "OMP_NUM_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        NUMBER: str(k),
        OUTPUT: str(output),
    }
    notebook = read(name)
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    client = NotebookClient(notebook, timeout=None, allow_errors=True, resources=resources)
    began = time.monotonic()
    client.execute(env=environment)
    errors = [
        f"{out.ename}: {out.evalue}".splitlines()[0]
        for cell in code_cells(notebook)
        if not ON_PURPOSE & set(cell.metadata.get("tags", []))
        for out in cell.outputs
        if out.output_type == "error"
    ]
    lines = output.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines], time.monotonic() - began, errors


def complete(name, k, version, readings):
    """As linhas de uma execução; a afirmação a que ela não chegou não se cumpriu."""
    keys = "afirmação", "célula", "cumpriu", "comparação", "esquerda", "direita", "margem"
    common = {"aula": name, "arredondamento": k, "versão": version}
    for reading in readings:
        yield common | dict(zip(keys, reading, strict=True))
    reached = {reading[1] for reading in readings}
    for claim in claims_of(name):
        if claim.cell not in reached:
            missed = (claim.text, claim.cell, False, 0, None, None, None)
            yield common | dict(zip(keys, missed, strict=True))


def stored(path, versions):
    """As leituras já feitas das versões dadas; uma linha cortada ao meio não conta."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if versions.get(row["aula"]) == row["versão"]:
            yield row


def make_profile(folder):
    """Um perfil do IPython só da auditoria, que liga o gravador em cada kernel."""
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-auditoria.py").write_text(STARTUP, encoding="utf-8")
    quiet = "c.Application.log_level = 40  # sem os avisos de cada kernel que nasce\n"
    (folder / "profile_default" / "ipython_kernel_config.py").write_text(quiet, encoding="utf-8")


def version_of(name):
    """A impressão digital do código de uma aula e do pacote, sem comentários nem docstrings."""
    digest = hashlib.sha256("\0".join(cell.source for cell in code_cells(read(name))).encode())
    for path in sorted((ROOT / "gan_lessons").rglob("*")):
        if path.suffix == ".py":
            digest.update(code_of(path).encode())
        elif path.suffix == ".csv":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def code_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]
    return ast.dump(tree)


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def report(summary, *, keep):
    """Mostra o resumo, das margens mais apertadas às mais folgadas, e renova a tabela.

    Returns
    -------
    bool
        Se toda afirmação tem a folga que se pede.
    """
    many = {
        claim.cell: claim.many_seeds for name in set(summary["aula"]) for claim in claims_of(name)
    }
    varying = summary[(summary["margem/desvio"].notna()) | (summary["falhas"] > 0)]
    print(f"{len(summary)} comparações, {len(varying)} variam. As mais apertadas:")
    weak = 0
    for _, row in varying.sort_values("margem/desvio").iterrows():
        seeds = many[row["célula"]]
        needed = table.MIN_DEVIATIONS["many" if seeds else "one"]
        is_weak = row["falhas"] > 0 or row["margem/desvio"] < needed
        weak += is_weak
        if is_weak or row["margem/desvio"] < 8:
            print(
                f"{'✘' if is_weak else ' '} {row['margem/desvio']:7.1f} desvios "
                f"(margem {row['margem média']:.3g}, desvio {row['desvio']:.2g}), "
                f"{row['falhas']} falhas em {row['execuções']}  {row['aula']}: "
                f"{row['afirmação']} ({row['comparação']})"
            )
    print(f"{weak} com pouca folga (menos de 5 desvios; de 4, onde muitas sementes decidem)")
    renewed = table.renew(summary) if keep else []
    if renewed:
        print(f"{table.TABLE.relative_to(ROOT)}: renovadas {', '.join(renewed)}")
    elif keep:
        print(f"Menos de {table.MIN_RUNS} arredondamentos: a tabela do repositório não muda.")
    return weak == 0
