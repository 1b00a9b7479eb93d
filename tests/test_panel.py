"""Mexer num controle muda a imagem, de verdade; o que não serve é recusado em português."""

import base64
import io
import threading

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from gan_lessons.panel import WIDGET_VIEW, explore, frames, keep_static_outputs
from gan_lessons.plots import picture_bundle

ALT = "Uma reta que sobe com a taxa."
PNG = b"\x89PNG\r\n\x1a\n"


def line(rate=0.0, shape="-"):
    fig = Figure(figsize=(2, 1))
    fig.subplots().plot([0, 1], [0, rate], shape)
    return fig


def test_moving_a_slider_draws_another_image_and_moving_back_draws_the_first():
    explorer = explore(line, rate=(0.0, 1.0, 0.1), alt=ALT)
    first = explorer.image.value
    explorer.controls["rate"].value = 0.7
    second = explorer.image.value
    assert bytes(first).startswith(PNG)
    assert bytes(second).startswith(PNG)
    assert first != second
    explorer.controls["rate"].value = 0.0
    assert explorer.image.value == first


def test_a_list_is_a_menu_that_also_redraws():
    explorer = explore(line, rate=(0.0, 1.0, 0.5, 1.0), shape=["-", ":"], alt=ALT)
    first = explorer.image.value
    assert explorer.values == {"rate": 1.0, "shape": "-"}
    explorer.controls["shape"].value = ":"
    assert explorer.image.value != first


def test_integers_give_integers():
    received = []

    def draw(n):
        received.append(n)
        return line(n)

    explorer = explore(draw, n=(1, 5, 2), alt=ALT)
    explorer.controls["n"].value = 3
    assert received == [1, 3]
    assert all(type(n) is int for n in received)


def test_the_bundle_serves_a_live_notebook_a_static_page_and_nbval():
    explorer = explore(line, rate=(0.0, 1.0, 0.1), labels={"rate": "taxa"}, alt=ALT)
    data = explorer._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == explorer.box.model_id
    still = {kind: value for kind, value in data.items() if kind != WIDGET_VIEW}
    assert repr(explorer) == "explore: taxa"
    assert still == picture_bundle(bytes(explorer.image.value), ALT, "explore: taxa")


def test_controls_are_named_in_words():
    explorer = explore(
        line, rate=(0.0, 1.0, 0.1), shape=["-", ":"], alt=ALT, labels={"shape": "traço"}
    )
    assert [control.description for control in explorer.controls.values()] == ["rate", "traço"]
    assert explorer.controls["rate"].readout_format == ".1f"


def test_the_picture_is_described_without_a_tooltip_which_breaks_images_in_ipywidgets():
    explorer = explore(line, rate=(0.0, 1.0, 0.1), alt="A reta <sobe> com a taxa.")
    assert explorer.image.tooltip is None
    assert "A reta &lt;sobe&gt; com a taxa." in explorer.box.children[-1].value


def test_an_error_in_draw_is_shown_and_does_not_kill_the_figure():
    def draw(rate):
        return line(1 / rate)

    explorer = explore(draw, rate=(0, 2, 1, 1), alt=ALT)
    good = explorer.image.value
    assert explorer.message.value == ""
    explorer.controls["rate"].value = 0
    assert "O desenho parou com ZeroDivisionError" in explorer.message.value
    assert explorer.image.value == good
    explorer.controls["rate"].value = 2
    assert explorer.message.value == ""
    assert explorer.image.value != good


def test_an_error_at_the_start_changes_the_text_that_nbval_compares():
    def draw(rate):
        raise RuntimeError("<b>ops</b>")

    explorer = explore(draw, rate=(0, 2, 1), alt=ALT)
    data = explorer._repr_mimebundle_()
    assert data["text/plain"] == "explore: rate. O desenho parou com RuntimeError: <b>ops</b>"
    assert "text/html" not in data
    assert "&lt;b&gt;ops" in explorer.message.value


def test_draw_must_return_a_figure():
    explorer = explore(lambda rate: rate, rate=(0, 2, 1), alt=ALT)
    assert "deve devolver uma matplotlib.figure.Figure, mas devolveu int" in explorer.error


def test_no_figure_stays_open_in_pyplot():
    before = plt.get_fignums()
    explorer = explore(lambda n: plt.subplots()[0], n=(0, 5, 1), alt=ALT)
    explorer.controls["n"].value = 2
    assert explorer.error is None
    assert plt.get_fignums() == before


