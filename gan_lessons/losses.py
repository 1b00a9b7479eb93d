"""Perdas adversariais e penalidades: funções puras de logits.

Cada perda é um par: o que o discriminador minimiza e o que o gerador minimiza. `LOSSES` dá nome
aos pares, e é por esse nome que uma `Recipe` escolhe a sua. Uma perda nova são duas funções e uma
linha ali: o treinador, a população e o painel a encontram.

Notação: ``r`` são os logits dos pontos reais, ``f`` os dos falsos, ``D = sigmoid(logit)``.
`softplus(x) = ln(1 + eˣ)` aparece porque ``−ln D = softplus(−logit)`` e
``−ln(1 − D) = softplus(logit)``: a mesma conta, sem logaritmo de zero.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import relu, softplus


def discriminator_loss(real_logits, fake_logits):
    """Entropia cruzada: ``média(softplus(−r)) + média(softplus(f))``.

    Vale ``ln 4`` quando todos os logits são 0 (o discriminador só chuta).
    Fonte: Goodfellow et al. (2014), eq. 1. Cadernos: ``01_teoria`` e ``02_espiral``.
    """
    return softplus(-real_logits).mean() + softplus(fake_logits).mean()


def nonsaturating_loss(real_logits, fake_logits):
    """Perda não saturante do gerador: ``média(softplus(−f)) = −média(ln D)``.

    Vale ``ln 2`` quando os logits são 0. `real_logits` não é usado.
    Fonte: Goodfellow et al. (2014), §3. Cadernos: ``01_teoria`` e ``02_espiral``.
    """
    return softplus(-fake_logits).mean()


def saturating_loss(real_logits, fake_logits):
    """Perda saturante do gerador: ``−média(softplus(f)) = média(ln(1 − D))``.

    Vale ``−ln 2`` quando os logits são 0. `real_logits` não é usado.
    Fonte: Goodfellow et al. (2014), eq. 1. Caderno: ``01_teoria``.
    """
    return -softplus(fake_logits).mean()


def least_squares_discriminator_loss(real_logits, fake_logits):
    """Mínimos quadrados: ``½ · média((r − 1)²) + ½ · média(f²)``.

    Fonte: Mao et al. (2017), "Least Squares Generative Adversarial Networks", eq. 9.
    """
    return (real_logits - 1).square().mean() / 2 + fake_logits.square().mean() / 2


def least_squares_generator_loss(real_logits, fake_logits):
    """Mínimos quadrados: ``½ · média((f − 1)²)``. `real_logits` não é usado.

    Fonte: Mao et al. (2017), eq. 9.
    """
    return (fake_logits - 1).square().mean() / 2


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """Distância de Wasserstein, com o sinal trocado: ``média(f) − média(r)``.

    Só faz sentido com um freio no discriminador, como `gradient_penalty`.
    Fonte: Arjovsky, Chintala & Bottou (2017), "Wasserstein GAN".
    """
    return fake_logits.mean() - real_logits.mean()


def wasserstein_generator_loss(real_logits, fake_logits):
    """``−média(f)``. `real_logits` não é usado. Fonte: Arjovsky, Chintala & Bottou (2017)."""
    return -fake_logits.mean()


def hinge_discriminator_loss(real_logits, fake_logits):
    """Dobradiça (hinge): ``média(max(0, 1 − r)) + média(max(0, 1 + f))``.

    Cobra só até a margem: um real de logit acima de 1, ou um falso abaixo de −1, não conta mais.
    O melhor discriminador perde ``2 − Σ|p − q|``, com ``p`` e ``q`` as duas distribuições.
    Fontes: Lim & Ye (2017), "Geometric GAN"; Miyato et al. (2018), "Spectral Normalization for
    Generative Adversarial Networks", eq. 16.
    """
    return relu(1 - real_logits).mean() + relu(1 + fake_logits).mean()


def hinge_generator_loss(real_logits, fake_logits):
    """``−média(f)``, a mesma de Wasserstein. Fontes: as do discriminador; Miyato et al., eq. 17."""
    return wasserstein_generator_loss(real_logits, fake_logits)


def relativistic_discriminator_loss(real_logits, fake_logits):
    """Relativística em pares: ``média(softplus(f − r))``.

    O discriminador só precisa dar ao real um logit maior que o do falso ao lado. Vale ``ln 2``
    quando os logits são iguais. Os pares pedem os dois lados no mesmo formato.
    Fontes: Jolicoeur-Martineau (2018); Huang et al. (2024), "The GAN is dead; long live the GAN!".
    """
    _check_pairs(real_logits, fake_logits, "real_logits", "fake_logits")
    return softplus(fake_logits - real_logits).mean()


def relativistic_generator_loss(real_logits, fake_logits):
    """Relativística em pares: ``média(softplus(r − f))``. Fontes: as mesmas do discriminador."""
    _check_pairs(real_logits, fake_logits, "real_logits", "fake_logits")
    return softplus(real_logits - fake_logits).mean()


class AdversarialLoss(NamedTuple):
    """O par de perdas de um jogo.

    Attributes
    ----------
    discriminator, generator : callable
        ``(real_logits, fake_logits) → escalar`` a minimizar por cada rede.
    name : str
        O nome em português, para menus e frases.
    ties : tuple of (float, str)
        O que perdem o discriminador e o gerador no empate, quando D não distingue nada: o valor
        e como se escreve.
    relative : bool
        Verdadeiro se a perda do gerador olha também para os logits reais.
    """

    discriminator: Callable
    generator: Callable
    name: str
    ties: tuple
    relative: bool = False


LN_2, LN_4, ZERO = (math.log(2), "ln 2"), (math.log(4), "ln 4"), (0.0, "0")

LOSSES = {
    "non-saturating": AdversarialLoss(
        discriminator_loss, nonsaturating_loss, "não saturante", (LN_4, LN_2)
    ),
    "saturating": AdversarialLoss(
        discriminator_loss, saturating_loss, "saturante", (LN_4, (-math.log(2), "−ln 2"))
    ),
    "least-squares": AdversarialLoss(
        least_squares_discriminator_loss,
        least_squares_generator_loss,
        "mínimos quadrados",
        ((1 / 4, "1/4"), (1 / 8, "1/8")),
    ),
    "wasserstein": AdversarialLoss(
        wasserstein_discriminator_loss, wasserstein_generator_loss, "Wasserstein", (ZERO, ZERO)
    ),
    "hinge": AdversarialLoss(
        hinge_discriminator_loss, hinge_generator_loss, "dobradiça (hinge)", ((2.0, "2"), ZERO)
    ),
    "relativistic": AdversarialLoss(
        relativistic_discriminator_loss,
        relativistic_generator_loss,
        "relativística",
        (LN_2, LN_2),
        relative=True,
    ),
}


def input_gradient(discriminator, points):
    """Gradiente do logit em relação a cada ponto de entrada.

    Parameters
    ----------
    discriminator : callable
        ``(n, …) → (n, 1)`` logits.
    points : torch.Tensor, shape (n, …)

    Returns
    -------
    torch.Tensor, shape (n, …)
        Para onde, e quanto, o logit cresce em cada ponto; derivável nos pesos.
    """
    if isinstance(discriminator, nn.Module) and any(
        map(nn.parameter.is_lazy, discriminator.parameters())
    ):
        raise ValueError(
            "discriminator tem camadas Lazy ainda sem tamanho; passe antes um lote por ele."
        )
    # torch.func, e não autograd.grad: a mesma linha serve a uma rede só e a muitas sob vmap.
    return torch.func.grad(lambda inputs: discriminator(inputs).sum())(points)


def r1_penalty(discriminator, points):
    """``½ · média(‖∇D(x)‖²)``: cobra do discriminador uma superfície plana nos pontos dados.

    Nos pontos reais é a R1; nos falsos, a R2. É zero num discriminador constante.
    Fonte: Mescheder, Geiger & Nowozin (2018), eq. 9. Cadernos: ``01_teoria`` e ``02_espiral``.
    """
    gradient = input_gradient(discriminator, points)
    return gradient.square().flatten(1).sum(dim=1).mean() / 2


def gradient_penalty(discriminator, real, fake, mix):
    """``média((‖∇D(x̂)‖ − 1)²)`` em ``x̂ = mix · real + (1 − mix) · fake``.

    Fonte: Gulrajani et al. (2017), "Improved Training of Wasserstein GANs", eq. 3.

    Parameters
    ----------
    discriminator : callable
    real, fake : torch.Tensor, shape (n, …)
    mix : torch.Tensor, shape (n, 1)
        Sorteio uniforme em [0, 1], um por ponto.
    """
    _check_pairs(real, fake, "real", "fake")
    if mix.shape != (len(real), 1):
        raise ValueError(f"mix deve ter formato ({len(real)}, 1), mas chegou {tuple(mix.shape)}.")
    mix = mix.reshape(-1, *[1] * (real.dim() - 1))
    gradient = input_gradient(discriminator, mix * real + (1 - mix) * fake)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()


def _check_pairs(one, other, name, other_name):
    """Recusa formatos diferentes: o PyTorch os combinaria, todos com todos, sem avisar."""
    if one.shape != other.shape:
        raise ValueError(
            f"{other_name} deve ter o formato de {name}, {tuple(one.shape)}, "
            f"mas chegou {tuple(other.shape)}."
        )
