"""Perdas adversariais e penalidades: funções puras de logits.

Cada perda é um par: o que o discriminador minimiza e o que o gerador minimiza. `LOSSES` dá nome
aos pares, e é por esse nome que uma `Recipe` escolhe a sua.

Notação: ``r`` são os logits dos pontos reais, ``f`` os dos falsos, ``D = sigmoid(logit)``.
`softplus(x) = ln(1 + eˣ)` aparece porque ``−ln D = softplus(−logit)`` e
``−ln(1 − D) = softplus(logit)``: a mesma conta, sem logaritmo de zero.
"""

from typing import NamedTuple

import torch
from torch.nn.functional import softplus


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


def relativistic_discriminator_loss(real_logits, fake_logits):
    """Relativística em pares: ``média(softplus(f − r))``.

    O discriminador só precisa dar ao real um logit maior que o do falso ao lado. Vale ``ln 2``
    quando os logits são iguais.
    Fontes: Jolicoeur-Martineau (2018); Huang et al. (2024), "The GAN is dead; long live the GAN!".
    """
    return softplus(fake_logits - real_logits).mean()


def relativistic_generator_loss(real_logits, fake_logits):
    """Relativística em pares: ``média(softplus(r − f))``. Fontes: as mesmas do discriminador."""
    return softplus(real_logits - fake_logits).mean()


class AdversarialLoss(NamedTuple):
    """O par de perdas de um jogo.

    Attributes
    ----------
    discriminator, generator : callable
        ``(real_logits, fake_logits) → escalar`` a minimizar por cada rede.
    relative : bool
        Verdadeiro se a perda do gerador olha também para os logits reais.
    """

    discriminator: callable
    generator: callable
    relative: bool = False


LOSSES = {
    "non-saturating": AdversarialLoss(discriminator_loss, nonsaturating_loss),
    "saturating": AdversarialLoss(discriminator_loss, saturating_loss),
    "least-squares": AdversarialLoss(
        least_squares_discriminator_loss, least_squares_generator_loss
    ),
    "wasserstein": AdversarialLoss(wasserstein_discriminator_loss, wasserstein_generator_loss),
    "relativistic": AdversarialLoss(
        relativistic_discriminator_loss, relativistic_generator_loss, relative=True
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

    Parameters
    ----------
    discriminator : callable
    real, fake : torch.Tensor, shape (n, …)
    mix : torch.Tensor, shape (n, 1)
        Sorteio uniforme em [0, 1], um por ponto.

    Notes
    -----
    Fonte: Gulrajani et al. (2017), "Improved Training of Wasserstein GANs", eq. 3.
    """
    mix = mix.reshape(-1, *[1] * (real.dim() - 1))
    gradient = input_gradient(discriminator, mix * real + (1 - mix) * fake)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()
