"""As figuras mostram o que receberam, com cor e marca, e nada além de desenhar."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")
import matplotlib.pyplot as plt

from gan_lessons import plots

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
    monkeypatch.setattr(plots, "display", lambda *figures, **options: shown.append(options))
    alt = "Três projeções de uma nuvem de pontos."
    plots.show(fig, alt=alt)
    assert shown == [{"metadata": {"image/png": {"alt": alt}}}]
    assert not plt.fignum_exists(fig.number)


def test_numbers_on_the_axes_have_decimal_commas_and_hand_made_labels_stay(monkeypatch):
    monkeypatch.setattr(plots, "display", lambda *figures, **options: None)
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
