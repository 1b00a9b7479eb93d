"""Corretores do caderno ``06_imagens_a_pedido``."""

import numpy as np
from scipy.special import expit

from gan_lessons.checks.answers import array, rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.experiments.digits import split_digits
from gan_lessons.metrics import precision_recall
from gan_lessons.portuguese import decimal

# Lado da entrada, núcleo, salto e borda.
_LAYERS = [(7, 3, 1, 0), (5, 5, 3, 2), (2, 4, 2, 1), (1, 4, 1, 0), (16, 2, 2, 0)]
_KERNELS = [(2, 2), (3, 2), (4, 2), (5, 2), (6, 3), (4, 3), (3, 1), (9, 3)]


@exercise(
    "cada carimbo avança s casas, o último ocupa k, e a borda corta p de cada lado.",
    function="n, k, s, p",
)
def check_output_size(function):
    """A função ``(lado, núcleo, salto, borda) → lado da saída`` da convolução transposta."""
    for size, kernel, stride, padding in _LAYERS:
        got = function.number(size, kernel, stride, padding)
        expected = (size - 1) * stride - 2 * padding + kernel
        if got == expected:
            continue
        case = (
            f"com lado {size}, núcleo {kernel}, salto {stride} e borda {padding} deu {rounded(got)}"
        )
        if got == (size + 2 * padding - kernel) // stride + 1:
            return f"{case}: essa é a conta da convolução comum; a transposta faz a da volta."
        if got == expected + 2 * padding:
            return f"{case}: falta cortar a borda, dos dois lados."
        if got == expected + padding:
            return f"{case}: a borda é cortada dos dois lados, e não de um só."
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


@exercise("precisão na referência, revocação longe dela: cada imagem é boa, e falta o resto.")
def check_narrow_set(images):
    """540 imagens de precisão aprovada e revocação abaixo de 0,7, sem usar as do teste."""
    images = array(images, "a resposta", (540, 1, 8, 8))
    train, test, images = (
        part.reshape(len(part), -1).astype(float) for part in (*split_digits()[:2], images)
    )
    if {row.tobytes() for row in test} & {row.tobytes() for row in images}:
        return "há imagens do teste aí; use só as de treino."
    reference = precision_recall(test, train[:540])
    quality = precision_recall(test, images)
    if quality.precision < reference.precision - 0.05:
        return (
            f"a precisão é {decimal(quality.precision)}, e a referência, "
            f"{decimal(reference.precision)}: há imagens onde não há reais."
        )
    if quality.recall >= 0.7:
        return (
            f"a revocação é {decimal(quality.recall)}: há de tudo aí; deixe alguma coisa de fora."
        )
    return None


@exercise(
    "a primeira parcela não olha o pedido; a segunda só existe por causa dele.",
    function="features, labels, w, b, v",
)
def check_projection_logit(function):
    """A função ``(φ, rótulos, w, b, v) → logits`` do discriminador por projeção, num lote."""
    rng = np.random.RandomState(0)
    features, w, b, v = rng.normal(size=(6, 4)), rng.normal(size=4), 0.5, rng.normal(size=(10, 4))
    labels = np.array([7, 7, 0, 3, 9, 1])
    got = function(features, labels, w, b, v)
    if np.shape(got) == (6, 1):  # como os logits do PyTorch
        got = got[:, 0]
    if np.shape(got) == (6, 10):
        return "deu (6, 10), cada imagem com todos os rótulos; o pedido a cada uma é um só."
    if np.shape(got) == (6, 4):
        return "deu (6, 4): φ vezes o vetor, número a número; falta somar cada linha."
    got = array(got, "a função", (6,))
    first, second = features @ w + b, (features * v[labels]).sum(axis=1)
    hints = {
        "falta a segunda pergunta, se a imagem parece o dígito pedido.": first,
        "falta a primeira pergunta, se a imagem parece um dígito.": second,
        "falta somar b.": first + second - b,
        "o b entra uma vez só.": first + second + b,
        "isso já passou pela sigmoide; o logit é o que entra nela.": expit(first + second),
        "cada imagem usa o vetor do seu próprio rótulo.": first + features @ v[labels[0]],
        "o rótulo escolhe uma linha de v; não é um número a multiplicar.": first + labels,
    }
    if np.allclose(got, first + second, rtol=1e-4, atol=1e-4):
        return None
    for hint, mistake in hints.items():
        if np.allclose(got, mistake, rtol=1e-4, atol=1e-4):
            return hint
    return (
        f"para a primeira imagem, pedida como {labels[0]}, deu {rounded(got[0])}, e "
        f"w · φ + b + v_y · φ é {rounded(first[0] + second[0])}."
    )
