"""Os corretores do caderno ``01_teoria``."""

import numpy as np

from gan_lessons.checks.answers import array, rounded, words
from gan_lessons.checks.exercises import exercise
from gan_lessons.metrics import two_sample_test
from gan_lessons.portuguese import decimal

MYTHS = (
    *("mito", "mito", "verdade", "mito", "verdade"),
    *("mito", "verdade", "mito", "verdade", "verdade"),
)
"""Cinco de cada: quem responde sempre o mesmo não passa da metade."""

_PAIRS = ((0.4, 0.4), (0.4, 0.1), (0.1, 0.3), (0.0, 0.2))
_P, _Q = np.transpose(_PAIRS)
_D = np.array([0.001, 0.2, 0.5, 0.9])
_RATES = np.array([0.04, 0.2, 1.0])
_GRID = 0.011
"""Quem procurar o melhor D numa grade de um em um centésimo também acertou."""


@exercise(
    "com dois falsos para cada real, D* = p / (p + 2q): D* responde também à proporção.",
    function="p, q",
)
def check_unbalanced_discriminator(function):
    """A função ``(p, q) → D*`` quando o lote traz dois falsos para cada real."""
    answer = np.array([function.number(*pair) for pair in _PAIRS])
    if np.allclose(answer, _P / (_P + 2 * _Q), atol=_GRID):
        return None
    if np.allclose(answer, _P / (_P + _Q), atol=_GRID):
        return "esse é o D* de lotes meio a meio; o que muda na conta se cada q conta em dobro?"
    if np.allclose(answer, 2 * _P / (2 * _P + _Q), atol=_GRID):
        return "aí os reais é que contam em dobro; são os falsos."
    if np.any((answer < 0) | (answer > 1)):
        return "D* é uma probabilidade, entre 0 e 1; a sua resposta sai desse intervalo."
    return (
        f"com p = 0,4 e q = 0,1 a sua função deu {rounded(answer[1])}; "
        "derive p ln D + 2q ln(1 − D) e iguale a zero."
    )


@exercise(
    "a razão é (1 − D)/D: quanto melhor a perita, mais a perda não saturante socorre.",
    function="D",
)
def check_slope_ratio(function):
    """A função ``D → (inclinação não saturante) / (inclinação saturante)``, no logit."""
    answer = np.array([function.number(output) for output in _D.tolist()])
    expected = (1 - _D) / _D
    if np.allclose(answer, expected, rtol=1e-3):
        return None
    if np.allclose(answer, 1 / expected, rtol=1e-3):
        return "a razão está invertida: a não saturante vai em cima."
    if np.allclose(answer, -expected, rtol=1e-3):
        return "as duas inclinações são negativas; a razão entre elas é positiva."
    return "as inclinações no logit são −(1 − D) e −D; divida a primeira pela segunda."


@exercise("basta r1 > taxa/4: quanto maior a taxa, mais freio é preciso.", function="taxa")
def check_minimum_r1(function):
    """A função ``taxa → menor r1`` que não deixa a Dirac-GAN fugir."""
    answer = np.array([function.number(rate) for rate in _RATES.tolist()])
    if np.allclose(answer, _RATES / 4, rtol=0.01):
        return None
    if np.allclose(answer, _RATES / 2, rtol=0.01):
        return "o módulo ao quadrado é 1 − taxa·r1 + taxa²/4; iguale-o a 1 e isole r1."
    if np.allclose(answer, answer[0]):
        return "a resposta depende da taxa; a sua é sempre a mesma."
    return (
        f"para a taxa 0,2 a sua função deu {rounded(answer[1])}; "
        "com ela, o módulo dos autovalores não é 1."
    )


@exercise("cada entrada carimba o núcleo, e onde os carimbos se cobrem os valores se somam.")
def check_transposed_convolution(answer):
    """A saída da convolução transposta de [2, 0, 3] com o núcleo [1, 2, 1] e salto 2."""
    answer = array(answer, "a resposta", (-1,))
    if np.array_equal(answer, [2, 4, 2, 0, 3, 6, 3]):
        return None
    if np.array_equal(answer, [2, 4, 2, 0, 0, 0, 3, 6, 3]):
        return "os carimbos não ficam em fila: com salto 2 e núcleo 3, vizinhos se cobrem em 1."
    if np.array_equal(answer, [2, 4, 5, 6, 3]):
        return "esse é o salto 1; com salto 2, cada carimbo começa duas posições depois do outro."
    if len(answer) != 7:
        return f"a saída tem (3 − 1) · 2 + 3 = 7 números, e a sua tem {len(answer)}."
    return "carimbe 2·[1, 2, 1] na posição 0, 0·[1, 2, 1] na 2, 3·[1, 2, 1] na 4, e some."


@exercise("a reta acha que está tudo bem, e o juiz não: 50 % de um exame fraco não diz nada.")
def check_fools_the_line(fakes):
    """500 falsos que uma reta não separa de N(0, 1), mas um juiz de 5 vizinhos separa."""
    shape = np.shape(fakes)
    fakes = array(fakes, "a resposta", (500, 1) if len(shape) == 2 else (500,)).reshape(500, 1)
    real = np.random.RandomState(0).normal(size=(500, 1))
    options = {"n_permutations": 19, "random_state": 0}
    line = two_sample_test(real, fakes, classifier="logistic", **options).accuracy
    judge = two_sample_test(real, fakes, **options).accuracy
    if line > 0.57:
        return (
            f"a reta ainda acerta {decimal(100 * line, 0)} %: deixe metade dos falsos de cada lado "
            "do zero."
        )
    if judge < 0.7:
        return (
            f"o juiz só acerta {decimal(100 * judge, 0)} %: os falsos estão bons demais. "
            "Mude a forma deles."
        )
    return None


@exercise("dez em dez! Guarde as contas: elas respondem melhor que a memória.")
def check_myths(guesses):
    """Dez palpites, "mito" ou "verdade", na ordem da galeria."""
    guesses = [guess.strip().lower() for guess in words(guesses, "a resposta")]
    if len(guesses) != len(MYTHS) or not set(guesses) <= {"mito", "verdade"}:
        return f'escreva {len(MYTHS)} palpites, cada um "mito" ou "verdade", na ordem da galeria.'
    wrong = [
        str(i) for i, pair in enumerate(zip(guesses, MYTHS, strict=True), 1) if len(set(pair)) > 1
    ]
    if not wrong:
        return None
    return (
        f"{len(MYTHS) - len(wrong)} de {len(MYTHS)}. Volte às frases {', '.join(wrong)}: "
        "o que a conta mostrou que você não esperava?"
    )
