"""O filme de um treino: os instantes guardados, e a animação que anda sem o kernel.

O matplotlib também escreve animações em HTML (``to_jshtml``), mas os botões dele são em inglês e
os ícones vêm da internet. A nossa página é a mesma ideia, em português e sem rede.
"""

import base64
import html
import io
import json

from PIL import Image

from gan_lessons import plots

N_KEPT = 120
"""Instantes guardados; ao encher, fica um de cada dois, e o filme passa a andar mais depressa."""


class Film:
    """Instantes em ordem, espaçados, e nunca mais que `N_KEPT`.

    Attributes
    ----------
    snapshots : list of Snapshot
    """

    def __init__(self):
        self.begin()

    def begin(self):
        """Esquece tudo: o treino recomeçou."""
        self.snapshots = []
        self._stride = 1
        self._offered = 0

    def __len__(self):
        return len(self.snapshots)

    def add(self, snapshot):
        """Guarda o instante, se for a vez dele."""
        turn = self._offered % self._stride == 0
        self._offered += 1
        if not turn:
            return
        self.snapshots.append(snapshot)
        if len(self.snapshots) > N_KEPT:
            self.snapshots = self.snapshots[::2]
            self._stride *= 2

    def evenly(self, n):
        """No máximo `n` instantes espalhados por igual, com o primeiro e o último."""
        last = len(self.snapshots) - 1
        places = {round(index * last / max(n - 1, 1)) for index in range(n)}
        return [self.snapshots[place] for place in sorted(places)]


def animated_png(images, *, seconds=0.2, n_colors=96):
    """Um PNG que se mexe: páginas estáticas e leitores de cadernos o mostram sem script nenhum.

    Toca uma vez e para no último quadro, para não se mover para sempre ao lado do texto.

    Parameters
    ----------
    images : list of PIL.Image.Image
    seconds : float
        Duração de cada quadro; o último fica.
    n_colors : int
        Cores da paleta comum, para o arquivo ficar pequeno.
    """
    # A paleta vem de quadros espalhados: as cores de um só não servem aos outros.
    chosen = images[:: max(len(images) // 5, 1)]
    # E também de amostras das cores do curso, que numa linha fina ocupam poucos pixels.
    width = images[0].width
    colors = (plots.REAL["color"], plots.FAKE["color"])
    colors += (plots.DISCRIMINATOR_COLOR, plots.GENERATOR_COLOR)
    chosen += [Image.new("RGB", (width, 12), color) for color in colors]
    sheet = Image.new("RGB", (width, sum(image.height for image in chosen)))
    top = 0
    for image in chosen:
        sheet.paste(image, (0, top))
        top += image.height
    palette = sheet.quantize(n_colors)
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    png = io.BytesIO()
    frames[0].save(
        png,
        "png",
        save_all=True,
        append_images=frames[1:],
        duration=1000 * seconds,
        loop=1,
        default_image=False,
        optimize=True,
    )
    return png.getvalue()


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
<title>Treino de um GAN</title>
<style>
  body {{ font: 18px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 62rem; }}
  img {{ width: 100%; height: auto; }}
  div {{ display: flex; gap: 1rem; align-items: center; }}
  button {{ font: inherit; padding: .3rem 1rem; }}
  input {{ flex: 1; }}
</style>
<img id="quadro" src="{first}" alt="{alt}">
<div>
  <button id="tocar" type="button">Parar</button>
  <input id="tempo" type="range" min="0" max="{last}" value="0" aria-label="Quadro do filme">
  <output id="legenda"></output>
</div>
<script>
  const quadros = {frames}, legendas = {captions};
  const quadro = document.getElementById("quadro"), tempo = document.getElementById("tempo");
  const tocar = document.getElementById("tocar"), legenda = document.getElementById("legenda");
  let relogio = null;
  function mostrar(i) {{
    quadro.src = quadros[i];
    legenda.textContent = legendas[i];
    tempo.value = i;
    tempo.setAttribute("aria-valuetext", legendas[i]);
  }}
  function parar() {{ clearInterval(relogio); relogio = null; tocar.textContent = "Tocar"; }}
  function andar() {{
    if (Number(tempo.value) >= quadros.length - 1) mostrar(0);
    tocar.textContent = "Parar";
    relogio = setInterval(() => {{
      const i = Number(tempo.value);
      if (i >= quadros.length - 1) parar(); else mostrar(i + 1);
    }}, {milliseconds});
  }}
  tocar.onclick = () => relogio ? parar() : andar();
  tempo.oninput = () => {{ parar(); mostrar(Number(tempo.value)); }};
  mostrar(0);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) parar(); else andar();
</script>
</html>
"""
