"""Os corretores de ``99_prova_final``: dão dicas, nunca a resposta, e dizem o que rever."""

import math

import numpy as np
import torch
from scipy import stats

from gan_lessons.checks.answers import AnswerError, number, rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.portuguese import decimal


@exercise("é a parte que p_data ocupa da soma: é isso que o D ótimo mede, ponto a ponto.")
def check_exam_optimal_discriminator(answer):
    """D* onde p_data = 0,3 e p_g = 0,1."""
    answer = number(answer)
    if math.isclose(answer, 0.75, abs_tol=0.005):
        return None
    if math.isclose(answer, 0.25, abs_tol=0.005):
        return "essa é a chance de o ponto ser falso; D é a de ser real."
    if math.isclose(answer, 0.5, abs_tol=0.005):
        return "isso só vale onde as duas densidades são iguais; aqui não são."
    if math.isclose(answer, 3, abs_tol=0.05):
        return "essa é a razão entre as densidades; D é uma probabilidade, entre 0 e 1."
    return "maximize 0,3 · ln D + 0,1 · ln(1 − D), ou lembre a fórmula da proposição 1."


@exercise("sem nada em comum, a JSD está no máximo, seja qual for a distância entre as duas.")
def check_exam_divergence_apart(answer):
    """A JSD, em nats, entre reais e falsos que não têm nenhum ponto em comum."""
    answer = number(answer)
    if math.isclose(answer, math.log(2), abs_tol=0.001):
        return None
    if math.isclose(answer, 0, abs_tol=0.001):
        return "isso é quando as duas são iguais; aqui é o caso oposto."
    if math.isclose(answer, 1, abs_tol=0.001):
        return "está em bits; com o logaritmo natural, como no curso, o número é outro."
    if math.isclose(abs(answer), math.log(4), abs_tol=0.001):
        return "ln 4 aparece no valor do jogo; a JSD é a metade da soma de duas divergências."
    return (
        "a JSD compara cada uma com a média das duas; onde p > 0 e q = 0, quanto é p sobre a média?"
    )


@exercise(
    "é a entropia cruzada dos falsos com o rótulo 1: empurra mesmo quando D tem certeza.",
    function="fake_logits",
)
def check_exam_generator_loss(loss):
    """``loss(fake_logits)``: a perda não saturante do gerador, em média."""
    for logits in ([-3.0, 1.0], [-4.0, 0.5, 2.0, -1.0], [0.0]):
        logits = torch.tensor(logits)
        got = loss.number(logits.reshape(-1, 1))
        softplus = torch.nn.functional.softplus
        if math.isclose(got, softplus(-logits).mean().item(), abs_tol=1e-4):
            continue
        if math.isclose(got, -softplus(logits).mean().item(), abs_tol=1e-4):
            return "essa é a que satura, a do jogo de soma zero; a pedida é a outra."
        if math.isclose(got, softplus(logits).mean().item(), abs_tol=1e-4):
            return "essa faz os falsos parecerem falsos: é a parte do discriminador."
        if math.isclose(got, -softplus(-logits).mean().item(), abs_tol=1e-4):
            return "o tamanho está certo; e o sinal? O gerador minimiza a sua perda."
        if math.isclose(got, softplus(-logits).sum().item(), abs_tol=1e-4):
            return "isso é a soma dos falsos; a perda é a média deles."
        return f"com os logits {_listed(logits)}, a sua função deu {rounded(got)}; não é −ln D."
    return None


def _listed(values):
    return "; ".join(rounded(value) for value in values.tolist())


@exercise(
    "um placar sem intervalo não diz se o juiz distingue ou se só teve sorte.",
    function="accuracy, n",
)
def check_exam_judge_interval(interval):
    """``interval(accuracy, n)``: as pontas do intervalo de 95 % de uma fração de acertos."""
    for accuracy, n in ((0.56, 1000), (0.9, 400)):
        got = interval.array(accuracy, n, shape=(2,))
        spread = math.sqrt(accuracy * (1 - accuracy) / n)
        low, high = accuracy - 1.96 * spread, accuracy + 1.96 * spread
        wilson = stats.binomtest(round(accuracy * n), n).proportion_ci(method="wilson")
        if any(np.allclose(got, pair, atol=0.1 * spread) for pair in ((low, high), wilson)):
            continue
        case = f"interval({decimal(accuracy)}, {n})"
        if np.allclose(got, (high, low), atol=0.15 * spread):
            return f"{case}: a ponta baixa vem primeiro."
        if np.allclose(got, (accuracy - spread, accuracy + spread), atol=0.15 * spread):
            return f"{case} tem um erro padrão de cada lado: isso cobre só uns 68 %."
        if np.allclose(got, (accuracy, 1.96 * spread), atol=0.15 * spread):
            return f"{case} deu o placar e a margem; devolva as duas pontas."
        if np.ptp(got) > 8 * spread:
            return f"{case} saiu largo demais: quanto mais exemplos, mais estreito; e a raiz de n?"
        return f"{case}: a fração de acertos tem erro padrão √(p(1 − p)/n); e em volta de quê?"
    return None


