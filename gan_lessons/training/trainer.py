"""O treinador: o laço da aula, que se interrompe, retoma, recomeça, muda de receita e se grava."""

import copy
import dataclasses
import threading
from pathlib import Path

import torch

from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training import checkpoint
from gan_lessons.training.inputs import check_data, check_labels, check_networks, resolve_device
from gan_lessons.training.loop import Loop
from gan_lessons.training.recipe import CHANGEABLE, CLASSIC, Recipe
from gan_lessons.validation import check_choice, check_int


class Trainer(Loop):
    """Treina uma GAN, um passo de cada vez.

    A cada passo: `discriminator_steps` atualizações do discriminador, cada uma com um lote real e
    um falso, e depois uma do gerador, com ruído novo.

    Parameters
    ----------
    generator : torch.nn.Module
        ``(n, latent_dim) → (n, …)``, com o atributo inteiro ``latent_dim``.
    discriminator : torch.nn.Module
        ``(n, …) → (n, 1)`` logits.
    data : array_like, shape (n, …)
        Os pontos reais.
    labels : array_like of int, shape (n,), optional
        Classes dos pontos. Se vierem, as redes são chamadas com elas como segundo argumento.
    recipe : Recipe, default=CLASSIC
    seed : int, default=0
        Semente dos lotes e do ruído; o sorteio é na CPU, igual em qualquer dispositivo.
    device : {"cpu", "cuda", "auto"}, default="cpu"

    Attributes
    ----------
    seed : int
    n_steps : int
        Passos completos até agora.
    history : History
    average : torch.nn.Module or None
        A média móvel do gerador, se a receita pede uma; é ela que `sample` usa.
    lock : threading.RLock
        A vez de mexer nas redes: quem a tem sabe que nenhum passo está pela metade.

    Raises
    ------
    TypeError, ValueError
        Se os dados não servirem, se as redes não combinarem com eles ou se o lote for maior que
        os dados.

    Notes
    -----
    Fonte: Goodfellow et al. (2014), "Generative Adversarial Nets", algoritmo 1.
    Caderno: ``02_espiral``.
    """

    def __init__(
        self,
        generator,
        discriminator,
        data,
        *,
        labels=None,
        recipe=CLASSIC,
        seed=0,
        device="cpu",
    ):
        if not isinstance(recipe, Recipe):
            raise TypeError(f"recipe deve ser uma Recipe, mas chegou {recipe!r}.")
        seed = check_int(seed, "seed", minimum=0)
        self.device = resolve_device(device)
        self.data = check_data(data, recipe.batch_size).to(self.device)
        self.labels = check_labels(labels, len(self.data))
        check_networks(generator, discriminator, self.data, self.labels)
        networks = generator.to(self.device), discriminator.to(self.device)
        self._first_seed = seed
        self._first_weights = copy.deepcopy([network.state_dict() for network in networks])
        # Um painel treina noutra linha de execução enquanto uma célula pede amostras.
        self.lock = threading.RLock()
        self._begin(*networks, recipe, seed)

    def _begin(self, generator, discriminator, recipe, seed):
        self.seed = seed
        labels = None if self.labels is None else self.labels.to(self.device)
        super().__init__(generator, discriminator, self.data, labels, recipe=recipe, seed=seed)

    def restart(self, seed=None):
        """Volta ao passo 0, com os pesos iniciais e com a receita de agora.

        Parameters
        ----------
        seed : int, optional
            Outra semente para os lotes e o ruído, e também para os pesos: os iniciais de cada
            camada são embaralhados entre si. Como foram sorteados todos da mesma fonte, a nova
            ordem é tão provável quanto a primeira. A semente com que o treinador nasceu devolve
            os pesos com que ele nasceu. Sem `seed`, fica a de agora.

        Returns
        -------
        Trainer
            Ele mesmo.
        """
        seed = self.seed if seed is None else check_int(seed, "seed", minimum=0)
        rng = None if seed == self._first_seed else torch.Generator().manual_seed(seed)
        with self.lock, torch.no_grad():
            networks = (self.generator, self.discriminator)
            for network, weights in zip(networks, self._first_weights, strict=True):
                network.load_state_dict(weights)
                if rng is not None:
                    for parameter in network.parameters():
                        order = torch.randperm(parameter.numel(), generator=rng)
                        shuffled = parameter.flatten()[order.to(parameter.device)]
                        parameter.copy_(shuffled.reshape(parameter.shape))
            self._begin(*networks, self.recipe, seed)
        return self

    def change_recipe(self, **changes):
        """Troca campos da receita no meio do treino; o histórico e as inércias do Adam ficam.

        Parameters
        ----------
        **changes
            Campos de `Recipe`, menos os que definem a forma do treino: ``batch_size``, ``betas``,
            ``ema`` e ``noise``. Para esses, crie outro `Trainer`.

        Raises
        ------
        TypeError, ValueError
            Se um campo não existir, não puder mudar ou não servir; a receita fica como estava.
        """
        for name in changes:
            check_choice(name, "o campo da receita", CHANGEABLE)
        recipe = dataclasses.replace(self.recipe, **changes)
        with self.lock:
            self.recipe = recipe

    def step(self):
        """Um passo completo: o discriminador, depois o gerador."""
        with self.lock, uninterrupted(), one_thread():
            super().step()

    def step_discriminator(self):
        """Uma atualização do discriminador, com um lote real e um lote falso novos."""
        with self.lock, uninterrupted(), one_thread():
            super().step_discriminator()

    def step_generator(self):
        """Uma atualização do gerador, com ruído novo; conta como um passo."""
        with self.lock, uninterrupted(), one_thread():
            super().step_generator()

    def run(self, n_steps=None, *, progress=False):
        """Dá `n_steps` passos; interrompido, para entre dois passos e pode continuar.

        Parameters
        ----------
        n_steps : int, optional
            Quantos passos dar a mais. Sem ele, os que faltam para ``recipe.n_steps``.
        progress : bool or str, default=False
            Mostra uma barra de progresso; um texto é o nome que aparece nela.

        Returns
        -------
        Trainer
            Ele mesmo.

        Raises
        ------
        DivergenceError
            Se uma perda deixar de ser finita; o histórico até ali fica.
        KeyboardInterrupt
            Se for interrompido, depois de terminar o passo em curso.
        """
        n_steps = self.recipe.steps_to_run(n_steps, done=self.n_steps)
        with (
            progress_bar(n_steps, progress) as bar,
            uninterrupted() as interruption,
            one_thread(),
        ):
            for _ in range(n_steps):
                self.step()
                bar.update()
                if interruption.arrived:
                    break
        return self

    def sample(self, n, *, labels=None):
        """Gera `n` pontos, sem mexer no treino.

        Parameters
        ----------
        n : int
        labels : array_like of int, shape (n,), optional
            As classes pedidas, se a GAN é condicional.

        Returns
        -------
        ndarray, float32, shape (n, …)
        """
        n = check_int(n, "n")
        with self.lock:
            return self.generate(self.make_noise(n, self.sampling_rng), labels=labels)

    def generate(self, noise, *, labels=None):
        """Os pontos que o gerador faz do ruído dado, sem mexer no treino.

        Parameters
        ----------
        noise : torch.Tensor, shape (n, latent_dim)
            O mesmo ruído, mais tarde, mostra para onde cada ponto andou; veja `make_noise`.
        labels : array_like of int, shape (n,), optional
            As classes pedidas, se a GAN é condicional.

        Returns
        -------
        ndarray, float32, shape (n, …)
        """
        if (labels is None) != (self.labels is None):
            raise ValueError(
                "labels é obrigatório numa GAN condicional e não existe nas outras; "
                f"chegou {labels!r}."
            )
        condition = ()
        if labels is not None:
            condition = (check_labels(labels, len(noise)).to(self.device),)
        with self.lock, uninterrupted(), one_thread():
            return super().generate(noise.to(self.device), *condition).cpu().numpy()

    def save(self, path):
        """Grava o treino em `path`; `load` continua dali, bit a bit."""
        with self.lock:
            checkpoint.write(checkpoint.state_of(self), Path(path))

    def load(self, path):
        """Volta ao ponto gravado por `save` num treinador com as mesmas redes, dados e receita.

        Returns
        -------
        Trainer
            Ele mesmo.

        Raises
        ------
        FileNotFoundError
            Se `path` não existir.
        ValueError
            Se o arquivo estiver danificado ou for de outro treino; nada muda no treinador.
        """
        saved = checkpoint.read(Path(path))
        with self.lock:
            current = copy.deepcopy(checkpoint.state_of(self))
            checkpoint.check_same_training(saved, current)
            try:
                checkpoint.restore(self, saved)
            except Exception as error:
                checkpoint.restore(self, current)
                raise ValueError(f"path tem um treino incompleto ou danificado: {path}") from error
        return self
