import { Charts } from "./charts.js";
import { paletteFor } from "./colors.js";
import { button, element } from "./elements.js";
import { EvenNumbers } from "./even.js";
import { Film } from "./film.js";
import { Line } from "./line.js";
import { decimal } from "./numbers.js";
import { Plane } from "./plane.js";
import { Space } from "./space.js";
import { makeTools } from "./tools.js";
import { eventSentence, failureSentence, statusSentence } from "./words.js";

// As imagens, que só o kernel sabe treinar, entram em widget.js.
export const SCENES = { Line, Plane, Space, EvenNumbers };
const SPOKEN_EVERY = 6000; // ms: quem ouve precisa de tempo
const CHARTS_EVERY = 100; // ms
const TURN = 0.08; // radianos por tecla

// A tela de um treino. Não sabe quem treina: `engine.send` leva os pedidos, e os quadros chegam por
// `receive`.
export class View {
  constructor(host, plan, engine) {
    this.host = host;
    this.plan = plan;
    this.engine = engine;
    this.scene = new SCENES[plan.kind](plan);
    this.charts = new Charts(plan);
    this.film = new Film();
    this.frame = this.reviewed = null;
    this.playing = false;
    this.verdict = null;
    this.spokenAt = -Infinity;
    this.build();
    this.watch();
  }

  build() {
    const send = (type, options) => this.engine.send({ type, ...options });
    this.play = button("Treinar", "Treina sem parar, na velocidade escolhida", () => this.toggle());
    this.play.className = "gan-main";
    this.again = button("Recomeçar", "Volta ao passo 0, com a mesma semente e a receita de agora",
      () => send("restart"));
    this.sceneCanvas = element("canvas", { className: "gan-scene" });
    this.chartCanvas = element("canvas", { className: "gan-charts" });
    this.chartCanvas.setAttribute("role", "img");
    this.chartCanvas.setAttribute("aria-label", "As perdas, a acurácia de D e a do juiz por passo");
    this.sceneCanvas.setAttribute("role", "img");
    if (this.scene.turns) this.makeTurnable();
    this.status = element("p", { className: "gan-status" });
    this.words = element("p", { className: "gan-words" });
    this.words.setAttribute("role", "status");
    this.spoken = element("p", { className: "gan-spoken" });
    this.spoken.setAttribute("role", "status");
    this.body = element("div", { className: "gan-body" },
      element("div", { className: "gan-row" }, this.play, this.again),
      this.status,
      this.words,
      element("div", { className: "gan-figures" },
        element("div", {}, this.sceneCanvas, this.legend()), this.chartCanvas),
      this.spoken,
      makeTools(this, send),
    );
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-label", "Uma GAN ao vivo");
    this.host.append(this.body);
  }

  legend() {
    const entry = (name, text) => element("li", { className: `gan-${name}` }, text);
    const { kind } = this.plan;
    if (kind === "Sheet") return element("ul", { className: "gan-legend" });
    const entries = kind === "EvenNumbers"
      ? [entry("made", "um número que o gerador faz")]
      : [entry("real", "real"), entry("fake", "falso"), entry("arrow", "para onde G vai")];
    if (kind === "Line") entries.push(entry("discriminator", "D: 1 é “real”"));
    if (kind === "Plane" || kind === "Space") {
      const where = kind === "Space" ? "no corte, " : "";
      const bar = element("span", { className: "gan-heat" });
      const ends = element("span", { className: "gan-ends" }, "falso", bar, "real");
      entries.push(element("li", {}, `${where}D acha: `, ends));
    }
    return element("ul", { className: "gan-legend" }, ...entries);
  }

