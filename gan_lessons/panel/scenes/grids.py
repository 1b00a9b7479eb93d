"""Números pares, uma casa para cada um, e imagens, lado a lado numa folha."""

import numpy as np

from gan_lessons import plots
from gan_lessons.data import convert_float_matrix_to_int_list
from gan_lessons.panel.scenes.scene import Scene


class EvenNumbers(Scene):
    """Números pares em bits: uma casa para cada par, que acende quando o gerador o faz."""

    even = True
    what = "números pares, uma casa para cada um"

    def __init__(self, data):
        self.n_bits = data.shape[1]
        self.probe = np.empty((0, self.n_bits))

    def build(self, fig, box):
        ax = fig.add_axes(box)
        self.grid = plots.EvenGrid(ax, self.n_bits, animated=True)
        return self.grid.artists

    def update(self, snapshot, real):
        self.grid.set_numbers(convert_float_matrix_to_int_list(snapshot.fake))


class Sheet(Scene):
    """Imagens: uma folha de falsas, debaixo de uma linha de reais."""

    what = "imagens"
    n_columns = 10

    def __init__(self, data):
        self.shape = data.shape[2:]
        self.limits = float(data.min()), float(data.max())
        self.probe = np.empty((0, *data.shape[1:]))

    def build(self, fig, box):
        left, bottom, width, height = box
        page_width, page_height = self.figsize
        # Quantas linhas cabem, com pixels quadrados.
        pixel = page_width * width / (self.n_columns * (self.shape[1] + 1) + 1)
        one_row = pixel * (self.shape[0] + 1) / page_height
        self.n_rows = max(int((height - 0.02) / one_row) - 1, 1)
        top = bottom + height
        self.images = []
        for kind, name, n_rows in ((plots.REAL, "reais", 1), (plots.FAKE, "falsas", self.n_rows)):
            each = n_rows * one_row + pixel / page_height
            ax = fig.add_axes((left, top - each, width, each))
            top -= each + 0.02
            image = ax.imshow(
                plots.tile_images(np.empty((0, *self.shape)), n_rows, self.n_columns),
                cmap="gray",
                vmin=self.limits[0],
                vmax=self.limits[1],
                interpolation="nearest",
                aspect="auto",
                animated=True,
            )
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
            ax.spines[:].set_visible(True)
            ax.spines[:].set(color=kind["color"], linewidth=3)
            ax.set_ylabel(name, color=kind["color"])
            self.images.append(image)
        return self.images

    def update(self, snapshot, real):
        real_row = plots.tile_images(real[:, 0], 1, self.n_columns)
        self.images[0].set_data(real_row)
        fake_rows = plots.tile_images(snapshot.fake[:, 0], self.n_rows, self.n_columns)
        self.images[1].set_data(fake_rows)
