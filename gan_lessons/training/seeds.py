"""As sementes de um treino: a metade de baixo treina, a de cima só olha."""

import torch

from gan_lessons.validation import check_int

HALF = 2**31
"""O PyTorch só usa 32 bits de uma semente; as de treino são menores que isto."""


def check_seed(seed, *, n=1):
    """Devolve `seed` como `int`, de 0 a ``HALF − 1``; com `n`, a primeira de `n` seguidas."""
    return check_int(seed, "seed", minimum=0, maximum=HALF - n)


def looking_rng(seed):
    """A fonte de sorteios de quem só olha um treino: nenhum treino tem a mesma, nem a muda."""
    return torch.Generator().manual_seed(HALF + seed % HALF)
