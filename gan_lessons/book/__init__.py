"""O livro: os mesmos cadernos, como páginas da web. Nada aqui sabe o que é uma GAN.

================  ============================================================================
módulo            o que faz
================  ============================================================================
``__main__``      o pré-processador que o mdBook chama: recebe os capítulos e devolve Markdown
``chapters``      um caderno executado → um capítulo
``reading``       o arquivo do caderno, lido e conferido
``prose``         o Markdown das células: títulos, links, avisos e blocos de código
``outputs``       as saídas das células: texto, erros, figuras e tabelas
``formulas``      TeX → MathML, na montagem, sem script
``sources``       que aulas citam cada fonte, para a página de referências
``site``          o que se faz depois do mdBook: tirar o que sobra e montar a busca
``deck``          uma apresentação por aula, num arquivo só
``slides``        o que de um caderno se mostra à turma, o que se diz, e em que tela
``slide_blocks``  os pedaços de um slide e as suas alturas
================  ============================================================================

``make livro`` e ``make slides`` chamam tudo na ordem certa.
"""


class BookError(Exception):
    """Um capítulo que não dá para montar; a mensagem diz o arquivo e a célula."""
