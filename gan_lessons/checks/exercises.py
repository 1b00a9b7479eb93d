"""A mecânica comum dos corretores: o que aparece quando falta, quando erra e quando acerta."""

import functools

from gan_lessons.checks.answers import PENDING, AnswerError, Function, stopped


def exercise(praise, *, function=None):
    """Transforma uma função ``resposta → dica`` no corretor de um exercício.

    A função decorada devolve uma dica em português se a resposta não está certa, ou `None` se
    está. O corretor nunca levanta erro: mostra ``✔`` e `praise`, a dica, ou "ainda por fazer" se a
    resposta é `None` ou ``...``. Só o Ctrl-C o interrompe. Em ``hint_for(resposta)``, o corretor
    dá a dica sem mostrá-la, ou `None`.

    Parameters
    ----------
    praise : str
        O que dizer a quem acertou: a ideia que o exercício deixa.
    function : str, optional
        Se a resposta é uma função, os argumentos dela; o corretor então recebe uma `Function`.
    """

    def decorate(find_hint):
        def hint_for(answer):
            if answer is None or answer is ...:
                return PENDING
            try:
                return find_hint(Function(answer, function) if function else answer)
            except AnswerError as found:
                return str(found)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # até um `==` de um objeto do aluno pode falhar
                return stopped("a resposta", error)

        @functools.wraps(find_hint)
        def check(answer):
            hint = hint_for(answer)
            print(f"✔ {praise}" if hint is None else hint if hint == PENDING else f"✘ {hint}")

        check.hint_for = hint_for
        return check

    return decorate
