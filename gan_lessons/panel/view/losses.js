// As perdas de gan_lessons/losses.py, com os mesmos nomes. Cada parcela é uma função de um logit,
// dada pelo valor e pela derivada; a perda é a média das parcelas num lote.

export const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplusOf = (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

// softplus(sign · x), com o sinal `times` na frente.
const softplus = (sign, times = 1) => ({
  value: (x) => times * softplusOf(sign * x),
  slope: (x) => times * sign * sigmoid(sign * x),
});
const halfSquare = (target) => ({
  value: (x) => (x - target) ** 2 / 2,
  slope: (x) => x - target,
});
const hinge = (sign) => ({
  value: (x) => Math.max(0, 1 + sign * x),
  slope: (x) => (1 + sign * x > 0 ? sign : 0),
});
const linear = (sign) => ({ value: (x) => sign * x, slope: () => sign });

// `real` e `fake` são do discriminador. Numa relativa, a única parcela olha a diferença dos logits:
// falso − real para o discriminador, real − falso para o gerador.
export const LOSSES = {
  "non-saturating": { real: softplus(-1), fake: softplus(1), generator: softplus(-1) },
  saturating: { real: softplus(-1), fake: softplus(1), generator: softplus(1, -1) },
  "least-squares": { real: halfSquare(1), fake: halfSquare(0), generator: halfSquare(1) },
  wasserstein: { real: linear(-1), fake: linear(1), generator: linear(-1) },
  hinge: { real: hinge(-1), fake: hinge(1), generator: linear(-1) },
  relativistic: { difference: softplus(1), generator: softplus(1) },
};

// A perda do discriminador nos logits de um lote: os `n` reais e, depois deles, os `n` falsos.
// A derivada em cada logit vai para `delta`.
export function discriminatorLoss(loss, logits, delta, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (loss.difference) {
      const difference = logits[n + i] - logits[i];
      sum += loss.difference.value(difference);
      delta[n + i] = loss.difference.slope(difference) / n;
      delta[i] = -delta[n + i];
    } else {
      sum += loss.real.value(logits[i]) + loss.fake.value(logits[n + i]);
      delta[i] = loss.real.slope(logits[i]) / n;
      delta[n + i] = loss.fake.slope(logits[n + i]) / n;
    }
  }
  return sum / n;
}

// A perda do gerador; a derivada em cada logit falso vai para `delta`, e os reais não aprendem.
export function generatorLoss(loss, logits, delta, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    delta[i] = 0;
    const sign = loss.difference ? -1 : 1;
    const x = loss.difference ? logits[i] - logits[n + i] : logits[n + i];
    sum += loss.generator.value(x);
    delta[n + i] = (sign * loss.generator.slope(x)) / n;
  }
  return sum / n;
}
