"""O que toda cena promete ao painel, e o que várias delas desenham igual."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

SURFACE = LinearSegmentedColormap.from_list("D", ["#F2AE7B", "#FFFFFF", "#86BEE3"])
"""De falso, laranja claro, a real, azul claro: os pontos por cima continuam legíveis."""

ARROW_COLOR = "0.15"
N_ARROWS = 40
MARGIN = 0.4
"""Folga em volta dos dados, em frações da largura deles."""


class Scene:
    """A parte da figura que mostra os dados, os falsos e o que o discriminador acha deles.

    Os artistas nascem uma vez só, animados, e depois apenas trocam de dados: é o que permite muitos
    quadros por segundo. A ordem das chamadas é `build` uma vez, e `update` a cada quadro.

    Attributes
    ----------
    figsize : (float, float)
        Tamanho da figura inteira, em polegadas; com mais de 6 de altura, os gráficos vão debaixo
        da cena, e não ao lado.
    what : str
        O que se vê, para o texto alternativo.
    probe : ndarray, shape (m, …)
        Os pontos em que se pergunta a D o que ele acha; a resposta, de formato ``(m,)``, chega em
        ``snapshot.surface``. Sem pontos, a cena não tem legenda.
    has_surface : bool
        A resposta é desenhada em cores, e pede a escala delas.
    even : bool
        Os dados são números pares, que se contam em vez de julgar.
    """

    figsize = (9.6, 4.8)
    what = ""
    has_surface = False
    even = False

    def build(self, fig, box):
        """Cria os eixos dentro de `box`; devolve os artistas, na ordem em que se pintam.

        Parameters
        ----------
        fig : matplotlib.figure.Figure
        box : (float, float, float, float)
            Esquerda, base, largura e altura, em frações da figura.
        """
        raise NotImplementedError

    def update(self, snapshot, real):
        """Põe nos artistas os dados de um instante.

        Parameters
        ----------
        snapshot : Snapshot
        real : ndarray, shape (n, …)
        """
        raise NotImplementedError

    def outside(self, fake):
        """A fração dos falsos que cai fora do quadro."""
        return 0.0


def limits_of(values):
    """O menor e o maior valor, com folga: os limites de um eixo."""
    low, high = float(values.min()), float(values.max())
    space = MARGIN * ((high - low) or 1.0)
    return low - space, high + space


def fraction_outside(fake, limits):
    """A fração dos pontos `fake`, (n, d), fora dos limites, um par por coordenada."""
    low, high = np.array(limits).T
    return float(np.mean(((fake < low) | (fake > high)).any(axis=1)))


def markers(ax, kind, size):
    """Marcas de pontos, ainda sem nenhum; `kind` é `plots.REAL` ou `plots.FAKE`."""
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


def arrows(ax):
    """`N_ARROWS` setas, ainda sem comprimento."""
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


def arrow_lengths(push, reach):
    """Setas que crescem com o empurrão, mas nunca passam de `reach`."""
    size = np.linalg.norm(push, axis=1, keepdims=True)
    return reach * push / (size + 0.4)
