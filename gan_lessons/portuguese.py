"""Números como se escrevem em português: com vírgula, em tabelas, títulos, frases e eixos."""


def with_commas(text):
    """O texto com a vírgula no lugar do ponto, e o sinal de menos no do hífen, em cada número."""
    return text.replace(".", ",").replace("-", "−")


def decimal(number, digits=2, *, sign=False):
    """O número com `digits` casas; sem sinal quando arredonda para zero: −0,001 é ``"0,00"``.

    Com `sign=True`, os positivos também levam sinal.
    """
    return with_commas(f"{number:{'+' if sign else ''}z.{digits}f}")


def short_number(number):
    """O número sem zeros sobrando: ``"0,001"``, ``"10"``."""
    return with_commas(f"{number:zf}".rstrip("0").rstrip("."))


def memory(n_bytes):
    """Quanta memória, em MB ou GB: ``"5,0 MB"``."""
    if n_bytes >= 1e15:
        return "mais de mil TB"
    unit, scale = ("GB", 1e9) if n_bytes >= 1e9 else ("MB", 1e6)
    return f"{decimal(n_bytes / scale, 1)} {unit}"


def table(frame, digits=2):
    """A tabela pronta para mostrar: cada coluna de números quebrados vira texto, com vírgulas.

    Parameters
    ----------
    frame : pandas.DataFrame
    digits : int or dict of str to int, default=2
        Casas de todas as colunas, ou de cada uma; as que não estiverem no dicionário têm 2.

    Returns
    -------
    pandas.DataFrame
        Para ler, e não para fazer contas.
    """
    shown = frame.copy()
    for name in frame.select_dtypes("floating"):
        places = digits.get(name, 2) if isinstance(digits, dict) else digits
        shown[name] = [decimal(number, places) for number in frame[name]]
    return shown
