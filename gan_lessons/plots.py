"""Figuras: recebem dados prontos e devolvem `Axes` ou `Figure`; nunca treinam nem ajustam.

Reais são círculos azuis e falsos são cruzes laranja, em todo o curso. O estilo comum é
``plt.style.use("gan_lessons.gan")``.
"""

import base64
import io
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from PIL import Image

from gan_lessons.validation import check_int, check_number

REAL = {"color": "#0072B2", "marker": "o", "label": "real"}
FAKE = {"color": "#D55E00", "marker": "x", "label": "falso"}
DISCRIMINATOR_COLOR, GENERATOR_COLOR = "#009E73", "#CC79A7"


def show(fig, alt):
    """Mostra a figura com o seu texto alternativo, e fecha-a.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        O que a figura mostra, para quem não a vê; vai nos metadados da saída.
    """
    _check_alt(alt)
    use_decimal_commas(fig)
    display(fig, metadata={"image/png": {"alt": alt}})
    plt.close(fig)


def use_decimal_commas(fig):
    """Troca o ponto pela vírgula nos números dos eixos; os rótulos postos à mão ficam."""
    for axis in fig.findobj(Axis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_CommaFormatter())


class _CommaFormatter(ScalarFormatter):
    def __call__(self, x, pos=None):
        return super().__call__(x, pos).replace(".", ",")


def show_animation(figures, *, seconds, alt):
    """Mostra as figuras em sequência, uma vez só: ao fim, a animação fica parada na última.

    É um GIF: toca sem núcleo, sem rede e sem script, também num caderno em que o JupyterLab ainda
    não confia. Não se repete, para não se mover para sempre ao lado do texto.

    Parameters
    ----------
    figures : sequence of matplotlib.figure.Figure
        Os quadros, do mesmo tamanho; pelo menos dois.
    seconds : float
        Duração total, até 5: mais que isso pediria um botão de pausa.
    alt : str
        O que se vê mudar, para quem não vê.
    """
    _check_alt(alt)
    figures = list(figures)
    if len(figures) < 2:
        raise ValueError(f"figures deve ter pelo menos dois quadros, mas chegou {len(figures)}.")
    seconds = check_number(seconds, "seconds", maximum=5.0, open_minimum=True)
    pictures = [_picture(fig) for fig in figures]
    palette = _palette(pictures)
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    gif = io.BytesIO()
    duration = 1000 * seconds / len(frames)
    frames[0].save(gif, "gif", save_all=True, append_images=frames[1:], duration=duration)
    data = {
        "image/gif": base64.b64encode(gif.getvalue()).decode(),
        "text/plain": f"<animação de {len(frames)} quadros>",
    }
    display(data, raw=True, metadata={"image/gif": {"alt": alt}})


