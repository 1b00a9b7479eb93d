"""A GAN viva num navegador de verdade: na mesa e no telefone, com o mouse, o dedo e o teclado."""

import json

import numpy as np
import panels
import pytest
from nbformat.v4 import new_output
from pages import DESK, PHONE, PLAY_LIKE_A_CHILD, SCREENSHOTS, too_wide, violations
from playwright.sync_api import expect

from gan_lessons.book.outputs import output_to_html
from gan_lessons.data import make_spiral
from gan_lessons.models import make_plane_gan
from gan_lessons.panel import TrainingPanel, opening, page
from gan_lessons.panel.plan import training_plan
from gan_lessons.training import Recipe, Trainer

pytestmark = pytest.mark.browser

STEP = "Number(document.querySelector('.gan-status')?.textContent.match(/Passo (\\d+)/)?.[1] ?? -1)"


def plane_trainer(**options):
    def make_networks(seed):
        return make_plane_gan(seed, hidden=(16,))

    return Trainer(*make_networks(0), panels.ring(200, 0), make_networks=make_networks, **options)


def space_trainer():
    return Trainer(*panels.small_gan(3), make_spiral(200, random_state=0))


TRAINERS = {
    "reta": lambda: Trainer(*panels.small_gan(1), panels.ring(200, 0)[:, :1]),
    "plano": plane_trainer,
    "espaço": space_trainer,
    "pares": panels.even_trainer,
}
SCREENS = {"mesa": (DESK, "light"), "telefone": (PHONE, "dark")}


@pytest.fixture
def open_live(open_page, tmp_path):
    """A página que treina, aberta do disco e já desenhada."""

    def open_live(trainer, *, hint="", **options):
        path = page.save_live_page(trainer, tmp_path / "gan.html", hint=hint)
        tab = open_page(path.as_uri(), **options)
        tab.wait_for_function(f"{STEP} === 0")
        return tab

    return open_live


