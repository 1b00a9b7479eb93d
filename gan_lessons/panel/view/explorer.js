import { element, menu, slider, wake } from "./elements.js";
import { addStyle } from "./style.js";

const PICTURE = "data:image/webp;base64,";
const NOTE = "Aqui só cabem alguns valores de cada controle; no caderno, todos.";

// `<gan-explorer>`: uma figura com controles, um desenho pronto para cada posição deles e, para
// quem não tem script e para o papel, uma imagem parada.
class Explorer extends HTMLElement {
  connectedCallback() {
    wake(this);
  }

  begin(text) {
    if (this.picture) return;
    const { alt, controls, background, frames } = JSON.parse(text);
    this.frames = frames;
    this.controls = controls;
    this.places = controls.map(({ initial }) => initial);
    // O que os desenhos têm em comum fica embaixo; por cima, o que é de cada um.
    const below = element("img", { alt: `Figura, com os valores iniciais. ${alt}` });
    below.src = PICTURE + background;
    this.picture = element("img", { alt: "" });
    const fields = controls.map((control, i) => this.field(control, i));
    this.append(element("div", { className: "gan-body" },
      element("div", { className: "gan-fields" }, ...fields),
      element("div", { className: "gan-pictures" }, below, this.picture),
      element("p", { className: "gan-words", textContent: NOTE }),
    ));
    this.draw();
    this.classList.add("gan-live");
  }

  field({ label, texts, initial, menu: isMenu }, i) {
    const places = texts.map((_, place) => place);
    const choose = (place) => {
      this.places[i] = place;
      this.draw();
    };
    if (isMenu) return menu(label, places.map((place) => [texts[place], place]), initial, choose);
    return slider(label, places, initial, (place) => texts[place], choose, "input");
  }

  // Os desenhos vêm em ordem: o último controle é o que anda mais depressa.
  draw() {
    const frame = this.controls.reduce(
      (sum, { texts }, i) => sum * texts.length + this.places[i], 0);
    this.picture.src = PICTURE + this.frames[frame];
  }
}

addStyle();
if (!customElements.get("gan-explorer")) customElements.define("gan-explorer", Explorer);
