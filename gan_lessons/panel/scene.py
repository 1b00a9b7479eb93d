"""Uma cena por tipo de dado: onde perguntar a D o que ele acha, e os limites do desenho."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gan_lessons.validation import shown

MARGIN = 0.3
"""Folga em volta dos dados, em frações da largura deles."""

GRID = 32
"""Casas de cada lado do mapa de D."""

N_LINE = 160
"""Pontos da curva de D, na reta."""

KINDS = {
    "Line": "pontos da reta",
    "Plane": "pontos do plano",
    "Space": "pontos do espaço",
    "EvenNumbers": "números pares, uma casa para cada um",
    "Sheet": "imagens",
}


@dataclass(frozen=True)
class Scene:
    """O que a tela desenha dos dados; os mesmos lugares de ``view/probes.js``.

    Attributes
    ----------
    kind : str
        Uma das de `KINDS`: o nome da cena em ``view/``.
    names : list of str
        As coordenadas; imagens e números não têm.
    limits : list of (float, float)
        O começo e o fim de cada eixo.
    probe : ndarray, shape (m, …)
        Os pontos em que se pergunta a D o que ele acha.
    shades : (float, float)
        O preto e o branco das imagens.
    """

    kind: str
    names: list
    limits: list
    probe: np.ndarray
    shades: tuple = (0.0, 1.0)

    @property
    def even(self):
        """Os dados são números pares, que se contam em vez de julgar."""
        return self.kind == "EvenNumbers"


def scene_for(data, names=None):
    """A cena que serve aos dados.

    Parameters
    ----------
    data : ndarray, shape (n, …)
        Pontos de 1, 2 ou 3 coordenadas; números pares em bits; ou imagens (n, 1, altura, largura).
    names : sequence of str, optional
        Nomes das coordenadas.

    Raises
    ------
    ValueError
        Se nenhuma cena servir.
    """
    data = np.asarray(data)
    if data.ndim == 4 and data.shape[1] == 1:
        shades = float(data.min()), float(data.max())
        return Scene("Sheet", [], [], np.empty((0, *data.shape[1:])), shades)
    if data.ndim == 2 and data.shape[1] <= 3:
        return _points(data, names)
    is_bits = data.ndim == 2 and data.shape[1] <= 10 and np.isin(data, [0, 1]).all()
    if is_bits and not data[:, -1].any():
        return Scene("EvenNumbers", [], [], np.empty((0, data.shape[1])))
    raise ValueError(
        "o painel desenha pontos de 1, 2 ou 3 coordenadas, números pares em até 10 bits e imagens "
        f"de formato (n, 1, altura, largura), mas data tem formato {data.shape}."
    )


def _points(data, names):
    n_features = data.shape[1]
    names = [f"x{digit}" for digit in "₁₂₃"[:n_features]] if names is None else names
    is_list = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not is_list or len(names) != n_features:
        raise ValueError(
            f"names deve ter {n_features} nomes, um por coordenada, numa lista de textos, "
            f"mas chegou {shown(names)}."
        )
    limits = [_limits(column) for column in data.T]
    if n_features == 1:
        probe = _centers(*limits[0], N_LINE)[:, None]
    else:
        # Um corte para cada par de coordenadas, pelo meio dos dados.
        middle = data.mean(axis=0)
        cuts = [_cut(middle, limits, pair) for pair in combinations(range(n_features), 2)]
        probe = np.concatenate(cuts)
    return Scene(("Line", "Plane", "Space")[n_features - 1], list(names), limits, probe)


def _limits(values):
    low, high = float(values.min()), float(values.max())
    space = MARGIN * ((high - low) or 1.0)
    return low - space, high + space


def _centers(low, high, n):
    """Os meios de `n` casas iguais."""
    return low + (high - low) * (np.arange(n) + 0.5) / n


def _cut(middle, limits, pair):
    points = np.tile(middle, (GRID * GRID, 1))
    grid = np.meshgrid(*(_centers(*limits[axis], GRID) for axis in pair))
    points[:, list(pair)] = np.column_stack([axis.ravel() for axis in grid])
    return points
