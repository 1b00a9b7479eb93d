"""O que cada variante e cada ingrediente da receita faz na espiral, em várias sementes.

Refaz (ou continua) a tabela que o caderno ``02_espiral`` lê::

    python -m gan_lessons.experiments.spiral_recipe
"""

import argparse
import datetime
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from sklearn.preprocessing import StandardScaler

from gan_lessons.data import make_spiral
from gan_lessons.experiments.recording import record_missing
from gan_lessons.metrics import discriminator_report, precision_recall, two_sample_test
from gan_lessons.models import make_spiral_gan
from gan_lessons.training import CLASSIC, MODERN, Trainer

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = [
    "configuration",
    "seed",
    "judge",
    "discriminator",
    "precision",
    "recall",
    "torch",
    "date",
]

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


def measure(configuration, seed, n_steps=None):
    """Treina uma configuração com uma semente e devolve a linha da tabela."""
    variant, recipe = CONFIGURATIONS[configuration]
    points = make_spiral(random_state=0)
    scaler = StandardScaler().fit(points)
    data = scaler.transform(points)
    networks = make_spiral_gan(variant, seed)
    trainer = Trainer(*networks, data, recipe=recipe, seed=seed)
    trainer.run(n_steps, progress=f"{configuration}, semente {seed}")
    fake = trainer.sample(1000)
    real = scaler.transform(make_spiral(random_positions=True, random_state=1000 + seed))
    quality = precision_recall(real, fake)
    return {
        "configuration": configuration,
        "seed": seed,
        "judge": two_sample_test(real, fake, training_data=data).accuracy,
        "discriminator": discriminator_report(trainer.discriminator, data, fake).accuracy,
        "precision": quality.precision,
        "recall": quality.recall,
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
    }


def record(path=TABLE, *, n_seeds=5, n_steps=None):
    """Acrescenta a `path` as linhas que ainda faltam, uma a uma, à medida que terminam."""
    record_missing(
        path, COLUMNS, CONFIGURATIONS, partial(measure, n_steps=n_steps), n_seeds=n_seeds
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="quantas sementes (padrão: 5)")
    record(n_seeds=parser.parse_args().seeds)
