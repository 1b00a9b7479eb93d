"""As duas metades de uma comparação e a folga entre elas."""

import operator

import numpy as np

OPERATORS = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Eq": operator.eq,
}


class Readings:
    """As leituras das comparações, até que a afirmação delas as recolha.

    Uma leitura é ``(esquerda, direita, margem)`` do pior elemento; a margem é positiva quando a
    comparação sai como a afirmação quer.
    """

    def __init__(self):
        self.pending = {}
        self.kept = {}

    def compare(self, sites, names, operands, positive):
        """O valor de ``a < b < c``, com todos os seus pares anotados."""
        result = True
        for site, name, left, right in zip(sites, names, operands, operands[1:], strict=False):
            self._note(site, read(name, left, right), positive)
            result = result and OPERATORS[name](left, right)
        return result

    def close(self, site, function, a, b, rtol=None, atol=None, **kwargs):
        """O valor de um ``allclose``; a margem é a parte da tolerância que sobrou."""
        is_math = function.__module__ == "math"
        rtol = kwargs.get("rel_tol", 1e-9 if is_math else 1e-5) if rtol is None else rtol
        atol = kwargs.get("abs_tol", 0.0 if is_math else 1e-8) if atol is None else atol
        options = {} if is_math else {"rtol": rtol, "atol": atol}
        result = function(a, b, **options, **kwargs)
        a, b = _array(a), _array(b)
        if a is not None and b is not None:
            allowed = np.maximum(atol + rtol * np.abs(b), np.finfo(float).tiny)
            worst = float(np.max(np.abs(a - b) / allowed, initial=0.0))
            self._note(site, (worst, 1.0, 1.0 - worst), True)
        return result

    def between(self, site, values, low, high, **kwargs):
        """O valor de ``values.between(low, high)``, pelo lado mais apertado."""
        sides = [read("GtE", values, low), read("LtE", values, high)]
        self._note(site, min((side for side in sides if side), key=_margin, default=None), True)
        return values.between(low, high, **kwargs)

    def keep(self, name, value):
        """Guarda as leituras da conta que definiu um nome."""
        self.kept[name] = dict(self.pending)
        self.pending.clear()
        return value

    def recall(self, name, value, positive):
        """Traz as leituras de um nome para a afirmação que o usa."""
        for site, reading in self.kept.get(name, {}).items():
            self._note(site, reading, positive)
        return value

    def take(self, sites):
        """As leituras pendentes, na ordem de `sites`: ``(número, esquerda, direita, margem)``."""
        rows = [
            (number, *self.pending[site])
            for number, site in enumerate(sites, start=1)
            if site in self.pending
        ]
        self.pending.clear()
        return rows

    def _note(self, site, reading, positive):
        if reading is None:
            return
        left, right, margin = reading
        reading = left, right, margin if positive else -margin
        # Uma comparação repetida, como as de um all(…), vale pelo seu pior caso.
        self.pending[site] = min(self.pending.get(site, reading), reading, key=_margin)


def read(name, left, right):
    """``(esquerda, direita, margem)`` do pior par de elementos, ou `None` se não são números.

    Entre inteiros, a fronteira fica no meio: 4 ≤ 4 tem margem ½, e 4 < 4, −½.
    """
    left, right = _array(left), _array(right)
    if left is None or right is None:
        return None
    try:
        left, right = np.broadcast_arrays(left, right)
    except ValueError:
        return None
    if left.size == 0:
        return None
    whole = left.dtype.kind in "iub" and right.dtype.kind in "iub"
    a, b = left.astype(float), right.astype(float)
    half = 0.5 if whole else 0.0
    if name == "Eq":
        margins = half - np.abs(a - b)
    else:
        margins = b - a if name in ("Lt", "LtE") else a - b
        margins = margins + (half if name.endswith("E") else -half)
    worst = int(np.argmin(margins))  # um NaN é o pior de todos
    return float(a.flat[worst]), float(b.flat[worst]), float(margins.flat[worst])


def _array(value):
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "iubf" else None


def _margin(reading):
    return -np.inf if np.isnan(reading[2]) else reading[2]
