"""A tabela de um experimento: um CSV em que cada linha é gravada inteira e nenhuma se repete."""

import csv
import io
import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import filelock
import pandas as pd

from gan_lessons.validation import check_output_path


def finite(text):
    """Leitor de uma coluna de números finitos."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def optional(read):
    """Leitor de uma coluna que pode ficar vazia, ou então ter o que `read` lê."""
    return lambda text: text and read(text)


def one_of(names):
    """Leitor de uma coluna de nomes conhecidos."""
    return dict(zip(names, names, strict=True)).__getitem__


PROVENANCE = {"torch": str, "date": date.fromisoformat}
"""As últimas colunas de toda tabela, que `Experiment` preenche."""


@dataclass(frozen=True)
class Table:
    """O que uma tabela gravada deve conter.

    Parameters
    ----------
    path : pathlib.Path
        Onde está a tabela do curso.
    columns : dict of str to callable
        De cada coluna ao leitor de um valor dela, que levanta `ValueError` ou `KeyError` se o texto
        não serve.
    keys : tuple of str, default=("configuration", "seed")
        As colunas que, juntas, dizem qual é a linha; nenhuma combinação se repete.
    preamble : str, default=""
        O que vem antes dos nomes das colunas.
    """

    path: Path
    columns: dict
    keys: tuple = ("configuration", "seed")
    preamble: str = ""

    def read(self, path=None):
        """A tabela gravada, conferida linha a linha.

        Sem `path`, é a tabela do curso. Uma última linha pela metade, de uma execução que morreu
        ao gravá-la, não conta; outra linha estragada, ou repetida, é um `ValueError`.

        Returns
        -------
        pandas.DataFrame
            Uma linha por GAN treinada.
        """
        path = self._file(path)
        if not path.is_file():
            raise ValueError(f"path não existe: {path}")
        content = self._whole_rows(path.read_bytes(), path)
        return pd.read_csv(io.BytesIO(content), comment="#")

    @contextmanager
    def writing(self, path=None):
        """Reserva a tabela para este processo, criando-a ou tirando dela uma linha pela metade.

        Dá o caminho dela. Um erro, como em `read`, deixa o arquivo como estava; é um
        `RuntimeError` se outra execução estiver gravando nele.
        """
        path = self._file(path)
        lock = filelock.FileLock(f"{path}.lock", timeout=0)  # o sistema a solta, se ele morrer
        try:
            lock.acquire()
        except filelock.Timeout:
            raise RuntimeError(f"outra execução já está gravando em path: {path}") from None
        except OSError as error:
            raise ValueError(f"path está numa pasta em que não se pode gravar: {path}") from error
        try:
            content = path.read_bytes() if path.exists() else b""
            whole = self._whole_rows(content, path)
            if content != whole:
                _append(path, whole[len(content) :], at=min(len(content), len(whole)))
            yield path
        finally:
            lock.release()

    def _file(self, path):
        return check_output_path(self.path if path is None else path)

    def done(self, path):
        """O conjunto das chaves que já estão gravadas em `path`."""
        return set(self.read(path)[list(self.keys)].itertuples(index=False, name=None))

    def append(self, path, rows):
        """Acrescenta a `path` linhas, dicionários com as colunas da tabela, numa escrita só."""
        text = io.StringIO()
        csv.DictWriter(text, self.columns, lineterminator="\n").writerows(rows)
        _append(path, text.getvalue().encode())

    def _whole_rows(self, content, path):
        """O cabeçalho e as linhas inteiras de `content`, conferidas."""
        header = f"{self.preamble}{','.join(self.columns)}\n".encode()
        if header.startswith(content):  # nova, ou morta antes da primeira linha
            return header
        if not content.startswith(header):
            raise ValueError(f"path não é uma tabela deste experimento: {path}")
        whole = content[: content.rfind(b"\n") + 1]
        seen = set()
        first = header.count(b"\n") + 1
        for number, line in enumerate(whole[len(header) :].split(b"\n")[:-1], first):
            key = self._key(line)
            if key is None or key in seen:
                what = "está estragada" if key is None else "repete outra"
                raise ValueError(
                    f"path tem uma linha que {what}, a {number}: apague-a, e ela será refeita: "
                    f"{path}"
                )
            seen.add(key)
        return whole

    def _key(self, line):
        """O que identifica a linha, ou `None` se ela está estragada."""
        try:
            (texts,) = csv.reader([line.decode()], strict=True)
            values = {
                name: read(text)
                for (name, read), text in zip(self.columns.items(), texts, strict=True)
            }
        except (ValueError, KeyError, csv.Error):  # um texto que não é UTF-8 também é ValueError
            return None
        return tuple(values[name] for name in self.keys)


def _append(path, content, at=None):
    """Escreve no fim do arquivo ou, com `at`, no lugar do que há depois desta posição."""
    with path.open("ab") as file:
        if at is not None:
            file.truncate(at)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # o que foi dado por gravado resiste até a uma queda de energia
