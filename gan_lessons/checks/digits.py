"""Corretores do caderno ``06_imagens_a_pedido``."""

import numpy as np
from sklearn.model_selection import train_test_split

from gan_lessons.checks.answers import array, rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.data import load_digit_images
from gan_lessons.metrics import copy_test, two_sample_test
from gan_lessons.portuguese import decimal, short_number

# Lado da entrada, núcleo, salto e margem.
_LAYERS = [(7, 3, 1, 0), (5, 5, 3, 2), (2, 4, 2, 1), (1, 4, 1, 0), (16, 2, 2, 0)]
_KERNELS = [(2, 2), (3, 2), (4, 2), (5, 2), (6, 3), (4, 3), (3, 1), (9, 3)]
_RATES = [(0.01, 0.9, 0.95), (0.5, 0.95, 0.95), (0.02, 0.8, 0.99), (0.1, 1.0, 0.9)]


@exercise(
    "cada carimbo avança s casas, o último ocupa k, e a margem corta p de cada lado.",
    function="n, k, s, p",
)
def check_output_size(function):
    """A função ``(lado, núcleo, salto, margem) → lado da saída`` da convolução transposta."""
    for size, kernel, stride, padding in _LAYERS:
        got = function.number(size, kernel, stride, padding)
        expected = (size - 1) * stride - 2 * padding + kernel
        if got == expected:
            continue
        case = (
            f"com lado {size}, núcleo {kernel}, salto {stride} e margem {padding} "
            f"deu {rounded(got)}"
        )
        if got == (size + 2 * padding - kernel) // stride + 1:
            return f"{case}: essa é a conta da convolução comum; a transposta faz a da volta."
        if got == expected + 2 * padding:
            return f"{case}: falta cortar a margem, dos dois lados."
        if got == expected + padding:
            return f"{case}: a margem é cortada dos dois lados, e não de um só."
        if got == size * stride - 2 * padding + kernel:
            return f"{case}: entre {size} carimbos há {size - 1} saltos."
        return f"{case}, e a camada do PyTorch dá {expected}."
    return None


@exercise(
    "quando o salto divide o núcleo, todo pixel recebe o mesmo número de carimbos.",
    function="kernel_size, stride",
)
def check_checkerboard(function):
    """A função ``(núcleo, salto) → bool``: a convolução transposta cobre o miolo por igual?"""
    for kernel, stride in _KERNELS:
        got, expected = function.truth(kernel, stride), kernel % stride == 0
        if got == expected:
            continue
        if got == (kernel % 2 == 0):
            return f"não é questão de núcleo par: veja núcleo {kernel} e salto {stride}."
        if got == (kernel == stride):
            return f"núcleo {kernel} e salto {stride} se cobrem, mas será que por igual?"
        counts = "iguais" if expected else "diferentes"
        return f"com núcleo {kernel} e salto {stride} as contagens do miolo são {counts}."
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
    """540 imagens que passam no juiz e mesmo assim são cópias do treino."""
    images = array(images, "a resposta", (540, 1, 8, 8))
    digits, labels = load_digit_images()
    train, test = train_test_split(digits, test_size=540, stratify=labels, random_state=0)
    train, test, images = (
        part.reshape(len(part), -1).astype(float) for part in (train, test, images)
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
