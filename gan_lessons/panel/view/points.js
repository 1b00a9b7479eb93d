import { Random } from "./random.js";

export const N_SHOWN = 300;

// Os pontos reais que se desenham: sempre os mesmos, tirados ao acaso.
export function shownPoints({ data, n_features: nFeatures }) {
  const order = Array.from({ length: data.length / nFeatures }, (_, i) => i);
  return rows(data, nFeatures, new Random(0).shuffle(order).slice(0, N_SHOWN));
}

export function rows(data, nFeatures, chosen) {
  const points = new Float64Array(chosen.length * nFeatures);
  chosen.forEach((row, i) => {
    points.set(data.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures);
  });
  return points;
}
