"""Os cadernos no JupyterLab e no Notebook 7, num navegador, como um estudante os abre."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from contents import with_contents
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from gan_lessons.panel import keep_static_outputs

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "build" / "screenshots"
TOKEN = "teste"
LAB, NOTEBOOK_7 = "lab/tree", "notebooks"  # onde, no mesmo servidor, cada um abre um caderno
# O nbval já executa todas, no mesmo kernel; aqui bastam a primeira, que treina diante do aluno, e a
# última. O modo longo abre uma por uma, no JupyterLab e no Notebook 7:
# NAVEGADOR=todas python -m pytest tests/test_browser.py -k run_all
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
VISITS = [(interface, name) for interface in (LAB, NOTEBOOK_7) for name in LESSONS]
if os.environ.get("NAVEGADOR") != "todas":
    VISITS = [(LAB, name) for name in LESSONS if name.startswith(("00_", "99_"))]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Um JupyterLab numa porta livre, sobre uma cópia dos cadernos sem saídas."""
    root = tmp_path_factory.mktemp("cadernos")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, root / path.name)
    log = (root / "jupyter.log").open("w")
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        "--expose-app-in-browser",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        *("--ip=127.0.0.1", f"--ServerApp.root_dir={root}"),
        f"--IdentityProvider.token={TOKEN}",
    ]
    folders = {name: str(root / f".{name}") for name in ("config", "runtime")}
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": folders["config"],
        "JUPYTER_RUNTIME_DIR": folders["runtime"],
    }
    with subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            yield Server(root, process)
        finally:
            process.terminate()
            process.wait(20)
            log.close()


