// Lê o que gan_lessons/panel/plan.py escreve: os vetores vêm em float32 e base64.
export function readPlan(text) {
  const plan = JSON.parse(text);
  plan.data = unpack(plan.data);
  if (plan.kind === "EvenNumbers") plan.data = toBits(plan.data, plan.n_features);
  if (!plan.generator) return plan; // quem treina é o kernel, e os pesos ficam com ele
  plan.judge = plan.judge && unpack(plan.judge);
  for (const network of [plan.generator, plan.discriminator]) {
    network.weights = unpack(network.weights);
  }
  return plan;
}

// Números inteiros, escritos em bits, o mais significativo primeiro.
function toBits(numbers, nBits) {
  return Float32Array.from({ length: numbers.length * nBits }, (_, i) => {
    return (numbers[Math.floor(i / nBits)] >> (nBits - 1 - (i % nBits))) & 1;
  });
}

function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
