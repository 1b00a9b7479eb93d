"""Figuras que se mexem: `explore`, com controles, e `TrainingPanel`, um treino ao vivo.

O treino tem dois motores: o kernel, com qualquer rede, e o navegador de quem lê, com as redes
pequenas das aulas. Do lado do kernel, nada usa o estado do pyplot nem o widget `Output`: cada
desenho vira PNG sob uma tranca e vai para um widget de imagem. Assim funciona com qualquer versão
do kernel, também quando o JupyterLab atende os controles em outra linha de execução.

====================  =====================================================================
arquivo               o que faz
====================  =====================================================================
``explorer``          `explore`: controles que redesenham uma figura
``training_panel``    `TrainingPanel`: o que um caderno usa
``controls``          os botões e os menus, e a arrumação deles
``screen``            `Screen`: o que cada controle pede à sessão, e o que aparece
``session``           `Session`: a linha de execução que treina, e o que ela conta em frases
``observer``          `Observer`: o que se vê de um treino num passo, sem mexer nele
``scenes/``           uma `Scene` por tipo de dado: reta, plano, espaço, números pares, imagens
``picture``           `Picture`: a cena e os gráficos numa figura só, em PNG
``film``              `Film`: os instantes guardados, e a animação que anda sem o kernel
``words``             as frases: o que um meio passo fez, e o que um erro quer dizer
``kernel``            o que muda quando uma célula roda de novo ou é interrompida
``plan``              o plano de um treino, em JSON, para o navegador o refazer
``page``              `save_live_page`: uma página que treina sozinha; o script das figuras vivas
``opening``           a GAN que abre o livro
``view/``             o motor e a tela do navegador, em JavaScript; comece por ``training.js``
====================  =====================================================================
"""

from gan_lessons.panel.explorer import WIDGET_VIEW, Explorer, explore, keep_static_outputs
from gan_lessons.panel.page import save_live_page
from gan_lessons.panel.training_panel import TrainingPanel

__all__ = [
    "WIDGET_VIEW",
    "Explorer",
    "TrainingPanel",
    "explore",
    "keep_static_outputs",
    "save_live_page",
]
