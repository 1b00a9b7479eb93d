"""Sorteio por contagem: cada número sai de uma conta com a chave do membro e a posição do número.

Não há estado que avance. O ruído do passo 300 do membro 7 é sempre o mesmo, em qualquer ordem, em
qualquer dispositivo e quantos quer que sejam os outros membros; e muitos membros são sorteados de
uma vez, em contas sobre vetores.

A conta é a SplitMix64 de Steele, Lea & Flood (2014), "Fast Splittable Pseudorandom Number
Generators": posição vezes uma constante ímpar, mais a chave, tudo embaralhado. Os inteiros são de
64 bits com sinal, e o transbordamento é de propósito.
"""

import math

import numpy as np
import torch

NOISE, MIX, BATCHES, SAMPLES = range(4)
"""As correntes: sorteios para fins diferentes nunca usam a mesma posição."""

_STREAM = 2**56
_STRIDE = 0x9E3779B97F4A7C15 - 2**64
_FACTORS = (0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64)


def member_keys(first_seed, n):
    """As chaves dos membros de sementes ``first_seed``, ``first_seed + 1``, …

    Returns
    -------
    torch.Tensor, int64, shape (n,)
    """
    return _scramble((torch.arange(n) + (first_seed + 1)) * _STRIDE)


def words(key, stream, position, n):
    """`n` inteiros de 64 bits, a partir de `position` na corrente `stream` de `key`."""
    places = torch.arange(n, device=key.device) + (position + stream * _STREAM)
    return _scramble(places * _STRIDE + key)


def n_words(kind, n):
    """Quantas posições ocupam `n` números do ruído `kind`."""
    return (n + 1) // 2 if kind == "normal" else n


def noise(kind, key, stream, position, n):
    """`n` números do ruído `kind`, "normal" ou "bits", em float32."""
    if kind == "bits":
        return (words(key, stream, position, n) & 1).float()
    # Box e Muller (1958): dois números uniformes, um ângulo e um raio, dão dois normais.
    pairs = words(key, stream, position, n_words(kind, n))
    radius = ((_low_half(pairs).float() + 1) / 2**32).log().mul(-2).sqrt()
    angle = _low_half(pairs >> 32).float() * (2 * math.pi / 2**32)
    return torch.cat([radius * angle.cos(), radius * angle.sin()])[:n]


def uniforms(key, stream, position, n):
    """`n` números uniformes em [0, 1), em float32."""
    # 24 bits são os que um float32 guarda.
    return ((words(key, stream, position, n) >> 40) & 0xFFFFFF).float() / 2**24


def shuffles(keys, epoch, n):
    """Uma permutação de ``0 … n − 1`` por membro, a da época `epoch`.

    Returns
    -------
    torch.Tensor, int64, shape (len(keys), n)
    """
    mask = 2 ** max((n - 1).bit_length(), 1) - 1
    tickets = words(keys[:, None], BATCHES, epoch * n, n)
    # O índice vai nos últimos bits da senha sorteada: basta pôr as senhas em ordem.
    tickets = (tickets & ~mask) | torch.arange(n, device=keys.device)
    if tickets.device.type == "cpu":  # o NumPy ordena dez vezes mais depressa
        return torch.from_numpy(np.sort(tickets.numpy(), axis=1)) & mask
    return tickets.sort(dim=1).values & mask


def _low_half(integers):
    return integers & 0xFFFFFFFF


def _scramble(integers):
    """O embaralhador da SplitMix64: uma bijeção em que cada bit depende de todos."""
    integers = integers ^ _low_bits(integers >> 30, 34)
    integers = integers * _FACTORS[0]
    integers = integers ^ _low_bits(integers >> 27, 37)
    integers = integers * _FACTORS[1]
    return integers ^ _low_bits(integers >> 31, 33)


def _low_bits(integers, n):
    # O deslocamento de um inteiro com sinal repete o bit do sinal à esquerda.
    return integers & (2**n - 1)
