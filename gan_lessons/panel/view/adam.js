// O otimizador Adam, numa lista de parâmetros. Fonte: Kingma & Ba (2015).
const EPSILON = 1e-8;

export class Adam {
  constructor(size, [beta1, beta2]) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
    this.nSteps = 0;
  }

  // Desce contra `gradient`, que fica zerado para a próxima vez.
  step(parameters, gradient, rate) {
    const { beta1, beta2, mean, square } = this;
    this.nSteps += 1;
    const pace = rate / (1 - beta1 ** this.nSteps);
    const scale = 1 / Math.sqrt(1 - beta2 ** this.nSteps);
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i];
      const average = (mean[i] += (1 - beta1) * (slope - mean[i]));
      const size = (square[i] += (1 - beta2) * (slope * slope - square[i]));
      parameters[i] -= (pace * average) / (Math.sqrt(size) * scale + EPSILON);
      gradient[i] = 0;
    }
  }
}