class Server:
    def __init__(self, root, process):
        self.root, self.process = root, process
        # Quem escolhe a porta é o servidor, que só então diz qual foi: não há disputa por ela.
        announced = root / ".runtime" / f"jpserver-{process.pid}.json"
        self.wait(announced.is_file, 120)
        self.url = f"http://127.0.0.1:{json.loads(announced.read_text())['port']}"
        self.wait(lambda: self.get("status") is not None, 60)

    def get(self, resource):
        try:
            with urllib.request.urlopen(f"{self.url}/api/{resource}?token={TOKEN}") as reply:
                return json.load(reply)
        except OSError:
            return None

    def kernel_is_idle(self):
        kernels = self.get("kernels")
        return bool(kernels) and all(kernel["execution_state"] == "idle" for kernel in kernels)

    def wait(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, (self.root / "jupyter.log").read_text()
            assert time.monotonic() < deadline, "o JupyterLab não respondeu a tempo"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def page(browser, server):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    yield page
    page.close()


KERNEL = "jupyterapp.shell.currentWidget?.sessionContext.session?.kernel"


def open_notebook(page, server, name, interface=LAB):
    page.goto(f"{server.url}/{interface}/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # Antes disso, o Notebook 7 não guarda o que se manda executar: esquece.
    page.wait_for_function(f"{KERNEL}?.status === 'idle'")


def run_menu_item(page, label):
    page.get_by_role("menuitem", name="Executar", exact=True).click()
    return page.locator("#jp-mainmenu-run").get_by_text(label, exact=True)


# O que o JupyterLab tem na memória: perguntar a ele não grava, e portanto não disputa com a
# gravação automática, que engole a nossa quando as duas coincidem.
NOTEBOOK = "jupyterapp.shell.currentWidget.model.toJSON()"
FINISHED = f"""() => {{
    const code = {NOTEBOOK}.cells.filter((cell) => cell.cell_type === "code" && cell.source.length);
    return code.every((cell) => cell.execution_count)
        || code.some((cell) => !(cell.metadata.tags ?? []).includes("raises-exception")
            && cell.outputs.some((output) => output.output_type === "error"));
}}"""


def run_all_cells(page, server, seconds):
    """Executa tudo pelo menu e espera; devolve o caderno como o JupyterLab o mostra."""
    run_menu_item(page, "Executar todas as células").click()
    page.wait_for_function(FINISHED, timeout=1000 * seconds, polling=1000)
    server.wait(server.kernel_is_idle, seconds)
    return nbformat.from_dict(page.evaluate(NOTEBOOK))


def screenshot(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


MENUS = ["Arquivo", "Editar", "Exibir", "Executar", "Kernel", "Abas", "Configurações", "Ajuda"]
# As palavras que uma frase em inglês dificilmente evita, e as frases que não passam pelo idioma.
ENGLISH = re.compile(
    r"\b(the|and|of|to|for|with|this|new|open|close|show|hide|run|save|edit|cells?|select|view|help"
    r"|about|check|create|toggle|enable|copy|cut|paste|delete|move|more|search|restart|shut|text"
    r"|collapse|documentation|left|reference|right|section|server|toolbar"
    r"|browser|duplicate|files?|launch|rename|trust|upload)\b",
    re.IGNORECASE,
)
# O que nenhum idioma alcança, e por quê.
NOT_OURS = {
    # Os nomes que o próprio kernel dá: ipykernel, em `help_links`.
    *("Python Reference", "IPython Reference", "NumPy Reference", "SciPy Reference"),
    *("Matplotlib Reference", "SymPy Reference", "pandas Reference"),
    # JupyterLab: a barra do caderno e o botão do depurador nascem sem o tradutor, embora a frase
    # esteja no idioma (`new ReactiveToolbar`, em MainAreaWidget; `updateToolbar`, no depurador).
    *("More commands", "Enable Debugger"),
    "Jupyter Server Root",  # JupyterLab: texto fixo (`createCrumbs`, em filebrowser)
    # Notebook 7: textos fixos (`RESOURCES`, em help-extension; `SkipLinkWidgetHandler`, em
    # application; ``Show ${caption}``, em application-extension).
    *("About Jupyter", "Markdown Reference", "Documentation", "Skip to Main"),
    *("Show Depurador", "Show Ferramentas de caderno", "Show Tabela de conteúdo"),
    "Show Gerenciador de extensões",
    # E a pergunta do novo nome, que ele abre sem o tradutor (`renameDialog`, idem).
    *("Rename File", "File Path", "New Name", "Rename"),
}


def texts(locator):
    return [" ".join(text.split()) for text in locator.all_inner_texts()]


def assert_no_english(found):
    """Nenhum texto em inglês, fora os caminhos: a pasta do estudante pode ter qualquer nome."""
    assert found
    ours = [text.replace(sys.prefix, "").replace(str(ROOT), "") for text in found]
    assert [text for text in ours if ENGLISH.search(text) and text not in NOT_OURS] == []


def test_jupyterlab_opens_in_portuguese(page, server):
    open_notebook(page, server, "00_comece_aqui.ipynb")
    assert texts(page.locator(".lm-MenuBar-itemLabel")) == MENUS
    for place in range(len(MENUS)):
        page.locator(".lm-MenuBar-item").nth(place).click()
        assert_no_english(texts(page.locator(".lm-Menu .lm-Menu-itemLabel")))
        page.keyboard.press("Escape")
    page.locator(".jp-Cell").nth(3).click(button="right")
    assert_no_english(texts(page.locator(".lm-Menu .lm-Menu-itemLabel")))
    page.keyboard.press("Escape")
    assert_no_english(texts(page.locator("#jp-bottom-panel, .jp-FileBrowser")))
    screenshot(page, "00_comece_aqui")


def test_the_launcher_and_the_questions_of_jupyterlab_are_in_portuguese(page, server):
    page.goto(f"{server.url}/lab?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Launcher")
    assert_no_english(texts(page.locator(".jp-Launcher")))
    open_notebook(page, server, "00_comece_aqui.ipynb")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator("#jp-mainmenu-kernel").get_by_text("Reiniciar o kernel…").click()
    assert_no_english(texts(page.locator(".jp-Dialog")))
    page.get_by_role("button", name="Cancelar").click()


def tips(page):
    """O que aparece sob o mouse, menos o caminho da pasta: o nome de cada botão."""
    named = page.locator("[title]:not([title^='/'])")
    return named.evaluate_all("found => found.map(one => one.title)")


def menu_labels(page):
    """O que se lê em todos os menus, um por um, com os menus dentro deles."""
    found = []
    for menu in page.locator(".lm-MenuBar-item").all():
        menu.click()
        found += texts(page.locator(".lm-Menu .lm-Menu-itemLabel"))
        for inner in page.locator('.lm-Menu-item[data-type="submenu"]').all():
            inner.click()
            opened = page.locator(".lm-Menu").nth(1)
            opened.wait_for()
            found += texts(opened.locator(".lm-Menu-itemLabel"))
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("Escape")
    return found


def test_notebook_7_speaks_portuguese(page, server):
    page.goto(f"{server.url}/tree?token={TOKEN}")
    page.locator(".jp-DirListing-item").first.click(button="right")
    found = texts(page.locator(".lm-Menu .lm-Menu-itemLabel"))
    page.keyboard.press("Escape")
    found += page.locator("body").inner_text().split("\n")
    found += menu_labels(page) + tips(page)
    assert_no_english(found)

    open_notebook(page, server, "00_comece_aqui.ipynb", NOTEBOOK_7)
    assert_no_english(menu_labels(page) + tips(page))
    page.locator(".jp-Cell").nth(3).click(button="right")
    assert_no_english(texts(page.locator(".lm-Menu .lm-Menu-itemLabel")))
    page.keyboard.press("Escape")
    for menu, item in ("Kernel", "Reiniciar o kernel…"), ("Arquivo", "Renomear…"):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.locator(".lm-Menu").get_by_text(item, exact=True).click()
        page.locator(".jp-Dialog-buttonLabel").first.wait_for()
        assert_no_english(page.locator(".jp-Dialog").inner_text().split("\n"))
        page.get_by_role("button", name="Cancelar").click()
    screenshot(page, "notebook_7")


@pytest.mark.parametrize(("interface", "name"), VISITS)
def test_run_all_cells_ends_without_an_error(page, server, watched, interface, name):
    open_notebook(page, server, name, interface)
    notebook = run_all_cells(page, server, seconds=600)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count or not cell.source, cell.source
        for output in cell.get("outputs", []):
            expected = "nbval-raises-exception" in cell.metadata.get("tags", [])
            assert output.output_type != "error" or expected, cell.source
    screenshot(page, f"{Path(name).stem}_executado")


PICTURES = """
from matplotlib.figure import Figure
from gan_lessons.panel import explore
from gan_lessons.plots import show, show_animation

def draw(height=1):
    fig = Figure(figsize=(2, 2))
    fig.subplots().bar([0], [height])
    return fig

show(draw(), alt='Uma barra "azul", de altura < 2.')
show_animation([draw(1), draw(2)], seconds=1, alt="Uma barra que cresce até dois.")
explore(draw, height=(1, 3, 1), alt="Uma barra com a altura do controle.")
"""
ALTS = [
    'Uma barra "azul", de altura < 2.',
    "Uma barra que cresce até dois.",
    "Uma barra com a altura do controle.",
]


@pytest.fixture(scope="module")
def lesson_with_pictures():
    """Uma aula com índice, duas seções e três figuras, como o curso a grava."""
    filler = "\n\n".join(["Um parágrafo qualquer."] * 40)
    cells = [
        nbformat.v4.new_markdown_cell("# Uma aula"),
        nbformat.v4.new_markdown_cell(f"## Às figuras\n\n{filler}"),
        nbformat.v4.new_code_cell(PICTURES.strip()),
        nbformat.v4.new_markdown_cell(f'## "Exercícios", à parte\n\n{filler}'),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    notebook, _ = keep_static_outputs(notebook, {})
    notebook.cells = [nbformat.from_dict(cell) for cell in with_contents(notebook.cells)]
    notebook.cells[1].source = "".join(notebook.cells[1].source)
    return notebook


def test_jupyterlab_reads_the_alternative_texts_and_follows_the_contents(
    page, server, lesson_with_pictures
):
    """Num caderno em que o JupyterLab ainda não confia, e com acentos nos títulos."""
    nbformat.write(lesson_with_pictures, server.root / "figuras.ipynb")
    open_notebook(page, server, "figuras.ipynb")
    page.get_by_role("link", name="Às figuras").click()
    page.get_by_alt_text("Uma barra com a altura do controle.").wait_for()
    images = page.locator(".jp-OutputArea img")
    assert [image.get_attribute("alt") for image in images.all()] == ALTS
    screenshot(page, "figuras")
    page.get_by_role("link", name="Exercícios").scroll_into_view_if_needed()
    page.get_by_role("link", name="Exercícios").click()
    heading = page.get_by_role("heading", name="Exercícios", exact=False)
    page.wait_for_function("h => h.getBoundingClientRect().top < 500", arg=heading.element_handle())


def test_the_page_that_nbconvert_makes_keeps_texts_and_contents(lesson_with_pictures):
    html, _ = HTMLExporter().from_notebook_node(lesson_with_pictures)
    page = BeautifulSoup(html, "html.parser")
    assert [image.get("alt") for image in page.find_all("img")] == ALTS
    targets = [a["href"].lstrip("#") for a in page.select('a[href^="#cell-id="]')]
    assert len(targets) == 2
    assert all(page.find(id=target) for target in targets)


PANEL = """
import numpy as np
import torch
from gan_lessons.models import Discriminator, Generator, init_weights
from gan_lessons.panel import TrainingPanel
from gan_lessons.training import Trainer

rng = torch.Generator().manual_seed(0)
generator = init_weights(Generator(20, 2), rng)
discriminator = init_weights(Discriminator(2), rng)
points = np.random.RandomState(0).normal(size=(500, 2))
trainer = Trainer(generator, discriminator, points)
TrainingPanel(trainer)
"""


class PanelOnPage:
    """O painel como um estudante o vê: textos, botões e desenho."""

    def __init__(self, page, cell):
        self.page, self.cell = page, cell
        self.canvas = cell.locator(".gan-scene")
        self.canvas.wait_for(timeout=180_000)  # o filme da aula se grava antes
        self.canvas.scroll_into_view_if_needed()
        cell.locator(".gan-tools summary").click()

    def button(self, name):
        return self.cell.get_by_role("button", name=name, exact=True)

    def choose(self, menu, option):
        self.cell.get_by_role("combobox", name=menu).select_option(label=option)

    @property
    def text(self):
        return " ".join(self.cell.locator(".gan-status, .gan-words").all_inner_texts())

    @property
    def step(self):
        found = re.search(r"Passo (\d+)", self.text)
        return int(found.group(1)) if found else -1  # o primeiro quadro ainda não chegou

    @property
    def picture(self):
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    def until(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.text
            self.page.wait_for_timeout(50)

    def press(self, name, sentence):
        """Aperta e espera o quadro novo e a frase."""
        before = self.picture
        self.button(name).click()
        self.until(lambda: sentence in self.text and self.picture != before)


# Ao abrir, o Notebook 7 avisa de uma preferência antes de ter lido a dos atalhos: é dele, aparece
# também num ambiente que só tem o Notebook (github.com/jupyter/notebook/issues/7862).
SHORTCUTS = "Cannot read properties of undefined (reading 'schema')"


@pytest.fixture
def watched(page, server):
    """Nada se queixa: nem o console do navegador, nem o registro do kernel."""
    complaints = []
    # O JupyterLab avisa de coisas suas; erro é só o que o console chama de erro.

    def on_console(message):
        if message.type == "error":
            complaints.append(message.text)

    def on_error(error):
        complaints.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    log = server.root / "jupyter.log"
    start = len(log.read_text())
    yield complaints
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)
    assert [complaint for complaint in complaints if complaint != SHORTCUTS] == []
    # O servidor tem as suas próprias queixas; as do painel passam pelo kernel.
    for complaint in ("gan_lessons", "Exception in thread", "[IPKernelApp] ERROR"):
        assert complaint not in log.read_text()[start:]


def open_panel(page, server, name, cells):
    """Grava um caderno com as células dadas, executa-o e devolve o painel da última."""
    notebook = nbformat.read(server.root / "00_comece_aqui.ipynb", as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(notebook, server.root / name)
    open_notebook(page, server, name)
    run_menu_item(page, "Executar todas as células").click()
    return PanelOnPage(page, page.locator(".jp-CodeCell").last)


def play_with(panel, page, name):
    """O que um estudante faz na primeira visita: treina, para, dá passos, muda, recomeça."""
    screenshot(page, f"{name}_inicio")
    panel.button("Recomeçar").click()
    panel.until(lambda: panel.step == 0)
    first = panel.picture
    panel.button("Treinar").click()
    panel.until(lambda: panel.step > 50 and panel.picture != first)
    seen = panel.step, panel.picture
    panel.until(lambda: panel.step > seen[0] and panel.picture != seen[1])
    screenshot(page, f"{name}_treinando")
    panel.button("Pausar").click()
    panel.button("Treinar").wait_for()
    page.wait_for_timeout(500)
    paused = panel.step
    page.wait_for_timeout(500)
    assert panel.step == paused

    panel.press("Passo de D", "Meio passo de D")
    assert panel.step == paused
    panel.press("Passo de G", "Meio passo de G")
    panel.press("Passo completo", "Passo completo")
    assert panel.step == paused + 2

    panel.choose("Perda", "relativística")
    panel.until(lambda: "a perda agora é relativística" in panel.text)
    panel.press("Passo completo", "Passo completo")
    panel.choose("Velocidade", "câmera lenta")
    panel.button("Treinar").click()
    panel.until(lambda: "Meio passo de" in panel.text)
    screenshot(page, f"{name}_lenta")
    panel.button("Recomeçar").click()
    panel.until(lambda: panel.step == 0)
    assert panel.button("Treinar").is_visible()


def test_the_panel_in_the_spiral_lesson(page, server, watched):
    lesson = nbformat.read(server.root / "02_espiral.ipynb", as_version=4)
    sources = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    # Só as células de que o painel depende: as dos treinos longos ficam para o outro teste.
    needed = ("import time", "n = 1000", "scaler =", "def new_real_points", "def new_points")
    chosen = [source for source in sources if source.startswith(needed)]
    assert len(chosen) == len(needed)
    chosen.insert(-2, "fake = data + 1")  # o que o juiz recusa, na célula seguinte
    panel = open_panel(page, server, "espiral_painel.ipynb", chosen)
    panel.until(lambda: panel.step > 0)
    play_with(panel, page, "espiral_painel")


@pytest.mark.parametrize("width", [1200, 1000])
def test_the_panel_fits_the_page_and_answers_the_keyboard(page, server, watched, width):
    page.set_viewport_size({"width": width, "height": 1000})
    name = f"painel_{width}.ipynb"
    panel = open_panel(page, server, name, [PANEL.strip()])
    if width == 1200:
        play_with(panel, page, "painel")
    panel.until(lambda: panel.step == 0)
    screenshot(page, f"painel_{width}")
    # Nenhum botão, menu ou imagem é cortado pela beirada da célula.
    edges = panel.cell.locator(".jp-OutputArea-output").last.bounding_box()
    for kind in ("button:visible", "select:visible", "canvas"):
        for control in panel.cell.locator(".jp-OutputArea-output").last.locator(kind).all():
            box = control.bounding_box()
            assert box["x"] >= edges["x"] - 1
            assert box["x"] + box["width"] <= edges["x"] + edges["width"] + 1
            assert control.evaluate("e => e.scrollWidth <= e.clientWidth + 2"), kind
    # Só com o teclado: um botão com a barra de espaço, e o seguinte com Tab e Enter.
    panel.button("Passo completo").focus()
    page.keyboard.press("Space")
    panel.until(lambda: panel.step == 1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    panel.until(lambda: panel.step == 0)
    rate = panel.cell.get_by_label("Taxa de D")
    rate.focus()
    page.keyboard.press("ArrowRight")
    panel.until(lambda: "a taxa de D agora é 0,002" in panel.text)
    page.set_viewport_size({"width": 1400, "height": 1000})
    # O caderno a gravar guarda uma figura por painel, não uma por quadro.
    saved = json.dumps(page.evaluate(NOTEBOOK))
    assert saved.count("data:image/png;base64,") <= 1
    assert len(saved) < 400_000
