// Os juízes que não jogam: o dos vizinhos, para pontos, e a contagem exata dos números pares.

const N_NEIGHBORS = 5;
export const N_FOLDS = 5;

// A fração dos pontos que os cinco vizinhos mais próximos, entre os das outras partes, põem do lado
// certo; 0,5 é não distinguir. `folds` dá a parte de cada ponto: os reais e, depois, os falsos.
// Fonte: Lopez-Paz & Oquab (2017); a mesma conta de metrics.two_sample_test.
export function neighborsAccuracy(real, fake, nFeatures, folds) {
  const points = new Float64Array(real.length + fake.length);
  points.set(real);
  points.set(fake, real.length);
  const nReal = real.length / nFeatures;
  const n = points.length / nFeatures;
  const distances = new Float64Array(N_NEIGHBORS);
  const neighbors = new Int32Array(N_NEIGHBORS);
  let right = 0;
  for (let i = 0; i < n; i++) {
    distances.fill(Infinity);
    for (let j = 0; j < n; j++) {
      if (folds[j] === folds[i]) continue;
      let distance = 0;
      for (let k = 0; k < nFeatures; k++) {
        distance += (points[i * nFeatures + k] - points[j * nFeatures + k]) ** 2;
      }
      let place = N_NEIGHBORS;
      while (place > 0 && distance < distances[place - 1]) {
        if (place < N_NEIGHBORS) {
          distances[place] = distances[place - 1];
          neighbors[place] = neighbors[place - 1];
        }
        place -= 1;
      }
      if (place < N_NEIGHBORS) {
        distances[place] = distance;
        neighbors[place] = j;
      }
    }
    const nVotes = neighbors.filter((j) => j < nReal).length;
    if (nVotes > N_NEIGHBORS / 2 === i < nReal) right += 1;
  }
  return right / n;
}

// Lê as linhas como números binários, o bit mais significativo primeiro.
export function toNumbers(values, nBits) {
  const numbers = new Array(values.length / nBits).fill(0);
  values.forEach((value, i) => {
    const row = Math.floor(i / nBits);
    numbers[row] = 2 * numbers[row] + (value >= 0.5 ? 1 : 0);
  });
  return numbers;
}

// A conta exata, porque o espaço é finito: a de metrics.even_report.
export function evenReport(numbers, nBits) {
  const possible = 2 ** (nBits - 1);
  const evens = numbers.filter((number) => number % 2 === 0);
  return { evenFraction: evens.length / numbers.length, distinct: new Set(evens).size, possible };
}
