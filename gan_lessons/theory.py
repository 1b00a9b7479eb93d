"""As contas do caderno ``01_teoria``: o discriminador ótimo, o valor do jogo e o Dirac-GAN.

Densidades são vetores: os seus valores nos pontos crescentes de uma grade `x`. As integrais são
somas de trapézios nessa grade, que deve cobrir tudo o que as densidades ocupam.
"""

import numpy as np
from scipy.special import expit, rel_entr, xlogy

from gan_lessons.validation import check_int, check_number


def normal_density(x, mean=0.0, std=1.0):
    """Densidade de N(mean, std²) nos pontos `x`.

    Raises
    ------
    ValueError
        Se `std` não for positivo.
    """
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
    p_data, p_g = _check_densities(p_data, p_g)
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full_like(total, 0.5), where=total > 0)


def value(discriminator, p_data, p_g, x):
    """O valor do jogo: ``V(D, G) = ∫ p_data ln D + p_g ln(1 − D) dx``.

    Parameters
    ----------
    discriminator : array_like, shape (n,)
        D(x), entre 0 e 1, em cada ponto da grade.
    p_data, p_g, x : array_like, shape (n,)

    Returns
    -------
    float
        ``−ln 4`` quando D é ½ em toda parte.

    Notes
    -----
    D = 1 só por arredondamento daria ln 0; por isso D fica a um arredondamento de 0 e de 1.
    Fonte: Goodfellow et al. (2014), eq. 1. Caderno: ``01_teoria``.
    """
    p_data, p_g = _check_densities(p_data, p_g)
    discriminator = np.asarray(discriminator, dtype=float)
    if not np.all((discriminator >= 0) & (discriminator <= 1)):
        raise ValueError("discriminator deve ter probabilidades, entre 0 e 1.")
    tiny = np.finfo(float).eps
    inside = np.clip(discriminator, tiny, 1 - tiny)
    return float(np.trapezoid(xlogy(p_data, inside) + xlogy(p_g, 1 - inside), x))


def jensen_shannon(p, q, x):
    """Divergência de Jensen–Shannon: ``½ KL(p‖m) + ½ KL(q‖m)``, com ``m = (p + q) / 2``.

    Parameters
    ----------
    p, q, x : array_like, shape (n,)

    Returns
    -------
    float
        De 0, quando p = q, a ``ln 2``, quando não têm ponto em comum.

    Notes
    -----
    Fonte: Goodfellow et al. (2014), teorema 1. Caderno: ``01_teoria``.
    """
    p, q = _check_densities(p, q)
    middle = (p + q) / 2
    return float(np.trapezoid(rel_entr(p, middle) + rel_entr(q, middle), x) / 2)


def dirac_step(theta, psi, rate, *, r1=0.0, alternating=False):
    """Um passo do Dirac-GAN: o dado real é sempre 0, o gerador põe tudo em θ, e D(x) = σ(ψx).

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
    rate, r1 = _check_rates(rate, r1)
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
    path = [(theta, psi)]
    for _ in range(check_int(n_steps, "n_steps")):
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
    rate, r1 = _check_rates(rate, r1)
    discriminator = np.array([[1, 0], [-rate / 2, 1 - rate * r1]])
    generator = np.array([[1, rate / 2], [0, 1]])
    if alternating:
        return generator @ discriminator
    return discriminator + generator - np.eye(2)


def _check_rates(rate, r1):
    return check_number(rate, "rate", open_minimum=True), check_number(r1, "r1")


def _check_densities(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.shape != q.shape:
        raise ValueError(
            f"as densidades devem ter o mesmo formato, mas chegou {p.shape} e {q.shape}."
        )
    if not (np.all(p >= 0) and np.all(q >= 0)):  # NaN também não passa
        raise ValueError("as densidades não podem ter valores negativos nem NaN.")
    return p, q
