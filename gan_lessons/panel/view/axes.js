import { short } from "./numbers.js";

// Um retângulo do desenho, com a régua dos dois lados: leva dados a pontos da tela.
export class Axes {
  constructor({ left, top, width, height }, xLimits, yLimits) {
    Object.assign(this, { left, top, width, height, xLimits, yLimits });
    this.right = left + width;
    this.bottom = top + height;
  }

  x(value) {
    const [low, high] = this.xLimits;
    return this.left + ((value - low) / (high - low)) * this.width;
  }

  y(value) {
    const [low, high] = this.yLimits;
    return this.bottom - ((value - low) / (high - low)) * this.height;
  }

  // Desenha só dentro do retângulo.
  inside(context, draw) {
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, this.width, this.height);
    context.clip();
    draw();
    context.restore();
  }

  // A moldura, os números redondos de cada régua e o nome de cada uma.
  frame(context, palette, { xName = "", yName = "", xTicks, yTicks }) {
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(this.left, this.top, this.width, this.height);
    context.fillStyle = palette.muted;
    context.textBaseline = "top";
    for (const tick of xTicks ?? roundNumbers(this.xLimits, this.width / 70)) {
      const text = short(tick);
      const half = context.measureText(text).width / 2;
      const x = Math.min(this.x(tick), this.right - half);
      context.textAlign = "center";
      context.fillText(text, x, this.bottom + 4);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of yTicks ?? roundNumbers(this.yLimits, this.height / 45)) {
      context.fillText(short(tick), this.left - 5, this.y(tick));
    }
    context.fillStyle = palette.text;
    context.textBaseline = "bottom";
    context.fillText(xName, this.right - 4, this.bottom - 3);
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(yName, this.left + 5, this.top + 4);
  }
}

// Uns `n` números redondos entre os limites.
function roundNumbers([low, high], n) {
  const rough = (high - low) / Math.max(n, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((candidate) => candidate >= rough);
  const ticks = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(k * step);
  return ticks;
}
