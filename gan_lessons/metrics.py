"""Juízes independentes do discriminador, e o relatório que o discriminador faz de si mesmo.

Todo resultado é um pequeno objeto imutável; `print` mostra-o numa linha.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from scipy import stats
from sklearn.base import is_classifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import KFold, permutation_test_score
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from gan_lessons.validation import check_choice, check_int, check_number, check_points

N_NEIGHBORS = 5
N_FOLDS = 5
MIN_POINTS = 20


def _decimal(number, digits=3):
    return f"{number:.{digits}f}".replace(".", ",")


@dataclass(frozen=True)
class TwoSampleTest:
    """Resultado de `two_sample_test`.

    Attributes
    ----------
    accuracy : float
        Acurácia do juiz em pontos que ele não viu; 0,5 é não distinguir.
    interval : (float, float)
        Intervalo de confiança de 95 % da acurácia.
    p_value : float
        Chance de uma acurácia assim, ou maior, se as duas amostras viessem da mesma fonte.
    """

    accuracy: float
    interval: tuple[float, float]
    p_value: float

    def __str__(self):
        low, high = (_decimal(end) for end in self.interval)
        return (
            f"juiz: acurácia {_decimal(self.accuracy)} "
            f"(95 %: {low} a {high}; p = {_decimal(self.p_value)})"
        )


def two_sample_test(
    real, fake, *, classifier="knn", training_data=None, n_permutations=999, random_state=0
):
    """Pergunta a um classificador novo se ele separa `real` de `fake`.

    O classificador é treinado e testado por validação cruzada em 5 partes: cada ponto é julgado
    por quem nunca o viu. Acurácia perto de 0,5 quer dizer que ele não achou diferença.

    Parameters
    ----------
    real, fake : array_like, shape (n, d)
        Duas amostras do mesmo tamanho, nas mesmas unidades, com pelo menos 20 pontos cada.
    classifier : {"knn", "logistic"} or scikit-learn classifier, default="knn"
        "knn" olha os 5 vizinhos mais próximos e vê qualquer forma; "logistic" só vê diferenças
        de média.
    training_data : array_like, shape (m, d), optional
        Os pontos com que o GAN foi treinado. Se vierem, um ponto de `real` que esteja entre eles
        é um erro: o juiz precisa de pontos que o GAN nunca viu.
    n_permutations : int, default=999
        Quantas vezes os rótulos são embaralhados para saber o que o acaso faz.
    random_state : None, int ou numpy.random.RandomState, default=0
        Origem do sorteio das partes e dos embaralhamentos.

    Returns
    -------
    TwoSampleTest

    Raises
    ------
    TypeError, ValueError
        Pontos que não são matrizes finitas de mesmo formato, poucos pontos, classificador
        desconhecido, ou `real` tirado de `training_data`.

    Notes
    -----
    As respostas a pontos vizinhos não são independentes: um intervalo binomial sairia estreito
    demais. O valor-p vem de embaralhar os rótulos (exato); o intervalo é o de Wilson com o número
    efetivo de pontos que a variância dos embaralhamentos revela.
    Fonte: Lopez-Paz & Oquab (2017), "Revisiting Classifier Two-Sample Tests". Caderno:
    ``02_espiral``.
    """
    real, fake = _check_pair(real, fake, minimum=MIN_POINTS)
    if len(real) != len(fake):
        raise ValueError(
            "real e fake devem ter o mesmo número de pontos, "
            f"mas chegaram {len(real)} e {len(fake)}."
        )
    if isinstance(classifier, str):
        check_choice(classifier, "classifier", ("knn", "logistic"))
    elif not (hasattr(classifier, "fit") and is_classifier(classifier)):
        raise TypeError(
            "classifier deve ser 'knn', 'logistic' ou um classificador do scikit-learn, "
            f"mas chegou {classifier!r}."
        )
    n_permutations = check_int(n_permutations, "n_permutations", minimum=19)
    if training_data is not None:
        _check_unseen(real, check_points(training_data, "training_data", n_columns=real.shape[1]))
    rng = check_random_state(random_state)
    points = np.concatenate([real, fake])
    is_real = np.arange(len(points)) < len(real)
    folds = KFold(N_FOLDS, shuffle=True, random_state=rng.randint(2**31))
    if classifier == "knn":
        accuracy, chance = _knn_permutations(points, is_real, folds, n_permutations, rng)
    else:
        estimator = LogisticRegression() if classifier == "logistic" else classifier
        accuracy, chance, _ = permutation_test_score(
            estimator, points, is_real, cv=folds, n_permutations=n_permutations, random_state=rng
        )
    p_value = (1 + np.sum(chance >= accuracy)) / (1 + n_permutations)
    n_effective = 0.25 / chance.var()
    interval = stats.binomtest(round(accuracy * n_effective), round(n_effective)).proportion_ci(
        method="wilson"
    )
    return TwoSampleTest(
        float(accuracy), (float(interval.low), float(interval.high)), float(p_value)
    )


def _knn_permutations(points, is_real, folds, n_permutations, rng):
    """Acurácia do 5-NN com os rótulos certos e com os rótulos embaralhados.

    Os vizinhos não dependem dos rótulos: acham-se uma vez só, e cada embaralhamento é uma
    nova votação.
    """
    neighbors = np.empty((len(points), N_NEIGHBORS), dtype=int)
    for seen, unseen in folds.split(points):
        index = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(points[seen])
        neighbors[unseen] = seen[index.kneighbors(points[unseen], return_distance=False)]

    def vote(labels):
        return np.mean((labels[neighbors].sum(axis=1) > N_NEIGHBORS / 2) == labels)

    chance = np.array([vote(rng.permutation(is_real)) for _ in range(n_permutations)])
    return vote(is_real), chance


def _check_unseen(real, training_data, name="real"):
    seen = {row.tobytes() for row in training_data}
    repeated = sum(row.tobytes() in seen for row in real)
    if repeated:
        raise ValueError(
            f"{name} tem {repeated} pontos que estão em training_data; o juiz precisa de pontos "
            "reais que o GAN nunca viu. Sorteie uma amostra nova."
        )


def _check_pair(real, fake, *, minimum):
    real = check_points(real, "real", minimum=minimum)
    return real, check_points(fake, "fake", n_columns=real.shape[1], minimum=minimum)


@dataclass(frozen=True)
class PrecisionRecall:
    """Resultado de `precision_recall`.

    Attributes
    ----------
    precision : float
        Fidelidade: fração dos falsos que caem onde há reais.
    recall : float
        Cobertura: fração dos reais que caem onde há falsos.
    """

    precision: float
    recall: float

    def __str__(self):
        return f"precisão {_decimal(self.precision)}, revocação {_decimal(self.recall)}"


def precision_recall(real, fake, *, k=5):
    """Separa fidelidade (precisão) de cobertura (revocação).

    Um ponto está "coberto" por uma amostra se cai na bola de algum ponto dela, cujo raio é a
    distância ao seu k-ésimo vizinho na própria amostra.

    Parameters
    ----------
    real, fake : array_like, shape (n, d), (m, d)
        Nas mesmas unidades.
    k : int, default=5
        Vizinho que define o raio; cada amostra precisa de mais de k pontos.

    Returns
    -------
    PrecisionRecall

    Raises
    ------
    TypeError, ValueError
        Pontos que não são matrizes finitas com as mesmas colunas, ou poucos pontos.

    Notes
    -----
    Fonte: Kynkäänniemi et al. (2019), "Improved Precision and Recall Metric for Assessing
    Generative Models", eq. 1 e 2. Cadernos: ``02_espiral`` e ``05_colapso_de_modos``.
    """
    k = check_int(k, "k")
    real, fake = _check_pair(real, fake, minimum=k + 1)
    return PrecisionRecall(_covered(fake, by=real, k=k), _covered(real, by=fake, k=k))


def _covered(points, *, by, k):
    index = NearestNeighbors().fit(by)
    radii = index.kneighbors(by, n_neighbors=k + 1)[0][:, -1]  # o primeiro vizinho é o próprio
    # O raio muda de bola para bola: procura-se pela maior e confere-se cada uma.
    distances, centers = index.radius_neighbors(points, radius=radii.max())
    pairs = zip(distances, centers, strict=True)
    return float(np.mean([np.any(distance <= radii[center]) for distance, center in pairs]))


@dataclass(frozen=True)
class DiscriminatorReport:
    """Resultado de `discriminator_report`.

    Attributes
    ----------
    confusion : pandas.DataFrame, 2 × 2
        Linhas: o que o ponto é; colunas: o que o discriminador diz.
    accuracy : float
    mean_real, std_real, mean_fake, std_fake : float
        Média e desvio de D (a probabilidade de ser real) nos dois conjuntos.
    classification_report : str
        O relatório do scikit-learn.
    """

    confusion: pd.DataFrame
    accuracy: float
    mean_real: float
    std_real: float
    mean_fake: float
    std_fake: float
    classification_report: str

    def __str__(self):
        return (
            f"discriminador: acurácia {_decimal(self.accuracy)}; D nos reais "
            f"{_decimal(self.mean_real)} ± {_decimal(self.std_real)}, nos falsos "
            f"{_decimal(self.mean_fake)} ± {_decimal(self.std_fake)}"
        )


def discriminator_probabilities(discriminator, points):
    """D(x), a probabilidade de ser real que o discriminador dá a cada ponto.

    Parameters
    ----------
    discriminator : torch.nn.Module
        Devolve logits.
    points : array_like, shape (n, d)

    Returns
    -------
    ndarray, shape (n,)
    """
    parameter = next(discriminator.parameters(), torch.empty(0))
    points = torch.as_tensor(np.asarray(points), dtype=torch.float32, device=parameter.device)
    was_training = discriminator.training
    with torch.no_grad():
        probabilities = torch.sigmoid(discriminator.eval()(points)).flatten()
    discriminator.train(was_training)
    return probabilities.cpu().numpy()


def discriminator_report(discriminator, real, fake):
    """O que o discriminador acha dos pontos: o exame que ele faz do próprio jogo.

    Acurácia de 50 % aqui **não** prova que os falsos são bons: um discriminador fraco dá o mesmo
    resultado. A prova é `two_sample_test`.

    Parameters
    ----------
    discriminator : torch.nn.Module
        ``(n, d) → (n, 1)`` logits.
    real, fake : array_like, shape (n, d), (m, d)

    Returns
    -------
    DiscriminatorReport

    Notes
    -----
    Caderno: ``02_espiral``.
    """
    real, fake = _check_pair(real, fake, minimum=1)
    on_real = discriminator_probabilities(discriminator, real)
    on_fake = discriminator_probabilities(discriminator, fake)
    truth = np.r_[np.ones(len(real), dtype=int), np.zeros(len(fake), dtype=int)]
    answer = (np.r_[on_real, on_fake] > 0.5).astype(int)
    names = ["real", "falso"]
    confusion = pd.DataFrame(
        confusion_matrix(truth, answer, labels=[1, 0]),
        index=pd.Index(names, name="é"),
        columns=pd.Index(names, name="D diz"),
    )
    text = classification_report(
        truth, answer, labels=[1, 0], target_names=names, zero_division=0.0
    )
    return DiscriminatorReport(
        confusion=confusion,
        accuracy=float(np.mean(truth == answer)),
        mean_real=float(on_real.mean()),
        std_real=float(on_real.std()),
        mean_fake=float(on_fake.mean()),
        std_fake=float(on_fake.std()),
        classification_report=text,
    )


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
            f"pares: {_decimal(100 * self.even_fraction, 1)} %; "
            f"diferentes: {self.distinct} de {self.possible}; "
            f"distância da uniforme: {_decimal(self.total_variation)}"
        )


def even_report(numbers, *, max_int):
    """Compara números gerados com os pares menores que `max_int`, todos com a mesma chance.

    A distância de variação total é ``½ · Σ |p(x) − u(x)|``, com p a frequência de cada número
    e u a uniforme. Como o espaço é finito, a conta é exata: 0 é a distribuição certa, e 1 é não
    gerar nenhum par menor que `max_int`. Quem repete um só par fica em 1 − 1/`possible`.

    Parameters
    ----------
    numbers : sequence of int
        Inteiros não negativos, pelo menos um. Ímpares e números a partir de `max_int` contam
        contra.
    max_int : int
        Pelo menos 2.

    Returns
    -------
    EvenReport

    Raises
    ------
    TypeError, ValueError
        Se `numbers` for vazio ou não tiver só inteiros não negativos, ou se `max_int` não servir.

    Notes
    -----
    Caderno: ``03_numeros_pares``.
    """
    max_int = check_int(max_int, "max_int", minimum=2)
    try:
        numbers = [check_int(number, "cada item de numbers", minimum=0) for number in numbers]
    except TypeError as error:
        if "numbers" in str(error):
            raise
        raise TypeError(
            f"numbers deve ser uma sequência de inteiros, mas chegou {numbers!r}."
        ) from None
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
        low, high = (_decimal(100 * end, 1) for end in self.interval)
        return f"lido como pedido: {_decimal(100 * self.accuracy, 1)} % (95 %: {low} a {high})"


def label_report(asked, read):
    """Compara a classe pedida a um gerador condicional com a que um classificador leu.

    Vale o que o leitor vale: quem erra nos reais também erra aqui, e um borrão que ele *saiba
    ler* conta como acerto.

    Parameters
    ----------
    asked, read : array_like of int, shape (n,)

    Returns
    -------
    LabelReport

    Raises
    ------
    ValueError
        Se não forem duas listas do mesmo tamanho, com pelo menos um rótulo inteiro.

    Notes
    -----
    Caderno: ``04_convolucional``.
    """
    asked, read = _check_classes(asked, "asked"), _check_classes(read, "read")
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


def _check_classes(labels, name):
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) == 0 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name} deve ter pelo menos um rótulo inteiro, em formato (n,), "
            f"mas chegou {labels.dtype} de formato {labels.shape}."
        )
    return labels


@dataclass(frozen=True, eq=False)
class CopyReport:
    """Resultado de `copy_test`.

    Attributes
    ----------
    score : float
        Chance de um falso estar mais perto do treino que um real novo. Perto de 0,5, o gerador
        não fica mais perto do treino que a própria fonte; perto de 1, ele copia.
    interval : (float, float)
        Intervalo de confiança de 95 % de `score`.
    fake_distances, unseen_distances : ndarray
        De cada falso, e de cada real novo, ao ponto de treino mais próximo.
    """

    score: float
    interval: tuple[float, float]
    fake_distances: np.ndarray = field(repr=False)
    unseen_distances: np.ndarray = field(repr=False)

    def __str__(self):
        low, high = (_decimal(end) for end in self.interval)
        return f"cópia: {_decimal(self.score)} (95 %: {low} a {high}; 0,5 é não copiar)"


def copy_test(training_data, unseen, fake):
    """Pergunta se os falsos estão perto demais dos pontos com que o GAN foi treinado.

    Mede-se a distância de cada falso, e de cada real que o GAN não viu, ao ponto de treino mais
    próximo. A nota é a chance de um falso sorteado estar mais perto que um real novo sorteado
    (empates valem meio).

    Parameters
    ----------
    training_data : array_like, shape (m, d)
        Os pontos do treino.
    unseen : array_like, shape (n, d)
        Reais que ficaram fora dele.
    fake : array_like, shape (k, d)

    Returns
    -------
    CopyReport

    Raises
    ------
    TypeError, ValueError
        Pontos que não são matrizes finitas com as mesmas colunas, menos de 20 em cada amostra, ou
        `unseen` com pontos de `training_data`.

    Notes
    -----
    Nota baixa não é elogio: falsos longe de tudo também a têm; leia-a ao lado de
    `two_sample_test`. O intervalo usa a variância de DeLong para a estatística de Mann-Whitney.
    Fonte: Meehan, Chaudhuri & Dasgupta (2020), "A Non-Parametric Test to Detect Data-Copying in
    Generative Models". Caderno: ``04_convolucional``.
    """
    training_data = check_points(training_data, "training_data", minimum=MIN_POINTS)
    n_columns = training_data.shape[1]
    unseen = check_points(unseen, "unseen", n_columns=n_columns, minimum=MIN_POINTS)
    fake = check_points(fake, "fake", n_columns=n_columns, minimum=MIN_POINTS)
    _check_unseen(unseen, training_data, name="unseen")
    index = NearestNeighbors(n_neighbors=1).fit(training_data)
    unseen_distances = index.kneighbors(unseen)[0][:, 0]
    fake_distances = index.kneighbors(fake)[0][:, 0]
    nearer = np.sign(unseen_distances[None, :] - fake_distances[:, None]) / 2 + 0.5
    score = nearer.mean()
    by_fake, by_unseen = nearer.mean(axis=1), nearer.mean(axis=0)
    error = np.sqrt(by_fake.var(ddof=1) / len(fake) + by_unseen.var(ddof=1) / len(unseen))
    low, high = np.clip(score + 1.96 * np.array([-error, error]), 0.0, 1.0)
    return CopyReport(float(score), (float(low), float(high)), fake_distances, unseen_distances)


N_SIGMAS = 3
"""Até quantos desvios do modo mais próximo uma amostra conta como boa."""


@dataclass(frozen=True)
class ModeCoverage:
    """Resultado de `mode_coverage`.

    Attributes
    ----------
    modes : int
        Modos com pelo menos uma amostra de alta qualidade: a cobertura.
    high_quality : float
        Fração das amostras a no máximo 3 desvios do modo mais próximo: a fidelidade.
    shares : tuple of float
        Fração das amostras que é de alta qualidade e cai em cada modo; somam `high_quality`.
    """

    modes: int
    high_quality: float
    shares: tuple[float, ...]

    def __str__(self):
        return (
            f"modos: {self.modes} de {len(self.shares)}; "
            f"alta qualidade: {_decimal(100 * self.high_quality, 1)} %"
        )


def mode_coverage(samples, centers, *, std):
    """Conta os modos capturados e as amostras de alta qualidade.

    Uma amostra é de alta qualidade se a distância euclidiana ao centro mais próximo é no máximo
    ``3 · std``; um modo é capturado se é o mais próximo de pelo menos uma delas. No plano, os
    próprios dados reais só fazem ``1 − exp(−9/2)`` = 98,89 % de alta qualidade: mais do que isso
    é sinal de amostras apertadas demais.

    Parameters
    ----------
    samples : array_like, shape (n, d)
    centers : array_like, shape (k, d)
        Os centros dos modos, todos diferentes, nas unidades de `samples`.
    std : float
        Desvio padrão de cada modo em cada coordenada, positivo.

    Returns
    -------
    ModeCoverage

    Raises
    ------
    TypeError, ValueError
        Pontos que não são matrizes finitas com as mesmas colunas, centros repetidos, ou `std`
        que não é positivo.

    Notes
    -----
    Fonte: Srivastava et al. (2017), "VEEGAN: Reducing Mode Collapse in GANs using Implicit
    Variational Learning", §4.1. Caderno: ``05_colapso_de_modos``.
    """
    centers = check_points(centers, "centers")
    samples = check_points(samples, "samples", n_columns=centers.shape[1])
    std = check_number(std, "std", open_minimum=True)
    if len(np.unique(centers, axis=0)) < len(centers):
        raise ValueError(
            "centers deve ter centros todos diferentes, mas chegaram "
            f"{len(centers)} com repetições."
        )
    distances, nearest = NearestNeighbors(n_neighbors=1).fit(centers).kneighbors(samples)
    good = distances[:, 0] <= N_SIGMAS * std
    counts = np.bincount(nearest[good, 0], minlength=len(centers))
    return ModeCoverage(
        modes=int(np.sum(counts > 0)),
        high_quality=float(np.mean(good)),
        shares=tuple((counts / len(samples)).tolist()),
    )
