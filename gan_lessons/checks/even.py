"""Os corretores de ``03_numeros_pares``."""

import math

from gan_lessons.checks.answers import array, rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.data import convert_float_matrix_to_int_list, generate_even_data


@exercise(
    "L é o comprimento do maior número que pode aparecer, e contar bits não arredonda.",
    function="max_int",
)
def check_number_of_bits(n_bits):
    """`n_bits(max_int)`: o número de bits do maior inteiro menor que `max_int`."""
    for max_int in (2, 3, 8, 100, 128, 129, 1000, 2**49 - 1, 2**49, 2**49 + 1, 10**30):
        expected = (max_int - 1).bit_length()
        got = n_bits.number(max_int)
        if got == max_int.bit_length() != expected:
            return (
                f"n_bits({max_int}) deu {rounded(got)}: são os bits de {max_int}, mas max_int fica "
                "de fora; o maior número é max_int − 1."
            )
        if got != expected:
            return f"n_bits({max_int}) deu {rounded(got)}, e {max_int - 1} ocupa {expected} bits."
    return None


@exercise("com os mesmos falsos, as duas redes puxam o logit para lados opostos.")
def check_label_slopes(slopes):
    """`(gerador, discriminador)`: as inclinações em D = 0,2, que são D − 1 e D."""
    generator_slope, discriminator_slope = array(slopes, "a resposta", (2,))

    def close(slope, expected):
        return math.isclose(slope, expected, abs_tol=1e-6)

    if close(generator_slope, 0.2) and close(discriminator_slope, -0.8):
        return "os dois números estão aí, mas trocados: o gerador usa o rótulo 1."
    if close(generator_slope, 0.8):
        return "o tamanho do primeiro está certo; e o sinal? Quando o logit sobe, −ln D cai."
    if not close(generator_slope, -0.8):
        return "para o gerador o rótulo é y = 1: quanto é D − y quando D = 0,2?"
    if not close(discriminator_slope, 0.2):
        return "o gerador está certo; para o discriminador o rótulo dos falsos é y = 0."
    return None


@exercise(
    "a distância só chega a 0 quando todos os pares aparecem, e na mesma medida.",
    function="k, possible",
)
def check_stuck_distance(distance):
    """`distance(k, possible)`: variação total de quem gera k dos pares, com a mesma frequência."""
    for k, possible in ((1, 64), (8, 64), (64, 64), (25, 50)):
        got = distance.number(k, possible)
        expected = 1 - k / possible
        if math.isclose(got, 2 * expected, abs_tol=1e-6) and expected:
            return f"distance({k}, {possible}) deu o dobro: falta o ½ da fórmula."
        if math.isclose(got, 1 - expected, abs_tol=1e-6) and not math.isclose(expected, 0.5):
            return (
                f"distance({k}, {possible}) deu o que as duas têm em comum; a distância é o resto."
            )
        if not math.isclose(got, expected, abs_tol=1e-6):
            return (
                f"distance({k}, {possible}) deu {rounded(got)}. Some os excessos: cada um dos {k} "
                f"tem frequência 1/{k} em vez de 1/{possible}."
            )
    return None


@exercise(
    "um teste vale pelo que reprova: este reprova o colapso que o outro deixou passar.",
    function="numbers, max_int",
)
def check_diversity_test(approve):
    """`approve(numbers, max_int)`: verdadeiro só para pares variados."""
    _, data = generate_even_data(128, 1000, random_state=0)
    uniform = convert_float_matrix_to_int_list(data)
    cases = [
        (list(range(0, 128, 2)) * 2, 128, True, "todos os 64 pares, duas vezes cada um"),
        (uniform, 128, True, "mil pares sorteados dos dados"),
        (list(range(0, 100, 2)), 100, True, "todos os pares menores que 100"),
        ([42, 84] * 64, 128, False, "só 42 e 84"),
        ([2 * (i % 13) for i in range(128)], 128, False, "treze pares, como o gerador da aula"),
        ([0] * 119 + [2 * i for i in range(9)], 128, False, "quase sempre 0"),
        (list(range(128)), 128, False, "pares e ímpares na mesma medida"),
        ([2 * i + 1 for i in range(64)] * 2, 128, False, "só ímpares"),
    ]
    for numbers, max_int, expected, name in cases:
        if approve.truth(numbers, max_int) != expected:
            verb = "reprovou" if expected else "aprovou"
            return f"o seu teste {verb} este caso: {name}."
    return None


@exercise(
    "quem sabe 8 números se repete em 59 % dos grupos de quatro, e quem sabe 64, em 9 %: é uma "
    "pista que a perita não tem quando julga um número por vez.",
    function="k, size",
)
def check_repeat_probability(repeat_probability):
    """`repeat_probability(k, size)`: chance de repetição em `size` sorteios entre k iguais."""
    for k, size in ((1, 2), (2, 2), (8, 4), (64, 4), (64, 1), (3, 4)):
        expected = 1 - math.prod((k - i) / k for i in range(size))
        got = repeat_probability.number(k, size)
        case = f"repeat_probability({k}, {size})"
        if math.isclose(got, 1 - expected, abs_tol=1e-6) and not math.isclose(expected, 0.5):
            return f"{case} deu a chance de todos diferentes; falta o 1 −."
        if not math.isclose(got, expected, abs_tol=1e-6):
            return (
                f"{case} deu {rounded(got)}. O segundo sorteio evita o primeiro com chance "
                "(k − 1)/k; o terceiro evita os dois com (k − 2)/k; e assim por diante."
            )
    return None
