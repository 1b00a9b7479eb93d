"""O que confere uma aula: `confirm`, para as afirmações, e ``check_*``, um por exercício.

Os corretores de cada caderno estão num arquivo com o nome do assunto.
"""

from gan_lessons.checks.claims import confirm
from gan_lessons.checks.even import (
    check_diversity_test,
    check_label_slopes,
    check_number_of_bits,
    check_repeat_probability,
    check_stuck_distance,
)

__all__ = [
    "check_diversity_test",
    "check_label_slopes",
    "check_number_of_bits",
    "check_repeat_probability",
    "check_stuck_distance",
    "confirm",
]
