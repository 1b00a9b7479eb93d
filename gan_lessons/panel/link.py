"""O que vai e vem entre o treino, no kernel, e a tela, no navegador.

A tela é a de ``view/``: a mesma que, no livro, fala com um motor em JavaScript. Os pedidos chegam
com o nome do que se quer; os quadros vão em binário, e de poucos em poucos a tela diz que desenhou:
numa linha lenta há menos quadros, e nunca uma fila longa deles.
"""

import json
import math

import anywidget
import numpy as np
import traitlets

from gan_lessons.panel.page import modules
from gan_lessons.panel.plan import view_plan
from gan_lessons.panel.session import FAST, Session

N_ARROWS = 40
N_PAST = 40
"""Instantes do filme que uma tela nova recebe."""

IMAGE_BYTES = 8000
"""O que cabe, de imagens, num quadro."""


class PanelWidget(anywidget.AnyWidget):
    """A tela no caderno; o script e o plano chegam a ela por estes dois campos."""

    plan = traitlets.Unicode().tag(sync=True)


class Link:
    """Um painel em movimento. Não conhece o `TrainingPanel`, para não o segurar vivo.

    Parameters
    ----------
    trainer : Trainer
    observer : Observer

    Attributes
    ----------
    session : Session
    widget : PanelWidget
    """

    def __init__(self, trainer, observer):
        self.observer = observer
        script = modules("widget.js") + "\nexport default { render };"
        self.widget = PanelWidget(_esm=script, plan=json.dumps(view_plan(observer)))
        self.closed = False
        self._watched = False  # alguma tela já apareceu
        self._film = None  # o filme que a tela tem
        self.session = Session(trainer, observer, self.publish)
        self.widget.on_msg(self.receive)

    def receive(self, widget, content, buffers):
        """Um pedido da tela: ``type`` diz qual, e o resto são os argumentos."""
        session = self.session
        acts = {
            "ready": self._begin,
            "acknowledge": session.acknowledge,
            "play": session.play,
            "pause": session.pause,
            "explain": session.explain,
            "restart": session.restart,
            "changeRecipe": session.change_recipe,
            "setSpeed": session.set_speed,
            "setHidden": session.set_hidden,
            "request": session.request,
        }
        options = dict(content)
        acts[options.pop("type")](**options)

    def _begin(self, hidden):
        """Uma tela nova, ou a mesma numa página que se abriu de novo: recebe tudo."""
        self._watched, self._film = True, None
        self.session.set_speed(FAST)
        self.session.set_hidden(hidden)
        self.session.submit(lambda: None)

    def record(self, *arguments):
        """Grava um filme; a tela o recebe inteiro no fim."""
        self._film = None
        self.session.record(*arguments)

    def publish(self, session):
        """Mostra o instante de agora; chamado na linha que treina."""
        if self.closed or not self._watched:
            return
        if self._film is not session.film:
            self._replay(session)
        event, session.event = session.event, None
        losses = session.scores.losses
        now = {
            "event": event,
            "playing": session.playing,
            "stepsPerSecond": session.steps_per_second,
            "losses": None if math.isnan(sum(losses)) else losses,
            "asks": session.expect(),
        }
        self._send_frame(session.snapshot, kind="frame", **now)
        if session.error:
            self.widget.send({"kind": "failed", **session.error})
        if event and event["kind"] == "recipe":
            self.widget.plan = json.dumps(view_plan(self.observer))

    def _replay(self, session):
        self._film = film = session.film
        rows = [
            (*row[:4], *[*row[4].values(), math.nan, math.nan][:2]) for row in session.scores.rows
        ]
        self.widget.send({"kind": "replay"}, [_floats(rows)])
        if self.observer.trainer.labels is not None:
            self.widget.send({"kind": "real"}, [_floats(self.observer.real)])
        past = film.snapshots[:-1]
        for snapshot in past[:: -(-len(past) // N_PAST) or 1]:
            self._send_frame(snapshot, kind="past")

    def _send_frame(self, snapshot, **now):
        content, buffers = frame(snapshot, self.observer)
        self.widget.send(content | now | {"loss": self.observer.trainer.recipe.loss}, buffers)

    def close(self):
        """Para a linha que treina e fecha o widget."""
        if not self.closed:
            self.closed = True
            self.session.close()
            self.widget.layout.close()
            self.widget.close()


def frame(snapshot, observer):
    """Um instante como a tela o lê: um dicionário e três vetores.

    Parameters
    ----------
    snapshot : Snapshot
    observer : Observer

    Returns
    -------
    header, arrays : (dict, list of bytes)
        Os vetores são os falsos, os empurrões dos `N_ARROWS` primeiros e D nos pontos da cena, de
        0 a 255.
    """
    even = observer.even
    report = {"possible": 2 ** (snapshot.fake.shape[1] - 1)} if even else None
    if even:
        report["evenFraction"] = snapshot.scores["pares"]
        report["distinct"] = round(snapshot.scores["cobertura"] * report["possible"])
    content = {
        "step": snapshot.step,
        "seed": snapshot.seed,
        "onReal": snapshot.on_real,
        "onFake": snapshot.on_fake,
        "accuracy": snapshot.accuracy,
        "scores": report,
        "judge": snapshot.scores.get("juiz"),
    }
    fake = snapshot.fake
    shades = _image_bytes(fake, *observer.scene.shades) if fake.ndim == 4 else _floats(fake)
    push = _floats([] if snapshot.push is None else snapshot.push[:N_ARROWS])
    surface = np.round(255 * snapshot.surface.astype(float)).astype(np.uint8).tobytes()
    return content, [shades, push, surface]


def _image_bytes(images, low, high):
    """Tantas imagens quantas cabem num quadro, em filas inteiras de dez."""
    n_rows = max(IMAGE_BYTES // (10 * images[0].size), 1)
    shades = 255 * (images[: 10 * n_rows] - low) / ((high - low) or 1.0)
    return np.clip(np.round(shades), 0, 255).astype(np.uint8).tobytes()


def _floats(values):
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
