import { Axes } from "./axes.js";
import { arrows, circles, crosses, curve } from "./marks.js";
import { shownPoints } from "./points.js";
import { N_LINE } from "./probes.js";

// Pontos da reta: as duas densidades, a curva de D e as setas do gerador.
export class Line {
  constructor(plan) {
    this.what = "as densidades dos reais e dos falsos na reta, com a curva de D";
    this.name = plan.names[0];
    [this.limits] = plan.limits;
    this.real = shownPoints(plan);
    const mean = this.real.reduce((a, b) => a + b, 0) / this.real.length;
    const square = this.real.reduce((a, b) => a + (b - mean) ** 2, 0) / this.real.length;
    this.width = 0.35 * (Math.sqrt(square) || 1);
    this.x = Array.from({ length: N_LINE }, (_, i) => {
      return this.limits[0] + ((this.limits[1] - this.limits[0]) * (i + 0.5)) / N_LINE;
    });
    this.realDensity = this.density(this.real);
    this.top = 1.7 * Math.max(...this.realDensity);
  }

  // A densidade dos pontos, alisada por sinos de largura fixa.
  density(points) {
    const scale = points.length * this.width * Math.sqrt(2 * Math.PI);
    return this.x.map((x) => {
      let sum = 0;
      for (const point of points) sum += Math.exp(-(((x - point) / this.width) ** 2) / 2);
      return sum / scale;
    });
  }

  draw(context, { width, height }, frame, palette) {
    const floor = -0.28 * this.top;
    const box = { left: 12, top: 8, width: width - 46, height: height - 34 };
    const axes = new Axes(box, this.limits, [floor, this.top]);
    const opinion = new Axes(box, this.limits, [floor / this.top, 1]);
    axes.frame(context, palette, { xName: this.name, yName: "densidade; em verde, D", yTicks: [] });
    context.fillStyle = palette.discriminator;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const [value, text] of [[0, "0"], [0.5, "½"], [0.97, "1"]]) {
      context.fillText(text, axes.right + 4, opinion.y(value));
    }
    const along = (values, ruler) => values.map((value, i) => [ruler.x(this.x[i]), ruler.y(value)]);
    axes.inside(context, () => {
      curve(context, palette.line, [[axes.left, axes.y(0)], [axes.right, axes.y(0)]], { width: 1 });
      const d = along([...frame.surface], opinion);
      curve(context, palette.discriminator, d, { dash: [8, 3, 2, 3], width: 2.4 });
      curve(context, palette.real, along(this.realDensity, axes), { width: 2.6 });
      const fakeDensity = along(this.density(frame.fake), axes);
      curve(context, palette.fake, fakeDensity, { dash: [6, 4], width: 2.6 });
      const at = (points, share) => Array.from(points, (p) => [axes.x(p), axes.y(share * floor)]);
      circles(context, palette.real, at(this.real, 0.22), 2.6);
      crosses(context, palette.fake, at(frame.fake, 0.52), 3);
      const directions = Array.from(frame.push, (push) => [push, 0]);
      const sizes = Array.from(frame.push, Math.abs);
      arrows(context, palette.arrow, at(frame.fake, 0.8), directions, sizes, 0.14 * axes.width);
    });
  }
}