def _picture(fig):
    use_decimal_commas(fig)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    plt.close(fig)
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _palette(pictures, n_colors=48):
    """Uma paleta só, para que as cores não pulem de um quadro a outro."""
    samples = [np.asarray(picture) for picture in pictures[:: len(pictures) // 8 or 1]]
    black = np.zeros_like(samples[0])  # o texto é pouco, e sumiria entre as outras cores
    return Image.fromarray(np.concatenate([*samples, black])).quantize(n_colors)


def _check_alt(alt):
    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError(f"alt deve descrever a figura numa frase, mas chegou {alt!r}.")


def _new_axes(ax, **options):
    return plt.subplots(**options)[1] if ax is None else ax


def _scatter(ax, columns, points, kind, size):
    ax.scatter(*points[:, columns].T, s=size, alpha=0.6, linewidths=1.0, **kind)


def scatter(real=None, fake=None, *, columns=(0, 1), names=None, size=12, ax=None):
    """Reais e falsos em duas coordenadas.

    Parameters
    ----------
    real, fake : ndarray, shape (n, d), optional
    columns : (int, int), default=(0, 1)
        Coordenadas da horizontal e da vertical.
    names : sequence of str, optional
        Nome de cada coordenada; por omissão x₁, x₂, …
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = _new_axes(ax)
    for points, kind in ((real, REAL), (fake, FAKE)):
        if points is not None:
            _scatter(ax, list(columns), np.asarray(points), kind, size)
    names = [_name(column, names) for column in columns]
    ax.set(xlabel=names[0], ylabel=names[1])
    return ax


def scatter_3d(real=None, fake=None, *, names=None, size=8, ax=None):
    """Reais e falsos no espaço; `ax`, se vier, precisa de ``projection="3d"``."""
    ax = _new_axes(ax, figsize=(5.6, 4.8), subplot_kw={"projection": "3d"})
    for points, kind in ((real, REAL), (fake, FAKE)):
        if points is not None:
            _scatter(ax, [0, 1, 2], np.asarray(points), kind, size)
    ax.set(xlabel=_name(0, names), ylabel=_name(1, names), zlabel=_name(2, names))
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_major_locator(MaxNLocator(4))
    if real is not None and fake is not None:
        ax.legend(loc="upper left", markerscale=2)
    ax.set_box_aspect(None, zoom=0.86)  # deixa lugar para o nome do eixo vertical
    return ax


def projections(real=None, fake=None, *, names=None, size=8):
    """As três projeções planas de pontos do espaço, lado a lado.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.5))
    for ax, columns in zip(axes, [(0, 1), (0, 2), (1, 2)], strict=True):
        scatter(real, fake, columns=columns, names=names, size=size, ax=ax)
    if real is not None and fake is not None:
        handles, labels = axes[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside upper center", ncols=2, markerscale=2)
    return fig


def _name(column, names):
    return f"$x_{column + 1}$" if names is None else names[column]


def losses(history, *, window=200, ax=None):
    """Perdas ao longo do treino, em média móvel, com as linhas ln 4 e ln 2 do empate.

    Parameters
    ----------
    history : pandas.DataFrame
        `History.frame`.
    window : int, default=200
        Passos da média móvel; o traço fino atrás é a perda sem média.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = _new_axes(ax, figsize=(7.2, 3.8))
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
    middle = history[["discriminator_loss", "generator_loss"]].stack().quantile([0.002, 0.998])
    ax.set_ylim(min(0.4, middle.iloc[0]), max(1.6, middle.iloc[1]))
    ax.set(xlabel="passo", ylabel="perda")
    ax.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.14))
    return ax


def discriminator_outputs(on_real, on_fake, *, bins=40, ax=None):
    """Histograma de D(x), a probabilidade de ser real, nos pontos reais e nos falsos."""
    ax = _new_axes(ax)
    edges = np.linspace(0, 1, bins + 1)
    ax.hist(on_real, edges, color=REAL["color"], alpha=0.55, label=REAL["label"])
    ax.hist(on_fake, edges, color=FAKE["color"], label=FAKE["label"], histtype="step", hatch="///")
    ax.axvline(0.5, color="0.35", linewidth=1, linestyle=":")
    ax.set(xlabel="D(x)", ylabel="pontos", xlim=(0, 1))
    ax.legend()
    return ax


def image_sheet(images, *, kind=None, n_columns=10, row_names=None, column_names=None, ax=None):
    """Uma folha de imagens pequenas, lado a lado, na ordem da leitura.

    Parameters
    ----------
    images : array_like, shape (n, 1, h, w) or (n, h, w)
        De −1 (papel) a 1 (tinta).
    kind : dict, optional
        `REAL` escreve com tinta azul e `FAKE`, com laranja; sem ele, em preto.
    n_columns : int, default=10
    row_names, column_names : sequence of str, optional
        Um nome para cada linha ou coluna da folha.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    Caderno: ``04_convolucional``.
    """
    images = np.asarray(images, dtype=float)
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or len(images) == 0:
        raise ValueError(
            f"images deve ter formato (n, 1, h, w) ou (n, h, w), mas chegou {images.shape}."
        )
    n_columns = check_int(n_columns, "n_columns")
    n_rows = -(-len(images) // n_columns)
    _, height, width = images.shape
    sheet = tile_images(images, n_rows, n_columns)
    figsize = (0.3 + 0.68 * n_columns, 0.2 + 0.68 * n_rows)
    ax = _new_axes(ax, figsize=figsize)
    ax.imshow(sheet, cmap=_ink(kind), vmin=-1, vmax=1, interpolation="nearest")
    centers = np.arange(max(n_rows, n_columns))
    ax.set_xticks([], [])
    ax.set_yticks([], [])
    if column_names is not None:
        ax.xaxis.tick_top()
        ax.set_xticks(centers[:n_columns] * (width + 1) + width / 2 + 0.5, column_names)
    if row_names is not None:
        ax.set_yticks(centers[:n_rows] * (height + 1) + height / 2 + 0.5, row_names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax


def tile_images(images, n_rows, n_columns):
    """As imagens lado a lado numa matriz só, com um fio entre elas; NaN no fio e onde faltam.

    Parameters
    ----------
    images : ndarray, shape (n, h, w)
        As que passam de ``n_rows · n_columns`` ficam de fora.
    n_rows, n_columns : int

    Returns
    -------
    ndarray, shape (n_rows · (h + 1) + 1, n_columns · (w + 1) + 1)
    """
    _, height, width = images.shape
    sheet = np.full((n_rows * (height + 1) + 1, n_columns * (width + 1) + 1), np.nan)
    for i, image in enumerate(images[: n_rows * n_columns]):
        row, column = divmod(i, n_columns)
        top, left = row * (height + 1) + 1, column * (width + 1) + 1
        sheet[top : top + height, left : left + width] = image
    return sheet


def _ink(kind):
    color = "black" if kind is None else kind["color"]
    ink = LinearSegmentedColormap.from_list("tinta", ["white", color])
    return ink.with_extremes(bad="0.85")  # as linhas entre as imagens


def confusion_matrix(confusion, *, size=16, ax=None):
    """Matriz de confusão com os números escritos.

    Parameters
    ----------
    confusion : pandas.DataFrame
        Linhas: a verdade; colunas: a resposta. `DiscriminatorReport.confusion` serve.
    size : float, default=16
        Corpo dos números, em pontos.
    ax : matplotlib.axes.Axes, optional
    """
    ax = _new_axes(ax, figsize=(4.2, 3.6))
    counts = confusion.to_numpy()
    ax.imshow(counts, cmap="Blues", vmin=0)
    for row, column in np.ndindex(counts.shape):
        color = "white" if counts[row, column] > counts.max() / 2 else "black"
        ax.text(column, row, counts[row, column], color=color, ha="center", va="center", size=size)
    ax.set_xticks(range(counts.shape[1]), confusion.columns)
    ax.set_yticks(range(counts.shape[0]), confusion.index)
    ax.set(xlabel=confusion.columns.name, ylabel=confusion.index.name)
    ax.grid(False)
    return ax


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
    """
    if len(sizes) != len(names):
        raise ValueError(
            f"names deve ter um nome por camada, {len(sizes)}, mas chegou {len(names)}."
        )
    ax = _new_axes(ax, figsize=(7.2, 3.8))
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


def even_grid(numbers, *, kind=FAKE, title="", max_int=128, ax=None):
    """Os pares menores que `max_int`, um por casa; acendem-se os que aparecem em `numbers`.

    Parameters
    ----------
    numbers : sequence of int
        Ímpares não têm casa e não aparecem.
    kind : dict, default=FAKE
        `REAL` pinta de azul, `FAKE` de laranja.
    title : str, optional
    max_int : int, default=128
        Uma potência de dois, de 4 a 1024.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    Caderno: ``03_numeros_pares``.
    """
    n_bits = max_int.bit_length() - 1
    if 2**n_bits != max_int or not 2 <= n_bits <= 10:
        raise ValueError(
            f"max_int deve ser uma potência de dois, de 4 a 1024, mas chegou {max_int}."
        )
    ax = _new_axes(ax, figsize=(4.6, 4.9))
    EvenGrid(ax, n_bits, kind=kind).set_numbers(numbers)
    ax.set_title(title)
    return ax


class EvenGrid:
    """A grade de `even_grid`, que aceita outros números sem ser desenhada de novo.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    n_bits : int
        Comprimento dos números: a grade tem ``2 ** (n_bits - 1)`` casas.
    kind : dict, default=FAKE
    animated : bool, default=False
        Para quem pinta os `artists` por conta própria.
    """

    def __init__(self, ax, n_bits, *, kind=FAKE, animated=False):
        n_rows = 2 ** ((n_bits - 1) // 2)
        self.shape = n_rows, 2 ** (n_bits - 1) // n_rows
        cmap = "Blues" if kind is REAL else "Oranges"
        self.mesh = ax.pcolormesh(
            np.ma.masked_all(self.shape),
            cmap=cmap,
            vmin=-1,
            vmax=17,  # as casas mais cheias ainda deixam ler o número
            edgecolors="0.85",
            linewidth=1,
            animated=animated,
        )
        self.names, self.counts = [], []
        size = 10 if self.shape[1] <= 8 else 7
        for row, column in np.ndindex(self.shape):
            middle = {"x": column + 0.5, "ha": "center", "va": "center", "animated": animated}
            number = 2 * (self.shape[1] * row + column)
            self.names.append(ax.text(y=row + 0.38, s=number, size=size, **middle))
            self.counts.append(ax.text(y=row + 0.78, s="", size=size - 2, **middle))
        self.artists = [self.mesh, *self.names, *self.counts]
        ax.set(xlim=(0, self.shape[1]), ylim=(self.shape[0], 0), xticks=[], yticks=[])
        ax.set_aspect("equal")
        ax.spines[:].set_visible(False)
        ax.grid(False)

    def set_numbers(self, numbers):
        """Acende as casas dos pares em `numbers` e escreve quantas vezes cada um aparece."""
        n_even = self.shape[0] * self.shape[1]
        counts = np.bincount(numbers, minlength=2 * n_even)[: 2 * n_even : 2]
        shade = np.sqrt(128 / max(len(numbers), 1) * counts)  # a cor é a da fração, não a do total
        self.mesh.set_array(np.ma.masked_equal(shade.reshape(self.shape), 0))
        for count, name, label in zip(counts, self.names, self.counts, strict=True):
            name.set_color("black" if count else "0.55")  # nunca gerado: fica em branco
            label.set_text(f"×{count}" if count else "")


def strips(groups, *, column, limit=None, limit_name="", horizontal=False, ax=None):
    """Uma faixa de cruzes para cada grupo, uma cruz por semente.

    Parameters
    ----------
    groups : dict of str to pandas.DataFrame
        O nome da faixa e as notas das sementes.
    column : str
        A nota desenhada.
    limit : float, optional
        O valor ideal, marcado por uma linha azul, com o nome `limit_name`.
    horizontal : bool, default=False
        Faixas deitadas, com um traço na média: cabem nomes compridos.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    Caderno: ``03_numeros_pares``.
    """
    ax = _new_axes(ax, figsize=(8, 4.4) if horizontal else (7, 4))
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
