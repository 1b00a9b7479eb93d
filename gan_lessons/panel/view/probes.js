// Onde se pergunta a D o que ele acha: um lugar por valor de `surface`, na ordem da cena.

export const N_LINE = 160;
export const GRID = 32;

// Os pares de coordenadas das três sombras.
export const PAIRS = [[0, 1], [0, 2], [1, 2]];

// Os mesmos de gan_lessons/panel/scene.py.
export function probePoints({ kind, data, limits, n_features: nFeatures }) {
  const at = ([low, high], i, n) => low + ((high - low) * (i + 0.5)) / n;
  if (kind === "Line") {
    return Float64Array.from({ length: N_LINE }, (_, i) => at(limits[0], i, N_LINE));
  }
  if (kind === "EvenNumbers") return new Float64Array(0);
  const middle = new Array(nFeatures).fill(0);
  data.forEach((value, i) => { middle[i % nFeatures] += (value * nFeatures) / data.length; });
  // No espaço, cada corte passa pelo meio dos dados.
  const points = [];
  for (const [across, up] of kind === "Plane" ? [PAIRS[0]] : PAIRS) {
    for (let row = 0; row < GRID; row++) {
      for (let column = 0; column < GRID; column++) {
        const point = middle.slice();
        point[across] = at(limits[across], column, GRID);
        point[up] = at(limits[up], row, GRID);
        points.push(...point);
      }
    }
  }
  return Float64Array.from(points);
}
