import { toNumbers } from "./judges.js";

// Números pares: uma casa para cada um, que acende quando o gerador o faz.
export class EvenNumbers {
  constructor(plan) {
    this.nBits = plan.n_features;
    this.what = "uma casa para cada número par, acesa se o gerador o faz";
  }

  draw(context, { width, height }, frame, palette) {
    const nCells = 2 ** (this.nBits - 1);
    const nColumns = 2 ** Math.ceil((this.nBits - 1) / 2);
    const nRows = nCells / nColumns;
    const side = Math.min((width - 4) / nColumns, (height - 24) / nRows);
    const left = (width - side * nColumns) / 2;
    const counts = new Map();
    for (const number of toNumbers(frame.fake, this.nBits)) {
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let cell = 0; cell < nCells; cell++) {
      const x = left + (cell % nColumns) * side;
      const y = 2 + Math.floor(cell / nColumns) * side;
      const made = counts.has(2 * cell);
      context.fillStyle = palette.fake;
      context.strokeStyle = made ? palette.fake : palette.line;
      context.lineWidth = 1;
      if (made) context.fillRect(x + 1, y + 1, side - 2, side - 2);
      context.strokeRect(x + 1, y + 1, side - 2, side - 2);
      context.fillStyle = made ? palette.onFake : palette.muted;
      if (side > 20) context.fillText(String(2 * cell), x + side / 2, y + side / 2);
    }
    const nOdd = [...counts].reduce((sum, [number, n]) => sum + (number % 2 ? n : 0), 0);
    context.fillStyle = palette.text;
    const total = frame.fake.length / this.nBits;
    const middle = 2 + nRows * side + 12;
    context.fillText(`fora da grade: ${nOdd} ímpares em ${total}`, width / 2, middle);
  }
}
