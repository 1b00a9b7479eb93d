"""O resumo da auditoria: a tabela que fica no repositório, e o que nela não basta."""

import math

import pandas as pd

from robustness.claims import ROOT

TABLE = ROOT / "tests" / "robustness" / "margins.csv"
COLUMNS = [
    "aula",
    "afirmação",
    "célula",
    "comparação",
    "margem média",
    "desvio",
    "margem/desvio",
    "falhas",
    "execuções",
]
MIN_RUNS = 12
MIN_DEVIATIONS = {"many": 4, "one": 5}
"""Folga mínima, em desvios padrão, quando muitas sementes decidem e quando uma só decide."""


def summarize(readings):
    """Uma linha por comparação de cada afirmação.

    Parameters
    ----------
    readings : DataFrame
        Uma linha por leitura: ``aula``, ``afirmação``, ``célula``, ``comparação`` (0 para a que só
        se cumpre ou não), ``margem``, ``cumpriu`` e ``arredondamento``.
    """
    rows = []
    keys = ["aula", "célula", "afirmação"]
    for (lesson, cell, claim), of_claim in readings.groupby(keys, sort=False):
        runs = of_claim["arredondamento"].nunique()
        failures = of_claim.loc[~of_claim["cumpriu"], "arredondamento"].nunique()
        numbers = sorted(set(of_claim["comparação"]))
        for number in numbers:
            if number == 0 and len(numbers) > 1:
                continue  # uma execução que quebrou antes; as falhas já a contam
            of_number = of_claim[of_claim["comparação"] == number]
            margins = of_number.groupby("arredondamento")["margem"].min()
            mean, sd = margins.mean(), margins.std(ddof=1)
            varies = number > 0 and sd > 1e-9 * abs(mean)
            ratio = mean / sd if varies else math.nan
            row = lesson, claim, cell, number, mean, sd if varies else 0.0, ratio, failures, runs
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def read():
    """A tabela do repositório; vazia, se ainda não foi feita."""
    if not TABLE.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(TABLE)


def renew(summary):
    """Troca, na tabela do repositório, as linhas das aulas que têm execuções bastantes.

    Returns
    -------
    list of str
        As aulas trocadas; uma prova curta não desfaz uma auditoria inteira.
    """
    fewest = summary.groupby("aula")["execuções"].min()
    renewed = list(fewest.index[fewest >= MIN_RUNS])
    if renewed:
        old = read()
        parts = [old[~old["aula"].isin(renewed)], summary[summary["aula"].isin(renewed)]]
        table = pd.concat([part for part in parts if len(part)])
        table = table.sort_values("aula", kind="stable")
        table.to_csv(TABLE, index=False, float_format="%.6g", lineterminator="\n")
    return renewed


def problems(claims, table):
    """O que falta à tabela para sustentar as afirmações: uma frase por problema, em ordem."""
    known = {(row["aula"], row["célula"]) for _, row in table.iterrows()}
    wanted = {(claim.lesson, claim.cell): claim for claim in claims}
    for key, claim in wanted.items():
        if key not in known:
            yield f"{claim.lesson}: sem leituras, ou a célula mudou desde elas: {claim.text}"
    for _, row in table.iterrows():
        claim = wanted.get((row["aula"], row["célula"]))
        if claim is None:
            yield f"{row['aula']}: linha de uma afirmação que não existe mais: {row['afirmação']}"
        elif complaint := weakness(row, many_seeds=claim.many_seeds):
            yield f"{claim.lesson}: {complaint}: {claim.text}"


def weakness(row, *, many_seeds):
    """Por que uma linha da tabela não sustenta a sua afirmação, ou `None`."""
    needed = MIN_DEVIATIONS["many" if many_seeds else "one"]
    if row["falhas"]:
        return f"falhou em {row['falhas']} de {row['execuções']} arredondamentos"
    if row["execuções"] < MIN_RUNS:
        return f"só {row['execuções']} arredondamentos, e são precisos {MIN_RUNS}"
    if row["margem/desvio"] < needed:
        ratio = f"{row['margem/desvio']:.1f}".replace(".", ",")
        return f"a margem é de {ratio} desvios, e são precisos {needed}"
    return None
