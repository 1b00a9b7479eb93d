"""Mostrar uma figura ou uma animação, com o texto para quem não a vê."""

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from PIL import Image

from gan_lessons.plots.drawing import DISCRIMINATOR_COLOR, FAKE, GENERATOR_COLOR, REAL
from gan_lessons.portuguese import with_commas
from gan_lessons.validation import check_alt, check_number, shown


def show(fig, alt):
    """Mostra a figura com o seu texto alternativo, e fecha-a, mesmo se não a puder mostrar.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        O que a figura mostra, para quem não a vê.
    """
    _check_figure(fig, "fig")
    try:
        check_alt(alt)
        use_decimal_commas(fig)
        png = io.BytesIO()
        fig.savefig(png, format="png", dpi=fig.dpi, bbox_inches="tight")
        display(picture_bundle(png.getvalue(), alt, repr(fig)), raw=True)
    finally:
        plt.close(fig)


def picture_bundle(data, alt, text):
    """A saída de célula que mostra uma imagem, com o texto de quem não a vê onde todos o leem.

    O JupyterLab ignora o texto alternativo dos metadados de uma imagem; o de um ``<img>``, ele e
    as páginas estáticas respeitam, também num caderno em que ainda não confiam.

    Parameters
    ----------
    data : bytes
        Um arquivo PNG ou GIF.
    alt : str
        O que a imagem mostra.
    text : str
        O que aparece onde não cabe imagem nenhuma.

    Returns
    -------
    dict of str to str
        O conteúdo da saída, por tipo.
    """
    with Image.open(io.BytesIO(data)) as image:
        kind, width = image.format.lower(), image.width
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    # Numa linha só: uma quebra no meio do texto acabaria o bloco de HTML de um Markdown.
    described = html.escape(" ".join(alt.split()))
    image = f'<img alt="{described}" src="{source}" width="{width}" style="max-width:100%">'
    return {"text/html": image, "text/plain": text}


def _check_figure(fig, name):
    if not isinstance(fig, Figure):
        raise TypeError(f"{name} deve ser uma figura do matplotlib, mas chegou {shown(fig)}.")
    return fig


def use_decimal_commas(fig):
    """Troca o ponto pela vírgula nos números dos eixos; os rótulos postos à mão ficam."""
    for axis in fig.findobj(Axis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_CommaFormatter())


class _CommaFormatter(ScalarFormatter):
    def __call__(self, x, pos=None):
        return with_commas(super().__call__(x, pos))


def show_animation(figures, *, seconds, alt):
    """Mostra as figuras em sequência, uma vez só: ao fim, a animação fica parada na última.

    É um GIF: toca sem kernel, sem rede e sem script, também num caderno em que o JupyterLab ainda
    não confia.

    Parameters
    ----------
    figures : sequence of matplotlib.figure.Figure
        Os quadros, do mesmo tamanho; pelo menos dois. São fechados.
    seconds : float
        Duração total, até 5: mais que isso pediria um botão de pausa.
    alt : str
        O que se vê mudar, para quem não vê.
    """
    figures = [_check_figure(fig, "cada item de figures") for fig in figures]
    try:
        check_alt(alt)
        if len(figures) < 2:
            raise ValueError(
                f"figures deve ter pelo menos dois quadros, mas chegou {len(figures)}."
            )
        seconds = check_number(seconds, "seconds", maximum=5.0, open_minimum=True)
        frames = [_picture(fig) for fig in figures]
        gif = animation(frames, "gif", seconds=seconds / len(frames), n_colors=48)
    finally:
        for fig in figures:
            plt.close(fig)
    display(picture_bundle(gif, alt, f"<animação de {len(frames)} quadros>"), raw=True)


def _picture(fig):
    use_decimal_commas(fig)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def animation(images, kind="png", *, seconds, n_colors=96):
    """As imagens em sequência, num arquivo que toca uma vez e para na última.

    Não se repete, para não se mover para sempre ao lado do texto.

    Parameters
    ----------
    images : list of PIL.Image.Image
        Os quadros, em RGB e do mesmo tamanho.
    kind : {"png", "gif"}, default="png"
    seconds : float
        Duração de cada quadro; o último fica.
    n_colors : int, default=96
        Cores da paleta comum, para o arquivo ficar pequeno.

    Returns
    -------
    bytes
        O arquivo.

    Raises
    ------
    ValueError
        Se os quadros não forem do mesmo tamanho.
    """
    sizes = {image.size for image in images}
    if len(sizes) != 1:
        raise ValueError(f"os quadros devem ser todos do mesmo tamanho, mas chegaram {sizes}.")
    palette = _palette(images, n_colors)
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    options = {"loop": 1, "default_image": False, "optimize": True} if kind == "png" else {}
    file = io.BytesIO()
    frames[0].save(
        file,
        kind,
        save_all=True,
        append_images=frames[1:],
        duration=1000 * seconds,
        **options,
    )
    return file.getvalue()


def _palette(images, n_colors):
    """Uma paleta só, para que as cores não pulem de um quadro a outro.

    Vem de quadros espalhados e das cores do curso, que em linhas finas ocupam poucos pixels.
    """
    chosen = images[:: max(len(images) // 8, 1)]
    width, height = images[0].size
    colors = [REAL["color"], FAKE["color"], DISCRIMINATOR_COLOR, GENERATOR_COLOR, "black"]
    sheet = Image.new("RGB", (width, height * len(chosen) + 12 * len(colors)))
    for i, image in enumerate(chosen):
        sheet.paste(image, (0, height * i))
    for i, color in enumerate(colors):
        top = height * len(chosen) + 12 * i
        sheet.paste(color, (0, top, width, top + 12))
    return sheet.quantize(n_colors)
