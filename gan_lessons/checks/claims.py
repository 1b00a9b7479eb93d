"""`confirm`: a afirmação de uma aula, calculada ao lado da frase que a faz."""

import numpy as np


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
        Se `holds` não for um booleano: uma conta esquecida não deve passar por verdade.
    """
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(f"holds deve ser verdadeiro ou falso, mas chegou {holds!r}.")
    if not holds:
        raise AssertionError(f"não se confirma: {claim}")
    print(f"✔ {claim}")
