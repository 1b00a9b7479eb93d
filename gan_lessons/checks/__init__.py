"""O que confere uma aula: `confirm`, para as afirmações, e ``check_*``, um por exercício.

Os corretores de cada caderno estão num arquivo com o nome do assunto.
"""

from gan_lessons.checks.claims import confirm

__all__ = ["confirm"]
