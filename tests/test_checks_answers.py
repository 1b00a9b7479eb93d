"""Cada corretor aceita o certo, escrito de vários jeitos, e dá a cada erro a dica que ele pede."""

import itertools
import math
import random
import re
from collections import OrderedDict
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from test_exam import EXAM
from torch import nn

from gan_lessons import checks
from gan_lessons.checks.theory import MYTHS
from gan_lessons.data import make_spiral
from gan_lessons.experiments.digits import split_digits
from gan_lessons.experiments.mnist import split_mnist
from gan_lessons.metrics import distance_from_uniform, even_report, frechet_distance

# ---- 01_teoria

rng = np.random.RandomState(1)
COIN = rng.choice([-1, 1], size=500) + 0.2 * rng.normal(size=500)


def best_of_grid(p, q, weight=2, step=1e-3):
    answers = np.arange(step, 1, step)
    return answers[(p * np.log(answers) + weight * q * np.log(1 - answers)).argmax()]


THEORY = {
    checks.check_unbalanced_discriminator: (
        [
            lambda p, q: p / (p + 2 * q),
            best_of_grid,
            lambda p, q: best_of_grid(p, q, step=0.01),
            lambda p, q: 1 / (1 + 2 * q / p) if p else 0,
            lambda p, q: torch.tensor([p]) / (torch.tensor([p]) + 2 * torch.tensor([q])),
        ],
        [
            (lambda p, q: p / (p + q), "meio a meio"),
            (lambda p, q: best_of_grid(p, q, weight=1), "meio a meio"),
            (lambda p, q: 2 * p / (2 * p + q), "os falsos"),
            (lambda p, q: p + 2 * q, "entre 0 e 1"),
            (lambda p, q: 0.5, "deu 0,5"),
            (lambda p, q: p, "com p = 0,4 e q = 0,1 a sua função deu 0,4"),  # 0 é probabilidade
            (lambda p, q: q / p, "divisão por zero"),
        ],
    ),
    checks.check_slope_ratio: (
        [
            lambda output: (1 - output) / output,
            lambda output: 1 / output - 1,
            lambda D: Fraction(1) / Fraction(D) - 1,
            lambda D: np.exp(-np.log(D / (1 - D))),
        ],
        [
            (lambda output: output / (1 - output), "invertida"),
            (lambda output: (output - 1) / output, "positiva"),
            (lambda output: 1.0, "divida a primeira pela segunda"),
            (lambda output: 1 - output, "divida a primeira pela segunda"),
            (lambda: 1.0, "deve receber (D), e a sua recebe ()"),
        ],
    ),
    checks.check_minimum_r1: (
        [
            lambda rate: rate / 4,
            lambda rate: 0.25 * rate,
            lambda h: np.array(h**2 / 4 / h),
            lambda h: min(
                (g for g in np.linspace(0, 1, 20001)), key=lambda g: abs(1 - h * g + h**2 / 4 - 1)
            ),
        ],
        [
            (lambda rate: rate / 2, "iguale-o a 1"),
            (lambda rate: 0.05, "depende da taxa"),
            (lambda rate: rate, "deu 0,2"),
            (lambda rate: rate**2 / 4, "deu 0,01"),
            (lambda rate: -rate / 4, "deu −0,05"),
        ],
    ),
    checks.check_transposed_convolution: (
        [
            [2, 4, 2, 0, 3, 6, 3],
            np.array([2.0, 4, 2, 0, 3, 6, 3]),
            torch.tensor([2, 4, 2, 0, 3, 6, 3]),
            (2, 4, 2 + 0, 0, 0 + 3, 6, 3),
        ],
        [
            ([2, 4, 2, 0, 0, 0, 3, 6, 3], "não ficam em fila"),
            ([2, 4, 5, 6, 3], "salto 1"),
            ([1, 2], "tem 2"),
            ([2, 4, 2, 0, 2, 6, 3], "e some"),
            ("2 4 2 0 3 6 3", "deve ser uma matriz de números"),
        ],
    ),
    checks.check_fools_the_line: (
        [
            COIN,
            np.linspace(-0.5, 0.5, 500),
            COIN[:, None],
            list(np.random.RandomState(3).uniform(-0.4, 0.4, 500)),
            torch.tensor(3 * COIN),
        ],
        [
            (COIN[:10], "(500,)"),
            (COIN * np.nan, "não finitos"),
            (COIN + 2, "a reta ainda acerta"),
            (rng.normal(size=500), "bons demais"),
            (np.stack([COIN, COIN]), "(500, 1)"),
        ],
    ),
    checks.check_myths: (
        [MYTHS, list(MYTHS), [guess.upper() for guess in MYTHS], np.array(MYTHS)],
        [
            (["verdade"] * 10, "5 de 10. Volte às frases 1, 2, 4, 6, 8"),
            (["mito"] * 10, "5 de 10. Volte às frases 3, 5, 7, 9, 10"),
            (["mito"] * 3, "escreva 10 palpites"),
            (["talvez"] * 10, "escreva 10 palpites"),
            ([True] * 10, "coleção de textos"),
            ([*MYTHS[:9], "mito"], "9 de 10. Volte às frases 10"),
        ],
    ),
}

