"""O que se vê de um treino num passo, sem mexer nele."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from gan_lessons.data import convert_float_matrix_to_int_list
from gan_lessons.losses import LOSSES
from gan_lessons.metrics import even_report, two_sample_test
from gan_lessons.running import evaluating, one_thread, uninterrupted
from gan_lessons.training import DivergenceError
from gan_lessons.training.seeds import looking_rng
from gan_lessons.validation import check_array, check_points

N_SHOWN = 300
"""Pontos reais e falsos desenhados; o discriminador é examinado nestes mesmos."""

N_JUDGED = 200
"""Pontos de cada lado que o juiz recebe: poucos, para que ele responda em centésimos."""

MIN_JUDGED = 40

N_IN_ROW = 10
"""Imagens reais na fila de cima."""

JUDGE_SEED = 2**20
"""As sementes do juiz ficam longe das que um estudante usaria para os dados do treino."""


@dataclass(frozen=True)
class Snapshot:
    """Um instante do treino: tudo de que o desenho precisa, e nada que mude depois.

    Attributes
    ----------
    step, seed : int
    fake : ndarray, float32, shape (n, …)
        O que o gerador faz de ruídos que não mudam de um instante para o outro.
    push : ndarray, shape (n, d), or None
        Menos o gradiente da perda do gerador em cada falso: para onde a perda o empurra.
    surface : ndarray, float16, shape (m,)
        D nos pontos de ``scene.probe``, a probabilidade de serem reais.
    on_real, on_fake : float
        D médio nos pontos desenhados.
    accuracy : float
        Fração desses pontos em que o discriminador acerta.
    scores : dict of str to float
        Os placares independentes, entre 0 e 1; vazio entre duas visitas do juiz.
    verdict : str
        Os mesmos placares numa frase.
    """

    step: int
    seed: int
    fake: np.ndarray
    push: np.ndarray | None
    surface: np.ndarray
    on_real: float
    on_fake: float
    accuracy: float
    scores: dict
    verdict: str


class Observer:
    """Olha um `Trainer` de fora: nenhum sorteio nem peso do treino muda.

    Parameters
    ----------
    trainer : Trainer
    scene : Scene
        Os pontos em que interessa saber o que D acha, e se os dados são números pares: aí o placar
        é uma contagem, e não um classificador.
    judge_data : callable, array_like or None
        Os pontos reais do juiz: ``judge_data(n, seed)`` devolve `n` pontos novos; uma matriz é
        um conjunto guardado; sem nada, são os próprios dados do treino.
    """

    def __init__(self, trainer, scene, *, judge_data=None):
        self.trainer, self.scene, self.even = trainer, scene, scene.even
        self.requested = None
        self._probe = torch.as_tensor(scene.probe, dtype=torch.float32)
        rng = np.random.RandomState(0)
        order = rng.permutation(len(trainer.data))[:N_SHOWN]
        self.shown = trainer.data.cpu()[order]
        self.shown_labels = None if trainer.labels is None else trainer.labels[order]
        self.begin()
        self._judge_data = judge_data if callable(judge_data) else self._subsets(judge_data)
        if not self.even:
            self.judge_points(seed=0)  # um erro aparece já, e não no meio do treino

    def begin(self):
        """Sorteia os ruídos que serão acompanhados; depois de mudar a semente."""
        rng = looking_rng(self.trainer.seed)
        self.noise = self.trainer.make_noise(N_SHOWN, rng)
        n_inputs = self.trainer.generator.latent_dim
        if self.even and self.trainer.recipe.noise == "bits" and n_inputs <= 10:
            self.noise = all_bits(n_inputs)  # são tão poucas entradas que dá para tentar todas
        self.verdict = ""

    @property
    def labels(self):
        """As classes pedidas ao gerador: uma só, ou todas em rodízio."""
        if self.trainer.labels is None:
            return None
        classes = self.classes if self.requested is None else [self.requested]
        return np.resize(classes, len(self.noise))

    @property
    def classes(self):
        """As classes dos dados, em ordem."""
        return np.unique(self.trainer.labels.numpy())

    @property
    def real(self):
        """Os reais que se desenham, da classe pedida; de imagens, só uma fila."""
        real = self.shown
        if self.requested is not None:
            real = real[self.shown_labels == self.requested]
        elif real.dim() == 4 and self.shown_labels is not None:
            # Um de cada classe, na ordem em que as falsas aparecem.
            first = [np.flatnonzero(self.shown_labels == label) for label in self.classes]
            real = real[[places[0] for places in first if len(places)]]
        return real[:N_IN_ROW].numpy() if real.dim() == 4 else real.numpy()

    def look(self, *, judge=False):
        """O `Snapshot` de agora.

        Parameters
        ----------
        judge : bool, default=False
            Chama também o juiz; sem isso, valem os placares da última visita.
        """
        trainer = self.trainer
        with (
            trainer.lock,
            uninterrupted(),
            one_thread(),
            evaluating(trainer.discriminator),
        ):
            fake = trainer.generate(self.noise, labels=self.labels)
            self._refuse(fake, "gerador")
            on_real = self._opinion(self.shown, self.shown_labels)
            on_fake, push = self._on_fakes(fake)
            self._refuse(np.r_[on_real, on_fake], "discriminador")
            scores = {}
            if self.even:
                scores, self.verdict = _even_scores(fake)
            elif judge:
                scores, self.verdict = self._judge()
            return Snapshot(
                step=trainer.n_steps,
                seed=trainer.seed,
                fake=fake,
                push=push,
                surface=self._surface().astype(np.float16),
                on_real=float(on_real.mean()),
                on_fake=float(on_fake.mean()),
                accuracy=float(np.r_[on_real > 0.5, on_fake <= 0.5].mean()),
                scores=scores,
                verdict=self.verdict,
            )

    def _refuse(self, values, network):
        if not np.isfinite(values).all():
            raise DivergenceError(network, self.trainer.n_steps, float("nan"))

    def _logits(self, points, labels):
        """Os logits de D: (n, 1). Quem chama já pôs a rede em modo de avaliação."""
        device = self.trainer.device
        condition = () if labels is None else (torch.as_tensor(labels, device=device),)
        return self.trainer.discriminator(torch.as_tensor(points, device=device), *condition)

    @torch.no_grad()
    def _opinion(self, points, labels):
        """D nos pontos dados: ndarray (n,)."""
        return torch.sigmoid(self._logits(points, labels)).flatten().cpu().numpy()

    def _surface(self):
        """D nos pontos da cena; com classes, a média de D nas que estão pedidas."""
        if not len(self._probe):
            return np.empty(0)
        if self.trainer.labels is None:
            return self._opinion(self._probe, None)
        asked = np.unique(self.labels)
        each = [self._opinion(self._probe, np.full(len(self._probe), label)) for label in asked]
        return np.mean(each, axis=0)

    def _on_fakes(self, fake):
        """D em cada falso, e para onde a perda do gerador o empurra, sem dividir pelo lote."""
        points = torch.as_tensor(fake, device=self.trainer.device).requires_grad_(True)
        logits = self._logits(points, self.labels)
        on_fake = torch.sigmoid(logits.detach()).flatten().cpu().numpy()
        if fake.ndim != 2 or self.even:
            return on_fake, None
        objective = LOSSES[self.trainer.recipe.loss]
        real_logits = None
        if objective.relative:
            with torch.no_grad():
                real = self.shown[np.arange(len(fake)) % len(self.shown)]
                real_logits = self._logits(real, self.labels)
        loss = objective.generator(real_logits, logits) * len(fake)
        (gradient,) = torch.autograd.grad(loss, points)
        return on_fake, -gradient.cpu().numpy()

    def _subsets(self, judge_data):
        """Uma função que tira pontos ao acaso de um conjunto guardado."""
        self.judges_training_data = judge_data is None
        points = self._checked(self.trainer.data if judge_data is None else judge_data)
        labels = self.trainer.labels if judge_data is None else None

        def draw(n, seed):
            chosen = np.random.RandomState(seed).permutation(len(points))[:n]
            self._drawn_labels = None if labels is None else labels[chosen]
            return points[chosen]

        return draw

    judges_training_data = False
    _drawn_labels = None

    def judge_points(self, seed):
        """Os pontos reais do juiz: `N_JUDGED`, ou os que houver."""
        try:
            points = self._judge_data(N_JUDGED, seed)
        except Exception as error:  # é código do aluno
            raise ValueError(
                "judge_data deve ser uma função (n, seed) → n pontos, mas parou com "
                f"{type(error).__name__}: {error}"
            ) from error
        return self._checked(points)

    def _checked(self, points):
        """`points` como ndarray, se são pontos como os do treino."""
        shape = tuple(self.trainer.data.shape[1:])
        points = check_array(points, "judge_data", shape=f"{('n', *shape)}")
        if points.ndim == 0 or points.shape[1:] != shape:
            raise ValueError(
                f"judge_data deve dar pontos de formato {('n', *shape)}, como os do treino, "
                f"mas deu {points.shape}."
            )
        check_points(points.reshape(len(points), math.prod(shape)), "judge_data")
        return points

    def _judge(self):
        """Um classificador novo, em pontos novos; o sorteio depende só do passo."""
        trainer = self.trainer
        seed = JUDGE_SEED + trainer.n_steps % 2**30
        real = self.judge_points(seed)
        n = len(real)
        if n < MIN_JUDGED:
            return {}, f"o juiz precisa de {MIN_JUDGED} pontos reais"
        labels = None
        if trainer.labels is not None:
            labels = self._drawn_labels
            labels = np.resize(self.classes, n) if labels is None else labels
        rng = looking_rng(seed)
        fake = trainer.generate(trainer.make_noise(n, rng), labels=labels)
        result = two_sample_test(
            real.reshape(n, -1), fake.reshape(n, -1), n_permutations=99, random_state=seed
        )
        low, high = (f"{100 * end:.0f}" for end in result.interval)
        source = "dados do treino" if self.judges_training_data else "pontos novos"
        verdict = f"o juiz acerta {100 * result.accuracy:.0f} % ({low} a {high} %; {source})"
        return {"juiz": result.accuracy}, verdict


def all_bits(n):
    """Todas as listas de `n` bits, em ordem: formato ``(2ⁿ, n)``."""
    return ((torch.arange(2**n)[:, None] >> torch.arange(n).flip(0)) & 1).float()


def _even_scores(fake):
    """A contagem exata do que o gerador faz."""
    numbers = convert_float_matrix_to_int_list(fake)
    report = even_report(numbers, max_int=2 ** fake.shape[1])
    verdict = (
        f"pares: {100 * report.even_fraction:.0f} %; "
        f"diferentes: {report.distinct} de {report.possible}"
    )
    coverage = report.distinct / report.possible
    return {"pares": report.even_fraction, "cobertura": coverage}, verdict
