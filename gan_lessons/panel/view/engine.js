import { readPlan } from "./plan.js";
import { Session } from "./session.js";

// O motor inteiro, dentro do trabalhador: um plano começa a sessão, e o resto são pedidos a ela.
export function serve() {
  let session = null;
  self.onmessage = ({ data }) => {
    if (data.type === "begin") session = new Session(readPlan(data.plan), (frame) => self.postMessage(frame));
    else session.receive(data);
  };
}
