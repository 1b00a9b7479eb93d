"""Contas exatas sobre o que se pode contar: números pares e rótulos."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import confusion_matrix

from gan_lessons.portuguese import decimal
from gan_lessons.validation import check_int, check_integers, check_labels


@dataclass(frozen=True)
class EvenReport:
    """Resultado de `even_report`.

    Attributes
    ----------
    even_fraction : float
        Fração dos números que são pares: a fidelidade.
    distinct : int
        Quantos pares diferentes, menores que `max_int`, apareceram: a cobertura.
    total_variation : float
        Distância, entre 0 e 1, da distribuição uniforme sobre os pares menores que `max_int`.
    possible : int
        Quantos pares menores que `max_int` existem.
    """

    even_fraction: float
    distinct: int
    total_variation: float
    possible: int

    def __str__(self):
        return (
            f"pares: {decimal(100 * self.even_fraction, 1)} %; "
            f"diferentes: {self.distinct} de {self.possible}; "
            f"distância da uniforme: {decimal(self.total_variation, 3)}"
        )


def even_report(numbers, *, max_int):
    """Compara números gerados com os pares menores que `max_int`, todos com a mesma chance.

    A distância de variação total é ``½ · Σ |p(x) − u(x)|``, com p a frequência de cada número
    e u a uniforme. Como o espaço é finito, a conta é exata: 0 é a distribuição certa, e 1 é não
    gerar nenhum par menor que `max_int`. Quem repete um só par fica em 1 − 1/`possible`. Caderno:
    ``03_numeros_pares``.

    Parameters
    ----------
    numbers : sequence of int
        Inteiros não negativos, pelo menos um. Ímpares e números a partir de `max_int` contam
        contra.
    max_int : int
        Pelo menos 2.
    """
    max_int = check_int(max_int, "max_int", minimum=2)
    numbers = check_integers(numbers, "numbers", minimum=0)
    if not numbers:
        raise ValueError("numbers deve ter pelo menos um número, mas chegou vazio.")
    possible = (max_int + 1) // 2
    counts = Counter(numbers)
    real_counts = [n for number, n in counts.items() if number % 2 == 0 and number < max_int]
    # ½ Σ |p − u| = 1 − Σ min(p, u): basta somar sobre os pares que apareceram.
    shared = sum(min(Fraction(n, len(numbers)), Fraction(1, possible)) for n in real_counts)
    n_even = sum(n for number, n in counts.items() if number % 2 == 0)
    return EvenReport(
        even_fraction=n_even / len(numbers),
        distinct=len(real_counts),
        total_variation=float(1 - shared),
        possible=possible,
    )


@dataclass(frozen=True)
class LabelReport:
    """Resultado de `label_report`.

    Attributes
    ----------
    confusion : pandas.DataFrame
        Linhas: a classe pedida; colunas: a classe lida.
    accuracy : float
        Fração lida como foi pedida.
    interval : (float, float)
        Intervalo de Wilson de 95 % da acurácia.
    """

    confusion: pd.DataFrame
    accuracy: float
    interval: tuple[float, float]

    def __str__(self):
        low, high = (decimal(100 * end, 1) for end in self.interval)
        return f"lido como pedido: {decimal(100 * self.accuracy, 1)} % (95 %: {low} a {high})"


def label_report(asked, read):
    """Compara a classe pedida a um gerador condicional com a lida, dois vetores ``(n,)``.

    Vale o que o leitor vale: quem erra nos reais também erra aqui, e um borrão que ele *saiba
    ler* conta como acerto. Caderno: ``06_imagens_a_pedido``.
    """
    asked, read = check_labels(asked, "asked"), check_labels(read, "read")
    if len(asked) != len(read):
        raise ValueError(
            "asked e read devem ter o mesmo tamanho, "
            f"mas chegaram {len(asked)} e {len(read)} rótulos."
        )
    classes = np.union1d(asked, read)
    confusion = pd.DataFrame(
        confusion_matrix(asked, read, labels=classes),
        index=pd.Index(classes, name="pedido"),
        columns=pd.Index(classes, name="lido"),
    )
    right = int(np.sum(asked == read))
    interval = stats.binomtest(right, len(asked)).proportion_ci(method="wilson")
    return LabelReport(confusion, right / len(asked), (float(interval.low), float(interval.high)))
