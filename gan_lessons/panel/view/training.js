import { Adam } from "./adam.js";
import { LOSSES, discriminatorLoss, generatorLoss } from "./losses.js";
import { Network } from "./network.js";

// A perda deixou de ser um número finito.
export class Divergence extends Error {
  constructor(network, step) {
    super(`a perda do ${network} deixou de ser um número`);
    this.network = network;
    this.step = step;
  }
}

// Uma GAN e o seu passo de treino: a mesma conta de gan_lessons/training/loop.py.
// `plan` é o que gan_lessons/panel/export.py escreve; `source`, de onde saem os sorteios.
export class Trainer {
  constructor(plan, source, capacity = 0) {
    const n = plan.recipe.batch_size;
    this.recipe = plan.recipe;
    this.source = source;
    this.nFeatures = plan.n_features;
    this.generator = new Network(plan.generator, Math.max(n, capacity));
    // O discriminador pode julgar grupos: `pack` pontos seguidos, lado a lado, são uma linha só.
    this.pack = plan.discriminator.pack;
    this.nRows = n / this.pack;
    this.discriminator = new Network(plan.discriminator, Math.ceil(Math.max(2 * n, capacity) / this.pack));
    this.generatorAdam = new Adam(this.generator.parameters.length, plan.recipe.betas);
    this.discriminatorAdam = new Adam(this.discriminator.parameters.length, plan.recipe.betas);
    this.average = null;
    this.nSteps = this.nDiscriminatorSteps = 0;
    this.real = new Float64Array(n * this.nFeatures);
    this.hasBatch = false;
    // Os lugares do lote, reservados uma vez: nada se reserva no meio do treino.
    this.noise = this.generator.input.subarray(0, n * this.generator.nIn);
    this.fake = this.generator.output.subarray(0, n * this.nFeatures);
    this.mix = new Float64Array(n);
    this.mixed = new Float64Array(n * this.nFeatures);
    this.discriminatorLoss = this.generatorLoss = NaN;
  }

  step() {
    for (let i = 0; i < this.recipe.discriminator_steps; i++) this.stepDiscriminator();
    this.stepGenerator();
  }

  // Um lote real contra um lote falso, que não ensina o gerador.
  stepDiscriminator() {
    const { recipe, discriminator, nRows } = this;
    this.takeBatch();
    this.source.fillNoise(this.noise);
    this.generator.forward(recipe.batch_size);
    this.judge();
    this.discriminatorLoss = discriminatorLoss(
      LOSSES[recipe.loss], discriminator.output, discriminator.outputDelta, nRows,
    );
    this.refuse(this.discriminatorLoss, "discriminador");
    discriminator.backward(2 * nRows, false);
    this.charge();
    this.discriminatorAdam.step(
      discriminator.parameters, discriminator.gradient, recipe.discriminator_lr * this.rate(),
    );
    this.nDiscriminatorSteps += 1;
  }

  // Ruído novo, julgado pelo discriminador que acabou de aprender.
  stepGenerator() {
    const { recipe, discriminator, generator, nRows } = this;
    if (!this.hasBatch) this.takeBatch();
    this.source.fillNoise(this.noise);
    generator.forward(recipe.batch_size);
    this.judge();
    this.generatorLoss = generatorLoss(
      LOSSES[recipe.loss], discriminator.output, discriminator.outputDelta, nRows,
    );
    this.refuse(this.generatorLoss, "gerador");
    discriminator.backward(2 * nRows, true);
    // As linhas dos falsos vêm depois das dos reais.
    const { outputDelta } = generator;
    const { inputDelta } = discriminator;
    const size = this.real.length;
    for (let i = 0; i < size; i++) outputDelta[i] = inputDelta[size + i];
    generator.backward(recipe.batch_size, false);
    this.generatorAdam.step(
      generator.parameters, generator.gradient, recipe.generator_lr * this.rate(),
    );
    this.nSteps += 1;
    if (recipe.ema) this.followAverage();
  }

  takeBatch() {
    this.source.nextBatch(this.real);
    this.hasBatch = true;
  }

  // O discriminador olha o lote real e, depois dele, o falso.
  judge() {
    this.discriminator.input.set(this.real);
    this.discriminator.input.set(this.fake, this.real.length);
    this.discriminator.forward(2 * this.nRows);
  }

  // As penalidades: R1 nos reais e R2 nos falsos, só a cada tantos passos e com o peso de todos;
  // a de gradiente, entre uns e outros. O logit de um grupo conta uma vez para cada ponto dele.
  charge() {
    const { recipe, discriminator, pack, nRows } = this;
    if (this.nDiscriminatorSteps % recipe.penalty_every === 0) {
      const weight = (recipe.penalty_every * pack) / nRows;
      if (recipe.r1) discriminator.addPenaltyGradient(0, nRows, weight * recipe.r1, 0);
      if (recipe.r2) discriminator.addPenaltyGradient(nRows, 2 * nRows, weight * recipe.r2, 0);
    }
    if (recipe.gradient_penalty) {
      this.source.fillMix(this.mix);
      this.blend();
      discriminator.input.set(this.mixed);
      discriminator.forward(nRows);
      discriminator.addPenaltyGradient(0, nRows, (2 * recipe.gradient_penalty) / nRows, 1);
    }
  }

  blend() {
    for (let i = 0; i < this.mixed.length; i++) {
      const share = this.mix[Math.floor(i / this.nFeatures)];
      this.mixed[i] = share * this.real[i] + (1 - share) * this.fake[i];
    }
  }

  // A fração das taxas que vale neste passo.
  rate() {
    const { lr_decay, n_steps } = this.recipe;
    return 1 - (1 - lr_decay) * Math.min(this.nSteps / n_steps, 1);
  }

  followAverage() {
    const { parameters } = this.generator;
    if (this.average === null) {
      this.average = parameters.slice(); // a primeira vez copia
      return;
    }
    const share = 1 - this.recipe.ema;
    for (let i = 0; i < parameters.length; i++) {
      this.average[i] += share * (parameters[i] - this.average[i]);
    }
  }

  // Em float32, como no PyTorch: o que não cabe nele já é um treino perdido.
  refuse(loss, network) {
    if (!Number.isFinite(Math.fround(loss))) throw new Divergence(network, this.nSteps + 1);
  }

  // Os pontos que o gerador, ou a média móvel dele, faz do ruído dado: outro vetor.
  generate(noise) {
    const { generator } = this;
    const n = noise.length / generator.nIn;
    const learning = generator.parameters;
    generator.parameters = this.average ?? learning;
    generator.input.set(noise);
    generator.forward(n);
    generator.parameters = learning;
    return generator.output.slice(0, n * generator.nOut);
  }
}
