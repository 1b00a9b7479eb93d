"""O que se mede de imagens geradas, sejam de que conjunto forem."""

from gan_lessons.metrics import copy_test, precision_recall, two_sample_test

SCORES = ["judge", "precision", "recall", "copy"]


def scores(train, test, fake):
    """Os placares de `SCORES` das imagens `fake`, ao lado das de treino e das de teste.

    Parameters
    ----------
    train, test, fake : ndarray, shape (n, …)
        Uma linha por imagem; de cada uma, os pixels em fila é que contam.

    Returns
    -------
    dict
        De cada placar ao número dele.
    """
    train, test, fake = (images.reshape(len(images), -1) for images in (train, test, fake))
    judge = two_sample_test(test, fake, training_data=train)
    quality = precision_recall(test, fake)
    copies = copy_test(train, test, fake)
    numbers = judge.accuracy, quality.precision, quality.recall, copies.score
    return dict(zip(SCORES, numbers, strict=True))
