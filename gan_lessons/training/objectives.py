"""O que cada rede minimiza: a perda da receita e, no discriminador, as penalidades.

São funções puras. A mesma linha serve ao laço de uma GAN e, sob `torch.func`, ao de muitas.
"""

import torch

from gan_lessons.losses import LOSSES, gradient_penalty, r1_penalty


def discriminator_objective(recipe, discriminator, real, fake, *, charge=True, mix=None):
    """A soma que o discriminador minimiza: ``perda + R1 + R2 + penalidade de gradiente``.

    Fontes: as de `losses`; penalidade espaçada, Karras et al. (2020), "Analyzing and Improving the
    Image Quality of StyleGAN". Caderno: ``02_espiral``.

    Parameters
    ----------
    recipe : Recipe
    discriminator : callable
        ``(n, …) → (n, 1)`` logits.
    real, fake : torch.Tensor, shape (n, …)
    charge : bool, default=True
        Se R1 e R2 são cobradas nesta atualização, com o peso de todas as que ficam sem elas.
    mix : torch.Tensor, shape (n, 1), optional
        O sorteio da penalidade de gradiente, se a receita a pede; veja `losses.gradient_penalty`.

    Returns
    -------
    objective, loss : torch.Tensor, shape ()
        A soma, e a perda sem as penalidades.
    """
    loss = LOSSES[recipe.loss].discriminator(discriminator(real), discriminator(fake))
    penalty = 0.0
    if charge and recipe.r1:
        penalty += recipe.penalty_every * recipe.r1 * r1_penalty(discriminator, real)
    if charge and recipe.r2:
        penalty += recipe.penalty_every * recipe.r2 * r1_penalty(discriminator, fake)
    if recipe.gradient_penalty:
        penalty += recipe.gradient_penalty * gradient_penalty(discriminator, real, fake, mix)
    return loss + penalty, loss


def draw_mix(recipe, real, rng):
    """O sorteio da penalidade de gradiente, shape ``(n, 1)``; nada, se a receita não a pede."""
    if not recipe.gradient_penalty:
        return None
    return torch.rand((len(real), 1), generator=rng).to(real.device)


def generator_objective(recipe, discriminator, real, fake):
    """A perda que o gerador minimiza. Fontes: as de `losses`. Caderno: ``02_espiral``.

    Os argumentos são os de `discriminator_objective`; os reais só contam numa perda relativa, como
    a relativística.
    """
    loss = LOSSES[recipe.loss]
    real_logits = discriminator(real) if loss.relative else None
    return loss.generator(real_logits, discriminator(fake))
