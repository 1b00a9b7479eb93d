"""O que se mede e se faz numa página aberta: a largura, as barreiras, os cliques ao acaso."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

SCREENSHOTS = Path(__file__).parent.parent / "build" / "screenshots"
PHONE = {"width": 360, "height": 780}
# Cada máquina tem as suas fontes: aqui se fixa a largura das letras (a do 0, em frações do corpo,
# no texto e no código), e não o nome da fonte. As comuns são as da DejaVu; as largas, 20 % mais.
FONTS = {"estreitas": (0.5, 0.5), "comuns": (0.64, 0.6), "largas": (0.77, 0.72)}
DESK = {"width": 1400, "height": 1000}


def use_fonts(page, name):
    """Põe na página as letras de uma das larguras de `FONTS`."""
    text, code = FONTS[name]
    page.evaluate(
        """(rules) => {
            const id = "larguras";
            const style = document.getElementById(id) ?? document.createElement("style");
            document.head.append(Object.assign(style, { id, textContent: rules }));
            dispatchEvent(new Event("resize"));
        }""",
        f"* {{ font-size-adjust: ch-width {text}; }}"
        f"pre, pre *, code {{ font-size-adjust: ch-width {code}; }}",
    )


def too_wide(page):
    """As larguras de letra com que a página rola para os lados, e o que passa da beirada."""
    found = {}
    for name in FONTS:
        use_fonts(page, name)
        found[name] = page.evaluate(
            """() => {
                const scrolls = (e) => e && (getComputedStyle(e).overflowX !== "visible"
                    || scrolls(e.parentElement));
                const passes = (e) => e.getBoundingClientRect().right > innerWidth
                    && !scrolls(e.parentElement);
                if (document.documentElement.scrollWidth <= innerWidth) return [];
                const all = [...document.querySelectorAll("main *")].filter(passes);
                return ["a página"].concat(all.map((e) => e.outerHTML.slice(0, 120)).slice(0, 5));
            }"""
        )
    return {name: what for name, what in found.items() if what}


OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(d => { d.open = true; })"


def violations(page, **options):
    """As violações graves que o axe acha, com tudo o que se recolhe aberto."""
    page.evaluate(OPEN_EVERYTHING)
    options = {"resultTypes": ["violations"]} | options
    found = Axe().run(page, options=options).response["violations"]
    return [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]


PLAY_LIKE_A_CHILD = """async ([seed, n]) => {
    let state = seed;
    const below = (n) => {
        state = (1103515245 * state + 12345) % 2147483648;
        return Math.floor((state / 2147483648) * n);
    };
    document.querySelector("details").open = true;
    for (let i = 0; i < n; i++) {
        const all = document.querySelectorAll(
            ".gan-body button:enabled, .gan-body select, .gan-body input:enabled, canvas");
        const one = all[below(all.length)];
        if (one.tagName === "BUTTON") one.click();
        if (one.tagName === "SELECT") {
            one.selectedIndex = below(one.options.length);
            one.dispatchEvent(new Event("change"));
        }
        if (one.tagName === "INPUT") {
            one.value = below(Number(one.max) + 1);
            one.dispatchEvent(new Event("input"));
            one.dispatchEvent(new Event("change"));
        }
        if (one.tagName === "CANVAS") {
            one.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
        }
        if (i % 10 === 0) await new Promise((done) => setTimeout(done, 5));
    }
}"""
"""Aperta, muda e gira ao acaso, `n` vezes, o que houver na tela da GAN: ``[semente, n]``."""
