"""Figuras que se mexem: `explore`, com controles, e `TrainingPanel`, um treino ao vivo.

O treino tem uma tela só, em JavaScript, e dois motores: o kernel, com qualquer rede, e o navegador
de quem lê, com as redes pequenas das aulas.

====================  =====================================================================
arquivo               o que faz
====================  =====================================================================
``explorer``          `explore`: controles que redesenham uma figura
``frames``            a mesma figura no livro: um desenho pronto para cada posição dos controles
``training_panel``    `TrainingPanel`: o que um caderno usa
``link``              `Link`: os pedidos que a tela faz e os quadros que ela recebe
``session``           `Session`: a linha de execução que treina
``steps``             `Steps`: passos inteiros e meios passos
``observer``          `Observer`: o que se vê de um treino num passo, sem mexer nele
``scene``             `Scene`: os eixos de cada tipo de dado, e onde perguntar a D
``film``              `Film` e `Scores`: os instantes guardados e as linhas dos gráficos
``still``             o último quadro, parado, para páginas sem kernel
``kernel``            o que muda quando uma célula roda de novo ou é interrompida
``plan``              o plano de um treino, em JSON, para a tela e para o navegador o refazer
``page``              `save_live_page`: uma página que treina sozinha; o script das figuras vivas
``opening``           a GAN que abre o livro
``view/``             a tela e o motor do navegador, em JavaScript; comece por ``training.js``
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
