import { Axes } from "./axes.js";
import { curve } from "./marks.js";

const MAX_ROWS = 400;

// As curvas de um treino: as perdas, a acurácia de D e o que diz quem não joga.
export class Charts {
  constructor(plan) {
    this.losses = plan.losses;
    this.even = plan.kind === "EvenNumbers";
    this.clear();
  }

  clear() {
    this.rows = [];
    this.stride = 1;
    this.nOffered = 0;
  }

  // As linhas de um treino que já andou.
  replay(rows) {
    this.clear();
    this.rows = rows;
  }

  // Num treino longo as linhas ficam cada vez mais espaçadas; as do juiz são poucas e ficam.
  add(frame) {
    this.nOffered += 1;
    if (frame.judge === null && this.nOffered % this.stride) return;
    const [discriminator, generator] = frame.losses ?? [NaN, NaN];
    const { step, accuracy, judge, scores } = frame;
    this.rows.push({ step, discriminator, generator, accuracy, judge, scores });
    if (this.rows.length > MAX_ROWS) {
      this.rows = this.rows.filter((_, i) => i % 2 === 0);
      this.stride *= 2;
    }
  }

  draw(context, { width, height }, frame, palette) {
    const rows = this.rows.filter((row) => row.step <= frame.step);
    const wide = width > 520 && width > 1.3 * height;
    const each = { width: wide ? width / 2 : width, height: wide ? height : height / 2 };
    const box = (index) => ({
      left: 38 + (wide ? index * each.width : 0),
      top: 24 + (wide ? 0 : index * each.height),
      width: each.width - 86,
      height: each.height - 46,
    });
    this.drawLosses(context, box(0), rows, frame, palette);
    this.drawScores(context, box(1), rows, frame, palette);
  }

  drawLosses(context, box, rows, frame, palette) {
    const { ties } = this.losses[frame.loss];
    const lines = [
      ["perda de D", "discriminator", palette.discriminator, []],
      ["perda de G", "generator", palette.generator, [6, 4]],
    ];
    const values = rows.flatMap((row) => [row.discriminator, row.generator]);
    const all = [...values.filter(Number.isFinite), ...ties.map(([value]) => value)];
    const low = Math.min(0, ...all);
    const high = Math.max(...all);
    const axes = new Axes(box, [0, frame.step || 1], [low, high + 0.08 * (high - low || 1)]);
    axes.frame(context, palette, { xName: "passo" });
    heading(context, axes, lines);
    // No empate, onde D não distingue nada, as perdas são estas.
    ties.forEach(([value, name], i) => {
      level(context, axes, value, ties[1 - i][0] === value && i ? "" : name, palette);
    });
    for (const [, key, color, dash] of lines) {
      const points = rows.map((row) => [axes.x(row.step), axes.y(row[key])]);
      axes.inside(context, () => curve(context, color, points, { dash }));
    }
  }

  drawScores(context, box, rows, frame, palette) {
    const others = this.even
      ? [
          ["pares", (row) => row.scores.evenFraction, palette.fake, [6, 4]],
          ["cobertura", (row) => row.scores.distinct / row.scores.possible, palette.real, [2, 3]],
        ]
      : [["juiz", (row) => row.judge, palette.fake, [6, 4]]];
    const lines = [["D acerta", (row) => row.accuracy, palette.discriminator, []], ...others];
    const axes = new Axes(box, [0, frame.step || 1], [0, 1.02]);
    axes.frame(context, palette, { xName: "passo", yTicks: [0, 0.5, 1] });
    heading(context, axes, lines.map(([name, , color, dash]) => [name, "", color, dash]));
    if (!this.even) level(context, axes, 0.5, "acaso", palette);
    for (const [, read, color, dash] of lines) {
      // Entre duas visitas do juiz a curva não se interrompe.
      const seen = rows.filter((row) => read(row) !== null);
      const points = seen.map((row) => [axes.x(row.step), axes.y(read(row))]);
      axes.inside(context, () => curve(context, color, points, { dash }));
    }
  }
}

// Uma linha pontilhada numa altura, com o nome ao lado.
function level(context, axes, value, name, palette) {
  const y = axes.y(value);
  curve(context, palette.muted, [[axes.left, y], [axes.right, y]], { dash: [1, 3], width: 1.2 });
  context.fillStyle = palette.text;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(name, axes.right + 4, y);
}

// Os nomes das curvas, cada um com um pedaço da linha dele.
function heading(context, axes, lines) {
  let x = axes.left;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [name, , color, dash] of lines) {
    curve(context, color, [[x, axes.top - 11], [x + 18, axes.top - 11]], { dash });
    context.fillStyle = color;
    context.fillText(name, x + 22, axes.top - 11);
    x += 34 + context.measureText(name).width;
  }
}
