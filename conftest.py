"""Ajustes do pytest para o repositório inteiro: o que se compara, e como o trabalho se reparte."""

import gc
import os
from pathlib import Path

import pytest

# Cada processo de teste conta só com a sua parte dos núcleos: a disputá-los, esperariam uns pelos
# outros. É aqui porque a PyTorch lê isto uma vez só, quando é carregada.
if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):
    share = (os.cpu_count() or 1) // int(workers)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, share)))

# Os cadernos curtos; uma aula nova é demorada até prova em contrário.
SHORT_NOTEBOOKS = ("00_", "99_")


def pytest_collectstart(collector):
    """O que muda a cada execução: os tempos das barras, em stderr.

    E, de um processador para outro, o último algarismo dos pesos de uma figura viva.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "application/vnd.live-figure+json")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Colhe os testes sem procurar lixo: nada do que os módulos ocupam é, e olhá-lo custa caro."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_configure(config):
    """O que o nbval não compara, e o narrador."""
    config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.cfg")
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        config.pluginmanager.register(Narrator(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Marca as aulas demoradas; com vários processos, o que demora mais começa antes."""
    for item in items:
        if item.path.suffix == ".ipynb" and not item.path.name.startswith(SHORT_NOTEBOOKS):
            item.add_marker("long_lesson")
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("browser")}

        def rank(path):
            return path not in slow, path.suffix != ".ipynb", -path.stat().st_size

        items.sort(key=lambda item: rank(item.path))


class Narrator:
    """Diz no terminal que arquivo começa, em vez de um ponto por teste."""

    def __init__(self, config):
        self.config = config
        self.begun = set()
        self.n_files = 0

    def say(self, line):
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        reporter.ensure_newline()
        reporter.write_line(line)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.n_files = len({nodeid.partition("::")[0] for nodeid in ids})

    def pytest_runtest_logstart(self, nodeid):
        path = nodeid.partition("::")[0]
        if path not in self.begun:
            self.begun.add(path)
            self.say(f"[{len(self.begun)} de {self.n_files}] {path}")

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.say(f"falhou: {report.nodeid}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        if report.outcome in ("passed", "failed") and report.when == "call":
            return report.outcome, "", "FAILED" if report.failed else ""
        return None
