// Pedaços de página: um elemento com filhos, e os controles, sempre com um nome escrito.

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Dá vida a um elemento da página: `host.begin` recebe os dados que ele traz dentro. Numa página
// que ainda chega, eles podem não estar aqui.
export function wake(host) {
  const begin = () => host.isConnected
    && host.begin(host.querySelector("script[type='application/json']").textContent);
  if (document.readyState !== "loading") begin();
  else addEventListener("DOMContentLoaded", begin, { once: true });
}

export function button(text, title, act) {
  const made = element("button", { type: "button", textContent: text, title });
  made.addEventListener("click", act);
  return made;
}

// `options`: pares (texto, valor).
export function menu(name, options, value, act) {
  const made = element("select", {}, ...options.map(([text], i) => new Option(text, i)));
  made.selectedIndex = Math.max(options.findIndex(([, option]) => option === value), 0);
  made.addEventListener("change", () => act(options[made.selectedIndex][1]));
  return element("label", { className: "gan-field" }, element("span", { textContent: name }), made);
}

// Um controle deslizante por uma lista de valores; `say` escreve um deles. Quem o arrasta é ouvido
// quando o solta, ou a cada passo, com "input".
export function slider(name, values, value, say, act, when = "change") {
  // Um <output> tomaria para si o nome, que é do controle.
  const shown = element("span");
  const made = element("input", { type: "range", min: 0, max: values.length - 1, step: 1 });
  made.value = values.indexOf(value);
  const tell = () => {
    shown.textContent = say(values[made.value]);
    made.setAttribute("aria-valuetext", shown.textContent);
  };
  made.addEventListener("input", tell);
  made.addEventListener(when, () => act(values[made.value]));
  tell();
  const title = element("span", { textContent: `${name}: ` }, shown);
  return element("label", { className: "gan-field" }, title, made);
}