  // A caixa gira com o mouse, com um dedo e com as setas do teclado.
  makeTurnable() {
    const canvas = this.sceneCanvas;
    const turn = (yaw, pitch) => {
      this.scene.turn(yaw, pitch);
      this.redraw();
    };
    canvas.tabIndex = 0;
    canvas.addEventListener("keydown", (event) => {
      const directions = {
        ArrowLeft: [TURN, 0], ArrowRight: [-TURN, 0], ArrowUp: [0, TURN], ArrowDown: [0, -TURN],
      };
      if (!(event.key in directions)) return;
      event.preventDefault();
      turn(...directions[event.key]);
    });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      turn(-event.movementX / 120, event.movementY / 120);
    });
  }

  // Desenha de novo quando a página muda de tamanho, de tema, ou some de vista.
  watch() {
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(this.sceneCanvas);
    this.themes = new MutationObserver(() => this.redraw());
    this.themes.observe(document.documentElement, { attributes: true });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => this.redraw();
    this.dark.addEventListener("change", this.onScheme);
    this.onHidden = () => this.engine.send({ type: "setHidden", hidden: document.hidden });
    document.addEventListener("visibilitychange", this.onHidden);
  }

  close() {
    this.closed = true;
    this.sizes.disconnect();
    this.themes.disconnect();
    this.dark.removeEventListener("change", this.onScheme);
    document.removeEventListener("visibilitychange", this.onHidden);
    this.body.remove();
  }

  toggle() {
    this.setPlaying(!this.playing);
    this.engine.send({ type: this.playing ? "play" : "pause" });
  }

  setPlaying(playing) {
    this.playing = playing;
    const text = playing ? "Pausar" : "Treinar";
    // A cada quadro, o mesmo texto: trocá-lo por si mesmo refaria a página em volta.
    if (this.play.textContent !== text) this.play.textContent = text;
    this.time.disabled = playing;
    if (playing) this.reviewed = null;
  }

  // O que chega de quem treina.
  receive(frame) {
    if (frame.failed) {
      this.setPlaying(false);
      this.setStopped(true);
      this.say(failureSentence(frame.failed));
      this.redraw(); // as curvas até o fim
      return;
    }
    if (frame.event?.kind === "restart") this.replay([]);
    if (frame.judge !== null) this.verdict = frame.judge;
    frame.verdict = this.verdict;
    this.setPlaying(frame.playing);
    this.frame = frame;
    this.reviewed = null;
    this.time.value = 100;
    this.charts.add(frame);
    this.film.add(frame);
    this.tell(frame);
    this.redraw(() => this.engine.send({ type: "acknowledge" }));
  }

  // Um treino que começa, com as linhas dos gráficos se ele já andou.
  replay(rows) {
    this.charts.replay(rows);
    this.film = new Film();
    this.verdict = null;
    this.setStopped(false);
  }

  // Outros pontos reais para desenhar: os da classe que se pediu.
  showReal(data) {
    this.plan.data = data;
    this.scene = new SCENES[this.plan.kind](this.plan);
  }

  // Depois de uma divergência só resta recomeçar.
  setStopped(stopped) {
    for (const each of [this.play, ...this.steps]) each.disabled = stopped;
    this.words.classList.toggle("gan-error", stopped);
  }

  review(percentage) {
    const { frames } = this.film;
    if (!frames.length) return;
    this.reviewed = percentage === 100
      ? null
      : frames[Math.round((percentage / 100) * (frames.length - 1))];
    const shown = this.reviewed ?? this.frame;
    this.time.setAttribute("aria-valuetext", `passo ${shown.step}`);
    this.writeStatus(shown);
    this.redraw();
  }

  tell(frame) {
    this.writeStatus(frame);
    const sentence = eventSentence(frame, this.plan);
    if (sentence) this.say(sentence);
    else if (frame.event?.kind === "restart") this.say("");
    else if (!frame.playing || performance.now() - this.spokenAt > SPOKEN_EVERY) this.speak(frame);
  }

  writeStatus(frame) {
    const pace = frame.playing && frame.stepsPerSecond
      ? ` · ${Math.round(frame.stepsPerSecond)} passos por segundo`
      : "";
    this.status.textContent = statusSentence(frame, this.plan) + pace;
    this.sceneCanvas.setAttribute("aria-label", this.describe(frame));
  }

  // A cena em palavras, para quem não a vê.
  describe(frame) {
    const keys = this.scene.turns ? " As setas do teclado giram a caixa." : "";
    return `Passo ${frame.step}: ${this.scene.what}.${keys}`;
  }

  // Só para quem ouve: o que os olhos já veem na linha de cima e no desenho.
  speak(frame) {
    this.words.textContent = "";
    this.spoken.textContent =
      `${statusSentence(frame, this.plan)}. D dá, em média, ` +
      `${decimal(frame.onReal)} aos reais e ${decimal(frame.onFake)} aos falsos.`;
    this.spokenAt = performance.now();
  }

  say(sentence) {
    this.words.textContent = sentence;
    this.spoken.textContent = "";
    this.spokenAt = performance.now();
  }

  // Desenha na próxima vez que o navegador pintar, e uma vez só.
  redraw(drawn = () => {}) {
    this.afterDraw = [...(this.afterDraw ?? []), drawn];
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const after = this.afterDraw;
      this.afterDraw = [];
      const frame = this.reviewed ?? this.frame;
      if (this.closed) return;
      if (frame) this.draw(frame);
      for (const act of after) act();
    });
  }

  draw(frame) {
    const palette = paletteFor(this.host);
    if (palette !== this.palette) this.wear(palette);
    paint(this.sceneCanvas, this.scene, frame, palette);
    // Uma curva cresce devagar: num treino em curso, basta redesenhá-la de vez em quando.
    const now = performance.now();
    const isNew = frame.playing && frame !== this.drawn;
    this.drawn = frame;
    if (isNew && now - this.chartedAt < CHARTS_EVERY) return;
    this.chartedAt = now;
    paint(this.chartCanvas, this.charts, frame, palette);
  }

  // As cores das legendas.
  wear(palette) {
    this.palette = palette;
    const set = (name, color) => this.body.style.setProperty(`--gan-${name}`, color);
    for (const name of ["real", "fake", "discriminator"]) set(name, palette[name]);
    const stops = palette.heat.map((color) => `rgb(${color.join(" ")})`);
    set("heat", `linear-gradient(90deg, ${stops.join(", ")})`);
  }
}

// Um desenho na densidade da tela, com medidas em pixels da página.
function paint(canvas, drawing, frame, palette) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const density = devicePixelRatio || 1;
  const [across, down] = [width, height].map((side) => Math.round(side * density));
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "13px system-ui, sans-serif";
  drawing.draw(context, { width, height }, frame, palette);
}