# ---- 02_espiral


class Always(nn.Module):
    def __init__(self, logit, columns=1):
        super().__init__()
        self.logit, self.columns = logit, columns

    def forward(self, points):
        return torch.full((len(points), self.columns), self.logit)


class Random(nn.Module):
    def forward(self, points):
        return torch.randn(len(points), 1, generator=torch.Generator().manual_seed(len(points)))


class Sees(nn.Module):
    def forward(self, points):
        return 50 - points[:, :1]


class Squashed(nn.Module):
    """Olha para o ponto, mas acha todos verdadeiros: empata do mesmo jeito."""

    def forward(self, points):
        return torch.sigmoid(points[:, :1])


SCALER = StandardScaler().fit(make_spiral(random_state=0))
SQUEEZE = MinMaxScaler().fit(make_spiral(random_state=0))


def spiral(x1, noise, other=None):
    x2 = x1 * np.cos(2 * x1) + 0.1 * noise
    x3 = x1 * np.exp(-x1) + 0.01 * (noise if other is None else other)
    return SCALER.transform(np.column_stack([x1, x2, x3]))


def by_hand(n, seed, make_rng=np.random.RandomState):
    rng = make_rng(seed)
    return spiral(rng.uniform(0, 2 * np.pi, n), rng.normal(size=n))


def new(n, seed, scaler=SCALER, **options):
    points = make_spiral(n, random_state=seed, **{"random_positions": True, **options})
    return scaler.transform(points) if scaler else points


