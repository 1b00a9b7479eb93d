"""O sorteio por contagem é reprodutível, independente entre membros, e tem a distribuição certa."""

import numpy as np
import pytest
import torch
from scipy import stats

from gan_lessons import draws

KEYS = draws.member_keys(0, 8)


def test_the_integers_are_those_of_splitmix64():
    # Os três primeiros números da SplitMix64 de semente 0, da implementação de referência.
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    got = draws.words(torch.tensor(0), 0, 1, 3).tolist()
    assert [word % 2**64 for word in got] == expected


def test_normal_noise_is_normal():
    for key in KEYS[:3]:
        noise = draws.noise("normal", key, draws.NOISE, 0, 100_000).numpy()
        assert noise.dtype == np.float32
        assert stats.kstest(noise, "norm").pvalue > 1e-3
        assert np.isfinite(noise).all()


def test_an_odd_number_of_normals_is_fine():
    assert draws.noise("normal", KEYS[0], draws.NOISE, 0, 7).shape == (7,)


def test_bits_are_fair_and_uniforms_uniform():
    bits = draws.noise("bits", KEYS[0], draws.NOISE, 0, 40_000)
    assert set(bits.tolist()) == {0.0, 1.0}
    assert abs(bits.mean() - 0.5) < 4 * 0.5 / 200
    uniforms = draws.uniforms(KEYS[0], draws.MIX, 0, 40_000).numpy()
    assert uniforms.min() >= 0
    assert uniforms.max() < 1
    assert stats.kstest(uniforms, "uniform").pvalue > 1e-3


def test_members_streams_and_positions_are_uncorrelated():
    rows = [draws.noise("normal", key, draws.NOISE, 0, 20_000).numpy() for key in KEYS[:4]]
    rows.append(draws.noise("normal", KEYS[0], draws.SAMPLES, 0, 20_000).numpy())
    rows.append(draws.noise("normal", KEYS[0], draws.NOISE, 20_000, 20_000).numpy())
    correlation = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(correlation).max() < 5 / np.sqrt(20_000)


def test_a_number_depends_only_on_its_key_and_position():
    whole = draws.words(KEYS[2], draws.NOISE, 0, 100)
    assert torch.equal(draws.words(KEYS[2], draws.NOISE, 40, 60), whole[40:])
    assert torch.equal(draws.member_keys(2, 3), KEYS[2:5])


@pytest.mark.parametrize("n", [1, 2, 37, 64, 1000])
def test_shuffles_are_permutations_that_change_with_member_and_epoch(n):
    first, second = draws.shuffles(KEYS, 0, n), draws.shuffles(KEYS, 1, n)
    assert torch.equal(first.sort(dim=1).values, torch.arange(n).expand(len(KEYS), n))
    if n > 30:
        assert not torch.equal(first, second)
        assert not torch.equal(first[0], first[1])
        assert torch.equal(draws.shuffles(KEYS[3:5], 1, n), second[3:5])


def test_every_place_of_a_shuffle_is_equally_likely():
    keys = draws.member_keys(0, 6000)
    first = draws.shuffles(keys, 5, 6)[:, 0]
    assert stats.chisquare(torch.bincount(first).numpy()).pvalue > 1e-3
