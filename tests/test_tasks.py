"""As tarefas do curso: as mesmas pelo `make` e pelo Python, com as mesmas opções."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tasks

ROOT = Path(__file__).parent.parent


def call(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "tasks.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_make_knows_every_task_and_no_other():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    assert re.search(r"^TASKS := (.*)$", makefile, re.MULTILINE).group(1).split() == [*tasks.TASKS]


@pytest.mark.skipif(shutil.which("make") is None, reason="não há make nesta máquina")
def test_both_doors_show_the_same_list():
    by_make = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert by_make.stdout == call().stdout
    assert [line.split()[0] for line in by_make.stdout.splitlines()] == [*tasks.TASKS]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ajudar"], "Não existe a tarefa ajudar. As que existem: ajuda, aula"),
        (["test", "RAPID=1"], "mas chegou RAPID=1. Os nomes: PORTA"),
        (["aula", "9000"], "Uma opção se escreve NOME=valor, mas chegou 9000"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_exists(arguments, said):
    result = call(*arguments)
    assert result.returncode == 1
    assert said in result.stderr


def test_an_option_comes_from_the_line_the_environment_or_the_default(monkeypatch):
    assert tasks.option("PORTA") == "8888"
    monkeypatch.setenv("PORTA", "9000")
    assert tasks.option("PORTA") == "9000"
    monkeypatch.setattr(tasks, "TASKS", {"ver": lambda: None})
    monkeypatch.setenv("PORTA", "")
    tasks.main(["ver", "PORTA=9001"])
    assert tasks.option("PORTA") == "9001"


def test_a_task_fails_with_the_status_of_what_it_ran():
    with pytest.raises(SystemExit) as stop:
        tasks.run(sys.executable, "-c", "import sys; sys.exit(7)")
    assert stop.value.code == 7


@pytest.mark.skipif(os.name == "nt", reason="os sinais são os do POSIX")
def test_an_interruption_waits_for_the_end_of_what_is_running(tmp_path):
    child = tmp_path / "child.py"
    child.write_text(
        "import time\n"
        "try:\n    print('rodando', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.5); print('arrumado', flush=True)\n",
        encoding="utf-8",
    )
    # Um programa começado em segundo plano nasce surdo ao Ctrl-C; aqui ele tem de ouvir.
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{hear}; import sys, tasks; tasks.run(sys.executable, {str(child)!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout.readline() == b"rodando\n"
    time.sleep(0.2)  # o pai passa a esperar depois que o filho nasce
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == b"arrumado\n"


def test_the_environment_is_made_again_only_when_something_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "ROOT", tmp_path)
    (tmp_path / "lock").touch()
    assert not tasks.newer("mark", "lock")
    (tmp_path / "mark").touch()
    assert tasks.newer("mark", "lock")
    os.utime(tmp_path / "lock", (time.time() + 60,) * 2)
    assert not tasks.newer("mark", "lock")
