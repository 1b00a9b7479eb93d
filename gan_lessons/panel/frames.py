"""Uma figura de `explore` no livro, sem kernel: um desenho pronto para cada posição dos controles.

Os desenhos se fazem quando o caderno é gravado (``make notebooks``), e não a cada execução: são
dezenas. O livro os põe dentro de um elemento ``<gan-explorer>``.
"""

import base64
import io
import itertools
import math
import os
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from gan_lessons.panel import page
from gan_lessons.panel.plan import LIVE_FIGURE

WANTED = "FIGURAS_DO_LIVRO"
"""A variável de ambiente que pede os desenhos."""

MAX_FRAMES = 80
MAX_BYTES = 300_000
"""O que uma figura pode pesar na página, talvez pelo telefone de alguém."""

FEW, MIN_VALUES = 7, 3
"""Valores que bastam a um controle deslizante, se um menu precisa de lugar; e o mínimo de todos."""

N_COLORS = 16
SAME = 24
"""Diferença de cor, de 0 a 255, que não se nota."""


@dataclass(frozen=True)
class Choice:
    """Um controle como o livro o mostra.

    Attributes
    ----------
    label : str
    values : list
        Os valores que ele pode ter, em ordem; e, em `texts`, como se escrevem.
    texts : list of str
    initial : int
        O lugar do primeiro valor mostrado.
    is_menu : bool
    """

    label: str
    values: list
    texts: list
    initial: int
    is_menu: bool

    def thinned(self, n):
        """O mesmo controle com `n` dos valores, espaçados por igual; o inicial fica."""
        last = len(self.values) - 1
        places = np.linspace(0, last, n).round().astype(int)
        distances = np.abs(places - self.initial)
        if self.initial not in (0, last):
            distances[[0, -1]] = len(self.values)  # as pontas ficam onde estão
        nearest = distances.argmin()
        places[nearest] = self.initial
        values, texts = ([each[place] for place in places] for each in (self.values, self.texts))
        return replace(self, values=values, texts=texts, initial=int(nearest))


def wanted():
    """Se quem grava o caderno pediu os desenhos do livro."""
    return bool(os.environ.get(WANTED))


def live_frames(draw, choices, alt):
    """Os desenhos de uma figura, como parte de uma saída de célula.

    Parameters
    ----------
    draw : callable
        ``draw(**valores)`` dá um PNG.
    choices : dict of str to Choice
    alt : str
        O que se vê com os valores iniciais.

    Returns
    -------
    dict
        Com no máximo `MAX_FRAMES` desenhos e `MAX_BYTES` de texto.

    Raises
    ------
    ValueError
        Se os desenhos têm tamanhos diferentes, ou se nem poucos deles cabem em `MAX_BYTES`.
    """
    n_frames = MAX_FRAMES
    while True:
        few = _few(choices, n_frames)
        combinations = itertools.product(*(choice.values for choice in few.values()))
        pictures = [draw(**dict(zip(few, values, strict=True))) for values in combinations]
        background, frames = _small(pictures)
        n_bytes = len(background) + sum(map(len, frames))
        if n_bytes <= 0.98 * MAX_BYTES:  # o resto é para os controles
            break
        if max(len(choice.values) for choice in few.values()) <= MIN_VALUES:
            raise ValueError(
                f"draw deve dar figuras mais leves: {len(frames)} delas não cabem em "
                f"{MAX_BYTES // 1000} kB no livro."
            )
        n_frames = int(0.95 * n_frames * MAX_BYTES / n_bytes)
    controls = [
        {"label": c.label, "texts": c.texts, "initial": c.initial, "menu": c.is_menu}
        for c in few.values()
    ]
    data = {"alt": alt, "controls": controls, "background": background, "frames": frames}
    return {LIVE_FIGURE: {"element": "gan-explorer", "data": data}}


def script():
    """O script que dá vida às ``<gan-explorer>`` da página, que devem vir antes dele."""
    return page.script("explorer.js")


def _few(choices, n_frames):
    """Os controles com menos valores, até caberem em `n_frames` desenhos.

    Encolhe sempre o que tem mais; um menu, só depois que os deslizantes ficaram com poucos.
    """
    counts = {name: len(choice.values) for name, choice in choices.items()}

    def size(name):
        return (not choices[name].is_menu and counts[name] > FEW), counts[name]

    while math.prod(counts.values()) > n_frames and max(counts.values()) > MIN_VALUES:
        counts[max(counts, key=size)] -= 1
    return {name: choice.thinned(counts[name]) for name, choice in choices.items()}


def _small(pictures):
    """O que todos os desenhos têm em comum, e de cada um só o que é dele."""
    opened = [Image.open(io.BytesIO(png)).convert("RGB") for png in pictures]
    if len({image.size for image in opened}) > 1:
        raise ValueError("draw deve dar figuras do mesmo tamanho, com quaisquer valores.")
    pixels = np.stack([np.asarray(image) for image in opened])
    background = np.median(pixels, axis=0).astype(np.uint8)
    # Onde os desenhos discordam, o do meio seria um borrão que não é de nenhum.
    agree = (np.abs(pixels.astype(np.int16) - background).max(axis=-1) <= 4).mean(axis=0)
    background[agree < 0.6] = 255
    frames = []
    for image, own in zip(opened, pixels, strict=True):
        same = np.abs(own.astype(np.int16) - background).max(axis=-1) <= SAME
        few = np.array(image.quantize(N_COLORS, dither=Image.Dither.NONE).convert("RGBA"))
        few[same] = 0
        frames.append(_webp(few))
    return _webp(background), frames


def _webp(pixels):
    place = io.BytesIO()
    Image.fromarray(pixels).save(place, "webp", lossless=True, quality=60, method=4)
    return base64.b64encode(place.getvalue()).decode()
