"""A linha de comando dos experimentos, a mesma para todos.

Com a variável ``DASK_SCHEDULER_ADDRESS`` no ambiente, o comando espalha as tarefas pelo cluster do
Dask que está naquele endereço (``pip install gan_lessons[cluster]``).
"""

import argparse
import os
import re
from contextlib import ExitStack, contextmanager

import joblib

_OPTIONS = {
    "n_seeds": ("--seeds", {"type": int}, "sementes (padrão: {0.n_seeds})"),
    "together": (
        "--together",
        {"type": int},
        "sementes de uma mesma tarefa (padrão: {0.together})",
    ),
    "n_jobs": ("--jobs", {"type": int}, "tarefas ao mesmo tempo (padrão: 1)"),
    "minutes": ("--minutes", {"type": float}, "não começar tarefas novas depois deste tempo"),
    "names": ("--only", {"nargs": "+", "metavar": "NOME"}, "só algumas de: {names}"),
    "device": ("--device", {}, "cpu, cuda ou auto (padrão: {0.device})"),
    "path": ("--output", {}, "tabela a continuar (padrão: {0.table.path.name})"),
}
"""De cada argumento de `Experiment.prepared` à opção que o diz, e à ajuda dela."""

_PHRASES = {
    r"argument (\S+): ": r"\1: ",
    r"invalid int value: ": "deve ser um número inteiro, mas chegou ",
    r"invalid float value: ": "deve ser um número, mas chegou ",
    r"expected .*argument": "falta o valor",
    r"unrecognized arguments: ": "não existe esta opção: ",
    r"ignored explicit argument ": "não leva valor, mas chegou ",
}
"""As frases do `argparse`, que só as sabe em inglês."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        for english, portuguese in _PHRASES.items():
            message = re.sub(english, portuguese, message)
        self.exit(2, f"{message}\n")

    def format_help(self):
        return super().format_help().replace("usage:", "uso:", 1)


def main(experiment, description, arguments=None):
    """Roda um experimento como a linha de comando pedir; ``--help`` a descreve.

    Parameters
    ----------
    experiment : Experiment
    description : str
        A primeira linha é a que ``--help`` mostra.
    arguments : list of str, optional
        Sem eles, os da linha de comando.
    """
    parser = _parser(experiment, description)
    options = parser.parse_args(arguments)
    if options.quick and options.path is None:
        parser.error("--quick pede também --output, para não misturar a prova com a tabela")
    with ExitStack() as stack:
        try:
            stack.enter_context(_cluster())
            run = stack.enter_context(
                experiment.prepared(
                    n_steps=20 if options.quick else None,
                    **{name: getattr(options, name) for name in _OPTIONS},
                )
            )
        except (TypeError, ValueError, RuntimeError) as error:
            names = "|".join(_OPTIONS)
            parser.error(
                re.sub(rf"\b({names})\b", lambda m: _OPTIONS[m[0]][0], str(error), count=1)
            )
        n_missing = run()
    print(f"faltam {n_missing} GANs" if n_missing else "tabela completa")


def _parser(experiment, description):
    parser = _Parser(description=description.partition("\n")[0], allow_abbrev=False, add_help=False)
    add = parser.add_argument_group("opções").add_argument
    names = "; ".join(experiment.factors["configuration"])
    add("-h", "--help", action="help", help="mostra esta ajuda")
    for argument, (option, how, text) in _OPTIONS.items():
        add(option, dest=argument, help=text.format(experiment, names=names), **how)
    add("--quick", action="store_true", help="20 passos por GAN, só para ver se anda")
    return parser


@contextmanager
def _cluster():
    """O Dask, se o ambiente diz onde ele está; senão, o que o joblib usa por padrão."""
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    if not address:
        yield
        return
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise RuntimeError(
            "DASK_SCHEDULER_ADDRESS pede o Dask: pip install gan_lessons[cluster]"
        ) from error
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"DASK_SCHEDULER_ADDRESS deve ser o endereço de um cluster que responda, "
            f"mas chegou {address!r}."
        ) from error
    with client, joblib.parallel_config("dask", client=client, n_jobs=-1):
        yield
