"""O laço publicado, guardado como referência de tempo.

É a maneira habitual de escrever este treino: `DataLoader`, sigmoide no fim do discriminador,
`BCELoss` e Adam com as opções de fábrica. O caderno ``02_espiral`` e ``make bench`` medem os
outros treinos ao lado dele, na mesma execução.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gan_lessons.running import progress_bar


def train_published(generator, discriminator, data, *, n_epochs=500, progress=False):
    """Treina as duas redes, no lugar, pelo laço publicado.

    Os dados têm formato ``(n, d)``: com 1000 pontos e lotes de 25, 500 épocas são 20 000 passos. O
    discriminador devolve logits; a sigmoide entra aqui.
    Fonte: onimaru, "GAN – Redes Geradoras Adversariais" (2019). Caderno: ``02_espiral``.
    """
    points = torch.as_tensor(data, dtype=torch.float32)
    loader = DataLoader(TensorDataset(points), batch_size=25, shuffle=True)
    classifier = nn.Sequential(discriminator, nn.Sigmoid())
    criterion = nn.BCELoss()
    generator_adam = torch.optim.Adam(generator.parameters(), lr=1e-3)
    discriminator_adam = torch.optim.Adam(classifier.parameters(), lr=1e-3)
    with progress_bar(n_epochs * len(loader), progress) as bar:
        for _ in range(n_epochs):
            for (real,) in loader:
                ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)

                discriminator_adam.zero_grad()
                fake = generator(torch.randn(len(real), generator.latent_dim))
                real_loss = criterion(classifier(real), ones)
                fake_loss = criterion(classifier(fake.detach()), zeros)
                (real_loss + fake_loss).backward()
                discriminator_adam.step()

                generator_adam.zero_grad()
                fake = generator(torch.randn(len(real), generator.latent_dim))
                criterion(classifier(fake), ones).backward()
                generator_adam.step()
                bar.update()
