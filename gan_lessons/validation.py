"""Conferência de argumentos: todo erro de entrada do curso sai daqui, em português.

Há uma função para cada espécie de argumento. Todas recebem o valor e o nome do argumento, e
devolvem o valor já convertido, ou levantam `TypeError`/`ValueError` dizendo o nome, o que chegou e
o que é aceito. Quem guarda o que elas devolvem não precisa conferir mais nada, e a documentação de
cada função só fala dos erros que não são estes.
"""

import numbers
import os
from pathlib import Path

import numpy as np
import psutil
from sklearn.utils import check_random_state as sklearn_random_state
from torch import nn

MAX_SEED = 2**32 - 1
"""A maior semente: acima dela, o PyTorch e o NumPy dariam de novo os sorteios de uma menor."""

MAX_COORDINATE = 1e150
"""A maior coordenada de um ponto: o quadrado dela, e o de uma diferença, ainda cabem em float64."""


def check_int(value, name, *, minimum=1, maximum=None, n_bytes=0):
    """Devolve `value` como `int`; aceita inteiros do NumPy e recusa booleanos.

    Se for uma quantidade de coisas de `n_bytes` cada uma, todas têm de caber na memória.
    """
    if not _is_a(numbers.Integral, value):
        raise TypeError(f"{name} deve ser um número inteiro, mas chegou {shown(value)}.")
    number = int(value)
    if number < minimum:
        raise ValueError(f"{name} deve ser pelo menos {minimum}, mas chegou {shown(number)}.")
    if maximum is not None and number > maximum:
        raise ValueError(f"{name} deve ser no máximo {maximum}, mas chegou {shown(number)}.")
    if n_bytes:
        check_fits(number * n_bytes, name, number)
    return number


def check_number(value, name, *, minimum=0.0, maximum=np.inf, open_minimum=False):
    """Devolve `value` como `float` finito entre `minimum` e `maximum`.

    Com `open_minimum=True`, o próprio `minimum` fica de fora (taxas de aprendizado, por exemplo).
    """
    if not _is_a(numbers.Real, value):
        raise TypeError(f"{name} deve ser um número, mas chegou {shown(value)}.")
    try:
        number = float(value)
    except OverflowError:  # um inteiro ou uma fração grande demais
        number = np.inf
    too_low = number <= minimum if open_minimum else number < minimum
    if not np.isfinite(number) or too_low or number > maximum:
        low = f", maior que {minimum:g}" if open_minimum else f", no mínimo {minimum:g}"
        low = "" if np.isinf(minimum) else low
        high = "" if np.isinf(maximum) else f" e no máximo {maximum:g}"
        raise ValueError(f"{name} deve ser um número finito{low}{high}, mas chegou {shown(value)}.")
    return number


