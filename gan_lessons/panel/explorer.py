"""Figuras interativas: controles deslizantes que redesenham uma imagem.

Nada aqui usa o estado do pyplot nem o widget `Output`: cada desenho vira PNG sob uma tranca e vai
para um widget de imagem. Assim funciona com qualquer versão do kernel, também quando o JupyterLab
atende os controles em outra linha de execução.
"""

import html
import inspect
import io
import numbers
import threading

import ipywidgets as widgets
import matplotlib.pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gan_lessons.panel import frames
from gan_lessons.plots import picture_bundle, use_decimal_commas
from gan_lessons.portuguese import with_commas
from gan_lessons.validation import check_alt, check_number, shown

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Dois desenhos ao mesmo tempo estragam o texto matemático do matplotlib.
_drawing = threading.RLock()


def explore(draw, *, alt, labels=None, **controls):
    """Uma figura com controles: mexer num controle a desenha de novo.

    Parameters
    ----------
    draw : callable
        ``draw(**valores)`` devolve uma `matplotlib.figure.Figure`. Crie-a com ``Figure(...)``, e
        não com ``plt``: o desenho pode acontecer em outra linha de execução.
    alt : str
        O que a figura mostra com os valores iniciais, para quem não a vê.
    labels : dict, optional
        Nome de cada controle na tela; por padrão, o do argumento.
    **controls : tuple or list
        Um por argumento de `draw`. ``(mínimo, máximo, passo)`` ou ``(mínimo, máximo, passo,
        inicial)`` é um controle deslizante, que sem ``inicial`` começa no mínimo; com
        números inteiros só dá inteiros. Uma lista é um menu de opções, que começa na primeira.

    Returns
    -------
    Explorer
        Escreva-o na última linha da célula para mostrá-lo.

    Raises
    ------
    TypeError, ValueError
        Se um controle não servir, ou se `draw` não aceitar os argumentos.

    Examples
    --------
    >>> def draw(rate):
    ...     fig = Figure()
    ...     fig.subplots().plot([0, 1], [0, rate])
    ...     return fig
    >>> explore(draw, rate=(0.0, 1.0, 0.1), labels={"rate": "taxa"}, alt="Uma reta que sobe.")
    explore: taxa

    Notes
    -----
    Caderno: ``01_teoria``.
    """
    if not callable(draw) or isinstance(draw, type):
        raise TypeError(
            f"draw deve ser uma função que devolve uma figura, mas chegou {shown(draw)}."
        )
    check_alt(alt)
    if not controls:
        raise ValueError("explore precisa de pelo menos um controle, como rate=(0.0, 1.0, 0.1).")
    labels = {} if labels is None else labels
    if not isinstance(labels, dict):
        raise TypeError(f"labels deve ser um dicionário, mas chegou {shown(labels)}.")
    for name, label in labels.items():
        if name not in controls:
            raise ValueError(f"labels dá nome a controles que não existem: {shown(name)}.")
        if not isinstance(label, str) or not label.strip():
            raise TypeError(f"labels[{name!r}] deve ser um texto, mas chegou {shown(label)}.")
    _check_arguments(draw, controls)
    names = {name: labels.get(name, name.replace("_", " ")) for name in controls}
    return Explorer(
        draw, {name: _control(name, names[name], given) for name, given in controls.items()}, alt
    )


class Explorer:
    """O que `explore` devolve: os controles, a imagem e, se houver, o erro do desenho.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        Os controles, pelo nome do argumento de `draw`.
    image : ipywidgets.Image
        A última figura que deu certo, em PNG.
    message : ipywidgets.HTML
        Vazia, ou o erro que `draw` deu com os valores atuais.
    """

    def __init__(self, draw, controls, alt):
        self.draw = draw
        self.controls = controls
        self.alt = alt
        self.error = None
        # Sem tooltip: o ipywidgets 8.1 não desenha uma imagem que tenha um.
        layout = {"max_width": "100%", "align_self": "flex-start"}  # nem esticada, nem cortada
        self.image = widgets.Image(format="png", layout=layout)
        self.message = widgets.HTML()
        spoken = widgets.HTML(only_spoken(f"Figura, com os valores iniciais. {alt}"))
        self.box = widgets.VBox([*controls.values(), self.message, self.image, spoken])
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._redraw()

    @property
    def values(self):
        """Os valores atuais, como `draw` os recebe."""
        return {name: control.value for name, control in self.controls.items()}

    def _redraw(self, change=None):
        # Os valores são lidos já com a tranca: a última figura é sempre a dos últimos valores.
        with _drawing:
            try:
                self.image.value = self._drawn(**self.values)
                self.error = None
            except Exception as error:  # o desenho é código do aluno
                self.error = f"O desenho parou com {type(error).__name__}: {error}"
            self.message.value = "" if self.error is None else _alert(self.error)

    def _drawn(self, **values):
        """A figura com estes valores, em PNG."""
        with _drawing:
            return _png(self.draw(**values))

    def __repr__(self):
        text = "explore: " + ", ".join(control.description for control in self.controls.values())
        # Um desenho que falha já no começo muda o texto que o nbval compara.
        return text if self.error is None else f"{text}. {self.error}"

    def _repr_mimebundle_(self, **kwargs):
        data = {"text/plain": repr(self)}
        if self.image.value:
            data = picture_bundle(bytes(self.image.value), self.alt, repr(self))
            if frames.wanted():
                choices = {name: _choice(control) for name, control in self.controls.items()}
                data |= frames.live_frames(self._drawn, choices, self.alt)
        return data | {WIDGET_VIEW: self.box._repr_mimebundle_()[WIDGET_VIEW]}


