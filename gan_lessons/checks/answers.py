"""As respostas dos alunos: cada espécie conferida uma vez só, sem o inglês do Python no caminho."""

import copy
import inspect
import math
import traceback
import warnings
from pathlib import Path

import numpy as np

from gan_lessons.portuguese import with_commas
from gan_lessons.validation import check_array, shown

PACKAGE = str(Path(__file__).parent.parent)

PENDING = "… ainda por fazer"

_REASONS = {
    RecursionError: "ela chama a si mesma sem parar",
    NotImplementedError: "um pedaço ainda não foi escrito",
    NameError: "há um nome que não foi definido",
    ZeroDivisionError: "houve uma divisão por zero",
    OverflowError: "um número ficou grande demais",
    IndexError: "um índice passou do fim da sequência",
    KeyError: "o dicionário não tem a chave pedida",
    AttributeError: "o objeto não tem o atributo pedido",
    ImportError: "um módulo não foi encontrado",
    AssertionError: "um assert não se cumpriu",
    SystemExit: "ela pediu para encerrar o programa",
    TypeError: "uma conta recebeu um tipo de valor que não serve",
    ValueError: "uma conta recebeu um valor que não serve",
    RuntimeError: "o PyTorch não pôde fazer a conta; confira os formatos",
}
"""O que dizer de cada erro do Python; vale a primeira espécie que servir."""


class AnswerError(Exception):
    """Uma dica para o aluno: o corretor a levanta, e `exercise` a mostra."""


class Function:
    """A função de um aluno, que só falha com uma dica.

    Parameters
    ----------
    answer : object
        O que o aluno respondeu; uma dica, se não é uma função.
    parameters : str
        Os argumentos que ela deve receber, como ``"n, seed"``.
    """

    def __init__(self, answer, parameters):
        if not callable(answer):
            raise AnswerError(
                f"a resposta é uma função de {parameters}, passada pelo nome e sem chamá-la; "
                f"chegou {described(answer)}."
            )
        self.answer, self.parameters = answer, parameters

    def __call__(self, *values):
        """O que a função dá; ela recebe cópias, e pode estragá-las."""
        try:
            signature = inspect.signature(self.answer)
            signature.bind(*values)
        except ValueError:  # as que vêm de bibliotecas em C nem sempre dizem o que recebem
            pass
        except TypeError:
            received = f"a função deve receber ({self.parameters}), e a sua recebe {signature}."
            raise AnswerError(received) from None
        result = attempted("a função", self.answer, *copy.deepcopy(values))
        if result is None:
            raise AnswerError("a função não devolveu nada; termine-a com return.")
        if result is ...:
            raise AnswerError(PENDING)
        return result

    def number(self, *values):
        """O que a função dá, como número finito."""
        return number(self(*values), "a função")

    def truth(self, *values):
        """O que a função dá, como verdadeiro ou falso."""
        result = _single(self(*values))
        if not isinstance(result, bool | np.bool_):
            raise AnswerError(
                f"a função deve devolver True ou False, e devolveu {described(result)}."
            )
        return bool(result)

    def array(self, *values, shape):
        """O que a função dá, como matriz de números."""
        return array(self(*values), "a função", shape)


def attempted(who, call, *values):
    """O que `call` dá; um erro dela vira a dica que diz, em português, por que parou."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(*values)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise AnswerError(stopped(who, error)) from None


def stopped(who, error):
    """A frase que diz por que uma resposta parou, e onde."""
    reason = next((text for kind, text in _REASONS.items() if isinstance(error, kind)), "")
    steps = traceback.extract_tb(error.__traceback__)
    if steps and steps[-1].filename.startswith(PACKAGE) and type(error) in (TypeError, ValueError):
        reason = str(error)  # os erros do curso já vêm em português
    own = [step.lineno for step in steps if not step.filename.startswith(PACKAGE)]
    place = f", na linha {own[0]} da célula" if own else ""
    sentence = f"{who} parou com {type(error).__name__}{place}{reason and ': '}{reason}"
    return sentence.removesuffix(".") + "."  # o motivo às vezes já traz o ponto


def number(value, who="a resposta"):
    """`value` como `float` finito."""
    value = _single(value)
    wrong = f"{who} deve dar um número, e deu {described(value)}."
    # De um complexo do NumPy a conversão comum perderia metade, calada.
    if isinstance(value, bool | np.bool_ | np.complexfloating | str | bytes):
        raise AnswerError(wrong)
    try:
        result = float(value)
    except Exception:  # de um objeto do aluno pode vir qualquer erro
        raise AnswerError(wrong) from None
    if not math.isfinite(result):
        raise AnswerError(f"{who} deu {result}, que não é um número finito.")
    return result


def array(value, who, shape):
    """`value` como matriz de números finitos de formato `shape`; um ``-1`` aceita qualquer lado."""
    wanted = str(shape).replace("-1", "n")
    try:
        result = check_array(value, who, shape=wanted)
    except (TypeError, ValueError) as error:
        raise AnswerError(str(error)) from None
    fits = len(result.shape) == len(shape) and all(
        side in (-1, got) for side, got in zip(shape, result.shape, strict=True)
    )
    if not fits:
        raise AnswerError(f"{who} deve dar números em formato {wanted}, e deu {result.shape}.")
    return result


def words(value, who):
    """Os textos de uma coleção, em lista; um texto sozinho é uma coleção de um."""
    if isinstance(value, str):
        return [value]
    try:
        result = list(value)
    except Exception:
        result = None
    if result is None or not all(isinstance(word, str) for word in result):
        raise AnswerError(f"{who} deve dar uma coleção de textos, e deu {described(value)}.")
    return result


def described(value):
    """O que chegou, para uma dica."""
    if isinstance(value, type):
        return f"a classe {value.__name__}"
    if inspect.isroutine(value):
        return "uma função"
    text = shown(value)
    return f"um objeto de tipo {type(value).__name__}" if text.startswith("<") else text


def rounded(value):
    """Um número curto, com vírgula, para uma dica."""
    return with_commas(f"{value:.4g}")


def _single(value):
    """O número de uma matriz ou de um tensor de um elemento só; o resto, como veio."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
