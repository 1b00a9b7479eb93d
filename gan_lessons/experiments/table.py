"""A tabela de um experimento: um CSV em que cada linha é gravada inteira e nenhuma se repete."""

import csv
import io
import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
import pandas as pd

from gan_lessons.validation import shown


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
    keys : tuple of str
        As colunas que, juntas, dizem qual é a linha; nenhuma combinação se repete.
    preamble : str, default=""
        O que vem antes dos nomes das colunas.
    """

    path: Path
    columns: dict
    keys: tuple
    preamble: str = ""

    def read(self, path=None):
        """A tabela gravada, conferida linha a linha.

        Uma última linha pela metade, de uma execução que morreu ao gravá-la, não conta.

        Parameters
        ----------
        path : path-like, optional
            Sem ele, a tabela do curso.

        Returns
        -------
        pandas.DataFrame
            Uma linha por GAN treinada.

        Raises
        ------
        TypeError, ValueError
            Se `path` não é uma tabela deste experimento, ou tem alguma linha estragada.
        """
        path = existing_folder(self.path if path is None else path)
        if not path.is_file():
            raise ValueError(f"path não existe: {path}")
        content = self._whole_rows(path.read_bytes(), path)
        return pd.read_csv(io.BytesIO(content), comment="#")

    @contextmanager
    def writing(self, path=None):
        """Reserva a tabela para este processo, criando-a ou tirando dela uma linha pela metade.

        Yields
        ------
        OpenTable

        Raises
        ------
        TypeError, ValueError
            Como em `read`; o arquivo fica como estava.
        RuntimeError
            Se outra execução estiver gravando nela.
        """
        path = existing_folder(self.path if path is None else path)
        lock = filelock.FileLock(f"{path}.lock", timeout=0)  # o sistema a solta, se ele morrer
        try:
            lock.acquire()
        except filelock.Timeout:
            raise RuntimeError(f"outra execução já está gravando em path: {path}") from None
        except OSError as error:
            raise ValueError(f"path está numa pasta em que não se pode gravar: {path}") from error
        try:
            yield self._mended(path)
        finally:
            lock.release()

    def _mended(self, path):
        """A tabela pronta para receber linhas, com cabeçalho e sem uma última linha pela metade."""
        content = path.read_bytes() if path.exists() else b""
        whole = self._whole_rows(content, path)
        if content != whole:
            with path.open("ab") as file:
                file.truncate(min(len(content), len(whole)))
                _write(file, whole[len(content) :])
        return OpenTable(path, self)

    @property
    def _header(self):
        return f"{self.preamble}{','.join(self.columns)}\n".encode()

    def _whole_rows(self, content, path):
        """O cabeçalho e as linhas inteiras de `content`, conferidas."""
        header = self._header
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


@dataclass(frozen=True)
class OpenTable:
    """Uma tabela reservada para este processo."""

    path: Path
    table: Table

    def done(self):
        """O conjunto das chaves que já estão gravadas."""
        keys = self.table.read(self.path)[list(self.table.keys)]
        return set(keys.itertuples(index=False, name=None))

    def append(self, rows):
        """Acrescenta linhas, dicionários com as colunas da tabela, numa escrita só."""
        text = io.StringIO()
        csv.DictWriter(text, self.table.columns, lineterminator="\n").writerows(rows)
        with self.path.open("ab") as file:
            _write(file, text.getvalue().encode())


def _write(file, content):
    file.write(content)
    file.flush()
    os.fsync(file.fileno())  # o que foi dado por gravado resiste até a uma queda de energia


def existing_folder(path):
    """`path` como `pathlib.Path`, se a pasta dele existe."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path deve ser o caminho de um arquivo, mas chegou {shown(path)}.")
    path = Path(path)
    if "\0" in str(path):
        raise ValueError(f"path não pode ter o caractere nulo, mas chegou {shown(path)}.")
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"path deve ser um arquivo numa pasta que existe, mas chegou {path}.")
    return path
