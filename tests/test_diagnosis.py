"""``python -m gan_lessons conferir``: um diagnóstico que se pode colar numa pergunta."""

import getpass
import importlib.metadata
import platform
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gan_lessons import __main__ as command
from gan_lessons import diagnosis

TORCH = next(text for text in importlib.metadata.requires("gan_lessons") if text[:5] == "torch")


def findings():
    return {finding.subject: finding for finding in diagnosis.diagnose()}


def test_a_student_reads_versions_machine_kernel_and_language():
    found = findings()
    assert found["Python"].found == platform.python_version()
    assert found["numpy"].found.partition(";")[0] == importlib.metadata.version("numpy")
    assert {"torch", "jupyterlab", "sistema", "processador", "GPU"} <= set(found)
    assert {"memória livre", "disco livre", "compilador de C++"} <= set(found)
    assert {"kernel do Jupyter", "idioma do JupyterLab"} <= set(found)


def test_it_says_nothing_about_the_person_or_the_machine_s_name():
    text = "\n".join(map(str, diagnosis.diagnose()))
    for private in (str(Path.home()), str(Path.cwd()), sys.prefix, socket.gethostname()):
        assert private not in text
    assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", text)


def pretend_versions(monkeypatch, **versions):
    real = importlib.metadata.version

    def version(name):
        if versions.get(name, "") is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions.get(name) or real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)


@pytest.mark.parametrize(
    ("version", "said", "serious"),
    [
        (None, "não está instalado", True),
        ("1.9", "fora da faixa", True),
        ("2.6.1", "as saídas do curso são da", False),
    ],
)
def test_a_wrong_package_is_named_with_what_to_do(monkeypatch, version, said, serious):
    pretend_versions(monkeypatch, torch=version)
    torch = findings()["torch"]
    assert said in torch.found
    assert torch.serious == serious
    assert "tasks.py instalar" in torch.remedy


def test_the_build_of_torch_is_no_difference(monkeypatch):
    locked = diagnosis._locked_versions()["torch"]
    pretend_versions(monkeypatch, torch=f"{locked}+cu128")
    assert not findings()["torch"].remedy


def test_little_room_is_a_warning_that_stops_nothing(monkeypatch, capsys):
    monkeypatch.setattr(diagnosis, "LITTLE_DISK", float("inf"))
    assert findings()["disco livre"].remedy == "apague arquivos"
    diagnosis.report()
    assert "! disco livre" in capsys.readouterr().out


@pytest.mark.parametrize(("serious", "status"), [(False, 0), (True, 1)])
def test_the_exit_status_says_whether_the_course_works(monkeypatch, capsys, serious, status):
    one = diagnosis.Finding("torch", "estranha", "instale de novo", serious)
    monkeypatch.setattr(diagnosis, "diagnose", lambda: iter([one]))
    assert command.main(["conferir"]) == status
    assert "    → instale de novo" in capsys.readouterr().out


def test_an_environment_without_the_packages_still_gets_an_answer():
    code = "import sys; sys.modules['psutil'] = None\nfrom gan_lessons.__main__ import main\n"
    run = subprocess.run(
        [sys.executable, "-c", code + "sys.exit(main(['conferir']))"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 1
    assert "falta o pacote psutil" in run.stdout


def test_an_unknown_command_says_what_exists(capsys):
    assert command.main(["arrumar"]) == 2
    assert "python -m gan_lessons conferir" in capsys.readouterr().err
