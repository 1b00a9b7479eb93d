"""Os números pares: as funções são exatas, a nota também, e redes empilhadas não se misturam."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gan_lessons.data import (
    convert_float_matrix_to_int_list,
    create_binary_list_from_int,
    generate_even_data,
)
from gan_lessons.metrics import EvenReport, even_report
from gan_lessons.models import Packed, make_even_gan, stack_networks
from gan_lessons.training import Recipe, Trainer

NOT_INTEGERS = [2.0, 2.5, True, np.True_, "6", None, [6], float("nan"), np.float64(3)]


# Bits e inteiros


@pytest.mark.parametrize(
    ("number", "bits"), [(0, [0]), (1, [1]), (2, [1, 0]), (6, [1, 1, 0]), (127, [1] * 7)]
)
def test_the_most_significant_bit_comes_first(number, bits):
    assert create_binary_list_from_int(number) == bits


@given(st.integers(0, 2**64 + 1000) | st.integers(0, 2**200))
def test_bits_lead_back_to_the_number(number):
    bits = create_binary_list_from_int(number)
    assert set(bits) <= {0, 1}
    assert bits[0] == 1 or number == 0
    assert convert_float_matrix_to_int_list([bits]) == [number]


@given(st.integers(0, 2**64 - 1))
def test_numpy_integers_are_integers(number):
    assert create_binary_list_from_int(np.uint64(number)) == create_binary_list_from_int(number)


@pytest.mark.parametrize("number", [*NOT_INTEGERS, -1, np.int8(-5), -(2**70)])
def test_only_non_negative_integers_have_bits(number):
    with pytest.raises(ValueError, match=r"^number deve ser .*mas chegou"):
        create_binary_list_from_int(number)


# Números pares sorteados


@given(st.integers(2, 10**6) | st.integers(2, 2**80), st.integers(0, 2**32 - 1))
def test_every_row_is_an_even_number_below_max_int_with_the_bits_of_the_largest(max_int, seed):
    labels, data = generate_even_data(max_int, batch_size=5, random_state=seed)
    assert labels == [1] * 5
    assert {len(bits) for bits in data} == {len(create_binary_list_from_int(max_int - 1))}
    numbers = convert_float_matrix_to_int_list(data)
    assert all(number % 2 == 0 and 0 <= number < max_int for number in numbers)
    assert all(bit in (0, 1) and type(bit) is int for bits in data for bit in bits)


@given(st.integers(1, 300))
def test_the_length_is_exact_on_both_sides_of_a_power_of_two(exponent):
    for max_int, length in ((2**exponent, exponent), (2**exponent + 1, exponent + 1)):
        _, [bits] = generate_even_data(max_int, batch_size=1, random_state=0)
        assert len(bits) == length


@pytest.mark.parametrize("max_int", [2, 3, 7, 100, 128])
def test_every_even_number_has_the_same_chance(max_int):
    n = 20_000
    _, data = generate_even_data(max_int, batch_size=n, random_state=0)
    counts = np.bincount(convert_float_matrix_to_int_list(data), minlength=max_int)[::2]
    expected = n / len(counts)
    assert len(counts) == (max_int + 1) // 2
    assert np.abs(counts - expected).max() <= 5 * np.sqrt(expected)


def test_the_draw_follows_random_state():
    first, again = (generate_even_data(128, random_state=3) for _ in range(2))
    assert first == again
    assert len(first[1]) == 16
    assert generate_even_data(128, random_state=4) != first
    rng = np.random.RandomState(3)
    assert generate_even_data(128, random_state=rng) != generate_even_data(128, random_state=rng)


@pytest.mark.parametrize("name", ["max_int", "batch_size"])
@pytest.mark.parametrize("value", [*NOT_INTEGERS, 0, -2])
def test_limits_and_batches_are_integers_of_the_right_size(name, value):
    arguments = {"max_int": 128, "batch_size": 4} | {name: value}
    with pytest.raises((TypeError, ValueError), match=rf"^{name} deve ser .*mas chegou"):
        generate_even_data(**arguments)


def test_there_is_no_even_number_to_learn_below_two():
    with pytest.raises(ValueError, match="max_int"):
        generate_even_data(1)


# De matriz a inteiros


def test_a_value_at_the_threshold_is_a_one():
    matrix = [[0.5, 0.49, 0.9], [0.1, 0.2, 0.5]]
    assert convert_float_matrix_to_int_list(matrix) == [0b101, 0b001]
    assert convert_float_matrix_to_int_list(matrix, threshold=0.1) == [0b111, 0b111]
    assert convert_float_matrix_to_int_list(matrix, threshold=1) == [0, 0]
    assert convert_float_matrix_to_int_list(matrix, threshold=0) == [7, 7]


def test_the_generator_output_is_read_as_it_comes():
    output = torch.tensor([[0.9, 0.2]], requires_grad=True) * 1.0
    assert convert_float_matrix_to_int_list(output) == [0b10]
    assert convert_float_matrix_to_int_list(output.detach().numpy()) == [0b10]
    assert convert_float_matrix_to_int_list(np.empty((0, 7))) == []


@given(st.lists(st.lists(st.floats(0, 1), min_size=9, max_size=9), min_size=1), st.floats(0, 1))
def test_each_bit_is_decided_alone(matrix, threshold):
    expected = [sum((x >= threshold) << (8 - i) for i, x in enumerate(row)) for row in matrix]
    assert convert_float_matrix_to_int_list(matrix, threshold) == expected


@pytest.mark.parametrize(
    "matrix",
    [
        [[0.5, float("nan")]],
        [[0.5, float("inf")]],
        [[0.5, 0.5], [0.5]],
        [[-0.1, 0.5]],
        [[1.5, 0.5]],
        [[True, False]],
        [["1", "0"]],
        [[None, 1.0]],
        [[1j, 0]],
        [0.5, 0.5],
        [[[0.5]]],
        [[]],
        0.5,
        "101",
        None,
    ],
)
def test_only_matrices_of_numbers_between_zero_and_one_are_read(matrix):
    with pytest.raises((TypeError, ValueError), match=r"^float_matrix "):
        convert_float_matrix_to_int_list(matrix)


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), "0.5", True, None, [0.5]])
def test_the_threshold_is_a_number_between_zero_and_one(threshold):
    with pytest.raises((TypeError, ValueError), match=r"^threshold deve ser .*mas chegou"):
        convert_float_matrix_to_int_list([[0.5]], threshold)


# A nota


@given(st.integers(2, 400))
def test_all_even_numbers_once_are_the_uniform_distribution(max_int):
    report = even_report(range(0, max_int, 2), max_int=max_int)
    assert report == EvenReport(1.0, (max_int + 1) // 2, 0.0, (max_int + 1) // 2)


@given(st.integers(1, 64), st.integers(1, 5))
def test_a_generator_stuck_on_k_numbers_is_at_one_minus_k_over_64(k, repeats):
    report = even_report(list(range(0, 2 * k, 2)) * repeats, max_int=128)
    assert report.even_fraction == 1.0
    assert report.distinct == k
    assert report.total_variation == pytest.approx(1 - k / 64, abs=1e-15)


@given(st.lists(st.integers(0, 127), min_size=1))
@example([0] * 199 + [2])  # o 2 aparece menos do que deveria
def test_total_variation_is_half_the_sum_of_the_differences(numbers):
    uniform = np.where(np.arange(128) % 2 == 0, 1 / 64, 0)
    frequency = np.bincount(numbers, minlength=128) / len(numbers)
    expected = np.abs(frequency - uniform).sum() / 2
    assert even_report(numbers, max_int=128).total_variation == pytest.approx(expected, abs=1e-12)


def test_odd_numbers_and_numbers_beyond_the_limit_do_not_cover():
    report = even_report([1, 3, 100, 102], max_int=100)  # o próprio limite fica de fora
    assert report == EvenReport(0.5, 0, 1.0, 50)


def test_the_report_is_one_line_of_portuguese():
    line = "pares: 75,0 %; diferentes: 2 de 64; distância da uniforme: 0,969"
    assert str(even_report(np.array([2, 2, 4, 5]), max_int=128)) == line


@pytest.mark.parametrize(
    "numbers", [[], [1.0], [-2], [True], ["2"], [None], 5, None, "24", [[2]], np.zeros(3)]
)
def test_only_sequences_of_integers_have_a_score(numbers):
    with pytest.raises((TypeError, ValueError), match=r"numbers deve .*mas chegou"):
        even_report(numbers, max_int=128)


@pytest.mark.parametrize("max_int", [1, 0, -2, 2.0, True, "128"])
def test_the_limit_of_the_score_is_an_integer_from_two_on(max_int):
    with pytest.raises((TypeError, ValueError), match=r"^max_int deve ser"):
        even_report([2], max_int=max_int)


# As redes


def test_the_networks_of_the_lesson_have_one_layer_each():
    generator, discriminator = make_even_gan()
    sizes = [tuple(weight.shape) for weight in generator.parameters()]
    assert sizes == [(7, 7), (7,)]
    assert [tuple(weight.shape) for weight in discriminator.parameters()] == [(1, 7), (1,)]
    bits = torch.randint(0, 2, (50, 7)).float()
    assert ((generator(bits) > 0) & (generator(bits) < 1)).all()
    assert discriminator(bits).shape == (50, 1)


def test_the_seed_decides_the_weights_and_the_global_randomness_is_untouched():
    state = torch.random.get_rng_state()
    one, same, other = (make_even_gan(seed)[0].layers[0].weight for seed in (5, 5, 6))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("options", [{}, {"hidden": (8, 8)}, {"hidden": (8,), "pack_size": 4}])
def test_stacked_networks_give_what_each_one_gives(options):
    n_gans, batch = 3, 8
    generator, discriminator = make_even_gan(4, n_gans=n_gans, **options)
    noise = torch.randint(0, 2, (n_gans * batch, 7)).float()
    fake = generator(noise)
    logits = discriminator(fake)
    for i in range(n_gans):
        alone, judge = make_even_gan(4 + i, **options)
        block = slice(i * batch, (i + 1) * batch)
        torch.testing.assert_close(alone(noise[block]), fake[block])
        torch.testing.assert_close(judge(fake[block]), logits[block])


def test_stacked_networks_do_not_learn_from_each_other():
    generator, discriminator = make_even_gan(n_gans=3, hidden=(8,), pack_size=2)
    noise = torch.randint(0, 2, (12, 7)).float()
    discriminator(generator(noise))[:4].sum().backward()  # só o bloco da primeira
    for parameter in generator.parameters():
        assert parameter.grad[0].abs().sum() > 0
        assert parameter.grad[1:].abs().sum() == 0


def test_stacked_training_is_the_training_of_each_one():
    n_gans, batch = 2, 4
    recipe = Recipe(batch_size=n_gans * batch, noise="bits", n_steps=30)
    data = np.array(generate_even_data(128, recipe.batch_size, random_state=0)[1])
    # Todos os lotes reais são iguais e o ruído só muda de ordem: basta um número por GAN.
    data[:] = data[0]
    generator, discriminator = make_even_gan(n_gans=n_gans)
    stacked = Trainer(generator, discriminator, data, recipe=recipe).run()
    noises = torch.Generator().manual_seed(0)
    alone = [make_even_gan(seed) for seed in range(n_gans)]
    optimizers = [
        [torch.optim.Adam(network.parameters(), lr=1e-3) for network in pair] for pair in alone
    ]
    real = torch.as_tensor(data[:batch], dtype=torch.float32)
    for _ in range(recipe.n_steps):
        _ = torch.randperm(recipe.batch_size, generator=noises)  # o sorteio do lote
        for half_step in ("discriminator", "generator"):
            noise = torch.randint(0, 2, (n_gans * batch, 7), generator=noises).float()
            for i, ((G, D), (g_adam, d_adam)) in enumerate(zip(alone, optimizers, strict=True)):
                fake = G(noise[i * batch : (i + 1) * batch])
                if half_step == "discriminator":
                    softplus = torch.nn.functional.softplus
                    loss = softplus(-D(real)).mean() + softplus(D(fake.detach())).mean()
                    adam, network = d_adam, D
                else:
                    loss = torch.nn.functional.softplus(-D(fake)).mean()
                    adam, network = g_adam, G
                network.zero_grad()
                loss.backward()
                adam.step()
    for i, (G, D) in enumerate(alone):
        torch.testing.assert_close(
            stacked.generator[0].weight[i].T, G.layers[0].weight, atol=1e-4, rtol=1e-3
        )
        torch.testing.assert_close(
            stacked.discriminator[0].weight[i].T, D.layers[0].weight, atol=1e-4, rtol=1e-3
        )


def test_a_pack_gets_one_logit_for_all_its_numbers():
    _, discriminator = make_even_gan(hidden=(8,), pack_size=4)
    logits = discriminator(torch.rand(8, 7))
    assert logits.shape == (8, 1)
    assert len(logits[:4].unique()) == len(logits[4:].unique()) == 1
    assert logits[0] != logits[4]


def test_a_pack_of_one_is_the_discriminator_itself():
    _, discriminator = make_even_gan()
    points = torch.rand(5, 7)
    assert torch.equal(Packed(discriminator, 1)(points), discriminator(points))


@pytest.mark.parametrize("options", [{"pack_size": 4}, {"n_gans": 3}])
def test_a_batch_that_does_not_divide_is_refused_in_training_and_completed_outside(options):
    _, discriminator = make_even_gan(hidden=(8,), **options)
    with pytest.raises(ValueError, match=r"^batch_size deve ser um múltiplo de [34]"):
        discriminator(torch.rand(10, 7))
    assert discriminator.eval()(torch.rand(10, 7)).shape == (10, 1)


def test_only_networks_of_the_same_design_can_be_stacked():
    small, large = make_even_gan(n_bits=7)[0], make_even_gan(n_bits=8)[0]
    for networks in ([], [small, large]):
        with pytest.raises(ValueError, match=r"^networks deve ter"):
            stack_networks(networks)


@pytest.mark.parametrize("name", ["seed", "pack_size", "n_gans", "n_bits"])
@pytest.mark.parametrize("value", [-1, 1.5, True, "2"])
def test_bad_sizes_are_refused(name, value):
    with pytest.raises((TypeError, ValueError), match=f"^{name} deve ser"):
        make_even_gan(**{name: value})


# O que a aula afirma


def test_two_numbers_have_the_same_mean_as_all_the_even_numbers():
    all_even = [[int(bit) for bit in f"{number:07b}"] for number in range(0, 128, 2)]
    pair = [[int(bit) for bit in f"{number:07b}"] for number in (42, 84)]
    assert np.array_equal(np.mean(all_even, axis=0), np.mean(pair, axis=0))


def test_one_linear_layer_can_generate_every_even_number():
    generator, _ = make_even_gan()
    with torch.no_grad():
        weight = 20 * torch.eye(7)
        weight[6] = 0
        generator.layers[0].weight.copy_(weight)
        generator.layers[0].bias.fill_(-10)
        bits = torch.tensor([[int(bit) for bit in f"{i:07b}"] for i in range(128)]).float()
        numbers = convert_float_matrix_to_int_list(generator(bits))
    assert even_report(numbers, max_int=128) == EvenReport(1.0, 64, 0.0, 64)


@settings(deadline=None)
@given(st.integers(0, 2**20))
def test_packing_trains_under_the_common_trainer(seed):
    generator, discriminator = make_even_gan(hidden=(8,), pack_size=4, n_gans=2)
    recipe = replace(Recipe(), batch_size=16, noise="bits", n_steps=2)
    _, data = generate_even_data(128, 32, random_state=seed)
    trainer = Trainer(generator, discriminator, data, recipe=recipe, seed=seed).run()
    assert trainer.sample(6).shape == (6, 7)
