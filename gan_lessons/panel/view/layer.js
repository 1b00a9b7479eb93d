// Uma camada linear e a ativação que vem depois dela. Um lote é um vetor só, linha depois de linha.
// Nada aqui reserva memória: quem chama dá todos os lugares.

export class Layer {
  // `weight` e `bias` são onde começam os pesos, (nOut, nIn), e os vieses na lista de parâmetros.
  constructor(nIn, nOut, activation, weight) {
    this.nIn = nIn;
    this.nOut = nOut;
    this.activation = activation;
    this.weight = weight;
    this.bias = weight + nIn * nOut;
    this.end = this.bias + nOut;
    // Numa ativação de trechos retos, a derivada não muda de um lado do zero.
    this.curved = activation.name === "tanh" || activation.name === "sigmoid";
  }

  forward(parameters, input, output, n) {
    const { nIn, nOut, weight, bias } = this;
    for (let row = 0; row < n; row++) {
      const x = row * nIn;
      const y = row * nOut;
      let o = 0;
      // Quatro saídas de cada vez: cada entrada é lida uma vez para as quatro.
      for (; o + 3 < nOut; o += 4) {
        const w0 = weight + o * nIn;
        const w1 = w0 + nIn;
        const w2 = w1 + nIn;
        const w3 = w2 + nIn;
        let s0 = parameters[bias + o];
        let s1 = parameters[bias + o + 1];
        let s2 = parameters[bias + o + 2];
        let s3 = parameters[bias + o + 3];
        for (let i = 0; i < nIn; i++) {
          const value = input[x + i];
          s0 += value * parameters[w0 + i];
          s1 += value * parameters[w1 + i];
          s2 += value * parameters[w2 + i];
          s3 += value * parameters[w3 + i];
        }
        output[y + o] = s0;
        output[y + o + 1] = s1;
        output[y + o + 2] = s2;
        output[y + o + 3] = s3;
      }
      for (; o < nOut; o++) {
        const w = weight + o * nIn;
        let sum = parameters[bias + o];
        for (let i = 0; i < nIn; i++) sum += input[x + i] * parameters[w + i];
        output[y + o] = sum;
      }
    }
    this.activate(output, n * nOut);
  }

  activate(values, n) {
    const { name, slope } = this.activation;
    if (name === "relu") {
      for (let i = 0; i < n; i++) if (values[i] < 0) values[i] *= slope;
    } else if (name === "tanh") {
      for (let i = 0; i < n; i++) values[i] = Math.tanh(values[i]);
    } else if (name === "sigmoid") {
      for (let i = 0; i < n; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
    }
  }

  // A derivada da ativação, vista da saída dela.
  slopeAt(value) {
    const { name, slope } = this.activation;
    if (name === "relu") return value > 0 ? 1 : slope;
    if (name === "tanh") return 1 - value * value;
    return name === "sigmoid" ? value * (1 - value) : 1;
  }

  // A derivada segunda da ativação, vista da saída dela.
  bendAt(value) {
    const { name } = this.activation;
    if (name === "tanh") return -2 * value * (1 - value * value);
    return name === "sigmoid" ? value * (1 - value) * (1 - 2 * value) : 0;
  }

  // De dPerda/dsaída a dPerda/d(antes da ativação), no mesmo lugar.
  throughActivation(output, delta, n) {
    const size = n * this.nOut;
    const { name, slope } = this.activation;
    if (name === "relu") {
      for (let i = 0; i < size; i++) if (output[i] <= 0) delta[i] *= slope;
    } else if (this.curved) {
      for (let i = 0; i < size; i++) delta[i] *= this.slopeAt(output[i]);
    }
  }

  // Soma em `gradient` a derivada nos pesos e nos vieses.
  addWeightGradient(gradient, input, delta, n) {
    const { nIn, nOut, weight, bias } = this;
    for (let o = 0; o < nOut; o++) {
      const w = weight + o * nIn;
      let sum = 0;
      for (let row = 0; row < n; row++) {
        const d = delta[row * nOut + o];
        if (d === 0) continue; // metade das ReLU
        sum += d;
        const x = row * nIn;
        for (let i = 0; i < nIn; i++) gradient[w + i] += d * input[x + i];
      }
      gradient[bias + o] += sum;
    }
  }

  // De dPerda/d(antes da ativação) a dPerda/dentrada.
  inputDelta(parameters, delta, inputDelta, n) {
    const { nIn, nOut, weight } = this;
    inputDelta.fill(0, 0, n * nIn);
    for (let row = 0; row < n; row++) {
      const x = row * nIn;
      for (let o = 0; o < nOut; o++) {
        const d = delta[row * nOut + o];
        if (d === 0) continue;
        const w = weight + o * nIn;
        for (let i = 0; i < nIn; i++) inputDelta[x + i] += d * parameters[w + i];
      }
    }
  }
}
