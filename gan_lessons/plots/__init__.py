"""Figuras: recebem dados prontos e devolvem `Axes` ou `Figure`; nunca treinam nem ajustam.

Toda figura se desenha nos eixos `ax`, se vierem, e devolve os `matplotlib.axes.Axes`. Dados que o
matplotlib deixaria calado de fora (NaN, probabilidades além de 1) são um `TypeError` ou um
`ValueError`, e quem falha não deixa figura aberta.

Reais são círculos azuis e falsos são cruzes laranja, em todo o curso. O estilo comum é
``plt.style.use("gan_lessons.gan")``.
"""

from gan_lessons.plots.curves import discriminator_outputs as discriminator_outputs
from gan_lessons.plots.curves import losses as losses
from gan_lessons.plots.curves import network_diagram as network_diagram
from gan_lessons.plots.curves import strips as strips
from gan_lessons.plots.drawing import DISCRIMINATOR_COLOR as DISCRIMINATOR_COLOR
from gan_lessons.plots.drawing import FAKE as FAKE
from gan_lessons.plots.drawing import GENERATOR_COLOR as GENERATOR_COLOR
from gan_lessons.plots.drawing import REAL as REAL
from gan_lessons.plots.grids import confusion_matrix as confusion_matrix
from gan_lessons.plots.grids import even_grid as even_grid
from gan_lessons.plots.grids import image_sheet as image_sheet
from gan_lessons.plots.grids import tile_images as tile_images
from gan_lessons.plots.points import projections as projections
from gan_lessons.plots.points import scatter as scatter
from gan_lessons.plots.points import scatter_3d as scatter_3d
from gan_lessons.plots.showing import animation as animation
from gan_lessons.plots.showing import picture_bundle as picture_bundle
from gan_lessons.plots.showing import show as show
from gan_lessons.plots.showing import show_animation as show_animation
from gan_lessons.plots.showing import use_decimal_commas as use_decimal_commas
