"""Corretores do caderno ``06_imagens_a_pedido``."""

from gan_lessons.checks.answers import rounded
from gan_lessons.checks.exercises import exercise

# Lado da entrada, núcleo, salto e margem.
_LAYERS = [(7, 3, 1, 0), (5, 5, 3, 2), (2, 4, 2, 1), (1, 4, 1, 0), (16, 2, 2, 0)]
_KERNELS = [(2, 2), (3, 2), (4, 2), (5, 2), (6, 3), (4, 3), (3, 1), (9, 3)]


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
