"""As figuras interativas das aulas: cada controle vai de ponta a ponta, com o código da aula."""

import itertools
from pathlib import Path

import nbformat
import pytest
import torch

from gan_lessons import panel
from gan_lessons.models import make_digit_gan

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
THEORY = NOTEBOOKS / "01_teoria.ipynb"
CONVOLUTIONAL = NOTEBOOKS / "06_imagens_a_pedido.ipynb"
JUDGING = NOTEBOOKS / "07_julgar_imagens.ipynb"
explore = panel.explore
PNG = b"\x89PNG\r\n\x1a\n"


def corners(control):
    """As pontas de um controle; de uma escolha, todas."""
    return getattr(control, "options", None) or (control.min, control.max)


NORMALS = ("def normal(", "half =", "ruler =", "best =", "def draw_dens", "def jensen_", "wide =")


@pytest.mark.parametrize(
    ("controls", "parts"),
    [
        (["mean", "std"], (*NORMALS, "def draw_game(", "    draw_game,")),
        (["rate", "r1", "rule"], ("def draw_portrait(", "def draw_dirac(")),
    ],
)
def test_every_corner_of_the_sliders_draws_a_picture(controls, parts, monkeypatch):
    namespace = {"__name__": "__main__"}
    explorer = explorer_of(THEORY, ("import matplotlib", *parts), namespace, monkeypatch)
    assert list(explorer.controls) == controls
    middle = {name: control.value for name, control in explorer.controls.items()}
    choices = itertools.product(*map(corners, explorer.controls.values()))
    settings = [middle, *(dict(zip(controls, values, strict=True)) for values in choices)]
    assert len(pictures_of(explorer, settings)) == len(settings)


def explorer_of(path, parts, namespace, monkeypatch):
    """O `Explorer` que as células com estes trechos criam, executadas nesta ordem."""
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    made = []
    monkeypatch.setattr(panel, "explore", lambda *a, **k: made.append(explore(*a, **k)) or made[-1])
    for part in parts:
        source = next(cell for cell in cells if part in cell)
        exec(compile(source, str(path), "exec"), namespace)
    (explorer,) = made
    return explorer


def pictures_of(explorer, settings):
    """As figuras diferentes que os controles dão, postos em cada uma das combinações."""
    pictures = set()
    for values in settings:
        for control, value in values.items():
            explorer.controls[control].value = value
        assert explorer.error is None
        pictures.add(bytes(explorer.image.value))
    return pictures


def test_every_digit_and_angle_of_the_latent_walk_draws_a_picture(monkeypatch):
    """As células da figura, com um gerador que ainda não treinou."""
    parts = (
        "import matplotlib",
        "load_digit_images()",
        "Trainer(*packaged",
        "def draw(",
        "compass =",
        "def draw_path",
    )
    namespace = {"__name__": "__main__", "packaged": make_digit_gan()}
    explorer = explorer_of(CONVOLUTIONAL, parts, namespace, monkeypatch)
    assert list(explorer.controls) == ["digit", "degrees"]
    settings = [{"digit": d, "degrees": angle} for d in (0, 9) for angle in (0, 180, 360)]
    assert len(pictures_of(explorer, settings)) == 6


def test_the_walk_between_two_digits_draws_every_pair_and_every_step(monkeypatch):
    parts = ("import matplotlib", "load_generator()", "def straight(", "def draw_step")
    ends = torch.randn(2, 32, generator=torch.Generator().manual_seed(0))
    namespace = {"__name__": "__main__", "a": ends[0], "b": ends[1]}
    explorer = explorer_of(JUDGING, parts, namespace, monkeypatch)
    assert list(explorer.controls) == ["first", "last", "percent"]
    digits = explorer.controls["first"].options
    assert sorted(digits) == sorted(explorer.controls["last"].options) == list(range(10))
    settings = [{"first": 0, "last": 9, "percent": step} for step in (0, 50, 100)]
    assert len(pictures_of(explorer, [*settings, {"first": 9, "last": 9}])) == 4
