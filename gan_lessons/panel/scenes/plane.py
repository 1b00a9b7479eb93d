"""Pontos do plano, e do espaço em projeções: D em cores, as marcas e as setas do gerador."""

from itertools import combinations

import numpy as np

from gan_lessons import plots
from gan_lessons.panel.scenes.scene import (
    N_ARROWS,
    SURFACE,
    Scene,
    arrow_lengths,
    arrows,
    fraction_outside,
    limits_of,
    markers,
)

GRID = 44
"""Casas de cada lado do mapa de D."""


class Plane(Scene):
    """Pontos do plano: mapa de calor de D, reais, falsos e as setas do gerador."""

    figsize = (9.6, 4.5)
    has_surface = True
    what = "pontos do plano"

    def __init__(self, data, names):
        self.data, self.names = data, names
        self.x, self.y = limits_of(data[:, 0]), limits_of(data[:, 1])
        grid = np.meshgrid(np.linspace(*self.x, GRID), np.linspace(*self.y, GRID))
        self.probe = np.column_stack([axis.ravel() for axis in grid])

    def build(self, fig, box):
        view = _PlaneView(fig.add_axes(box), (0, 1), self.names, (self.x, self.y))
        view.set_real(self.data[:300])
        self.views = [view]
        return view.artists

    def update(self, snapshot, real):
        self.views[0].show(snapshot.surface, real, snapshot.fake, snapshot.push)

    def outside(self, fake):
        return fraction_outside(fake, [self.x, self.y])


class Space(Scene):
    """Pontos do espaço: três projeções, cada uma sobre o corte de D pelo meio dos dados."""

    figsize = (9.6, 6.4)
    has_surface = True
    what = "pontos do espaço, em três projeções"

    def __init__(self, data, names):
        self.names = names
        self.limits = [limits_of(column) for column in data.T]
        self.pairs = list(combinations(range(3), 2))
        middle = data.mean(axis=0)
        probes = []
        for pair in self.pairs:
            probe = np.tile(middle, (GRID * GRID, 1))
            grid = np.meshgrid(*(np.linspace(*self.limits[axis], GRID) for axis in pair))
            probe[:, list(pair)] = np.column_stack([axis.ravel() for axis in grid])
            probes.append(probe)
        self.probe = np.concatenate(probes)

    def build(self, fig, box):
        left, bottom, width, height = box
        gap = 0.065
        each = (width - 2 * gap) / 3
        self.views = [
            _PlaneView(
                fig.add_axes((left + index * (each + gap), bottom, each, height)),
                pair,
                self.names,
                [self.limits[axis] for axis in pair],
            )
            for index, pair in enumerate(self.pairs)
        ]
        return [artist for view in self.views for artist in view.artists]

    def update(self, snapshot, real):
        surfaces = np.split(snapshot.surface, 3)
        for view, surface in zip(self.views, surfaces, strict=True):
            view.show(surface, real, snapshot.fake, snapshot.push)

    def outside(self, fake):
        return fraction_outside(fake, self.limits)


class _PlaneView:
    """Um par de coordenadas em eixos próprios."""

    def __init__(self, ax, columns, names, limits):
        self.columns = list(columns)
        (left, right), (bottom, top) = limits
        ax.set(xlim=limits[0], ylim=limits[1])
        ax.set_xlabel(names[columns[0]], labelpad=1, loc="left")
        ax.set_ylabel(names[columns[1]], labelpad=0)
        ax.grid(False)
        self.limits = np.array(limits)
        self.surface = ax.imshow(
            np.full((GRID, GRID), 0.5),
            cmap=SURFACE,
            vmin=0,
            vmax=1,
            extent=(left, right, bottom, top),
            origin="lower",
            aspect="auto",
            interpolation="nearest",
            animated=True,
        )
        self.real = markers(ax, plots.REAL, 4.5)
        self.fake = markers(ax, plots.FAKE, 5)
        self.arrows = arrows(ax)
        self.artists = [self.surface, self.real, self.arrows, self.fake]

    def set_real(self, real):
        self.real.set_data(*real[:, self.columns].T)

    def show(self, surface, real, fake, push):
        self.surface.set_data(np.asarray(surface, dtype=float).reshape(GRID, GRID))
        self.set_real(real)
        points = fake[:, self.columns]
        self.fake.set_data(*points.T)
        reach = 0.16 * np.diff(self.limits, axis=1).ravel()
        self.arrows.set_offsets(points[:N_ARROWS])
        self.arrows.set_UVC(*arrow_lengths(push[:N_ARROWS][:, self.columns], reach).T)
