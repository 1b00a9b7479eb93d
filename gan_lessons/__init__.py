"""O pacote de apoio do curso de redes adversariais generativas (GANs).

Cada caderno usa só o que já explicou ou vai explicar:

================================  ==========================================================
caderno                           módulos
================================  ==========================================================
``00_comece_aqui``                ``models``, ``training``, ``panel``, ``checks``
``01_teoria``                     ``theory``, ``losses``, ``models``, ``metrics``, ``plots``,
                                  ``panel``, ``training``, ``checks``
``02_espiral``                    ``data``, ``models``, ``losses``, ``training``, ``metrics``,
                                  ``plots``, ``panel``, ``checks``, ``published``,
                                  ``experiments``
``03_numeros_pares``              ``data``, ``models``, ``training``, ``metrics``, ``plots``,
                                  ``panel``, ``checks``
``04_muitas_sementes``            ``population``, ``data``, ``models``, ``metrics``,
                                  ``plots``, ``checks``
``05_colapso_de_modos``           ``data``, ``metrics``, ``models``, ``training``,
                                  ``population``, ``plots``, ``checks``, ``experiments``
``06_imagens_a_pedido``           ``data``, ``models``, ``training``, ``metrics``,
                                  ``plots``, ``panel``, ``checks``, ``experiments``
``07_julgar_imagens``             ``data``, ``models``, ``training``, ``metrics``,
                                  ``plots``, ``panel``, ``checks``, ``experiments``
``08_vizinhas``                   ``data``, ``models``, ``training``, ``losses``,
                                  ``metrics``, ``plots``, ``checks``, ``experiments``
``99_prova_final``                ``checks``
================================  ==========================================================

Por baixo de todos: ``validation`` confere argumentos, ``portuguese`` escreve os números, e
``writing`` grava arquivos.
Importe cada módulo pelo nome: ``from gan_lessons import data, plots``.
"""

__version__ = "0.1.0"
