"""Na instalação, monta o idioma ``pt`` do JupyterLab: o pacote oficial mais as nossas frases.

O pacote ``pt_BR`` traduz menos da metade do que um estudante lê, e nem a barra de menus. Um segundo
``pt_BR`` disputaria com ele, e um complemento não serve: o cabeçalho do oficial diz "jupyterlab"
onde devia haver um número de versão, e o servidor desiste de todos. Por isso, um idioma à parte.
"""

import importlib.util
import json
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OFFICIAL = "jupyterlab_language_pack_pt_BR"
HERE = "locale/pt/LC_MESSAGES"
WIDGETS = ["Save Widget State Automatically"]


class CustomBuildHook(BuildHookInterface):
    """O gancho que o hatchling chama antes de montar a roda ou a instalação editável."""

    def initialize(self, version, build_data):
        """Escreve o arquivo do idioma dentro do pacote ``jupyterlab_pt``."""
        folder = Path(self.root, "jupyter")
        official = Path(importlib.util.find_spec(OFFICIAL).origin).parent
        sentences = read(official / "locale/pt_BR/LC_MESSAGES/jupyterlab.json")
        sentences |= read(folder / "jupyterlab_pt.json")
        sentences[""] |= {"language": "pt", "version": "1.0"}
        target = folder / "jupyterlab_pt" / HERE
        target.mkdir(parents=True, exist_ok=True)
        # Os widgets leem as suas frases de um arquivo com o seu nome.
        widgets = {key: sentences[key] for key in ("", *WIDGETS)}
        # E o Notebook 7, que serve a quem não usa o JupyterLab, tem palavras suas.
        notebook = {"": sentences[""]} | read(folder / "notebook_pt.json")
        for name, found in (
            ("jupyterlab", sentences),
            ("jupyterlab_widgets", widgets),
            ("notebook", notebook),
        ):
            text = json.dumps(found, ensure_ascii=False, indent=1)
            (target / f"{name}.json").write_text(text, encoding="utf-8")


def read(path):
    """As frases de um arquivo de idioma: de cada uma em inglês, a lista das formas."""
    return json.loads(path.read_text(encoding="utf-8"))
