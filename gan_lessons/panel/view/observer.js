import { N_FOLDS, evenReport, neighborsAccuracy, toNumbers } from "./judges.js";
import { LOSSES, sigmoid } from "./losses.js";
import { N_SHOWN, rows, shownPoints } from "./points.js";
import { probePoints } from "./probes.js";
import { Random } from "./random.js";
import { Divergence } from "./training.js";

const N_JUDGED = 200;
const MIN_JUDGED = 40;
// As sementes de quem só olha ficam longe das de quem treina.
const LOOKING_SEED = 2 ** 31;
const MAX_BITS = 10;

// O que se vê de um treino num passo, sem mexer nele: nem pesos nem sorteios.
export class Observer {
  constructor(plan, trainer, seed) {
    this.plan = plan;
    this.trainer = trainer;
    this.even = plan.kind === "EvenNumbers";
    this.shown = shownPoints(plan);
    this.probe = probePoints(plan);
    const latent = trainer.generator.nIn;
    if (this.even && plan.recipe.noise === "bits" && latent <= MAX_BITS) {
      this.noise = allBits(latent); // são tão poucas entradas que dá para tentar todas
    } else {
      this.noise = new Float64Array(N_SHOWN * latent);
      new Random(LOOKING_SEED + seed).fillNoise(this.noise, plan.recipe.noise);
    }
  }

  // O lugar que o treinador tem de guardar para ser observado.
  static capacity(plan) {
    return Math.max(N_SHOWN, plan.kind === "EvenNumbers" ? 2 ** MAX_BITS : 0);
  }

  look(judge) {
    const { trainer } = this;
    const fake = trainer.generate(this.noise);
    const onReal = this.opinions(this.shown);
    const onFake = this.opinions(fake);
    // O empurrão lê o que o discriminador acabou de fazer com os falsos.
    const push = this.even ? null : this.push(fake);
    if (![...fake, ...onReal, ...onFake].every((x) => Number.isFinite(Math.fround(x)))) {
      throw new Divergence("gerador", trainer.nSteps);
    }
    const nRight = onReal.filter((p) => p > 0.5).length + onFake.filter((p) => p <= 0.5).length;
    return {
      step: trainer.nSteps,
      fake: Float32Array.from(fake),
      push: push && Float32Array.from(push),
      surface: Float32Array.from(this.opinions(this.probe)),
      onReal: mean(onReal),
      onFake: mean(onFake),
      accuracy: nRight / (onReal.length + onFake.length),
      scores: this.even ? evenReport(toNumbers(fake, trainer.nFeatures), trainer.nFeatures) : null,
      judge: judge && !this.even ? this.judge() : null,
    };
  }

  // D, a probabilidade de serem reais, nos pontos dados; um grupo incompleto se completa com zeros.
  opinions(points) {
    const { discriminator, nFeatures, pack } = this.trainer;
    const n = points.length / nFeatures;
    const chunk = discriminator.capacity * pack;
    const result = new Float64Array(n);
    for (let start = 0; start < n; start += chunk) {
      const end = Math.min(start + chunk, n);
      const nRows = Math.ceil((end - start) / pack);
      discriminator.input.fill(0, 0, nRows * pack * nFeatures);
      discriminator.input.set(points.subarray(start * nFeatures, end * nFeatures));
      discriminator.forward(nRows);
      for (let i = start; i < end; i++) {
        result[i] = sigmoid(discriminator.output[Math.floor((i - start) / pack)]);
      }
    }
    return result;
  }

  // Menos o gradiente da perda do gerador em cada falso, sem dividir pelo lote.
  push(fake) {
    const { discriminator, recipe, nFeatures, pack } = this.trainer;
    const loss = LOSSES[recipe.loss];
    const nRows = Math.ceil(fake.length / nFeatures / pack);
    let real = null;
    if (loss.difference) {
      this.opinions(this.shown);
      real = discriminator.output.slice(0, Math.ceil(this.shown.length / nFeatures / pack));
      this.opinions(fake);
    }
    for (let row = 0; row < nRows; row++) {
      const logit = discriminator.output[row];
      // O logit de um grupo se repete para cada ponto dele.
      discriminator.outputDelta[row] = loss.difference
        ? pack * loss.generator.slope(real[row % real.length] - logit)
        : -pack * loss.generator.slope(logit);
    }
    discriminator.backward(nRows, true);
    return discriminator.inputDelta.slice(0, fake.length);
  }

  // O juiz dos vizinhos, em pontos gerados de ruído novo; o sorteio depende só do passo.
  judge() {
    const { plan, trainer } = this;
    const { nFeatures } = trainer;
    const random = new Random(LOOKING_SEED + 2 ** 20 + trainer.nSteps);
    const pool = plan.judge ?? plan.data;
    const order = random.shuffle(Array.from({ length: pool.length / nFeatures }, (_, i) => i));
    const real = rows(pool, nFeatures, order.slice(0, N_JUDGED));
    const n = real.length / nFeatures;
    if (n < MIN_JUDGED) return null;
    const noise = new Float64Array(n * trainer.generator.nIn);
    random.fillNoise(noise, plan.recipe.noise);
    const folds = random.shuffle(Int32Array.from({ length: 2 * n }, (_, i) => i % N_FOLDS));
    return neighborsAccuracy(real, trainer.generate(noise), nFeatures, folds);
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Todas as listas de `n` bits, em ordem.
function allBits(n) {
  return Float64Array.from({ length: n * 2 ** n }, (_, i) => {
    return (Math.floor(i / n) >> (n - 1 - (i % n))) & 1;
  });
}
