"""Juízes independentes do discriminador, e o relatório que o discriminador faz de si mesmo.

Toda medida devolve um pequeno objeto imutável, com o nome dela; `print` mostra-o numa linha.
"""

from gan_lessons.metrics.counts import EvenReport as EvenReport
from gan_lessons.metrics.counts import LabelReport as LabelReport
from gan_lessons.metrics.counts import even_report as even_report
from gan_lessons.metrics.counts import label_report as label_report
from gan_lessons.metrics.coverage import ModeCoverage as ModeCoverage
from gan_lessons.metrics.coverage import PrecisionRecall as PrecisionRecall
from gan_lessons.metrics.coverage import distance_from_uniform as distance_from_uniform
from gan_lessons.metrics.coverage import mode_coverage as mode_coverage
from gan_lessons.metrics.coverage import precision_recall as precision_recall
from gan_lessons.metrics.discriminator import DiscriminatorReport as DiscriminatorReport
from gan_lessons.metrics.discriminator import (
    discriminator_probabilities as discriminator_probabilities,
)
from gan_lessons.metrics.discriminator import discriminator_report as discriminator_report
from gan_lessons.metrics.frechet import FrechetDistance as FrechetDistance
from gan_lessons.metrics.frechet import frechet_distance as frechet_distance
from gan_lessons.metrics.two_sample import CopyReport as CopyReport
from gan_lessons.metrics.two_sample import TwoSampleTest as TwoSampleTest
from gan_lessons.metrics.two_sample import copy_test as copy_test
from gan_lessons.metrics.two_sample import two_sample_test as two_sample_test
