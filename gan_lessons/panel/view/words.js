import { decimal, percent, short } from "./numbers.js";

// As frases: o que um passo fez, o que se vê, e o que uma divergência quer dizer.

const FIELDS = {
  discriminator_lr: "a taxa de D",
  generator_lr: "a taxa de G",
  discriminator_steps: "o número de passos de D por passo de G",
  r1: "o peso da R1",
};

const change = (before, after) =>
  decimal(before) === decimal(after)
    ? `continuou em ${decimal(before)}`
    : `foi de ${decimal(before)} para ${decimal(after)}`;

export function eventSentence(frame, plan) {
  const { event } = frame;
  if (event === null) return "";
  if (event.kind === "restart") return "";
  if (event.kind === "recorded") {
    return `Filme pronto: ${event.nSteps} passos gravados. Arraste o controle do filme.`;
  }
  if (event.kind === "recipe") {
    const parts = Object.entries(event.changes).map(([name, value]) =>
      name === "loss"
        ? `a perda agora é ${plan.losses[value].name}`
        : `${FIELDS[name]} agora é ${short(value)}`,
    );
    return `Receita mudada: ${parts.join("; ")}.`;
  }
  const { before } = event;
  const onReal = `${change(before.onReal, frame.onReal)} nos reais`;
  const onFake = `${change(before.onFake, frame.onFake)} nos falsos`;
  if (event.kind === "discriminator") {
    return (
      `Meio passo de D. O discriminador viu ${event.batchSize} reais e ${event.batchSize} falsos, ` +
      `e a perda dele foi ${decimal(event.discriminatorLoss)}. A certeza média de que é real ` +
      `${onReal} e ${onFake}. O gerador não se mexeu.`
    );
  }
  const moved = `Os falsos andaram ${decimal(event.moved, 3)}, em média.`;
  if (event.kind === "generator") {
    return (
      `Meio passo de G. A perda do gerador foi ${decimal(event.generatorLoss)}. ${moved} A certeza ` +
      `de D neles ${change(before.onFake, frame.onFake)}. O discriminador não se mexeu.`
    );
  }
  return (
    `Passo completo. Perda de D: ${decimal(event.discriminatorLoss)}; de G: ` +
    `${decimal(event.generatorLoss)}. ${moved} A certeza de D ${onReal} e ${onFake}.`
  );
}

// O estado do treino em palavras; `frame.verdict` é o que o juiz disse da última vez.
export function statusSentence(frame, plan) {
  const judge = plan.kind === "EvenNumbers"
    ? `pares: ${percent(frame.scores.evenFraction)}; diferentes: ` +
      `${frame.scores.distinct} de ${frame.scores.possible}`
    : frame.verdict === null
      ? ""
      : `o juiz acerta ${percent(frame.verdict)}${plan.new_points ? "" : " (nos dados do treino)"}`;
  const outside = fractionOutside(frame.fake, plan.limits);
  const missing = outside && `${percent(Math.max(outside, 0.01))} dos falsos estão fora do quadro`;
  return [`Passo ${frame.step}`, `D acerta ${percent(frame.accuracy)}`, judge, missing]
    .filter(Boolean)
    .join(" · ");
}

// A fração dos pontos que não cabem nos limites da cena; o que não tem coordenadas cabe sempre.
function fractionOutside(points, limits) {
  const n = limits.length;
  if (!n) return 0;
  let count = 0;
  for (let i = 0; i < points.length; i += n) {
    if (limits.some(([low, high], k) => points[i + k] < low || points[i + k] > high)) count += 1;
  }
  return (count * n) / points.length;
}

export function failureSentence({ step, diverged, message }) {
  return diverged
    ? `O treino divergiu no passo ${step}. As redes se empurraram com tanta força que os pesos ` +
      "cresceram até a perda deixar de ser um número. Diminua uma taxa, ou aumente a R1, e toque " +
      "em Recomeçar."
    : `O treino parou. ${message} Toque em Recomeçar para voltar ao passo 0.`;
}
