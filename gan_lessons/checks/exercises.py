"""A mecânica comum dos corretores: o que aparece quando falta, quando erra e quando acerta."""

import functools


def exercise(praise):
    """Transforma uma função ``resposta → dica`` no corretor de um exercício.

    A função decorada devolve uma dica em português se a resposta não está certa, ou `None` se
    está. O corretor nunca levanta erro: mostra ``✔`` e `praise`, a dica, ou "ainda por fazer" se a
    resposta é `None` ou ``...``.

    Parameters
    ----------
    praise : str
        O que dizer a quem acertou: a ideia que o exercício deixa.
    """

    def decorate(find_hint):
        @functools.wraps(find_hint)
        def check(answer):
            if answer is None or answer is ...:
                print("… ainda por fazer")
                return
            try:
                hint = find_hint(answer)
            except Exception as error:  # a resposta do aluno pode falhar de qualquer jeito
                hint = f"a sua resposta parou com {type(error).__name__}: {error}"
            print(f"✔ {praise}" if hint is None else f"✘ {hint}")

        return check

    return decorate
