"""As figuras mostram o que receberam, com cor e marca, e nada além de desenhar."""

import base64
import io

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from gan_lessons import plots
from gan_lessons.plots import showing

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
    monkeypatch.setattr(showing, "display", lambda *figures, **options: shown.append(options))
    alt = "Três projeções de uma nuvem de pontos."
    plots.show(fig, alt=alt)
    assert shown == [{"metadata": {"image/png": {"alt": alt}}}]
    assert not plt.fignum_exists(fig.number)


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


def test_real_and_fake_differ_in_color_and_in_marker():
    assert plots.REAL["color"] != plots.FAKE["color"]
    assert plots.REAL["marker"] != plots.FAKE["marker"]


def test_scatter_draws_each_sample_in_the_given_axes():
    _, ax = plt.subplots()
    assert plots.scatter(REAL, FAKE, columns=(0, 2), ax=ax) is ax
    real, fake = ax.collections
    np.testing.assert_array_equal(real.get_offsets(), REAL[:, [0, 2]])
    np.testing.assert_array_equal(fake.get_offsets(), FAKE[:, [0, 2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_3$")


def test_scatter_3d_and_projections_show_both_samples():
    ax = plots.scatter_3d(REAL, FAKE)
    assert len(ax.collections) == 2
    fig = plots.projections(REAL, FAKE)
    assert [len(ax.collections) for ax in fig.axes] == [2, 2, 2]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["real", "falso"]


def test_losses_show_the_lines_of_the_tie():
    frame = pd.DataFrame(
        {
            "step": [1, 1, 2],
            "discriminator_loss": [1.5, 1.4, 1.3],
            "generator_loss": [np.nan, 0.7, 0.8],
        }
    )
    ax = plots.losses(frame)
    heights = {tuple(line.get_ydata()) for line in ax.lines}
    assert (np.log(4),) * 2 in heights
    assert (np.log(2),) * 2 in heights
    assert {text.get_text() for text in ax.texts} == {"ln 4", "ln 2"}


def test_discriminator_outputs_count_every_point():
    ax = plots.discriminator_outputs(np.array([0.1, 0.9, 0.95]), np.array([0.2, 0.0]))
    assert sum(patch.get_height() for patch in ax.patches[:40]) == 3
    assert ax.get_xlim() == (0, 1)


def test_confusion_matrix_writes_the_numbers():
    confusion = pd.DataFrame([[404, 596], [397, 603]], index=["real", "falso"])
    ax = plots.confusion_matrix(confusion)
    assert [text.get_text() for text in ax.texts] == ["404", "596", "397", "603"]


def test_network_diagram_has_a_column_of_units_for_each_layer():
    ax = plots.network_diagram([20, 5, 1], ["ruído", "oculta", "logit"])
    assert len(ax.patches) == 6 + 5 + 1
    assert "ruído\n20" in {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="names deve ter um nome por camada"):
        plots.network_diagram([20, 5], ["ruído"])


def test_plots_never_touch_their_data():
    before = REAL.copy()
    plots.projections(REAL, FAKE)
    np.testing.assert_array_equal(REAL, before)


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
    monkeypatch.setattr(showing, "display", lambda data, **options: shown.append((data, options)))
    alt = "Uma barra que cresce e depois para."
    plots.show_animation([bars(1), bars(2), bars(3)], seconds=1.5, alt=alt)
    ((data, options),) = shown
    assert data["text/plain"] == "<animação de 3 quadros>"
    assert options["metadata"] == {"image/gif": {"alt": alt}}
    gif = Image.open(io.BytesIO(base64.b64decode(data["image/gif"])))
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


def test_even_grid_lights_up_the_numbers_that_appear_and_counts_them():
    ax = plots.even_grid([0, 0, 126, 7], title="pares")
    texts = [text.get_text() for text in ax.texts]
    assert [texts.count(name) for name in ("×2", "×1", "126", "7")] == [1, 1, 1, 0]
    lit = ~np.ma.getmaskarray(ax.collections[0].get_array())
    assert lit.sum() == 2
    assert lit.ravel()[[0, -1]].all()
    assert ax.get_title() == "pares"


@pytest.mark.parametrize("max_int", [4, 16, 1024])
def test_even_grid_has_a_house_for_each_even_number(max_int):
    ax = plots.even_grid([], max_int=max_int)
    assert ax.collections[0].get_array().size == max_int // 2


@pytest.mark.parametrize("max_int", [2, 100, 2048])
def test_even_grid_refuses_what_it_cannot_draw(max_int):
    with pytest.raises(ValueError, match=f"max_int deve ser uma potência de dois.*{max_int}"):
        plots.even_grid([], max_int=max_int)


@pytest.mark.parametrize("horizontal", [False, True])
def test_strips_have_a_cross_for_each_seed(horizontal):
    groups = {name: pd.DataFrame({"distinct": [3, 5, 9]}) for name in ("um", "outro")}
    ax = plots.strips(
        groups, column="distinct", limit=64, limit_name="todos", horizontal=horizontal
    )
    assert [len(cloud.get_offsets()) for cloud in ax.collections] == [3, 3]
    values = ax.collections[0].get_offsets()[:, 0 if horizontal else 1]
    assert values.tolist() == [3, 5, 9]
    names = ax.get_yticklabels() if horizontal else ax.get_xticklabels()
    assert [name.get_text() for name in names] == ["um", "outro"]
    assert ax.texts[0].get_text() == "todos"