def click(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def train_until(tab, step):
    click(tab, "Treinar")
    tab.wait_for_function(f"{STEP} >= {step}")
    click(tab, "Pausar")
    tab.get_by_role("button", name="Treinar").wait_for()


def open_tools(tab):
    tab.locator(".gan-tools summary").click()


def steps_taken(tab):
    """Os passos dados, depois de tudo o que estava em andamento chegar à tela."""
    tab.wait_for_timeout(300)
    return tab.evaluate(STEP)


def drawing(tab):
    """O desenho da cena, como o navegador o pintou."""
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return tab.evaluate("document.querySelector('.gan-scene').toDataURL()")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", TRAINERS)
def test_one_touch_trains_from_the_disk_without_barriers(open_live, kind, screen):
    viewport, theme = SCREENS[screen]
    tab = open_live(TRAINERS[kind](), viewport=viewport, theme=theme, device_scale_factor=2)
    before = drawing(tab)
    train_until(tab, 60)
    assert drawing(tab) != before
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    open_tools(tab)
    tab.screenshot(path=SCREENSHOTS / f"viva_{kind}_{screen}.png", full_page=True)
    assert violations(tab) == []
    assert too_wide(tab) == {}
    sizes = tab.evaluate(
        """[...document.querySelectorAll("button, select, summary, input")].map(
            (e) => [e.textContent || e.type, e.getBoundingClientRect().height])"""
    )
    assert len(sizes) > 10
    assert [size for size in sizes if size[1] < 44] == []


def test_the_canvas_has_the_density_of_the_screen(open_live):
    tab = open_live(plane_trainer(), device_scale_factor=3)
    drawing(tab)
    sizes = tab.evaluate(
        "[...document.querySelectorAll('canvas')].map(c => [c.width, 3 * c.clientWidth])"
    )
    assert [real for real, _ in sizes] == [expected for _, expected in sizes]


def test_the_keyboard_alone_trains_turns_and_pauses(open_live):
    tab = open_live(space_trainer())
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_function(f"{STEP} > 10")
    tab.keyboard.press("Space")
    tab.get_by_role("button", name="Treinar").wait_for()
    steps_taken(tab)
    for _ in range(2):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "gan-scene"
    seen = {drawing(tab)}
    for key in ("ArrowLeft", "ArrowUp"):
        tab.keyboard.press(key)
        seen.add(drawing(tab))
    assert len(seen) == 3
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.querySelector('.gan-tools').open")


def test_a_drag_turns_the_box_and_the_menu_shows_the_shadows(open_live):
    tab = open_live(space_trainer())
    before = drawing(tab)
    box = tab.locator(".gan-scene").bounding_box()
    tab.mouse.move(box["x"] + 100, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 160, box["y"] + 120, steps=3)
    tab.mouse.up()
    turned = drawing(tab)
    assert turned != before
    tab.mouse.move(box["x"] + 50, box["y"] + 50)
    assert drawing(tab) == turned, "sem o botão apertado, a caixa não gira"
    open_tools(tab)
    tab.get_by_label("Desenho").select_option(label="três sombras")
    assert drawing(tab) != turned


def test_half_steps_are_told_in_words(open_live):
    tab = open_live(plane_trainer())
    open_tools(tab)
    words = tab.locator(".gan-words")
    click(tab, "Passo de D")
    words.filter(has_text="O gerador não se mexeu").wait_for()
    assert tab.evaluate(STEP) == 0
    click(tab, "Passo de G")
    words.filter(has_text="O discriminador não se mexeu").wait_for()
    assert tab.evaluate(STEP) == 1
    click(tab, "Passo completo")
    words.filter(has_text="Passo completo. Perda de D: ").wait_for()
    assert tab.evaluate(STEP) == 2
    assert words.get_attribute("role") == "status"


def test_the_same_seed_repeats_the_training_and_another_does_not(open_live):
    tab = open_live(plane_trainer())
    open_tools(tab)
    drawings = []
    for button in (None, "Recomeçar", "Nova semente"):
        if button:
            click(tab, button)
            tab.wait_for_function(f"{STEP} === 0")
        for step in range(1, 4):
            click(tab, "Passo completo")
            tab.wait_for_function(f"{STEP} === {step}")
        drawings.append(drawing(tab))
    assert drawings[0] == drawings[1] != drawings[2]


def test_the_recipe_changes_on_the_way(open_live):
    tab = open_live(plane_trainer())
    open_tools(tab)
    words = tab.locator(".gan-words")
    tab.get_by_role("combobox", name="Perda").select_option(label="Wasserstein")
    words.filter(has_text="a perda agora é Wasserstein").wait_for()
    rate = tab.get_by_label("Taxa de G")
    rate.press("ArrowRight")
    words.filter(has_text="a taxa de G agora é 0,002").wait_for()
    assert rate.get_attribute("aria-valuetext") == "0,002"
    train_until(tab, 30)


def test_the_film_shows_the_past_and_training_goes_on_from_now(open_live):
    tab = open_live(plane_trainer())
    first = drawing(tab)
    train_until(tab, 60)
    reached = steps_taken(tab)
    last = drawing(tab)
    open_tools(tab)
    tab.get_by_label("Filme").press("Home")
    assert tab.evaluate(STEP) == 0
    assert drawing(tab) == first
    tab.get_by_label("Filme").press("End")
    assert tab.evaluate(STEP) == reached
    assert drawing(tab) == last


def test_slow_motion_tells_each_half_step_and_leaves_at_once(open_live):
    tab = open_live(plane_trainer())
    open_tools(tab)
    tab.get_by_label("Velocidade").select_option(label="câmera lenta")
    click(tab, "Treinar")
    words = tab.locator(".gan-words")
    words.filter(has_text="Meio passo de D").wait_for()
    words.filter(has_text="Meio passo de G").wait_for()
    tab.get_by_label("Velocidade").select_option(label="o mais rápido possível")
    tab.wait_for_function(f"{STEP} > 30")


def curves(tab):
    """As curvas ao lado da cena, como o navegador as pintou."""
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return tab.locator(".gan-charts").evaluate("canvas => canvas.toDataURL()")


def test_when_the_training_stops_the_curves_reach_its_last_step(open_live):
    tab = open_live(plane_trainer())
    for step in 100, 300, 500:
        train_until(tab, step)
        steps_taken(tab)
        seen = curves(tab)
        tab.evaluate("document.documentElement.toggleAttribute('data-other')")  # redesenha tudo
        assert curves(tab) == seen


def test_a_divergence_is_explained_and_can_be_restarted(open_live):
    recipe = Recipe(loss="wasserstein", generator_lr=1e30, discriminator_lr=1e30)
    tab = open_live(plane_trainer(recipe=recipe))
    click(tab, "Treinar")
    words = tab.locator(".gan-words")
    words.filter(has_text="O treino divergiu no passo").wait_for()
    expect(tab.get_by_role("button", name="Treinar")).to_be_disabled()
    assert violations(tab) == []
    click(tab, "Recomeçar")
    tab.wait_for_function(f"{STEP} === 0")
    expect(tab.get_by_role("button", name="Treinar")).to_be_enabled()
    expect(words).to_have_text("")


def hide(tab, hidden):
    tab.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_hidden_tab_stops_training(open_live):
    tab = open_live(plane_trainer())
    click(tab, "Treinar")
    tab.wait_for_function(f"{STEP} > 10")
    hide(tab, True)
    stopped = steps_taken(tab)
    assert steps_taken(tab) == stopped
    hide(tab, False)
    tab.wait_for_function(f"{STEP} > {stopped}")


def made_page(folder, parts):
    """O endereço de uma página feita das partes dadas."""
    path = folder / "página.html"
    path.write_text(
        "<!DOCTYPE html><html lang='pt-BR'><meta charset='utf-8'><title>a</title>"
        f"<main>{''.join(parts)}</main></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def test_two_panels_do_not_disturb_each_other_and_leave_nothing_behind(open_page, tmp_path):
    figures = [page.figure(training_plan(plane_trainer()), f"<p>{i}</p>") for i in range(2)]
    figures.append(f"<script>{page.script()}</script>")
    tab = open_page(made_page(tmp_path, figures))
    statuses = tab.locator(".gan-status")
    statuses.nth(1).filter(has_text="Passo 0").wait_for()
    tab.locator(".gan-main").first.click()
    tab.wait_for_function(f"{STEP} > 10")
    assert "Passo 0" in statuses.nth(1).inner_text()
    assert len(tab.workers) == 2
    tab.evaluate("document.querySelector('gan-panel').remove()")
    tab.wait_for_timeout(300)
    assert len(tab.workers) == 1
    tab.evaluate("document.querySelector('gan-panel').remove()")
    tab.wait_for_timeout(300)
    assert tab.workers == []


@pytest.mark.parametrize("kind", TRAINERS)
def test_a_thousand_random_clicks_break_nothing(open_live, kind):
    tab = open_live(TRAINERS[kind]())
    tab.evaluate(PLAY_LIKE_A_CHILD, [1, 1000])
    click(tab, "Recomeçar")
    tab.wait_for_function(f"{STEP} === 0")
    open_now = tab.get_by_label("Velocidade")
    open_now.select_option(label="o mais rápido possível")
    tab.get_by_role("combobox", name="Perda").select_option(label="não saturante")
    tab.get_by_label("Taxa de D").press("Home")
    tab.get_by_label("Taxa de G").press("Home")
    train_until(tab, 20)
    assert len(tab.workers) == 1


def test_without_scripts_and_on_paper_there_is_the_still(open_page, tmp_path):
    path = tmp_path / "a.html"
    still = "<p class='still'>a imagem parada</p>"
    figure = page.figure(training_plan(plane_trainer()), still)
    path.write_text(
        f"<!DOCTYPE html><html lang='pt-BR'><title>a</title>{figure}"
        f"<script>{page.script()}</script></html>",
        encoding="utf-8",
    )
    tab = open_page(path.as_uri(), java_script_enabled=False)
    assert tab.locator(".still").is_visible()
    tab = open_page(path.as_uri())
    tab.wait_for_function(f"{STEP} === 0")
    assert not tab.locator(".still").is_visible()
    tab.emulate_media(media="print")
    assert tab.locator(".still").is_visible()
    assert not tab.locator(".gan-body").is_visible()


def test_the_outputs_of_panels_live_in_a_page_that_repeats_the_script(open_page, tmp_path):
    """Como na página que imprime o livro inteiro: cada capítulo traz o seu script."""
    script = f"<script>{page.script()}</script>"
    chapters = []
    for trainer in (plane_trainer(), panels.even_trainer()):
        panel = TrainingPanel(trainer)
        output = new_output("display_data", data=panel._repr_mimebundle_())
        chapters.append(output_to_html(output) + script)
        panel.close()
    tab = open_page(made_page(tmp_path, chapters))
    for i in range(2):
        tab.locator(".gan-status").nth(i).filter(has_text="Passo 0").wait_for()
    assert len(tab.workers) == 2
    assert [image.is_visible() for image in tab.locator("img").all()] == [False, False]


def test_the_opening_of_the_book_is_light():
    opened = "".join(json.dumps(data) for data in opening.outputs())
    assert len((opened + page.script()).encode()) <= 100_000


def test_a_page_says_what_to_look_for(open_live):
    tab = open_live(plane_trainer(), hint="Veja se as cruzes cobrem <todos> os círculos.")
    assert tab.get_by_text("Veja se as cruzes cobrem <todos> os círculos.").is_visible()
    assert tab.locator("h1").inner_text() == "Uma GAN ao vivo"


@pytest.mark.parametrize(
    ("path", "error"), [(3, TypeError), ("não existe/gan.html", ValueError), (".", ValueError)]
)
def test_a_page_goes_to_a_file_in_a_folder_that_exists(path, error):
    with pytest.raises(error, match="path deve ser"):
        page.save_live_page(plane_trainer(), path)


def test_a_page_that_fails_leaves_the_old_one(tmp_path):
    path = tmp_path / "gan.html"
    path.write_text("a de antes", encoding="utf-8")
    with pytest.raises(ValueError, match="judge_data"):
        page.save_live_page(plane_trainer(), path, judge_data=np.zeros((50, 3)))
    assert path.read_text(encoding="utf-8") == "a de antes"
    assert [file.name for file in tmp_path.iterdir()] == ["gan.html"]
