"""Um caderno feito para dar trabalho ao livro: tudo o que um caderno pode ter, de uma vez."""

import io

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from gan_lessons.plots import picture_bundle

PROSE = r"""
# Um título

Listas:

- um
    - dois, com $a_1 * b_2 * c_3$
        - três

1. primeiro
   - dentro do primeiro

Preço: R$ 5,00 e R$ 7,50; US$5 e US$6; e R\$ 3, R\$ 4. Código: `$x$`, ``a `$b$` c``.

Fórmulas: $x < y$, $a_b^*$, $[x](y)$, $p(x|y)$, $\text{média de } x$, e em bloco:

$$\begin{aligned} a &= b_1 * c \\ d &< e \end{aligned}$$

| antes | $p(x|y)$ |
|---|---|
| $|x|$ | R$ 2 |

```python
preco = "R$ 5"  # $nada$ aqui é fórmula

total = 1 < 2
```

- item

  ```
  $dentro$ da lista
  ```

> [!WARNING]
> Não misture $x$ com `y`.

O artigo arXiv:1406.2661 e o [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).

Veja a [seção](b.ipynb#Uma-seção,-às-vezes-—-código!) e o [outro caderno](b.ipynb).

## Igual

## Igual

## Com $x_1$ no título
"""

TABLE = """<div>
<style scoped>
    .dataframe tbody tr th { vertical-align: top; }

    .dataframe thead th { text-align: right; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;">
      <th></th>
      <th>preço_em_R$</th>
    </tr>
  </thead>

  <tbody>
    <tr>
      <th>0</th>
      <td>1 * 2 * 3</td>
    </tr>
  </tbody>
</table>
</div>"""


def picture(kind, *colors):
    """Uma imagem de 2 por 3 pontos, com um quadro de cada cor."""
    frames = [Image.new("RGB", (2, 3), color) for color in colors]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


PNG = picture("png", "white")


def hard_notebook():
    """O caderno feito para dar trabalho."""

    def shown(data, **metadata):
        return new_output("display_data", data=data, metadata=metadata)

    def printed(text, name="stdout"):
        return new_output("stream", name=name, text=text)

    def code(source, *outputs, **metadata):
        return new_code_cell(source, outputs=list(outputs), metadata=metadata)

    widget = "application/vnd.jupyter.widget-view+json"
    return new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            new_markdown_cell(PROSE.strip()),
            new_markdown_cell(
                "**Objetivos**\n\n- um\n\n**Pré-requisitos** nenhum\n\n**Tempo** 1 min"
            ),
            code(
                "print('```', '<b>', '$x$')\n\n\nx = 1  # R$ 5 * 2 _ 3",
                printed("```\n\n<b> $x$ & *não* é _ênfase_\n"),
            ),
            code("table", new_output("execute_result", data={"text/html": TABLE})),
            code(
                "for _ in range(3): pass",
                printed("\r  0 % |   |", "stderr"),
                printed("\r 50 % |█  |", "stderr"),
                printed("\r100 % |███|\n", "stderr"),
            ),
            code(
                "escondida", new_output("stream", name="stdout", text="sumiu"), tags=["remove-cell"]
            ),
            code(
                "sem_codigo",
                new_output("stream", name="stdout", text="ficou"),
                tags=["remove-input"],
            ),
            code(
                "solucao = 42",
                tags=["solution"],
                jupyter={"source_hidden": True},
            ),
            code(
                "1 / 0",
                new_output(
                    "error",
                    ename="ZeroDivisionError",
                    evalue="division by <zero>",
                    traceback=["\x1b[31mZeroDivisionError\x1b[0m: division by <zero>"],
                ),
                tags=["raises-exception"],
            ),
            code(
                "figura",
                shown(picture_bundle(PNG, 'Uma "reta" que sobe < 1.', "<Figure size 2x3>")),
            ),
            code(
                "explore(f)",
                new_output(
                    "execute_result",
                    data=picture_bundle(PNG, "Um painel com a taxa.", "explore: taxa")
                    | {widget: {"model_id": "x"}},
                ),
            ),
            code("so_widget", shown({widget: {}})),
            code(
                "gif",
                shown(
                    picture_bundle(picture("gif", "white", "black"), "Uma bola que anda.", "bola")
                ),
            ),
            code(
                "gif_parado",
                shown(picture_bundle(picture("gif", "white"), "Uma bola que não anda.", "bola")),
            ),
            code("latex", shown({"text/latex": "$\\frac{1}{2}$", "text/plain": "1/2"})),
            code("markdown", shown({"text/markdown": "um **negrito** e $x$", "text/plain": "?"})),
            code("svg", shown({"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>"})),
        ],
    )