def check_flag(value, name):
    """Devolve `value` como `bool`; só aceita verdadeiro e falso, e não o que pareça um deles."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} deve ser True ou False, mas chegou {shown(value)}.")
    return bool(value)


def check_choice(value, name, choices):
    """Devolve `value` se for uma das palavras de `choices`."""
    if not isinstance(value, str) or value not in choices:
        accepted = ", ".join(repr(choice) for choice in choices)
        raise ValueError(
            f"{name} deve ser uma destas opções: {accepted}; mas chegou {shown(value)}."
        )
    return value


def check_alt(value, name="alt"):
    """Devolve `value` se for uma frase, que descreva a figura a quem não a vê."""
    if not isinstance(value, str) or len(value.split()) < 4:
        raise ValueError(f"{name} deve descrever a figura numa frase, mas chegou {shown(value)}.")
    return value


def check_seed(value, name="seed"):
    """Devolve `value` como semente: um `int` de 0 a `MAX_SEED`."""
    return check_int(value, name, minimum=0, maximum=MAX_SEED)


def check_random_state(value, name="random_state"):
    """Devolve o `numpy.random.RandomState` que `value` quer dizer, como no scikit-learn.

    `None` é o gerador global do NumPy; um inteiro, um gerador novo com essa semente.
    """
    if value is None or isinstance(value, np.random.RandomState):
        return sklearn_random_state(value)
    if not _is_a(numbers.Integral, value):
        raise TypeError(
            f"{name} deve ser None, um inteiro ou um numpy.random.RandomState, "
            f"mas chegou {shown(value)}."
        )
    return sklearn_random_state(check_seed(value, name))


def check_array(values, name, *, shape="(n, d)", kinds="biuf"):
    """Devolve `values` como matriz de números reais finitos, float64, de qualquer formato.

    Serve uma lista, uma tabela do pandas, uma matriz do NumPy ou um tensor, com ou sem gradiente.
    Não servem textos, datas, números complexos nem valores mascarados, que a conversão comum
    aceitaria calada. O formato `shape` é só para a mensagem de erro: quem chama é que o confere.
    Das espécies de número do NumPy, `kinds` diz as que servem: booleanos, inteiros, quebrados.
    """
    wanted = f"{name} deve ser uma matriz de números {shape}"
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.double() if values.is_floating_point() else values  # e bfloat16 também
    if np.ma.is_masked(values):
        raise ValueError(f"{wanted}, mas chegou com valores mascarados; retire-os antes.")
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise TypeError(
            f"{wanted}, com linhas do mesmo tamanho, mas chegou {type(values).__name__} que não é."
        ) from error
    real = array.dtype.kind in kinds or (
        array.dtype.kind == "O" and all(isinstance(number, numbers.Real) for number in array.flat)
    )
    if not real:
        raise TypeError(f"{wanted}, mas chegou {type(values).__name__} de dtype {array.dtype}.")
    try:
        array = np.asarray(array, np.float64, order="C")
    except OverflowError as error:
        raise ValueError(f"{name} tem números grandes demais para float64.") from error
    if not np.isfinite(array).all():
        raise ValueError(f"{name} tem valores não finitos (NaN ou infinito); retire-os antes.")
    return array


def check_points(points, name, *, n_columns=None, like=None, minimum=1):
    """Devolve `points` como matriz `(n, d)` de números finitos, float64.

    São pelo menos `minimum` linhas, e `n_columns` colunas, como as do argumento `like`; sem ele,
    pelo menos uma.
    """
    array = check_array(points, name)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} deve ter formato (n, d), mas chegou {array.shape}.")
    if n_columns is not None and array.shape[1] != n_columns:
        like = "" if like is None else f", como {like}"
        raise ValueError(f"{name} deve ter {n_columns} colunas{like}, mas chegou {array.shape[1]}.")
    if len(array) < minimum:
        raise ValueError(f"{name} deve ter pelo menos {minimum} pontos, mas chegou {len(array)}.")
    if np.abs(array).max(initial=0.0) > MAX_COORDINATE:
        raise ValueError(
            f"{name} deve ter coordenadas de até {MAX_COORDINATE:g}, "
            f"mas chegou {np.abs(array).max():g}: as distâncias transbordariam."
        )
    return array


def check_probabilities(values, name, *, shape="(n,)"):
    """Devolve `values` como matriz de números entre 0 e 1, float64, de qualquer formato."""
    array = check_array(values, name, shape=shape, kinds="iuf")
    if ((array < 0) | (array > 1)).any():
        raise ValueError(
            f"{name} deve ter só valores entre 0 e 1, mas chegaram valores de "
            f"{array.min():g} a {array.max():g}; se são logits, aplique antes a sigmoide."
        )
    return array


def check_pair(real, fake, *, minimum=1):
    """Devolve os pontos reais e os falsos, com as mesmas colunas e pelo menos `minimum` linhas."""
    real = check_points(real, "real", minimum=minimum)
    return real, check_points(fake, "fake", n_columns=real.shape[1], like="real", minimum=minimum)


def check_images(images, name):
    """Devolve `images` como matriz `(n, h, w)`, float64; aceita também `(n, 1, h, w)`."""
    shape = "(n, 1, h, w) ou (n, h, w)"
    array = check_array(images, name, shape=shape)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 3 or array.size == 0:
        raise ValueError(f"{name} deve ter formato {shape}, mas chegou {array.shape}.")
    return array


def check_labels(labels, name, *, n=None, n_classes=None):
    """Devolve `labels` como vetor de inteiros, int64: `n` deles ou, sem `n`, pelo menos um.

    Com `n_classes`, todos devem estar de 0 a ``n_classes − 1``.
    """
    if hasattr(labels, "detach"):
        labels = labels.detach().cpu()
    try:
        array = np.asarray(labels)
    except (TypeError, ValueError):  # linhas de tamanhos diferentes
        array = np.empty(0, dtype=object)
    integers = array.ndim == 1 and array.dtype.kind in "iu" and not np.ma.is_masked(labels)
    if not integers or len(array) == 0 or (n is not None and len(array) != n):
        count = "pelo menos um rótulo inteiro" if n is None else f"{n} rótulos inteiros"
        raise ValueError(
            f"{name} deve ter {count}, em formato (n,), "
            f"mas chegou {array.dtype} de formato {array.shape}."
        )
    highest = np.iinfo(np.int64).max if n_classes is None else n_classes - 1
    if array.max() > highest or (n_classes is not None and array.min() < 0):
        raise ValueError(
            f"{name} deve ter rótulos de 0 a {highest}, "
            f"mas chegaram de {array.min()} a {array.max()}."
        )
    return array.astype(np.int64)


def check_integers(values, name, *, minimum=1, maximum=None):
    """Devolve `values`, uma sequência de inteiros, como tupla de `int`."""
    try:
        if isinstance(values, set | frozenset | dict | str | bytes):  # sem ordem, ou sem números
            raise TypeError
        values = tuple(values)
    except TypeError:
        raise TypeError(
            f"{name} deve ser uma sequência de números inteiros, mas chegou {shown(values)}."
        ) from None
    item = f"cada item de {name}"
    return tuple(check_int(value, item, minimum=minimum, maximum=maximum) for value in values)


def check_path(value, name="path"):
    """Devolve `value` como `pathlib.Path`, se for o nome de um arquivo."""
    wanted = f"{name} deve ser o nome de um arquivo, mas chegou {shown(value)}."
    if not isinstance(value, str | os.PathLike):
        raise TypeError(wanted)
    path = Path(value)
    if not path.name or "\0" in str(path):
        raise ValueError(wanted)
    return path


def check_output_path(value, name="path"):
    """Devolve `value` como `pathlib.Path`, se for um arquivo numa pasta que já existe."""
    path = check_path(value, name)
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"{name} deve ser um arquivo numa pasta que existe, mas chegou {path}.")
    return path


def check_module(network, name):
    """Devolve `network` se for uma rede do PyTorch, já com todos os pesos."""
    if not isinstance(network, nn.Module):
        raise TypeError(
            f"{name} deve ser uma rede, um torch.nn.Module, mas chegou {shown(network)}."
        )
    tensors = [*network.parameters(), *network.buffers()]
    if any(nn.parameter.is_lazy(tensor) for tensor in tensors):
        raise ValueError(
            f"{name} deve ter todos os pesos, mas chegou com camadas Lazy ainda sem tamanho; "
            "passe antes um lote por ela."
        )
    return network


def check_built(make, name, *arguments):
    """Devolve a rede ou a camada que `make`, uma função ou uma classe, constrói."""
    if isinstance(make, nn.Module) or not callable(make):
        raise TypeError(
            f"{name} deve ser a função ou a classe que constrói uma rede, mas chegou {shown(make)}."
        )
    try:
        built = make(*arguments)
    except Exception as error:
        raise ValueError(f"{name} não constrói uma rede, e parou com {error!r}.") from error
    return check_module(built, f"o que {name} constrói")


def check_fits(n_bytes, name, value):
    """Recusa um `value` que pediria mais memória, `n_bytes` ao todo, do que há livre."""
    free = psutil.virtual_memory().available
    if n_bytes > free:
        raise ValueError(
            f"{name} deve caber na memória, mas chegou {shown(value)}, que pediria "
            f"{shown(n_bytes // 2**20)} MB; há {free // 2**20} MB livres."
        )


def _is_a(kind, value):
    """Se `value` é um número da espécie dada, e não um booleano, que o Python também conta."""
    return isinstance(value, kind) and not isinstance(value, bool | np.bool_)


def shown(value):
    """O que chegou, escrito numa mensagem de erro: curto, e mesmo que o próprio valor não saiba."""
    try:
        text = repr(value)
    except Exception:  # inteiros de milhares de algarismos, objetos cujo repr falha
        text = f"um valor de tipo {type(value).__name__}"
    return text if len(text) <= 100 else f"{text[:97]}…"
