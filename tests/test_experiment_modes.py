"""O experimento dos modos: cada semente é a sua, e a tabela gravada é a que as receitas dizem."""

from dataclasses import asdict

import numpy as np
import pytest

from gan_lessons.experiments import modes


def test_a_seed_trained_in_company_is_the_seed_trained_alone():
    options = {"n_steps": 3, "device": "cpu"}
    together = modes.measure("R1", "anel", [4, 5], **options)
    alone = modes.measure("R1", "anel", [5], **options)
    assert [row["seed"] for row in together] == [4, 5]
    columns = ["high_quality", "total_variation", "precision", "recall"]
    scores = [[row[column] for column in columns] for row in (together[1], alone[0])]
    np.testing.assert_allclose(*scores, atol=0.01)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("R1", "anel", [0, 2]), ValueError, "seeds deve ter sementes seguidas"),
        (("R1", "anel", []), ValueError, "seeds deve ter sementes seguidas"),
        (("R1", "anel", [0.5]), TypeError, "seeds deve ser um número inteiro"),
        (("R1", "anel", None), TypeError, "seeds deve ser um número inteiro"),
        (("R3", "anel", [0]), ValueError, "configuration deve ser uma destas"),
        (("R1", "cubo", [0]), ValueError, "data deve ser uma destas"),
    ],
)
def test_a_measure_that_would_be_another_one_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        modes.measure(*arguments)


def test_the_recorded_table_was_made_with_the_recipes_of_this_file():
    for name, rows in modes.read().groupby("configuration"):
        assert set(rows["steps"]) == {modes.CONFIGURATIONS[name].recipe.n_steps}
        assert set(rows["budget"]) == {modes.CONFIGURATIONS[name].budget}


def test_the_best_row_reaches_what_the_lesson_promises():
    best = modes.read().query("configuration == 'R1, treino longo'").groupby("data")
    scores = best[["modes", "high_quality"]].mean()
    assert scores.loc["anel", "modes"] == 8
    assert scores.loc["anel", "high_quality"] >= 0.8
    assert scores.loc["grade", "modes"] == 25
    assert scores.loc["grade", "high_quality"] >= 0.7


def test_every_remedy_of_the_common_budget_makes_as_many_updates():
    updates = {
        configuration.recipe.n_steps * (configuration.recipe.discriminator_steps + 1)
        for configuration in modes.CONFIGURATIONS.values()
        if configuration.budget == "comum"
    }
    assert max(updates) - min(updates) <= 6


CHANGES = {
    "sem remédio": set(),
    "mínimos quadrados": {"loss"},
    "WGAN-GP": {"loss", "gradient_penalty", "discriminator_steps", "n_steps"},
    "pacotes de 2": {"pack_size"},
    "R1": {"r1", "penalty_every"},
    "normalização espectral": {"spectral"},
    "receita da R3GAN": {"loss", "r1", "r2", "penalty_every"},
}


def choices(name):
    configuration = asdict(modes.CONFIGURATIONS[name])
    return {**configuration.pop("recipe"), **configuration}


def test_a_remedy_of_the_common_budget_changes_only_what_its_name_says():
    plain = choices("sem remédio")
    changes = {
        name: {key for key, value in choices(name).items() if value != plain[key]}
        for name, configuration in modes.CONFIGURATIONS.items()
        if configuration.budget == "comum"
    }
    assert changes == CHANGES
