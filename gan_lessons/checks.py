"""`confirm`, que sustenta as afirmações de uma aula, e os corretores dos exercícios."""


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
    # numpy e pandas têm o seu próprio booleano; `bool(x) is x` recusaria os dois.
    if type(holds).__name__ not in ("bool", "bool_"):
        raise TypeError(f"holds deve ser verdadeiro ou falso, mas chegou {holds!r}.")
    if not holds:
        raise AssertionError(f"não se confirma: {claim}")
    print(f"✔ {claim}")