@exercise(
    "nem o gerador perfeito mostra tudo em poucos sorteios: é preciso saber quanto esperar.",
    function="n, possible",
)
def check_exam_expected_distinct(expected_distinct):
    """``expected_distinct(n, possible)``: quantos distintos, em média, em n sorteios iguais."""
    for n, possible in ((1, 64), (64, 64), (128, 64), (10, 5)):
        got = expected_distinct.number(n, possible)
        expected = possible * (1 - (1 - 1 / possible) ** n)
        if math.isclose(got, expected, rel_tol=0.01):
            continue
        case = f"expected_distinct({n}, {possible}) deu {rounded(got)}"
        if math.isclose(got, min(n, possible), rel_tol=1e-6):
            return f"{case}: assim ninguém se repetiria, e os sorteios se repetem."
        if math.isclose(got, possible - expected, rel_tol=0.01):
            return f"{case}: esses são os que faltam."
        if math.isclose(got, expected / possible, rel_tol=0.01):
            return f"{case}: essa é a fração; quantos são?"
        return f"{case}. Com que chance um dado número não sai em nenhum dos n sorteios?"
    return None


@exercise("a margem cai com a raiz: um terço dela custa nove vezes mais sementes.")
def check_exam_more_seeds(answer):
    """Quantas sementes levam a margem de 0,06, com 8 sementes, a 0,02."""
    answer = number(answer)
    if answer in (72, 71):  # 71, para quem conta também que o t diminui
        return None
    if answer == 24:
        return "três vezes mais sementes não bastam: a margem não cai com n, cai com √n."
    if answer == 64:
        return "essas são as que faltam juntar às 8; o pedido é quantas ao todo."
    if 60 <= answer < 71:
        return "a conta está quase lá: quantas vezes a margem diminui, e ao quadrado?"
    if math.isclose(answer, 8 * math.sqrt(3), abs_tol=1):
        return "é ao contrário: para dividir a margem por 3, n cresce com o quadrado."
    return "a margem é t·s/√n. Se ela cai para um terço, o que acontece com √n?"


@exercise(
    "um modo capturado pede ao menos uma boa amostra: é a regra das tabelas publicadas.",
    function="modes, distances, std",
)
def check_exam_captured_modes(captured):
    """``captured(modes, distances, std)``: quantos modos têm uma amostra a até 3 desvios."""
    modes = np.array([0, 0, 1, 2, 2, 5])
    distances = np.array([0.01, 0.4, 0.29, 0.31, 0.9, 0.02])
    cases = [
        (modes, distances, 0.1, 3),
        (modes[:2], distances[:2], 0.1, 1),
        (modes, distances, 1, 4),
    ]
    for at, far, std, expected in cases:
        got = captured.number(at, far, std)
        if got == expected:
            continue
        close = far <= 3 * std
        case = f"com modes = {_listed(at)}, distances = {_listed(far)} e std = {rounded(std)}"
        if got == len(set(at.tolist())):
            return f"{case}, a sua função contou também os modos sem nenhuma amostra perto."
        if got == close.sum():
            return f"{case}, a sua função contou amostras; vários acertos no mesmo modo são um só."
        if got == len(set(at[far <= std].tolist())):
            return f"{case}, a sua função parou a um desvio; a regra vai até três."
        return f"{case}, a sua função deu {rounded(got)}. Separe as boas, e conte os modos delas."
    return None


@exercise("o núcleo é múltiplo do salto: nenhum pixel recebe mais carimbos que o vizinho.")
def check_exam_transposed_layers(layers):
    """Camadas ``(núcleo, salto, borda)`` que levam de 7 × 7 a 28 × 28 sem tabuleiro."""
    try:
        layers = [tuple(map(number, layer)) for layer in layers]
    except (TypeError, AnswerError):
        raise AnswerError("a resposta é uma lista de trincas (núcleo, salto, borda).") from None
    if not layers or any(len(layer) != 3 for layer in layers):
        return "cada camada é uma trinca: (núcleo, salto, borda)."
    if not all(side.is_integer() for layer in layers for side in layer):
        return "núcleo, salto e borda são números inteiros."
    layers = [tuple(map(int, layer)) for layer in layers]
    size = 7
    for kernel, stride, padding in layers:
        if kernel < 1 or stride < 1 or padding < 0:
            return "núcleo e salto são pelo menos 1, e a borda, pelo menos 0."
        size = (size - 1) * stride - 2 * padding + kernel
        if size < 1:
            return "uma das camadas não deixa nenhum pixel; a borda está grande demais."
    if size != 28:
        return f"essas camadas levam 7 a {size}, e o pedido é 28; refaça a conta dos tamanhos."
    if any(kernel % stride for kernel, stride, _ in layers):
        return "o tamanho está certo, mas há um tabuleiro: compare o núcleo com o salto."
    return None


