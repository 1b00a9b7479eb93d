"""A GAN que abre o livro: aprende um anel de oito ilhas na tela de quem acabou de chegar."""

import io

import matplotlib.style
from matplotlib.figure import Figure
from PIL import Image

from gan_lessons import plots
from gan_lessons.data import make_ring
from gan_lessons.models import make_plane_gan
from gan_lessons.panel.plan import live_data, training_plan
from gan_lessons.plots.showing import picture_bundle
from gan_lessons.training import Recipe, Trainer

RECIPE = Recipe(n_steps=4000, batch_size=64, betas=(0.5, 0.99), r1=0.1)
N_STILL_STEPS = 1500
HINT = (
    "Toque em **Treinar** e veja se as cruzes, que a GAN inventa, chegam às oito ilhas de dados ou "
    "se alguma fica esquecida."
)
ALT = (
    "Oito ilhas de círculos azuis formam um anel; as cruzes laranja são o que a GAN inventa depois "
    f"de {N_STILL_STEPS} passos."
)


def ring(n, seed):
    """Pontos do anel, na escala em que as redes os veem: shape (n, 2)."""
    return make_ring(n, std=0.05, random_state=seed)[0] / 0.7


def make_networks(seed):
    """As redes da figura, pequenas o bastante para um telefone."""
    return make_plane_gan(seed, hidden=(24, 24))


def outputs():
    """As saídas que abrem o livro, como as de uma célula: a frase e a figura viva.

    Returns
    -------
    list of dict
        O conteúdo de cada uma, por tipo. A figura é uma imagem, para quem não tem script e para o
        papel, e os dados com que um script a faz viver.
    """
    trainer = Trainer(*make_networks(0), ring(500, 0), recipe=RECIPE, make_networks=make_networks)
    live = live_data(training_plan(trainer, judge_data=ring))
    still = picture_bundle(_still(trainer), ALT, "uma GAN que aprende um anel")
    return [{"text/markdown": HINT}, still | live]


def _still(trainer):
    """O treino parado em `N_STILL_STEPS`: um PNG."""
    fake = trainer.run(N_STILL_STEPS).sample(300)
    with matplotlib.style.context(["default", "gan_lessons.gan"]):
        fig = Figure(figsize=(4.4, 4.4))
        plots.scatter(trainer.data[:300].numpy(), fake, names=["x₁", "x₂"], ax=fig.subplots())
        place = io.BytesIO()
        fig.savefig(place, format="png", dpi=80)
    # A primeira página é leve: poucas cores bastam.
    small = io.BytesIO()
    Image.open(place).quantize(32, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()
