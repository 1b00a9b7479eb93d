"""O último quadro de um painel, parado: o que fica nas páginas sem kernel, e no papel."""

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

from gan_lessons import plots
from gan_lessons.data import convert_float_matrix_to_int_list
from gan_lessons.losses import LOSSES
from gan_lessons.panel.explorer import _drawing
from gan_lessons.panel.scene import GRID
from gan_lessons.plots.showing import use_decimal_commas

SURFACE = LinearSegmentedColormap.from_list("D", ["#F2AE7B", "#FFFFFF", "#86BEE3"])
"""De falso, laranja claro, a real, azul claro: os pontos por cima continuam legíveis."""


def still(observer, snapshot, rows):
    """A cena de um instante e, ao lado, as perdas até ele.

    Parameters
    ----------
    observer : Observer
    snapshot : Snapshot
    rows : list of tuple
        `Scores.rows`.

    Returns
    -------
    bytes
        Um PNG.
    """
    scene = observer.scene
    with _drawing, matplotlib.style.context(["default", "gan_lessons.gan"]):
        fig = Figure(figsize=(9, 4.2), dpi=80, layout="constrained")
        kind = {"projection": "3d"} if scene.kind == "Space" else {}
        left, right = fig.add_subplot(1, 2, 1, **kind), fig.add_subplot(1, 2, 2)
        DRAW[scene.kind](left, scene, observer.real, snapshot)
        left.set_title(f"passo {snapshot.step}")
        _draw_losses(right, rows, observer.trainer.recipe.loss)
        use_decimal_commas(fig)
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return plots.animation([picture], seconds=1.0)  # um quadro só, com as cores do curso


def _draw_line(ax, scene, real, snapshot):
    edges = np.linspace(*scene.limits[0], 41)
    for points, kind in ((real, plots.REAL), (snapshot.fake, plots.FAKE)):
        color, label = kind["color"], kind["label"]
        ax.hist(points[:, 0], edges, density=True, color=color, alpha=0.5, label=label)
    ax.set(xlabel=scene.names[0], ylabel="densidade")
    side = ax.twinx()
    color = plots.DISCRIMINATOR_COLOR
    side.plot(scene.probe[:, 0], snapshot.surface.astype(float), "-.", color=color)
    side.set(ylim=(0, 1))
    side.set_ylabel("D", color=color)
    side.grid(False)
    ax.legend()


def _draw_plane(ax, scene, real, snapshot):
    (left, right), (bottom, top) = scene.limits
    surface = snapshot.surface.astype(float).reshape(GRID, GRID)
    extent = (left, right, bottom, top)
    ax.imshow(surface, cmap=SURFACE, vmin=0, vmax=1, extent=extent, origin="lower", aspect="auto")
    ax.grid(False)
    plots.scatter(real, snapshot.fake, names=scene.names, ax=ax)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.legend(loc="upper right")


def _draw_space(ax, scene, real, snapshot):
    plots.scatter_3d(real, snapshot.fake, names=scene.names, ax=ax)


def _draw_even(ax, scene, real, snapshot):
    numbers = convert_float_matrix_to_int_list(snapshot.fake)
    plots.even_grid(numbers, max_int=2 ** snapshot.fake.shape[1], ax=ax)


def _draw_sheet(ax, scene, real, snapshot):
    images = np.concatenate([real, snapshot.fake])[:60, 0]
    low, high = scene.shades
    ax.imshow(plots.tile_images(images, 6, 10), cmap="gray", vmin=low, vmax=high)
    ax.set(xticks=[], yticks=[])
    ax.set_ylabel("a primeira fila é real")
    ax.grid(False)


DRAW = {
    "Line": _draw_line,
    "Plane": _draw_plane,
    "Space": _draw_space,
    "EvenNumbers": _draw_even,
    "Sheet": _draw_sheet,
}


def _draw_losses(ax, rows, loss):
    steps = [row[0] for row in rows]
    for column, name, style, color in (
        (1, "perda de D", "-", plots.DISCRIMINATOR_COLOR),
        (2, "perda de G", "--", plots.GENERATOR_COLOR),
    ):
        ax.plot(steps, [row[column] for row in rows], style, color=color, label=name)
    for level, name in LOSSES[loss].ties:
        ax.axhline(level, color="0.35", linewidth=1, linestyle=":")
        ax.annotate(name, (1.01, level), xycoords=("axes fraction", "data"), va="center")
    ax.set(xlabel="passo")
    ax.legend()
