"""Pontos da reta: as duas densidades, a curva de D e as setas do gerador."""

import numpy as np

from gan_lessons import plots
from gan_lessons.panel.scenes.scene import (
    N_ARROWS,
    Scene,
    arrow_lengths,
    arrows,
    fraction_outside,
    limits_of,
    markers,
)


class Line(Scene):
    """Pontos da reta: as duas densidades, a curva de D e as setas do gerador."""

    figsize = (9.6, 4.5)
    what = "pontos da reta"

    def __init__(self, data, names):
        self.names = names
        self.limits = limits_of(data[:, 0])
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
        self.real = markers(ax, plots.REAL, 4)
        self.fake = markers(ax, plots.FAKE, 5)
        self.arrows = arrows(ax)
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
        lengths = arrow_lengths(snapshot.push[:N_ARROWS], reach)[:, 0]
        self.arrows.set_offsets(
            np.column_stack([fake[:N_ARROWS], np.full(N_ARROWS, 0.8 * self.floor)])
        )
        self.arrows.set_UVC(lengths, np.zeros(N_ARROWS))

    def outside(self, fake):
        return fraction_outside(fake, [self.limits])
