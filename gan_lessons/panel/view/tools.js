import { button, element, menu, slider } from "./elements.js";
import { short } from "./numbers.js";

const SPEEDS = [
  ["câmera lenta", "slow"],
  ["1 passo por quadro", 1],
  ["10 passos por quadro", 10],
  ["50 passos por quadro", 50],
  ["o mais rápido possível", "fast"],
];
const RATES = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.5];
const R1_WEIGHTS = [0, 0.01, 0.02, 0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const D_STEPS = [1, 2, 3, 5, 10];

// Os meios passos, a receita e o filme: tudo o que se pode mexer, recolhido até alguém querer.
export function makeTools(view, send) {
  const { recipe, losses } = view.plan;
  const change = (field) => (value) => send("changeRecipe", { changes: { [field]: value } });
  const numbers = (values, value) => [...new Set([...values, value])].sort((a, b) => a - b);
  const control = (name, field, values) =>
    slider(name, numbers(values, recipe[field]), recipe[field], short, change(field));
  view.steps = [
    ["Passo de D", "Só o discriminador dá meio passo", "discriminator"],
    ["Passo de G", "Só o gerador dá meio passo", "generator"],
    ["Passo completo", "D e depois G", "both"],
  ].map(([name, title, network]) => button(name, title, () => send("explain", { network })));
  const reseed = button("Nova semente", "Volta ao passo 0, com outro sorteio",
    () => send("restart", { seed: (view.frame ?? view.plan).seed + 1 }));
  const names = Object.entries(losses).map(([key, { name }]) => [name, key]);
  const counts = numbers(D_STEPS, recipe.discriminator_steps).map((n) => [String(n), n]);
  view.time = element("input", { type: "range", min: 0, max: 100, value: 100, step: 1 });
  view.time.addEventListener("input", () => view.review(Number(view.time.value)));
  const fields = element("div", { className: "gan-fields" },
    menu("Velocidade", SPEEDS, "fast", (speed) => send("setSpeed", { speed })),
    menu("Perda", names, recipe.loss, change("loss")),
    control("Taxa de D", "discriminator_lr", RATES),
    control("Taxa de G", "generator_lr", RATES),
    menu("Passos de D para cada um de G", counts, recipe.discriminator_steps,
      change("discriminator_steps")),
    control("Penalidade R1", "r1", R1_WEIGHTS),
    element("label", { className: "gan-field" },
      element("span", { textContent: "Filme: arraste para rever" }), view.time),
  );
  if (view.plan.classes) {
    const name = view.plan.kind === "Sheet" ? "Dígito pedido" : "Classe pedida";
    const options = [["todos", null], ...view.plan.classes.map((label) => [String(label), label])];
    fields.append(menu(name, options, null, (label) => send("request", { label })));
  }
  if (view.scene.turns) {
    fields.append(menu("Desenho", [["caixa que gira", false], ["três sombras", true]], false,
      (shadows) => {
        view.scene.shadows = shadows;
        view.redraw();
      }));
  }
  return element("details", { className: "gan-tools" },
    element("summary", { textContent: "Mexer no treino" }),
    element("div", { className: "gan-row" }, ...view.steps, reseed),
    fields,
  );
}
