"""A tela do caderno num navegador de verdade, com o treino no kernel e sem o JupyterLab no meio."""

import base64
import os

import panels
import pytest
from pages import DESK, PHONE, PLAY_LIKE_A_CHILD, SCREENSHOTS, too_wide, violations

pytestmark = pytest.mark.browser
# Os mil cliques em todo tipo de dados: NAVEGADOR=todas python -m pytest tests/test_kernel_view.py
ALL_KINDS = os.environ.get("NAVEGADOR") == "todas"

# O modelo do anywidget, tal como `render` o usa: guarda o que a tela diz e entrega o que se dá.
MODEL = """
const outbox = [];
const model = {
    get: () => plan,
    send: (message) => outbox.push(message),
    on: (name, hear) => { model.hear = hear; },
    off: () => { model.hear = () => {}; },
};
const deliver = ([content, buffers]) => model.hear(content, buffers.map((text) => {
    const bytes = Uint8Array.from("x" + atob(text), (letter) => letter.charCodeAt(0));
    return new DataView(bytes.buffer, 1);
}));
const close = render({ model, el: document.querySelector("main") });
"""


class Notebook:
    """Uma página com a tela de um painel; cada `pump` leva e traz o que houver."""

    def __init__(self, tab, panel):
        self.tab, self.panel, self.queue = tab, panel, []
        panel.box.send = lambda content, buffers=(): self.queue.append((content, buffers))
        script = panel.box._esm.replace("export default { render };", "")
        tab.evaluate("plan => { window.plan = plan; }", panel.box.plan)
        tab.add_script_tag(content=script + MODEL)
        self.pump()

    def pump(self):
        for message in self.tab.evaluate("outbox.splice(0)"):
            self.panel.box._handle_custom_msg(message, [])
        if not self.panel.session.playing:
            self.panel.session.wait()
        while self.queue:
            content, buffers = self.queue.pop(0)
            texts = [base64.b64encode(buffer).decode() for buffer in buffers]
            self.tab.evaluate("deliver", [content, texts])
        self.tab.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")

    def until(self, condition):
        panels.until(lambda: self.pump() or condition())

    def click(self, name):
        self.tab.get_by_role("button", name=name, exact=True).click()
        self.pump()

    def choose(self, menu, option):
        self.tab.get_by_role("combobox", name=menu).select_option(label=option)
        self.pump()

    @property
    def words(self):
        return " ".join(self.tab.locator(".gan-status, .gan-words").all_inner_texts())

    @property
    def drawing(self):
        self.pump()
        return self.tab.evaluate("document.querySelector('.gan-scene').toDataURL()")


@pytest.fixture
def open_notebook(open_page, tmp_path, make_panel):
    blank = tmp_path / "caderno.html"
    blank.write_text(
        "<!DOCTYPE html><html lang='pt-BR'><meta charset='utf-8'><title>a</title>"
        "<meta name='viewport' content='width=device-width'>"
        "<style>:root { color-scheme: light dark; } body { background: Canvas; color: CanvasText; }"
        "</style><main></main></html>",
        encoding="utf-8",
    )

    def open_notebook(trainer, *, record=0, **options):
        panel = make_panel(trainer)
        if record:
            panel.record(record, n_frames=3)
        return Notebook(open_page(blank.as_uri(), **options), panel)

    return open_notebook


@pytest.mark.parametrize("screen", [(DESK, "light"), (PHONE, "dark")], ids=["mesa", "telefone"])
@panels.every_kind
def test_the_view_of_the_notebook_draws_what_the_kernel_sends(
    open_notebook, make_trainer, screen, request
):
    viewport, theme = screen
    notebook = open_notebook(make_trainer(), viewport=viewport, theme=theme)
    tab = notebook.tab
    assert "Passo 0" in notebook.words
    before = notebook.drawing
    tab.locator(".gan-tools summary").click()
    notebook.click("Passo completo")
    assert notebook.drawing != before
    assert "Passo completo. Perda de D" in notebook.words
    notebook.choose("Perda", "relativística")
    assert "a perda agora é relativística" in notebook.words
    notebook.click("Treinar")
    notebook.until(lambda: notebook.panel.trainer.n_steps > 20)
    notebook.click("Pausar")
    reached = notebook.panel.trainer.n_steps
    notebook.pump()
    assert f"Passo {reached} ·" in notebook.words
    tab.screenshot(path=SCREENSHOTS / f"kernel_{request.node.callspec.id}.png", full_page=True)
    assert too_wide(tab) == {}
    assert violations(tab) == []


def test_a_recorded_film_is_there_to_be_reviewed(open_notebook):
    notebook = open_notebook(panels.plane_trainer(), record=30)
    assert "Filme pronto: 30 passos gravados" in notebook.words
    last = notebook.drawing
    notebook.tab.locator(".gan-tools summary").click()
    film = notebook.tab.get_by_label("Filme")
    film.press("Home")
    assert "Passo 0" in notebook.words
    assert notebook.drawing != last
    film.press("End")
    assert notebook.drawing == last


def test_asking_for_a_class_changes_what_is_drawn(open_notebook):
    notebook = open_notebook(panels.digit_trainer())
    everything = notebook.drawing
    notebook.tab.locator(".gan-tools summary").click()
    notebook.choose("Dígito pedido", "7")
    assert notebook.drawing != everything
    notebook.choose("Dígito pedido", "todos")
    assert notebook.drawing == everything


def test_an_error_is_told_as_text_and_restarting_mends_it(open_notebook):
    notebook = open_notebook(panels.plane_trainer())
    notebook.panel.trainer.step = lambda: 1 / 0
    notebook.tab.locator(".gan-tools summary").click()
    notebook.click("Passo completo")
    assert "O treino parou. ZeroDivisionError" in notebook.words
    assert notebook.tab.get_by_role("button", name="Treinar").is_disabled()
    del notebook.panel.trainer.step
    notebook.click("Recomeçar")
    assert "O treino parou" not in notebook.words
    assert notebook.tab.get_by_role("button", name="Treinar").is_enabled()


def test_closing_the_view_leaves_an_empty_page_that_hears_nothing(open_notebook):
    notebook = open_notebook(panels.plane_trainer())
    notebook.tab.evaluate("close()")
    assert notebook.tab.locator(".gan-body").count() == 0
    notebook.panel.session.explain("both")
    notebook.pump()
    assert notebook.tab.locator("canvas").count() == 0


@pytest.mark.parametrize("kind", panels.TRAINERS if ALL_KINDS else ["digits"])
def test_a_thousand_random_clicks_break_nothing(open_notebook, kind):
    notebook = open_notebook(panels.TRAINERS[kind]())
    for seed in range(20):
        notebook.tab.evaluate(PLAY_LIKE_A_CHILD, [seed, 50])
        notebook.pump()
    notebook.panel.pause()
    notebook.pump()
    notebook.choose("Perda", "não saturante")
    notebook.click("Recomeçar")
    notebook.tab.get_by_label("Taxa de D").press("Home")
    notebook.tab.get_by_label("Taxa de G").press("Home")
    notebook.pump()
    assert "O treino parou" not in notebook.words
    notebook.choose("Velocidade", "o mais rápido possível")
    notebook.click("Treinar")
    notebook.until(lambda: notebook.panel.trainer.n_steps > 20)
    notebook.click("Pausar")
    assert f"Passo {notebook.panel.trainer.n_steps} ·" in notebook.words
    assert notebook.panel.session._thread is None
