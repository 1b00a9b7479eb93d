"""O treinador: o laço da aula, que se interrompe, retoma, recomeça, muda de receita e se grava."""

import copy
import dataclasses
import threading

from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training import checkpoint
from gan_lessons.training.inputs import (
    check_classes,
    check_data,
    check_networks,
    check_noise,
    make_alike,
    resolve_device,
)
from gan_lessons.training.loop import Loop
from gan_lessons.training.recipe import CHANGEABLE, CLASSIC, check_recipe
from gan_lessons.training.seeds import check_seed
from gan_lessons.validation import check_choice, check_int, check_path, shown


class Trainer(Loop):
    """Treina uma GAN, um passo de cada vez. Fonte: a de `Loop`. Caderno: ``02_espiral``.

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
    make_networks : callable, optional
        ``semente → (generator, discriminator)``, redes do mesmo desenho; assim `restart` com
        outra semente recomeça de outros pesos.

    Attributes
    ----------
    seed, n_steps : int
        A semente, e os passos completos até agora.
    first_weights : list of dict
        Os pesos do passo 0, do gerador e do discriminador.
    history : History
    average : torch.nn.Module or None
        A média móvel do gerador, se a receita pede uma; é ela que `sample` usa.
    lock : threading.RLock
        A vez de mexer nas redes: quem a tem sabe que nenhum passo está pela metade.
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
        make_networks=None,
    ):
        recipe = check_recipe(recipe)
        if make_networks is not None and not callable(make_networks):
            raise TypeError(
                "make_networks deve ser uma função que recebe a semente e devolve as duas redes, "
                f"mas chegou {type(make_networks).__name__}."
            )
        self.seed = check_seed(seed)
        self.device = resolve_device(device)
        self.data = check_data(data, recipe.batch_size).to(self.device)
        self.labels = check_classes(labels, len(self.data))
        check_networks(generator, discriminator, self.data, self.labels)
        networks = generator.to(self.device), discriminator.to(self.device)
        self.make_networks = make_networks
        self.first_weights = _weights(networks)
        # Um painel treina noutra linha de execução enquanto uma célula pede amostras.
        self.lock = threading.RLock()
        vars(self).update(vars(self._new_loop(*networks, recipe, self.seed)))

    def _new_loop(self, generator, discriminator, recipe, seed):
        """O laço no passo 0, com os pesos que as redes têm agora."""
        labels = None if self.labels is None else self.labels.to(self.device)
        return Loop(generator, discriminator, self.data, labels=labels, recipe=recipe, seed=seed)

    def restart(self, seed=None):
        """Volta ao passo 0, com a receita de agora; devolve o próprio treinador.

        Sem `seed`, repete o mesmo treino. Com ela, são outros os lotes e o ruído e, se o treinador
        tem `make_networks`, os pesos iniciais; redes de outro desenho são um `ValueError`, e nada
        muda.
        """
        repeat, first_weights = seed is None, self.first_weights
        seed = self.seed if repeat else check_seed(seed)
        if self.make_networks is not None and not repeat:
            networks = self.generator, self.discriminator
            first_weights = _weights(make_alike(self.make_networks, seed, networks))
        self._go_to(first_weights, seed, first_weights)
        return self

    def change_recipe(self, **changes):
        """Troca campos da receita no meio do treino; o histórico e as inércias do Adam ficam.

        Não mudam os que definem a forma do treino, ``batch_size``, ``betas``, ``ema`` e ``noise``:
        para esses, crie outro `Trainer`.
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
        """Dá `n_steps` passos e devolve o próprio treinador; interrompido, para entre dois passos.

        Parameters
        ----------
        n_steps : int, optional
            Quantos passos dar a mais. Sem ele, os que faltam para ``recipe.n_steps``.
        progress : bool or str, default=False
            Mostra uma barra de progresso; um texto é o nome que aparece nela.

        Raises
        ------
        DivergenceError
            Se uma perda deixar de ser finita; o histórico até ali fica.
        """
        n_steps = self.recipe.steps_to_run(n_steps, done=self.n_steps)
        with progress_bar(n_steps, progress) as bar, uninterrupted() as stretch, one_thread():
            for _ in range(n_steps):
                self.step()
                bar.update()
                if stretch.arrived:
                    break
        return self

    def sample(self, n, *, labels=None):
        """Gera `n` pontos, sem mexer no treino; depois de um erro, o próximo dá o que este daria.

        Parameters
        ----------
        n : int
        labels : array_like of int, shape (n,), optional
            As classes pedidas, se a GAN é condicional.

        Returns
        -------
        ndarray, float32, shape (n, …)
        """
        n = check_int(n, "n", n_bytes=4 * (self.generator.latent_dim + self.data[0].numel()))
        with self.lock:
            before = self.sampling_rng.get_state()
            try:
                return super().sample(n, labels=labels)
            except BaseException:
                self.sampling_rng.set_state(before)
                raise

    def generate(self, noise, *, labels=None):
        """Os pontos que o gerador faz do ruído dado, sem mexer no treino.

        Parameters
        ----------
        noise : torch.Tensor, shape (n, latent_dim)
            O mesmo ruído, mais tarde, mostra para onde cada ponto andou; veja `make_noise`.
        labels : array_like of int, shape (n,), optional

        Returns
        -------
        ndarray, float32, shape (n, …)
            Da média móvel do gerador, se a receita pede uma.
        """
        if (labels is None) != (self.labels is None):
            raise ValueError(
                "labels é obrigatório numa GAN condicional e não existe nas outras; "
                f"chegou {shown(labels)}."
            )
        noise = check_noise(noise, self.generator.latent_dim)
        if labels is not None:
            labels = check_classes(labels, len(noise), classes=self.labels).to(self.device)
        with self.lock, uninterrupted(), one_thread():
            return super().generate(noise.to(self.device), labels=labels)

    def save(self, path):
        """Grava o treino em `path`; `load` continua dali, bit a bit.

        Se não der para gravar ali, um `OSError`, o arquivo de antes fica.
        """
        path = check_path(path)
        with self.lock, uninterrupted():
            checkpoint.write(self._state(), path)

    def load(self, path):
        """Volta ao ponto gravado por `save` num treinador com as mesmas redes, dados e receita.

        Vem tudo: a semente, os pesos iniciais, que são os de `restart`, e o histórico. Um arquivo
        que não existe (`FileNotFoundError`), danificado ou de outro treino (`ValueError`) não muda
        nada. Devolve o próprio treinador.
        """
        saved = checkpoint.read(check_path(path))
        checkpoint.check_same_training(saved, self._state())
        try:
            self._go_to(saved["weights"], saved["seed"], saved["first_weights"], saved)
        except Exception as error:
            raise ValueError(f"path tem um treino incompleto ou danificado: {path}") from error
        return self

    def _state(self):
        return checkpoint.state_of(self, seed=self.seed, first_weights=self.first_weights)

    def _go_to(self, weights, seed, first_weights, saved=None):
        """O passo 0 com estes pesos ou, se vier, o treino gravado; um erro ou Ctrl-C desfaz."""
        networks = self.generator, self.discriminator
        with self.lock, uninterrupted():
            before = _weights(networks)
            try:
                _load_weights(networks, weights)
                loop = self._new_loop(*networks, self.recipe, seed)
                if saved is not None:
                    checkpoint.restore(loop, saved)
                # De uma vez, e só no fim: até aqui, o treinador é o de antes.
                vars(self).update(vars(loop), seed=seed, first_weights=first_weights)
            except BaseException:
                _load_weights(networks, before)
                raise


def _weights(networks):
    return copy.deepcopy([network.state_dict() for network in networks])


def _load_weights(networks, weights):
    for network, tensors in zip(networks, weights, strict=True):
        network.load_state_dict(tensors)
