"""A prova final: cada questão aceita o certo escrito de vários jeitos, e não entrega a resposta."""

import math
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn import functional as F

from gan_lessons import checks
from gan_lessons.checks.exam import QUESTIONS

PATH = Path(__file__).parent.parent / "notebooks" / "99_prova_final.ipynb"


def wald(accuracy, n, z=1.96):
    margin = z * math.sqrt(accuracy * (1 - accuracy) / n)
    return accuracy - margin, accuracy + margin


def wilson(accuracy, n):
    return stats.binomtest(round(accuracy * n), n).proportion_ci(method="wilson")


def by_loop(modes, distances, std):
    found = set()
    for mode, distance in zip(modes, distances, strict=True):
        if distance <= 3 * std:
            found.add(int(mode))
    return len(found)


def by_counting(n, possible):
    rng = np.random.RandomState(0)
    draws = rng.randint(possible, size=(40_000, n))
    return np.mean([len(set(row)) for row in draws.tolist()])


def saturating(logits):
    return torch.log(1 - torch.sigmoid(logits)).mean()


EXAM = {
    checks.check_exam_optimal_discriminator: (
        [0.75, 3 / 4, 0.3 / (0.3 + 0.1), np.float32(0.75), torch.tensor([0.75])],
        [
            (0.25, "a de ser real"),
            (0.5, "iguais"),
            (3, "razão"),
            (0.3, "maximize"),
            ("0,75", "deve dar um número"),
            (math.nan, "não é um número finito"),
        ],
    ),
    checks.check_exam_divergence_apart: (
        [math.log(2), 0.6931, np.log(2), torch.tensor(2.0).log(), math.log(4) / 2],
        [
            (0, "quando as duas são iguais"),
            (1, "em bits"),
            (-math.log(4), "valor do jogo"),
            (1.386, "valor do jogo"),
            (0.5, "a média das duas"),
            (math.inf, "não é um número finito"),
        ],
    ),
    checks.check_exam_generator_loss: (
        [
            lambda logits: F.softplus(-logits).mean(),
            lambda logits: -F.logsigmoid(logits).mean(),
            lambda logits: -torch.log(torch.sigmoid(logits)).mean().item(),
            lambda logits: F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits)),
            lambda logits: np.log1p(np.exp(-logits.numpy())).mean(),
        ],
        [
            (saturating, "a que satura"),
            (lambda logits: F.softplus(logits).mean(), "parte do discriminador"),
            (lambda logits: F.logsigmoid(logits).mean(), "e o sinal"),
            (lambda logits: F.softplus(-logits).sum(), "a perda é a média"),
            (lambda logits: F.softplus(-logits), "deve dar um número"),
            (lambda logits: -logits.mean(), "não é −ln D"),
            (lambda logits: -1.0, "não é −ln D"),  # perto de um erro de sinal, e não é um
            (0.69, "a resposta é uma função de fake_logits"),
        ],
    ),
    checks.check_exam_judge_interval: (
        [
            wald,
            wilson,
            lambda accuracy, n: stats.norm.interval(
                0.95, accuracy, math.sqrt(accuracy * (1 - accuracy) / n)
            ),
            lambda accuracy, n: np.array(wald(accuracy, n, 2)),
        ],
        [
            (lambda accuracy, n: wald(accuracy, n)[::-1], "a ponta baixa vem primeiro"),
            (lambda accuracy, n: wald(accuracy, n, 1), "68 %"),
            (
                lambda accuracy, n: (accuracy, 1.96 * math.sqrt(accuracy * (1 - accuracy) / n)),
                "devolva as duas pontas",
            ),
            (lambda accuracy, n: (accuracy - 0.5, accuracy + 0.5), "raiz de n"),
            (lambda accuracy, n: wald(0.5, n), "em volta de quê"),
            (lambda accuracy, n: accuracy, "(2,)"),
        ],
    ),
    checks.check_exam_expected_distinct: (
        [
            lambda n, possible: possible * (1 - (1 - 1 / possible) ** n),
            lambda n, possible: possible - possible * ((possible - 1) / possible) ** n,
            lambda n, possible: sum((1 - 1 / possible) ** i for i in range(n)),
            by_counting,
        ],
        [
            (min, "os sorteios se repetem"),
            (lambda n, possible: possible * (1 - 1 / possible) ** n, "os que faltam"),
            (lambda n, possible: 1 - (1 - 1 / possible) ** n, "quantos são"),
            (lambda n, possible: possible / 2, "não sai em nenhum"),
            (lambda n: n, "deve receber (n, possible)"),
        ],
    ),
    checks.check_exam_more_seeds: (
        [72, 72.0, np.int64(72), 8 * 9, 71],
        [
            (24, "não cai com n"),
            (64, "quantas ao todo"),
            (14, "é ao contrário"),
            (68, "quase lá"),
            (60, "quase lá"),
            (8, "o que acontece com √n"),
            ([72], "deve dar um número"),
        ],
    ),
    checks.check_exam_captured_modes: (
        [
            by_loop,
            lambda modes, distances, std: len(np.unique(modes[distances <= 3 * std])),
            lambda modes, distances, std: len(set(modes[np.less_equal(distances, 3 * std)])),
            lambda modes, distances, std: np.count_nonzero(
                np.bincount(modes[distances <= 3 * std])
            ),
        ],
        [
            (lambda modes, distances, std: len(set(modes)), "sem nenhuma amostra perto"),
            (lambda modes, distances, std: (distances <= 3 * std).sum(), "são um só"),
            (
                lambda modes, distances, std: len(set(modes[distances <= std])),
                "parou a um desvio",
            ),
            (lambda modes, distances, std: 0, "Separe as boas"),
            (lambda modes, distances: 3, "deve receber (modes, distances, std)"),
        ],
    ),
    checks.check_exam_transposed_layers: (
        [
            [(4, 2, 1), (4, 2, 1)],
            [(2, 2, 0), (2, 2, 0)],
            ((4, 4, 0),),
            np.array([[4, 2, 1], [6, 2, 2]]),
        ],
        [
            ([(5, 2, 2), (4, 2, 0)], "tabuleiro"),
            ([(4, 2, 1)], "levam 7 a 14"),
            ([(3, 2, 1), (3, 2, 1)], "levam 7 a 25"),
            ([(4, 2)], "cada camada é uma trinca"),
            ([(1, 1, 9)], "não deixa nenhum pixel"),
            ([(4, 0, 1)], "pelo menos 1"),
            ("4, 2, 1", "lista de trincas"),
            ([(4.5, 2, 1), (4, 2, 1)], "números inteiros"),
            (np.array([[4, 2, 1], [4, 2, 1j]]), "lista de trincas"),
            (28, "lista de trincas"),
        ],
    ),
    checks.check_exam_frechet: (
        [10, 10.0, 3**2 + (2 - 1) ** 2, torch.tensor(10.0)],
        [
            (math.sqrt(10), "raiz"),
            ([1, [2, 3]], "deve dar um número"),
            (np.complex64(10 + 1j), "deve dar um número"),
            (9, "só as médias"),
            (1, "só os desvios"),
            (12, "e não as variâncias"),
            (18, "e não as variâncias"),
            (5, "some duas parcelas"),
        ],
    ),
    checks.check_exam_accusation: (
        [1 / 6, 0.1667, 99 / (99 + 495), 0.01 * 0.99 / (0.01 * 0.99 + 0.99 * 0.05)],
        [
            (16.67, "porcentagem"),
            (5 / 6, "ser verdadeira"),
            (0.99, "a pergunta é a contrária"),
            (0.95, "a pergunta é outra"),
            (0.0099, "falta dividir"),
            (0.5, "imagine 10 000 imagens"),
        ],
    ),
}

