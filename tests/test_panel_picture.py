"""O que o painel mostra é o que as redes fazem, em figura, em palavras e em filme."""

import io
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import panels
import pytest
import torch
from matplotlib.quiver import Quiver
from panels import (
    assert_same_numbers,
    choose,
    click,
    control,
    digit_trainer,
    even_trainer,
    every_kind,
    family,
    image,
    plane_trainer,
    ring,
    text,
    train_until,
)
from pictures import picture_in
from PIL import Image
from torch import nn

from gan_lessons import plots
from gan_lessons.losses import LOSSES, AdversarialLoss, discriminator_loss, saturating_loss
from gan_lessons.models import Discriminator
from gan_lessons.panel import WIDGET_VIEW, words
from gan_lessons.panel.film import N_KEPT, Film
from gan_lessons.panel.plan import LIVE_FIGURE
from gan_lessons.panel.scenes.scene import SURFACE
from gan_lessons.panel.session import FAST
from gan_lessons.training import Trainer

ENGLISH = ("play", "step", "loss", "restart", "seed", "speed", "save", "real/fake", "judge")


@every_kind
def test_every_kind_of_data_has_a_picture_that_follows_the_training(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    first = image(panel)
    picture = Image.open(io.BytesIO(first))
    assert picture.format == "PNG"
    assert picture.width == 960
    assert 400 <= picture.height <= 700
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1
    assert image(panel) != first
    assert "Passo completo" in text(panel)
    click(panel, "Recomeçar")
    assert image(panel) == first


@every_kind
def test_every_button_and_control_works_for_every_kind_of_data(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    seen = {image(panel)}
    for name in ("Passo de D", "Passo de G", "Passo completo", "Nova semente", "Passo completo"):
        click(panel, name)
        assert not panel.session.error
        seen.add(image(panel))
    assert len(seen) >= 4  # sem make_networks, outra semente tem os mesmos pesos iniciais
    for menu in family(panel.box):
        if isinstance(menu, widgets.Dropdown):
            for label in {menu._options_labels[0], menu._options_labels[-1]}:
                choose(panel, menu.description, label)
            assert not panel.session.error
    panel.session.speed = FAST
    train_until(panel, panel.trainer.n_steps + 2)
    assert "D acerta" in text(panel)


def test_the_arrows_point_where_the_discriminator_believes_more(make_panel):
    panel = make_panel()
    with torch.no_grad():
        for parameter in panel.trainer.discriminator.parameters():
            parameter.zero_()
        layers = panel.trainer.discriminator.layers
        layers[0].weight[0, 0] = layers[2].weight[0, 0] = 1.0  # o logit é x₁, onde x₁ > 0
    snapshot = panel.session.observer.look()
    ahead = snapshot.fake[:, 0] > 0
    assert (snapshot.push[ahead, 0] > 0).all()
    assert np.all(snapshot.push[:, 1] == 0)
    # Perda não saturante: o empurrão é (1 − D) vezes a inclinação do logit.
    expected = 1 / (1 + np.exp(snapshot.fake[ahead, 0]))
    np.testing.assert_allclose(snapshot.push[ahead, 0], expected, rtol=1e-4)


def fixed_discriminator(panel, *slope):
    """Faz do logit de D a soma ``slope · x``, e devolve a figura e o instante."""
    discriminator = panel.trainer.discriminator
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.zero_()
        layers = discriminator.layers
        for column, weight in enumerate(slope):  # x = relu(x) − relu(−x), em duas unidades
            for unit, sign in ((2 * column, 1.0), (2 * column + 1, -1.0)):
                layers[0].weight[unit, column] = sign
                layers[2].weight[0, unit] = sign * weight
    panel.session.submit(panel.session.look_again)
    panel.session.wait()
    return panel._screen.picture, panel.session.snapshot


def corner_colors(panel, picture):
    """A cor do mapa em cada canto da cena: embaixo à esquerda e à direita, em cima idem."""
    pixels = np.asarray(Image.open(io.BytesIO(image(panel))).convert("RGB")).astype(int)
    height, width, _ = pixels.shape
    box = picture.artists[0].axes.get_position()
    columns = [int(width * (box.x0 + 0.01)), int(width * (box.x1 - 0.01))]
    rows = [int(height * (1 - box.y0 - 0.02)), int(height * (1 - box.y1 + 0.02))]
    return [tuple(pixels[row, column]) for row in rows for column in columns]


@pytest.mark.parametrize(
    ("slope", "real_corners"), [((9, 0), [False, True] * 2), ((0, 9), [False] * 2 + [True] * 2)]
)
def test_the_heat_map_is_blue_where_the_discriminator_believes(make_panel, slope, real_corners):
    panel = make_panel()
    picture, _ = fixed_discriminator(panel, *slope)
    for (red, _, blue), believes in zip(corner_colors(panel, picture), real_corners, strict=True):
        assert (blue > red) == believes
    assert SURFACE(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.02)


@pytest.mark.parametrize("slope", [(3, 0), (0, 3), (-3, 3)])
def test_the_arrows_on_the_picture_follow_the_slope_of_the_discriminator(make_panel, slope):
    panel = make_panel()
    picture, snapshot = fixed_discriminator(panel, *slope)
    (arrows,) = [artist for artist in picture.artists if isinstance(artist, Quiver)]
    np.testing.assert_array_equal(arrows.get_offsets(), snapshot.fake[: arrows.N])
    drawn = np.column_stack([arrows.U, arrows.V])
    assert (drawn @ slope > 0).all()
    # Nos eixos de mesma escala a seta é paralela à subida do logit.
    across = drawn @ [-slope[1], slope[0]]
    reach = np.diff([picture.scene.x, picture.scene.y], axis=1).ravel()
    np.testing.assert_allclose((drawn / reach) @ [-slope[1], slope[0]], 0, atol=1e-6)
    assert np.abs(across).max() < 1


def test_each_curve_is_the_loss_of_the_network_that_its_color_names(make_panel):
    panel = make_panel()
    click(panel, "Passo completo")
    click(panel, "Passo completo")
    curves = panel._screen.picture.curves
    colors = [plots.DISCRIMINATOR_COLOR, plots.GENERATOR_COLOR]
    steps, *losses = panel.trainer.history.columns
    for curve, color, loss in zip(curves, colors, losses, strict=True):
        assert curve.get_color() == color
        np.testing.assert_array_equal(curve.get_xdata(), steps)
        np.testing.assert_array_equal(curve.get_ydata(), loss)
    headings = [a.get_text() for a in panel._screen.picture.artists if hasattr(a, "get_text")]
    assert headings.index("— perda de D") < headings.index("-- perda de G")


def test_a_half_step_of_the_discriminator_is_told_with_each_side_in_its_place():
    before = SimpleNamespace(on_real=0.5, on_fake=0.4)
    after = SimpleNamespace(on_real=0.9, on_fake=0.1)
    sentence = words.discriminator_step(before, after, 1.25, 25)
    assert "foi de 0,50 para 0,90 nos reais e foi de 0,40 para 0,10 nos falsos" in sentence
    assert "25 reais e 25 falsos" in sentence
    assert "a perda dele foi 1,25" in sentence


def test_a_whole_step_is_told_with_each_network_and_each_side_in_its_place():
    before = SimpleNamespace(on_real=0.5, on_fake=0.4, fake=np.zeros((2, 2)))
    after = SimpleNamespace(on_real=0.9, on_fake=0.1, fake=np.array([[3.0, 4.0], [0.0, 0.0]]))
    sentence = words.whole_step(before, after, 1.25, 0.5)
    assert "Perda de D: 1,25; de G: 0,50" in sentence
    assert "andaram 2,500" in sentence
    assert "foi de 0,50 para 0,90 nos reais e foi de 0,40 para 0,10 nos falsos" in sentence
    sentence = words.generator_step(before, after, 0.5)
    assert "A perda do gerador foi 0,50" in sentence
    assert "A certeza de D neles foi de 0,40 para 0,10" in sentence


def test_the_moment_knows_real_from_fake(make_panel):
    panel = make_panel()
    with torch.no_grad():
        for parameter in panel.trainer.generator.parameters():
            parameter.zero_()
        panel.trainer.generator.layers[-1].bias.copy_(torch.tensor([-5.0, 0.0]))
    _, snapshot = fixed_discriminator(panel, 3, 0)  # os falsos caem todos onde D diz "falso"
    assert snapshot.on_fake < 1e-3 < snapshot.on_real
    assert snapshot.accuracy > 0.6


@pytest.mark.parametrize("asked", [None, 2])
def test_the_map_of_a_conditional_gan_is_that_of_the_class_asked_for(make_panel, asked):
    panel = make_panel(panels.classes_trainer())
    choose(panel, "Classe pedida", "todos" if asked is None else str(asked))
    probe = torch.as_tensor(panel._screen.scene.probe, dtype=torch.float32)
    classes = [0, 1, 2] if asked is None else [asked]
    with torch.no_grad():
        each = [
            torch.sigmoid(panel.trainer.discriminator(probe, torch.full((len(probe),), label)))
            for label in classes
        ]
    expected = torch.stack(each).mean(dim=0).flatten().numpy()
    np.testing.assert_allclose(panel.session.snapshot.surface, expected, atol=1e-3)
    assert set(panel.session.observer.labels) == set(classes)


@pytest.mark.parametrize("loss", [5e9, 3e15, 1e38, -5e9])
def test_a_loss_that_explodes_is_still_drawn(make_panel, loss):
    panel = make_panel()
    panel.trainer.history.record_discriminator(1, loss)
    panel.session.submit(panel.session.look_again)
    panel.session.wait()
    assert not panel.session.error
    names = [name.get_text() for name in panel._screen.picture.losses.get_yticklabels()]
    assert 2 <= len(names) <= 6
    assert all(len(name) <= 7 for name in names)


def test_the_judge_sees_what_a_fooled_discriminator_does_not(make_panel):
    panel = make_panel(judge_data=ring)
    with torch.no_grad():
        for parameter in panel.trainer.discriminator.parameters():
            parameter.zero_()
    snapshot = panel.session.observer.look(judge=True)
    assert snapshot.accuracy == pytest.approx(0.5, abs=0.26)
    assert snapshot.scores["juiz"] > 0.8
    assert "pontos novos" in snapshot.verdict


def test_without_other_data_the_judge_says_that_it_uses_those_of_the_training(make_panel):
    assert "dados do treino" in make_panel().session.snapshot.verdict
    held_out = make_panel(judge_data=ring(60, 5)).session.snapshot.verdict
    assert "pontos novos" in held_out


def test_a_generator_that_copies_the_source_is_not_found_out(make_panel):
    class Copy(nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(2))

        def forward(self, noise):
            return self.scale * noise

    def normal(n, seed):
        return np.random.RandomState(seed).normal(size=(n, 2))

    trainer = Trainer(Copy(), Discriminator(2, (4,)), normal(100, 0))
    panel = make_panel(trainer, judge_data=normal)
    assert 0.35 < panel.session.snapshot.scores["juiz"] < 0.65


def test_even_numbers_are_counted_exactly(make_panel):
    trainer = even_trainer()
    with torch.no_grad():
        layer = trainer.generator.layers[0]
        layer.weight.copy_(20 * torch.eye(7))
        layer.weight[6] = 0
        layer.bias.fill_(-10)
    panel = make_panel(trainer)
    assert panel.session.snapshot.scores == {"pares": 1.0, "cobertura": 1.0}
    assert "diferentes: 64 de 64" in text(panel)


def test_asking_for_a_digit_generates_only_that_digit(make_panel):
    panel = make_panel(digit_trainer())
    everything = image(panel)
    choose(panel, "Dígito pedido", "7")
    assert set(panel.session.observer.labels) == {7}
    assert image(panel) != everything
    choose(panel, "Dígito pedido", "todos")
    assert set(panel.session.observer.labels) == set(range(10))
    assert image(panel) == everything


def test_losses_show_the_tie_of_the_loss_in_use(make_panel):
    panel = make_panel()
    names = [name.get_text() for _, name in panel._screen.picture.ties]
    assert names == ["ln 4", "ln 2"]
    choose(panel, "Perda", "saturante")
    names = [name.get_text() for _, name in panel._screen.picture.ties]
    assert names == ["ln 4", "−ln 2"]


def test_a_loss_written_only_in_losses_has_its_place_in_the_panel(make_panel, monkeypatch):
    new = AdversarialLoss(discriminator_loss, saturating_loss, "nova", ((3.0, "três"), (0.5, "½")))
    monkeypatch.setitem(LOSSES, "new", new)
    panel = make_panel()
    choose(panel, "Perda", "nova")
    assert not panel.session.error
    assert "a perda agora é nova" in text(panel)
    assert [name.get_text() for _, name in panel._screen.picture.ties] == ["três", "½"]
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 1


@every_kind
def test_every_word_is_portuguese_and_every_control_has_a_name_and_a_tip(make_panel, make_trainer):
    panel = make_panel(make_trainer())
    controls = [w for w in family(panel.box) if hasattr(w, "description") and w.description]
    assert len(controls) >= 14
    for widget in controls:
        assert widget.tooltip, widget.description
        assert not any(word in widget.description.lower() for word in ENGLISH)
    (picture,) = [w for w in family(panel.box) if isinstance(w, widgets.Image)]
    assert picture.tooltip is None  # com tooltip, o ipywidgets 8.1 não a desenha


# O filme.


def test_a_recording_trains_and_keeps_evenly_spaced_moments(make_panel):
    panel = make_panel()
    assert panel.record(60, n_frames=6) is panel
    assert [snapshot.step for snapshot in panel.session.film.snapshots] == list(range(0, 61, 10))
    assert_same_numbers(panel.trainer, plane_trainer().run(60))


def test_scrubbing_shows_the_past_and_training_comes_back_to_the_present(make_panel):
    panel = make_panel()
    first = image(panel)
    panel.record(30, n_frames=3)
    last = image(panel)
    slider = control(panel, "Filme")
    assert (slider.value, slider.max) == (100, 100)
    slider.value = 0
    panel.session.wait()
    assert image(panel) == first
    assert "Revendo o <b>passo 0</b>" in text(panel)
    slider.value = 67
    panel.session.wait()
    assert "Revendo o <b>passo 20</b>" in text(panel)
    slider.value = 100
    panel.session.wait()
    assert image(panel) == last
    slider.value = 33
    click(panel, "Passo completo")
    assert panel.trainer.n_steps == 31
    assert "Passo 31" in text(panel)
    assert slider.value == slider.max


def test_a_long_film_keeps_its_ends_and_thins_out():
    film = Film(0)
    for moment in range(1, 3 * N_KEPT + 1):
        film.add(moment)
    assert len(film) <= N_KEPT
    assert film.snapshots[0] == 0
    assert film.snapshots[-1] > 2.9 * N_KEPT
    assert len(set(np.diff(film.snapshots))) == 1
    assert film.evenly(3) == [film.snapshots[i] for i in (0, len(film) // 2, -1)]
    assert Film(7).evenly(24) == [7]


def test_the_saved_animation_plays_alone_in_portuguese(make_panel, tmp_path):
    panel = make_panel().record(40, n_frames=5)
    page = panel.save_animation(tmp_path / "filme.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 6 + 1
    assert "http" not in page
    assert '<html lang="pt-BR">' in page
    assert 'alt="Animação. Painel de treino, no passo 40' in page
    assert len(page) < 1_500_000


def test_the_save_button_writes_the_animation_beside_the_notebook(
    make_panel, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    panel = make_panel().record(20, n_frames=4)
    click(panel, "Salvar animação")
    assert (tmp_path / "treino_passo_20.html").is_file()
    assert "treino_passo_20.html" in text(panel)


def test_the_bundle_serves_a_live_notebook_a_static_page_and_nbval(make_panel):
    panel = make_panel()
    data = panel._repr_mimebundle_()
    assert data["text/plain"] == repr(panel) == "painel de treino: 100 amostras de formato 2"
    described, still = picture_in(data)
    assert np.array_equal(still, Image.open(io.BytesIO(image(panel))))
    assert WIDGET_VIEW in data
    assert len(described["alt"].split()) > 10
    panel.record(30, n_frames=10)
    data = panel._repr_mimebundle_()
    _, film = picture_in(data)
    assert data["text/plain"] == repr(panel)
    assert film.n_frames >= 9
    assert film.info["loop"] == 1  # toca uma vez e para
    assert len(data["text/html"]) < 600_000


def test_the_bundle_lives_in_the_book_where_the_browser_can_train(make_panel):
    live = make_panel()._repr_mimebundle_()[LIVE_FIGURE]
    assert live["element"] == "gan-panel"
    assert live["data"]["n_features"] == 2
    assert LIVE_FIGURE not in make_panel(panels.digit_trainer())._repr_mimebundle_()
