"""Uma GAN que treina no navegador de quem lê: o script, a figura viva e a página que anda sozinha.

Nenhuma página busca nada: um arquivo aberto do disco (``file://``) não pode carregar módulos nem
dados. Por isso os módulos de ``view/`` viram um script só, e o trabalhador que treina nasce dele.
"""

import html
import re
from pathlib import Path
from string import Template

from gan_lessons.panel.plan import training_plan
from gan_lessons.validation import check_output_path
from gan_lessons.writing import write_whole

VIEW = Path(__file__).parent / "view"


def modules(entry):
    """O módulo de ``view/`` e os que ele importa, num texto só, sem comentários nem recuos.

    Todos dividem o mesmo espaço de nomes: dois módulos não podem dar o mesmo nome a coisas suas.
    """
    parts = {}

    def add(name):
        text = (VIEW / name).read_text(encoding="utf-8")
        for imported in re.findall(r'^import [^;]*? from "\./(.+?)";$', text, flags=re.MULTILINE):
            if imported not in parts:
                add(imported)
        parts[name] = re.sub(r"^(import [^;]*;|export | *//.*)", "", text, flags=re.MULTILINE)

    add(entry)
    pieces = re.split(r'("[^"\n]*"|`[^`]*`)', "".join(parts.values()))
    pieces[::2] = map(_squeezed, pieces[::2])
    return "".join(pieces)


def _squeezed(code):
    """Código sem textos entre aspas, sem o que só serve a quem lê o módulo."""
    for found, kept in (
        (r" *//.*", ""),
        (r"^\s+", ""),
        (r" *([=<>(){}\[\],:;?*&|]) *", r"\1"),
        (r"(?<=[\w)\]]) ([-+/]) (?=[\w(])", r"\1"),
        (r"(?<=[;{},(])\n+|\n+(?=[})\]:?.])", ""),
        (r"[;,]+(?=})|,(?=[)\]])", ""),
        (r"(?<![\w)])\((\w+)\)=>", r"\1=>"),
    ):
        code = re.sub(found, kept, code, flags=re.MULTILINE)
    return code


def script(entry="main.js"):
    """O script das figuras vivas: desenha as da página, que devem vir antes dele.

    As `<gan-panel>`, ou as do módulo `entry` de ``view/``.
    """
    # Num bloco: a página que repete o script não dá duas vezes o mesmo nome.
    return f"{{\n{modules(entry)}}}"


def figure(plan, fallback):
    """A figura viva de um plano, em HTML.

    Parameters
    ----------
    plan : str
        De `training_plan`.
    fallback : str
        HTML para quem não tem script, e para o papel.
    """
    data = plan.replace("</", "<\\/")
    return f'<gan-panel><script type="application/json">{data}</script>\n{fallback}\n</gan-panel>'


def live_page(trainer, *, title="Uma GAN ao vivo", hint="", judge_data=None, names=None):
    """Uma página HTML completa que *treina*: um arquivo só, sem nada a carregar.

    Parameters
    ----------
    trainer : Trainer
        Recomeça do passo 0 dele, onde quer que ele esteja.
    title, hint : str
        O título da página e uma frase sobre o que observar.
    judge_data, names
        Como em `TrainingPanel`.

    Raises
    ------
    TypeError, ValueError
        Os de `training_plan`.
    """
    plan = training_plan(trainer, judge_data=judge_data, names=names)
    fallback = "<p>Para treinar aqui, ligue o JavaScript do navegador.</p>"
    page = Template((VIEW / "page.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=html.escape(title),
        hint=f"<p>{html.escape(hint)}</p>" if hint else "",
        figure=figure(plan, fallback),
        script=script(),
    )


def save_live_page(trainer, path, **options):
    """Grava a `live_page` de um treinador: um arquivo para abrir em qualquer telefone, sem rede.

    Parameters
    ----------
    trainer : Trainer
    path : str or pathlib.Path
        Numa pasta que exista; o que houver ali só é trocado quando a página está inteira.
    **options
        Os outros argumentos de `live_page`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    TypeError, ValueError
        Se `path` não servir, ou os de `live_page`.
    OSError
        Se não der para gravar ali.
    """
    path = check_output_path(path)
    write_whole(live_page(trainer, **options).encode(), path)
    return path
