"""Gravar um arquivo de uma vez: quem o lê vê o de antes ou o novo, nunca um pedaço."""

import contextlib
import os
import re
import threading

import psutil


def write_whole(contents, path):
    """Grava os bytes `contents` em `path`, um `pathlib.Path`: ou o arquivo todo, ou o de antes.

    Raises
    ------
    OSError
        Se não der para gravar ali; o arquivo de antes fica.
    """
    # Um nome só deste `write_whole`: dois podem gravar no mesmo lugar ao mesmo tempo.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        _sweep(path)
        with open(temporary, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(
            f"path não pôde ser gravado, {path}: a pasta existe, aceita arquivos novos e tem "
            f"espaço? ({type(error).__name__})"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _sweep(path):
    """Apaga o que deixaram na pasta os processos mortos enquanto gravavam `path`."""
    temporary = re.compile(rf"\.{re.escape(path.name)}\.(\d+)-\d+\.tmp")
    for file in path.parent.iterdir():
        found = temporary.fullmatch(file.name)
        if found and not psutil.pid_exists(int(found[1])):
            with contextlib.suppress(OSError):
                file.unlink()
