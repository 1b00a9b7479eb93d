"""Corretores do caderno ``02_espiral``."""

import numpy as np
import torch
from scipy import stats
from sklearn.preprocessing import StandardScaler

from gan_lessons.checks.answers import AnswerError, attempted, described, number
from gan_lessons.checks.exercises import exercise
from gan_lessons.data import make_spiral
from gan_lessons.portuguese import decimal


@exercise("25 passos por época, 200 épocas: 5000 passos do gerador.")
def check_number_of_steps(steps):
    """Recebe quantos passos dão 200 épocas de 1000 pontos em lotes de 40."""
    steps = number(steps)
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
    value = number(value)
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
    if isinstance(discriminator, type):
        return f"{described(discriminator)} ainda não é uma rede: crie uma, com parênteses."
    if not isinstance(discriminator, torch.nn.Module):
        return (
            "a resposta é uma rede, de uma classe que herda de nn.Module; "
            f"chegou {described(discriminator)}."
        )
    for n in (500, 300):
        real = make_spiral(n, random_state=0)
        caught = (
            _says_real(discriminator, real).mean(),
            _says_real(discriminator, real + 100).mean(),
        )
        accuracy = (caught[0] + 1 - caught[1]) / 2
        if accuracy == 0.5:
            continue
        percent = decimal(100 * accuracy, 1)
        if abs(accuracy - 0.5) < 0.1:
            return (
                f"a acurácia deu {percent} %, e não 50 %: quem sorteia só empata na média. "
                "Dê a todo ponto o mesmo logit."
            )
        return (
            f"contra falsos a 100 unidades dos reais ele ainda acerta {percent} %; "
            "ele não deve olhar para o ponto."
        )
    return None


def _says_real(discriminator, points):
    points = torch.as_tensor(points, dtype=torch.float32)
    with torch.no_grad():
        logits = attempted("a rede", discriminator, points)
    came = tuple(logits.shape) if isinstance(logits, torch.Tensor) else described(logits)
    if came != (len(points), 1) or not logits.is_floating_point():
        raise AnswerError(f"devolva um logit por ponto, um tensor (n, 1); chegou {came}.")
    if not torch.isfinite(logits).all():
        raise AnswerError("há logits não finitos: quem divergiu não empata, não responde.")
    return (logits > 0).double().numpy()


@exercise(
    "pontos novos, sorteados fora da grade e nas unidades do treino: o juiz pode começar.",
    function="n, seed",
)
def check_judge_sample(sample):
    """Recebe ``sample(n, seed) → ndarray (n, 3)``, reais novos e padronizados."""
    sample.array(30, 5, shape=(30, 3))
    points = sample.array(400, 11, shape=(400, 3))
    if np.array_equal(points, sample.array(400, 12, shape=(400, 3))):
        return "duas sementes diferentes deram os mesmos pontos; use o argumento seed."
    if not np.array_equal(points, sample.array(400, 11, shape=(400, 3))):
        return "a mesma semente deve dar sempre os mesmos pontos; sorteie a partir de seed."
    if np.allclose(points.mean(0), 0, atol=1e-5) and np.allclose(points.std(0), 1, atol=1e-5):
        return (
            "o scaler foi ajustado a estes pontos; com o do treino, já ajustado, use só transform."
        )
    x1, x2, x3 = StandardScaler().fit(make_spiral(random_state=0)).inverse_transform(points).T
    if x1.min() < -0.01 or x1.max() > 2 * np.pi + 0.01:
        return "as unidades não são as do treino: use o scaler já ajustado, com transform."
    if np.ptp(np.diff(np.sort(x1))) < 1e-4:
        return "x₁ ainda é uma grade; sorteie-o, ou peça random_positions=True."
    position = x1 * 1000 / (2 * np.pi)
    if np.allclose(position, np.round(position), atol=1e-3):
        return "esses pontos são do treino; o juiz precisa de pontos novos."
    noise = (x2 - x1 * np.cos(2 * x1)) / 0.1
    if np.abs(noise).max() > 6 or np.abs(noise - (x3 - x1 * np.exp(-x1)) / 0.01).max() > 0.05:
        return "os pontos não estão na espiral dos dados; confira as fórmulas de x₂ e de x₃."
    if stats.kstest(x1 / (2 * np.pi), "uniform").pvalue < 1e-6:
        return "x₁ deve ser sorteado por igual, de 0 a 2π."
    if stats.kstest(noise, "norm").pvalue < 1e-6:
        return "o ruído dos dados é normal, de desvio 0,1 em x₂; o seu não é."
    return None
