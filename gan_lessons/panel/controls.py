"""Os botões, os menus e a arrumação deles; o que cada um faz está em ``screen``."""

import ipywidgets as widgets

from gan_lessons.losses import LOSSES
from gan_lessons.panel.session import FAST, SLOW
from gan_lessons.portuguese import short_number

SPEEDS = [
    ("câmera lenta", SLOW),
    ("1 passo por quadro", 1),
    ("10 passos por quadro", 10),
    ("50 passos por quadro", 50),
    ("o mais rápido possível", FAST),
]
RATES = [m * 10.0**-p for p in (5, 4, 3, 2) for m in (1, 2, 5)] + [0.1, 0.5]
R1_WEIGHTS = [0.0, 0.01, 0.02, 0.04, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
D_STEPS = [1, 2, 3, 5, 10]

PLAY_TOOLTIP = "Treina sem parar, na velocidade escolhida"
PAUSE_TOOLTIP = "Para no fim do passo em curso"

# Duas ou três colunas, conforme a largura: nada se corta numa tela estreita.
MENUS_LAYOUT = {
    "width": "100%",
    "grid_template_columns": "repeat(auto-fit, minmax(20em, 1fr))",
    "grid_gap": "0.3em 1.2em",
}

# O controle do filme tem sempre o mesmo tamanho: quando o máximo de um controle muda, o navegador
# devolve o valor antigo, como se alguém o tivesse arrastado.
FILM_END = 100


class Controls:
    """Os widgets de um painel, cada um num atributo.

    Parameters
    ----------
    trainer : Trainer
        A receita dele dá as primeiras escolhas.
    classes : sequence of int or None
        As classes que se podem pedir.
    width : int
        Largura da figura, em pixels.

    Attributes
    ----------
    recipe : dict of str to ipywidgets.Dropdown
        Os menus da receita, pelo nome do campo.
    box : ipywidgets.VBox
        Tudo, na ordem em que aparece.
    """

    def __init__(self, trainer, classes, width):
        self.play = _button("Treinar", "play", PLAY_TOOLTIP)
        self.play.button_style = "primary"
        self.step_d = _button("Passo de D", "step-forward", "Só o discriminador dá meio passo")
        self.step_g = _button("Passo de G", "step-forward", "Só o gerador dá meio passo")
        self.step = _button("Passo completo", "forward", "Um passo completo: D e depois G")
        self.again = _button(
            "Recomeçar", "undo", "Volta ao passo 0 com a mesma semente e a receita escolhida"
        )
        self.reseed = _button("Nova semente", "random", "Volta ao passo 0 com outro sorteio")
        self.speed = _menu("Velocidade", SPEEDS, FAST, "Quanto treinar entre dois quadros")
        self.recipe = _recipe_menus(trainer.recipe)
        self.request = None
        if classes is not None:
            name = "Dígito pedido" if trainer.data.dim() == 4 else "Classe pedida"
            options = [("todos", None), *((str(label), int(label)) for label in classes)]
            self.request = _menu(name, options, None, "O que pedir ao gerador")
        # Sem tooltip: o ipywidgets 8.1 não desenha uma imagem que tenha um.
        self.image = widgets.Image(
            format="png", layout={"max_width": "100%", "width": f"{width}px", "height": "auto"}
        )
        self.status, self.message, self.spoken = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.time = widgets.IntSlider(
            min=0,
            max=FILM_END,
            value=FILM_END,
            description="Filme",
            tooltip="Arraste para rever o treino; as setas do teclado também servem",
            readout=False,
            style={"description_width": "initial"},
            layout={"width": "100%", "max_width": "28em", "flex": "1 1 14em"},
        )
        self.save = _button("Salvar animação", "download", "Grava o filme numa página HTML")
        menus = [self.speed, *self.recipe.values()]
        menus += [] if self.request is None else [self.request]
        self.box = widgets.VBox(
            [
                _row(self.play, self.step_d, self.step_g, self.step, self.again, self.reseed),
                widgets.GridBox(menus, layout=MENUS_LAYOUT),
                self.message,
                self.image,
                self.spoken,
                self.status,
                _row(self.time, self.save),
            ],
            layout={"max_width": f"{width + 10}px"},
        )

    def show_state(self, *, playing, stopped):
        """O botão de treinar diz o que fará; depois de um erro, só resta recomeçar."""
        self.play.description = "Pausar" if playing else "Treinar"
        self.play.icon = "pause" if playing else "play"
        self.play.tooltip = PAUSE_TOOLTIP if playing else PLAY_TOOLTIP
        self.time.disabled = playing
        for button in (self.play, self.step_d, self.step_g, self.step):
            button.disabled = stopped

    def close(self):
        """Fecha tudo: o ipywidgets fecha um widget sem fechar o leiaute e o estilo dele."""
        for widget in _family(self.box):
            for part in (widget.layout, getattr(widget, "style", None), widget):
                if part is not None:
                    part.close()


def _recipe_menus(recipe):
    losses = [(loss.name, name) for name, loss in LOSSES.items()]
    tips = {
        "discriminator_lr": ("Taxa de D", RATES, "Passo do Adam em D"),
        "generator_lr": ("Taxa de G", RATES, "Passo do Adam em G"),
        "discriminator_steps": ("Passos de D", D_STEPS, "Passos de D para cada um de G"),
        "r1": ("Penalidade R1", R1_WEIGHTS, "Peso da penalidade R1, que aplaina D"),
    }
    return {"loss": _menu("Perda", losses, recipe.loss, "O que cada rede minimiza")} | {
        field: _numbers(name, values, getattr(recipe, field), tip)
        for field, (name, values, tip) in tips.items()
    }


def _family(widget):
    for child in getattr(widget, "children", ()):
        yield from _family(child)
    yield widget


def _button(description, icon, tooltip):
    return widgets.Button(
        description=description,
        icon=icon,
        tooltip=tooltip,
        layout={"width": "auto", "min_width": "7.5em"},
    )


def _menu(description, options, value, tooltip):
    return widgets.Dropdown(
        options=options,
        value=value,
        description=description,
        tooltip=tooltip,
        style={"description_width": "8em"},
        layout={"width": "100%", "margin": "0"},
    )


def _numbers(description, values, value, tooltip):
    """Um menu de números, que inclui o que a receita já usa."""
    options = sorted({*values, value})
    return _menu(description, [(short_number(n), n) for n in options], value, tooltip)


def _row(*children):
    return widgets.Box(
        children, layout={"flex_flow": "row wrap", "align_items": "center", "width": "100%"}
    )
