"""A GAN dos dígitos de 28×28 em várias sementes, e o leitor que a julga.

Refaz (ou continua) a tabela que o caderno ``07_julgar_imagens`` lê::

    python -m gan_lessons.experiments.mnist

Ao lado dela ficam os pesos do leitor e os do gerador da semente 0, gravados uma vez só: para
refazê-los, apague os arquivos.
"""

from pathlib import Path

import torch
from sklearn.model_selection import train_test_split
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from gan_lessons.data import load_mnist_images
from gan_lessons.experiments.command import main
from gan_lessons.experiments.experiment import Experiment
from gan_lessons.experiments.images import scores
from gan_lessons.experiments.table import PROVENANCE, Table, finite, one_of
from gan_lessons.metrics import frechet_distance, label_report
from gan_lessons.models import make_mnist_gan, make_mnist_reader
from gan_lessons.training import MNIST, Trainer

CONFIGURATIONS = {"condicional": MNIST}
TABLE = Path(__file__).with_suffix(".csv")
READER, GENERATOR = (TABLE.with_name(f"mnist_{name}.pt") for name in ("reader", "generator"))
COLUMNS = {
    "configuration": one_of(CONFIGURATIONS),
    "seed": int,
    "read_right": finite,
    "digits": int,
    **dict.fromkeys(["judge", "precision", "recall", "frechet", "frechet_bias", "copy"], finite),
    **PROVENANCE,
}


def split_mnist():
    """Treino e teste da aula: ``(imagens, imagens, rótulos, rótulos)``; 1000 ficam para o teste."""
    images, labels = load_mnist_images()
    return train_test_split(images, labels, test_size=1000, stratify=labels, random_state=0)


def train_reader(images, labels, *, n_epochs=30):
    """Ensina um leitor, só com reais; cada imagem vai um pouco torcida e deslocada, à sorte.

    Parameters
    ----------
    images : ndarray, shape (n, 1, 28, 28), float32
    labels : ndarray, shape (n,), int64
    n_epochs : int, default=30
        Voltas pelas imagens.

    Returns
    -------
    MnistReader
    """
    reader, rng = make_mnist_reader(seed=0), torch.Generator().manual_seed(0)
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    adam = torch.optim.Adam(reader.parameters(), lr=3e-3)
    slower = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 1 / n_epochs, total_iters=n_epochs)
    for _ in range(n_epochs):
        for batch in torch.randperm(len(images), generator=rng).split(50):
            loss = cross_entropy(reader(_twisted(images[batch], rng)), labels[batch])
            adam.zero_grad()
            loss.backward()
            adam.step()
        slower.step()
    return reader


def _twisted(images, rng):
    """Cada imagem por uma transformação afim própria, perto da identidade."""
    twist = torch.eye(2, 3) + 0.3 * (torch.rand(len(images), 2, 3, generator=rng) - 0.5)
    where = affine_grid(twist, list(images.shape), align_corners=False)
    # O que entra pela beirada é papel, −1: a grade completa com zeros.
    return grid_sample(images + 1, where, align_corners=False) - 1


def load_reader():
    """O leitor gravado; se não houver um, ensina-o e grava-o."""
    if not READER.exists():
        train, _, train_labels, _ = split_mnist()
        torch.save(train_reader(train, train_labels).state_dict(), READER)
    return _load(make_mnist_reader(), READER)


def load_generator():
    """O gerador gravado: a média móvel dos pesos da semente 0, ao fim do treino."""
    return _load(make_mnist_gan()[0], GENERATOR)


def _load(network, path):
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval().requires_grad_(False)


def measure(configuration, seeds, *, n_steps=None, device="cpu", progress=False):
    """Treina com cada semente e dá as linhas da tabela."""
    train, test, train_labels, test_labels = split_mnist()
    reader = load_reader()
    real_features = reader.features(torch.from_numpy(test))
    for seed in seeds:
        recipe = CONFIGURATIONS[configuration]
        networks = make_mnist_gan(seed)
        trainer = Trainer(
            *networks, train, labels=train_labels, recipe=recipe, seed=seed, device=device
        )
        trainer.run(n_steps, progress=progress and f"{configuration}, semente {seed}")
        if seed == 0 and n_steps is None and not GENERATOR.exists():
            torch.save(trainer.average.module.state_dict(), GENERATOR)
        fake = trainer.sample(len(test), labels=test_labels)
        features = reader.features(torch.from_numpy(fake))
        read = reader.output(features).argmax(dim=1)
        distance = frechet_distance(real_features, features)
        yield {
            "configuration": configuration,
            "seed": seed,
            "read_right": label_report(test_labels, read).accuracy,
            "digits": len(read.unique()),
            "frechet": distance.distance,
            "frechet_bias": distance.bias,
            **scores(train, test, fake),
        }


EXPERIMENT = Experiment(Table(TABLE, COLUMNS), {"configuration": CONFIGURATIONS}, measure, 5)
record, read = EXPERIMENT.record, EXPERIMENT.table.read

if __name__ == "__main__":
    main(EXPERIMENT, __doc__)
