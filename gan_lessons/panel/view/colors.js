// As cores do curso, que daltônicos distinguem, em claro e em escuro. A forma vem sempre junto:
// real é círculo, falso é cruz; D é linha cheia, G é tracejada.

const PALETTES = {
  light: {
    text: "#22262b", muted: "#5a616b", line: "#c9c5ba", arrow: "#2b2b2b",
    real: "#0072b2", fake: "#d55e00", onFake: "#fff", discriminator: "#007a59", generator: "#a6457f",
    // O que D acha: de falso, por não sei, a real.
    heat: [[242, 174, 123], [255, 255, 255], [134, 190, 227]],
  },
  dark: {
    text: "#dde2e8", muted: "#a0a9b4", line: "#4a545f", arrow: "#e8e8e8",
    real: "#6cc1f5", fake: "#ffa05c", onFake: "#14181d", discriminator: "#3fd0a2", generator: "#f0a3d0",
    heat: [[142, 80, 30], [27, 32, 38], [28, 98, 148]],
  },
};

// As cores que combinam com a página em volta do elemento.
export function paletteFor(element) {
  const scheme = getComputedStyle(element).colorScheme;
  const either = scheme === "normal" || scheme.includes(" ");
  const dark = either
    ? scheme !== "normal" && matchMedia("(prefers-color-scheme: dark)").matches
    : scheme === "dark";
  return PALETTES[dark ? "dark" : "light"];
}

// Uma imagem pequena, um ponto por valor de D; a primeira linha fica embaixo.
export function heatImage(values, width, height, { heat }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    const place = 2 * values[i];
    const low = Math.min(Math.floor(place), 1);
    const share = place - low;
    const row = height - 1 - Math.floor(i / width);
    const to = 4 * (row * width + (i % width));
    for (let channel = 0; channel < 3; channel++) {
      image.data[to + channel] =
        heat[low][channel] + share * (heat[low + 1][channel] - heat[low][channel]);
    }
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
