import { Axes } from "./axes.js";
import { heatImage } from "./colors.js";
import { arrows, circles, crosses, curve } from "./marks.js";
import { shownPoints } from "./points.js";
import { drawPair } from "./plane.js";
import { GRID, PAIRS } from "./probes.js";

// Pontos do espaço: uma caixa que se gira, com o que D acha nas paredes do fundo, ou três sombras.
export class Space {
  constructor(plan) {
    this.what = "os pontos reais e os falsos no espaço";
    this.names = plan.names;
    this.limits = plan.limits;
    this.real = shownPoints(plan);
    this.turns = true;
    this.shadows = false;
    this.yaw = 0.6;
    this.pitch = 0.45;
  }

  turn(yaw, pitch) {
    this.yaw += yaw;
    this.pitch = Math.min(Math.max(this.pitch + pitch, -1.5), 1.5);
  }

  draw(context, size, frame, palette) {
    if (this.shadows) this.drawShadows(context, size, frame, palette);
    else this.drawBox(context, size, frame, palette);
  }

  drawShadows(context, { width, height }, frame, palette) {
    // Duas na coluna de x₁, e a terceira ao lado da que tem x₃ como ela.
    PAIRS.forEach((pair, i) => {
      const box = {
        left: 34 + (i === 2 ? width / 2 : 0),
        top: 8 + (i === 0 ? 0 : height / 2),
        width: width / 2 - 42,
        height: height / 2 - 34,
      };
      const axes = new Axes(box, this.limits[pair[0]], this.limits[pair[1]]);
      const surface = frame.surface.subarray(i * GRID * GRID, (i + 1) * GRID * GRID);
      drawPair(context, axes, palette, { real: this.real, frame, surface, nFeatures: 3, pair });
      axes.frame(context, palette, { xName: this.names[pair[0]], yName: this.names[pair[1]] });
    });
  }

  // De uma direção dos dados, já medida em lados da caixa, a pontos da tela e a distância.
  project([x, y, z]) {
    const across = x * Math.cos(this.yaw) - y * Math.sin(this.yaw);
    const along = x * Math.sin(this.yaw) + y * Math.cos(this.yaw);
    const up = z * Math.cos(this.pitch) + along * Math.sin(this.pitch);
    const depth = along * Math.cos(this.pitch) - z * Math.sin(this.pitch);
    return [this.scale * across, -this.scale * up, depth];
  }

  drawBox(context, { width, height }, frame, palette) {
    this.scale = Math.min(width, height) / 3.7;
    const center = [width / 2, height / 2];
    const place = (corner) => {
      const [x, y, depth] = this.project(corner);
      return [center[0] + x, center[1] + y, depth];
    };
    // Cada coordenada vai de −1 a 1 na caixa.
    const inBox = (point) => point.map((value, axis) => {
      const [low, high] = this.limits[axis];
      return (2 * (value - low)) / (high - low) - 1;
    });
    // A parede do fundo, em cada coordenada, é a que está mais longe de quem olha.
    const back = [0, 1, 2].map((axis) => {
      const unit = [0, 0, 0];
      unit[axis] = 1;
      return this.project(unit)[2] > 0 ? 1 : -1;
    });
    PAIRS.forEach((pair, i) => this.drawWall(context, palette, place, back, pair, frame, i));
    this.drawEdges(context, palette, place, back);
    const triples = (points) => {
      const places = [];
      for (let i = 0; i < points.length; i += 3) {
        places.push(place(inBox([points[i], points[i + 1], points[i + 2]])));
      }
      return places;
    };
    circles(context, palette.real, triples(this.real), 2.6);
    const fakes = triples(frame.fake);
    const directions = [];
    const sizes = [];
    for (let i = 0; i < frame.push.length; i += 3) {
      const push = [frame.push[i], frame.push[i + 1], frame.push[i + 2]];
      sizes.push(Math.hypot(...push));
      directions.push(this.project(push.map((value, axis) => {
        const [low, high] = this.limits[axis];
        return (2 * value) / (high - low);
      })));
    }
    arrows(context, palette.arrow, fakes, directions, sizes, 0.3 * this.scale);
    crosses(context, palette.fake, fakes, 3);
  }

  // O corte de D pelo meio dos dados, pintado na parede do fundo: numa projeção paralela, um
  // retângulo vira um paralelogramo.
  drawWall(context, palette, place, back, pair, frame, index) {
    const [across, up] = pair;
    const normal = 3 - across - up;
    const corner = (a, b) => {
      const point = [0, 0, 0];
      point[across] = a;
      point[up] = b;
      point[normal] = back[normal];
      return place(point);
    };
    const [topLeft, topRight, bottomLeft] = [corner(-1, 1), corner(1, 1), corner(-1, -1)];
    const surface = frame.surface.subarray(index * GRID * GRID, (index + 1) * GRID * GRID);
    context.save();
    context.transform(
      (topRight[0] - topLeft[0]) / GRID,
      (topRight[1] - topLeft[1]) / GRID,
      (bottomLeft[0] - topLeft[0]) / GRID,
      (bottomLeft[1] - topLeft[1]) / GRID,
      topLeft[0],
      topLeft[1],
    );
    context.globalAlpha = 0.8;
    context.drawImage(heatImage(surface, GRID, GRID, palette), 0, 0);
    context.restore();
  }

  // As três arestas do fundo, com o nome de cada coordenada na ponta.
  drawEdges(context, palette, place, back) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let axis = 0; axis < 3; axis++) {
      const tip = back.slice();
      tip[axis] = -back[axis];
      curve(context, palette.muted, [place(back), place(tip)], { width: 1.2 });
      tip[axis] = -1.2 * back[axis];
      const [x, y] = place(tip);
      context.fillStyle = palette.text;
      context.fillText(this.names[axis], x, y);
    }
  }
}