SPIRAL = {
    checks.check_number_of_steps: (
        [5000, 5000.0, np.int64(5000), torch.tensor(5000), 1000 // 40 * 200],
        [
            (25, "uma época só"),
            (8000, "tamanho do lote"),
            (500, "quantos lotes"),
            ("5000", "deve dar um número"),
            ([5000, 200], "deve dar um número"),
        ],
    ),
    checks.check_discriminator_loss: (
        [0.3285, 0.329, torch.tensor(0.3285), -math.log(0.72), np.array([0.3285])],
        [
            (-0.3285, "sinal"),
            (-np.log(0.9) - np.log(0.2), "1 − D"),
            (0.3285 / 2, "média"),
            (3, "logaritmo natural"),
            (-math.log10(0.72), "logaritmo natural"),
            ("0,329", "deve dar um número"),
        ],
    ),
    checks.check_weak_discriminator: (
        [Always(0.0), Always(5.0), Always(-5.0), Squashed(), Squashed().double()],
        [
            (Always(0.0, columns=2), "(n, 1)"),
            (Always(math.nan), "logits não finitos"),  # um que divergiu
            (Always(math.inf), "logits não finitos"),
            (Random(), "quem sorteia só empata na média"),
            (Sees(), "ainda acerta 100,0 %"),
            (Always, "crie uma, com parênteses"),
            (lambda points: 0, "herda de nn.Module"),
            (nn.Linear(2, 1), "a rede parou com RuntimeError"),
            (nn.Linear(3, 0), "(n, 1)"),
        ],
    ),
    checks.check_judge_sample: (
        [
            new,
            by_hand,
            lambda n, seed: by_hand(n, seed, np.random.default_rng),
            lambda n, seed: new(1000, seed)[:n],  # o da aula
            lambda n, seed: new(n, seed).astype(np.float32),
            lambda n, seed: new(n, seed + 1),
            lambda n, seed: new(n, seed)[::-1].tolist(),
            lambda n, seed: torch.from_numpy(new(n, seed)),
        ],
        [
            (lambda n, seed: new(n, 0), "use o argumento seed"),
            (lambda n, seed: new(n, None), "a mesma semente"),
            (lambda n, seed: new(n, seed, random_positions=False), "grade"),
            (lambda n, seed: new(n, seed, scaler=None), "unidades"),
            (
                lambda n, seed: new(n, seed, MinMaxScaler().fit(make_spiral(random_state=0))),
                "não estão na esp",
            ),
            (
                lambda n, seed: StandardScaler().fit_transform(new(n, seed)),
                "use só transform",
            ),
            (
                lambda n, seed: StandardScaler().fit_transform(new(n, seed).astype(np.float32)),
                "use só transform",
            ),
            (lambda n, seed: new(2 * n, seed), "(30, 3)"),
            (
                lambda n, seed: SCALER.transform(
                    np.random.RandomState(seed).permutation(make_spiral(random_state=0))[:n]
                ),
                "são do treino",
            ),
            (
                lambda n, seed: spiral(
                    np.random.RandomState(seed).uniform(0, 2 * np.pi, n), np.zeros(n)
                ),
                "o ruído dos",
            ),
            (
                lambda n, seed: spiral(
                    np.random.RandomState(seed).uniform(0, 6, n), *by_hand(n, seed)[:, 1:].T
                ),
                "não estão na espiral",
            ),
            (
                lambda n, seed: spiral(
                    6 * np.random.RandomState(seed).beta(3, 3, n),
                    np.random.RandomState(seed).normal(size=n),
                ),
                "por igual",
            ),
        ],
    ),
}

# ---- 03_numeros_pares


def approve(numbers, max_int):
    report = even_report(numbers, max_int=max_int)
    return report.even_fraction == 1 and report.total_variation < 0.5


def all_different(k, size):
    return math.prod((k - i) / k for i in range(size))


EVEN = {
    checks.check_number_of_bits: (
        [
            lambda max_int: (max_int - 1).bit_length(),
            lambda max_int: len(bin(max_int - 1)) - 2,
            lambda max_int: len(f"{max_int - 1:b}"),
            lambda max_int: next(n for n in itertools.count(1) if 2**n >= max_int),
        ],
        [
            (lambda m: int(math.log(m, 2)), "ocupa"),
            (lambda m: math.ceil(math.log2(m)), "ocupa"),
            (lambda m: m.bit_length(), "max_int fica de fora"),
            (lambda m: bin(m - 1)[2:], "deve dar um número"),
            (lambda m: 7, "n_bits(2) deu 7"),
            (7, "a resposta é uma função de max_int"),
        ],
    ),
    checks.check_label_slopes: (
        [(-0.8, 0.2), [0.2 - 1, 0.2], np.array([-0.8, 0.2]), torch.tensor([-0.8, 0.2])],
        [
            ((0.2, -0.8), "trocados"),
            ((0.8, 0.2), "sinal"),
            ((-0.8, -0.2), "rótulo dos falsos"),
            ((-0.2, 0.2), "y = 1"),
            (-0.8, "(2,)"),
            ((-0.8, 0.2, 0), "(2,)"),
        ],
    ),
    checks.check_stuck_distance: (
        [
            lambda k, possible: 1 - k / possible,
            lambda k, possible: (possible - k) / possible,
            lambda k, possible: (k * (1 / k - 1 / possible) + (possible - k) / possible) / 2,
            lambda k, possible: distance_from_uniform([1 / k] * k + [0] * (possible - k)),
        ],
        [
            (lambda k, possible: 2 * (1 - k / possible), "½"),
            (lambda k, possible: k / possible, "em comum"),
            (lambda k, possible: 0.3, "excessos"),
            (lambda k, possible: possible - k, "excessos"),
            (lambda k: 1 - k / 64, "deve receber (k, possible), e a sua recebe (k)"),
        ],
    ),
    checks.check_diversity_test: (
        [
            approve,
            lambda numbers, m: set(numbers) == set(range(0, m, 2)),
            lambda numbers, m: len(set(numbers)) > 0.9 * m / 2 and not any(n % 2 for n in numbers),
            lambda numbers, m: bool(
                np.all(np.array(numbers) % 2 == 0)
                and np.bincount(np.array(numbers) // 2, minlength=m // 2).max()
                < 4 * len(numbers) / m
            ),
        ],
        [
            (lambda numbers, m: all(n % 2 == 0 for n in numbers), "42 e 84"),
            (lambda numbers, m: len(set(numbers)) > m / 4, "pares e ímpares"),
            (
                # Nove pares de 64 não passam; os treze do gerador colapsado da aula, sim.
                lambda numbers, m: all(n % 2 == 0 for n in numbers) and len(set(numbers)) > 10,
                "treze pares, como o gerador da aula",
            ),
            (lambda numbers, m: False, "reprovou"),
            (lambda numbers, m: 1, "True ou False"),
            (lambda numbers, m: len(set(numbers)) == 64, "menores que 100"),
        ],
    ),
    checks.check_repeat_probability: (
        [
            lambda k, size: 1 - all_different(k, size),
            lambda k, size: 1 - math.perm(k, size) / k**size,
            lambda k, size: (
                np.mean([len(set(g)) < size for g in itertools.product(range(k), repeat=size)])
                if k < 64
                else 1 - all_different(k, size)
            ),
            lambda k, size: 1 - np.prod(1 - np.arange(size) / k),
        ],
        [
            (all_different, "todos diferentes"),
            (lambda k, size: (size - 1) / k, "segundo sorteio"),
            (lambda k, size: size / k, "segundo sorteio"),
            (lambda k, size: 1 - (1 - 1 / k) ** size, "segundo sorteio"),
            (lambda k, size: [0.5], "deve dar um número"),
        ],
    ),
}

# ---- As imagens

DRAWN, HELD_OUT, DRAWN_LABELS, _ = split_digits()
FIRST_FIVE = DRAWN[DRAWN_LABELS < 5][:540]


def projection(features, labels, w, b, v):
    return features @ w + b + (features * v[labels]).sum(axis=1)


def projection_one_by_one(features, labels, w, b, v):
    rows = zip(features, labels, strict=True)
    return [sum(x * (p + q) for x, p, q in zip(phi, w, v[y], strict=True)) + b for phi, y in rows]


def projection_in_torch(*values):
    features, labels, w, b, v = map(torch.as_tensor, values)
    match = nn.Embedding.from_pretrained(v)(labels)
    return (features @ w + b)[:, None] + (features * match).sum(dim=1, keepdim=True)


def overlaps_are_even(kernel, stride):
    counts = np.zeros(20 * stride)
    for start in range(0, len(counts) - kernel, stride):
        counts[start : start + kernel] += 1
    return np.ptp(counts[5 * stride : -6 * stride]) == 0


IMAGES = {
    checks.check_output_size: (
        [
            lambda n, k, s, p: (n - 1) * s - 2 * p + k,
            lambda *a: nn.ConvTranspose2d(1, 1, *a[1:])(torch.zeros(1, a[0], a[0])).shape[-1],
            lambda n, k, s, p: torch.tensor((n - 1) * s + k - 2 * p),
            lambda n, k, s, p: float(n * s - s - 2 * p + k),
        ],
        [
            (lambda n, k, s, p: (n + 2 * p - k) // s + 1, "a transposta faz a da volta"),
            (lambda n, k, s, p: (n - 1) * s + k, "falta cortar"),
            (lambda n, k, s, p: (n - 1) * s + k - p, "dos dois lados"),
            (lambda n, k, s, p: n * s - 2 * p + k, "saltos"),
            (lambda n, k, s, p: 2 * n + 40, "PyTorch"),
            (8, "a resposta é uma função de n, k, s, p"),
        ],
    ),
    checks.check_checkerboard: (
        [
            lambda k, s: k % s == 0,
            lambda k, s: not k % s,
            lambda k, s: np.bool_(k // s * s == k),
            overlaps_are_even,
        ],
        [
            (lambda k, s: k % 2 == 0, "núcleo par"),
            (lambda k, s: k == s, "se cobrem"),
            (lambda k, s: True, "diferentes"),
            (lambda k, s: False, "são iguais"),
            (lambda k, s: k % s, "True ou False"),
            (lambda k, s: s % k == 0, "se cobrem"),
        ],
    ),
    checks.check_narrow_set: (
        [
            FIRST_FIVE,
            torch.from_numpy(DRAWN[DRAWN_LABELS % 2 == 0][:540]),
            np.repeat(DRAWN[:54], 10, axis=0),
            np.resize(DRAWN[DRAWN_LABELS == 7], (540, 1, 8, 8)).astype(float),
        ],
        [
            (DRAWN[:540], "há de tudo"),
            (DRAWN[DRAWN_LABELS < 9][:540], "há de tudo"),
            (HELD_OUT, "há imagens do teste"),
            (np.clip(FIRST_FIVE + 0.5, -1, 1), "onde não há reais"),
            (-FIRST_FIVE, "onde não há reais"),
            (FIRST_FIVE[:100], "(540, 1, 8, 8)"),
            (FIRST_FIVE.reshape(540, 64), "(540, 1, 8, 8)"),
        ],
    ),
    checks.check_projection_logit: (
        [
            projection,
            projection_one_by_one,
            projection_in_torch,
            lambda x, y, w, b, v: np.einsum("nd,nd->n", x, w + v[y]) + b,
            lambda x, y, w, b, v: (x @ w + b + (x @ v.T)[np.arange(len(y)), y])[:, None],
        ],
        [
            (lambda x, y, w, b, v: x @ w + b, "falta a segunda pergunta"),
            (lambda x, y, w, b, v: (x * v[y]).sum(1), "falta a primeira pergunta"),
            (lambda x, y, w, b, v: (x * (w + v[y])).sum(1), "falta somar b"),
            (lambda x, y, w, b, v: x @ w + 2 * b + (x * v[y]).sum(1), "uma vez só"),
            (lambda *a: 1 / (1 + np.exp(-projection(*a))), "sigmoide"),
            (lambda x, y, w, b, v: (x @ w + b)[:, None] + x @ v.T, "todos os rótulos"),
            (lambda x, y, w, b, v: x * v[y], "falta somar cada linha"),
            (lambda x, y, w, b, v: x @ (w + v[y[0]]) + b, "do seu próprio rótulo"),
            (lambda x, y, w, b, v: x @ w + b + y, "escolhe uma linha"),
            (lambda x, y, w, b, v: x @ w - b, "w · φ + b + v_y · φ"),
            (lambda x, y, w, b, v: 0.5, "(6,)"),
            (lambda x, y: x, "deve receber (features, labels, w, b, v)"),
        ],
    ),
}

# ---- 05_colapso_de_modos

DIAGNOSIS = {
    "A": "taxa de aprendizado alta demais",
    "B": "saída que não alcança os dados",
    "C": "colapso de modos",
    "D": "gradiente que some",
    "E": "oscilação",
    "F": "discriminador forte demais",
}
NOTICES = {
    "um modo só": {"modos", "revocação", "fatias", "juiz"},
    "memória": {"cópias"},
    "fatias erradas": {"fatias", "juiz"},
}


def share_distance(shares):
    shares = np.asarray(shares) / np.sum(shares)
    return np.abs(shares - 1 / len(shares)).sum() / 2


def drawn_ceiling(k, dimensions=2):
    points = np.random.RandomState(0).normal(size=(200_000, dimensions))
    return (np.linalg.norm(points, axis=1) <= k).mean()


def clear(quantile=None, *, ddof=1, signed=False, make=list):
    def answer(table):
        scores = {
            name: np.mean(d) / (np.std(d, ddof=ddof) / math.sqrt(len(d)))
            for name, d in table.items()
        }
        t = {name: quantile or stats.t.ppf(0.975, len(d) - 1) for name, d in table.items()}
        return make(n for n, score in scores.items() if (score if signed else abs(score)) > t[n])

    return answer


def without_zero(table):
    intervals = {name: stats.ttest_1samp(d, 0).confidence_interval() for name, d in table.items()}
    return {name for name, (low, high) in intervals.items() if low > 0 or high < 0}


MODES = {
    checks.check_diagnosis: (
        [
            DIAGNOSIS,
            dict(sorted(DIAGNOSIS.items(), reverse=True)),
            OrderedDict(DIAGNOSIS),
            dict(zip("FEDCBA", [DIAGNOSIS[letter] for letter in "FEDCBA"], strict=True)),
        ],
        [
            (["A"], "as chaves 'A', 'B'"),
            ({"A": DIAGNOSIS["A"]}, "as chaves 'A', 'B'"),
            ({**DIAGNOSIS, "A": "azar"}, "não está na lista"),
            ({**DIAGNOSIS, "A": ["oscilação"]}, "não está na lista"),
            ({**DIAGNOSIS, "E": "gradiente que some"}, "caso E"),
        ],
    ),
    checks.check_ceiling: (
        [
            lambda k: 1 - math.exp(-k * k / 2),
            lambda k: stats.chi2.cdf(k * k, 2),
            lambda k: stats.rayleigh.cdf(k),
            drawn_ceiling,
        ],
        [
            (lambda k: 2 * stats.norm.cdf(k) - 1, "uma dimensão"),
            (lambda k: (2 * stats.norm.cdf(k) - 1) ** 2, "quadrado"),
            (lambda k: math.exp(-k * k / 2), "fica de fora"),
            (lambda k: 0.1, "deu 0,1000, e a fração dentro do círculo é 0,3935"),
            (lambda k: 100 * (1 - math.exp(-k * k / 2)), "porcentagem"),
            (lambda k: drawn_ceiling(k, dimensions=3), "dentro do círculo"),
        ],
    ),
    checks.check_cheaters: (
        [
            NOTICES,
            {**NOTICES, "memória": "cópias"},
            {name: list(given) for name, given in NOTICES.items()},
            {name: frozenset(given) for name, given in NOTICES.items()},
        ],
        [
            ({"memória": "cópias"}, "dicionário com as chaves"),
            ({**NOTICES, "um modo só": {"alta qualidade"}}, "ela não muda"),
            ({**NOTICES, "fatias erradas": "fatias"}, "mais 1"),
            ({**NOTICES, "memória": set()}, "mais 1"),
            ({**NOTICES, "memória": 3}, "coleção de textos"),
        ],
    ),
    checks.check_share_distance: (
        [
            share_distance,
            distance_from_uniform,
            lambda shares: np.clip(np.array(shares) / sum(shares) - 1 / len(shares), 0, None).sum(),
            lambda shares: 1 - sum(min(s / sum(shares), 1 / len(shares)) for s in shares),
        ],
        [
            (lambda s: 2 * share_distance(s), "½"),
            (lambda s: np.abs(np.array(s) - 1 / len(s)).sum() / 2, "divida-as pela soma"),
            (lambda s: np.abs(np.array(s) / np.sum(s) - 1 / len(s)).max(), "maior diferença"),
            (lambda s: 7, "a resposta é"),
            (lambda s: np.array(s) / np.sum(s), "deve dar um número"),
        ],
    ),
    checks.check_clear_differences: (
        [clear(), clear(make=set), clear(make=tuple), without_zero],
        [
            (clear(1.96), "2,26"),
            (clear(0.9), "65 %"),
            (clear(signed=True), "negativa"),
            (clear(ddof=0), "ddof=1"),
            (clear(stats.t.ppf(0.975, 9)), "não são sempre 10"),
            (lambda table: ["outra"], "chaves de table"),
            (lambda table: [], "fique com as que"),
            (lambda table: 3, "coleção de textos"),
        ],
    ),
}

# ---- 07_julgar_imagens

TRAIN, TEST, _, _ = split_mnist()


def frechet_line(mean_a, std_a, mean_b, std_b):
    return (mean_a - mean_b) ** 2 + (std_a - std_b) ** 2


def measured_frechet(mean_a, std_a, mean_b, std_b):
    bell = stats.norm.ppf(np.linspace(0, 1, 2001)[1:-1])
    bell = bell[:, None] / bell.std(ddof=1)
    return frechet_distance(mean_a + std_a * bell, mean_b + std_b * bell).distance


def extrapolated(few, distance_few, many, distance_many):
    return (many * distance_many - few * distance_few) / (many - few)


def in_one_over_n(few, distance_few, many, distance_many):
    return np.polyfit([1 / few, 1 / many], [distance_few, distance_many], 1)[1]


def flagged_is_fake(prevalence, sensitivity, specificity):
    caught = prevalence * sensitivity
    return caught / (caught + (1 - prevalence) * (1 - specificity))


def counted(prevalence, sensitivity, specificity, n=100_000):
    fakes = round(n * prevalence)
    caught, wronged = round(fakes * sensitivity), round((n - fakes) * (1 - specificity))
    return caught / (caught + wronged)


JUDGING = {
    checks.check_frechet_line: (
        [
            frechet_line,
            measured_frechet,
            lambda a, s, b, t: (a - b) ** 2 + s**2 + t**2 - 2 * s * t,
            lambda a, s, b, t: torch.dist(torch.tensor([a, s]), torch.tensor([b, t])) ** 2,
        ],
        [
            (lambda a, s, b, t: math.hypot(a - b, s - t), "não leva a raiz"),
            (lambda a, s, b, t: (a - b) ** 2 + s**2 + t**2, "em comum"),
            (lambda a, s, b, t: (a - b) ** 2 + (s**2 - t**2) ** 2, "e não as variâncias"),
            (lambda a, s, b, t: (a - b) ** 2, "faltam os desvios"),
            (lambda a, s, b, t: abs(a - b) + abs(s - t), "é σ_a·σ_b"),
            (9.0, "a resposta é uma função de mean_a"),
        ],
    ),
    checks.check_extrapolation: (
        [
            extrapolated,
            in_one_over_n,
            lambda n, a, m, b: b - (a - b) / (1 / n - 1 / m) / m,
            lambda n, a, m, b: np.float32(a + (b - a) * m / (m - n)),
        ],
        [
            (lambda n, a, m, b: b, "de uma amostra"),
            (lambda n, a, m, b: (a + b) / 2, "o viés das duas"),
            (lambda n, a, m, b: 2 * b - a, "o dobro da outra"),
            (lambda n, a, m, b: np.polyfit([n, m], [a, b], 1)[1], "e não em n"),
            (lambda n, a, m, b: (a - b) / (1 / n - 1 / m), "a inclinação"),
            (lambda n, a, m, b: 0.0, "1/n = 0"),
        ],
    ),
    checks.check_hidden_copies: (
        [
            lambda h: (0.5 - h) / (1 - h),
            lambda h: (1 - 2 * h) / (2 - 2 * h),
            lambda honest: 1 - 0.5 / (1 - honest),
            lambda h: next(f for f in np.linspace(0, 1, 100_001) if f + (1 - f) * h >= 0.5),
        ],
        [
            (lambda h: 0.5 - h, "tomam o lugar"),
            (lambda h: 100 * (0.5 - h) / (1 - h), "de 0 a 1"),
            (lambda h: 0.5 / (1 - h), "dos honestos"),
            (lambda h: 0.5 + 0.5 * h, "metade de cópias"),
            (lambda h: h, "resolva"),
            (lambda: 0.1, "deve receber (honest)"),
        ],
    ),
    checks.check_flagged_is_fake: (
        [
            flagged_is_fake,
            lambda p, se, sp: 1 / (1 + (1 - p) * (1 - sp) / (p * se)),
            counted,
            lambda p, se, sp: round(flagged_is_fake(p, se, sp), 3),
        ],
        [
            (lambda p, se, sp: se, "a pergunta é a contrária"),
            (lambda p, se, sp: p * se + (1 - p) * (1 - sp), "acusados"),
            (lambda p, se, sp: p * se / (p * se + (1 - p) * sp), "1 −"),
            (lambda p, se, sp: p, "conte"),
            (lambda p, se, sp: 100 * flagged_is_fake(p, se, sp), "conte"),
        ],
    ),
    checks.check_memorizer: (
        [
            TRAIN[:1000],
            TRAIN[-1000:].astype(float),
            torch.from_numpy(TRAIN[::2][:1000]),
            np.random.RandomState(0).permutation(TRAIN)[:1000],
        ],
        [
            (TRAIN[:100], "(1000, 1, 28, 28)"),
            (TEST, "teste"),
            (np.clip(TRAIN[:1000] + 0.5, -1, 1), "medida de cópia"),
            (np.repeat(TRAIN[:1], 1000, axis=0), "variadas"),
            (TRAIN[:1000].reshape(1000, 784), "(1000, 1, 28, 28)"),
            (TRAIN[:1000] * np.nan, "não finitos"),
        ],
    ),
}

# ---- 08_vizinhas


def remaining(betas):
    return np.prod(1 - np.asarray(betas))


def remaining_by_steps(betas):
    variance = 1.0
    for beta in betas:
        variance -= variance * beta
    return variance


def divergence(mean, log_variance):
    return (mean**2 + np.exp(log_variance) - 1 - log_variance).sum() / 2


def divergence_of_torch(mean, log_variance):
    std = torch.exp(torch.as_tensor(log_variance) / 2)
    latent = torch.distributions.Normal(torch.as_tensor(mean), std)
    standard = torch.distributions.Normal(torch.zeros(len(mean)), torch.ones(len(mean)))
    return torch.distributions.kl_divergence(latent, standard).sum()


def mixture_size(k, d):
    return k * d + k * d * (d + 1) // 2 + k - 1


def mixture_size_of_sklearn(k, d):
    points = np.random.RandomState(0).normal(size=(10 * k * d, d))
    return GaussianMixture(k, max_iter=1, random_state=0).fit(points)._n_parameters()


def clean_guess(noisy, noise, kept):
    return (noisy - np.sqrt(1 - kept) * noise) / np.sqrt(kept)


NEIGHBOURS = {
    checks.check_remaining_variance: (
        [
            remaining,
            remaining_by_steps,
            lambda betas: np.cumprod(1 - betas)[-1],
            lambda betas: math.exp(sum(math.log1p(-beta) for beta in betas)),
        ],
        [
            (lambda betas: np.sqrt(remaining(betas)), "leva o quadrado"),
            (lambda betas: 1 - remaining(betas), "a parte do ruído"),
            (lambda betas: 1 - betas.sum(), "não se somam"),
            (lambda betas: np.prod(betas), "β é o que entra"),
            (lambda betas: np.mean(1 - betas), "comece em 1"),
            (lambda betas: np.cumprod(1 - betas), "deve dar um número"),
        ],
    ),
    checks.check_latent_divergence: (
        [
            divergence,
            divergence_of_torch,
            lambda m, v: 0.5 * sum(a * a + math.exp(b) - 1 - b for a, b in zip(m, v, strict=True)),
            lambda m, v: -0.5 * np.sum(1 + v - m**2 - np.exp(v)),
        ],
        [
            (lambda m, v: 2 * divergence(m, v), "falta o ½"),
            (lambda m, v: divergence(m, v) / len(m), "se somam"),
            (lambda m, v: -divergence(m, v), "o sinal está trocado"),
            (lambda m, v: divergence(0 * m, v), "falta a média"),
            (lambda m, v: divergence(m, 2 * v), "e não o do desvio"),
            (lambda m, v: np.sum(m**2) / 2, "some, nas dimensões"),
        ],
    ),
    checks.check_mixture_size: (
        [
            mixture_size,
            mixture_size_of_sklearn,
            lambda k, d: k * (d + d * (d + 1) / 2 + 1) - 1,
            lambda k, d: k * d + k * len(np.triu_indices(d)[0]) + (k - 1),
        ],
        [
            (lambda k, d: mixture_size(k, d) + 1, "não é livre"),
            (lambda k, d: mixture_size(k, d) - k + 1, "faltam as fatias"),
            (lambda k, d: k * d + k * d * d + k - 1, "é simétrica"),
            (lambda k, d: 2 * k * d + k - 1, "o que liga"),
            (lambda k, d: k, "some médias"),
        ],
    ),
    checks.check_clean_guess: (
        [
            clean_guess,
            lambda x, e, kept: x / np.sqrt(kept) - e * np.sqrt(1 / kept - 1),
            lambda x, e, kept: torch.tensor(clean_guess(x, e, kept)),
            lambda x, e, kept: clean_guess(x, e, kept).tolist(),
        ],
        [
            (lambda x, e, kept: x - e, "entrou multiplicado"),
            (lambda x, e, kept: x - np.sqrt(1 - kept) * e, "falta dividir"),
            (lambda x, e, kept: (x - (1 - kept) * e) / kept, "faltam as raízes"),
            (lambda x, e, kept: clean_guess(x, e, 1 - kept), "estão trocados"),
            (lambda x, e, kept: x, "como chegou"),
            (lambda x, e, kept: 0 * x, "resolva"),
            (lambda x, e, kept: 0.0, "(5, 2)"),
        ],
    ),
    checks.check_break_even: (
        [
            lambda extra, slow, fast: extra / (slow - fast),
            lambda extra, slow, fast: math.ceil(extra / (slow - fast)),
            lambda extra, slow, fast: np.float64(1 / (slow / extra - fast / extra)),
            lambda *costs: torch.tensor(costs[0]) / (costs[1] - costs[2]),
        ],
        [
            (lambda extra, slow, fast: extra / slow, "também gasta"),
            (lambda extra, slow, fast: slow / fast, "falta o treino"),
            (lambda extra, slow, fast: extra * (slow - fast), "em vez de multiplicar"),
            (lambda extra, slow, fast: extra / (fast - slow), "menos a rápida"),
            (lambda extra, slow, fast: extra, "paga o treino"),
            (3000, "a resposta é uma função de extra"),
        ],
    ),
}

# ---- As muitas sementes


def t_interval(values, quantile=None, ddof=1, root=True, df=1):
    values = np.asarray(values)
    n = len(values)
    quantile = stats.t.ppf(0.975, n - df) if quantile is None else quantile
    margin = quantile * values.std(ddof=ddof) / (math.sqrt(n) if root else 1)
    return values.mean() - margin, values.mean() + margin


def mean_and_margin(values):
    low, high = t_interval(values)
    return values.mean(), (high - low) / 2


def unpaired(a, b):
    result = stats.ttest_ind(b, a, equal_var=False).confidence_interval()
    return result.low, result.high


def best(values, k, pick=min):
    return np.mean([pick(group) for group in itertools.combinations(values, k)])


def best_by_formula(values, k):
    n = len(values)
    weights = [math.comb(n - 1 - i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(w * v for w, v in zip(weights, sorted(values), strict=True))


def best_by_luck(values, k, again=False):
    draw = random.Random(0)
    pick = draw.choices if again else draw.sample
    return np.mean([min(pick(list(values), k=k)) for _ in range(40_000)])


SEEDS = {
    checks.check_mean_interval: (
        [
            t_interval,
            lambda v: stats.ttest_1samp(v, 0).confidence_interval(),
            lambda v: stats.t.interval(0.95, len(v) - 1, loc=v.mean(), scale=stats.sem(v)),
            lambda v: list(t_interval(v)),
            lambda v: torch.tensor(t_interval(v)),
        ],
        [
            (lambda v: v.mean(), "(2,)"),
            (lambda v: t_interval(v, 1.96), "t de Student"),
            (lambda v: t_interval(v, root=False), "dividir o desvio por √n"),
            (lambda v: t_interval(v, ddof=0), "ddof=1"),
            (lambda v: t_interval(v)[::-1], "a ponta baixa vem primeiro"),
            (mean_and_margin, "isso é (média, margem)"),
            (lambda v: t_interval(v, 1), "um erro padrão"),
            (lambda v: t_interval(v, stats.t.ppf(0.95, len(v) - 1)), "0,975"),
            (lambda v: t_interval(v, df=0), "graus de liberdade"),
            (lambda v: (0.0, 1.0), "média ± t"),
        ],
    ),
    checks.check_seeds_needed: (
        [
            lambda s, m: max(math.ceil((1.96 * s / m) ** 2), 1),
            lambda s, m: next(n for n in itertools.count(1) if 1.96 * s / math.sqrt(n) <= m),
            lambda s, m: np.ceil((1.96 * s / m) ** 2),
            lambda s, m: -int(-((1.96 * s / m) ** 2) // 1),
        ],
        [
            (lambda s, m: (1.96 * s / m) ** 2, "para cima"),
            (lambda s, m: int((1.96 * s / m) ** 2), "para cima"),
            (lambda s, m: math.ceil(1.96 * s / m), "falta o quadrado"),
            (lambda s, m: math.ceil((s / m) ** 2), "um erro padrão"),
            (lambda s, m: 5, "o menor n que serve"),
        ],
    ),
    checks.check_paired_interval: (
        [
            lambda a, b: t_interval(b - a),
            lambda a, b: stats.ttest_rel(b, a).confidence_interval(),
            lambda a, b: t_interval([y - x for x, y in zip(a, b, strict=True)]),
            lambda a, b: tuple(-end for end in t_interval(a - b))[::-1],
        ],
        [
            (lambda a, b: t_interval(a - b), "sinal está trocado"),
            (unpaired, "tratadas como independentes"),
            (lambda a, b: t_interval(b - a, root=False), "falta dividir o desvio por √n"),
            (lambda a, b: t_interval(b - a, 1.96), "t de Student"),
            (lambda a, b: t_interval(b - a, ddof=0), "ddof=1"),
            (lambda a, b: mean_and_margin(b - a), "isso é (média, margem)"),
            (lambda a, b: (0.0, 1.0), "b − a"),
            (lambda a, b: 0.3, "(2,)"),
        ],
    ),
    checks.check_expected_best: (
        [best, best_by_formula, best_by_luck, lambda v, k: np.float32(best(v, k))],
        [
            (lambda v, k: min(v), "menor de todos"),
            (lambda v, k: np.mean(v), "caso k = 1"),
            (lambda v, k: best(v, k, max), "o melhor é o menor"),
            (lambda v, k: 0.5, "a média do menor"),
            (lambda v, k: best_by_luck(v, k, again=True), "sem repetição"),
        ],
    ),
}

EXERCISES = THEORY | SPIRAL | EVEN | IMAGES | MODES | SEEDS | JUDGING | NEIGHBOURS | EXAM
RIGHT = [(check, answer) for check, (right, _) in EXERCISES.items() for answer in right]
WRONG = [(check, *pair) for check, (_, wrong) in EXERCISES.items() for pair in wrong]


SHOUT = re.compile("[A-ZÀ-Ú]{5,}")


def name(value):
    return getattr(value, "__name__", "").replace("<lambda>", "")


@pytest.mark.parametrize(("check", "answer"), RIGHT, ids=name)
def test_a_right_answer_is_praised(check, answer, capsys):
    check(answer)
    out = capsys.readouterr().out
    assert out.startswith("✔ "), out


@pytest.mark.parametrize(("check", "answer", "hint"), WRONG, ids=name)
def test_a_wrong_answer_gets_the_hint_it_needs(check, answer, hint, capsys):
    check(answer)
    out = capsys.readouterr().out
    assert out.startswith("✘ "), out
    assert hint in out
    assert out.rstrip().endswith((".", "?", "!")), "uma dica é uma frase"
    assert not SHOUT.search(out), "uma dica não grita"
    assert "None" not in out or answer is None


def test_every_exercise_is_answered_well_in_four_ways_and_badly_in_five():
    names = {name for name in vars(checks) if name.startswith("check_")}
    assert {check.__name__ for check in EXERCISES} == names
    for check, (right, wrong) in EXERCISES.items():
        assert len(right) >= 4, check.__name__
        assert len(wrong) >= 5, check.__name__
