"""Corretores do caderno ``08_vizinhas``."""

import math

import numpy as np

from gan_lessons.checks.answers import rounded
from gan_lessons.checks.exercises import exercise
from gan_lessons.portuguese import short_number

_BETAS = [np.array([0.1, 0.2, 0.3]), np.array([0.5]), np.array([0.01, 0.02, 0.4, 0.4])]
# Média e logaritmo da variância de um latente.
_POSTERIORS = [
    (np.array([1.0, -2.0]), np.array([0.5, -1.5])),
    (np.array([0.0, 0.5, 3.0]), np.array([-2.0, 0.3, 1.0])),
]
_SIZES = [(8, 2), (3, 3), (1, 4), (20, 1)]
_KEPT = [0.25, 0.64, 0.9]
# Segundos a mais no treino, segundos por amostra da lenta e da rápida.
_COSTS = [(9.0, 0.005, 0.002), (100.0, 0.5, 0.1), (10.0, 0.25, 0.05)]


@exercise(
    "o que resta se multiplica: muitos ruídos pequenos apagam tanto quanto poucos grandes.",
    function="betas",
)
def check_remaining_variance(function):
    """A função ``betas → fração`` da variância dos dados que resta depois de todos os níveis."""
    for betas in _BETAS:
        got, expected = function.number(betas), np.prod(1 - betas)
        if np.isclose(got, expected, rtol=1e-3):
            continue
        case = f"com β = {', '.join(map(short_number, betas))} deu {rounded(got)}"
        if np.isclose(got, np.sqrt(expected)):
            return f"{case}: esse é o fator que multiplica o ponto; a variância leva o quadrado."
        if np.isclose(got, 1 - expected):
            return f"{case}: essa é a parte do ruído; quer-se a dos dados."
        if np.isclose(got, 1 - betas.sum()):
            return f"{case}: os níveis se multiplicam, não se somam; cada um tira de quem restou."
        if np.isclose(got, np.prod(betas)):
            return f"{case}: β é o que entra de ruído; o que resta em cada nível é 1 − β."
        return f"{case}; comece em 1 e, a cada nível, multiplique por 1 − β."
    return None


@exercise(
    "a divergência é zero só quando o codificador devolve a própria normal padrão, e aí o latente "
    "nada diz do ponto.",
    function="mean, log_variance",
)
def check_latent_divergence(function):
    """A função ``(média, ln σ²) → KL`` de uma gaussiana diagonal à normal padrão, em nats."""
    for mean, log_variance in _POSTERIORS:
        terms = mean**2 + np.exp(log_variance) - 1 - log_variance
        got, expected = function.number(mean, log_variance), terms.sum() / 2
        if np.isclose(got, expected, rtol=1e-3):
            continue
        case = f"num latente de {len(mean)} dimensões deu {rounded(got)}"
        if np.isclose(got, terms.sum()):
            return f"{case}: falta o ½."
        if np.isclose(got, terms.mean() / 2):
            return f"{case}: as dimensões se somam; não é a média delas."
        if np.isclose(got, -expected):
            return f"{case}: o sinal está trocado; uma divergência nunca é negativa."
        if np.isclose(got, (terms - mean**2).sum() / 2):
            return f"{case}: falta a média; longe da origem também se paga."
        if np.isclose(got, (mean**2 + np.exp(2 * log_variance) - 1 - 2 * log_variance).sum() / 2):
            return f"{case}: o que chega é o logaritmo da variância, e não o do desvio."
        return f"{case}; some, nas dimensões, ½ · (μ² + σ² − 1 − ln σ²)."
    return None


@exercise(
    "os números que o BIC cobra crescem com o quadrado da dimensão: por isso ninguém faz isto "
    "com os pixels.",
    function="n_components, n_features",
)
def check_mixture_size(function):
    """A função ``(gaussianas, dimensão) → números livres``, com covariâncias cheias."""
    for n_components, n_features in _SIZES:
        means, full = n_components * n_features, n_components * n_features**2
        covariances = n_components * n_features * (n_features + 1) // 2
        got, expected = function.number(n_components, n_features), means + covariances
        if np.isclose(got, expected + n_components - 1):
            continue
        case = f"com {n_components} gaussianas em {n_features} dimensões deu {rounded(got)}"
        if np.isclose(got, expected + n_components):
            return f"{case}: as fatias somam 1; a última não é livre."
        if np.isclose(got, expected):
            return f"{case}: faltam as fatias das gaussianas."
        if got in (means + full + n_components - 1, means + full):
            return f"{case}: a covariância é simétrica; metade dela se repete."
        if got in (2 * means + n_components - 1, 2 * means):
            return f"{case}: esses são só os desvios; falta o que liga uma coordenada a outra."
        return f"{case}; some médias, covariâncias sem repetição e fatias."
    return None


@exercise(
    "quem sabe o ruído sabe o ponto limpo: é a mesma conta, resolvida para o outro lado.",
    function="noisy, noise, kept",
)
def check_clean_guess(function):
    """A função ``(ruidoso, ruído, ᾱ) → limpo``, que desfaz o ruído de uma vez."""
    rng = np.random.RandomState(0)
    for kept in _KEPT:
        clean, noise = rng.normal(size=(2, 5, 2))
        noisy = np.sqrt(kept) * clean + np.sqrt(1 - kept) * noise
        got = function.array(noisy, noise, kept, shape=(5, 2))
        if np.allclose(got, clean, rtol=1e-3, atol=1e-4):
            continue
        case = f"com ᾱ = {short_number(kept)} não veio o ponto limpo"
        if np.allclose(got, noisy - noise):
            return f"{case}: o ruído entrou multiplicado por √(1 − ᾱ), e o ponto por √ᾱ."
        if np.allclose(got, np.sqrt(kept) * clean):
            return f"{case}: falta dividir por √ᾱ; o ponto tinha encolhido."
        if np.allclose(got, (noisy - (1 - kept) * noise) / kept):
            return f"{case}: faltam as raízes; ᾱ é uma variância."
        if np.allclose(got, (noisy - np.sqrt(kept) * noise) / np.sqrt(1 - kept)):
            return f"{case}: os dois fatores estão trocados."
        if np.allclose(got, noisy):
            return f"{case}: veio o ponto ruidoso como chegou."
        return f"{case}; resolva x = √ᾱ · limpo + √(1 − ᾱ) · ruído para o ponto limpo."
    return None


@exercise(
    "destilar é pagar antes: compensa para quem vai gerar muito.",
    function="extra, slow, fast",
)
def check_break_even(function):
    """A função ``(segundos a mais no treino, da lenta e da rápida por amostra) → amostras``."""
    for extra, slow, fast in _COSTS:
        got, expected = function.number(extra, slow, fast), extra / (slow - fast)
        if np.isclose(got, expected, rtol=1e-3) or got == math.ceil(expected):
            continue
        case = "com {}, {} e {} deu {}".format(
            *map(short_number, (extra, slow, fast)), rounded(got)
        )
        if np.isclose(got, extra / slow):
            return f"{case}: a rápida também gasta; o que se poupa é a diferença."
        if np.isclose(got, slow / fast):
            return f"{case}: isso é quantas vezes ela é mais rápida; falta o treino a mais."
        if np.isclose(got, extra * (slow - fast)):
            return f"{case}: divida, em vez de multiplicar."
        if np.isclose(got, -expected):
            return f"{case}: o que se poupa é a lenta menos a rápida."
        return f"{case}; em quantas amostras o que se poupa em cada uma paga o treino a mais?"
    return None
