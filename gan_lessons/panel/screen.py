"""A tela de um painel: o que cada controle pede à sessão, e o que ela mostra de volta."""

import html
from pathlib import Path

import numpy as np

from gan_lessons.panel.controls import FILM_END, Controls
from gan_lessons.panel.explorer import only_spoken
from gan_lessons.panel.film import player
from gan_lessons.panel.page import write_page
from gan_lessons.panel.picture import Picture
from gan_lessons.panel.scenes import scene_for
from gan_lessons.panel.session import SLOW, Session
from gan_lessons.plots import animation
from gan_lessons.portuguese import decimal

ANIMATION_DPI = 62
N_ANIMATION_FRAMES = 24
FRAME_SECONDS = 0.2


class Screen:
    """Um painel em movimento. Não conhece o `TrainingPanel`, para não o segurar vivo.

    Parameters
    ----------
    trainer : Trainer
    observer : Observer
    scene : Scene

    Attributes
    ----------
    session : Session
    controls : Controls
    picture : Picture
    """

    def __init__(self, trainer, observer, scene):
        self.trainer, self.observer, self.scene = trainer, observer, scene
        self.picture = Picture(scene)
        self.closed = False
        self._reviewing = None  # o instante do filme na tela, ou nada se é o de agora
        self._following = False  # o controle do filme está sendo movido daqui, e não por alguém
        classes = None if trainer.labels is None else observer.classes
        self.controls = Controls(trainer, classes, round(100 * scene.figsize[0]))
        self.session = Session(trainer, observer, self.publish)
        self._connect()
        self.publish(self.session)

    def _connect(self):
        session = self.session
        self.controls.play.on_click(lambda _: self._toggle())
        for button, act in (
            (self.controls.step_d, session.explained_discriminator_step),
            (self.controls.step_g, session.explained_generator_step),
            (self.controls.step, session.explained_step),
        ):
            button.on_click(lambda _, act=act: self._act(act))
        self.controls.again.on_click(lambda _: self._act(session.restart, even_after_error=True))
        self.controls.reseed.on_click(lambda _: self._act(self._new_seed, even_after_error=True))
        self.controls.save.on_click(lambda _: self._save())
        self.controls.speed.observe(self._change_speed, names="value")
        for field, menu in self.controls.recipe.items():
            menu.observe(
                lambda change, field=field: session.submit(
                    lambda: session.change_recipe(**{field: change["new"]})
                ),
                names="value",
            )
        if self.controls.request is not None:
            self.controls.request.observe(self._ask, names="value")
        self.controls.time.observe(self._scrub, names="value")

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
        place = round(change["new"] / FILM_END * (len(snapshots) - 1))
        self._reviewing = None if change["new"] == FILM_END else snapshots[place]
        self.session.submit(lambda: None)

    def _save(self):
        self.session.submit(self._save_and_tell)

    def _save_and_tell(self):
        path = self.save_animation(Path(f"treino_passo_{self.trainer.n_steps}.html"))
        self.session.sentence = (
            f"<b>Animação gravada</b> em {html.escape(path.name)}, na pasta deste caderno."
        )

    def publish(self, session):
        """Mostra o instante de agora, ou o do filme; chamado na linha que treina."""
        if self.closed:
            return
        snapshot = self._reviewing or session.snapshot
        curves = session.curves
        if self._reviewing is not None:
            curves = curves.until(snapshot.step)
        try:
            self.controls.image.value = self.picture.png(snapshot, self._real(), curves)
        except Exception as error:  # sem quadro novo, mas com a explicação na tela
            session.fail(error)
        self.controls.status.value = self._status(snapshot, session, curves)
        self.controls.message.value = _message(session)
        self._follow()
        self.refresh_buttons()
        if not session.playing:
            self.controls.spoken.value = only_spoken(self.alt)

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
                losses.append(f"{name} {decimal(np.nanmean(recent))}")
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
        if self._reviewing is None and self.controls.time.value != FILM_END:
            self._following = True
            self.controls.time.value = FILM_END
            self._following = False

    def refresh_buttons(self):
        """Os botões dizem o que farão."""
        if not self.closed:
            self.controls.show_state(playing=self.session.playing, stopped=bool(self.session.error))

    @property
    def alt(self):
        """O instante de agora em palavras."""
        snapshot = self.session.snapshot
        text = (
            f"Painel de treino, no passo {snapshot.step}: {self.scene.what}, com os gráficos das "
            f"perdas e dos placares ao lado. O discriminador acerta {100 * snapshot.accuracy:.0f} %"
        )
        return text + (f"; {snapshot.verdict}." if snapshot.verdict else ".")

    def still(self):
        """A imagem das páginas estáticas: o filme, se houver, ou o quadro de agora."""
        snapshots = self.session.film.evenly(N_ANIMATION_FRAMES)
        if len(snapshots) < 3 or self.closed:
            return bytes(self.controls.image.value) if not self.closed else self._last_png
        return animation(self._frames(snapshots), seconds=FRAME_SECONDS)

    def save_animation(self, path):
        """Grava o filme em `path`, um `pathlib.Path`, que nunca fica pela metade."""
        snapshots = self.session.film.evenly(2 * N_ANIMATION_FRAMES)
        captions = [f"passo {snapshot.step}" for snapshot in snapshots]
        page = player(self._frames(snapshots), alt=f"Animação. {self.alt}", captions=captions)
        return write_page(page, path)

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
        self._last_png = bytes(self.controls.image.value)
        self.session.close()
        self.closed = True
        self.controls.close()


def _message(session):
    """A frase do momento; um erro se destaca e é anunciado."""
    if session.error:
        style = (
            "border-left: 4px solid #D55E00; padding-left: 0.6em; margin: 0.2em 0; min-height: 3em"
        )
        return f'<p role="alert" style="line-height: 1.5; {style}">{session.error}</p>'
    text = session.sentence or "\N{NO-BREAK SPACE}"
    return f'<p role="status" style="line-height: 1.5; margin: 0.2em 0; min-height: 3em">{text}</p>'
