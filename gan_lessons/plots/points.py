"""Nuvens de pontos: reais e falsos no plano e no espaço."""

import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from gan_lessons.plots.drawing import FAKE, REAL, closing_on_failure, new_axes
from gan_lessons.validation import check_points


@closing_on_failure
def scatter(real=None, fake=None, *, columns=(0, 1), names=None, size=12, ax=None):
    """Reais e falsos em duas coordenadas.

    Parameters
    ----------
    real, fake : array_like, shape (n, d), (m, d), optional
    columns : (int, int), default=(0, 1)
        Coordenadas da horizontal e da vertical.
    names : sequence of str, optional
        Nome de cada coordenada; por padrão x₁, x₂, …
    size : float, default=12
        Área de cada marca, em pontos quadrados.
    """
    return _scatter(new_axes(ax), real, fake, columns, names, size)


@closing_on_failure
def scatter_3d(real=None, fake=None, *, names=None, size=8, ax=None):
    """Reais e falsos no espaço, como em `scatter`; `ax` precisa de ``projection="3d"``."""
    ax = new_axes(ax, figsize=(5.6, 4.8), subplot_kw={"projection": "3d"})
    _scatter(ax, real, fake, (0, 1, 2), names, size)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_major_locator(MaxNLocator(4))
    if real is not None and fake is not None:
        ax.legend(loc="upper left", markerscale=2)
    ax.set_box_aspect(None, zoom=0.86)  # deixa lugar para o nome do eixo vertical
    return ax


@closing_on_failure
def projections(real=None, fake=None, *, names=None, size=8):
    """As três projeções planas de pontos do espaço, lado a lado, como em `scatter`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.5))
    for ax, columns in zip(axes, [(0, 1), (0, 2), (1, 2)], strict=True):
        _scatter(ax, real, fake, columns, names, size)
    if real is not None and fake is not None:
        handles, labels = axes[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside upper center", ncols=2, markerscale=2)
    return fig


def _scatter(ax, real, fake, columns, names, size):
    columns = list(columns)
    for name, points, kind in (("real", real, REAL), ("fake", fake, FAKE)):
        if points is not None:
            points = check_points(points, name)
            ax.scatter(*points[:, columns].T, s=size, alpha=0.6, linewidths=1.0, **kind)
    for axis, column in zip("xyz", columns, strict=False):
        ax.set(**{f"{axis}label": f"$x_{column + 1}$" if names is None else names[column]})
    return ax
