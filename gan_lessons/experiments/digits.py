"""A GAN dos dígitos em várias sementes, com e sem o dígito pedido.

Refaz (ou continua) a tabela que o caderno ``06_imagens_a_pedido`` lê::

    python -m gan_lessons.experiments.digits
"""

from dataclasses import replace
from pathlib import Path

from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from gan_lessons.data import load_digit_images
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.images import SCORES, scores
from gan_lessons.experiments.table import PROVENANCE, Table, finite, one_of, optional
from gan_lessons.metrics import label_report
from gan_lessons.models import make_digit_gan
from gan_lessons.training import DIGITS, Trainer

# Nome: (recebe rótulo?, receita). O sem rótulo é o aquecimento da aula, com metade dos passos.
CONFIGURATIONS = {
    "condicional": (True, DIGITS),
    "sem rótulo": (False, replace(DIGITS, n_steps=1000)),
    "sem rótulo, mesmos passos": (False, DIGITS),
}
TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = {
    "configuration": one_of(CONFIGURATIONS),
    "seed": int,
    "read_right": optional(finite),
    "digits": int,
    **dict.fromkeys(SCORES, finite),
    **PROVENANCE,
}


def split_digits():
    """Treino e teste da aula: ``(imagens, imagens, rótulos, rótulos)``; 540 ficam para o teste."""
    images, labels = load_digit_images()
    return train_test_split(images, labels, test_size=540, stratify=labels, random_state=0)


def measure(configuration, seeds, *, n_steps=None, device="cpu", progress=False):
    """Treina uma configuração com cada semente e dá as linhas da tabela."""
    conditional, recipe = CONFIGURATIONS[configuration]
    train, test, train_labels, test_labels = split_digits()
    reader = SVC().fit(train.reshape(len(train), -1), train_labels)
    for seed in seeds:
        networks = make_digit_gan(seed, conditional=conditional)
        labels = train_labels if conditional else None
        trainer = Trainer(*networks, train, labels=labels, recipe=recipe, seed=seed, device=device)
        trainer.run(n_steps, progress=progress and f"{configuration}, semente {seed}")
        fake = trainer.sample(len(test), labels=test_labels if conditional else None)
        read = reader.predict(fake.reshape(len(fake), -1))
        yield {
            "configuration": configuration,
            "seed": seed,
            # Sem rótulo nada foi pedido: não há o que ler certo.
            "read_right": label_report(test_labels, read).accuracy if conditional else "",
            "digits": len(set(read)),
            **scores(train, test, fake),
        }


EXPERIMENT = Experiment(Table(TABLE, COLUMNS), {"configuration": CONFIGURATIONS}, measure, 10)
record, read = EXPERIMENT.record, EXPERIMENT.table.read

if __name__ == "__main__":
    main(EXPERIMENT, __doc__)
