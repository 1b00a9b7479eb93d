"""O GAN dos dígitos em várias sementes, com e sem o dígito pedido.

Refaz (ou continua) a tabela que o caderno ``04_convolucional`` lê::

    python -m gan_lessons.experiments.digits
"""

import argparse
import datetime
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from gan_lessons.data import load_digit_images
from gan_lessons.digit_models import make_digit_gan
from gan_lessons.experiments.recording import record_missing
from gan_lessons.metrics import copy_test, label_report, precision_recall, two_sample_test
from gan_lessons.training import DIGITS, Trainer

TABLE = Path(__file__).with_suffix(".csv")

# Nome: (recebe rótulo?, receita). O sem rótulo é só o aquecimento da aula, mais curto.
CONFIGURATIONS = {
    "condicional": (True, DIGITS),
    "sem rótulo": (False, replace(DIGITS, n_steps=1000)),
}
COLUMNS = [
    "configuration",
    "seed",
    "read_right",
    "digits",
    "judge",
    "precision",
    "recall",
    "copy",
    "torch",
    "date",
]


def split_digits():
    """Treino e teste da aula: ``(imagens, imagens, rótulos, rótulos)``; 540 ficam para o teste."""
    images, labels = load_digit_images()
    return train_test_split(images, labels, test_size=540, stratify=labels, random_state=0)


def measure(configuration, seed, n_steps=None):
    """Treina uma configuração com uma semente e devolve a linha da tabela."""
    conditional, recipe = CONFIGURATIONS[configuration]
    train, test, train_labels, test_labels = split_digits()
    trainer = Trainer(
        *make_digit_gan(seed, conditional=conditional),
        train,
        labels=train_labels if conditional else None,
        recipe=recipe,
        seed=seed,
    )
    trainer.run(n_steps, progress=f"{configuration}, semente {seed}")
    fake = trainer.sample(len(test), labels=test_labels if conditional else None)
    train, test, fake = (images.reshape(len(images), -1) for images in (train, test, fake))
    read = SVC().fit(train, train_labels).predict(fake)
    quality = precision_recall(test, fake)
    return {
        "configuration": configuration,
        "seed": seed,
        # Sem rótulo nada foi pedido: não há o que ler certo.
        "read_right": label_report(test_labels, read).accuracy if conditional else "",
        "digits": len(set(read)),
        "judge": two_sample_test(test, fake, training_data=train).accuracy,
        "precision": quality.precision,
        "recall": quality.recall,
        "copy": copy_test(train, test, fake).score,
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
    }


def record(path=TABLE, *, n_seeds=3, n_steps=None):
    """Acrescenta a `path` as linhas que ainda faltam, uma a uma, à medida que terminam."""
    record_missing(
        path, COLUMNS, CONFIGURATIONS, partial(measure, n_steps=n_steps), n_seeds=n_seeds
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="quantas sementes (padrão: 3)")
    record(n_seeds=parser.parse_args().seeds)
