"""O que se guarda de um treino, os instantes e os placares, e a animação que anda sem o kernel.

O matplotlib também escreve animações em HTML (``to_jshtml``), mas os botões dele são em inglês e
os ícones vêm da internet. A nossa página é a mesma ideia, em português e sem rede.
"""

import base64
import html
import io
import json

from PIL import Image

N_SCORES = 400

N_KEPT = 120
"""Instantes guardados; ao encher, fica um de cada dois, e o filme passa a andar mais depressa."""


class Film:
    """Instantes em ordem, espaçados, e nunca mais que `N_KEPT`.

    Uma linha de execução guarda instantes enquanto outras leem: a lista se troca, de uma vez.

    Parameters
    ----------
    first : Snapshot

    Attributes
    ----------
    snapshots : list of Snapshot
        Há sempre pelo menos um.
    """

    def __init__(self, first):
        self.snapshots = [first]
        self._stride = self._offered = 1

    def __len__(self):
        return len(self.snapshots)

    def add(self, snapshot):
        """Guarda o instante, se for a vez dele."""
        turn = self._offered % self._stride == 0
        self._offered += 1
        if not turn:
            return
        snapshots = [*self.snapshots, snapshot]
        if len(snapshots) > N_KEPT:
            snapshots = snapshots[::2]
            self._stride *= 2
        self.snapshots = snapshots

    def evenly(self, n):
        """No máximo `n` instantes espalhados por igual, com o primeiro e o último."""
        snapshots = self.snapshots
        last = len(snapshots) - 1
        places = {round(index * last / max(n - 1, 1)) for index in range(n)}
        return [snapshots[place] for place in sorted(places)]


class Scores:
    """Os placares de cada instante; num treino longo, cada vez mais espaçados.

    Attributes
    ----------
    rows : list of (int, float, dict)
        Passo, acurácia do discriminador e placares independentes.
    """

    def __init__(self):
        self.rows, self._stride, self._n_looks = [], 1, 0

    def add(self, snapshot):
        """Guarda os placares de um instante, se for a vez dele ou se o juiz veio."""
        self._n_looks += 1
        if self.rows and self.rows[-1][0] == snapshot.step:
            scores = snapshot.scores or self.rows[-1][2]
            self.rows[-1] = (snapshot.step, snapshot.accuracy, scores)
        elif snapshot.scores or self._n_looks % self._stride == 0:
            self.rows.append((snapshot.step, snapshot.accuracy, snapshot.scores))
        if len(self.rows) > N_SCORES:
            self._stride *= 2
            self.rows = self.rows[::2]


def player(images, *, alt, captions, seconds=0.25):
    """Uma página HTML completa, com os quadros dentro: tocar, parar, e um controle do tempo.

    Parameters
    ----------
    images : list of PIL.Image.Image
    alt : str
        O que a animação mostra, para quem não a vê.
    captions : list of str
        Uma legenda por quadro.
    seconds : float
        Duração de cada quadro.
    """
    frames = []
    for image in images:
        png = io.BytesIO()
        image.quantize(64, dither=Image.Dither.NONE).save(png, "png", optimize=True)
        frames.append("data:image/png;base64," + base64.b64encode(png.getvalue()).decode())
    return PAGE.format(
        alt=html.escape(alt, quote=True),
        last=len(frames) - 1,
        first=frames[0],
        frames=json.dumps(frames),
        captions=json.dumps(captions, ensure_ascii=False).replace("</", "<\\/"),
        milliseconds=round(1000 * seconds),
    )


PAGE = """<!DOCTYPE html>
<html lang="pt-BR">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Treino de uma GAN</title>
<style>
  body {{ font: 18px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 62rem; }}
  img {{ width: 100%; height: auto; }}
  div {{ display: flex; gap: 1rem; align-items: center; }}
  button {{ font: inherit; padding: .3rem 1rem; }}
  input {{ flex: 1; }}
</style>
<img id="frame" src="{first}" alt="{alt}">
<div>
  <button id="button" type="button">Parar</button>
  <input id="time" type="range" min="0" max="{last}" value="0" aria-label="Quadro do filme">
  <output id="caption"></output>
</div>
<script>
  const frames = {frames}, captions = {captions};
  const frame = document.getElementById("frame"), time = document.getElementById("time");
  const button = document.getElementById("button"), caption = document.getElementById("caption");
  let timer = null;
  function show(i) {{
    frame.src = frames[i];
    caption.textContent = captions[i];
    time.value = i;
    time.setAttribute("aria-valuetext", captions[i]);
  }}
  function stop() {{ clearInterval(timer); timer = null; button.textContent = "Tocar"; }}
  function play() {{
    if (Number(time.value) >= frames.length - 1) show(0);
    button.textContent = "Parar";
    timer = setInterval(() => {{
      const i = Number(time.value);
      if (i >= frames.length - 1) stop(); else show(i + 1);
    }}, {milliseconds});
  }}
  button.onclick = () => timer ? stop() : play();
  time.oninput = () => {{ stop(); show(Number(time.value)); }};
  show(0);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) stop(); else play();
</script>
</html>
"""
