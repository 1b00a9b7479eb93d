"""Muitas GANs de uma vez: a mesma receita do `Trainer`, vetorizada e compilada."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import torch

from gan_lessons.population.chunk import Chunk
from gan_lessons.population.compiled import compiled_step, trace
from gan_lessons.population.networks import Factory, check_sees_points
from gan_lessons.population.plan import Plan
from gan_lessons.population.step import Step
from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training.inputs import check_data, check_networks, resolve_device
from gan_lessons.training.recipe import CLASSIC, check_recipe
from gan_lessons.training.seeds import check_seed
from gan_lessons.validation import check_choice, check_int

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.6
"""Duração de uma rodada de passos: o que uma interrupção espera, mais ou menos."""

MAX_UPDATES = 100
"""Maior `discriminator_steps`: o passo registrado tem cada atualização por extenso."""


class Population:
    """Treina `n_gans` GANs da mesma arquitetura de uma vez.

    O membro ``i`` é a GAN de ``Trainer(make_generator(s), make_discriminator(s), data, seed=s)``,
    com ``s = seed + i``: os mesmos pesos iniciais, os mesmos lotes, o mesmo ruído, e por isso os
    mesmos passos, a menos de arredondamentos. Não depende de quantos são os outros. Duas
    populações independentes pedem sementes afastadas de pelo menos `n_gans`.

    Caderno: ``04_muitas_sementes``.

    Parameters
    ----------
    n_gans : int
        Quantas GANs.
    make_generator, make_discriminator : callable
        ``semente → torch.nn.Module``, redes como as de `Trainer`, que só diferem nos pesos.
    data : array_like, shape (n, …)
        Os pontos reais, os mesmos para todas.
    recipe : Recipe, default=CLASSIC
    seed : int, default=0
    device : {"cpu", "cuda", "auto"}, default="cpu"
    compile : {"auto", True, False}, default="auto"
        Se o passo vira código de máquina. "auto" compila onde há compilador e o treino é
        longo o bastante para pagar por isso. Se a compilação falhar, o treino segue sem ela.
    chunk_size : int, optional
        Quantos membros avançam juntos, o que limita a memória. Sem ele, todos juntos na GPU e até
        64 por grupo na CPU, ou 32 em cada núcleo se o passo for compilado.

    Attributes
    ----------
    n_steps : int
        Passos que todos os membros já deram.
    diverged : dict of int to int
        Os membros que divergiram e o passo (contado de 1) em que isso aconteceu. Eles ficam com
        os últimos pesos finitos, e os outros seguem.
    memory_needed : int
        Estimativa, em bytes, do que o treino todo ocupa.

    Raises
    ------
    ValueError
        Se as redes diferem em mais que os pesos, estão congeladas ou não se vetorizam.
    MemoryError
        Se o treino não couber na memória livre.
    """

    def __init__(
        self,
        n_gans,
        make_generator,
        make_discriminator,
        data,
        *,
        recipe=CLASSIC,
        seed=0,
        device="cpu",
        compile="auto",
        chunk_size=None,
    ):
        self.n_gans = check_int(n_gans, "n_gans")
        self.recipe = check_recipe(recipe)
        if recipe.discriminator_steps > MAX_UPDATES:
            raise ValueError(
                f"discriminator_steps deve ser no máximo {MAX_UPDATES} em Population, mas chegou "
                f"{recipe.discriminator_steps}; com mais, treine uma GAN de cada vez com Trainer."
            )
        if not isinstance(compile, bool):
            check_choice(compile, "compile", ("auto", True, False))
        self.seed = check_seed(seed)
        self.device = resolve_device(device)
        self.compile = compile
        self.data = check_data(data, recipe.batch_size).to(self.device)
        generators = Factory(make_generator, "make_generator", self.seed)
        discriminators = Factory(make_discriminator, "make_discriminator", self.seed)
        check_networks(generators.model, discriminators.model, self.data, None)
        check_sees_points(discriminators.model, self.data[: recipe.batch_size].cpu())
        self._step = Step(
            generators.model, discriminators.model, recipe, self.data.shape, self.device
        )
        self._plan = Plan(self._step, self.data, self.n_gans, compile, chunk_size)
        self._size = self._plan.size
        self.memory_needed = self._plan.memory_needed
        self._plan.check_memory()
        check_seed(self.seed, n=self.n_gans)
        seeds = range(self.seed, self.seed + self.n_gans)
        vectors = self._initial_vectors(generators, discriminators, seeds)
        groups = (slice(i, i + self._size) for i in range(0, self.n_gans, self._size))
        self._chunks = [
            Chunk(self._step, self.data, vectors[members], seeds[members], self._size)
            for members in groups
        ]
        self._rehearse()
        self.diverged = {}

    @property
    def n_steps(self):
        return min(chunk.n_steps for chunk in self._chunks)

    def run(self, n_steps=None, *, progress=False):
        """Dá `n_steps` passos em todos os membros, como `Trainer.run`, e devolve ela mesma.

        Interrompida, termina antes a rodada de passos em curso, uma fração de segundo, e pode
        continuar. `MemoryError` se as perdas de tantos passos não couberem na memória livre.
        """
        done = self.n_steps
        n_steps = self.recipe.steps_to_run(n_steps, done=done)
        goal = done + n_steps
        self._plan.check_steps(n_steps)
        patterns = self._step.charge_patterns(done, n_steps)
        for charges in patterns:
            trace(self._step, self._size, charges)
        with progress_bar(n_steps, progress) as bar:
            fast = self._compiled(patterns, n_steps, bar)
            n_workers = self._plan.n_workers(fast is not None)
            buffers = [self._plan.draw_buffer(n_steps) for _ in range(n_workers)]
            with uninterrupted() as interruption, ThreadPoolExecutor(n_workers) as pool:
                length = 4
                while done < goal and not interruption.arrived and self._any_alive():
                    started = time.perf_counter()
                    length = min(length, goal - done)
                    waiting = [
                        pool.submit(
                            _advance, self._chunks[w::n_workers], fast, buffer, done + length
                        )
                        for w, buffer in enumerate(buffers)
                    ]
                    for future in waiting:
                        future.result()
                    self._note_divergences()
                    done += length
                    bar.update(length)
                    seconds = time.perf_counter() - started
                    length = max(min(4 * length, int(length * ROUND_SECONDS / seconds)), 1)
        return self

    def sample(self, n):
        """Gera `n` pontos com cada membro, sem mexer no treino; os mesmos de `Trainer.sample`.

        Returns
        -------
        ndarray, float32, shape (n_gans, n, …)
            Dos geradores médios, se a receita pede média móvel. `MemoryError` se não couber.
        """
        n = check_int(n, "n")
        self._plan.check_sample(n)
        with uninterrupted(), one_thread():
            fakes = [chunk.sample(n) for chunk in self._chunks]
        return torch.cat(fakes)[: self.n_gans].cpu().numpy()

    def member(self, i):
        """Devolve cópias do gerador e do discriminador do membro `i`, módulos comuns do PyTorch.

        Returns
        -------
        generator, discriminator : torch.nn.Module
            O gerador é o médio, se a receita pede média móvel: o mesmo que `sample` usa.
        """
        chunk, row = self._locate(i)
        return self._step.modules(chunk.vectors[row])

    def history(self, i):
        """As perdas do membro `i`, como em ``Trainer.history.frame``.

        Returns
        -------
        pandas.DataFrame
            Uma linha para cada atualização do discriminador; NaN onde uma rede não deu o passo.
        """
        chunk, row = self._locate(i)
        frame = chunk.history(row)
        last = self.diverged.get(i)
        return frame if last is None else frame[frame["step"] < last]

    def _locate(self, i):
        i = check_int(i, "i", minimum=0)
        if i >= self.n_gans:
            raise ValueError(f"i deve ser menor que n_gans, {self.n_gans}, mas chegou {i}.")
        return self._chunks[i // self._size], i % self._size

    def _rehearse(self):
        """Registra o passo, para que o que não se vetoriza apareça já."""
        try:
            trace(self._step, self._size, self._step.charges(0))
        except Exception as error:
            message = str(error).strip().partition("\n")[0]
            raise ValueError(
                "make_generator ou make_discriminator devolve uma rede que não se vetoriza: "
                f"{message} Troque essa camada, ou treine uma GAN de cada vez com Trainer."
            ) from error

    def _initial_vectors(self, generators, discriminators, seeds):
        batch_size, latent_dim = self.recipe.batch_size, generators.model.latent_dim
        noise = torch.randn((batch_size, latent_dim), generator=torch.Generator().manual_seed(0))
        points = self.data[:batch_size].cpu()
        return [
            self._step.initial_vector(generators(seed, noise), discriminators(seed, points))
            for seed in seeds
        ]

    def _any_alive(self):
        return any(chunk.alive.any() for chunk in self._chunks)

    def _note_divergences(self):
        for number, chunk in enumerate(self._chunks):
            for row, step in chunk.new_divergences():
                i = number * self._size + row
                self.diverged[i] = step
                log.warning(
                    "O membro %d divergiu no passo %d e parou ali; os outros seguem.", i, step
                )
        if not self._any_alive():
            log.warning("Todos os membros divergiram; o treino parou.")

    def _compiled(self, patterns, n_steps, bar):
        """O passo compilado, ou `None` se o treino deve seguir sem compilar."""
        if self.compile is False or n_steps == 0:
            return None
        fast = compiled_step(self._step, self._size)
        if not fast.serves(patterns) and not fast.failed and self._plan.will_compile(n_steps):
            description = getattr(bar, "desc", "")  # uma barra desligada não tem nome
            bar.set_description_str("compilando")
            fast.compile(patterns)
            bar.set_description_str(description)
        return fast if fast.serves(patterns) else None


def _advance(chunks, fast, buffer, goal):
    with one_thread():  # o limite é de cada linha de execução
        for chunk in chunks:
            chunk.advance(fast, buffer, goal)
