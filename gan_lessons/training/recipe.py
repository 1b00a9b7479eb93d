"""A receita de um treino: o que minimizar, com que otimizador e por quantos passos."""

import dataclasses

import numpy as np
import torch

from gan_lessons.losses import LOSSES
from gan_lessons.validation import check_choice, check_int, check_number, shown

NOISES = {
    "normal": torch.Tensor.normal_,
    "bits": lambda place, generator: place.random_(0, 2, generator=generator),
}
"""Enchem o tensor dado, e devolvem-no: os mesmos números de `torch.randn` e `torch.randint`."""

MAX_COUNTS = {
    "n_steps": 10**9,
    "batch_size": 10**9,
    "discriminator_steps": 10**4,
    "penalty_every": 10**4,
}
"""O maior valor de cada contagem: acima disso, um passo ou um treino não acabaria."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """O que minimizar, com que otimizador e por quantos passos.

    Fontes: Adam, Kingma & Ba (2015); R1, Mescheder et al. (2018); penalidade espaçada, Karras et
    al. (2020), "Analyzing and Improving the Image Quality of StyleGAN"; média móvel, Yazıcı et
    al. (2019), "The Unusual Effectiveness of Averaging in GAN Training". Caderno: ``02_espiral``.

    Parameters
    ----------
    loss : str, default="non-saturating"
        Um nome de `losses.LOSSES`.
    n_steps : int, default=20000
        Duração do treino; também é o passo em que a taxa chega a ``lr_decay``.
    batch_size : int, default=25
        Pontos por lote.
    generator_lr, discriminator_lr : float, default=1e-3
        Taxas de aprendizado do Adam.
    lr_decay : float, default=1.0
        Fração das taxas que sobra no passo `n_steps`, em linha reta; 1 é taxa constante.
    betas : (float, float), default=(0.9, 0.999)
        Inércias do Adam.
    discriminator_steps : int, default=1
        Atualizações do discriminador para cada uma do gerador.
    r1, r2 : float, default=0.0
        Peso da penalidade ½‖∇D‖² nos pontos reais (R1) e nos falsos (R2).
    penalty_every : int, default=1
        Cobra R1 e R2 só a cada tantos passos, com o peso multiplicado por esse número.
    gradient_penalty : float, default=0.0
        Peso da penalidade de Gulrajani et al. (2017), para a perda de Wasserstein.
    ema : float, default=0.0
        Memória da média móvel dos pesos do gerador, em [0, 1); 0 desliga a média.
    noise : {"normal", "bits"}, default="normal"
        Ruído latente: N(0, I) ou bits sorteados.
    """

    # O jogo, por quantos passos e de que tamanho.
    loss: str = "non-saturating"
    n_steps: int = 20_000
    batch_size: int = 25
    # O Adam, e quantas vezes o discriminador anda.
    generator_lr: float = 1e-3
    discriminator_lr: float = 1e-3
    lr_decay: float = 1.0
    betas: tuple[float, float] = (0.9, 0.999)
    discriminator_steps: int = 1
    # O freio do discriminador.
    r1: float = 0.0
    r2: float = 0.0
    penalty_every: int = 1
    gradient_penalty: float = 0.0
    # O que sai do gerador, e o que entra.
    ema: float = 0.0
    noise: str = "normal"

    def __post_init__(self):
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise ValueError(f"betas deve ser um par de números, mas chegou {self.betas!r}.")
        below_one = float(np.nextafter(1.0, 0.0))
        checked = {
            "loss": str(check_choice(self.loss, "loss", LOSSES)),
            "noise": str(check_choice(self.noise, "noise", NOISES)),
            "lr_decay": check_number(self.lr_decay, "lr_decay", maximum=1.0, open_minimum=True),
            "ema": check_number(self.ema, "ema", maximum=below_one),
            "betas": tuple(check_number(beta, "betas", maximum=below_one) for beta in self.betas),
        }
        for name, maximum in MAX_COUNTS.items():
            checked[name] = check_int(getattr(self, name), name, maximum=maximum)
        for name in ("generator_lr", "discriminator_lr"):
            checked[name] = check_number(getattr(self, name), name, open_minimum=True)
        for name in ("r1", "r2", "gradient_penalty"):
            checked[name] = check_number(getattr(self, name), name)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def steps_to_run(self, n_steps, *, done):
        """Os passos de um ``run(n_steps)`` depois de `done`; `None` pede os que faltam."""
        if n_steps is None:
            return max(self.n_steps - done, 0)
        return check_int(n_steps, "n_steps")

    def charges(self, update):
        """Se R1 e R2 se cobram na atualização `update` (contada de 0) do discriminador."""
        return bool(self.r1 or self.r2) and update % self.penalty_every == 0

    def lr_fraction(self, step):
        """Fração das taxas de aprendizado que vale no passo `step` (contado de 0)."""
        progress = min(step / self.n_steps, 1.0)
        return 1.0 - (1.0 - self.lr_decay) * progress


def check_recipe(recipe):
    """Devolve `recipe` se for uma `Recipe`."""
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe deve ser uma Recipe, mas chegou {shown(recipe)}.")
    return recipe


CHANGEABLE = [
    field.name
    for field in dataclasses.fields(Recipe)
    if field.name not in ("batch_size", "betas", "ema", "noise")
]
"""Os campos que `Trainer.change_recipe` aceita mudar no meio de um treino."""

CLASSIC = Recipe()
"""A receita de 2014, tal como o texto de origem a usa na espiral."""

MODERN = Recipe(
    n_steps=2500,
    batch_size=250,
    generator_lr=2e-3,
    discriminator_lr=2e-3,
    lr_decay=0.03,
    betas=(0.0, 0.99),
    r1=0.04,
    penalty_every=4,
)
"""A receita que converge na espiral; o caderno ``02_espiral`` explica cada ingrediente."""

DIGITS = Recipe(
    n_steps=2000,
    batch_size=64,
    generator_lr=2e-3,
    discriminator_lr=2e-3,
    lr_decay=0.1,
    betas=(0.0, 0.99),
    r1=5.0,
    penalty_every=2,
    ema=0.99,
)
"""A receita dos dígitos, em redes convolucionais. Caderno: ``06_imagens_a_pedido``."""

MNIST = dataclasses.replace(DIGITS, n_steps=3000, r1=1.0, penalty_every=4)
"""A receita dos dígitos de 28×28, curta para uma CPU. Caderno: ``07_julgar_imagens``."""
