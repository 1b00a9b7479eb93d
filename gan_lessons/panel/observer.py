"""O que se vê de um treino num passo, sem mexer nele."""

from dataclasses import dataclass

import numpy as np
import torch

from gan_lessons.data import convert_float_matrix_to_int_list
from gan_lessons.losses import LOSSES
from gan_lessons.metrics import discriminator_probabilities, even_report, two_sample_test
from gan_lessons.running import one_thread, uninterrupted
from gan_lessons.training import DivergenceError
from gan_lessons.validation import check_points

N_SHOWN = 300
"""Pontos reais e falsos desenhados; o discriminador é examinado nestes mesmos."""

N_JUDGED = 200
"""Pontos de cada lado que o juiz recebe: poucos, para que ele responda em centésimos."""

MIN_JUDGED = 40

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
        D nos pontos de ``scene.probe``.
    on_real, on_fake : float
        D médio nos pontos desenhados.
    accuracy : float
        Fração desses pontos em que o discriminador acerta.
    scores : dict of str to float
        As notas independentes, entre 0 e 1; vazio entre duas visitas do juiz.
    verdict : str
        As mesmas notas numa frase.
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
    probe : ndarray, shape (m, …)
        Pontos em que interessa saber o que D acha.
    judge_data : callable, array_like or None
        Os pontos reais do juiz: ``judge_data(n, seed)`` devolve `n` pontos novos; uma matriz é
        um conjunto guardado; sem nada, são os próprios dados do treino.
    even : bool
        Os dados são números pares em bits: a nota é uma contagem, e não um classificador.
    """

    def __init__(self, trainer, probe, *, judge_data=None, even=False):
        self.trainer = trainer
        self.even = even
        self.requested = None
        self._probe = torch.as_tensor(probe, dtype=torch.float32)
        rng = np.random.RandomState(0)
        order = rng.permutation(len(trainer.data))[:N_SHOWN]
        self.shown = trainer.data.cpu()[order]
        self.shown_labels = None if trainer.labels is None else trainer.labels[order]
        self.begin()
        self._judge_data = judge_data if callable(judge_data) else self._subsets(judge_data)
        if not even:
            self._check_judge_data()

    def begin(self):
        """Sorteia os ruídos que serão acompanhados; depois de mudar a semente."""
        rng = torch.Generator().manual_seed(self.trainer.seed + 2**33)
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

    def look(self, *, judge=False):
        """O `Snapshot` de agora.

        Parameters
        ----------
        judge : bool, default=False
            Chama também o juiz; sem isso, valem as notas da última visita.
        """
        trainer = self.trainer
        with trainer.lock, uninterrupted(), one_thread():
            labels = self.labels
            fake = trainer.generate(self.noise, labels=labels)
            if not np.isfinite(fake).all():
                raise DivergenceError("gerador", trainer.n_steps, float("nan"))
            on_real = self._probabilities(self.shown, self.shown_labels)
            on_fake = self._probabilities(fake, labels)
            surface = np.empty(0)
            if len(self._probe):
                surface = self._probabilities(self._probe, None)
            push = self._push(fake) if fake.ndim == 2 and not self.even else None
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
                surface=surface.astype(np.float16),
                on_real=float(on_real.mean()),
                on_fake=float(on_fake.mean()),
                accuracy=float(np.r_[on_real > 0.5, on_fake <= 0.5].mean()),
                scores=scores,
                verdict=self.verdict,
            )

    def _discriminator(self, labels):
        if labels is None:
            return self.trainer.discriminator
        labels = torch.as_tensor(labels, device=self.trainer.device)
        return lambda points: self.trainer.discriminator(points, labels)

    def _probabilities(self, points, labels):
        network = self.trainer.discriminator
        if labels is None:
            return discriminator_probabilities(network, points)
        was_training = network.training
        network.eval()
        with torch.no_grad():
            points = torch.as_tensor(np.asarray(points), device=self.trainer.device)
            logits = self._discriminator(labels)(points)
        network.train(was_training)
        return torch.sigmoid(logits).flatten().cpu().numpy()

    def _push(self, fake):
        """Menos o gradiente da perda do gerador em cada falso, sem dividir pelo lote."""
        network = self.trainer.discriminator
        was_training = network.training
        network.eval()
        points = torch.as_tensor(fake, device=self.trainer.device).requires_grad_(True)
        objective = LOSSES[self.trainer.recipe.loss]
        discriminate = self._discriminator(self.labels)
        real_logits = None
        if objective.relative:
            with torch.no_grad():
                real = self.shown[np.arange(len(fake)) % len(self.shown)].to(self.trainer.device)
                real_logits = discriminate(real)
        loss = objective.generator(real_logits, discriminate(points)) * len(fake)
        (gradient,) = torch.autograd.grad(loss, points)
        network.train(was_training)
        return -gradient.cpu().numpy()

    def _subsets(self, judge_data):
        """Uma função que tira pontos ao acaso de um conjunto guardado."""
        self.judges_training_data = judge_data is None
        points = self.trainer.data.cpu().numpy() if judge_data is None else np.asarray(judge_data)
        labels = self.trainer.labels if judge_data is None else None

        def draw(n, seed):
            chosen = np.random.RandomState(seed).permutation(len(points))[:n]
            self._drawn_labels = None if labels is None else labels[chosen]
            return points[chosen]

        return draw

    judges_training_data = False
    _drawn_labels = None

    def _check_judge_data(self):
        """Um erro aqui aparece na criação do painel, e não no meio do treino."""
        points = np.asarray(self._judge_data(N_JUDGED, 0))
        shape = tuple(self.trainer.data.shape[1:])
        if points.shape[1:] != shape:
            raise ValueError(
                f"judge_data deve dar pontos de formato {('n', *shape)}, como os do treino, "
                f"mas deu {points.shape}."
            )
        check_points(points.reshape(len(points), -1), "judge_data")

    def _judge(self):
        """Um classificador novo, em pontos novos; o sorteio depende só do passo."""
        trainer = self.trainer
        seed = JUDGE_SEED + trainer.n_steps % 2**30
        real = np.asarray(self._judge_data(N_JUDGED, seed))
        n = len(real)
        if n < MIN_JUDGED:
            return {}, f"o juiz precisa de {MIN_JUDGED} pontos reais"
        labels = None
        if trainer.labels is not None:
            labels = self._drawn_labels
            labels = np.resize(self.classes, n) if labels is None else labels
        rng = torch.Generator().manual_seed(seed + 2**34)
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
