"""As redes do curso: as peças e os pares prontos.

As peças estão em `networks`, `packing` e `spectral`; os pares, em `pairs`, `digits` e `mnist`; as
vizinhas da GAN, em `neighbours`.
"""

from gan_lessons.models.digits import DigitDiscriminator as DigitDiscriminator
from gan_lessons.models.digits import DigitGenerator as DigitGenerator
from gan_lessons.models.digits import make_digit_gan as make_digit_gan
from gan_lessons.models.mnist import MnistDiscriminator as MnistDiscriminator
from gan_lessons.models.mnist import MnistGenerator as MnistGenerator
from gan_lessons.models.mnist import MnistReader as MnistReader
from gan_lessons.models.mnist import make_mnist_gan as make_mnist_gan
from gan_lessons.models.mnist import make_mnist_reader as make_mnist_reader
from gan_lessons.models.neighbours import Denoiser as Denoiser
from gan_lessons.models.neighbours import Vae as Vae
from gan_lessons.models.neighbours import make_denoiser as make_denoiser
from gan_lessons.models.neighbours import make_vae as make_vae
from gan_lessons.models.networks import Discriminator as Discriminator
from gan_lessons.models.networks import Generator as Generator
from gan_lessons.models.networks import init_weights as init_weights
from gan_lessons.models.networks import mlp as mlp
from gan_lessons.models.packing import Packed as Packed
from gan_lessons.models.packing import StackedLinear as StackedLinear
from gan_lessons.models.packing import stack_networks as stack_networks
from gan_lessons.models.pairs import SPIRAL_VARIANTS as SPIRAL_VARIANTS
from gan_lessons.models.pairs import make_even_gan as make_even_gan
from gan_lessons.models.pairs import make_plane_gan as make_plane_gan
from gan_lessons.models.pairs import make_spiral_gan as make_spiral_gan
from gan_lessons.models.spectral import SpectralLinear as SpectralLinear
from gan_lessons.models.spectral import largest_singular_value as largest_singular_value
