"""Uma cena por tipo de dado: onde perguntar a D o que ele acha, e como desenhar a resposta.

==========  ============================================
arquivo     o que tem
==========  ============================================
``scene``   `Scene`: o que toda cena promete
``plane``   pontos do plano, e do espaço em projeções
``line``    pontos da reta
``grids``   números pares e imagens
==========  ============================================
"""

import numpy as np

from gan_lessons.panel.scenes.grids import EvenNumbers, Sheet
from gan_lessons.panel.scenes.line import Line
from gan_lessons.panel.scenes.plane import Plane, Space


def scene_for(data, names=None):
    """A cena que serve aos dados.

    Parameters
    ----------
    data : ndarray, shape (n, …)
        Pontos de 1, 2 ou 3 coordenadas; números pares em bits; ou imagens (n, 1, altura, largura).
    names : sequence of str, optional
        Nomes das coordenadas.

    Returns
    -------
    Scene

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