RIGHT_ANSWERS = [EXAM[check][0][0] for check, _ in QUESTIONS]


def test_a_hint_never_gives_the_answer_away():
    answers = {"optimal": "0,75", "accusation": "0,1", "more_seeds": "72", "frechet": "10"}
    for check, (_, wrong) in EXAM.items():
        for answer, _ in wrong:
            hint = check.hint_for(answer).replace("10 000", "")
            for name, value in answers.items():
                assert name not in check.__name__ or f" {value}" not in hint


def test_a_perfect_exam_is_praised(capsys):
    checks.exam_summary(RIGHT_ANSWERS)
    assert capsys.readouterr().out.startswith("✔ 10 de 10")


def test_the_summary_says_what_to_review(capsys):
    answers = list(RIGHT_ANSWERS)
    answers[1], answers[3], answers[9] = ..., (0, 1), 0.5
    checks.exam_summary(answers)
    said = capsys.readouterr().out
    assert "7 de 10 certas. Faltam: 2, 4, 10." in said
    assert "Para rever: Teoria; A espiral; Julgar imagens." in said


@pytest.mark.parametrize("answers", [None, [1, 2], "prova"])
def test_a_summary_without_ten_answers_asks_for_them(answers, capsys):
    checks.exam_summary(answers)
    assert "passe as 10 respostas" in capsys.readouterr().out


def test_the_notebook_asks_every_question_once_in_order():
    cells = nbformat.read(PATH, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    places = [code.index(f"checks.{check.__name__}(") for check, _ in QUESTIONS]
    assert places == sorted(places)
    assert all(code.count(check.__name__) == 1 for check, _ in QUESTIONS)
    assert "exam_summary(" in code
    assert not any("solution" in cell.metadata.get("tags", []) for cell in cells)
