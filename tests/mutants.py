"""Planta erros no código e conta os que os testes não notam: ``make mutantes``.

Quem planta é o mutmut: em ``mutants/``, cada função ganha cópias com um erro cada. Aqui só se
julga, porque ele abriria um pytest inteiro para cada uma das milhares. Os testes são colhidos uma
vez, com a PyTorch aberta, e cada mutante é um filho que nasce daí: roda os testes que passam pela
função, os rápidos antes, até o primeiro que falha. Há um filho por núcleo.

A ordem é sorteada, sempre a mesma: interrompida, a conta até ali é a de uma amostra.
"""

import ast
import collections
import contextlib
import fnmatch
import gc
import hashlib
import importlib
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # um filho que nasce entre as threads da PyTorch não acaba

import mutmut.__main__ as mutmut_commands
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, settings
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files

KILLED, SURVIVED, UNTESTED, TIMEOUT = 1, 0, 33, -signal.SIGXCPU
# Nem o relógio nem a sorte matam um mutante.
settings.register_profile(
    "mutants", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("mutants")

SLOW = 3.0
"""Segundos de processador a partir dos quais um teste fica de fora: rodaria milhares de vezes."""


def main(patterns):
    """Julga os mutantes que faltam ou, com `patterns`, de novo os vivos desses nomes."""
    start = time.monotonic()
    grow()
    tests = config().pytest_add_cli_args_test_selection
    os.chdir("mutants")
    sys.path.insert(0, os.getcwd())
    quiet = ["--quiet", "--capture=no", "--disable-warnings", "-p", "no:cacheprovider"]
    arguments = ["--rootdir=.", *quiet, *tests]
    status = pytest.main([*arguments, *config().pytest_add_cli_args], [Court(patterns)])
    print(f"{(time.monotonic() - start) / 60:.0f} minutos desta vez.")
    return status


def grow():
    """Escreve os mutantes em ``mutants/``; os de funções que não mudaram ficam, com o veredito."""
    set_mutant_under_test("mutant_generation")
    generate = mutmut_commands.mutate_file_contents
    mutmut_commands.mutate_file_contents = lambda name, code, *rest: generate(
        name, undecorated(code), *rest
    )
    Path("mutants").mkdir(exist_ok=True)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        copy_src_dir()
        copy_also_copy_files()
        mutmut_commands.create_mutants(os.cpu_count())


def undecorated(code):
    """O mesmo código, com ``@d`` de uma função escrito depois dela, como ``f = d(f)``.

    O mutmut não mexe numa função decorada, e todo corretor de exercício é uma.
    """
    lines = code.splitlines()
    for node in reversed(ast.parse(code).body):
        if isinstance(node, ast.FunctionDef) and len(node.decorator_list) == 1:
            (decorator,) = node.decorator_list
            wrapped = f"{node.name} = {ast.get_source_segment(code, decorator)}({node.name})"
            lines[node.end_lineno : node.end_lineno] = [wrapped]
            del lines[decorator.lineno - 1 : decorator.end_lineno]
    return "\n".join(lines) + "\n"


class Court:
    """No lugar do laço do pytest: mede os testes uma vez, e julga cada mutante com eles."""

    def __init__(self, patterns):
        self.patterns = patterns
        os.chdir("..")
        self.files = [SourceFileMutationData(path=path) for path in sorted(walk_mutatable_files())]
        for file in self.files:
            file.load()
        os.chdir("mutants")

    def pytest_runtestloop(self, session):
        witnesses = self.measure(session.items)
        owner = {name: file for file in self.files for name in file.exit_code_by_key}
        pending = [name for name, file in owner.items() if self.wants(name, file)]
        pending.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
        print(f"{len(owner)} mutantes, {len(pending)} por julgar.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # o que já se julgou fica
            self.judge_all(pending, owner, witnesses)
        self.report()
        return True

    def judge_all(self, names, owner, witnesses):
        start = shown = time.monotonic()
        for n, (name, verdict) in enumerate(verdicts(names, witnesses), 1):
            owner[name].exit_code_by_key[name] = verdict
            save(owner[name])
            if time.monotonic() > shown + 60:
                shown = time.monotonic()
                left = (shown - start) / n * (len(names) - n)
                print(f"{n} julgados; faltam uns {left / 60:.0f} minutos.", flush=True)

    def wants(self, name, file):
        verdict = file.exit_code_by_key[name]
        if not self.patterns:
            return verdict is None
        chosen = any(fnmatch.fnmatch(name, pattern) for pattern in self.patterns)
        return chosen and verdict in (None, SURVIVED, UNTESTED)

    def measure(self, items):
        """Os testes que passam por cada função, os rápidos antes: dict of list."""
        notes = Path("testemunhas.json")
        known = json.loads(notes.read_text()) if notes.exists() else {}
        by_file = collections.defaultdict(list)
        for item in items:
            by_file[item.path].append(item)
        heard = {}
        for path, of_file in by_file.items():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            heard[path.name] = known.get(path.name)
            if heard[path.name] is None or heard[path.name]["digest"] != digest:
                print(f"medindo {path.name}", flush=True)
                heard[path.name] = {"digest": digest} | listen(of_file)
                notes.write_text(json.dumps(heard | {k: known[k] for k in known.keys() - heard}))
        open_early(set().union(*(file["modules"] for file in heard.values())))
        measured = {key: test for file in heard.values() for key, test in file["tests"].items()}
        witnesses = collections.defaultdict(list)
        for item in items:
            if item.nodeid not in measured:
                continue
            seconds, functions = measured[item.nodeid]
            if seconds > SLOW:
                print(f"fica de fora, demorado: {item.nodeid} ({seconds:.0f} s)")
                continue
            for function in functions:
                witnesses[function].append((seconds, item))
        return collections.defaultdict(
            list,
            {
                function: sorted(tests, key=lambda test: test[0])
                for function, tests in witnesses.items()
            },
        )

    def report(self):
        """Uma linha por arquivo, e o nome de cada mutante vivo."""
        print(f"\n{'arquivo':42}{'mutantes':>9}{'julgados':>9}{'mortos':>8}{'vivos':>7}{'':>7}")
        totals = collections.Counter()
        for file in self.files:
            verdicts = list(file.exit_code_by_key.values())
            judged = [verdict for verdict in verdicts if verdict is not None]
            alive = sum(verdict in (SURVIVED, UNTESTED) for verdict in judged)
            counts = {"all": len(verdicts), "judged": len(judged), "alive": alive}
            totals.update(counts)
            if verdicts:
                print_row(file.path, **counts)
        print_row("tudo", **totals)
        for file in self.files:
            for name, verdict in file.exit_code_by_key.items():
                if verdict in (SURVIVED, UNTESTED):
                    print(f"vivo{' (sem teste)' if verdict == UNTESTED else ''}: {name}")


def print_row(name, *, all, judged, alive):
    share = f"{100 * (judged - alive) / judged:.0f} %" if judged else "–"
    print(f"{name!s:42}{all:9}{judged:9}{judged - alive:8}{alive:7}{share:>7}")


def listen(items):
    """Roda os testes num filho e anota, de cada um, o tempo e as funções por que passou.

    E os módulos que eles abriram.
    """
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as notes:

        def run():
            set_mutant_under_test("stats")
            tests = {}
            for item, following in zip(items, [*items[1:], None], strict=True):
                state()._stats.clear()
                start = time.process_time()
                failed = fails(item, following)
                if failed:
                    print(f"falha sem mutante nenhum, e fica de fora: {item.nodeid}", file=loud)
                else:
                    tests[item.nodeid] = time.process_time() - start, sorted(state()._stats)
            found = {"tests": tests, "modules": sorted(sys.modules)}
            Path(notes.name).write_text(json.dumps(found), encoding="utf-8")
            return 0

        loud = os.fdopen(os.dup(1), "w", buffering=1)
        child = Child(run, limit=3600)
        try:
            while (status := child.verdict()) is None:
                time.sleep(0.1)
        finally:
            child.end()
        loud.close()
        if status:
            sys.exit(f"os testes não chegaram ao fim: {status}")
        return json.loads(notes.read())


def open_early(modules):
    """Importa agora o que os testes só abririam tarde: senão, cada filho o importaria de novo."""
    for name in sorted(modules - set(sys.modules)):
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
    gc.freeze()


def verdicts(names, witnesses):
    """Cada mutante e o seu veredito, à medida que saem."""
    waiting, judging = iter(names), {}
    try:
        while True:
            for name in itertools.islice(waiting, os.cpu_count() - len(judging)):
                judging[name] = judge(name, witnesses[name.partition("__mutmut_")[0]])
            if not judging:
                return
            time.sleep(0.005)
            for name, child in list(judging.items()):
                if (verdict := child.verdict()) is not None:
                    del judging[name]
                    yield name, verdict
    finally:
        for child in judging.values():
            child.end()


def judge(name, tests):
    """O filho que julga um mutante; o seu código de saída é o veredito."""

    def run():
        if not tests:
            return UNTESTED
        set_mutant_under_test(name)
        items = [item for _, item in tests]
        following = [*items[1:], None]
        return KILLED if any(map(fails, items, following)) else SURVIVED

    return Child(run, limit=5 + 5 * sum(seconds for seconds, _ in tests))


def fails(item, following):
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


class Child:
    """Um filho calado, que faz `run` em no máximo `limit` segundos de processador."""

    def __init__(self, run, *, limit):
        self.deadline = time.monotonic() + 60 + 10 * limit
        self.folder = tempfile.mkdtemp()
        self.pid = os.fork()
        if self.pid == 0:
            with contextlib.suppress(BaseException):
                os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = self.folder
                for stream in (1, 2):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
                seconds = int(limit) + 1
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
                os._exit(run())
            os._exit(KILLED)

    def verdict(self):
        """O código de saída, ou `None`; quem espera por algo que nunca vem é encerrado."""
        done, status = os.waitpid(self.pid, os.WNOHANG)
        if done:
            self.pid = None
            self.end()
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() < self.deadline:
            return None
        self.end()
        return TIMEOUT

    def end(self):
        """Encerra o filho, se ele ainda corre, e apaga o que ele gravou."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def save(file):
    os.chdir("..")
    file.save()
    os.chdir("mutants")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
