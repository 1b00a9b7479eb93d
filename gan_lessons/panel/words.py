"""As frases do painel: o que um meio passo fez, e o que um erro quer dizer."""

import html
import traceback

import numpy as np

from gan_lessons.losses import LOSSES
from gan_lessons.portuguese import decimal, short_number


def _change(before, after):
    one, other = decimal(before), decimal(after)
    return f"continuou em {one}" if one == other else f"foi de {one} para {other}"


def discriminator_step(before, after, loss, batch_size):
    """O que o meio passo do discriminador mudou."""
    return (
        f"<b>Meio passo de D.</b> O discriminador viu {batch_size} reais e {batch_size} falsos, "
        f"e a perda dele foi {decimal(loss)}. A certeza média de que é real "
        f"{_change(before.on_real, after.on_real)} nos reais e "
        f"{_change(before.on_fake, after.on_fake)} nos falsos. O gerador não se mexeu."
    )


def generator_step(before, after, loss):
    """O que o meio passo do gerador mudou."""
    return (
        f"<b>Meio passo de G.</b> A perda do gerador foi {decimal(loss)}. {_moved(before, after)} "
        f"A certeza de D neles {_change(before.on_fake, after.on_fake)}. "
        "O discriminador não se mexeu."
    )


def whole_step(before, after, discriminator_loss, generator_loss):
    """O que um passo completo mudou."""
    return (
        f"<b>Passo completo.</b> Perda de D: {decimal(discriminator_loss)}; de G: "
        f"{decimal(generator_loss)}. {_moved(before, after)} A certeza de D "
        f"{_change(before.on_real, after.on_real)} nos reais e "
        f"{_change(before.on_fake, after.on_fake)} nos falsos."
    )


def _moved(before, after):
    distance = (after.fake - before.fake).reshape(len(after.fake), -1)
    mean = np.linalg.norm(distance, axis=1).mean()
    return f"Os falsos andaram {decimal(mean, 3)}, em média."


def recipe_change(changes):
    """O que mudou na receita."""
    parts = []
    for name, value in changes.items():
        if name == "loss":
            parts.append(f"a perda agora é {LOSSES[value].name}")
        else:
            parts.append(f"{FIELD_NAMES[name]} agora é {short_number(value)}")
    return f"<b>Receita mudada:</b> {'; '.join(parts)}."


FIELD_NAMES = {
    "discriminator_lr": "a taxa de D",
    "generator_lr": "a taxa de G",
    "discriminator_steps": "o número de passos de D por passo de G",
    "r1": "o peso da R1",
}


def recorded(n_steps):
    """O que uma gravação deixou."""
    return f"<b>Filme pronto:</b> {n_steps} passos gravados. Arraste o controle do filme."


def divergence(error):
    """O que é uma divergência e o que fazer."""
    return (
        f"<b>O treino divergiu no passo {error.step}.</b> As redes se empurraram com tanta força "
        "que os pesos cresceram até a perda deixar de ser um número. Diminua uma taxa, ou aumente "
        "a R1, e clique em Recomeçar."
    )


def failure(error):
    """Um erro que não é do jogo, mesmo um que não saiba dizer o que é."""
    text = html.escape("".join(traceback.format_exception_only(error)).strip())
    return f"<b>O treino parou.</b> {text}<br>Clique em Recomeçar para voltar ao passo 0."
