import { element } from "./elements.js";
import { readPlan } from "./plan.js";
import { Sheet } from "./sheet.js";
import { addStyle } from "./style.js";
import { SCENES, View } from "./view.js";

SCENES.Sheet = Sheet;

// A mesma tela, com o treino no kernel: os quadros chegam pelo canal do widget, em binário, como
// gan_lessons/panel/link.py os escreve. O anywidget chama `render` para cada lugar em que o painel
// aparece, e o que ela devolve quando ele some dali.
function render({ model, el }) {
  addStyle();
  const plan = readPlan(model.get("plan"));
  const host = element("gan-panel", { className: "gan-live" });
  const followTheme = () => {
    const { jpThemeLight } = document.body.dataset;
    if (jpThemeLight) host.style.colorScheme = jpThemeLight === "true" ? "light" : "dark";
  };
  // No JupyterLab, as setas e o Enter são atalhos do caderno; aqui dentro, são dos controles.
  host.dataset.lmSuppressShortcuts = "true";
  host.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(host);
  followTheme();
  // A tela conta de cada quadro que desenhou; o kernel só quer saber de alguns.
  let asked = false;
  const send = (message) => {
    if (message.type !== "acknowledge") model.send(message);
    else if (asked) {
      asked = false;
      model.send(message);
    }
  };
  const view = new View(host, plan, { send });
  const themes = new MutationObserver(() => {
    followTheme();
    view.redraw();
  });
  themes.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const hear = (content, buffers) => {
    asked ||= content.asks;
    tell(view, content, buffers);
  };
  model.on("msg:custom", hear);
  model.send({ type: "ready", hidden: document.hidden });
  return () => {
    model.off("msg:custom", hear);
    themes.disconnect();
    view.close();
  };
}

function tell(view, content, buffers) {
  if (content.kind === "replay") view.replay(readRows(floats(buffers[0]), view.plan));
  else if (content.kind === "real") view.showReal(floats(buffers[0]));
  else if (content.kind === "failed") view.receive({ failed: content });
  else if (content.kind === "past") view.film.add(readFrame(content, buffers, view.plan));
  else view.receive(readFrame(content, buffers, view.plan));
}

function readFrame(content, [fake, push, surface], { kind }) {
  return {
    ...content,
    fake: kind === "Sheet" ? bytes(fake) : floats(fake),
    push: floats(push),
    surface: Float32Array.from(bytes(surface), (level) => level / 255),
    verdict: content.judge,
  };
}

// Passo, perdas de D e de G, acurácia de D, e o juiz ou a contagem dos pares; NaN onde não houve.
function readRows(numbers, { kind, n_features: nBits }) {
  const rows = [];
  for (let i = 0; i < numbers.length; i += 6) {
    const [step, discriminator, generator, accuracy, first, second] = numbers.subarray(i, i + 6);
    const even = kind === "EvenNumbers";
    const possible = 2 ** (nBits - 1);
    const scores = even ? { evenFraction: first, distinct: second * possible, possible } : null;
    const judge = even || Number.isNaN(first) ? null : first;
    rows.push({ step, discriminator, generator, accuracy, judge, scores });
  }
  return rows;
}

// Uma cópia: no meio de uma mensagem, um vetor não começa onde um número pode começar.
function bytes({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

const floats = (view) => new Float32Array(bytes(view).buffer);
