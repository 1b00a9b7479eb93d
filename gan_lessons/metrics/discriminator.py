"""O relatório que o discriminador faz de si mesmo."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import classification_report, confusion_matrix

from gan_lessons.portuguese import decimal
from gan_lessons.running import evaluating
from gan_lessons.validation import check_array, check_module, check_pair


@dataclass(frozen=True)
class DiscriminatorReport:
    """Resultado de `discriminator_report`.

    Attributes
    ----------
    confusion : pandas.DataFrame, 2 × 2
        Linhas: o que o ponto é; colunas: o que o discriminador diz.
    accuracy : float
    mean_real, std_real, mean_fake, std_fake : float
        Média e desvio de D (a probabilidade de ser real) nos dois conjuntos.
    classification_report : str
        O relatório do scikit-learn.
    """

    confusion: pd.DataFrame
    accuracy: float
    mean_real: float
    std_real: float
    mean_fake: float
    std_fake: float
    classification_report: str

    def __str__(self):
        return (
            f"discriminador: acurácia {decimal(self.accuracy, 3)}; D nos reais "
            f"{decimal(self.mean_real, 3)} ± {decimal(self.std_real, 3)}, nos falsos "
            f"{decimal(self.mean_fake, 3)} ± {decimal(self.std_fake, 3)}"
        )


def discriminator_probabilities(discriminator, points):
    """D(x), a probabilidade de ser real que o discriminador dá a cada ponto: float32, ``(n,)``.

    O discriminador leva pontos ``(n, …)`` a logits ``(n, 1)``; é usado em modo de avaliação, e
    volta a ser como estava. NaN, de um treino que divergiu, não é um logit, e é um `ValueError`.
    Cadernos: ``01_teoria`` e ``02_espiral``.
    """
    return _probabilities(discriminator, points, "points")


def discriminator_report(discriminator, real, fake):
    """O que o discriminador acha dos pontos: o exame que ele faz do próprio jogo.

    Acurácia de 50 % aqui **não** prova que os falsos são bons: um discriminador fraco dá o mesmo
    resultado. A prova é `two_sample_test`. Caderno: ``02_espiral``.

    Parameters
    ----------
    discriminator : torch.nn.Module
        ``(n, d) → (n, 1)`` logits.
    real, fake : array_like, shape (n, d), (m, d)
    """
    real, fake = check_pair(real, fake)
    on_real = _probabilities(discriminator, real, "real")
    on_fake = _probabilities(discriminator, fake, "fake")
    truth = np.r_[np.ones(len(real), dtype=int), np.zeros(len(fake), dtype=int)]
    answer = (np.r_[on_real, on_fake] > 0.5).astype(int)
    names = ["real", "falso"]
    confusion = pd.DataFrame(
        confusion_matrix(truth, answer, labels=[1, 0]),
        index=pd.Index(names, name="o que o ponto é"),
        columns=pd.Index(names, name="o que D diz"),
    )
    text = classification_report(
        truth, answer, labels=[1, 0], target_names=names, zero_division=0.0
    )
    return DiscriminatorReport(
        confusion=confusion,
        accuracy=float(np.mean(truth == answer)),
        mean_real=float(on_real.mean()),
        std_real=float(on_real.std()),
        mean_fake=float(on_fake.mean()),
        std_fake=float(on_fake.std()),
        classification_report=text,
    )


def _probabilities(discriminator, points, name):
    check_module(discriminator, "discriminator")
    points = check_array(points, name, shape="(n, …)")
    if not points.ndim:
        raise ValueError(f"{name} deve ter pontos (n, …), mas chegou um número só: {points}.")
    parameter = next(discriminator.parameters(), torch.empty(0))
    inputs = torch.as_tensor(points, dtype=torch.float32, device=parameter.device)
    with torch.no_grad(), evaluating(discriminator):
        try:
            logits = discriminator(inputs)
        except Exception as error:
            raise ValueError(
                f"discriminator não aceita {name} de formato {points.shape}: {error}"
            ) from error
    if not isinstance(logits, torch.Tensor) or logits.shape != (len(points), 1):
        got = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise ValueError(
            f"discriminator deve dar um logit a cada um de {name}, de formato {points.shape}, "
            f"mas deu {got}."
        )
    probabilities = torch.sigmoid(logits.float()).flatten().cpu().numpy()
    if np.isnan(probabilities).any():
        raise ValueError(
            f"discriminator deve dar números, mas deu NaN a alguns de {name}: o treino divergiu, "
            "ou os pontos são grandes demais para float32."
        )
    return probabilities
