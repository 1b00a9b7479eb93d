"""As animações do matplotlib (``to_jshtml``) no livro: sem rede, em português e com descrição."""

import html
import re

WORDS = {
    "Decrease speed": "Mais devagar",
    "First frame": "Primeiro quadro",
    "Previous frame": "Quadro anterior",
    "Play backwards": "Tocar de trás para frente",
    "Pause": "Parar",
    "Play": "Tocar",
    "Next frame": "Próximo quadro",
    "Last frame": "Último quadro",
    "Increase speed": "Mais depressa",
    "Repetition mode": "Modo de repetição",
}
LOOPS = {"Once": "Uma vez", "Loop": "Repetir", "Reflect": "Ir e voltar"}


def is_animation(markup):
    """Se este HTML é uma animação do matplotlib."""
    return 'class="anim-controls"' in markup


def localize(markup, alt):
    """A animação com controles em português e `alt` como descrição.

    Os ícones, que o matplotlib busca na rede, são desenhados pelo estilo do livro.
    """
    for english, portuguese in WORDS.items():
        for name in ("title", "aria-label"):
            markup = markup.replace(f'{name}="{english}"', f'{name}="{portuguese}"')
    for english, portuguese in LOOPS.items():
        markup = markup.replace(f">{english}</label>", f">{portuguese}</label>")
    # O mdBook trocaria por desenhos seus os ícones que conhece, e só esses.
    markup = markup.replace("fa-play fa-flip-horizontal", "fa-reverse")
    markup = markup.replace('class="fa fa-', 'class="icon icon-')
    markup = re.sub(r'(<img id="_anim_img\w+")', rf'\1 alt="{html.escape(alt)}"', markup)
    return markup.replace('class="anim-slider"', 'class="anim-slider" aria-label="Quadro"')
