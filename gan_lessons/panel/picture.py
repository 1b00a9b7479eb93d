"""A cena e os gráficos numa figura só, em PNG.

O fundo (eixos, números, nomes) é desenhado uma vez e guardado; a cada quadro só se pintam por cima
dele os artistas que mudam. Nenhum texto usa a notação matemática do matplotlib, que não aceita
duas linhas de execução ao mesmo tempo.
"""

import io
import math
from dataclasses import dataclass

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from PIL import Image

from gan_lessons import plots
from gan_lessons.losses import LOSSES
from gan_lessons.panel.explorer import _drawing
from gan_lessons.panel.scenes.scene import ARROW_COLOR, SURFACE
from gan_lessons.portuguese import with_commas

N_BINS = 220
"""Pontos das curvas de perda: cada um é a média de um punhado de passos."""


@dataclass(frozen=True)
class Curves:
    """As curvas até um instante.

    Attributes
    ----------
    losses : tuple of ndarray
        Passos, perdas do discriminador e perdas do gerador: as colunas de `History`.
    scores : list of (int, float, dict)
        Passo, acurácia do discriminador e placares independentes.
    loss : str
        A perda da receita, para as linhas do empate.
    """

    losses: tuple
    scores: list
    loss: str

    def until(self, step):
        """As mesmas curvas, cortadas em `step`."""
        seen = self.losses[0] <= step
        return Curves(
            tuple(column[seen] for column in self.losses),
            [row for row in self.scores if row[0] <= step],
            self.loss,
        )


class Picture:
    """A figura do painel.

    Parameters
    ----------
    scene : Scene
    dpi : int, default=100
    """

    def __init__(self, scene, *, dpi=100):
        self.scene = scene
        self.dpi = dpi
        with _drawing, matplotlib.style.context(["default", "gan_lessons.gan"]):
            self._build()

    def _build(self):
        scene = self.scene
        fig = Figure(figsize=scene.figsize, dpi=self.dpi, layout="none", facecolor="white")
        self.canvas = FigureCanvasAgg(fig)
        # A cena ao lado dos gráficos; ou em cima deles, se for larga.
        wide = scene.figsize[1] > 6
        places = [
            (0.06, 0.12, 0.44, 0.76),
            (0.575, 0.575, 0.365, 0.315),
            (0.575, 0.12, 0.365, 0.285),
        ]
        if wide:
            places = [
                (0.055, 0.5, 0.93, 0.4),
                (0.055, 0.08, 0.375, 0.27),
                (0.555, 0.08, 0.375, 0.27),
            ]
        self.artists = list(scene.build(fig, places[0]))
        self.losses, self.scores = fig.add_axes(places[1]), fig.add_axes(places[2])
        self._build_losses()
        self._build_scores()
        if wide:
            self.losses.set_xlabel("passo", labelpad=1, size=11)
        self.title = fig.text(0.06, 0.945, "", size=13, weight="bold", animated=True)
        if scene.probe.size:
            _legend(fig, scene, wide)
        self.fig = fig
        self._background = None

    def _build_losses(self):
        ax = self.losses
        ax.tick_params(labelsize=10)
        self.curves, self.ties = [], []
        for color, style in (
            (plots.DISCRIMINATOR_COLOR, "-"),
            (plots.GENERATOR_COLOR, "--"),
        ):
            (curve,) = ax.plot([], [], style, color=color, linewidth=2, animated=True)
            line = ax.axhline(0, color="0.35", linewidth=1, linestyle=":")
            side = ax.get_yaxis_transform()  # horizontal em frações, vertical nos dados
            name = ax.text(1.015, 0, "", transform=side, va="center", size=11)
            self.curves.append(curve)
            self.ties.append((line, name))
        headings = _headings(ax, [curve.get_color() for curve in self.curves])
        _set_headings(headings, ["— perda de D", "-- perda de G"])
        self.artists += [*self.curves, *headings]
        self._frame = None

    def _build_scores(self):
        ax = self.scores
        ax.tick_params(labelsize=10)
        ax.set(ylim=(-0.04, 1.04), yticks=[0, 0.5, 1], yticklabels=["0 %", "50 %", "100 %"])
        ax.set_xlabel("passo", labelpad=1, size=11)
        ax.axhline(0.5, color="0.35", linewidth=1, linestyle=":")
        styles = [(plots.DISCRIMINATOR_COLOR, "-."), ("0.1", "-"), ("#A65C00", ":")]
        self.score_lines = [
            ax.plot([], [], style, color=color, linewidth=2.2, animated=True)[0]
            for color, style in styles[: 3 if self.scene.even else 2]
        ]
        self.score_names = _headings(ax, [line.get_color() for line in self.score_lines])
        self.artists += [*self.score_lines, *self.score_names]

    def png(self, snapshot, real, curves):
        """O quadro em PNG.

        Parameters
        ----------
        snapshot : Snapshot
        real : ndarray
            Os pontos reais desenhados.
        curves : Curves

        Returns
        -------
        bytes
        """
        png = io.BytesIO()
        self.image(snapshot, real, curves).save(png, "png", compress_level=1)
        return png.getvalue()

    def image(self, snapshot, real, curves):
        """O quadro como `PIL.Image.Image`."""
        with _drawing:
            self.scene.update(snapshot, real)
            self._update_losses(curves)
            self._update_scores(curves)
            thousands = f"{snapshot.step:,}".replace(",", "\N{NO-BREAK SPACE}")
            self.title.set_text(f"passo {thousands}")
            if self._background is None:
                self.canvas.draw()
                self._background = self.canvas.copy_from_bbox(self.fig.bbox)
            self.canvas.restore_region(self._background)
            for artist in self.artists:
                artist.axes.draw_artist(artist)
            self.fig.draw_artist(self.title)
            return Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")

    def _update_losses(self, curves):
        steps, *columns = curves.losses
        shown = []
        for line, column in zip(self.curves, columns, strict=True):
            x, y = binned(steps, column)
            line.set_data(x, y)
            shown.append(y)
        ties = LOSSES[curves.loss].ties
        values = np.concatenate([*shown, [tie for tie, _ in ties]])
        low, high = np.floor(4 * values.min()) / 4, np.ceil(4 * values.max()) / 4
        end = _round_up(max(int(steps[-1]) if len(steps) else 0, 10))
        frame = (end, low - 0.1, high + 0.1, curves.loss)
        if frame != self._frame:
            self._frame, self._background = frame, None
            self.losses.set(xlim=(0, end), ylim=frame[1:3])
            self.losses.set_yticks(ticks := _loss_ticks(low, high), [_short(y) for y in ticks])
            self.scores.set_xlim(0, end)
            for ax in (self.losses, self.scores):
                ax.set_xticks([0, end / 2, end], [_short(x) for x in (0, end / 2, end)])
            for (line, name), (level, text) in zip(self.ties, ties, strict=True):
                line.set_ydata([level, level])
                name.set_y(level)
                name.set_text(text)

    def _update_scores(self, curves):
        rows = curves.scores
        steps = np.array([row[0] for row in rows])
        self.score_lines[0].set_data(steps, np.array([row[1] for row in rows]))
        verb = "D" if self.scene.even else "D acerta"
        headings = [f"-·- {verb}" + (_percent(rows[-1][1]) if rows else "")]
        names = [("pares", "—"), ("cobertura", "···")] if self.scene.even else [("juiz", "—")]
        for line, (name, sign) in zip(self.score_lines[1:], names, strict=True):
            points = [(row[0], row[2][name]) for row in rows if name in row[2]]
            line.set_data(*(np.array(points).T if points else ([], [])))
            verb = "juiz acerta" if name == "juiz" else name
            headings.append(f"{sign} {verb}" + (_percent(points[-1][1]) if points else ""))
        _set_headings(self.score_names, headings)


