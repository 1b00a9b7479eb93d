"""Os corretores de ``05_colapso_de_modos``."""

import math

import numpy as np
from scipy import stats

from gan_lessons.checks.answers import AnswerError, described, rounded, words
from gan_lessons.checks.exercises import exercise
from gan_lessons.portuguese import decimal

FAILURES = (
    "colapso de modos",
    "oscilação",
    "gradiente que some",
    "discriminador forte demais",
    "saída que não alcança os dados",
    "taxa de aprendizado alta demais",
)
"""As falhas da galeria, na ordem em que a aula as apresenta."""

_DIAGNOSIS = {
    "A": FAILURES[5],
    "B": FAILURES[4],
    "C": FAILURES[0],
    "D": FAILURES[2],
    "E": FAILURES[1],
    "F": FAILURES[3],
}

_CLUES = {
    "A": "as perdas dão saltos de milhares de unidades.",
    "B": "olhe os lados da caixa em que os falsos estão presos.",
    "C": "as perdas parecem ótimas; onde estão os falsos?",
    "D": "as duas perdas foram a zero, e os falsos não saíram do lugar.",
    "E": "olhe o caminho do centro dos falsos.",
    "F": "a perda do gerador não é zero: é enorme.",
}


@exercise("seis diagnósticos certos: agora as causas, uma a uma.")
def check_diagnosis(answer):
    """`answer`: de cada letra da galeria ao nome da falha."""
    _check_keys(answer, _DIAGNOSIS)
    unknown = [name for name in answer.values() if name not in FAILURES]
    if unknown:
        return f"{described(unknown[0])} não está na lista; os nomes são: {'; '.join(FAILURES)}."
    for letter, failure in _DIAGNOSIS.items():
        if answer[letter] != failure:
            return f"caso {letter}: {_CLUES[letter]}"
    return None


def _check_keys(answer, keys):
    if not isinstance(answer, dict) or set(answer) != set(keys):
        raise AnswerError(f"a resposta é um dicionário com as chaves {', '.join(map(repr, keys))}.")


@exercise("o teto é dos dados: passar dele não é qualidade, é sinal de aperto.", function="k")
def check_ceiling(ceiling):
    """`ceiling(k)`: a fração de uma gaussiana do plano a no máximo k desvios do centro."""
    for k in (1, 2, 3, 0.5):
        got, expected = ceiling.number(k), 1 - math.exp(-k * k / 2)
        if math.isclose(got, expected, abs_tol=5e-3):
            continue
        case = f"ceiling({k}) deu {decimal(got, 4)}"
        line = 2 * stats.norm.cdf(k) - 1
        if math.isclose(got, line, abs_tol=2e-3):
            return f"{case}: essa é a regra de uma dimensão; aqui a distância tem duas coordenadas."
        if math.isclose(got, line**2, abs_tol=2e-3):
            return f"{case}: esse é o quadrado de lado 2k; a regra é a do círculo, que é menor."
        if math.isclose(got, 1 - expected, abs_tol=2e-3):
            return f"{case}: essa é a fração que fica de fora."
        if math.isclose(got, 100 * expected, abs_tol=0.5):
            return f"{case}: isso é a porcentagem; devolva a fração, de 0 a 1."
        return f"{case}, e a fração dentro do círculo é {decimal(expected, 4)}."
    return None


_NOTICES = {
    "um modo só": {"modos", "revocação", "fatias", "juiz"},
    "memória": {"cópias"},
    "fatias erradas": {"fatias", "juiz"},
}


@exercise("nenhuma medida vê tudo: a que falta é a que o trapaceiro escolhe.")
def check_cheaters(answer):
    """`answer`: de cada trapaceiro ao conjunto das medidas que o denunciam."""
    _check_keys(answer, _NOTICES)
    for cheater, expected in _NOTICES.items():
        given = set(words(answer[cheater], f"{cheater!r}"))
        wrong, missing = sorted(given - expected), sorted(expected - given)
        if wrong:
            return f"{cheater!r}: compare {wrong[0]!r} com a dos dados novos; ela não muda."
        if missing:
            return f"{cheater!r}: há mais {len(missing)} que denuncia(m); veja a linha da tabela."
    return None


@exercise(
    "contar modos não basta: a fatia de cada um também é parte da distribuição.", function="shares"
)
def check_share_distance(share_distance):
    """`share_distance(shares)`: variação total entre as fatias dos modos e fatias iguais."""
    cases = ([0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.4, 0.1], [0.36, 0.28, 0.08, 0.08], [0.1] * 5)
    for shares in cases:
        values = np.array(shares)
        gaps = np.abs(values / values.sum() - 1 / len(values))
        got, expected = share_distance.number(shares), gaps.sum() / 2
        if math.isclose(got, expected, abs_tol=1e-6):
            continue
        case = f"share_distance({shares}) deu {decimal(got, 3)}"
        if math.isclose(got, gaps.sum(), abs_tol=1e-6):
            return f"{case}: falta o ½, sem ele a distância chega a 2."
        if math.isclose(got, np.abs(values - 1 / len(values)).sum() / 2, abs_tol=1e-6):
            return f"{case}: as fatias somam {rounded(values.sum())}; divida-as pela soma antes."
        if math.isclose(got, gaps.max(), abs_tol=1e-6):
            return f"{case}: isso é a maior diferença; a distância soma todas."
        return f"{case}, e a resposta é {decimal(expected, 3)}."
    return None


# Nome: (quantas sementes, a média em erros padrão). O quantil t é 2,26 com 10 sementes e 3,18
# com 4: "quase" engana quem usa 1,96; "por pouco", também quem divide o desvio por n; e "curta",
# quem usa 2,26 para todas.
_DIFFERENCES = {
    "clara": (10, 5.0),
    "negativa": (10, -4.0),
    "quase": (10, 2.1),
    "por pouco": (10, 2.2),
    "curta": (4, 2.6),
    "nula": (10, 0.5),
    "um erro": (10, 1.1),
}


@exercise("uma diferença sem o seu erro ao lado é uma anedota.", function="table")
def check_clear_differences(clear_differences):
    """`clear_differences(table)`: as colunas cuja média pareada se distingue de zero a 95 %.

    ``table`` é um dicionário de nome a diferenças, semente a semente.
    """
    rng = np.random.RandomState(0)
    table = {}
    for name, (n, errors) in _DIFFERENCES.items():
        noise = stats.zscore(rng.normal(size=n), ddof=1)
        table[name] = noise + errors / math.sqrt(n)
    got = set(words(clear_differences(table), "a função"))
    if got == {"clara", "negativa"}:
        return None
    if not got <= set(table):
        return "devolva os nomes, tirados das chaves de table."
    if "um erro" in got:
        return "um erro padrão não basta: isso é um intervalo de 65 %; use o de 95 %."
    if "negativa" not in got and "clara" in got:
        return "uma diferença negativa e grande também se distingue de zero."
    if "quase" in got:
        return "com 10 sementes o quantil não é 1,96: é o do t com 9 graus de liberdade, 2,26."
    if "por pouco" in got:
        return "o desvio está com n no denominador; com dados, é n − 1 (ddof=1)."
    if "curta" in got:
        return "o quantil depende de quantas são as diferenças, n − 1, e elas não são sempre 10."
    return f"chegou {sorted(got)}; fique com as que têm |média| maior que t · s/√n."
