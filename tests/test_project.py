"""O projeto se sustenta: camadas, formato, livro e documentação andam juntos."""

import ast
import keyword
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tasks

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "gan_lessons"
MODULES = sorted(PACKAGE.rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Andar de cada módulo: um import nunca sobe.
FLOORS = {
    "validation": 0,
    "writing": 0,
    "portuguese": 0,
    "running": 1,
    "data": 1,
    "models": 1,
    "losses": 1,
    "theory": 1,
    "training": 2,
    "published": 2,
    "metrics": 2,
    "population": 3,
    "plots": 3,
    "panel": 4,
    "checks": 4,
    "diagnosis": 1,
    "__main__": 2,
    "experiments": 4,
    "book": 1,
}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gan_lessons"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_never_go_up_a_floor(path):
    if path == PACKAGE / "__init__.py":
        assert list(imported_rooms(path)) == []
        return
    for imported in imported_rooms(path):
        assert FLOORS[imported] <= FLOORS[room(path)], f"{room(path)} importa {imported}"
        if room(path) not in ("checks", "experiments"):
            assert imported == room(path) or FLOORS[imported] < FLOORS[room(path)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_everything_public_is_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


NAME = re.compile(r"[^\W\d]\w*")
# Títulos de documentação, argumentos em coluna e itens de uma tabela não são ideias repetidas.
NOT_IDEAS = re.compile(
    r"\W+|Parameters|Returns|Attributes|Raises|if __name__ .*|(\"\w+\": )?\w+,|\"\w+\",|\w+=[^()]*,"
)


def ideas(path):
    """As linhas de um arquivo que dizem algo: sem imports, títulos e linhas vazias."""
    text = path.read_text(encoding="utf-8")
    imports = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(range(node.lineno, node.end_lineno + 1))
    lines = [line for n, line in enumerate(text.splitlines(), 1) if n not in imports]
    return [line for line in map(str.strip, lines) if line and not NOT_IDEAS.fullmatch(line)]


def with_other_names(lines):
    """As linhas com cada nome trocado pela ordem em que ele aparece."""
    names = {}

    def number(match):
        name = match[0]
        return name if keyword.iskeyword(name) else f"n{names.setdefault(name, len(names))}"

    return NAME.sub(number, "\n".join(lines))


def test_no_two_files_share_six_lines_even_with_other_names():
    first, shared = {}, []
    for path in MODULES:
        lines = ideas(path)
        for start in range(len(lines) - 5):
            window = lines[start : start + 6]
            other, there = first.setdefault(with_other_names(window), (path, window))
            if other != path:
                shared.append(f"{other.name} e {path.name}:\n" + "\n".join(there))
    assert not shared, "\n\n".join(shared)


def test_importing_the_package_does_no_work():
    code = "import sys, gan_lessons; sys.exit(any(m in sys.modules for m in ('torch', 'numpy')))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_every_room_leaves_the_random_generators_alone():
    names = [name for name in FLOORS if name != "experiments"]
    code = (
        # O que o scikit-learn carrega, o rich por exemplo, pode sortear; o curso, não.
        "import numpy, random, sklearn.datasets, torch\n"
        "before = random.getstate(), numpy.random.get_state()[1].sum(), torch.initial_seed()\n"
        f"import {', '.join('gan_lessons.' + name for name in names)}\n"
        "after = random.getstate(), numpy.random.get_state()[1].sum(), torch.initial_seed()\n"
        "assert before == after"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_code_and_notebooks_are_lint_free_and_formatted():
    for command in (["check"], ["format", "--check"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_table_of_contents_lists_every_notebook():
    summary = (ROOT / "notebooks" / "SUMMARY.md").read_text(encoding="utf-8")
    listed = re.findall(r"\(([^)]+\.ipynb)\)", summary)
    assert listed == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_the_readme_and_the_first_notebook_map_every_lesson():
    first = (ROOT / "notebooks" / "00_comece_aqui.ipynb").read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("0[1-9]_*.ipynb"):
        assert path.name in README
        assert path.name in first


def test_readme_links_and_commands_exist():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"(?:make|tasks\.py) ([a-z-]+)", README):
        assert target in tasks.TASKS, target


def test_no_file_names_a_path_of_one_machine():
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not files:
        pytest.skip("fora de um repositório git")
    for name in files:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".yml", ".json", ".ipynb", "") and path.is_file():
            assert not re.search(r"/(home|root|Users)/\w", path.read_text(encoding="utf-8")), name
