"""O ambiente dura: um só conjunto de versões, instalado do mesmo jeito por todos os caminhos."""

import functools
import http.server
import importlib.metadata
import os
import re
import socket
import subprocess
import sys
import threading
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tasks
from gan_lessons import diagnosis

ROOT = Path(__file__).parent.parent
CUDA = ("cuda-", "nvidia-", "triton")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = [Requirement(line) for line in read("constraints.txt").splitlines() if line[0] != "#"]
LOCKED_NAMES = {canonicalize_name(pin.name) for pin in LOCK}


def versions(name):
    """As versões travadas de um pacote: mais de uma, se mudam com o Python."""
    pins = [pin for pin in LOCK if canonicalize_name(pin.name) == canonicalize_name(name)]
    return [specifier.version for pin in pins for specifier in pin.specifier]


@pytest.mark.parametrize("text", sorted({*PROJECT["dependencies"], *chain(*EXTRAS.values())}))
def test_every_dependency_is_locked_within_the_range_that_the_package_declares(text):
    dependency = Requirement(text)
    if dependency.name == PROJECT["name"]:
        assert dependency.extras <= set(EXTRAS)
        return
    assert versions(dependency.name), f"falta em constraints.txt: rode make travar ({text})"
    assert all(dependency.specifier.contains(version) for version in versions(dependency.name))


def test_the_lock_fits_any_platform_and_any_build_of_torch():
    for pin in LOCK:
        assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)), pin
        assert pin.url is None
        assert not pin.name.startswith(CUDA), f"{pin.name} vem com a PyTorch de GPU, e só com ela"
    for text in importlib.metadata.requires("torch"):
        needed = Requirement(text)
        if "extra" not in str(needed.marker) and not needed.name.startswith(CUDA):
            assert canonicalize_name(needed.name) in LOCKED_NAMES


def test_conda_pip_and_make_install_the_same_environment():
    constraints, package = re.findall(r"^-.*$", read("requirements.txt"), flags=re.MULTILINE)
    assert constraints == "-c constraints.txt"
    extras = re.fullmatch(r"-e \.\[([a-z,]+)\]", package).group(1)
    assert set(extras.split(",")) <= set(EXTRAS)

    environment = yaml.safe_load(read("environment.yml"))
    assert environment["name"] == PROJECT["name"]
    assert environment["dependencies"][1:] == ["pip", {"pip": ["-r requirements.txt"]}]

    readme, source = read("README.md"), read("tasks.py")
    assert tasks.LOCK == "constraints.txt"
    assert '"requirements.txt", LOCK, *INSTALLED' in source
    assert 'pip_install("-r", "requirements.txt")' in source
    assert readme.count("python -m pip install -r requirements.txt") == 2
    assert "pip install -e" not in readme


def test_every_path_asks_for_the_same_pythons():
    lowest, highest = tasks.PYTHONS
    assert diagnosis.PYTHONS == tasks.PYTHONS
    assert PROJECT["requires-python"] == f">=3.{lowest[1]}"
    assert f'"--python-version", "3.{lowest[1]}"' in read("tasks.py")
    for text in (read("tasks.py"), read("README.md")):
        assert f"Python 3.{lowest[1]} a 3.{highest[1]}" in text


def test_the_image_of_a_hub_starts_from_a_python_of_the_course():
    # O repo2docker só entende uma versão exata; de um intervalo, partiria da que ele prefere.
    conda = yaml.safe_load(read("environment.yml"))["dependencies"][0]
    minor = re.fullmatch(r"python\s*=+\s*3\.(\d+)", conda)[1]
    assert tasks.PYTHONS[0] <= (3, int(minor)) <= tasks.PYTHONS[1]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def serve():
    """Serve uma pasta neste computador, como um índice de pacotes."""
    servers = []

    def start(folder):
        handler = functools.partial(QuietHandler, directory=folder)
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def make_index(folder, version):
    """Um índice com uma só roda: uma PyTorch de mentira, sem nada dentro."""
    name = f"torch-{version}-py3-none-any.whl"
    (folder / "torch").mkdir(parents=True)
    (folder / "torch" / "index.html").write_text(f'<a href="{name}">{name}</a>', encoding="utf-8")
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: teste\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / "torch" / name, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(f"torch-{version}.dist-info/{file}", text)
    return folder


@pytest.fixture
def torch_from(tmp_path):
    """Roda a tarefa ``torch-cpu`` numa pasta à parte e diz que PyTorch ficou lá, e o que se leu."""
    if sys.platform != "linux":
        pytest.skip("o índice de CPU só é tentado no Linux")
    target = tmp_path / "instalado"
    environment = {name: value for name, value in os.environ.items() if "PIP_" not in name}
    environment |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_TARGET": str(target),
        "no_proxy": "127.0.0.1",
    }

    def run(index, **variables):
        variables = {"VENV": sys.prefix, "CPU_INDEX": index, "PATIENCE": 300} | variables
        result = subprocess.run(
            [sys.executable, "tasks.py", "torch-cpu"]
            + [f"{name}={value}" for name, value in variables.items()],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return [path.name for path in target.glob("torch*.dist-info")], result.stdout

    return run


def test_on_linux_the_cpu_build_comes_from_the_index_of_pytorch(serve, torch_from, tmp_path):
    (locked,) = versions("torch")
    index = serve(make_index(tmp_path / "indice", f"{locked}+cpu"))
    installed, said = torch_from(index)
    assert installed == [f"torch-{locked}+cpu.dist-info"]
    assert said == ""


def test_whoever_asks_for_the_gpu_build_is_not_given_the_other(serve, torch_from, tmp_path):
    (locked,) = versions("torch")
    index = serve(make_index(tmp_path / "indice", f"{locked}+cpu"))
    assert torch_from(index, TORCH="gpu") == ([], "")


def test_an_index_without_the_locked_version_does_not_stop_the_installation(
    serve, torch_from, tmp_path
):
    installed, said = torch_from(serve(make_index(tmp_path / "indice", "1.0+cpu")))
    assert installed == []
    assert "não tem a PyTorch pedida" in said


def test_an_index_that_never_answers_does_not_hold_the_installation(torch_from):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        installed, said = torch_from(f"http://127.0.0.1:{silent.getsockname()[1]}", PATIENCE=1)
    assert installed == []
    assert "não respondeu" in said
