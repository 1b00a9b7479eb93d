"""`TrainingPanel`: um GAN nas mãos do estudante."""

import base64
import html
import weakref
from pathlib import Path

import ipywidgets as widgets
import numpy as np

from gan_lessons.losses import LOSSES
from gan_lessons.panel import kernel, words
from gan_lessons.panel.explorer import WIDGET_VIEW, only_spoken
from gan_lessons.panel.film import animated_png, player
from gan_lessons.panel.observer import Observer
from gan_lessons.panel.picture import Picture
from gan_lessons.panel.scenes import scene_for
from gan_lessons.panel.session import FAST, SLOW, Session
from gan_lessons.training import Trainer
from gan_lessons.validation import check_int

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

ANIMATION_DPI = 62
N_ANIMATION_FRAMES = 24


class TrainingPanel:
    """Um painel ao vivo sobre um `Trainer`: treinar, parar, dar meio passo, mudar a receita.

    O painel treina o próprio `trainer`, noutra linha de execução, e o kernel fica livre para as
    outras células. Os números são os de `Trainer.run`: a mesma semente e os mesmos cliques dão o
    mesmo treino.

    Parameters
    ----------
    trainer : Trainer
        Dados de 1, 2 ou 3 coordenadas, números pares em bits, ou imagens (n, 1, altura, largura).
        Se ele tem `labels`, um menu escolhe a classe pedida.
    judge_data : callable or array_like, optional
        Os pontos reais do juiz: uma função ``(n, seed) → n pontos novos``, ou um conjunto
        guardado. Sem eles, o juiz usa os dados do treino, e o painel o diz. Números pares
        dispensam juiz: contam-se.
    names : sequence of str, optional
        Nomes das coordenadas.

    Attributes
    ----------
    trainer : Trainer
    box : ipywidgets.VBox
        O que aparece na tela.
    session : Session
        A linha de execução que treina.

    Raises
    ------
    TypeError, ValueError
        Se `trainer` não for um `Trainer`, ou se os dados não tiverem desenho.

    Examples
    --------
    >>> TrainingPanel(trainer, judge_data=new_points)  # doctest: +SKIP

    Notes
    -----
    Cadernos: ``01_teoria``, ``02_espiral`` e ``03_numeros_pares``.
    """

    def __init__(self, trainer, *, judge_data=None, names=None):
        if not isinstance(trainer, Trainer):
            raise TypeError(f"trainer deve ser um Trainer, mas chegou {trainer!r}.")
        scene = scene_for(trainer.data.cpu().numpy(), names)
        observer = Observer(trainer, scene.probe, judge_data=judge_data, even=scene.even)
        previous = _in_use.get(trainer, lambda: None)()
        if previous is not None:
            previous.close()  # dois painéis no mesmo treinador: o novo fica com ele
        self.trainer = trainer
        self._screen = _Screen(trainer, observer, scene)
        self.session, self.box = self._screen.session, self._screen.box
        # Nada guarda o painel: quando o último nome dele some, a linha e os widgets se fecham.
        self._finalizer = weakref.finalize(self, self._screen.close)
        _in_use[trainer] = weakref.ref(self)
        kernel.register(self)

    def play(self):
        """Começa a treinar; o mesmo que o botão."""
        self.session.play()
        self._screen.refresh_buttons()

    def pause(self):
        """Para no fim do passo em curso; o mesmo que o botão."""
        self.session.pause()
        self._screen.refresh_buttons()

    def record(self, n_steps, *, n_frames=40, progress=False):
        """Treina `n_steps` passos nesta célula e guarda um filme deles.

        Parameters
        ----------
        n_steps : int
        n_frames : int, default=40
            Instantes guardados, igualmente espaçados.
        progress : bool or str, default=False
            Mostra uma barra de progresso; um texto é o nome que aparece nela.

        Returns
        -------
        TrainingPanel
            Ele mesmo, com o filme: escreva-o na última linha da célula. Páginas estáticas mostram
            o filme como uma imagem que se mexe.
        """
        n_steps = check_int(n_steps, "n_steps")
        self.session.record(n_steps, check_int(n_frames, "n_frames"), progress)
        return self

    def save_animation(self, path):
        """Grava o filme numa página HTML que anda sem o kernel e sem a internet.

        Returns
        -------
        pathlib.Path
        """
        return self._screen.save_animation(path)

    def close(self):
        """Para o treino e desfaz o painel; o treinador continua utilizável."""
        self._finalizer()

    @property
    def snapshots(self):
        """Os instantes do filme, do passo 0 até agora: `observer.Snapshot`."""
        return list(self.session.film.snapshots)

    @property
    def alt(self):
        """O painel em palavras, para quem não o vê."""
        return self._screen.alt

    def __repr__(self):
        shape = "×".join(map(str, self.trainer.data.shape[1:]))
        return f"painel de treino: {len(self.trainer.data)} amostras de formato {shape}"

    def _repr_mimebundle_(self, **kwargs):
        data = {
            "text/plain": repr(self),
            "image/png": base64.b64encode(self._screen.still()).decode(),
        }
        if self._finalizer.alive:
            data[WIDGET_VIEW] = self.box._repr_mimebundle_()[WIDGET_VIEW]
        return data, {"image/png": {"alt": self.alt}}


