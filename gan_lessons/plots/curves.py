"""O que se mede num treino, e o desenho de uma rede."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Circle

from gan_lessons.plots.drawing import (
    DISCRIMINATOR_COLOR,
    FAKE,
    GENERATOR_COLOR,
    REAL,
    closing_on_failure,
    new_axes,
)
from gan_lessons.validation import check_int, check_integers, check_probabilities


@closing_on_failure
def losses(history, *, window=200, ax=None):
    """Perdas ao longo do treino, em média móvel, com as linhas ln 4 e ln 2 do empate.

    Parameters
    ----------
    history : pandas.DataFrame
        `History.frame`: colunas "step", "discriminator_loss" e "generator_loss".
    window : int, default=200
        Passos da média móvel; o traço fino atrás é a perda sem média.

    Notes
    -----
    Caderno: ``02_espiral``.
    """
    window = check_int(window, "window")
    ax = new_axes(ax, figsize=(7.2, 3.8))
    series = [
        ("discriminator_loss", "discriminador", DISCRIMINATOR_COLOR, "-", np.log(4), "ln 4"),
        ("generator_loss", "gerador", GENERATOR_COLOR, "--", np.log(2), "ln 2"),
    ]
    for column, name, color, style, tie, tie_name in series:
        rows = history.dropna(subset=[column])
        smooth = rows[column].rolling(window, min_periods=1).mean()
        ax.plot(rows["step"], rows[column], color=color, alpha=0.15, linewidth=0.5)
        ax.plot(rows["step"], smooth, style, color=color, label=name)
        ax.axhline(tie, color="0.35", linewidth=1, linestyle=":")
        ax.annotate(tie_name, (1.01, tie), xycoords=("axes fraction", "data"), va="center")
    ax.set(xlabel="passo", ylabel="perda")
    ax.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.14))
    return ax


@closing_on_failure
def discriminator_outputs(on_real, on_fake, *, bins=40, ax=None):
    """Histograma de D(x), a probabilidade de ser real, nos pontos reais e nos falsos.

    Parameters
    ----------
    on_real, on_fake : array_like, shape (n,), (m,)
        Probabilidades, como as de `metrics.discriminator_probabilities`.
    bins : int, default=40

    Notes
    -----
    Caderno: ``02_espiral``.
    """
    on_real = check_probabilities(on_real, "on_real")
    on_fake = check_probabilities(on_fake, "on_fake")
    edges = np.linspace(0, 1, check_int(bins, "bins") + 1)
    ax = new_axes(ax)
    ax.hist(on_real, edges, color=REAL["color"], alpha=0.55, label=REAL["label"])
    ax.hist(on_fake, edges, color=FAKE["color"], label=FAKE["label"], histtype="step", hatch="///")
    ax.axvline(0.5, color="0.35", linewidth=1, linestyle=":")
    ax.set(xlabel="D(x)", ylabel="pontos", xlim=(0, 1))
    ax.legend()
    return ax


@closing_on_failure
def strips(groups, *, column, limit=None, limit_name="", horizontal=False, ax=None):
    """Uma faixa de cruzes para cada grupo, uma cruz por semente.

    Parameters
    ----------
    groups : dict of str to pandas.DataFrame
        O nome da faixa e as medidas, uma linha por semente.
    column : str
        A medida desenhada.
    limit : float, optional
        O valor ideal, marcado por uma linha azul, com o nome `limit_name`.
    horizontal : bool, default=False
        Faixas deitadas, com um traço na média: cabem nomes compridos.

    Notes
    -----
    Caderno: ``03_numeros_pares``.
    """
    ax = new_axes(ax, figsize=(8, 4.4) if horizontal else (7, 4))
    cross = {"color": FAKE["color"], "marker": FAKE["marker"], "alpha": 0.8}
    for position, table in enumerate(groups.values()):
        values = table[column]
        places = position + np.linspace(-0.25, 0.25, len(values))
        if horizontal:
            ax.scatter(values, places, **cross)
            ax.plot(2 * [values.mean()], [position - 0.36, position + 0.36], color="black")
        else:
            ax.scatter(places, values, **cross)
    if limit is not None:
        line, text = (ax.axvline, "right") if horizontal else (ax.axhline, "center")
        line(limit, color=REAL["color"])
        place = (0.985 * limit, -0.4) if horizontal else (0, 0.98 * limit)
        ax.text(*place, limit_name, color=REAL["color"], ha=text, va="top")
    if horizontal:
        ax.set_yticks(range(len(groups)), groups)
        ax.invert_yaxis()
    else:
        ax.set_xticks(range(len(groups)), groups)
    return ax


@closing_on_failure
def network_diagram(sizes, names, *, max_units=7, ax=None):
    """Desenho de uma rede: uma coluna de unidades por camada, com nome e tamanho.

    Parameters
    ----------
    sizes : sequence of int
        Unidades de cada camada, da entrada à saída.
    names : sequence of str
        Nome de cada camada.
    max_units : int, default=7
        Camadas maiores que isto são desenhadas com reticências no meio.

    Notes
    -----
    Caderno: ``02_espiral``.
    """
    sizes, max_units = check_integers(sizes, "sizes"), check_int(max_units, "max_units")
    if len(sizes) != len(names):
        raise ValueError(
            f"names deve ter um nome por camada, {len(sizes)}, mas chegou {len(names)}."
        )
    ax = new_axes(ax, figsize=(7.2, 3.8))
    columns = [_unit_heights(size, max_units) for size in sizes]
    for x, (left, right) in enumerate(pairwise(columns)):
        for y_left in left:
            for y_right in right:
                ax.plot([x, x + 1], [y_left, y_right], color="0.8", linewidth=0.6, zorder=1)
    for x, (size, name, heights) in enumerate(zip(sizes, names, columns, strict=True)):
        for y in heights:
            ax.add_patch(Circle((x, y), 0.055, facecolor="white", edgecolor="#0072B2", zorder=2))
        if size > max_units:
            ax.text(x, 0, "⋮", ha="center", va="center", size=18)
        ax.text(x, -0.78, f"{name}\n{size}", ha="center", va="top")
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-1.15, 0.75), aspect="equal")
    ax.axis("off")
    return ax


def _unit_heights(size, max_units):
    """Alturas das unidades desenhadas; camadas grandes deixam um vão no meio."""
    if size <= max_units:
        return 0.18 * (np.arange(size) - (size - 1) / 2)
    half = max_units // 2
    top = 0.18 * (np.arange(half) + 1)
    return np.r_[-top[::-1], top]
