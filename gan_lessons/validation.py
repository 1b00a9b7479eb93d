"""Conferência de argumentos: todo erro de entrada do curso sai daqui, em português.

Cada função devolve o valor já convertido, ou levanta `TypeError`/`ValueError` dizendo o nome do
argumento, o que chegou e o que é aceito.
"""

import numbers

import numpy as np


def check_int(value, name, *, minimum=1):
    """Devolve `value` como `int`; aceita inteiros do NumPy e recusa booleanos."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} deve ser um número inteiro, mas chegou {value!r}.")
    if value < minimum:
        raise ValueError(f"{name} deve ser pelo menos {minimum}, mas chegou {value}.")
    return int(value)


def check_number(value, name, *, minimum=0.0, maximum=np.inf, open_minimum=False):
    """Devolve `value` como `float` finito entre `minimum` e `maximum`.

    Com `open_minimum=True`, o próprio `minimum` fica de fora (taxas de aprendizado, por exemplo).
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} deve ser um número, mas chegou {value!r}.")
    too_low = value <= minimum if open_minimum else value < minimum
    if not np.isfinite(value) or too_low or value > maximum:
        low = f"maior que {minimum:g}" if open_minimum else f"no mínimo {minimum:g}"
        high = "" if np.isinf(maximum) else f" e no máximo {maximum:g}"
        raise ValueError(f"{name} deve ser um número finito, {low}{high}, mas chegou {value}.")
    return float(value)


def check_choice(value, name, choices):
    """Devolve `value` se for uma das palavras de `choices`."""
    if not isinstance(value, str) or value not in choices:
        accepted = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} deve ser uma destas opções: {accepted}; mas chegou {value!r}.")
    return value


def check_points(points, name, *, n_columns=None, minimum=1):
    """Devolve `points` como matriz `(n, d)` de números finitos.

    Parameters
    ----------
    points : array_like, shape (n, d)
    name : str
        Nome do argumento, para a mensagem de erro.
    n_columns : int, optional
        Número exato de colunas que se espera.
    minimum : int
        Menor número de linhas que serve.
    """
    try:
        array = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} deve ser uma matriz de números (n, d), mas chegou {type(points).__name__}."
        ) from error
    if array.ndim != 2:
        raise ValueError(f"{name} deve ter formato (n, d), mas chegou {array.shape}.")
    if n_columns is not None and array.shape[1] != n_columns:
        raise ValueError(f"{name} deve ter {n_columns} colunas, mas chegou {array.shape[1]}.")
    if len(array) < minimum:
        raise ValueError(f"{name} deve ter pelo menos {minimum} pontos, mas chegou {len(array)}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} tem valores não finitos (NaN ou infinito); retire-os antes.")
    return array
