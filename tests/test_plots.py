"""As figuras mostram o que receberam, com cor e marca, e nada além de desenhar."""

import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from nbval.plugin import get_sanitize_patterns
from pictures import picture_in
from PIL import Image

from gan_lessons import plots
from gan_lessons.plots import showing

SANITIZE = Path(__file__).parent / "nbval.cfg"
RNG = np.random.RandomState(0)
REAL, FAKE = RNG.normal(size=(2, 30, 3))


@pytest.fixture(autouse=True)
def clean_figures():
    with plt.style.context("gan_lessons.gan"):
        yield
    plt.close("all")


def test_show_displays_the_picture_with_its_alternative_text_and_closes_it(monkeypatch):
    fig = plots.projections(REAL)
    shown = []
    monkeypatch.setattr(showing, "display", lambda data, **options: shown.append(data))
    alt = 'Três projeções <"de frente"> de uma nuvem\nde pontos & mais nada.'
    plots.show(fig, alt=alt)
    assert not plt.fignum_exists(fig.number)
    (data,) = shown
    assert set(data) == {"text/html", "text/plain"}  # a imagem é guardada uma vez só
    assert data["text/plain"] == "<Figure size 945x315 with 3 Axes>"
    assert "\n" not in data["text/html"]
    image, picture = picture_in(data)
    assert image["alt"] == 'Três projeções <"de frente"> de uma nuvem de pontos & mais nada.'
    assert int(image["width"]) == picture.width == pytest.approx(945, abs=60)
    assert "max-width:100%" in image["style"]


def test_nbval_compares_the_alternative_text_and_not_the_pixels():
    rules = get_sanitize_patterns(SANITIZE.read_text(encoding="ascii"))

    def compared(color, alt):
        png = io.BytesIO()
        Image.new("RGB", (5 + len(color), 5), color).save(png, "png")
        text = plots.picture_bundle(png.getvalue(), alt, "figura")["text/html"]
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        return text

    assert compared("red", "Uma reta que sobe.") == compared("white", "Uma reta que sobe.")
    assert compared("red", "Uma reta que sobe.") != compared("red", "Uma reta que desce.")
    panel = "Painel de treino, no passo {}: {}, com as perdas ao lado. O discriminador acerta {} %"
    assert compared("red", panel.format(9, "pontos", 51)) == compared(
        "red", panel.format(9, "pontos", 52)
    )
    for other in (panel.format(8, "pontos", 51), panel.format(9, "imagens", 51)):
        assert compared("red", other) != compared("red", panel.format(9, "pontos", 51))


def test_numbers_on_the_axes_have_decimal_commas_and_hand_made_labels_stay(monkeypatch):
    monkeypatch.setattr(showing, "display", lambda *figures, **options: None)
    fig, (left, right, logarithmic) = plt.subplots(1, 3)
    left.plot([0.25, 0.75], [-0.5, 0.5])
    right.set_xticks([0, 1], ["v. 1.0", "v. 2.0"])
    logarithmic.set_xscale("log")
    plots.show(fig, alt="Uma reta que sobe, de exemplo.")
    fig.draw_without_rendering()

    def labels(axis):
        return [label.get_text() for label in axis.get_ticklabels()]

    assert any("," in label for label in labels(left.yaxis))
    assert not any("." in label for label in labels(left.xaxis) + labels(left.yaxis))
    assert labels(right.xaxis) == ["v. 1.0", "v. 2.0"]
    assert any("10^" in label for label in labels(logarithmic.xaxis))


@pytest.mark.parametrize("alt", ["", "figura", None, "a.png"])
def test_a_picture_without_a_description_is_refused(alt):
    with pytest.raises(ValueError, match="alt deve descrever a figura"):
        plots.show(plt.figure(), alt=alt)


def color(artist):
    """A cor de uma nuvem, de uma linha ou de uma barra, como está em `REAL` e `FAKE`."""
    if hasattr(artist, "get_offsets") or hasattr(artist, "get_edgecolor"):
        return mpl.colors.to_hex(np.ravel(artist.get_edgecolor())[:3]).upper()
    return mpl.colors.to_hex(artist.get_color()).upper()