_in_use = weakref.WeakKeyDictionary()
"""O painel de cada treinador, enquanto existir."""


class _Screen:
    """Os widgets. Não conhece o `TrainingPanel`, para não o segurar vivo."""

    def __init__(self, trainer, observer, scene):
        self.trainer, self.observer, self.scene = trainer, observer, scene
        self.picture = Picture(scene)
        self.closed = False
        self._reviewing = None  # o instante do filme na tela, ou nada se é o de agora
        self._build()
        self.session = Session(trainer, observer, self.publish)
        self._connect()
        self.publish(self.session)

    # Os controles.

    def _build(self):
        self.play = _button("Treinar", "play", PLAY_TOOLTIP)
        self.play.button_style = "primary"
        self.step_d = _button("Passo de D", "step-forward", "Só o discriminador dá meio passo")
        self.step_g = _button("Passo de G", "step-forward", "Só o gerador dá meio passo")
        self.step = _button("Passo completo", "forward", "Um passo completo: D e depois G")
        self.again = _button(
            "Recomeçar", "undo", "Volta ao passo 0 com a mesma semente e a receita escolhida"
        )
        self.reseed = _button("Nova semente", "random", "Volta ao passo 0 com outro sorteio")
        recipe = self.trainer.recipe
        self.speed = _menu("Velocidade", SPEEDS, FAST, "Quanto treinar entre dois quadros")
        self.loss = _menu(
            "Perda",
            [(loss.name, name) for name, loss in LOSSES.items()],
            recipe.loss,
            "O que cada rede minimiza",
        )
        self.rate_d = _numbers("Taxa de D", RATES, recipe.discriminator_lr, "Passo do Adam em D")
        self.rate_g = _numbers("Taxa de G", RATES, recipe.generator_lr, "Passo do Adam em G")
        self.d_steps = _numbers(
            "Passos de D", D_STEPS, recipe.discriminator_steps, "Passos de D para cada um de G"
        )
        self.r1 = _numbers(
            "Penalidade R1", R1_WEIGHTS, recipe.r1, "Peso da penalidade R1, que aplaina D"
        )
        self.request = None
        if self.trainer.labels is not None:
            classes = [(str(label), int(label)) for label in self.observer.classes]
            name = "Dígito pedido" if self.trainer.data.dim() == 4 else "Classe pedida"
            self.request = _menu(name, [("todos", None), *classes], None, "O que pedir ao gerador")
        # Sem tooltip: o ipywidgets 8.1 não desenha uma imagem que tenha um.
        width = round(100 * self.scene.figsize[0])
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
        menus = [self.loss, self.rate_d, self.rate_g, self.d_steps, self.r1]
        menus = [self.speed, *menus, *([] if self.request is None else [self.request])]
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

    def _connect(self):
        session = self.session
        self.play.on_click(lambda _: self._toggle())
        for button, act in (
            (self.step_d, session.explained_discriminator_step),
            (self.step_g, session.explained_generator_step),
            (self.step, session.explained_step),
        ):
            button.on_click(lambda _, act=act: self._act(act))
        self.again.on_click(lambda _: self._act(session.restart, even_after_error=True))
        self.reseed.on_click(lambda _: self._act(self._new_seed, even_after_error=True))
        self.save.on_click(lambda _: self._save())
        self.speed.observe(self._change_speed, names="value")
        for menu, field in (
            (self.loss, "loss"),
            (self.rate_d, "discriminator_lr"),
            (self.rate_g, "generator_lr"),
            (self.d_steps, "discriminator_steps"),
            (self.r1, "r1"),
        ):
            menu.observe(
                lambda change, field=field: session.submit(
                    lambda: session.change_recipe(**{field: change["new"]})
                ),
                names="value",
            )
        if self.request is not None:
            self.request.observe(self._ask, names="value")
        self.time.observe(self._scrub, names="value")

    def _toggle(self):
        self._reviewing = None
        if self.session.playing:
            self.session.pause()
        else:
            self.session.play()
        self.refresh_buttons()

    def _act(self, act, *, even_after_error=False):
        """Um botão que não é o de treinar: para o que estiver andando e faz uma coisa só."""
        if self.session.error and not even_after_error:
            return
        self._reviewing = None
        self.session.pause()
        self.session.submit(act)
        self.refresh_buttons()

    def _new_seed(self):
        self.session.restart(self.trainer.seed + 1)

    def _change_speed(self, change):
        self.session.speed = change["new"]

    def _ask(self, change):
        self._reviewing = None
        self.observer.requested = change["new"]
        self.session.submit(self.session.look_again)

    def _scrub(self, change):
        if self._following or self.session.playing:
            return
        snapshots = self.session.film.snapshots
        if not snapshots:  # o treino está recomeçando na outra linha
            return
        place = round(change["new"] / FILM_END * (len(snapshots) - 1))
        self._reviewing = None if change["new"] == FILM_END else snapshots[place]
        self.session.submit(lambda: None)

    def _save(self):
        self.session.submit(self._save_and_tell)

    def _save_and_tell(self):
        path = self.save_animation(f"treino_passo_{self.trainer.n_steps}.html")
        self.session.sentence = (
            f"<b>Animação gravada</b> em {html.escape(path.name)}, na pasta deste caderno."
        )

    # A tela.

    _following = False

    def publish(self, session):
        """Mostra o instante de agora, ou o do filme; chamado na linha que treina."""
        if self.closed:
            return
        snapshot = self._reviewing or session.snapshot
        curves = session.curves
        if self._reviewing is not None:
            curves = curves.until(snapshot.step)
        try:
            self.image.value = self.picture.png(snapshot, self._real(), curves)
        except Exception as error:  # sem quadro novo, mas com a explicação na tela
            session.fail(error)
        self.status.value = self._status(snapshot, session, curves)
        self.message.value = _message(session)
        self._follow()
        self.refresh_buttons()
        if not session.playing:
            self.spoken.value = only_spoken(self.alt)

    def _real(self):
        observer = self.observer
        real, wanted = observer.shown, observer.requested
        if wanted is not None:
            real = real[observer.shown_labels == wanted]
        elif observer.shown_labels is not None and self.trainer.data.dim() == 4:
            # Um de cada classe, na ordem em que as falsas aparecem.
            first = [np.flatnonzero(observer.shown_labels == label) for label in observer.classes]
            real = real[[places[0] for places in first if len(places)]]
        return real.numpy()

    def _status(self, snapshot, session, curves):
        parts = [f"<b>Passo {snapshot.step}</b>, semente {snapshot.seed}"]
        if self._reviewing is not None:
            parts[0] = f"Revendo o <b>passo {snapshot.step}</b>"
        losses = []
        for name, column in zip("DG", curves.losses[1:], strict=True):
            recent = column[-200:]
            if not np.isnan(recent).all():
                losses.append(f"{name} {words.decimal(np.nanmean(recent))}")
        if losses:
            parts.append("perdas: " + ", ".join(losses))
        parts.append(f"D acerta {100 * snapshot.accuracy:.0f} %")
        if snapshot.verdict:
            parts.append(snapshot.verdict)
        outside = self.scene.outside(snapshot.fake)
        if outside:
            parts.append(f"{max(100 * outside, 1):.0f} % dos falsos estão fora do quadro")
        if session.playing and session.speed != SLOW and session.steps_per_second:
            parts.append(f"{session.steps_per_second:.0f} passos por segundo")
        text = " · ".join(parts).replace(" %", "\N{NO-BREAK SPACE}%")
        return f'<p style="line-height: 1.5; margin: 0">{text}</p>'

    def _follow(self):
        """De volta ao instante de agora, o controle do filme volta ao fim."""
        if self._reviewing is None and self.time.value != FILM_END:
            self._following = True
            self.time.value = FILM_END
            self._following = False

    def refresh_buttons(self):
        """O botão de treinar diz o que fará; depois de um erro, só resta recomeçar."""
        if self.closed:
            return
        playing, stopped = self.session.playing, bool(self.session.error)
        self.play.description = "Pausar" if playing else "Treinar"
        self.play.icon = "pause" if playing else "play"
        self.play.tooltip = PAUSE_TOOLTIP if playing else PLAY_TOOLTIP
        self.time.disabled = playing
        for button in (self.play, self.step_d, self.step_g, self.step):
            button.disabled = stopped

    @property
    def alt(self):
        """O instante de agora em palavras."""
        snapshot = self.session.snapshot
        text = (
            f"Painel de treino, no passo {snapshot.step}: {self.scene.what}, com os gráficos das "
            f"perdas e das notas ao lado. O discriminador acerta {100 * snapshot.accuracy:.0f} %"
        )
        return text + (f"; {snapshot.verdict}." if snapshot.verdict else ".")

    def still(self):
        """A imagem das páginas estáticas: o filme, se houver, ou o quadro de agora."""
        snapshots = self.session.film.evenly(N_ANIMATION_FRAMES)
        if len(snapshots) < 3 or self.closed:
            return bytes(self.image.value) if not self.closed else self._last_png
        return animated_png(self._frames(snapshots))

    def save_animation(self, path):
        path = Path(path)
        snapshots = self.session.film.evenly(2 * N_ANIMATION_FRAMES)
        captions = [f"passo {snapshot.step}" for snapshot in snapshots]
        page = player(self._frames(snapshots), alt=f"Animação. {self.alt}", captions=captions)
        path.write_text(page, encoding="utf-8")
        return path

    def _frames(self, snapshots):
        picture = Picture(
            scene_for(self.trainer.data.cpu().numpy(), getattr(self.scene, "names", None)),
            dpi=ANIMATION_DPI,
        )
        curves, real = self.session.curves, self._real()
        return [
            picture.image(snapshot, real, curves.until(snapshot.step)) for snapshot in snapshots
        ]

    def close(self):
        """Para a linha que treina e fecha os widgets."""
        if self.closed:
            return
        self._last_png = bytes(self.image.value)
        self.session.close()
        self.closed = True
        for widget in _family(self.box):
            # O ipywidgets fecha um widget sem fechar o leiaute e o estilo dele.
            for part in (widget.layout, getattr(widget, "style", None), widget):
                if part is not None:
                    part.close()


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
    return _menu(description, [(words.short_number(n), n) for n in options], value, tooltip)


def _row(*children):
    return widgets.Box(
        children, layout={"flex_flow": "row wrap", "align_items": "center", "width": "100%"}
    )


def _message(session):
    """A frase do momento; um erro se destaca e é anunciado."""
    if session.error:
        style = (
            "border-left: 4px solid #D55E00; padding-left: 0.6em; margin: 0.2em 0; min-height: 3em"
        )
        return f'<p role="alert" style="line-height: 1.5; {style}">{session.error}</p>'
    text = session.sentence or "\N{NO-BREAK SPACE}"
    return f'<p role="status" style="line-height: 1.5; margin: 0.2em 0; min-height: 3em">{text}</p>'
