import { Axes } from "./axes.js";
import { heatImage } from "./colors.js";
import { arrows, circles, crosses } from "./marks.js";
import { shownPoints } from "./points.js";
import { GRID } from "./probes.js";

// Um par de coordenadas: D em cores, reais, falsos e as setas do gerador.
export function drawPair(context, axes, palette, { real, frame, surface, nFeatures, pair }) {
  const [across, up] = pair;
  const place = (points) => {
    const places = [];
    for (let i = 0; i < points.length; i += nFeatures) {
      places.push([axes.x(points[i + across]), axes.y(points[i + up])]);
    }
    return places;
  };
  axes.inside(context, () => {
    const image = heatImage(surface, GRID, GRID, palette);
    context.drawImage(image, axes.left, axes.top, axes.width, axes.height);
    const radius = axes.width < 220 ? 2 : 3;
    circles(context, palette.real, place(real), radius);
    const fakes = place(frame.fake);
    const directions = [];
    const sizes = [];
    for (let i = 0; i < frame.push.length; i += nFeatures) {
      const dx = frame.push[i + across];
      const dy = frame.push[i + up];
      const [left, right] = axes.xLimits;
      const [bottom, top] = axes.yLimits;
      directions.push([(dx * axes.width) / (right - left), (-dy * axes.height) / (top - bottom)]);
      sizes.push(Math.hypot(dx, dy));
    }
    arrows(context, palette.arrow, fakes, directions, sizes, 0.14 * axes.width);
    crosses(context, palette.fake, fakes, radius);
  });
}

// Pontos do plano.
export class Plane {
  constructor(plan) {
    this.what = "os pontos reais e os falsos no plano, sobre o que D acha de cada lugar";
    this.names = plan.names;
    this.limits = plan.limits;
    this.real = shownPoints(plan);
  }

  draw(context, { width, height }, frame, palette) {
    const box = { left: 34, top: 8, width: width - 42, height: height - 34 };
    const axes = new Axes(box, ...this.limits);
    const { surface } = frame;
    const pair = { real: this.real, frame, surface, nFeatures: 2, pair: [0, 1] };
    drawPair(context, axes, palette, pair);
    axes.frame(context, palette, { xName: this.names[0], yName: this.names[1] });
  }
}