@exercise("médias e desvios, cada um ao quadrado: é só isso que a distância de Fréchet vê.")
def check_exam_frechet(answer):
    """A distância de Fréchet entre N(0, 1²) e N(3, 2²)."""
    answer = number(answer)
    if math.isclose(answer, 10, abs_tol=0.01):
        return None
    if math.isclose(answer, math.sqrt(10), abs_tol=0.01):
        return "essa é a raiz; a distância de Fréchet das FIDs fica ao quadrado."
    if math.isclose(answer, 9, abs_tol=0.01):
        return "só as médias contam aí; os desvios também são diferentes."
    if math.isclose(answer, 1, abs_tol=0.01):
        return "só os desvios contam aí; as médias também são diferentes."
    if answer in (12, 18):
        return "compare os desvios, e não as variâncias: σ₁² + σ₂² − 2σ₁σ₂."
    return "some duas parcelas: a das médias e a dos desvios, cada diferença ao quadrado."


@exercise("quando o que se procura é raro, quase toda acusação é engano, até de um bom detector.")
def check_exam_accusation(answer):
    """A chance de ser falsa uma imagem acusada: 1 % de falsas, 99 % pegas, 5 % de alarmes."""
    answer = number(answer)
    expected = 0.01 * 0.99 / (0.01 * 0.99 + 0.99 * 0.05)
    if math.isclose(answer, expected, abs_tol=0.003):
        return None
    if math.isclose(answer, 100 * expected, abs_tol=0.3):
        return "isso é a porcentagem; responda com a fração, de 0 a 1."
    if math.isclose(answer, 1 - expected, abs_tol=0.003):
        return "essa é a chance de a acusada ser verdadeira."
    if math.isclose(answer, 0.99, abs_tol=0.003):
        return "essa é a chance de acusar uma falsa; a pergunta é a contrária."
    if math.isclose(answer, 0.95, abs_tol=0.003):
        return "essa é a chance de deixar em paz uma verdadeira; a pergunta é outra."
    if math.isclose(answer, 0.0099, abs_tol=0.0005):
        return (
            "essa é a fração do total que é falsa e acusada; falta dividir por todas as acusadas."
        )
    return "imagine 10 000 imagens: quantas falsas são acusadas? E quantas verdadeiras?"


QUESTIONS = (
    (check_exam_optimal_discriminator, "Teoria"),
    (check_exam_divergence_apart, "Teoria"),
    (check_exam_generator_loss, "A espiral"),
    (check_exam_judge_interval, "A espiral"),
    (check_exam_expected_distinct, "Números pares"),
    (check_exam_more_seeds, "Muitas sementes"),
    (check_exam_captured_modes, "Colapso de modos"),
    (check_exam_transposed_layers, "Imagens a pedido"),
    (check_exam_frechet, "Julgar imagens"),
    (check_exam_accusation, "Julgar imagens"),
)
"""Os corretores, na ordem da prova, cada um com a aula a rever."""


def exam_summary(answers):
    """Mostra quantas respostas estão certas e o que rever.

    Parameters
    ----------
    answers : list
        As dez respostas, na ordem da prova; ``...`` nas que faltam.
    """
    if not isinstance(answers, list | tuple) or len(answers) != len(QUESTIONS):
        print(f"✘ passe as {len(QUESTIONS)} respostas numa lista, na ordem da prova.")
        return
    missed = [
        (place, lesson)
        for place, ((check, lesson), answer) in enumerate(zip(QUESTIONS, answers, strict=True), 1)
        if check.hint_for(answer) is not None
    ]
    right = len(QUESTIONS) - len(missed)
    if not missed:
        print(f"✔ {right} de {right}: você sabe treinar uma GAN e, melhor ainda, duvidar dela.")
        return
    lessons = dict.fromkeys(lesson for _, lesson in missed)
    places = ", ".join(str(place) for place, _ in missed)
    print(f"{right} de {len(QUESTIONS)} certas. Faltam: {places}.")
    print(f"Para rever: {'; '.join(lessons)}.")
