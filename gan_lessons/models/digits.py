"""As redes convolucionais dos dígitos: imagens de 8×8, com ou sem o dígito pedido.

O gerador abre um vetor de ruído até uma imagem, 2×2 → 4×4 → 8×8; o discriminador a fecha pelo
mesmo caminho até um *logit*.
"""

import torch
from torch import nn

from gan_lessons.models.networks import MAX_UNITS, initial_weights
from gan_lessons.validation import check_fits, check_flag, check_int, shown

N_DIGITS = 10


class DigitGenerator(nn.Module):
    """Leva ruído a imagens: ``(n, latent_dim) → (n, 1, 8, 8)``, com valores em [−1, 1].

    Fonte: Radford, Metz & Chintala (2016), "Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks", e, para o rótulo na entrada, Mirza & Osindero
    (2014), "Conditional Generative Adversarial Nets". Caderno: ``06_imagens_a_pedido``.

    Parameters
    ----------
    latent_dim : int, default=32
        Dimensão do ruído latente.
    n_classes : int, default=0
        Se não for 0, a rede recebe também o rótulo pedido. Cada rótulo tem um vetor aprendido
        (`embedding`), que entra ao lado do ruído.
    width : int, default=32
        Canais da imagem de 4×4; a de 2×2 tem o dobro.
    embedding_dim : int, default=16
        Tamanho do vetor de cada rótulo.
    """

    def __init__(self, latent_dim=32, n_classes=0, *, width=32, embedding_dim=16):
        super().__init__()
        self.latent_dim = check_int(latent_dim, "latent_dim", maximum=MAX_UNITS)
        n_classes, width = _check_design(n_classes, width, latent_dim=self.latent_dim)
        embedding_dim = check_int(embedding_dim, "embedding_dim", maximum=MAX_UNITS)
        n_inputs = self.latent_dim
        self.embedding = None
        if n_classes:
            self.embedding = nn.Embedding(n_classes, embedding_dim)
            # Pequeno: do tamanho de fábrica, o rótulo abafa o ruído e cada dígito sai sempre igual.
            nn.init.normal_(self.embedding.weight, std=0.1)
            n_inputs += embedding_dim
        self.layers = nn.Sequential(
            nn.Linear(n_inputs, 2 * width * 2 * 2),
            nn.Unflatten(1, (2 * width, 2, 2)),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, kernel_size=4, stride=2, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, 1, kernel_size=4, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, noise, labels=None):
        _check_condition(self.embedding, labels)
        if labels is not None:
            noise = torch.cat([noise, self.embedding(labels)], dim=1)
        return self.layers(noise)


class DigitDiscriminator(nn.Module):
    """Leva imagens a logits: ``(n, 1, 8, 8) → (n, 1)``, positivo quando parecem reais.

    Sem rótulo, é um classificador convolucional comum. Com rótulo, soma ao logit uma projeção: o
    produto escalar entre as características da imagem e o vetor do rótulo. O primeiro termo
    pergunta "parece um dígito?"; o segundo, "parece *este* dígito?".

    Fonte: Miyato & Koyama (2018), "cGANs with Projection Discriminator", eq. 4. Caderno:
    ``06_imagens_a_pedido``.

    Parameters
    ----------
    n_classes : int, default=0
        Se não for 0, a rede recebe também o rótulo.
    width : int, default=32
        Canais da imagem de 4×4; a de 2×2 tem o dobro.
    """

    def __init__(self, n_classes=0, *, width=32):
        super().__init__()
        n_classes, width = _check_design(n_classes, width)
        # Sem normalização em lote: a penalidade R1 pede que o logit de uma imagem só dependa dela.
        self.features = nn.Sequential(
            nn.Conv2d(1, width, kernel_size=4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, kernel_size=4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        n_features = 2 * width * 2 * 2
        self.output = nn.Linear(n_features, 1)
        self.embedding = None
        if n_classes:
            self.embedding = nn.Embedding(n_classes, n_features)
            # No começo só se pergunta se parece um dígito; a projeção entra conforme aprende.
            nn.init.zeros_(self.embedding.weight)

    def forward(self, images, labels=None):
        _check_condition(self.embedding, labels)
        features = self.features(images)
        logits = self.output(features)
        if labels is not None:
            logits = logits + (features * self.embedding(labels)).sum(dim=1, keepdim=True)
        return logits


def _check_design(n_classes, width, latent_dim=1):
    n_classes = check_int(n_classes, "n_classes", minimum=0, maximum=MAX_UNITS)
    width = check_int(width, "width")
    n_weights = 32 * width**2 + 8 * width * (latent_dim + n_classes)
    check_fits(4 * n_weights, "width", width)
    return n_classes, width


def _check_condition(embedding, labels):
    if (labels is None) != (embedding is None):
        raise ValueError(
            "labels é obrigatório numa rede condicional e não existe nas outras, "
            f"mas chegou {shown(labels)}."
        )


def make_digit_gan(seed=0, *, conditional=True):
    """Gerador ``(n, 32) → (n, 1, 8, 8)`` e discriminador ``(n, 1, 8, 8) → (n, 1)`` dos dígitos.

    Os pesos iniciais são os do próprio PyTorch, sorteados com `seed`; o gerador global dele não é
    tocado. Com `conditional`, as redes recebem também o dígito pedido, ``(n,)``, de 0 a 9.
    Caderno: ``06_imagens_a_pedido``.
    """
    n_classes = N_DIGITS if check_flag(conditional, "conditional") else 0
    with initial_weights(seed):
        return DigitGenerator(n_classes=n_classes), DigitDiscriminator(n_classes)
