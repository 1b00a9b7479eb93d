"""Uma cena por tipo de dado: onde perguntar a D o que ele acha, e como desenhar a resposta.

Toda cena cria os seus artistas uma vez só, animados, e depois só troca os dados deles: é o que
permite muitos quadros por segundo. `scene_for` escolhe a cena pelo formato dos dados.
"""

from itertools import combinations

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from gan_lessons import plots
from gan_lessons.data import convert_float_matrix_to_int_list

SURFACE = LinearSegmentedColormap.from_list("D", ["#F2AE7B", "#FFFFFF", "#86BEE3"])
"""De falso, laranja claro, a real, azul claro: os pontos por cima continuam legíveis."""

ARROW_COLOR = "0.15"
N_ARROWS = 40
GRID = 44
MARGIN = 0.4
"""Folga em volta dos dados, em frações da largura deles."""


def scene_for(data, names=None):
    """A classe de cena que serve aos dados.

    Parameters
    ----------
    data : ndarray, shape (n, …)
        Pontos de 1, 2 ou 3 coordenadas; números pares em bits; ou imagens (n, 1, altura, largura).
    names : sequence of str, optional
        Nomes das coordenadas.

    Returns
    -------
    scene

    Raises
    ------
    ValueError
        Se nenhuma cena servir.
    """
    data = np.asarray(data)
    if data.ndim == 4 and data.shape[1] == 1:
        return Sheet(data)
    if data.ndim == 2 and data.shape[1] <= 3:
        kind = (Line, Plane, Space)[data.shape[1] - 1]
        given = [] if names is None else list(names)
        if names is not None and len(given) != data.shape[1]:
            raise ValueError(
                f"names deve ter {data.shape[1]} nomes, um por coordenada, mas chegou {names!r}."
            )
        return kind(data, given or [f"x{digit}" for digit in "₁₂₃"[: data.shape[1]]])
    is_bits = data.ndim == 2 and data.shape[1] <= 10 and np.isin(data, [0, 1]).all()
    if is_bits and not data[:, -1].any():
        return EvenNumbers(data)
    raise ValueError(
        "o painel desenha pontos de 1, 2 ou 3 coordenadas, números pares em até 10 bits e imagens "
        f"de formato (n, 1, altura, largura), mas data tem formato {data.shape}."
    )


def _limits(values):
    low, high = float(values.min()), float(values.max())
    space = MARGIN * ((high - low) or 1.0)
    return low - space, high + space


def _outside(fake, limits):
    low, high = np.array(limits).T
    return float(np.mean(((fake < low) | (fake > high)).any(axis=1)))


def _markers(ax, kind, size):
    (line,) = ax.plot(
        [],
        [],
        linestyle="none",
        marker=kind["marker"],
        color=kind["color"],
        markersize=size,
        markeredgewidth=1.4 if kind["marker"] == "x" else 0,
        alpha=0.8,
        label=kind["label"],
        animated=True,
    )
    return line


def _arrow_lengths(push, reach):
    """Setas que crescem com o empurrão, mas nunca passam de `reach`."""
    size = np.linalg.norm(push, axis=1, keepdims=True)
    return reach * push / (size + 0.4)


def _arrows(ax):
    return ax.quiver(
        *np.zeros((4, N_ARROWS)),
        color=ARROW_COLOR,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.0055,
        headwidth=4,
        headlength=4.5,
        headaxislength=4,
        animated=True,
    )


class Plane:
    """Pontos do plano: mapa de calor de D, reais, falsos e as setas do gerador."""

    figsize = (9.6, 4.5)
    has_surface = True
    even = False
    what = "pontos do plano"

    def __init__(self, data, names):
        self.data, self.names = data, names
        self.x, self.y = _limits(data[:, 0]), _limits(data[:, 1])
        grid = np.meshgrid(np.linspace(*self.x, GRID), np.linspace(*self.y, GRID))
        self.probe = np.column_stack([axis.ravel() for axis in grid])

    def build(self, fig, box):
        """Cria os eixos dentro de `box`, em frações da figura; devolve os artistas animados."""
        view = _PlaneView(fig.add_axes(box), (0, 1), self.names, (self.x, self.y))
        view.set_real(self.data[:300])
        self.views = [view]
        return view.artists

    def update(self, snapshot, real):
        """Põe nos artistas os dados de `snapshot`."""
        self.views[0].show(snapshot.surface, real, snapshot.fake, snapshot.push)

    def outside(self, fake):
        """A fração dos falsos que cai fora do quadro."""
        return _outside(fake, [self.x, self.y])


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
        self.real = _markers(ax, plots.REAL, 4.5)
        self.fake = _markers(ax, plots.FAKE, 5)
        self.arrows = _arrows(ax)
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
        self.arrows.set_UVC(*_arrow_lengths(push[:N_ARROWS][:, self.columns], reach).T)