def test_scatter_draws_each_sample_in_the_given_axes_with_its_color_and_marker():
    _, ax = plt.subplots()
    assert plots.scatter(REAL, FAKE, columns=(0, 2), ax=ax) is ax
    real, fake = ax.collections
    np.testing.assert_array_equal(real.get_offsets(), REAL[:, [0, 2]])
    np.testing.assert_array_equal(fake.get_offsets(), FAKE[:, [0, 2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_3$")
    assert (color(real), color(fake)) == (plots.REAL["color"], plots.FAKE["color"])
    circle, cross = real.get_paths()[0], fake.get_paths()[0]
    assert len(circle.vertices) > len(cross.vertices)
    assert plots.scatter(REAL, names=["a", "b", "c"], columns=(2, 1)).get_xlabel() == "c"


def test_projections_show_each_pair_of_coordinates():
    fig = plots.projections(REAL, FAKE)
    for ax, columns in zip(fig.axes, [[0, 1], [0, 2], [1, 2]], strict=True):
        for cloud, points in zip(ax.collections, (REAL, FAKE), strict=True):
            np.testing.assert_array_equal(cloud.get_offsets(), points[:, columns])
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["real", "falso"]


def test_scatter_3d_shows_the_three_coordinates_in_order():
    ax = plots.scatter_3d(REAL, FAKE, names=["a", "b", "c"])
    for cloud, points in zip(ax.collections, (REAL, FAKE), strict=True):
        np.testing.assert_array_equal(np.column_stack(cloud._offsets3d), points)
    assert [ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()] == ["a", "b", "c"]


HISTORY = pd.DataFrame(
    {
        "step": [1, 1, 2, 3],
        "discriminator_loss": [1.5, 1.4, 1.2, 1.0],
        "generator_loss": [np.nan, 0.7, 0.8, 1.2],
    }
)


@pytest.mark.parametrize("window", [1, 2, 200])
def test_each_loss_is_drawn_as_it_was_and_in_a_moving_average(window):
    ax = plots.losses(HISTORY, window=window)
    lines = {line.get_label(): line for line in ax.lines}
    for name, column, expected in (
        ("discriminador", "discriminator_loss", plots.DISCRIMINATOR_COLOR),
        ("gerador", "generator_loss", plots.GENERATOR_COLOR),
    ):
        values = HISTORY[column].dropna().to_numpy()
        means = [values[max(0, i - window + 1) : i + 1].mean() for i in range(len(values))]
        np.testing.assert_allclose(lines[name].get_ydata(), means)
        assert color(lines[name]) == expected
        (raw,) = [line for line in ax.lines if line.get_alpha() and color(line) == expected]
        np.testing.assert_array_equal(raw.get_ydata(), values)


def test_losses_show_the_lines_of_the_tie():
    ax = plots.losses(HISTORY)
    heights = {tuple(line.get_ydata()) for line in ax.lines}
    assert {(np.log(4),) * 2, (np.log(2),) * 2} <= heights
    assert {text.get_text(): text.xy[1] for text in ax.texts} == {
        "ln 4": np.log(4),
        "ln 2": np.log(2),
    }


def test_discriminator_outputs_count_every_point_in_its_color():
    ax = plots.discriminator_outputs([0.1, 0.9, 0.95], [0.2, 0.0], bins=10)
    *bars, outline = ax.patches
    assert [bar.get_height() for bar in bars] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert mpl.colors.to_hex(bars[0].get_facecolor()).upper() == plots.REAL["color"]
    assert color(outline) == plots.FAKE["color"]
    assert outline.get_xy()[:, 1].max() == 1
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["real", "falso"]


def test_logits_are_not_probabilities_and_are_refused_instead_of_left_out():
    with pytest.raises(ValueError, match="on_fake deve ter só valores entre 0 e 1"):
        plots.discriminator_outputs([0.5], [-3.0])


def test_confusion_matrix_writes_and_paints_the_same_numbers():
    confusion = pd.DataFrame(
        [[404, 596], [97, 903]],
        index=pd.Index(["real", "falso"], name="é"),
        columns=pd.Index(["sim", "não"], name="D diz"),
    )
    ax = plots.confusion_matrix(confusion)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "404", (1, 0): "596", (0, 1): "97", (1, 1): "903"}
    np.testing.assert_array_equal(ax.images[0].get_array(), confusion)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["real", "falso"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["sim", "não"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("D diz", "é")


def test_network_diagram_has_a_column_of_units_for_each_layer():
    ax = plots.network_diagram([20, 5, 1], ["ruído", "oculta", "logit"])
    assert len(ax.patches) == 6 + 5 + 1
    assert "ruído\n20" in {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="names deve ter um nome por camada"):
        plots.network_diagram([20, 5], ["ruído"])


def sheet_of(ax):
    return ax.images[0].get_array()


def test_an_image_sheet_keeps_every_pixel_in_reading_order():
    images = np.linspace(-1, 1, 3 * 4).reshape(3, 1, 2, 2)
    ax = plots.image_sheet(images, n_columns=2, row_names=["a", "b"], column_names=["c", "d"])
    sheet = sheet_of(ax)
    assert sheet.shape == (7, 7)
    np.testing.assert_array_equal(sheet[1:3, 1:3], images[0, 0])
    np.testing.assert_array_equal(sheet[1:3, 4:6], images[1, 0])
    np.testing.assert_array_equal(sheet[4:6, 1:3], images[2, 0])
    assert sheet[4:6, 4:6].mask.all()  # não há quarta imagem
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["c", "d"]


def test_ink_has_the_color_of_its_kind():
    images = np.ones((1, 1, 8, 8))
    for kind in (plots.REAL, plots.FAKE):
        ink = plots.image_sheet(images, kind=kind).images[0].cmap
        assert mpl.colors.to_hex(ink(1.0)) == kind["color"].lower()
        assert mpl.colors.to_hex(ink(0.0)) == "#ffffff"


@pytest.mark.parametrize("images", [np.zeros((2, 3, 8, 8)), np.zeros((8, 8)), np.zeros((0, 8, 8))])
def test_what_is_not_a_list_of_gray_images_is_refused(images):
    with pytest.raises(ValueError, match="images deve ter formato"):
        plots.image_sheet(images)


def bars(height):
    fig = Figure(figsize=(1, 1))
    fig.subplots().bar([0], [height])
    return fig


def test_an_animation_plays_once_and_stops_on_the_last_frame(monkeypatch):
    shown = []
    monkeypatch.setattr(showing, "display", lambda data, **options: shown.append(data))
    alt = "Uma barra que cresce e depois para."
    plots.show_animation([bars(1), bars(2), bars(3)], seconds=1.5, alt=alt)
    (data,) = shown
    assert data["text/plain"] == "<animação de 3 quadros>"
    image, gif = picture_in(data)
    assert image["alt"] == alt
    assert gif.format == "GIF"
    assert gif.n_frames == 3
    assert "loop" not in gif.info  # sem repetição
    gif.seek(2)
    last = np.asarray(gif.convert("RGB"), dtype=int)
    assert abs(last - np.asarray(showing._picture(bars(3)), dtype=int)).mean() < 5  # só 48 cores


@pytest.mark.parametrize(
    ("figures", "seconds", "message"),
    [([1], 2, "pelo menos dois quadros"), ([1, 2], 9, "seconds"), ([1, 2], 0, "seconds")],
)
def test_an_animation_that_never_stops_is_refused(figures, seconds, message):
    with pytest.raises(ValueError, match=message):
        plots.show_animation(
            map(bars, figures), seconds=seconds, alt="Uma barra que cresce e para."
        )


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_an_animation_file_keeps_the_frames_their_time_and_the_colors_of_the_course(kind):
    images = [showing._picture(bars(height)) for height in (1, 2, 3)]
    film = Image.open(io.BytesIO(plots.animation(images, kind, seconds=0.2)))
    assert film.n_frames == 3
    assert film.info["duration"] == 200
    assert film.info.get("loop", 1) == 1
    for i, image in enumerate(images):
        film.seek(i)
        frame = np.asarray(film.convert("RGB"), dtype=int)
        assert abs(frame - np.asarray(image, dtype=int)).mean() < 5
    with pytest.raises(ValueError, match="todos do mesmo tamanho"):
        plots.animation([images[0], images[1].resize((5, 5))], kind, seconds=0.2)


@pytest.mark.parametrize(
    ("draw", "error"),
    [
        (lambda: plots.scatter(REAL[0]), ValueError),
        (lambda: plots.scatter(np.where(REAL > 1, np.nan, REAL)), ValueError),
        (lambda: plots.scatter(REAL, columns=(0, 9)), IndexError),
        (lambda: plots.scatter_3d(REAL[:, :2]), IndexError),
        (lambda: plots.projections(REAL[:, :2]), IndexError),
        (lambda: plots.losses(pd.DataFrame({"step": [1]})), KeyError),
        (lambda: plots.losses(HISTORY, window=0), ValueError),
        (lambda: plots.discriminator_outputs([0.5], [np.nan]), ValueError),
        (lambda: plots.image_sheet(2 * np.ones((2, 8, 8))), ValueError),
        (lambda: plots.image_sheet(np.ones((2, 8, 8)), row_names=["a", "b"]), ValueError),
        (lambda: plots.confusion_matrix(None), AttributeError),
        (lambda: plots.network_diagram([3, 0], ["a", "b"]), ValueError),
        (lambda: plots.even_grid([-2]), ValueError),
        (lambda: plots.strips({"a": pd.DataFrame()}, column="b"), KeyError),
        (lambda: plots.show(plt.figure(), alt="figura"), ValueError),
        (lambda: plots.show(None, alt="Uma figura que não veio."), TypeError),
        (lambda: plots.show_animation([plt.figure()], seconds=1, alt="Um quadro só."), ValueError),
        (lambda: plots.show_animation([1, 2], seconds=1, alt="Quadros sem figura."), TypeError),
    ],
)
def test_a_drawing_that_fails_leaves_no_figure_open(draw, error):
    mine = plt.figure()
    with pytest.raises(error):
        draw()
    assert plt.get_fignums() == [mine.number]


def test_even_grid_lights_up_the_numbers_that_appear_where_they_live_and_counts_them():
    ax = plots.even_grid([0, 0, 126, 7, 2, 128, 2**40], title="pares", max_int=128)
    texts = {(t.get_position()[0], t.get_position()[1] // 1): "" for t in ax.texts}
    for text in ax.texts:
        x, y = text.get_position()
        texts[x, y // 1] += text.get_text()
    assert texts[0.5, 0] == "0×2"
    assert texts[1.5, 0] == "2×1"
    assert texts[2.5, 0] == "4"
    assert texts[7.5, 7] == "126×1"
    shade = ax.collections[0].get_array()
    assert np.argwhere(~np.ma.getmaskarray(shade)).tolist() == [[0, 0], [0, 1], [7, 7]]
    assert shade[0, 0] > shade[0, 1] == shade[7, 7]
    assert ax.get_title() == "pares"


@pytest.mark.parametrize(("kind", "cmap"), [(plots.REAL, "Blues"), (plots.FAKE, "Oranges")])
def test_even_grid_has_the_color_of_its_kind(kind, cmap):
    assert plots.even_grid([0], kind=kind).collections[0].cmap.name == cmap


@pytest.mark.parametrize("max_int", [4, 16, 1024])
def test_even_grid_has_a_house_for_each_even_number(max_int):
    ax = plots.even_grid([], max_int=max_int)
    assert ax.collections[0].get_array().size == max_int // 2


@pytest.mark.parametrize("max_int", [2, 100, 2048])
def test_even_grid_refuses_what_it_cannot_draw(max_int):
    with pytest.raises(ValueError, match=f"max_int deve ser uma potência de dois.*{max_int}"):
        plots.even_grid([], max_int=max_int)


@pytest.mark.parametrize("horizontal", [False, True])
def test_strips_have_a_cross_for_each_seed_and_lie_in_order(horizontal):
    groups = {
        "um": pd.DataFrame({"distinct": [3, 5, 10], "outra": [0, 0, 0]}),
        "outro": pd.DataFrame({"distinct": [7, 8], "outra": [0, 0]}),
    }
    ax = plots.strips(
        groups, column="distinct", limit=64, limit_name="todos", horizontal=horizontal
    )
    along, across = (0, 1) if horizontal else (1, 0)
    for position, (cloud, table) in enumerate(zip(ax.collections, groups.values(), strict=True)):
        places = np.asarray(cloud.get_offsets())
        assert places[:, along].tolist() == table["distinct"].tolist()
        assert places[:, across].mean() == pytest.approx(position)
        assert color(cloud) == plots.FAKE["color"]
    axis = ax.yaxis if horizontal else ax.xaxis
    assert [name.get_text() for name in axis.get_ticklabels()] == ["um", "outro"]
    assert ax.texts[0].get_text() == "todos"
    (limit,) = [line for line in ax.lines if color(line) == plots.REAL["color"]]
    assert set(limit.get_data()[along]) == {64}


def test_lying_strips_have_a_line_at_the_mean():
    groups = {"um": pd.DataFrame({"distinct": [3, 5, 10]}), "dois": pd.DataFrame({"distinct": [7]})}
    ax = plots.strips(groups, column="distinct", horizontal=True)
    assert [list(line.get_xdata()) for line in ax.lines] == [[6, 6], [7, 7]]
