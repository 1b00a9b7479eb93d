"""Duas perguntas a quem não jogou: os falsos se distinguem dos reais? E são cópias do treino?"""

from dataclasses import dataclass, field

import numpy as np
from scipy import stats
from sklearn.base import is_classifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, permutation_test_score
from sklearn.neighbors import NearestNeighbors

from gan_lessons.portuguese import decimal
from gan_lessons.validation import (
    check_choice,
    check_int,
    check_pair,
    check_points,
    check_random_state,
    shown,
)

N_NEIGHBORS = 5
N_FOLDS = 5
MIN_POINTS = 20


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
        low, high = (decimal(end, 3) for end in self.interval)
        return (
            f"juiz: acurácia {decimal(self.accuracy, 3)} "
            f"(95 %: {low} a {high}; p = {decimal(self.p_value, 3)})"
        )


def two_sample_test(
    real, fake, *, classifier="knn", training_data=None, n_permutations=999, random_state=0
):
    """Pergunta a um classificador novo se ele separa `real` de `fake`.

    O classificador é treinado e testado por validação cruzada em 5 partes: cada ponto é julgado
    por quem nunca o viu. Acurácia perto de 0,5 quer dizer que ele não achou diferença.

    As respostas a pontos vizinhos não são independentes: um intervalo binomial sairia estreito
    demais. O valor-p vem de embaralhar os rótulos (exato); o intervalo é o de Wilson com o número
    efetivo de pontos que a variância dos embaralhamentos revela.
    Fonte: Lopez-Paz & Oquab (2017), "Revisiting Classifier Two-Sample Tests". Caderno:
    ``02_espiral``.

    Parameters
    ----------
    real, fake : array_like, shape (n, d)
        Duas amostras do mesmo tamanho, nas mesmas unidades, com pelo menos 20 pontos cada.
    classifier : {"knn", "logistic"} or scikit-learn classifier, default="knn"
        "knn" olha os 5 vizinhos mais próximos e vê qualquer forma; "logistic" só vê diferenças
        de média.
    training_data : array_like, shape (m, d), optional
        Os pontos com que a GAN foi treinada. Se vierem, um ponto de `real` que esteja entre eles
        é um erro: o juiz precisa de pontos que a GAN nunca viu.
    n_permutations : int, default=999
        Quantas vezes os rótulos são embaralhados para saber o que o acaso faz; de 19 a um milhão.
    random_state : None, int ou numpy.random.RandomState, default=0
        Origem do sorteio das partes e dos embaralhamentos.

    """
    real, fake = check_pair(real, fake, minimum=MIN_POINTS)
    if len(real) != len(fake):
        raise ValueError(
            "real e fake devem ter o mesmo número de pontos, "
            f"mas chegaram {len(real)} e {len(fake)}."
        )
    estimator = _make_classifier(classifier)
    n_permutations = check_int(n_permutations, "n_permutations", minimum=19, maximum=10**6)
    if training_data is not None:
        training_data = check_points(
            training_data, "training_data", n_columns=real.shape[1], like="real"
        )
        _check_unseen(real, training_data, "real")
    rng = check_random_state(random_state)
    points = np.concatenate([real, fake])
    is_real = np.arange(len(points)) < len(real)
    folds = KFold(N_FOLDS, shuffle=True, random_state=rng.randint(2**31))
    if estimator is None:
        accuracy, chance = _knn_permutations(points, is_real, folds, n_permutations, rng)
    else:
        accuracy, chance, _ = permutation_test_score(
            estimator, points, is_real, cv=folds, n_permutations=n_permutations, random_state=rng
        )
    p_value = (1 + np.sum(chance >= accuracy)) / (1 + n_permutations)
    spread = chance.var()
    # Quem dá sempre a mesma resposta não varia com os embaralhamentos: resta contar os pontos.
    n_effective = len(points) if np.isclose(spread, 0) else 0.25 / spread
    interval = stats.binomtest(round(accuracy * n_effective), round(n_effective)).proportion_ci(
        method="wilson"
    )
    return TwoSampleTest(
        float(accuracy), (float(interval.low), float(interval.high)), float(p_value)
    )


