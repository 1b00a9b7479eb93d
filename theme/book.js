// O pouco que a página faz: tema, menu, cópia do código, índice e busca. Sem script, lê-se igual.
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
root.classList.add("scripted");

const themeButton = byId("theme-button");
const showTheme = () => themeButton.setAttribute("aria-pressed", root.dataset.theme === "dark");
themeButton.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("tema", root.dataset.theme); } catch (error) { /* vale só nesta página */ }
  showTheme();
});
showTheme();

const menuButton = byId("menu-button");
const chapters = byId("chapters");
const toggleMenu = (open) => {
  chapters.classList.toggle("open", open);
  menuButton.setAttribute("aria-expanded", open);
};
menuButton.addEventListener("click", () => toggleMenu(!chapters.classList.contains("open")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chapters.classList.contains("open")) {
    toggleMenu(false);
    menuButton.focus();
  }
});

// Qual das aulas é esta; a primeira também se chama index.html.
const here = location.pathname.split("/").pop() || "index.html";
const links = [...chapters.querySelectorAll("a")];
const current = here === "index.html" ? links[0] : links.find((a) => a.getAttribute("href") === here);
current?.setAttribute("aria-current", "page");

for (const block of document.querySelectorAll(".code-block")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-button";
  button.textContent = "Copiar";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copiado";
    } catch (error) {
      button.textContent = "Não deu para copiar";
    }
    button.classList.add("done");
    setTimeout(() => {
      button.textContent = "Copiar";
      button.classList.remove("done");
    }, 2000);
  });
  block.append(button);
}

// Uma animação toca uma vez só, e talvez antes de o leitor chegar a ela.
for (const film of document.querySelectorAll("img.film")) {
  const [type, data] = film.src.split(";base64,");
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const replay = () => {
    // Um endereço novo a cada vez: o mesmo endereço não recomeça do primeiro quadro.
    if (film.src.startsWith("blob:")) URL.revokeObjectURL(film.src);
    film.src = URL.createObjectURL(new Blob([bytes], { type: type.slice("data:".length) }));
  };
  const button = document.createElement("button");
  button.type = "button";
  button.className = "replay-button";
  button.textContent = "Tocar de novo";
  button.addEventListener("click", replay);
  film.after(button);
}

// O que rola para os lados precisa do foco, para rolar também pelo teclado.
const scrollers = document.querySelectorAll(
  "main pre, .table-wrapper, .output.html, .formula, .inline-formula",
);
const names = { PRE: "Código ou saída", SPAN: "Fórmula", DIV: "Tabela" };
const markScrollers = () => {
  for (const element of scrollers) {
    if (element.scrollWidth > element.clientWidth) {
      element.tabIndex = 0;
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", `${names[element.tagName]}, com rolagem lateral`);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
    }
  }
};
markScrollers();
addEventListener("load", markScrollers);
addEventListener("resize", markScrollers);
// Dentro de uma solução recolhida nada tem largura até ela se abrir.
document.addEventListener("toggle", markScrollers, true);

const toc = document.querySelector(".page-toc");
if (toc && !document.body.classList.contains("whole-book")) {
  const wide = matchMedia("(min-width: 86rem)");
  const follow = () => { toc.querySelector("details").open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
  const entries = new Map(
    [...toc.querySelectorAll("a")].map((a) => [byId(decodeURIComponent(a.hash.slice(1))), a]),
  );
  const headings = [...entries.keys()].filter(Boolean);
  const spot = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 160).at(-1);
    for (const [heading, link] of entries) {
      if (heading === passed) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", spot, { passive: true });
  spot();
}

const dialog = byId("search");
const input = byId("search-input");
const status = byId("search-status");
const results = byId("search-results");
let engine = null;

// O motor só é buscado quando alguém abre a busca.
const loadEngine = async () => {
  try {
    engine = await import(new URL(`${root.dataset.root}pagefind/pagefind.js`, location.href));
    await engine.options({ baseUrl: "/", excerptLength: 24 });
    await engine.init();
  } catch (error) {
    engine = null;
    status.textContent = "A busca só funciona com o livro num servidor: use make livro-abrir.";
  }
};

const openSearch = async () => {
  if (!dialog.open) dialog.showModal();
  input.select();
  if (!engine) await loadEngine();
  if (engine && input.value) search();
};

// Sem nada melhor, o pagefind devolve palavras que só começam parecido: essas não contam.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const answers = (part, stems) => {
  const marked = [...part.excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map((match) => plain(match[1]));
  return stems.some((stem) => marked.some((word) => word.includes(stem)));
};
const score = (part) =>
  part.weighted_locations.reduce((total, place) => total + place.balanced_score, 0);

const search = async () => {
  const words = input.value.trim();
  if (!engine || !words) {
    results.replaceChildren();
    if (engine) status.textContent = "";
    return;
  }
  // "ponto de sela": o "de" está em toda parte e não ajuda a achar nada.
  const all = words.split(/\s+/);
  const long = all.filter((word) => word.length > 3);
  const asked = long.length ? long : all;
  const found = await engine.debouncedSearch(asked.join(" "), {}, 150);
  if (found === null) return; // já há outra busca depois desta
  const stems = asked.map((word) => plain(word).slice(0, 5));
  const pages = await Promise.all(found.results.map((result) => result.data()));
  for (const page of pages) {
    page.parts = page.sub_results
      .filter((part) => answers(part, stems))
      .sort((one, other) => score(other) - score(one));
  }
  const useful = pages.filter((page) => page.parts.length);
  results.replaceChildren(...useful.flatMap(pageResults));
  status.textContent = useful.length
    ? `${useful.length} ${useful.length === 1 ? "página" : "páginas"} com “${words}”`
    : `Nada com “${words}”.`;
};

const pageResults = (page) =>
  page.parts.slice(0, 3).map((part) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = root.dataset.root + part.url.replace(/^\//, "");
    link.textContent = part.title === page.meta.title ? part.title : `${page.meta.title} › ${part.title}`;
    link.addEventListener("click", () => dialog.close());
    const excerpt = document.createElement("p");
    excerpt.innerHTML = part.excerpt; // o pagefind já escapa o texto; só há <mark>
    item.append(link, excerpt);
    return item;
  });

byId("search-button").addEventListener("click", openSearch);
input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
  if (event.key === "Escape") dialog.close(); // no Chromium, Esc só apagaria o texto
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    openSearch();
  }
});
