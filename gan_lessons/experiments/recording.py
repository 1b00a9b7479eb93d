"""A tabela de um experimento: cada linha é gravada quando termina, e nenhuma se repete."""

import csv

from gan_lessons.validation import check_int


def record_missing(path, columns, configurations, measure, *, n_seeds):
    """Acrescenta a `path` as linhas que ainda faltam, uma a uma, à medida que terminam.

    Parameters
    ----------
    path : pathlib.Path
        Uma tabela CSV, que pode já ter parte das linhas ou não existir.
    columns : list of str
        Entre elas, ``configuration`` e ``seed``.
    configurations : iterable of str
    measure : callable
        ``(configuração, semente) → a linha``, um dicionário com as chaves de `columns`.
    n_seeds : int
        Sementes 0 a ``n_seeds − 1`` de cada configuração.
    """
    n_seeds = check_int(n_seeds, "n_seeds")
    done = set()
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            done = {(row["configuration"], int(row["seed"])) for row in csv.DictReader(file)}
    else:
        _append(path, columns)
    for seed in range(n_seeds):
        for configuration in configurations:
            if (configuration, seed) not in done:
                row = measure(configuration, seed)
                _append(path, [row[column] for column in columns])


def _append(path, values):
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(values)
