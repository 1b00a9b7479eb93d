"""As contas do caderno ``01_teoria``: o discriminador ótimo, o valor do jogo e a Dirac-GAN.

Densidades são vetores: os seus valores nos pontos crescentes de uma grade `x`. As integrais são
somas de trapézios nessa grade, que deve cobrir tudo o que as densidades ocupam.
"""

import numpy as np
from scipy.special import expit, rel_entr, xlogy

from gan_lessons.validation import (
    MAX_COORDINATE,
    check_array,
    check_flag,
    check_int,
    check_number,
    check_probabilities,
    shown,
)


def normal_density(x, mean=0.0, std=1.0):
    """Densidade de N(mean, std²) em cada um dos pontos `x`, uma matriz de qualquer formato."""
    std = check_number(std, "std", open_minimum=True)
    return np.exp(-(((np.asarray(x) - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def optimal_discriminator(p_data, p_g):
    """O melhor discriminador contra um gerador fixo: ``D* = p_data / (p_data + p_g)``.

    Onde as duas densidades são zero não há o que julgar, e a resposta é ½.

    Parameters
    ----------
    p_data, p_g : array_like, shape (n,)
        As duas densidades nos mesmos pontos.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Fonte: Goodfellow et al. (2014), proposição 1. Caderno: ``01_teoria``.
    """
    p_data, p_g = _check_densities(p_data=p_data, p_g=p_g)
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full_like(total, 0.5), where=total > 0)


def value(discriminator, p_data, p_g, x):
    """O valor do jogo: ``V(D, G) = ∫ p_data ln D + p_g ln(1 − D) dx``.

    Parameters
    ----------
    discriminator : array_like, shape (n,)
        D(x), entre 0 e 1, em cada ponto da grade.
    p_data, p_g : array_like, shape (n,)
    x : array_like, shape (n,)
        Crescente.

    Returns
    -------
    float
        ``−ln 4`` quando D é ½ em toda parte.

    Notes
    -----
    D = 1 só por arredondamento daria ln 0; por isso D fica a um arredondamento de 0 e de 1.
    Fonte: Goodfellow et al. (2014), eq. 1. Caderno: ``01_teoria``.
    """
    discriminator = check_probabilities(discriminator, "discriminator")
    p_data, p_g, discriminator = _check_densities(
        p_data=p_data, p_g=p_g, discriminator=discriminator
    )
    x = _check_grid(x, p_data)
    tiny = np.finfo(float).eps
    inside = np.clip(discriminator, tiny, 1 - tiny)
    return float(np.trapezoid(xlogy(p_data, inside) + xlogy(p_g, 1 - inside), x))


def jensen_shannon(p, q, x):
    """Divergência de Jensen–Shannon: ``½ KL(p‖m) + ½ KL(q‖m)``, com ``m = (p + q) / 2``.

    Parameters
    ----------
    p, q : array_like, shape (n,)
    x : array_like, shape (n,)
        Crescente.

    Returns
    -------
    float
        De 0, quando p = q, a ``ln 2``, quando não têm ponto em comum.

    Notes
    -----
    Fonte: Goodfellow et al. (2014), teorema 1. Caderno: ``01_teoria``.
    """
    p, q = _check_densities(p=p, q=q)
    x = _check_grid(x, p)
    middle = (p + q) / 2
    return float(np.trapezoid(rel_entr(p, middle) + rel_entr(q, middle), x) / 2)


def dirac_step(theta, psi, rate, *, r1=0.0, alternating=False):
    """Um passo da Dirac-GAN: o dado real é sempre 0, o gerador põe tudo em θ, e D(x) = σ(ψx).

    O discriminador sobe e o gerador desce ``V(θ, ψ) = ln ½ + ln(1 − σ(ψθ))``::

        ψ ← ψ + rate · (−θ σ(ψθ) − r1 · ψ)
        θ ← θ + rate · ψ σ(ψθ)

    Parameters
    ----------
    theta, psi : float or ndarray
    rate : float
        Taxa de aprendizado das duas redes.
    r1 : float, default=0.0
        Peso da penalidade ½ψ², a R1 deste jogo.
    alternating : bool, default=False
        Falso: os dois se movem ao mesmo tempo. Verdadeiro: o gerador responde ao novo ψ.

    Returns
    -------
    theta, psi : float or ndarray

    Notes
    -----
    Fonte: Mescheder, Geiger & Nowozin (2018), "Which Training Methods for GANs do actually
    Converge?". Caderno: ``01_teoria``.
    """
    rate, r1, alternating = _check_game(rate, r1, alternating)
    new_psi = psi + rate * (-theta * expit(psi * theta) - r1 * psi)
    seen = new_psi if alternating else psi
    return theta + rate * seen * expit(seen * theta), new_psi


def dirac_path(theta, psi, rate, n_steps, *, r1=0.0, alternating=False):
    """`n_steps` passos de `dirac_step` a partir de (theta, psi).

    Returns
    -------
    ndarray, shape (n_steps + 1, 2)
        Colunas θ e ψ; a primeira linha é a partida.
    """
    n_steps = check_int(n_steps, "n_steps", n_bytes=200)
    path = [(theta, psi)]
    for _ in range(n_steps):
        path.append(dirac_step(*path[-1], rate, r1=r1, alternating=alternating))
    return np.array(path)


def dirac_matrix(rate, *, r1=0.0, alternating=False):
    """`dirac_step` perto do equilíbrio (0, 0): ``(θ, ψ) ← M (θ, ψ)``.

    Returns
    -------
    ndarray, shape (2, 2)
        Se algum autovalor tem módulo maior que 1, o jogo foge do equilíbrio.

    Notes
    -----
    A mesma para a perda saturante e a não saturante: em 0, as duas têm inclinação ½.
    """
    rate, r1, alternating = _check_game(rate, r1, alternating)
    discriminator = np.array([[1, 0], [-rate / 2, 1 - rate * r1]])
    generator = np.array([[1, rate / 2], [0, 1]])
    if alternating:
        return generator @ discriminator
    return discriminator + generator - np.eye(2)


def _check_game(rate, r1, alternating):
    rate = check_number(rate, "rate", open_minimum=True)
    return rate, check_number(r1, "r1"), check_flag(alternating, "alternating")


def _check_densities(**densities):
    """Devolve as densidades como vetores do mesmo formato, com valores que uma soma suporta."""
    arrays = [check_array(density, name, shape="(n,)") for name, density in densities.items()]
    names = " e ".join(densities)
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1:
        raise ValueError(f"{names} devem ter o mesmo formato, mas chegaram {shapes}.")
    if any(((array < 0) | (array > MAX_COORDINATE)).any() for array in arrays):
        raise ValueError(
            f"{names} devem ter valores de 0 a {MAX_COORDINATE:g}, mas chegaram outros."
        )
    return arrays


def _check_grid(x, density):
    x = check_array(x, "x", shape="(n,)")
    if x.shape != density.shape or x.ndim != 1 or len(x) < 2 or (np.diff(x) <= 0).any():
        raise ValueError(
            "x deve ser uma grade crescente, de pelo menos dois pontos, um por valor das "
            f"densidades, mas chegou {shown(x)}."
        )
    return x