def _make_classifier(classifier):
    """O classificador do scikit-learn; `None` para os vizinhos, que têm um caminho mais curto."""
    if isinstance(classifier, str):
        check_choice(classifier, "classifier", ("knn", "logistic"))
        return None if classifier == "knn" else LogisticRegression()
    if isinstance(classifier, type) or not (
        hasattr(classifier, "fit") and is_classifier(classifier)
    ):
        raise TypeError(
            "classifier deve ser 'knn', 'logistic' ou um classificador do scikit-learn, "
            f"mas chegou {shown(classifier)}."
        )
    return classifier


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


def _check_unseen(points, training_data, name):
    """Recusa pontos de `training_data`, também se um dos dois foi arredondado para float32."""
    trained = set(_rows(training_data))
    seen = trained.union(_rows(_single(training_data)))
    pairs = zip(_rows(points), _rows(_single(points)), strict=True)
    repeated = sum(row in seen or single in trained for row, single in pairs)
    if repeated:
        raise ValueError(
            f"{name} tem {repeated} pontos que estão em training_data; são precisos pontos reais "
            "que a GAN nunca viu. Sorteie uma amostra nova."
        )


def _rows(points):
    return [row.tobytes() for row in points + 0.0]  # a soma tira o sinal de −0,0


def _single(points):
    with np.errstate(over="ignore"):
        return points.astype(np.float32).astype(np.float64)


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
    fake_distances, unseen_distances : ndarray, shape (k,), (n,)
        De cada falso, e de cada real novo, ao ponto de treino mais próximo.
    """

    score: float
    interval: tuple[float, float]
    fake_distances: np.ndarray = field(repr=False)
    unseen_distances: np.ndarray = field(repr=False)

    def __str__(self):
        low, high = (decimal(end, 3) for end in self.interval)
        return f"cópia: {decimal(self.score, 3)} (95 %: {low} a {high}; 0,5 é não copiar)"


def copy_test(training_data, unseen, fake):
    """Pergunta se os falsos estão perto demais dos pontos com que a GAN foi treinada.

    Mede-se a distância de cada falso, e de cada real que a GAN não viu, ao ponto de treino mais
    próximo. A medida é a chance de um falso sorteado estar mais perto que um real novo sorteado
    (empates valem meio).

    Medida baixa não é elogio: falsos longe de tudo também a têm; leia-a ao lado de
    `two_sample_test`. O intervalo usa a variância de DeLong para a estatística de Mann-Whitney.
    Fonte: Meehan, Chaudhuri & Dasgupta (2020), "A Non-Parametric Test to Detect Data-Copying in
    Generative Models". Caderno: ``07_julgar_imagens``.

    Parameters
    ----------
    training_data : array_like, shape (m, d)
        Os pontos do treino.
    unseen : array_like, shape (n, d)
        Reais que ficaram fora dele: um que esteja lá é um erro.
    fake : array_like, shape (k, d)
        Em cada amostra, pelo menos 20 pontos.
    """
    training_data = check_points(training_data, "training_data", minimum=MIN_POINTS)
    wanted = {"n_columns": training_data.shape[1], "like": "training_data", "minimum": MIN_POINTS}
    unseen = check_points(unseen, "unseen", **wanted)
    fake = check_points(fake, "fake", **wanted)
    _check_unseen(unseen, training_data, "unseen")
    index = NearestNeighbors(n_neighbors=1).fit(training_data)
    unseen_distances = index.kneighbors(unseen)[0][:, 0]
    fake_distances = index.kneighbors(fake)[0][:, 0]
    # De cada falso, a fração dos reais novos que estão mais longe; de cada real, o contrário.
    by_fake = 1 - _fraction_below(fake_distances, unseen_distances)
    by_unseen = _fraction_below(unseen_distances, fake_distances)
    score = by_fake.mean()
    error = np.sqrt(by_fake.var(ddof=1) / len(fake) + by_unseen.var(ddof=1) / len(unseen))
    low, high = np.clip(score + 1.96 * np.array([-error, error]), 0.0, 1.0)
    return CopyReport(float(score), (float(low), float(high)), fake_distances, unseen_distances)


def _fraction_below(values, others):
    """De cada valor, que fração de `others` é menor que ele; empates valem meio."""
    others = np.sort(others)
    ranks = [np.searchsorted(others, values, side) for side in ("left", "right")]
    return np.mean(ranks, axis=0) / len(others)