def keep_static_outputs(notebook, resources):
    """Tira do caderno executado o que só existe com o kernel ligado.

    Sem kernel, o JupyterLab tenta primeiro o widget e mostra um erro no lugar da figura; sem a
    referência ao widget, mostra a imagem. É um pré-processador do nbconvert: ``make notebooks``.
    """
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if len(output.get("data", {})) > 1:
                output.data.pop(WIDGET_VIEW, None)
    return notebook, resources


def _png(fig):
    if not isinstance(fig, Figure):
        raise TypeError(
            f"draw deve devolver uma matplotlib.figure.Figure, mas devolveu {type(fig).__name__}."
        )
    use_decimal_commas(fig)
    png = io.BytesIO()
    canvas = FigureCanvasAgg(fig)
    # Com eixos de proporção fixa, a arrumação automática só acerta na segunda passada.
    fig.draw_without_rendering()
    canvas.print_png(png)
    plt.close(fig)  # se draw a criou com plt, não a deixa aberta
    return png.getvalue()


def _alert(text):
    return (
        f'<p role="alert"><strong>{html.escape(text)}</strong><br>'
        "A figura, se houver, é a última que deu certo.</p>"
    )


def only_spoken(text):
    """Um texto que leitores de tela leem e que não aparece."""
    style = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)"
    return f'<p style="{style}">{html.escape(text)}</p>'


def _check_arguments(draw, controls):
    try:
        signature = inspect.signature(draw)
    except ValueError:  # funções de C não dizem o que aceitam
        return
    try:
        signature.bind(**controls)
    except TypeError as error:
        raise TypeError(
            f"draw deve aceitar exatamente os controles {', '.join(controls)}, "
            f"mas os seus argumentos são {signature}."
        ) from error


def _control(name, label, given):
    options = {
        "description": label,
        "tooltip": label,
        "style": {"description_width": "15em"},
        "layout": {"width": "min(100%, 36em)"},
    }
    if isinstance(given, list):
        if len(given) < 2:
            raise ValueError(f"{name} deve ser uma lista de duas ou mais opções, veio {given!r}.")
        return widgets.Dropdown(options=given, value=given[0], **options)
    if not isinstance(given, tuple):
        raise TypeError(
            f"{name} deve ser uma tupla (mínimo, máximo, passo[, inicial]) ou uma lista de opções, "
            f"mas chegou {given!r}."
        )
    if len(given) not in (3, 4):
        raise ValueError(
            f"{name} deve ter três ou quatro números, (mínimo, máximo, passo[, inicial]), "
            f"mas chegou {given!r}."
        )
    low, high, step = (check_number(number, name, minimum=-float("inf")) for number in given[:3])
    if low >= high:
        raise ValueError(f"{name} deve ter o mínimo menor que o máximo, mas chegou {given!r}.")
    check_number(step, f"o passo de {name}", maximum=high - low, open_minimum=True)
    initial = given[3] if len(given) == 4 else given[0]
    check_number(initial, f"o inicial de {name}", minimum=low, maximum=high)
    whole = all(isinstance(number, numbers.Integral) for number in given)
    slider = widgets.IntSlider if whole else widgets.FloatSlider
    if not whole:
        decimals = next(d for d in range(9) if d == 8 or round(step, d) == step)
        options["readout_format"] = f".{decimals}f"
    return slider(value=initial, min=given[0], max=given[1], step=given[2], **options)


def _choice(control):
    """O mesmo controle, para uma página sem kernel."""
    if isinstance(control, widgets.Dropdown):
        values, texts = list(control.options), [str(option) for option in control.options]
        return frames.Choice(control.description, values, texts, 0, is_menu=True)
    n_steps = int((control.max - control.min) / control.step + 1e-6)
    values = [control.min + k * control.step for k in range(n_steps + 1)]
    texts = [with_commas(format(value, control.readout_format)) for value in values]
    initial = round((control.value - control.min) / control.step)
    return frames.Choice(control.description, values, texts, initial, is_menu=False)
