"""A linha de execução que treina. Os botões só deixam pedidos; quem mexe no treino é ela.

A linha nasce com um pedido e morre quando não há o que fazer: um painel parado não tem linha
nenhuma, e nada fica para trás quando o kernel fecha.
"""

import threading
import time
from collections import deque

import numpy as np

from gan_lessons.panel import words
from gan_lessons.panel.film import Film
from gan_lessons.panel.picture import Curves
from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training import DivergenceError

SLOW, FAST = "slow", "fast"
SLOW_SECONDS = 1.6
"""Tempo de ler a frase de cada meio passo na câmera lenta."""

FAST_SECONDS = 0.11
"""Treino entre dois quadros, quando se quer o máximo: sobram uns seis quadros por segundo."""

SHORTEST_FRAME = 0.1
"""Com poucos passos por quadro, é o navegador quem não acompanha mais que isto."""

JUDGE_SECONDS = 0.8
N_SCORES = 400


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
    playing : bool
    speed : "slow", "fast" or int
        Passos por quadro, ou um dos dois extremos.
    snapshot : Snapshot
        O último instante.
    sentence : str
        O que o último pedido fez, em HTML.
    error : str
        O que parou o treino, em HTML, ou nada.
    film : Film
    """

    def __init__(self, trainer, observer, publish):
        self.trainer, self.observer, self.publish = trainer, observer, publish
        self.playing, self.speed = False, FAST
        self.film = Film()
        self._requests = deque()
        self._wake = threading.Condition()
        self._thread = None
        self._closed = False
        # Uma gravação no primeiro plano e a linha que treina nunca andam ao mesmo tempo.
        self._stage = threading.RLock()
        self._begin()

    def _begin(self):
        self.film.begin()
        self._scores, self._score_stride, self._n_looks = [], 1, 0
        self._half_steps = 0  # meios passos de D já dados no passo em curso
        self._judged = -np.inf
        self.error, self.sentence, self.steps_per_second = "", "", None
        self._look(judge=True)

    # O que os botões chamam, de qualquer linha de execução.

    def submit(self, request):
        """Deixa um pedido, uma função sem argumentos, para a linha que treina."""
        with self._wake:
            if self._closed:
                return
            self._requests.append(request)
            self._start()

    def play(self):
        """Treina sem parar, na velocidade escolhida."""
        with self._wake:
            if not self._closed and not self.error:
                self.playing = True
                self._start()

    def pause(self):
        """Para no fim do passo em curso."""
        with self._wake:
            self.playing = False
            self._wake.notify_all()

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
                if not self._requests and not self.playing:
                    self._thread = None
                    return
                request = self._requests.popleft() if self._requests else self._advance
                more = bool(self._requests)
            began = time.perf_counter()
            with self._stage:
                try:
                    request()
                except Exception as error:  # o treino é código do aluno
                    self.fail(error)
                # Muitos cliques em fila dão um quadro só, o último.
                if not more:
                    self.publish(self)
            if request == self._advance:
                self._rest(began)

    def fail(self, error):
        """Para, e guarda o que o erro quer dizer."""
        self.playing = False
        diverged = isinstance(error, DivergenceError)
        self.error = words.divergence(error) if diverged else words.failure(error)

    def _advance(self):
        """Treina até o próximo quadro, ou até alguém pedir outra coisa."""
        if self.speed == SLOW:
            self._explained_half_step()
            return
        began, first = time.perf_counter(), self.trainer.n_steps
        with uninterrupted(), one_thread():
            while True:
                self._finish_step()
                done = self.trainer.n_steps - first
                seconds = time.perf_counter() - began
                enough = seconds >= FAST_SECONDS if self.speed == FAST else done >= self.speed
                if enough or self._requests or not self.playing or self.speed == SLOW:
                    break
        self.sentence = ""
        self._look(judge=time.perf_counter() - self._judged > JUDGE_SECONDS or not self.playing)

    def _rest(self, began):
        """Espera a vez do próximo quadro; um clique interrompe a espera."""
        if self.speed == SLOW:
            seconds = SLOW_SECONDS
        else:
            now = time.perf_counter()
            n_steps = self.trainer.n_steps
            if self._last_frame is not None:
                steps, moment = self._last_frame
                if n_steps > steps:
                    rate = (n_steps - steps) / (now - moment)
                    old = self.steps_per_second
                    self.steps_per_second = rate if old is None else 0.8 * old + 0.2 * rate
            self._last_frame = (n_steps, now)
            seconds = SHORTEST_FRAME - (now - began)
        with self._wake:
            # Sem isto, quem espera pela tranca só a teria por acaso.
            self._wake.wait_for(lambda: self._requests or not self.playing, max(seconds, 0.001))

    _last_frame = None

    def _finish_step(self):
        """Um passo completo, ou o resto do que a câmera lenta deixou pela metade."""
        if not self._half_steps:
            self.trainer.step()
            return
        while self._half_steps < self.trainer.recipe.discriminator_steps:
            self.step_discriminator()
        self.step_generator()

    def step_discriminator(self):
        """Meio passo: só o discriminador."""
        self.trainer.step_discriminator()
        self._half_steps += 1

    def step_generator(self):
        """Meio passo: só o gerador."""
        self.trainer.step_generator()
        self._half_steps = 0

    def explained_discriminator_step(self):
        """Meio passo do discriminador, contado numa frase."""
        before = self.snapshot
        self.step_discriminator()
        self._look(judge=True)
        loss = self.trainer.history.columns[1][-1]
        self.sentence = words.discriminator_step(
            before, self.snapshot, loss, self.trainer.recipe.batch_size
        )

    def explained_generator_step(self):
        """Meio passo do gerador, contado numa frase."""
        before = self.snapshot
        self.step_generator()
        self._look(judge=True)
        loss = self.trainer.history.columns[2][-1]
        self.sentence = words.generator_step(before, self.snapshot, loss)

    def explained_step(self):
        """Um passo completo, contado numa frase."""
        before = self.snapshot
        self._finish_step()
        self._look(judge=True)
        _, d_losses, g_losses = self.trainer.history.columns
        self.sentence = words.whole_step(before, self.snapshot, d_losses[-1], g_losses[-1])

    def _explained_half_step(self):
        if self._half_steps < self.trainer.recipe.discriminator_steps:
            self.explained_discriminator_step()
        else:
            self.explained_generator_step()

    def restart(self, seed=None):
        """Volta ao passo 0, com a receita de agora; com outra semente, se vier."""
        self.playing = False
        self._last_frame = None
        self.trainer.restart(seed)
        self.observer.begin()
        self._begin()

    def change_recipe(self, **changes):
        """Muda a receita entre dois passos."""
        self.trainer.change_recipe(**changes)
        self.sentence = words.recipe_change(changes)

    def look_again(self):
        """Um instante novo do mesmo passo: mudou o que se pede para ver."""
        self.film.begin()
        self._look(judge=True)

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
                self._finish_step()
                bar.update()
                if done * n_frames // n_steps > (done - 1) * n_frames // n_steps:
                    self._look(judge=True)
                if interruption.arrived:
                    break
            if self.snapshot.step < self.trainer.n_steps:
                self._look(judge=True)
            self.sentence = words.recorded(self.trainer.n_steps - first)
            self.publish(self)

    def _look(self, *, judge):
        self.snapshot = self.observer.look(judge=judge)
        if judge:
            self._judged = time.perf_counter()
        self._keep_scores()
        self.film.add(self.snapshot)

    def _keep_scores(self):
        """Guarda as notas de agora; num treino longo, cada vez mais espaçadas."""
        self._n_looks += 1
        snapshot = self.snapshot
        if self._scores and self._scores[-1][0] == snapshot.step:
            scores = snapshot.scores or self._scores[-1][2]
            self._scores[-1] = (snapshot.step, snapshot.accuracy, scores)
        elif snapshot.scores or self._n_looks % self._score_stride == 0:
            self._scores.append((snapshot.step, snapshot.accuracy, snapshot.scores))
        if len(self._scores) > N_SCORES:
            self._score_stride *= 2
            self._scores = self._scores[::2]

    @property
    def curves(self):
        """As curvas até agora."""
        return Curves(self.trainer.history.columns, list(self._scores), self.trainer.recipe.loss)
