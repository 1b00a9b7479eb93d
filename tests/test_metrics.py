"""Os juízes acertam onde a resposta é conhecida."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from gan_lessons.data import grid_centers, make_grid, make_spiral
from gan_lessons.metrics import (
    copy_test,
    discriminator_probabilities,
    discriminator_report,
    distance_from_uniform,
    label_report,
    mode_coverage,
    precision_recall,
    two_sample_test,
)

RNG = np.random.RandomState(0)
POINTS, OTHERS = RNG.normal(size=(2, 400, 2))


def test_two_samples_of_one_source_are_indistinguishable():
    samples = np.random.RandomState(1).normal(size=(20, 2, 300, 2))
    results = [two_sample_test(*pair, n_permutations=99) for pair in samples]
    assert abs(np.mean([result.accuracy for result in results]) - 0.5) < 0.02
    assert sum(result.p_value < 0.05 for result in results) <= 4


def test_far_apart_samples_are_always_told_apart():
    result = two_sample_test(POINTS, OTHERS + 50)
    assert result.accuracy == 1
    assert result.interval[0] > 0.95
    assert result.p_value == 1 / (1 + 999)  # nenhum dos 999 embaralhamentos chegou lá


def test_the_judge_never_grades_points_it_was_taught():
    """Julgado nos próprios pontos de treino, o 5-NN daria uns 70 % a duas amostras iguais."""
    accuracies = [
        two_sample_test(*np.random.RandomState(seed).normal(size=(2, 200, 2))).accuracy
        for seed in range(20)
    ]
    assert 0.47 < np.mean(accuracies) < 0.53


def test_the_p_value_and_the_interval_keep_their_promises():
    """Em 200 pares da mesma fonte, cerca de 5 % dão p < 0,05 e 95 % dos intervalos contêm 0,5."""
    results = [
        two_sample_test(
            make_spiral(100, random_positions=True, random_state=2 * seed),
            make_spiral(100, random_positions=True, random_state=2 * seed + 1),
            n_permutations=99,
        )
        for seed in range(200)
    ]
    rejected = np.mean([result.p_value < 0.05 for result in results])
    covered = np.mean([low <= 0.5 <= high for low, high in (r.interval for r in results)])
    assert 0.01 <= rejected <= 0.10  # 5 % com o desvio de 200 sorteios
    assert covered >= 0.90


def test_samples_on_the_same_grid_repel_each_other():
    result = two_sample_test(make_spiral(random_state=0), make_spiral(random_state=1))
    assert result.interval[1] < 0.5


def test_the_linear_judge_sees_means_and_the_neighbors_see_shapes():
    ring = POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True)
    disc = ring * np.sqrt(np.random.RandomState(1).uniform(size=(400, 1)))
    assert two_sample_test(ring, disc, classifier="logistic", n_permutations=19).accuracy < 0.56
    assert two_sample_test(ring, disc, n_permutations=19).accuracy > 0.8
    shifted = two_sample_test(POINTS, OTHERS + 2, classifier="logistic", n_permutations=19)
    assert shifted.accuracy > 0.9


def test_any_scikit_learn_classifier_can_judge():
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    result = two_sample_test(POINTS[:100], OTHERS[:100] + 3, classifier=tree, n_permutations=19)
    assert result.accuracy > 0.9


def test_a_judge_who_always_gives_one_answer_is_no_better_than_any_shuffle():
    constant = DummyClassifier(strategy="constant", constant=True)
    result = two_sample_test(POINTS, OTHERS + 50, classifier=constant, n_permutations=19)
    assert (result.accuracy, result.p_value) == (0.5, 1.0)
    low, high = result.interval
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 800), rel=0.01)


def test_same_random_state_same_verdict():
    verdict = two_sample_test(POINTS, OTHERS)
    assert verdict == two_sample_test(POINTS, OTHERS, n_permutations=999, random_state=0)
    assert verdict != two_sample_test(POINTS, OTHERS, random_state=1)
    few = {"classifier": "logistic", "n_permutations": 99}
    assert two_sample_test(POINTS, OTHERS, **few) == two_sample_test(POINTS, OTHERS, **few)


def test_real_points_seen_in_training_are_refused():
    assert two_sample_test(POINTS, OTHERS, training_data=OTHERS + 1)
    with pytest.raises(ValueError, match="real tem 400 pontos que estão em training_data"):
        two_sample_test(POINTS, OTHERS, training_data=POINTS)
    with pytest.raises(ValueError, match="1 pontos"):
        two_sample_test(POINTS, OTHERS, training_data=np.r_[OTHERS, POINTS[:1]])


SINGLE, ZEROS = POINTS.astype(np.float32), np.zeros_like(POINTS)


@pytest.mark.parametrize(
    ("real", "training_data"),
    [
        (POINTS, SINGLE),
        (SINGLE, POINTS),
        (ZEROS, -ZEROS),
        (-ZEROS, ZEROS),
    ],
)
def test_points_seen_in_training_are_the_same_in_another_precision(real, training_data):
    with pytest.raises(ValueError, match="real tem 400 pontos que estão em training_data"):
        two_sample_test(real, OTHERS, training_data=training_data)
    with pytest.raises(ValueError, match="unseen tem 400 pontos que estão em training_data"):
        copy_test(training_data, real, OTHERS)


def test_new_points_that_only_round_alike_are_not_the_same():
    """Num eixo só, milhares de pontos sorteados caem perto uns dos outros."""
    one, other = np.random.RandomState(0).normal(size=(2, 20_000, 1))
    assert np.isin(one.astype(np.float32), other.astype(np.float32)).any()
    assert two_sample_test(one[:50], one[50:100], training_data=np.r_[other], n_permutations=19)


def test_results_print_as_one_line_of_portuguese():
    line = str(two_sample_test(POINTS, OTHERS + 50))
    assert line.startswith("juiz: acurácia 1,000 (95 %: 0,9")
    assert line.endswith(" a 1,000; p = 0,001)")
    assert str(precision_recall(POINTS, POINTS)) == "precisão 1,000, revocação 1,000"
    line = str(copy_test(POINTS, OTHERS, POINTS[:100]))
    assert line == "cópia: 1,000 (95 %: 1,000 a 1,000; 0,5 é não copiar)"


def test_a_copy_has_perfect_precision_and_recall():
    result = precision_recall(POINTS, POINTS)
    assert (result.precision, result.recall) == (1, 1)


def test_strangers_have_neither():
    result = precision_recall(POINTS, POINTS + 100)
    assert (result.precision, result.recall) == (0, 0)


def test_collapse_keeps_precision_and_loses_recall():
    two_modes = np.r_[POINTS, OTHERS + 100]
    result = precision_recall(two_modes, OTHERS[:200])
    assert result.precision > 0.8
    assert result.recall == pytest.approx(0.5, abs=0.1)


def test_noise_added_to_good_fakes_loses_precision_and_keeps_recall():
    half_noise = np.r_[OTHERS, POINTS + 100]
    result = precision_recall(POINTS, half_noise)
    assert result.precision == pytest.approx(0.5, abs=0.1)
    assert result.recall > 0.8


def test_precision_and_recall_follow_their_definition():
    real, fake, k = POINTS[:30], OTHERS[:40] * 2, 3
    between = np.linalg.norm(real[:, None] - real[None], axis=2)
    radii = np.sort(between, axis=1)[:, k]
    distances = np.linalg.norm(fake[:, None] - real[None], axis=2)
    expected = (distances <= radii).any(axis=1).mean()
    assert precision_recall(real, fake, k=k).precision == pytest.approx(expected)
    assert precision_recall(fake, real, k=k).recall == pytest.approx(expected)


def test_the_ball_of_a_point_reaches_its_fifth_neighbour_unless_told_otherwise():
    line, beyond = np.arange(10.0)[:, None], np.linspace(14.1, 14.9, 10)[:, None]
    assert precision_recall(line, beyond).precision == 0  # a bola do ponto 9 acaba em 14
    assert precision_recall(line, beyond, k=6).precision == 1


@pytest.mark.parametrize("k", [5, 6])
def test_a_sample_smaller_than_its_balls_is_refused(k):
    with pytest.raises(ValueError, match=r"k deve ser menor que o número de pontos .*, 5, mas"):
        precision_recall(POINTS[:5], OTHERS, k=k)


def test_a_measure_does_not_change_after_it_is_taken():
    for result in (precision_recall(POINTS, OTHERS), mode_coverage(POINTS, [[0.0, 0.0]], std=1.0)):
        with pytest.raises(AttributeError):
            result.modes = result.recall = 1.0


def test_precision_and_recall_of_huge_points_are_refused_and_not_perfect():
    with pytest.raises(ValueError, match="real deve ter coordenadas de até"):
        precision_recall(1e200 * POINTS, 1e200 * OTHERS)


class FirstColumn(nn.Module):
    def forward(self, points):
        return points[:, :1]


def test_discriminator_report_counts_right_and_wrong():
    real, fake = np.array([[2.0], [1.0], [-1.0]]), np.array([[-3.0], [0.5]])
    report = discriminator_report(FirstColumn(), real, fake)
    assert report.confusion.to_numpy().tolist() == [[2, 1], [1, 1]]
    assert list(report.confusion.index) == ["real", "falso"]
    axes = report.confusion.index.name, report.confusion.columns.name
    assert axes == ("o que o ponto é", "o que D diz")
    assert report.accuracy == pytest.approx(3 / 5)
    probability = 1 / (1 + np.exp(-real))
    assert report.mean_real == pytest.approx(probability.mean(), abs=1e-6)
    assert report.std_real == pytest.approx(probability.std(), abs=1e-6)
    assert "falso" in report.classification_report
    assert str(report) == (
        "discriminador: acurácia 0,600; D nos reais 0,627 ± 0,260, nos falsos 0,335 ± 0,288"
    )


def test_a_weak_discriminator_gives_50_percent_whatever_the_fakes():
    blind = nn.Linear(2, 1)
    nn.init.zeros_(blind.weight)
    nn.init.zeros_(blind.bias)
    report = discriminator_report(blind, POINTS, OTHERS + 100)
    assert (report.accuracy, report.mean_real, report.mean_fake) == (0.5, 0.5, 0.5)
    # No empate exato ele não diz "real" a ninguém: nada acertou nos reais, e tudo nos falsos.
    assert report.confusion.to_numpy().tolist() == [[0, 400], [0, 400]]
    real, fake = report.classification_report.splitlines()[2:4]
    assert real.split() == ["real", "0.00", "0.00", "0.00", "400"]
    assert fake.split() == ["falso", "0.50", "1.00", "0.67", "400"]


def test_probabilities_are_the_sigmoid_of_the_logits_and_leave_the_network_as_it_was():
    network = nn.Sequential(nn.Linear(2, 1), nn.Dropout(0.5)).train()
    probabilities = discriminator_probabilities(network, POINTS)
    logits = network[0](torch.as_tensor(POINTS, dtype=torch.float32))
    np.testing.assert_allclose(probabilities, torch.sigmoid(logits).detach().flatten(), rtol=1e-5)
    assert network.training


class Diverged(nn.Linear):
    """Um discriminador cujos pesos passaram do que um float32 guarda."""

    def __init__(self):
        super().__init__(2, 1)
        nn.init.constant_(self.weight, float("nan"))


class Broken(nn.Module):
    """Uma rede congelada em parte, que falha no meio da conta."""

    def __init__(self, error):
        super().__init__()
        self.frozen, self.layer, self.error = nn.Dropout().eval(), nn.Dropout(), error

    def forward(self, points):
        raise self.error("no meio da conta")


def test_a_discriminator_that_diverged_has_no_accuracy():
    for judge in (
        discriminator_report,
        lambda D, *samples: discriminator_probabilities(D, samples[0]),
    ):
        with pytest.raises(ValueError, match=r"discriminator deve dar números.* divergiu"):
            judge(Diverged(), POINTS, OTHERS)


@pytest.mark.parametrize("error", [RuntimeError, KeyError, KeyboardInterrupt])
def test_a_judgement_that_fails_leaves_every_layer_as_it_was(error):
    network = Broken(error)
    with pytest.raises((error, ValueError)):
        discriminator_probabilities(network, POINTS)
    assert [layer.training for layer in network.modules()] == [True, False, True]


@pytest.mark.parametrize(
    "discriminator",
    [None, nn.Linear, nn.Linear(3, 1), nn.Linear(2, 2), nn.Flatten(0), nn.LazyLinear(1)],
)
def test_only_a_network_with_a_logit_for_each_point_is_a_discriminator(discriminator):
    with pytest.raises((TypeError, ValueError), match=r"^discriminator "):
        discriminator_probabilities(discriminator, POINTS)


def test_a_discriminator_of_many_logits_a_point_is_told_what_it_gave():
    with pytest.raises(ValueError, match=r"de formato \(400, 2\), mas deu \(400, 3\)"):
        discriminator_probabilities(nn.Linear(2, 3), POINTS)


def test_a_number_is_not_a_set_of_points():
    with pytest.raises(ValueError, match=r"^points deve ter pontos"):
        discriminator_probabilities(nn.Identity(), -0.0)


ERRORS = (TypeError, ValueError)
HOLES = np.where(POINTS > 3, np.nan, POINTS)
HOLES[0, 0] = np.nan


@pytest.mark.parametrize(
    ("judge", "error", "message"),
    [
        (lambda: two_sample_test(HOLES, OTHERS), ValueError, "real tem valores não finitos"),
        (lambda: two_sample_test(POINTS, OTHERS / 0.0), ValueError, "fake tem valores não finitos"),
        (
            lambda: two_sample_test(POINTS[:5], OTHERS[:5]),
            ValueError,
            "real deve ter pelo menos 20",
        ),
        (lambda: two_sample_test(POINTS, OTHERS[:50]), ValueError, "mesmo número de pontos"),
        (lambda: two_sample_test(POINTS, OTHERS[:, :1]), ValueError, "fake deve ter 2 colunas"),
        (
            lambda: two_sample_test(POINTS[:, 0], OTHERS),
            ValueError,
            r"real deve ter formato \(n, d\)",
        ),
        (lambda: two_sample_test("abc", OTHERS), TypeError, "real deve ser uma matriz"),
        (lambda: two_sample_test(POINTS, OTHERS, classifier="svm"), ValueError, "classifier deve"),
        (lambda: two_sample_test(POINTS, OTHERS, classifier=3), TypeError, "classifier deve"),
        *(
            (lambda n=n: two_sample_test(POINTS, OTHERS, n_permutations=n), ValueError, "n_permut")
            for n in (5, 10**12)
        ),
        *(
            (lambda r=r: two_sample_test(POINTS, OTHERS, random_state=r), ERRORS, "random_state")
            for r in (-1, 1.5, "x", 2**32, True)
        ),
        (
            lambda: two_sample_test(POINTS, OTHERS, classifier=DummyClassifier),
            TypeError,
            "classifier deve",
        ),
        (
            lambda: two_sample_test(POINTS, OTHERS, training_data=POINTS[:, :1]),
            ValueError,
            "^training_data deve ter 2 colunas, como real, mas chegou 1",
        ),
        (lambda: precision_recall(POINTS[:5], OTHERS), ValueError, "k deve ser menor"),
        (lambda: precision_recall(POINTS, OTHERS, k=0), ValueError, "k deve ser"),
        (lambda: precision_recall(POINTS, OTHERS, k=1.5), TypeError, "k deve ser"),
        (
            lambda: discriminator_report(FirstColumn(), HOLES, OTHERS),
            ValueError,
            "real tem valores",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_input_is_refused_in_portuguese(judge, error, message):
    with pytest.raises(error, match=message):
        judge()


def test_asked_and_read_labels_are_counted_by_class():
    report = label_report([0, 0, 1, 2], [0, 1, 1, 2])
    assert report.accuracy == 0.75
    # Wilson, 3 de 4: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
    assert report.interval == pytest.approx((0.3006, 0.9544), abs=1e-4)
    np.testing.assert_array_equal(report.confusion, [[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    assert (report.confusion.index.name, report.confusion.columns.name) == ("pedido", "lido")
    assert str(report) == "lido como pedido: 75,0 % (95 %: 30,1 a 95,4)"


def test_labels_of_different_types_are_still_integers():
    report = label_report(np.array([0, 1], np.uint64), np.array([0, 1], np.int64))
    assert report.confusion.index.dtype.kind == "i"


@pytest.mark.parametrize("asked", [[], [0.5, 1.0], [[0, 1]], [0, 1, 2]])
def test_labels_that_do_not_match_are_refused(asked):
    with pytest.raises(ValueError, match=r"asked .*deve.* mas"):
        label_report(asked, [0, 1])


def test_whoever_returns_the_training_points_is_a_copier():
    report = copy_test(POINTS, OTHERS, POINTS[:100])
    assert report.score == 1
    assert (report.fake_distances == 0).all()


def test_new_points_of_the_same_source_are_no_copies_and_the_interval_says_so():
    samples = np.random.RandomState(3).normal(size=(100, 3, 150, 2))
    reports = [copy_test(*three) for three in samples]
    assert abs(np.mean([report.score for report in reports]) - 0.5) < 0.02
    covered = np.mean([report.interval[0] <= 0.5 <= report.interval[1] for report in reports])
    assert covered >= 0.88


def test_far_away_fakes_are_no_copies_either():
    assert copy_test(POINTS, OTHERS, OTHERS + 50).score == 0


def test_a_tie_counts_as_half():
    """Numa grade, quase toda distância ao treino empata com outra."""
    training = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2)
    right, up = np.array([0.5, 0.0]), np.array([0.0, 0.5])
    unseen, fake = training[:20] + right, training[:20] + up
    assert copy_test(training, unseen, fake).score == 0.5


def test_the_score_is_the_chance_of_a_fake_being_nearer():
    training, unseen, fake = POINTS[:30].round(1), OTHERS[:25].round(1) + 0.01, OTHERS[25:50] * 0.9
    report = copy_test(training, unseen, fake)
    nearer = np.sign(report.unseen_distances[None] - report.fake_distances[:, None]) / 2 + 0.5
    assert report.score == pytest.approx(nearer.mean())
    by_fake, by_unseen = nearer.mean(axis=1).var(ddof=1), nearer.mean(axis=0).var(ddof=1)
    half = 1.96 * np.sqrt(by_fake / 25 + by_unseen / 25)
    assert report.interval == pytest.approx((report.score - half, report.score + half))


def test_the_interval_of_a_chance_stays_between_0_and_1():
    """Dois falsos longe do treino, os outros em cima dele: a margem passaria de 1."""
    fake = np.r_[POINTS[:38], POINTS[:2] + 50]
    report = copy_test(POINTS, OTHERS, fake)
    assert report.score == 0.95
    assert report.interval[1] == 1
    assert report.interval[0] == pytest.approx(0.95 - 1.96 * fake_error(38, 2), abs=1e-3)


def fake_error(near, far):
    """O erro padrão da média de `near` uns e `far` zeros."""
    return np.r_[np.ones(near), np.zeros(far)].std(ddof=1) / np.sqrt(near + far)


@pytest.mark.parametrize("name", ["training_data", "unseen", "fake"])
def test_twenty_points_are_few_and_fewer_are_not_enough_to_accuse(name):
    samples = {"training_data": POINTS[:20], "unseen": OTHERS[:20], "fake": OTHERS[20:40]}
    assert 0 <= copy_test(**samples).score <= 1
    with pytest.raises(ValueError, match=f"^{name} deve ter pelo menos 20 pontos, mas chegou 19"):
        copy_test(**samples | {name: samples[name][:19]})


@pytest.mark.parametrize("name", ["unseen", "fake"])
def test_copies_are_looked_for_in_the_space_of_the_training(name):
    samples = {"training_data": POINTS, "unseen": OTHERS, "fake": OTHERS + 1}
    with pytest.raises(ValueError, match=f"^{name} deve ter 2 colunas, como training_data"):
        copy_test(**samples | {name: POINTS[:, :1]})


def test_unseen_points_that_were_seen_are_refused():
    with pytest.raises(ValueError, match="unseen tem 400 pontos que estão em training_data"):
        copy_test(POINTS, POINTS, OTHERS)


# --- cobertura de modos


CORNERS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])


def test_real_data_reach_the_ceiling_of_three_sigmas_and_no_more():
    points, _ = make_grid(200_000, random_state=0)
    result = mode_coverage(points, grid_centers(), std=0.05)
    assert result.modes == 25
    assert abs(result.high_quality - (1 - np.exp(-4.5))) < 0.001


def test_one_perfect_mode_is_all_quality_and_no_coverage():
    result = mode_coverage(np.zeros((50, 2)), CORNERS, std=1.0)
    assert (result.modes, result.high_quality) == (1, 1.0)
    assert result.shares == (1.0, 0.0, 0.0, 0.0)


def test_one_good_sample_captures_a_mode_and_bad_ones_do_not():
    samples = [[0.0, 0.0], [10.0, 2.9], [0.0, 13.1], [5.0, 5.0]]
    result = mode_coverage(samples, CORNERS, std=1.0)
    assert (result.modes, result.high_quality) == (2, 0.5)


def test_the_border_of_three_sigmas_is_inside_and_the_distance_is_euclidean():
    border = mode_coverage([[3.0, 0.0]], CORNERS, std=1.0)
    corner = mode_coverage([[2.5, 2.5]], CORNERS, std=1.0)  # a menos de 3 em cada coordenada
    assert (border.modes, corner.modes) == (1, 0)
    assert corner.high_quality == 0.0


def test_mode_coverage_does_not_see_wrong_weights_but_its_shares_do():
    mode = np.repeat([0, 1, 2, 3], [970, 10, 10, 10])
    result = mode_coverage(CORNERS[mode], CORNERS, std=1.0)
    assert (result.modes, result.high_quality) == (4, 1.0)
    np.testing.assert_allclose(result.shares, [0.97, 0.01, 0.01, 0.01])


@given(st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.01, 100.0))
def test_mode_coverage_counts_what_a_slow_count_counts(n, seed, scale):
    rng = np.random.RandomState(seed)
    samples, centers = rng.normal(size=(n, 3)), rng.normal(size=(5, 3))
    result = mode_coverage(scale * samples, scale * centers, std=0.4 * scale)
    distances = np.linalg.norm(samples[:, None] - centers[None], axis=2)
    good = distances.min(axis=1) <= 1.2
    assert result.modes == len(set(distances.argmin(axis=1)[good]))
    assert result.high_quality == good.mean()
    assert np.isclose(sum(result.shares), result.high_quality)


@pytest.mark.parametrize(
    ("shares", "distance"),
    [([1, 1, 1, 1], 0), ([0.2] * 5, 0), ([0, 0, 3, 0], 0.75), ([0, 0], 1), ([0.6, 0.2], 0.25)],
)
def test_the_distance_from_equal_weights_is_half_the_sum_of_the_differences(shares, distance):
    assert distance_from_uniform(shares) == pytest.approx(distance)


@pytest.mark.parametrize("shares", [[], [[1.0]], [-1.0, 2.0], "1"])
def test_weights_of_modes_are_not_negative(shares):
    with pytest.raises((TypeError, ValueError), match=r"^shares deve "):
        distance_from_uniform(shares)


def test_mode_coverage_prints_itself_as_one_line_of_portuguese():
    result = mode_coverage([[0.0, 0.0], [10.0, 0.0], [5.0, 5.0]], CORNERS, std=1.0)
    assert str(result) == "modos: 2 de 4; alta qualidade: 66,7 %"


@pytest.mark.parametrize(
    ("samples", "centers", "std", "error", "message"),
    [
        (POINTS, CORNERS[:, :1], 1.0, ValueError, "samples deve ter 1 colunas"),
        (POINTS, CORNERS[0], 1.0, ValueError, r"centers deve ter formato \(n, d\)"),
        (POINTS[:0], CORNERS, 1.0, ValueError, "samples deve ter pelo menos 1"),
        (HOLES, CORNERS, 1.0, ValueError, "samples tem valores não finitos"),
        (POINTS, CORNERS, 0.0, ValueError, "std deve ser um número finito, maior que 0"),
        (POINTS, CORNERS, "1", TypeError, "std deve ser um número"),
        (POINTS, np.zeros((2, 2)), 1.0, ValueError, "centers deve ter centros todos diferentes"),
    ],
)
def test_bad_mode_coverage_is_refused_in_portuguese(samples, centers, std, error, message):
    with pytest.raises(error, match=message):
        mode_coverage(samples, centers, std=std)


def test_a_report_names_the_points_that_the_discriminator_does_not_take():
    seven = np.ones((60, 7))
    with pytest.raises(ValueError, match="discriminator não aceita real de formato"):
        discriminator_report(nn.Linear(3, 1), seven, seven)
