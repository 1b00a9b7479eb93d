import { Draws } from "./draws.js";
import { Observer } from "./observer.js";
import { Random } from "./random.js";
import { Divergence, Trainer } from "./training.js";

const SLICE = 10; // ms de treino até ver se a tela já desenhou
const SLOW = 1600; // ms para ler a frase de cada meio passo
const JUDGE_EVERY = 800; // ms

// A sessão que treina, dentro do trabalhador: recebe pedidos da tela e publica quadros.
// Um quadro novo só sai depois que a tela diz que desenhou o último: numa máquina lenta há menos
// quadros, e nunca uma fila deles.
export class Session {
  constructor(plan, publish) {
    this.plan = plan;
    this.publish = publish;
    this.recipe = plan.recipe;
    this.speed = "fast";
    this.hidden = false;
    this.drawn = true;
    // Uma vez na fila das mensagens: entre dois trechos de treino, um pedido tem a vez dele.
    this.queue = new MessageChannel();
    this.queue.port1.onmessage = () => this.turn();
    this.restart({ seed: plan.seed });
  }

  // O pedido `type` é o nome do método que o atende.
  receive({ type, ...options }) {
    try {
      this[type](options);
    } catch (error) {
      this.fail(error);
    }
  }

  // O que a tela pede.

  play() {
    if (this.failed) return;
    this.playing = true;
    this.lastTime = null;
    this.schedule();
  }

  pause() {
    this.playing = false;
    this.show({ judge: true });
  }

  setSpeed({ speed }) {
    this.speed = speed;
    // Quem sai da câmera lenta não espera o fim da frase.
    clearTimeout(this.timer);
    this.scheduled = false;
    this.schedule();
  }

  setHidden({ hidden }) {
    this.hidden = hidden;
    this.lastTime = null;
    this.schedule();
  }

  // A tela desenhou o último quadro.
  acknowledge() {
    this.drawn = true;
    if (this.speed !== "fast") this.schedule();
  }

  changeRecipe({ changes }) {
    this.recipe = { ...this.recipe, ...changes };
    this.trainer.recipe = this.recipe;
    if (!this.playing) this.show({ event: { kind: "recipe", changes } });
  }

  // Volta ao passo 0, com a receita de agora; outra semente, se vier, dá outros sorteios e, onde o
  // plano deixa, outros pesos.
  restart({ seed = this.seed }) {
    this.playing = false;
    this.failed = null;
    this.halfSteps = 0;
    this.stepsPerSecond = null;
    this.lastTime = null;
    this.sums = [0, 0, 0];
    const plan = { ...this.plan, recipe: this.recipe };
    if (plan.redraw && seed !== plan.seed) {
      const random = new Random(seed);
      plan.generator = redrawn(plan.generator, random);
      plan.discriminator = redrawn(plan.discriminator, random);
    }
    this.seed = seed;
    const draws = new Draws(plan.data, plan.n_features, plan.recipe, seed);
    this.trainer = new Trainer(plan, draws, Observer.capacity(plan));
    this.observer = new Observer(plan, this.trainer, seed);
    this.show({ judge: true, event: { kind: "restart" } });
  }

  // Os passos contados numa frase: `network` é "discriminator", "generator" ou "both".
  explain({ network }) {
    if (this.failed) return;
    this.playing = false;
    this.explainedStep(network);
  }

  explainedStep(network) {
    const before = this.frame;
    const { trainer } = this;
    if (network === "discriminator") this.half();
    if (network === "generator") this.finishStep(true);
    if (network === "both") this.finishStep();
    this.note();
    const event = {
      kind: network,
      before: { onReal: before.onReal, onFake: before.onFake },
      discriminatorLoss: trainer.discriminatorLoss,
      generatorLoss: trainer.generatorLoss,
      batchSize: this.recipe.batch_size,
    };
    this.show({ judge: true, event, previous: before.fake });
  }

  // O que ela faz por conta própria.

  schedule() {
    if (!this.playing || this.hidden || this.scheduled) return;
    this.scheduled = true;
    const wait = this.speed === "slow" ? this.shownAt + SLOW - performance.now() : 0;
    if (wait > 0) {
      this.timer = setTimeout(() => this.turn(), wait);
    } else {
      this.queue.port2.postMessage(null);
    }
  }

