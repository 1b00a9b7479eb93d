"""O que esta máquina tem, e o que falta: um diagnóstico para colar numa pergunta.

Nada nele é particular: nem nomes de pessoas ou de máquinas, nem caminhos de pastas.
Caderno: ``00_comece_aqui``; num terminal, ``python -m gan_lessons conferir``.
"""

import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from packaging.requirements import Requirement

from gan_lessons.portuguese import memory

PYTHONS = (3, 11), (3, 14)
LOCALE = "pt"
LITTLE_MEMORY, LITTLE_DISK = 1e9, 1e9
LOCK = Path(__file__).parents[1] / "constraints.txt"
REINSTALL = "na pasta do curso: python tasks.py instalar"


@dataclass(frozen=True)
class Finding:
    """Uma linha do diagnóstico.

    Parameters
    ----------
    subject, found : str
        O que se olhou e o que se viu.
    remedy : str, default=""
        O que fazer; vazio quando está tudo bem.
    serious : bool, default=False
        O curso não funciona assim. Um aviso (`remedy` sem `serious`) não impede nada.
    """

    subject: str
    found: str
    remedy: str = ""
    serious: bool = False

    def __str__(self):
        mark = "✔" if not self.remedy else "✘" if self.serious else "!"
        line = f"{mark} {self.subject}: {self.found}"
        return f"{line}\n    → {self.remedy}" if self.remedy else line


def diagnose():
    """Olha o ambiente e a máquina.

    Yields
    ------
    Finding
        Na ordem em que se leem: programas, máquina, JupyterLab.
    """
    yield _python()
    yield from _packages()
    yield from _machine()
    yield from (_compiler(), _kernel(), _language())


def report():
    """Mostra o diagnóstico e diz se o curso funciona aqui.

    Returns
    -------
    bool
        Verdadeiro se nada impede o curso; avisos não impedem.
    """
    findings = []
    for finding in diagnose():  # mostrado já: o que vem depois pode demorar
        print(finding, flush=True)
        findings.append(finding)
    serious = sum(finding.serious for finding in findings)
    warnings = sum(bool(finding.remedy) for finding in findings) - serious
    if serious:
        print(f"\nFalta consertar o que tem ✘ ({serious}), na ordem em que aparece.")
    elif warnings:
        print(f"\nO curso funciona aqui. Há {warnings} aviso(s), com !.")
    else:
        print("\nEstá tudo pronto.")
    return not serious


def _python():
    version = platform.python_version()
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Finding("Python", version)
    low, high = (".".join(map(str, limit)) for limit in PYTHONS)
    return Finding("Python", version, f"instale um Python de {low} a {high}", serious=True)


def _packages():
    """Cada dependência do pacote, contra a sua faixa e contra a versão travada."""
    locked = _locked_versions()
    for text in importlib.metadata.requires("gan_lessons"):
        needed = Requirement(text)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(needed.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(needed.name, "não está instalado", REINSTALL, serious=True)
            continue
        if not needed.specifier.contains(version, prereleases=True):
            found = f"{version}, fora da faixa {needed.specifier}"
            yield Finding(needed.name, found, REINSTALL, serious=True)
        elif locked.get(needed.name, version) != version.split("+")[0]:
            found = f"{version}; as saídas do curso são da {locked[needed.name]}"
            yield Finding(needed.name, found, f"números podem diferir um pouco; {REINSTALL}")
        else:
            yield Finding(needed.name, version)


def _locked_versions():
    """As versões travadas; nenhuma, se o pacote foi instalado longe da pasta do curso."""
    if not LOCK.exists():
        return {}
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    here = [pin for pin in pins if not pin.marker or pin.marker.evaluate()]
    return {pin.name: next(iter(pin.specifier)).version for pin in here}


def _machine():
    try:
        import torch  # abrir a PyTorch demora: só quando alguém pergunta
    except ImportError as error:  # instalada, e sem uma biblioteca do sistema, por exemplo
        yield Finding("torch", f"não abre ({error})", REINSTALL, serious=True)
        return
    yield Finding("sistema", f"{platform.system()} {platform.machine()}")
    cores, threads = psutil.cpu_count(logical=False), torch.get_num_threads()
    yield Finding(
        "processador",
        f"{cores or '?'} núcleos, {os.cpu_count()} linhas de execução ({threads} na PyTorch), "
        f"instruções {torch.backends.cpu.get_cpu_capability()}",
    )
    has_gpu = torch.cuda.is_available()
    yield Finding("GPU", torch.cuda.get_device_name() if has_gpu else "não há, nem precisa")
    yield _room(
        "memória livre", psutil.virtual_memory().available, LITTLE_MEMORY, "feche programas"
    )
    yield _room("disco livre", shutil.disk_usage(Path.cwd()).free, LITTLE_DISK, "apague arquivos")


def _room(subject, n_bytes, little, remedy):
    return Finding(subject, memory(n_bytes), remedy if n_bytes < little else "")


def _compiler():
    """O compilador de C++ que `Population` usa, se houver, para treinar muitas GANs de uma vez."""
    names = [os.environ.get("CXX"), "c++", "g++", "clang++", "cl"]
    found = next((name for name in names if name and shutil.which(name)), None)
    if found:
        return Finding("compilador de C++", Path(found).name)
    return Finding("compilador de C++", "não há: as aulas com muitas GANs demoram mais, e só")


def _kernel():
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("kernel do Jupyter", "não há", REINSTALL, serious=True)
    # Um caminho relativo ("python") é trocado pelo próprio Jupyter pelo Python que o executa.
    program = Path(spec.argv[0])
    if program.is_absolute() and program.resolve() != Path(sys.executable).resolve():
        remedy = "ative o ambiente do curso antes de abrir o JupyterLab"
        return Finding("kernel do Jupyter", "é de outro Python", remedy)
    return Finding("kernel do Jupyter", "deste ambiente")


def _language():
    # Aqui porque abrir o servidor do JupyterLab demora mais que o resto do diagnóstico.
    from jupyterlab_server.translation_utils import get_language_packs

    packs, _ = get_language_packs()
    if LOCALE in packs:
        return Finding("idioma do JupyterLab", packs[LOCALE]["nativeName"])
    return Finding("idioma do JupyterLab", "inglês", REINSTALL)
