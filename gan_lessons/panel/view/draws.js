import { Random } from "./random.js";

// De onde um treino tira os lotes e o ruído: sem repetir pontos dentro de uma época, como o
// `Batches` do PyTorch. Um teste põe outra fonte no lugar desta.
export class Draws {
  constructor(data, nFeatures, { batch_size, noise }, seed) {
    this.data = data;
    this.nFeatures = nFeatures;
    this.batchSize = batch_size;
    this.noise = noise;
    this.random = new Random(seed);
    this.order = Int32Array.from({ length: data.length / nFeatures }, (_, i) => i);
    this.taken = this.order.length;
  }

  // O próximo lote real, em `place`; quando não sobra um inteiro, embaralha de novo.
  nextBatch(place) {
    const { data, nFeatures, batchSize, order } = this;
    if (this.taken + batchSize > order.length) {
      this.random.shuffle(order);
      this.taken = 0;
    }
    for (let row = 0; row < batchSize; row++) {
      const from = order[this.taken + row] * nFeatures;
      for (let i = 0; i < nFeatures; i++) place[row * nFeatures + i] = data[from + i];
    }
    this.taken += batchSize;
  }

  fillNoise(place) {
    this.random.fillNoise(place, this.noise);
  }

  // O sorteio da penalidade de gradiente: uniforme em [0, 1), um por ponto.
  fillMix(place) {
    for (let i = 0; i < place.length; i++) place[i] = this.random.uniform();
  }
}