  turn() {
    this.scheduled = false;
    if (!this.playing || this.hidden) return;
    try {
      this.advance();
    } catch (error) {
      this.fail(error);
    }
  }

  advance() {
    if (this.speed === "slow") {
      this.slowHalfStep();
      return;
    }
    // Passos contados esperam a tela; o treino rápido, não.
    if (this.speed !== "fast" && !this.drawn) return;
    this.train();
    if (this.drawn) {
      this.measurePace();
      this.show({ judge: performance.now() - this.judgedAt > JUDGE_EVERY });
    }
    if (this.speed === "fast") this.schedule();
  }

  slowHalfStep() {
    if (performance.now() < this.shownAt + SLOW) {
      this.schedule();
      return;
    }
    const owed = this.halfSteps < this.recipe.discriminator_steps;
    this.explainedStep(owed ? "discriminator" : "generator");
  }

  train() {
    if (this.speed === "fast") {
      const until = performance.now() + SLICE;
      do this.noteStep(); while (performance.now() < until);
    } else {
      for (let i = 0; i < this.speed; i++) this.noteStep();
    }
  }

  noteStep() {
    this.finishStep();
    this.note();
  }

  half() {
    this.trainer.stepDiscriminator();
    this.halfSteps += 1;
  }

  // Um passo completo, ou o resto do que a câmera lenta deixou pela metade.
  finishStep(onlyGenerator = false) {
    if (!onlyGenerator) {
      while (this.halfSteps < this.recipe.discriminator_steps) this.half();
    }
    this.trainer.stepGenerator();
    this.halfSteps = 0;
  }

  // As curvas mostram a média das perdas entre dois quadros.
  note() {
    const { discriminatorLoss, generatorLoss } = this.trainer;
    this.sums[0] += 1;
    this.sums[1] += discriminatorLoss;
    this.sums[2] += generatorLoss;
  }

  measurePace() {
    const now = performance.now();
    const { nSteps } = this.trainer;
    if (this.lastTime !== null && now > this.lastTime) {
      const pace = ((nSteps - this.lastSteps) * 1000) / (now - this.lastTime);
      const old = this.stepsPerSecond;
      this.stepsPerSecond = old === null ? pace : 0.9 * old + 0.1 * pace;
    }
    this.lastTime = now;
    this.lastSteps = nSteps;
  }

  show({ judge = false, event = null, previous = null }) {
    if (this.failed) return;
    const frame = this.observer.look(judge);
    if (judge) this.judgedAt = performance.now();
    const [n, discriminator, generator] = this.sums;
    frame.losses = n ? [discriminator / n, generator / n] : null;
    this.sums = [0, 0, 0];
    if (previous) event.moved = meanMove(previous, frame.fake, this.trainer.nFeatures);
    this.shownAt = performance.now();
    this.drawn = false;
    this.frame = frame;
    const { playing, stepsPerSecond, seed } = this;
    this.publish({ ...frame, event, playing, stepsPerSecond, seed, loss: this.recipe.loss });
  }

  fail(error) {
    this.playing = false;
    this.failed = error;
    const diverged = error instanceof Divergence;
    this.publish({ failed: { step: error.step, diverged, message: String(error) } });
  }
}

// Quanto cada falso andou, em média.
function meanMove(before, after, nFeatures) {
  let sum = 0;
  for (let i = 0; i < after.length; i += nFeatures) {
    let square = 0;
    for (let k = i; k < i + nFeatures; k++) square += (after[k] - before[k]) ** 2;
    sum += Math.sqrt(square);
  }
  return (sum * nFeatures) / after.length;
}

// Outros pesos iniciais: os mesmos números de cada camada, noutra ordem. Sejam quais forem a
// distribuição e a escala do sorteio de partida, continuam as dele.
function redrawn(network, random) {
  const weights = network.weights.slice();
  let place = 0;
  for (let i = 1; i < network.sizes.length; i++) {
    const nWeights = network.sizes[i - 1] * network.sizes[i];
    for (const size of [nWeights, network.sizes[i]]) {
      random.shuffle(weights.subarray(place, place + size));
      place += size;
    }
  }
  return { ...network, weights };
}
