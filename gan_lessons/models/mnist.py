"""As redes dos dígitos de 28×28: a GAN que desenha o que se pede, e o leitor que a julga.

O desenho é o de `digits`, maior: o gerador abre o ruído por 7×7 → 14×14 → 28×28, e o discriminador
fecha a imagem pelo mesmo caminho. Aqui toda rede recebe o rótulo.
"""

import torch
from torch import nn

from gan_lessons.models.digits import N_DIGITS
from gan_lessons.models.networks import initial_weights


class MnistGenerator(nn.Module):
    """Leva ruído e rótulo a imagens: ``(n, 32), (n,) → (n, 1, 28, 28)``, valores em [−1, 1].

    Attributes
    ----------
    latent_dim : int
        Dimensão do ruído latente, 32.

    Notes
    -----
    Fontes: as de `DigitGenerator`. Caderno: ``07_julgar_imagens``.
    """

    latent_dim = 32

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(N_DIGITS, 16)
        nn.init.normal_(self.embedding.weight, std=0.1)  # pequeno: o rótulo não abafa o ruído
        self.layers = nn.Sequential(
            nn.Linear(self.latent_dim + 16, 64 * 7 * 7),
            nn.Unflatten(1, (64, 7, 7)),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, kernel_size=4, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, kernel_size=4, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, noise, labels):
        return self.layers(torch.cat([noise, self.embedding(labels)], dim=1))


class MnistDiscriminator(nn.Module):
    """Leva imagens e rótulos a logits: ``(n, 1, 28, 28), (n,) → (n, 1)``.

    O logit é "parece um dígito?" mais a projeção, "parece *este* dígito?".

    Notes
    -----
    Fonte: a de `DigitDiscriminator`. Caderno: ``07_julgar_imagens``.
    """

    def __init__(self):
        super().__init__()
        self.features = closing_layers(16, 32, n_features=128)
        self.output = nn.Linear(128, 1)
        self.embedding = nn.Embedding(N_DIGITS, 128)
        nn.init.zeros_(self.embedding.weight)  # a projeção entra conforme aprende

    def forward(self, images, labels):
        features = self.features(images)
        projection = (features * self.embedding(labels)).sum(dim=1, keepdim=True)
        return self.output(features) + projection


class MnistReader(nn.Module):
    """Lê o dígito de uma imagem: ``(n, 1, 28, 28) → (n, 10)`` logits, um por dígito.

    Antes da última camada a imagem são 32 números, as **características** (`features`), em que se
    mede o que nos pixels não quer dizer nada: a distância entre duas imagens.

    Notes
    -----
    Caderno: ``07_julgar_imagens``.
    """

    def __init__(self):
        super().__init__()
        self.features = closing_layers(16, 32, n_features=32)
        self.output = nn.Linear(32, N_DIGITS)

    def forward(self, images):
        return self.output(self.features(images))


def closing_layers(*channels, n_features):
    """Camadas que levam ``(n, 1, 28, 28)`` a ``(n, n_features)``, 28×28 → 14×14 → 7×7."""
    first, second = channels
    return nn.Sequential(
        nn.Conv2d(1, first, kernel_size=4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(first, second, kernel_size=4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(second * 7 * 7, n_features),
        nn.LeakyReLU(0.2),
    )


def make_mnist_gan(seed=0):
    """Gerador e discriminador condicionais dos dígitos de 28×28, com os pesos iniciais do PyTorch.

    Parameters
    ----------
    seed : int, default=0
        Semente dos pesos; o gerador global do PyTorch não é tocado.

    Returns
    -------
    generator, discriminator : MnistGenerator, MnistDiscriminator

    Notes
    -----
    Caderno: ``07_julgar_imagens``.
    """
    with initial_weights(seed):
        return MnistGenerator(), MnistDiscriminator()


def make_mnist_reader(seed=0):
    """Um `MnistReader` com os pesos iniciais do PyTorch; `seed` é a de `make_mnist_gan`.

    Caderno: ``07_julgar_imagens``.
    """
    with initial_weights(seed):
        return MnistReader()
