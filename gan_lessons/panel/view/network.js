import { Layer } from "./layer.js";

// Uma rede de camadas lineares: os mesmos números das redes de gan_lessons/models.
export class Network {
  // `capacity` é o maior lote; `weights`, os parâmetros na ordem do PyTorch.
  constructor({ sizes, activations, weights }, capacity) {
    this.capacity = capacity;
    this.nIn = sizes[0];
    this.nOut = sizes.at(-1);
    this.layers = [];
    let place = 0;
    for (let i = 1; i < sizes.length; i++) {
      const layer = new Layer(sizes[i - 1], sizes[i], activations[i - 1], place);
      place = layer.end;
      this.layers.push(layer);
    }
    this.parameters = Float64Array.from(weights);
    this.gradient = new Float64Array(this.parameters.length);
    // values[l] é o que entra na camada l; values[0], o lote; o último, a saída.
    this.values = sizes.map((size) => new Float64Array(capacity * size));
    this.deltas = sizes.map((size) => new Float64Array(capacity * size));
    // Um ponto de cada vez, na penalidade: dlogit/d(depois) e dlogit/d(antes) de cada ativação,
    // e as derivadas da penalidade neles.
    this.after = sizes.map((size) => new Float64Array(size));
    this.before = sizes.map((size) => new Float64Array(size));
    this.penaltyAfter = sizes.map((size) => new Float64Array(size));
    this.penaltyBefore = sizes.map((size) => new Float64Array(size));
    this.curved = this.layers.some((layer) => layer.curved);
  }

  get input() {
    return this.values[0];
  }

  get output() {
    return this.values[this.layers.length];
  }

  get outputDelta() {
    return this.deltas[this.layers.length];
  }

  get inputDelta() {
    return this.deltas[0];
  }

  // Leva as `n` primeiras linhas de `input` a `output`.
  forward(n) {
    for (let l = 0; l < this.layers.length; l++) {
      this.layers[l].forward(this.parameters, this.values[l], this.values[l + 1], n);
    }
  }

  // Volta de `outputDelta` até os pesos, em `gradient`, ou até os pontos, em `inputDelta`.
  backward(n, toInput) {
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l];
      const delta = this.deltas[l + 1];
      layer.throughActivation(this.values[l + 1], delta, n);
      if (!toInput) layer.addWeightGradient(this.gradient, this.values[l], delta, n);
      if (toInput || l > 0) layer.inputDelta(this.parameters, delta, this.deltas[l], n);
    }
  }

  // Soma em `gradient` a derivada, nos pesos, de uma penalidade do tamanho de g = ∇logit(x), nas
  // linhas de `from` a `to`: dPenalidade/dg = weight · (1 − target/‖g‖) · g. Antes, `forward`.
  //
  // Camada por camada, g é um produto de matrizes: descendo, after = Wᵀ · before e
  // before = φ′ · after. A derivada da penalidade sobe pelo mesmo caminho; onde φ tem curva, ela
  // também mexe com o que a camada recebeu, e daí desce como num `backward` comum.
  addPenaltyGradient(from, to, weight, target) {
    const { layers, parameters, after, before, penaltyAfter } = this;
    const last = layers.length;
    for (let row = from; row < to; row++) {
      before[last][0] = layers[last - 1].slopeAt(this.values[last][row]);
      for (let l = last - 1; l >= 0; l--) {
        layers[l].inputDelta(parameters, before[l + 1], after[l], 1);
        if (l > 0) {
          const offset = row * layers[l].nIn;
          for (let i = 0; i < layers[l].nIn; i++) {
            before[l][i] = layers[l - 1].slopeAt(this.values[l][offset + i]) * after[l][i];
          }
        }
      }
      let square = 0;
      for (let i = 0; i < this.nIn; i++) square += after[0][i] * after[0][i];
      if (square === 0) continue; // a norma não tem derivada aqui; o PyTorch também dá zero
      const factor = weight * (1 - target / Math.sqrt(square));
      for (let i = 0; i < this.nIn; i++) penaltyAfter[0][i] = factor * after[0][i];
      for (let l = 0; l < last; l++) this.penaltyThrough(l, row);
      if (this.curved) this.bendDown(row);
    }
  }

  // A derivada da penalidade passa de antes para depois da camada l.
  penaltyThrough(l, row) {
    const { parameters, gradient } = this;
    const { nIn, nOut, weight } = this.layers[l];
    const entering = this.penaltyAfter[l];
    for (let o = 0; o < nOut; o++) {
      const w = weight + o * nIn;
      const before = this.before[l + 1][o];
      let sum = 0;
      for (let i = 0; i < nIn; i++) {
        sum += parameters[w + i] * entering[i];
        gradient[w + i] += before * entering[i];
      }
      this.penaltyBefore[l + 1][o] = sum;
      this.penaltyAfter[l + 1][o] =
        sum * this.layers[l].slopeAt(this.values[l + 1][row * nOut + o]);
    }
  }

  // O que a penalidade deve ao que cada camada recebeu: φ″ muda com ele.
  bendDown(row) {
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l];
      const { nIn, nOut, weight, bias } = layer;
      const top = l === this.layers.length - 1;
      for (let o = 0; o < nOut; o++) {
        const value = this.values[l + 1][row * nOut + o];
        // No topo, dlogit/dlogit é 1 e não muda; nas outras, desce também o que veio de cima.
        const bend = layer.bendAt(value) * this.penaltyBefore[l + 1][o];
        this.before[l + 1][o] = top
          ? bend
          : bend * this.after[l + 1][o] + layer.slopeAt(value) * this.penaltyAfter[l + 1][o];
      }
      for (let o = 0; o < nOut; o++) {
        const d = this.before[l + 1][o];
        const w = weight + o * nIn;
        for (let i = 0; i < nIn; i++) this.gradient[w + i] += d * this.values[l][row * nIn + i];
        this.gradient[bias + o] += d;
      }
      if (l > 0) layer.inputDelta(this.parameters, this.before[l + 1], this.penaltyAfter[l], 1);
    }
  }
}
