"""As figuras interativas das aulas: cada controle vai de ponta a ponta, com o código da aula."""

import itertools
from pathlib import Path

import nbformat
import pytest

from gan_lessons import panel

THEORY = Path(__file__).parent.parent / "notebooks" / "01_teoria.ipynb"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def explorers():
    """Os `Explorer` que as células da aula 01 criam, executadas em ordem até o último deles."""
    cells = [cell.source for cell in nbformat.read(THEORY, 4).cells if cell.cell_type == "code"]
    last = max(i for i, source in enumerate(cells) if "\nexplore(" in f"\n{source}")
    made = []
    with pytest.MonkeyPatch.context() as patch:
        original = panel.explore

        def recorded(*args, **kwargs):
            made.append(original(*args, **kwargs))
            return made[-1]

        patch.setattr(panel, "explore", recorded)
        namespace = {"__name__": "__main__"}
        for source in cells[: last + 1]:
            exec(compile(source, str(THEORY), "exec"), namespace)
    return made


def ends_and_middle(control):
    if hasattr(control, "options"):
        return control.options
    middle = control.min + round((control.max - control.min) / control.step / 2) * control.step
    return control.min, middle, control.max


@pytest.mark.parametrize("index", [0, 1])
def test_every_corner_of_the_sliders_draws_a_picture(explorers, index):
    explorer = explorers[index]
    pictures = set()
    for values in itertools.product(*map(ends_and_middle, explorer.controls.values())):
        for control, value in zip(explorer.controls.values(), values, strict=True):
            control.value = value
        assert explorer.error is None
        assert bytes(explorer.image.value).startswith(PNG)
        pictures.add(bytes(explorer.image.value))
    assert len(pictures) >= 9


def test_the_lesson_has_the_two_figures_it_promises(explorers):
    assert [set(explorer.controls) for explorer in explorers] == [
        {"mean", "std"},
        {"rate", "r1", "rule"},
    ]
