"""`confirm`: a afirmação de uma aula, calculada ao lado da frase que a faz."""

import numpy as np

from gan_lessons.validation import shown


def confirm(claim, holds):
    """Mostra ``✔ claim``, ou levanta `AssertionError` se a afirmação não se cumpre.

    Parameters
    ----------
    claim : str
        A afirmação, em palavras que não mudam de uma execução para outra.
    holds : bool
        O que foi calculado para decidi-la.

    Raises
    ------
    AssertionError
        Se `holds` for falso; a mensagem é a afirmação.
    TypeError
        Se `claim` não for um texto, ou `holds` um booleano: uma conta esquecida não deve passar por
        verdade.
    """
    if not isinstance(claim, str):
        raise TypeError(f"claim deve ser uma frase, mas chegou {shown(claim)}.")
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(f"holds deve ser verdadeiro ou falso, mas chegou {shown(holds)}.")
    if not holds:
        raise AssertionError(f"não se confirma: {claim}")
    print(f"✔ {claim}")
