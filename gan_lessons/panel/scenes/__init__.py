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
from gan_lessons.validation import shown


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
        names = [f"x{digit}" for digit in "₁₂₃"[: data.shape[1]]] if names is None else names
        is_list = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
        if not is_list or len(names) != data.shape[1]:
            raise ValueError(
                f"names deve ter {data.shape[1]} nomes, um por coordenada, numa lista de textos, "
                f"mas chegou {shown(names)}."
            )
        return kind(data, names)
    is_bits = data.ndim == 2 and data.shape[1] <= 10 and np.isin(data, [0, 1]).all()
    if is_bits and not data[:, -1].any():
        return EvenNumbers(data)
    raise ValueError(
        "o painel desenha pontos de 1, 2 ou 3 coordenadas, números pares em até 10 bits e imagens "
        f"de formato (n, 1, altura, largura), mas data tem formato {data.shape}."
    )
