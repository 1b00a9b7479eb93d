"""Uma GAN que treina no navegador de quem lê: o script, a figura viva e a página que anda sozinha.

Nenhuma página busca nada: um arquivo aberto do disco (``file://``) não pode carregar módulos nem
dados. Por isso os módulos de ``view/`` viram um script só, e o trabalhador que treina nasce dele.
"""

import re
from pathlib import Path

VIEW = Path(__file__).parent / "view"
ENTRY = "main.js"


def script(entry=ENTRY):
    """O módulo de ``view/`` e os que ele importa, num script só, sem comentários nem recuos.

    Todos dividem o mesmo espaço de nomes: dois módulos não podem dar o mesmo nome a coisas suas.
    """
    parts = {}

    def add(name):
        text = (VIEW / name).read_text(encoding="utf-8")
        for imported in re.findall(r'^import .*? from "\./(.+?)";$', text, re.DOTALL | re.MULTILINE):
            if imported not in parts:
                add(imported)
        text = re.sub(r"^import .*?;$", "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
        parts[name] = re.sub(r"^\s*(//.*)?\n", "", re.sub(r"^ +", "", text, flags=re.M), flags=re.M)

    add(entry)
    return "".join(parts.values())