def binned(steps, values):
    """Médias de punhados de passos seguidos, sem os que não têm valor: passos, médias."""
    seen = ~np.isnan(values)
    steps, values = steps[seen], values[seen]
    size = -(-len(values) // N_BINS) or 1
    starts = np.arange(0, len(values), size)
    if not len(starts):
        return np.empty(0), np.empty(0)
    counts = np.diff(np.append(starts, len(values)))
    ends = np.minimum(starts + size, len(steps)) - 1
    return steps[ends], np.add.reduceat(values, starts) / counts


def _legend(fig, scene, wide):
    """O que é cada marca, numa linha só, à direita do título."""
    x, y = 0.245, 0.945
    for kind, name in ((plots.REAL, "real"), (plots.FAKE, "falso")):
        edge = 2 if kind is plots.FAKE else 0
        mark = {"color": kind["color"], "markersize": 8, "markeredgewidth": edge}
        fig.add_artist(Line2D([x], [y + 0.012], marker=kind["marker"], linestyle="none", **mark))
        fig.text(x + 0.012, y, name, size=11)
        x += 0.075
    fig.text(x - 0.01, y, "→", size=13, color=ARROW_COLOR)
    fig.text(x + 0.015, y, "empurrão em G", size=11)
    if scene.has_surface:
        x, y = (0.64, 0.945) if wide else (0.352, 0.021)
        bar = fig.add_axes((x, y, 0.1, 0.028))
        bar.imshow(np.linspace(0, 1, 64)[None], cmap=SURFACE, aspect="auto")
        bar.set(xticks=[], yticks=[])
        bar.grid(False)
        bar.spines[:].set_visible(True)
        fig.text(x - 0.008, y, "D: falso", size=11, ha="right")
        fig.text(x + 0.108, y, "real", size=11)


def _headings(ax, colors):
    """Textos em cima dos eixos, um para cada curva, na cor dela."""
    place = {"transform": ax.transAxes, "va": "bottom", "animated": True}
    return [
        ax.text(0, 1.04, "", color=_readable(color), size=11, weight="bold", **place)
        for color in colors
    ]


def _set_headings(texts, names):
    places = (0, 0.5) if len(texts) == 2 else (0, 0.28, 0.64)
    for text, name, place in zip(texts, names, places, strict=True):
        text.set_text(name)
        text.set_x(place)


def _readable(color):
    """A mesma cor com contraste para ser lida como texto."""
    darker = {plots.DISCRIMINATOR_COLOR: "#00704F", plots.GENERATOR_COLOR: "#9C3F74"}
    return darker.get(color, color)


def _percent(fraction):
    return f" {100 * fraction:.0f} %"


def _loss_ticks(low, high):
    """Uns quatro números redondos entre `low` e `high`."""
    ticks = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return ticks[(ticks >= low) & (ticks <= high)]


def _round_up(n):
    """O próximo 1, 2 ou 5 seguido de zeros, ou passo intermediário: o eixo não muda a toda hora."""
    power = 10 ** math.floor(math.log10(n))
    return next(int(m * power) for m in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if m * power >= n)


def _short(number):
    """1500 em ``1,5 mil``, e 0.5 em ``0,5``: os números do eixo cabem."""
    if abs(number) >= 1e12:
        return with_commas(f"{number:.0e}")
    units = ((1e9, " bi"), (1e6, " mi"), (1e3, " mil"), (0, ""))
    unit, name = next(pair for pair in units if abs(number) >= pair[0])
    return with_commas(f"{number / (unit or 1):g}") + name
