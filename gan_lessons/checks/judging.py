"""Corretores do caderno ``07_julgar_imagens``."""

import numpy as np

from gan_lessons.checks.answers import array, rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.experiments.mnist import split_mnist
from gan_lessons.metrics import copy_test, two_sample_test
from gan_lessons.portuguese import decimal, short_number

# Média e desvio de um lado, média e desvio do outro.
_GAUSSIANS = [(-1.0, 0.5, 2.0, 3.0), (1.0, 2.0, 1.0, 5.0), (0.0, 1.0, 3.0, 1.0)]
# Amostras e distância, com poucas e com muitas.
_CURVES = [(100, 2.0, 200, 1.5), (250, 9.0, 1000, 3.0), (500, 4.0, 2000, 3.7)]
_RATES = [(0.01, 0.9, 0.95), (0.5, 0.95, 0.95), (0.02, 0.8, 0.99), (0.1, 1.0, 0.9)]
_HONEST = [0.4, 0.25, 0.48, 0.1]


@exercise(
    "em uma dimensão, a distância de Fréchet são dois quadrados: o das médias e o dos desvios.",
    function="mean_a, std_a, mean_b, std_b",
)
def check_frechet_line(function):
    """A função ``(média, desvio, média, desvio) → distância`` entre duas gaussianas na reta."""
    for mean_a, std_a, mean_b, std_b in _GAUSSIANS:
        got = function.number(mean_a, std_a, mean_b, std_b)
        means, stds = (mean_a - mean_b) ** 2, (std_a - std_b) ** 2
        if np.isclose(got, means + stds, rtol=1e-3):
            continue
        values = map(short_number, (mean_a, std_a, mean_b, std_b))
        case = "com médias e desvios {}, {} e {}, {} deu {}".format(*values, rounded(got))
        if np.isclose(got, np.sqrt(means + stds)):
            return f"{case}: a FID não leva a raiz; é o quadrado da distância."
        if np.isclose(got, means + std_a**2 + std_b**2):
            return f"{case}: falta descontar o que os dois desvios têm em comum, 2·σ_a·σ_b."
        if np.isclose(got, means + (std_a**2 - std_b**2) ** 2):
            return f"{case}: compare os desvios, e não as variâncias."
        if np.isclose(got, means):
            return f"{case}: faltam os desvios; duas gaussianas de mesma média podem diferir."
        return f"{case}; na reta, Σ é o desvio ao quadrado, e a raiz de Σ_a·Σ_b é σ_a·σ_b."
    return None


@exercise(
    "o que não some quando n cresce é da GAN; o que some era da amostra.",
    function="few, distance_few, many, distance_many",
)
def check_extrapolation(function):
    """A função ``(n, distância, n, distância) → distância`` com infinitas amostras."""
    for few, distance_few, many, distance_many in _CURVES:
        got = function.number(few, distance_few, many, distance_many)
        slope = (distance_few - distance_many) / (1 / few - 1 / many)
        if np.isclose(got, distance_many - slope / many, rtol=1e-3):
            continue
        case = (
            f"com {few} amostras e {decimal(distance_few, 1)}, {many} e "
            f"{decimal(distance_many, 1)}, deu {rounded(got)}"
        )
        if np.isclose(got, distance_many) or np.isclose(got, distance_few):
            return f"{case}: essa ainda é a distância de uma amostra; siga a reta até 1/n = 0."
        if np.isclose(got, (distance_few + distance_many) / 2):
            return f"{case}: a média das duas ainda tem o viés das duas."
        if np.isclose(got, 2 * distance_many - distance_few):
            return f"{case}: essa conta só vale quando uma amostra é o dobro da outra."
        line = np.polyfit([few, many], [distance_few, distance_many], 1)
        if np.isclose(got, line[1]):
            return f"{case}: a reta é em 1/n, e não em n."
        if np.isclose(got, slope):
            return f"{case}: isso é a inclinação da reta; quer-se onde ela cruza 1/n = 0."
        return f"{case}; passe uma reta por (1/n, distância) e leia-a em 1/n = 0."
    return None


@exercise(
    "quanto mais longe do treino ficam os falsos honestos, mais cópias cabem sem que a medida "
    "passe de ½.",
    function="honest",
)
def check_hidden_copies(function):
    """A função ``medida dos honestos → fração de cópias`` que deixa a medida da mistura em ½."""
    for honest in _HONEST:
        got, expected = function.number(honest), (0.5 - honest) / (1 - honest)
        if np.isclose(got, expected, rtol=5e-3):
            continue
        case = f"com {decimal(honest)} deu {rounded(got)}"
        if np.isclose(got, 0.5 - honest):
            return f"{case}: as cópias tomam o lugar de honestos, que também contavam."
        if np.isclose(got, 100 * expected, rtol=5e-3):
            return f"{case}: responda como fração, de 0 a 1."
        if np.isclose(got, 1 - expected, rtol=5e-3):
            return f"{case}: essa é a fração dos honestos."
        if np.isclose(got, 0.5 + 0.5 * honest):
            return f"{case}: essa é a medida com metade de cópias; quer-se a fração que dá ½."
        return f"{case}; resolva f · 1 + (1 − f) · honest = ½."
    return None


@exercise(
    "a resposta depende da raridade: o mesmo detector é ótimo num lugar e inútil em outro.",
    function="prevalence, sensitivity, specificity",
)
def check_flagged_is_fake(function):
    """A função ``(prevalência, sensibilidade, especificidade) → P(falso | acusado)``."""
    for rates in _RATES:
        prevalence, sensitivity, specificity = rates
        caught = prevalence * sensitivity
        wronged = (1 - prevalence) * (1 - specificity)
        got, expected = function.number(*rates), caught / (caught + wronged)
        if np.isclose(got, expected, rtol=5e-3):
            continue
        case = "com {}, {} e {}".format(*map(short_number, rates))
        if np.isclose(got, sensitivity):
            return f"{case} veio a sensibilidade, P(acusado | falso); a pergunta é a contrária."
        if np.isclose(got, caught + wronged):
            return f"{case} veio a fração de acusados; quantos deles são falsos?"
        if np.isclose(got, caught / (caught + (1 - prevalence) * specificity)):
            return f"{case}: um verdadeiro é acusado com chance 1 − especificidade."
        return f"{case} veio {decimal(got, 3)}; conte os acusados, e entre eles os que são falsos."
    return None


@exercise("o juiz não separa do teste, e a medida de cópia denuncia: era o treino, devolvido.")
def check_memorizer(images):
    """Mil imagens que passam no juiz e mesmo assim são cópias do treino."""
    images = array(images, "a resposta", (1000, 1, 28, 28))
    train, test, images = (
        part.reshape(len(part), -1).astype(float) for part in (*split_mnist()[:2], images)
    )
    if {row.tobytes() for row in test} & {row.tobytes() for row in images}:
        return "há imagens do teste aí; o falsário só conhece as de treino."
    copy = copy_test(train, test, images).score
    if copy < 0.99:
        return f"a medida de cópia é {decimal(copy)}: estas imagens não são as do treino."
    judge = two_sample_test(test, images, n_permutations=19).accuracy
    if judge > 0.6:
        return (
            f"o juiz acerta {decimal(100 * judge, 0)} %: use imagens variadas, sem repetir umas "
            "poucas."
        )
    return None