class Space:
    """Pontos do espaço: três projeções, cada uma sobre o corte de D pelo meio dos dados."""

    figsize = (9.6, 6.4)
    has_surface = True
    even = False
    what = "pontos do espaço, em três projeções"

    def __init__(self, data, names):
        self.names = names
        self.limits = [_limits(column) for column in data.T]
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
        return _outside(fake, self.limits)


class Line:
    """Pontos da reta: as duas densidades, a curva de D e as setas do gerador."""

    figsize = (9.6, 4.5)
    has_surface = False
    even = False
    what = "pontos da reta"

    def __init__(self, data, names):
        self.names = names
        self.limits = _limits(data[:, 0])
        self.x = np.linspace(*self.limits, 200)
        self.probe = self.x[:, None]
        self.width = 0.35 * (data.std() or 1.0)
        self.top = 1.7 * self._density(data).max()

    def _density(self, points):
        """A densidade dos pontos, alisada por sinos de largura fixa."""
        bells = np.exp(-(((self.x[:, None] - points.ravel()[None]) / self.width) ** 2) / 2)
        return bells.mean(axis=1) / (self.width * np.sqrt(2 * np.pi))

    def build(self, fig, box):
        left, bottom, width, height = box
        ax = fig.add_axes((left, bottom, width * 0.93, height))
        floor = -0.28 * self.top
        ax.set(xlim=self.limits, ylim=(floor, self.top))
        ax.set_xlabel(self.names[0], labelpad=1)
        ax.set_ylabel("densidade")
        ax.set_yticks([])
        ax.grid(False)
        ax.axhline(0, color="0.6", linewidth=0.8)
        right = ax.twinx()
        right.set_ylim(floor / self.top, 1.0)
        right.set_yticks([0, 0.5, 1])
        right.set_yticklabels(["0", "½", "1"])
        right.set_ylabel("D(x)", color=plots.DISCRIMINATOR_COLOR, labelpad=2)
        right.tick_params(colors=plots.DISCRIMINATOR_COLOR)
        right.grid(False)
        right.spines["right"].set_visible(True)
        (self.opinion,) = right.plot(
            [], [], "-.", color=plots.DISCRIMINATOR_COLOR, linewidth=2.4, animated=True
        )
        (self.real_curve,) = ax.plot(
            [], [], color=plots.REAL["color"], linewidth=2.4, animated=True
        )
        (self.fake_curve,) = ax.plot(
            [], [], "--", color=plots.FAKE["color"], linewidth=2.4, animated=True
        )
        self.real = _markers(ax, plots.REAL, 4)
        self.fake = _markers(ax, plots.FAKE, 5)
        self.arrows = _arrows(ax)
        self.floor = floor
        return [
            *(self.opinion, self.real_curve, self.fake_curve),
            *(self.real, self.arrows, self.fake),
        ]

    def update(self, snapshot, real):
        fake = snapshot.fake[:, 0]
        self.opinion.set_data(self.x, snapshot.surface.astype(float))
        self.real_curve.set_data(self.x, self._density(real))
        self.fake_curve.set_data(self.x, self._density(snapshot.fake))
        self.real.set_data(real[:, 0], np.full(len(real), 0.2 * self.floor))
        self.fake.set_data(fake, np.full(len(fake), 0.5 * self.floor))
        reach = 0.16 * (self.limits[1] - self.limits[0])
        lengths = _arrow_lengths(snapshot.push[:N_ARROWS], reach)[:, 0]
        self.arrows.set_offsets(
            np.column_stack([fake[:N_ARROWS], np.full(N_ARROWS, 0.8 * self.floor)])
        )
        self.arrows.set_UVC(lengths, np.zeros(N_ARROWS))

    def outside(self, fake):
        return _outside(fake, [self.limits])


class EvenNumbers:
    """Números pares em bits: uma casa para cada par, que acende quando o gerador o faz."""

    figsize = (9.6, 4.8)
    has_surface = False
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

    def outside(self, fake):
        return 0.0


class Sheet:
    """Imagens: uma folha de falsas, debaixo de uma linha de reais."""

    figsize = (9.6, 4.8)
    has_surface = False
    even = False
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

    def outside(self, fake):
        return 0.0
