"""A linha de execução que treina. Os botões só deixam pedidos; quem mexe no treino é ela.

A linha nasce com um pedido e morre quando não há o que fazer: um painel parado não tem linha
nenhuma, e nada fica para trás quando o kernel fecha.
"""

import math
import threading
import time
import traceback
from collections import deque

import numpy as np

from gan_lessons.panel.ahead import Ahead
from gan_lessons.panel.film import Film, Scores
from gan_lessons.panel.steps import Steps
from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training import DivergenceError

SLOW, FAST = "slow", "fast"
SLOW_SECONDS = 1.6
"""Tempo de ler a frase de cada meio passo na câmera lenta."""

FAST_SECONDS = 0.028
"""Treino entre dois quadros, quando se quer o máximo."""

JUDGE_SECONDS = 0.8


class Session:
    """Treina um `Trainer` noutra linha de execução e conta o que vê.

    Parameters
    ----------
    trainer : Trainer
    observer : Observer
    publish : callable
        ``publish(session)``, chamado na linha que treina, a cada quadro novo.

    Attributes
    ----------
    playing, hidden : bool
        Treinando; e com a tela fora da vista, o que suspende o treino.
    speed : "slow", "fast" or int
        Passos por quadro, ou um dos dois extremos.
    snapshot : Snapshot
        O último instante.
    event : dict, optional
        O que o último pedido fez, para a tela contar numa frase.
    error : dict, optional
        O que parou o treino: o passo, se divergiu, e a mensagem.
    film : Film
    scores : Scores
    """

    def __init__(self, trainer, observer, publish):
        self.trainer, self.observer, self.publish = trainer, observer, publish
        self.playing, self.hidden, self.speed = False, False, FAST
        self._requests = deque()
        self._wake = threading.Condition()
        self._thread = None
        self._closed = False
        self._ahead = Ahead()
        # Uma gravação no primeiro plano e a linha que treina nunca andam ao mesmo tempo.
        self._stage = threading.RLock()
        self._begin()

    def _begin(self):
        self.scores = Scores()
        self._steps = Steps(self.trainer)
        self.event = self.error = self.steps_per_second = self._last_frame = None
        self._begin_film()

    def _begin_film(self):
        self._see(judge=True)
        self.film = Film(self.snapshot)

    # O que os botões chamam, de qualquer linha de execução.

    def submit(self, request, *, even_after_error=True):
        """Deixa um pedido, uma função sem argumentos, para a linha que treina."""
        with self._wake:
            if not self._closed and (even_after_error or not self.error):
                self._requests.append(request)
                self._start()

    def play(self):
        """Treina sem parar, na velocidade escolhida."""
        with self._wake:
            if not self._closed and not self.error:
                self.playing, self.hidden = True, False
                self._start()

    def pause(self):
        """Para no fim do passo em curso."""
        with self._wake:
            was_playing, self.playing = self.playing, False
            if was_playing:
                self.submit(lambda: self._look(judge=True))

    def explain(self, network):
        """Meio passo de ``"discriminator"`` ou ``"generator"``, ou um passo de ``"both"``."""
        self._stop_and(lambda: self._explain(network), even_after_error=False)

    def restart(self, seed=None):
        """Volta ao passo 0, com a receita de agora; com outra semente, se vier."""
        self._stop_and(lambda: self._restart(seed))

    def change_recipe(self, changes):
        """Muda a receita entre dois passos."""
        self.submit(lambda: self._change_recipe(changes))

    def request(self, label):
        """Pede ao gerador só uma classe, ou todas, com `None`."""
        self.observer.requested = label
        self.submit(self._begin_film)

    def set_speed(self, speed):
        """Passos por quadro; quem sai da câmera lenta não espera o fim da frase."""
        with self._wake:
            self.speed = speed
            self._ahead = Ahead() if speed == FAST else Ahead(1)  # os que já foram não contam
            self._wake.notify_all()

    def set_hidden(self, hidden):
        """Suspende o treino enquanto ninguém o vê."""
        with self._wake:
            self.hidden, self._last_frame = hidden, None
            self._start()

    def acknowledge(self):
        """A tela desenhou o quadro que pedia resposta."""
        with self._wake:
            self._ahead.answer()
            self._wake.notify_all()

    def expect(self):
        """Um quadro vai sair; devolve se a tela deve responder quando o desenhar."""
        with self._wake:
            return self._ahead.send()

    def wait(self, seconds=60):
        """Espera os pedidos acabarem."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def close(self):
        """Para de vez; depois disso, pedidos são ignorados."""
        with self._wake:
            self._closed, self.playing = True, False
            self._requests.clear()
            self._wake.notify_all()
        self.wait(5)

    def _stop_and(self, act, **options):
        with self._wake:
            self.playing = False
            self.submit(act, **options)

    def _start(self):
        self._wake.notify_all()
        if self._thread is None:
            # Se o kernel fechar no meio, a linha fecha com ele.
            self._thread = threading.Thread(target=self._work, name="painel", daemon=True)
            self._thread.start()

    # O que a linha que treina faz.

    def _work(self):
        while True:
            with self._wake:
                if not self._requests and (not self.playing or self.hidden):
                    self._thread = None
                    return
                request = self._requests.popleft() if self._requests else self._advance
            began = time.perf_counter()
            with self._stage:
                self._survive(request)
                # Muitos cliques em fila dão um quadro só, o último.
                if not self._requests:
                    self._survive(lambda: self.publish(self))
            if request == self._advance:
                self._rest(began)

    def _survive(self, act):
        """Faz o que é código do aluno: um SystemExit aqui só mataria esta linha, em silêncio."""
        try:
            act()
        except BaseException as error:
            self.playing = False
            diverged = isinstance(error, DivergenceError)
            message = "".join(traceback.format_exception_only(error)).strip()
            step = error.step if diverged else self.trainer.n_steps
            self.error = {"step": step, "diverged": diverged, "message": message}

    def _advance(self):
        """Treina até o próximo quadro, ou até alguém pedir outra coisa."""
        speed = self.speed
        if speed == SLOW:
            self._explain(self._steps.next)
            return
        began, first = time.perf_counter(), self.trainer.n_steps
        with uninterrupted(), one_thread():
            while not self._turns_elsewhere(speed):
                self._steps.finish()
                now = time.perf_counter()
                if speed == FAST:
                    enough = now - began >= FAST_SECONDS and now >= self._ahead.until
                else:
                    enough = self.trainer.n_steps - first >= speed
                if enough:
                    break
        if not self._requests:
            self._look(judge=time.perf_counter() - self._judged > JUDGE_SECONDS)

    def _turns_elsewhere(self, speed):
        """Se quem manda quer outra coisa."""
        return self._requests or not self.playing or self.hidden or self.speed != speed

    def _rest(self, began):
        """Espera a vez do próximo quadro; um clique interrompe a espera."""
        self._measure_pace()
        speed = self.speed
        until = began + SLOW_SECONDS if speed == SLOW else 0.0
        with self._wake:
            while not self._turns_elsewhere(speed):
                # O treino rápido não espera a tela: só o quadro espera.
                awaited = self._ahead.until if speed != FAST else 0.0
                left = max(until, awaited) - time.perf_counter()
                if left <= 0:
                    break
                self._wake.wait(left)

    def _measure_pace(self):
        now, n_steps = time.perf_counter(), self.trainer.n_steps
        if self._last_frame is not None and n_steps > self._last_frame[0]:
            steps, moment = self._last_frame
            rate, old = (n_steps - steps) / (now - moment), self.steps_per_second
            self.steps_per_second = rate if old is None else 0.9 * old + 0.1 * rate
        self._last_frame = n_steps, now

    def _explain(self, network):
        before = self.snapshot
        self._steps.take(network)
        self._look(judge=True)
        _, *losses = self.trainer.history.last
        discriminator_loss, generator_loss = [None if math.isnan(x) else x for x in losses]
        moved = (self.snapshot.fake - before.fake).reshape(len(before.fake), -1)
        self.event = {
            "kind": network,
            "before": {"onReal": before.on_real, "onFake": before.on_fake},
            "moved": float(np.linalg.norm(moved, axis=1).mean()),
            "discriminatorLoss": discriminator_loss,
            "generatorLoss": generator_loss,
            "batchSize": self.trainer.recipe.batch_size,
        }

    def _restart(self, seed):
        self.trainer.restart(seed)
        self.observer.begin()
        self._begin()

    def _change_recipe(self, changes):
        self.trainer.change_recipe(**changes)
        self.event = {"kind": "recipe", "changes": changes}

    def record(self, n_steps, n_frames, progress):
        """Treina na linha de quem chama, guardando `n_frames` instantes igualmente espaçados."""
        self.pause()
        self.wait()
        first = self.trainer.n_steps
        with (
            self._stage,
            progress_bar(n_steps, progress) as bar,
            uninterrupted() as interruption,
            one_thread(),
        ):
            for done in range(1, n_steps + 1):
                self._steps.finish()
                bar.update()
                if done * n_frames // n_steps > (done - 1) * n_frames // n_steps:
                    self._look(judge=True)
                if interruption.arrived:
                    break
            if self.snapshot.step < self.trainer.n_steps:
                self._look(judge=True)
            self.event = {"kind": "recorded", "nSteps": self.trainer.n_steps - first}
            self.publish(self)

    def _look(self, *, judge):
        self._see(judge=judge)
        self.film.add(self.snapshot)

    def _see(self, *, judge):
        self.snapshot = self.observer.look(judge=judge)
        if judge:
            self._judged = time.perf_counter()
        self.scores.add(self.snapshot, self.trainer.history)
