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
    // Dois pontos e duas saídas de cada vez: cada número lido serve a duas contas.
    for (let row = 0; row < n; row += 2) {
      const x0 = row * nIn;
      const y0 = row * nOut;
      // O último ponto de um lote ímpar faz par consigo mesmo.
      const alone = row + 1 === n;
      const x1 = alone ? x0 : x0 + nIn;
      const y1 = alone ? y0 : y0 + nOut;
      for (let o = 0; o < nOut; o += 2) {
        const last = o + 1 === nOut;
        const w0 = weight + o * nIn;
        const w1 = last ? w0 : w0 + nIn;
        const p = last ? o : o + 1;
        let s00 = parameters[bias + o];
        let s10 = s00;
        let s01 = parameters[bias + p];
        let s11 = s01;
        for (let i = 0; i < nIn; i++) {
          const a = input[x0 + i];
          const b = input[x1 + i];
          const v = parameters[w0 + i];
          const w = parameters[w1 + i];
          s00 += a * v;
          s10 += b * v;
          s01 += a * w;
          s11 += b * w;
        }
        output[y0 + o] = s00;
        output[y1 + o] = s10;
        output[y0 + p] = s01;
        output[y1 + p] = s11;
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
