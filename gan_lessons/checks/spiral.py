"""Corretores do caderno ``02_espiral``."""

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from gan_lessons.checks.exercises import exercise
from gan_lessons.data import make_spiral
from gan_lessons.metrics import discriminator_report


@exercise("25 passos por época, 200 épocas: 5000 passos do gerador.")
def check_number_of_steps(steps):
    """Recebe quantos passos dão 200 épocas de 1000 pontos em lotes de 40."""
    steps = float(steps)
    if steps == 5000:
        return None
    if steps == 25:
        return "isso é uma época só; faltam as outras."
    if steps == 8000:
        return "8000 é 40 × 200: 40 é o tamanho do lote, e não quantos lotes há numa época."
    return "conte primeiro quantos lotes de 40 cabem em 1000 pontos."


@exercise("−ln 0,9 − ln 0,8 ≈ 0,329: bem menos que ln 4, porque este discriminador acerta.")
def check_discriminator_loss(value):
    """Recebe o valor da perda de D quando D(real) = 0,9 e D(falso) = 0,2."""
    expected = -np.log(0.9) - np.log(0.8)
    value = float(value)
    if np.isclose(value, expected, atol=0.002):
        return None
    if np.isclose(value, -expected, atol=0.002):
        return "o tamanho está certo, mas a perda é positiva: confira o sinal."
    if np.isclose(value, -np.log(0.9) - np.log(0.2), atol=0.002):
        return "no falso, o que conta é a probabilidade de ser falso: 1 − D."
    if np.isclose(value, expected / 2, atol=0.002):
        return "some as duas partes, a do real e a do falso, sem tirar a média delas."
    return "a perda é −ln D(real) − ln(1 − D(falso)), com logaritmo natural."


@exercise("50 % de acurácia contra falsos péssimos: um discriminador fraco também empata.")
def check_weak_discriminator(discriminator):
    """Recebe um `nn.Module` que empata mesmo contra falsos absurdos."""
    if not isinstance(discriminator, torch.nn.Module):
        return "a resposta é um objeto da sua classe, por exemplo Indeciso()."
    real = make_spiral(500, random_state=0)
    absurd = real + 100
    logits = discriminator(torch.as_tensor(real, dtype=torch.float32))
    if tuple(logits.shape) != (500, 1):
        return f"devolva um logit por ponto, formato (n, 1); chegou {tuple(logits.shape)}."
    accuracy = discriminator_report(discriminator, real, absurd).accuracy
    if accuracy != 0.5:
        return (
            f"contra falsos a 100 unidades dos reais ele ainda acerta {accuracy:.0%}; "
            "ele não deve olhar para o ponto."
        )
    return None


@exercise("pontos novos, sorteados fora da grade e nas unidades do treino: o juiz pode começar.")
def check_judge_sample(sample):
    """Recebe ``sample(n, seed) → ndarray (n, 3)``, reais novos e padronizados."""
    training = make_spiral(random_state=0)
    scaler = StandardScaler().fit(training)
    points = sample(400, 11)
    if points is None:
        return "a função ainda não devolve nada; termine com return."
    points = np.asarray(points)
    if points.shape != (400, 3):
        return f"devolva n pontos de 3 coordenadas, (n, 3); chegou {points.shape}."
    if np.array_equal(points, np.asarray(sample(400, 12))):
        return "duas sementes diferentes deram os mesmos pontos; use o argumento seed."
    original = scaler.inverse_transform(points)
    if original[:, 0].min() < -0.1 or original[:, 0].max() > 2 * np.pi + 0.1:
        return "as unidades não são as do treino: use o scaler já ajustado, com transform."
    steps = np.diff(np.sort(original[:, 0]))
    if np.allclose(steps, steps[0], atol=1e-6):
        return "x₁ ainda é uma grade; peça random_positions=True."
    expected = make_spiral(400, random_positions=True, random_state=11)
    if not np.allclose(original, expected, atol=1e-6):
        return "os pontos não são os de make_spiral com esta semente; confira os argumentos."
    return None
