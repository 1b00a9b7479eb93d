"""O que cada variante e cada ingrediente da receita faz na espiral, em várias sementes.

Refaz (ou continua) a tabela que o caderno ``02_espiral`` lê::

    python -m gan_lessons.experiments.spiral_recipe
"""

from dataclasses import replace
from pathlib import Path

from sklearn.preprocessing import StandardScaler

from gan_lessons.data import make_spiral
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.table import PROVENANCE, Table, finite, one_of
from gan_lessons.metrics import discriminator_report, precision_recall, two_sample_test
from gan_lessons.models import make_spiral_gan
from gan_lessons.training import CLASSIC, MODERN, Trainer

# Nome: (redes, receita). As que começam por "sem" tiram um ingrediente da receita moderna; as
# da média móvel mostram por que ela não está lá.
CONFIGURATIONS = {
    "saída sigmoide": ("sigmoid", CLASSIC),
    "saída linear": ("linear", CLASSIC),
    "caderno publicado": ("published", CLASSIC),
    "receita moderna": ("wide", MODERN),
    "sem redes largas": ("linear", MODERN),
    "sem lote maior": ("wide", replace(MODERN, batch_size=25)),
    "sem beta1 = 0": ("wide", replace(MODERN, betas=(0.9, 0.99))),
    "sem R1": ("wide", replace(MODERN, r1=0.0)),
    "sem taxa que cai": ("wide", replace(MODERN, lr_decay=1.0)),
    "com média móvel": ("wide", replace(MODERN, ema=0.995)),
    "média móvel, sem taxa que cai": ("wide", replace(MODERN, ema=0.995, lr_decay=1.0)),
}


TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = {
    "configuration": one_of(CONFIGURATIONS),
    "seed": int,
    **dict.fromkeys(["judge", "discriminator", "precision", "recall"], finite),
    **PROVENANCE,
}


def measure(configuration, seeds, *, n_steps=None, device="cpu", progress=False):
    """Treina uma configuração com cada semente e dá as linhas da tabela."""
    variant, recipe = CONFIGURATIONS[configuration]
    points = make_spiral(random_state=0)
    scaler = StandardScaler().fit(points)
    data = scaler.transform(points)
    for seed in seeds:
        networks = make_spiral_gan(variant, seed)
        trainer = Trainer(*networks, data, recipe=recipe, seed=seed, device=device)
        trainer.run(n_steps, progress=progress and f"{configuration}, semente {seed}")
        fake = trainer.sample(1000)
        real = scaler.transform(make_spiral(random_positions=True, random_state=1000 + seed))
        quality = precision_recall(real, fake)
        yield {
            "configuration": configuration,
            "seed": seed,
            "judge": two_sample_test(real, fake, training_data=data).accuracy,
            "precision": quality.precision,
            "recall": quality.recall,
            "discriminator": discriminator_report(trainer.discriminator, data, fake).accuracy,
        }


EXPERIMENT = Experiment(Table(TABLE, COLUMNS), {"configuration": CONFIGURATIONS}, measure, 5)
record, read = EXPERIMENT.record, EXPERIMENT.table.read

if __name__ == "__main__":
    main(EXPERIMENT, __doc__)
