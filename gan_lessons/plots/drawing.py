"""O que toda figura tem em comum: as cores, os eixos novos, e não ficar aberta se falhar."""

import functools

import matplotlib.pyplot as plt

REAL = {"color": "#0072B2", "marker": "o", "label": "real"}
FAKE = {"color": "#D55E00", "marker": "x", "label": "falso"}
DISCRIMINATOR_COLOR, GENERATOR_COLOR = "#009E73", "#CC79A7"


def new_axes(ax, **options):
    """Os eixos dados, ou os de uma figura nova, com as opções de ``plt.subplots``."""
    return plt.subplots(**options)[1] if ax is None else ax


def closing_on_failure(plot):
    """Faz com que uma função que falha não deixe aberta a figura que abriu."""

    @functools.wraps(plot)
    def careful(*arguments, **options):
        before = plt.get_fignums()
        try:
            return plot(*arguments, **options)
        except BaseException:
            for number in set(plt.get_fignums()).difference(before):
                plt.close(number)
            raise

    return careful
