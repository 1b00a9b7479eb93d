"""O nome antigo de `gan_lessons.models.digits`, de onde o caderno ``04_convolucional`` importa."""

from gan_lessons.models.digits import DigitDiscriminator, DigitGenerator, make_digit_gan

__all__ = ["DigitDiscriminator", "DigitGenerator", "make_digit_gan"]
