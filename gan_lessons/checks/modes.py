"""Os corretores de ``05_colapso_de_modos``."""

import math

import numpy as np
from scipy import stats

from gan_lessons.checks.exercises import exercise

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
    "A": "as perdas dão saltos de dezenas de unidades.",
    "B": "olhe os lados da caixa em que os falsos estão presos.",
    "C": "as perdas parecem ótimas; onde estão os falsos?",
    "D": "as duas perdas foram a zero, e os falsos não saíram do lugar.",
    "E": "olhe o caminho do centro dos falsos.",
    "F": "a perda do gerador não é zero: é enorme.",
}


@exercise("seis diagnósticos certos: agora as causas, uma a uma.")
def check_diagnosis(answer):
    """`answer`: de cada letra da galeria ao nome da falha."""
    if not isinstance(answer, dict) or set(answer) != set(_DIAGNOSIS):
        return "a resposta é um dicionário com as letras de A a F."
    unknown = sorted(set(answer.values()) - set(FAILURES))
    if unknown:
        return f"{unknown[0]!r} não está na lista; os nomes são: {'; '.join(FAILURES)}."
    for letter, failure in _DIAGNOSIS.items():
        if answer[letter] != failure:
            return f"caso {letter}: {_CLUES[letter]}"
    return None


@exercise("o teto é dos dados: passar dele não é qualidade, é sinal de aperto.")
def check_ceiling(ceiling):
    """`ceiling(k)`: a fração de uma gaussiana do plano a no máximo k desvios do centro."""
    for k in (1, 2, 3, 0.5):
        got = float(ceiling(k))
        if math.isclose(got, 1 - math.exp(-k * k / 2), abs_tol=5e-3):
            continue
        case = f"ceiling({k}) deu {got:.4f}"
        line = 2 * stats.norm.cdf(k) - 1
        if math.isclose(got, line, abs_tol=2e-3):
            return f"{case}: essa é a regra de uma dimensão; aqui a distância tem duas coordenadas."
        if math.isclose(got, line**2, abs_tol=2e-3):
            return f"{case}: esse é o quadrado de lado 2k; a regra é a do círculo, que é menor."
        if math.isclose(got, math.exp(-k * k / 2), abs_tol=2e-3):
            return f"{case}: essa é a fração que fica de fora."
        return f"{case}, e a fração dentro do círculo é {1 - math.exp(-k * k / 2):.4f}."
    return None


_NOTICES = {
    "um modo só": {"modos", "revocação", "pesos", "juiz"},
    "memória": {"cópias"},
    "pesos errados": {"pesos", "juiz"},
}


@exercise("nenhuma nota vê tudo: a que falta é a que o trapaceiro escolhe.")
def check_cheaters(answer):
    """`answer`: de cada trapaceiro ao conjunto das notas que o denunciam."""
    if not isinstance(answer, dict) or set(answer) != set(_NOTICES):
        return f"a resposta é um dicionário com as chaves {', '.join(map(repr, _NOTICES))}."
    for cheater, expected in _NOTICES.items():
        given = answer[cheater]
        given = {given} if isinstance(given, str) else set(given)
        wrong, missing = sorted(given - expected), sorted(expected - given)
        if wrong:
            return f"{cheater!r}: compare a nota {wrong[0]!r} com a dos dados novos; ela não muda."
        if missing:
            return f"{cheater!r}: há mais {len(missing)} que denuncia(m); veja a linha da tabela."
    return None


@exercise("contar modos não basta: o peso de cada um também é parte da distribuição.")
def check_weight_distance(weight_distance):
    """`weight_distance(shares)`: variação total entre os pesos dos modos e pesos iguais."""
    cases = ([0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.4, 0.1], [0.36, 0.28, 0.08, 0.08], [0.1] * 5)
    for shares in cases:
        values = np.array(shares)
        gaps = np.abs(values / values.sum() - 1 / len(values))
        got, expected = float(weight_distance(shares)), gaps.sum() / 2
        if math.isclose(got, expected, abs_tol=1e-9):
            continue
        case = f"weight_distance({shares}) deu {got:.3f}"
        if math.isclose(got, gaps.sum(), abs_tol=1e-9):
            return f"{case}: falta o ½, sem ele a distância chega a 2."
        if math.isclose(got, np.abs(values - 1 / len(values)).sum() / 2, abs_tol=1e-9):
            return f"{case}: os pesos somam {values.sum():g}; divida-os pela soma antes."
        if math.isclose(got, gaps.max(), abs_tol=1e-9):
            return f"{case}: isso é a maior diferença; a distância soma todas."
        return f"{case}, e a resposta é {expected:.3f}."
    return None


@exercise("uma diferença sem o seu erro ao lado é uma anedota.")
def check_clear_differences(clear_differences):
    """`clear_differences(table)`: as colunas cuja média pareada se distingue de zero a 95 %.

    ``table`` é um dicionário de nome a diferenças, semente a semente.
    """
    rng = np.random.RandomState(0)
    noise = rng.normal(size=(5, 10))
    noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
    # Em erros padrão: 5; −4; 2,1, que o 1,96 deixaria passar e o t não deixa; 0,5; 1.
    means = np.array([5.0, -4.0, 2.1, 0.5, 1.0]) / math.sqrt(10)
    names = ["clara", "negativa", "quase", "nula", "um erro"]
    table = {name: row + mean for name, row, mean in zip(names, noise, means, strict=True)}
    got = set(clear_differences(table))
    if got == {"clara", "negativa"}:
        return None
    if not got <= set(names):
        return "devolva os nomes, tirados das chaves de table."
    if got == {"clara"}:
        return "uma diferença negativa e grande também se distingue de zero."
    if got == {"clara", "negativa", "quase"}:
        return "com 10 sementes o quantil não é 1,96: é o do t com 9 graus de liberdade, 2,26."
    if "um erro" in got:
        return "um erro padrão não basta: isso é um intervalo de 65 %; use o de 95 %."
    return f"chegou {sorted(got)}; fique com as que têm |média| maior que t · s/√n."
