import { wake } from "./elements.js";
import { serve } from "./engine.js";
import { readPlan } from "./plan.js";
import { addStyle } from "./style.js";
import { View } from "./view.js";

// O mesmo script serve à página e ao trabalhador que treina: um arquivo aberto do disco não pode
// carregar outro, e o trabalhador nasce do texto deste.

// `<gan-panel>`: um plano em JSON e, para quem não tem script e para o papel, uma imagem.
function definePanel(source) {
  addStyle();
  customElements.define("gan-panel", class extends HTMLElement {
    connectedCallback() {
      wake(this);
    }

    begin(text) {
      if (this.worker) return;
      this.address = URL.createObjectURL(new Blob([source]));
      this.worker = new Worker(this.address);
      this.view = new View(this, readPlan(text), {
        send: (message) => this.worker.postMessage(message),
      });
      this.worker.onmessage = ({ data }) => this.view.receive(data);
      this.worker.onerror = ({ message }) => this.view.receive({ failed: { message } });
      this.worker.postMessage({ type: "begin", plan: text });
      this.classList.add("gan-live");
    }

    // Quem tira a figura da página leva o trabalhador junto.
    disconnectedCallback() {
      this.worker?.terminate();
      URL.revokeObjectURL(this.address);
      this.view?.close();
      this.worker = this.view = null;
      this.classList.remove("gan-live");
    }
  });
}

if (typeof document === "undefined") serve();
else if (!customElements.get("gan-panel")) definePanel(document.currentScript.textContent);
