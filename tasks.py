"""Os comandos do curso, iguais em todo sistema: ``python tasks.py TAREFA [OPÇÃO=valor …]``.

Onde há o `make`, ``make TAREFA`` faz o mesmo. Só usa o que vem com o Python: é ele que prepara o
ambiente dos outros.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent
LOCK = "constraints.txt"
INSTALLED = (
    "jupyter/overrides.json",
    "jupyter/jupyterlab_pt.json",
    "jupyter/notebook_pt.json",
    "jupyter/build_language.py",
)
"""O que a instalação leva da pasta do curso para dentro do ambiente."""
PYTHONS = (3, 11), (3, 14)
OPTIONS = {
    "PORTA": "8888",
    "PORTA_LIVRO": "8000",
    "TORCH": "cpu",
    "CPU_INDEX": "https://download.pytorch.org/whl/cpu",
    "PATIENCE": "8",
    "VENV": ".venv",
    "RAPIDO": "",
    "NOTEBOOKS": "",
    "AULA": "",
    "ARREDONDAMENTOS": "0-11",
    "PROCESSOS": "",
    "OCUPADO": "",
    "MUTANTES": "",
}
REVEAL = "build/reveal/sphinx_revealjs/_static/revealjs"
PIP_INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
CORES = min(8, os.cpu_count() or 1)
# Um processo por núcleo e mais um, porque os testes no navegador esperam por ele; um arquivo
# inteiro em cada um, os demorados na frente.
PYTEST = [
    *("-m", "pytest"),
    *("--numprocesses", str(CORES + 1)),
    *("--dist", "loadscope", "--no-loadscope-reorder"),
    *("--durations", "15", "--durations-min", "2"),
]
# Junta as linhas das barras de progresso e troca as figuras interativas pelas estáticas.
AFTER_EXECUTION = (
    '["nbconvert.preprocessors.CoalesceStreamsPreprocessor", '
    '"gan_lessons.panel.keep_static_outputs"]'
)
TASKS = {}


def task(function):
    """Registra uma tarefa; o nome é o da função, com hífens, e a ajuda, a sua primeira linha."""
    TASKS[function.__name__.replace("_", "-")] = function
    return function


def option(name):
    """O valor de uma opção: o da linha de comando, o do ambiente (como no `make`) ou o padrão."""
    return os.environ.get(name) or OPTIONS[name]


def run(*command, env=None):
    """Roda um comando na pasta do curso; se ele falha, tudo para com o mesmo código."""
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    # O Ctrl-C é de quem está rodando, que sabe terminar direito; aqui só se espera.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        status = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if status:
        sys.exit(status if status > 0 else 128 - status)


def program(name):
    """O caminho de um programa do ambiente do curso."""
    folder = ROOT / option("VENV") / ("Scripts" if os.name == "nt" else "bin")
    return str(folder / (f"{name}.exe" if os.name == "nt" else name))


def python(*arguments, env=None):
    """Roda o Python do ambiente do curso."""
    run(program("python"), *arguments, env=env)


def pip_install(*arguments):
    """Instala no ambiente do curso."""
    python(*PIP_INSTALL, *arguments)


def uv_compile(*arguments):
    """Escolhe versões para as dependências de ``pyproject.toml``."""
    quiet = ("--quiet", "--no-header", "--no-annotate")
    python("-m", "uv", "pip", "compile", "pyproject.toml", *arguments, *quiet)


def make_environment(*options):
    """Cria o ambiente, ou diz por que não dá."""
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        sys.exit(
            "O curso precisa do Python 3.11 a 3.14, e este é o "
            f"{sys.version_info[0]}.{sys.version_info[1]}. Escolha um com: "
            "make aula PYTHON=python3.12, ou python3.12 tasks.py aula"
        )
    folder = str(ROOT / option("VENV"))
    if subprocess.call([sys.executable, "-m", "venv", *options, folder]):
        sys.exit("Falta o módulo venv do Python. No Debian e no Ubuntu: apt install python3-venv")


def newer(mark, *sources):
    """Se a marca existe e nenhum dos arquivos mudou depois dela."""
    mark = ROOT / mark
    return mark.exists() and all(
        (ROOT / source).stat().st_mtime <= mark.stat().st_mtime for source in sources
    )


@task
def ajuda():
    """mostra esta lista"""
    for name, function in TASKS.items():
        print(f"{name:13} {function.__doc__.splitlines()[0]}")


@task
def aula():
    """abre o curso no JupyterLab (PORTA=8888)"""
    instalar()
    # O JupyterLab não aceita o usuário root sem --allow-root.
    as_root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    first_page = "--LabApp.default_url=/lab/tree/notebooks/00_comece_aqui.ipynb"
    python("-m", "jupyterlab", f"--port={option('PORTA')}", *as_root, first_page)


@task
def instalar():
    """prepara o ambiente em .venv, se ainda não está pronto"""
    ready = f"{option('VENV')}/.pronto"
    if newer(ready, "pyproject.toml", "requirements.txt", LOCK, *INSTALLED):
        return
    print("Preparando o ambiente em .venv (só na primeira vez; alguns minutos)…", flush=True)
    make_environment()
    torch_cpu()
    pip_install("-r", "requirements.txt")
    (ROOT / ready).touch()


@task
def conferir():
    """diz se o curso funciona nesta máquina, e o que consertar"""
    python("-m", "gan_lessons", "conferir")


@task
def test():
    """confere tudo: código, cadernos e navegador (RAPIDO=1: só o que é rápido)"""
    instalar()
    # Sem o navegador, ninguém espera: um processo por núcleo.
    quick = ["-m", "not browser and not long_lesson", "--numprocesses", str(CORES)]
    python(*PYTEST, *(quick if option("RAPIDO") else []))


@task
def lint():
    """conserta o formato do código e confere a ortografia"""
    instalar()
    python("-m", "ruff", "check", "--fix", ".")
    python("-m", "ruff", "format", ".")
    python("tests/spelling.py")


@task
def notebooks():
    """executa os cadernos e grava as saídas (NOTEBOOKS=… escolhe quais)"""
    instalar()
    python(
        *("-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"),
        "--ExecutePreprocessor.record_timing=False",
        "--CoalesceStreamsPreprocessor.enabled=True",
        f"--Exporter.preprocessors={AFTER_EXECUTION}",
        *chosen_notebooks(),
        env={**os.environ, "FIGURAS_DO_LIVRO": "1"},
    )


def chosen_notebooks():
    """Os cadernos que a opção NOTEBOOKS escolhe, ou todos."""
    every = sorted(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb"))
    return option("NOTEBOOKS").split() or every


@task
def sumario():
    """refaz o índice com links de cada caderno, e o papel de cada célula nos slides"""
    instalar()
    python("tests/contents.py")
    python("tests/slide_types.py", *chosen_notebooks())


@task
def livro():
    """monta o livro em build/livro"""
    instalar()
    # O mdBook chama `python` para ler os cadernos: tem de ser o do ambiente.
    path = os.pathsep.join([str(Path(program("python")).parent), os.environ["PATH"]])
    run(program("mdbook"), "build", env={**os.environ, "PATH": path})
    python("-m", "gan_lessons.book.site", "build/livro")
    print("O livro está em build/livro. Para ler com a busca: make livro-abrir")


@task
def livro_abrir():
    """monta o livro e o serve neste computador (PORTA_LIVRO=8000)"""
    livro()
    port = option("PORTA_LIVRO")
    print(f"O livro está em http://127.0.0.1:{port} (Ctrl+C encerra)", flush=True)
    python("-m", "http.server", port, "--bind", "127.0.0.1", "--directory", "build/livro")


@task
def slides():
    """monta uma apresentação por aula em build/slides (NOTEBOOKS=… escolhe quais)"""
    instalar()
    folder = reveal()
    python("-m", "gan_lessons.book.deck", "build/slides", *chosen_notebooks(), "--reveal", folder)
    print("As apresentações estão em build/slides: abra uma no navegador; S mostra as notas.")


def reveal():
    """A pasta do reveal.js: na primeira vez, baixa o pacote que o traz, e só ele."""
    pinned = "theme/slides/reveal.txt"
    if not newer(f"{REVEAL}/dist/reveal.js", pinned):
        whole = ("--no-deps", "--only-binary", ":all:", "--require-hashes", "--upgrade")
        pip_install(*whole, "--target", REVEAL.split("/sphinx")[0], "-r", pinned)
        (ROOT / REVEAL / "dist" / "reveal.js").touch()
    return REVEAL


@task
def robustez():
    """mede a folga de cada afirmação (AULA=…, ARREDONDAMENTOS=0-11, OCUPADO=1)

    Cada aula é executada sob muitos arredondamentos: quase duas horas; interrompida, continua.
    """
    instalar()
    processes = ["--processos", option("PROCESSOS")] if option("PROCESSOS") else []
    busy = ["--ocupado"] if option("OCUPADO") else []
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    lessons = option("AULA").split()
    rounding = ["--arredondamentos", option("ARREDONDAMENTOS")]
    environment = {**os.environ, "PYTHONPATH": path}
    python("-m", "robustness", *lessons, *rounding, *processes, *busy, env=environment)


@task
def bench():
    """mede os treinos lado a lado"""
    instalar()
    python("tests/bench/bench.py")


@task
def manutencao():
    """instala também o que só quem mantém o curso usa"""
    instalar()
    mark = f"{option('VENV')}/.manutencao"
    if not newer(mark, f"{option('VENV')}/.pronto"):
        pip_install("-c", LOCK, "-e", ".[dev]")
        (ROOT / mark).touch()


@task
def test_minimos():
    """confere tudo com as versões mais antigas que o pacote aceita"""
    manutencao()
    lowest = "build/minimos.txt"
    (ROOT / lowest).parent.mkdir(exist_ok=True)
    (ROOT / lowest).unlink(missing_ok=True)
    here = ("--resolution", "lowest-direct", "--python", program("python"))
    uv_compile("--extra", "book", "--extra", "test", *here, "--output-file", lowest)
    os.environ["VENV"] = ".venv-minimos"
    make_environment("--clear")
    torch_cpu(lowest)
    pip_install("-c", lowest, "-e", ".[book,test]")
    python(*PYTEST)


@task
def mutantes():
    """planta erros no código e conta os que os testes não notam (MUTANTES=… escolhe)

    Diz quanto falta, e o Ctrl-C não perde nada: continua de onde parou. Com nomes, como
    MUTANTES="gan_lessons.losses*", julga de novo os que estão vivos. Para ver um: mutmut show NOME.
    """
    manutencao()
    python("tests/mutants.py", *option("MUTANTES").split())


@task
def travar(*upgrade):
    """põe em constraints.txt o que falta, sem mudar o resto"""
    manutencao()
    # Uma só versão para todo Python, se houver: as saídas são as mesmas.
    every = ("--all-extras", "--universal", "--python-version", "3.11", "--fork-strategy", "fewest")
    uv_compile(*every, *upgrade, "--output-file", LOCK)
    lines = (ROOT / LOCK).read_text(encoding="utf-8").splitlines()
    # Os de CUDA ficam de fora: a PyTorch de GPU pede os seus; a de CPU não pode arrastá-los.
    kept = [line for line in lines if not line.startswith(("#", "cuda-", "nvidia-", "triton"))]
    header = (
        "# Versões exatas, para Linux, macOS e Windows. Quem escreve: make travar, make atualizar."
    )
    (ROOT / LOCK).write_text("\n".join([header, *kept, ""]), encoding="utf-8")


@task
def atualizar():
    """renova as versões de constraints.txt"""
    travar("--upgrade")


@task
def torch_cpu(lock=LOCK):
    """no Linux, instala a PyTorch que só usa a CPU (TORCH=gpu: não instala)

    A do PyPI traz gigabytes de CUDA; o índice da própria PyTorch tem a menor. Onde ele não
    responde em segundos, ou não tem a versão pedida, fica-se com a do PyPI.
    """
    if option("TORCH") != "cpu" or not sys.platform.startswith("linux"):
        return
    index = option("CPU_INDEX")
    try:
        request = Request(f"{index}/torch/", headers={"User-Agent": "pip"})
        urlopen(request, timeout=float(option("PATIENCE"))).close()
    except OSError:
        print("O índice de CPU da PyTorch não respondeu: fica a do PyPI.", flush=True)
        return
    chosen = ("--no-deps", "--index-url", index, "--constraint", lock, "torch")
    if subprocess.call([program("python"), *PIP_INSTALL, *chosen], cwd=ROOT):
        print("O índice de CPU não tem a PyTorch pedida: fica a do PyPI.", flush=True)


def main(arguments):
    """Lê a tarefa e as opções, escritas como no `make`."""
    name, *pairs = arguments or ["ajuda"]
    if name not in TASKS:
        sys.exit(f"Não existe a tarefa {name}. As que existem: {', '.join(TASKS)}")
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key not in OPTIONS:
            known = ", ".join(OPTIONS)
            sys.exit(f"Uma opção se escreve NOME=valor, mas chegou {pair}. Os nomes: {known}")
        os.environ[key] = value
    TASKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