def test_controls_moved_from_many_threads_end_in_the_image_of_the_last_values():
    explorer = explore(line, rate=(0.0, 1.0, 0.01), shape=["-", ":"], alt=ALT)

    def move(name, values):
        for value in values:
            explorer.controls[name].value = value

    moves = [("rate", [0.1, 0.5, 0.9]), ("shape", [":", "-", ":"])]
    threads = [threading.Thread(target=move, args=arguments) for arguments in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert explorer.values == {"rate": 0.9, "shape": ":"}
    expected = explore(line, rate=(0.0, 1.0, 0.01, 0.9), shape=[":", "-"], alt=ALT)
    assert explorer.image.value == expected.image.value


@pytest.mark.parametrize(
    ("control", "error", "message"),
    [
        (3, TypeError, "rate deve ser uma tupla .*mas chegou 3"),
        ((0.0, 1.0), ValueError, "rate deve ter três ou quatro números"),
        ((1.0, 0.0, 0.1), ValueError, "rate deve ter o mínimo menor que o máximo"),
        ((0.0, 1.0, 0.0), ValueError, "o passo de rate deve ser .*maior que 0"),
        ((0.0, 1.0, 2.0), ValueError, "o passo de rate deve ser .*no máximo 1"),
        ((0.0, 1.0, 0.1, 2.0), ValueError, "o inicial de rate deve ser .*mas chegou 2"),
        ((0.0, float("nan"), 0.1), ValueError, "rate deve ser um número finito"),
        (("0", 1, 0.1), TypeError, "rate deve ser um número"),
        (["só uma"], ValueError, "rate deve ser uma lista de duas ou mais opções"),
    ],
)
def test_a_bad_control_is_refused_in_portuguese(control, error, message):
    with pytest.raises(error, match=message):
        explore(line, rate=control, alt=ALT)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"draw": 3, "rate": (0, 2, 1)}, TypeError, "draw deve ser uma função"),
        ({"draw": line}, ValueError, "pelo menos um controle"),
        ({"draw": line, "speed": (0, 2, 1)}, TypeError, r"controles speed, mas .*\(rate=0.0"),
        ({"draw": line, "rate": (0, 2, 1), "alt": "curta"}, ValueError, "alt deve descrever"),
        ({"draw": line, "rate": (0, 2, 1), "labels": {"x": "X"}}, ValueError, "não existem: 'x'"),
        ({"draw": line, "rate": (0, 2, 1), "labels": {3: "X"}}, ValueError, "não existem: 3"),
        ({"draw": line, "rate": (0, 2, 1), "labels": {"rate": 3}}, TypeError, "'rate'.* um texto"),
        ({"draw": line, "rate": (0, 2, 1), "labels": ["taxa"]}, TypeError, "um dicionário"),
    ],
)
def test_a_bad_call_is_refused_in_portuguese(arguments, error, message):
    with pytest.raises(error, match=message):
        explore(**{"alt": ALT} | arguments)


def test_a_saved_notebook_keeps_the_picture_and_forgets_the_widget():
    data = explore(line, rate=(0, 2, 1), alt=ALT)._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=data)
    lonely = nbformat.v4.new_output("display_data", data={WIDGET_VIEW: {}})
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {}})
    notebook.cells = [nbformat.v4.new_code_cell(outputs=[output, lonely])]
    saved, _ = keep_static_outputs(notebook, {})
    assert "widgets" not in saved.metadata
    kept, lonely = saved.cells[0].outputs
    assert set(kept.data) == {"text/plain", "text/html"}
    assert ALT in kept.data["text/html"]
    assert set(lonely.data) == {WIDGET_VIEW}


def live_figure(explorer, monkeypatch):
    monkeypatch.setenv(frames.WANTED, "1")
    return explorer._repr_mimebundle_()[frames.LIVE_FIGURE]["data"]


def painted(data, frame):
    """Um desenho do livro: o fundo comum e, por cima, o que é só dele."""
    below, above = (
        Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA")
        for text in (data["background"], data["frames"][frame])
    )
    return np.asarray(Image.alpha_composite(below, above).convert("RGB")).astype(int)


def test_the_frames_of_the_book_are_the_drawings_of_the_notebook(monkeypatch):
    explorer = explore(line, rate=(0.0, 1.0, 0.5, 0.5), shape=["-", ":"], alt=ALT)
    data = live_figure(explorer, monkeypatch)
    assert data["alt"] == ALT
    assert [control["texts"] for control in data["controls"]] == [["0,0", "0,5", "1,0"], ["-", ":"]]
    assert [control["initial"] for control in data["controls"]] == [1, 0]
    values = [(rate, shape) for rate in (0.0, 0.5, 1.0) for shape in ("-", ":")]
    assert len(data["frames"]) == len(values)
    for frame, (rate, shape) in enumerate(values):
        explorer.controls["rate"].value = rate
        explorer.controls["shape"].value = shape
        drawn = np.asarray(Image.open(io.BytesIO(explorer.image.value)).convert("RGB")).astype(int)
        assert np.abs(painted(data, frame) - drawn).max() < 80  # as cores são poucas
        assert np.abs(painted(data, frame) - drawn).mean() < 2


def test_frames_are_made_only_when_the_notebook_is_recorded(monkeypatch):
    monkeypatch.delenv(frames.WANTED, raising=False)
    explorer = explore(line, rate=(0.0, 1.0, 0.1), alt=ALT)
    assert frames.LIVE_FIGURE not in explorer._repr_mimebundle_()


def test_a_figure_with_too_many_positions_keeps_its_ends_its_start_and_its_weight(monkeypatch):
    monkeypatch.setattr(frames, "MAX_BYTES", 60_000)
    explorer = explore(line, rate=(0.0, 1.0, 0.01, 0.07), shape=["-", ":", "--", "-."], alt=ALT)
    data = live_figure(explorer, monkeypatch)
    rate, shape = data["controls"]
    assert len(data["frames"]) == len(rate["texts"]) * len(shape["texts"]) <= frames.MAX_FRAMES
    assert shape["texts"] == ["-", ":", "--", "-."]  # um menu só encolhe por último
    assert rate["texts"][0] == "0,00"
    assert rate["texts"][-1] == "1,00"
    assert rate["texts"][rate["initial"]] == "0,07"
    assert len(data["background"]) + sum(map(len, data["frames"])) <= 60_000


def test_drawings_of_many_sizes_have_no_place_in_the_book(monkeypatch):
    def draw(width):
        return Figure(figsize=(width, 1))

    explorer = explore(draw, width=(1, 3, 1), alt=ALT)
    with pytest.raises(ValueError, match="mesmo tamanho"):
        live_figure(explorer, monkeypatch)


def test_drawings_too_heavy_for_the_book_are_refused(monkeypatch):
    monkeypatch.setattr(frames, "MAX_BYTES", 1000)
    explorer = explore(line, rate=(0.0, 1.0, 0.1), alt=ALT)
    with pytest.raises(ValueError, match="mais leves: 3 delas não cabem em 1 kB"):
        live_figure(explorer, monkeypatch)
