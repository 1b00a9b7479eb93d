"""Grades: folhas de imagens, matrizes de confusão e a grade dos números pares."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from gan_lessons.plots.drawing import FAKE, REAL, closing_on_failure, new_axes
from gan_lessons.validation import check_images, check_int, check_integers


@closing_on_failure
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

    Notes
    -----
    Caderno: ``06_imagens_a_pedido``.
    """
    images = check_images(images, "images")
    if np.abs(images).max() > 1:
        raise ValueError(
            "images deve ter só valores entre −1 e 1, "
            f"mas chegaram de {images.min():g} a {images.max():g}."
        )
    n_columns = check_int(n_columns, "n_columns")
    n_rows = -(-len(images) // n_columns)
    _, height, width = images.shape
    sheet = tile_images(images, n_rows, n_columns)
    figsize = (0.3 + 0.68 * n_columns, 0.2 + 0.68 * n_rows)
    ax = new_axes(ax, figsize=figsize)
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


@closing_on_failure
def confusion_matrix(confusion, *, size=16, ax=None):
    """Matriz de confusão com os números escritos.

    Parameters
    ----------
    confusion : pandas.DataFrame
        Linhas: a verdade; colunas: a resposta. `DiscriminatorReport.confusion` serve.
    size : float, default=16
        Corpo dos números, em pontos.

    Notes
    -----
    Cadernos: ``02_espiral`` e ``06_imagens_a_pedido``.
    """
    ax = new_axes(ax, figsize=(4.2, 3.6))
    counts = confusion.to_numpy()
    ax.imshow(counts, cmap="Blues", vmin=0)
    for row, column in np.ndindex(counts.shape):
        color = "white" if counts[row, column] > 0.7 * counts.max() else "black"
        ax.text(column, row, counts[row, column], color=color, ha="center", va="center", size=size)
    ax.set_xticks(range(counts.shape[1]), confusion.columns)
    ax.set_yticks(range(counts.shape[0]), confusion.index)
    ax.set(xlabel=confusion.columns.name, ylabel=confusion.index.name)
    ax.grid(False)
    return ax


@closing_on_failure
def even_grid(numbers, *, kind=FAKE, title="", max_int=128, ax=None):
    """Os pares menores que `max_int`, um por casa; acendem-se os que aparecem em `numbers`.

    Parameters
    ----------
    numbers : sequence of int
        Ímpares e números a partir de `max_int` não têm casa e não aparecem.
    kind : dict, default=FAKE
        `REAL` pinta de azul, `FAKE` de laranja.
    title : str, optional
    max_int : int, default=128
        Uma potência de dois, de 4 a 1024.

    Notes
    -----
    Caderno: ``03_numeros_pares``.
    """
    max_int = check_int(max_int, "max_int")
    n_bits = max_int.bit_length() - 1
    if 2**n_bits != max_int or not 2 <= n_bits <= 10:
        raise ValueError(
            f"max_int deve ser uma potência de dois, de 4 a 1024, mas chegou {max_int}."
        )
    ax = new_axes(ax, figsize=(4.6, 4.9))
    numbers = check_integers(numbers, "numbers", minimum=0)
    n_rows = 2 ** ((n_bits - 1) // 2)
    shape = n_rows, max_int // 2 // n_rows
    counts = np.bincount([n for n in numbers if n < max_int], minlength=max_int)[::2]
    counts = counts.reshape(shape)
    shade = np.sqrt(128 / max(len(numbers), 1) * counts)  # a cor é a da fração, não a do total
    ax.pcolormesh(
        np.ma.masked_equal(shade, 0),
        cmap="Blues" if kind is REAL else "Oranges",
        vmin=-1,
        vmax=17,  # as casas mais cheias ainda deixam ler o número
        edgecolors="0.85",
        linewidth=1,
    )
    size = 10 if shape[1] <= 8 else 7
    for row, column in np.ndindex(shape):
        middle = {"x": column + 0.5, "ha": "center", "va": "center"}
        count, number = counts[row, column], 2 * (shape[1] * row + column)
        ink = "black" if count else "0.55"  # nunca gerado: fica em branco
        ax.text(y=row + 0.38, s=number, size=size, color=ink, **middle)
        ax.text(y=row + 0.78, s=f"×{count}" if count else "", size=size - 2, **middle)
    ax.set(xlim=(0, shape[1]), ylim=(shape[0], 0), xticks=[], yticks=[], title=title)
    ax.set_aspect("equal")
    ax.spines[:].set_visible(False)
    ax.grid(False)
    return ax
