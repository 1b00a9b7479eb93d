"""Muitos GANs de uma vez: a mesma receita do `Trainer`, vetorizada e compilada."""

import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from gan_lessons.population.chunk import Chunk, make_network
from gan_lessons.population.compiled import (
    CompiledStep,
    compiled_steps,
    has_cpp_compiler,
    trace,
)
from gan_lessons.population.step import EAGER_CHUNK, Step
from gan_lessons.running import one_thread, progress_bar, uninterrupted
from gan_lessons.training import CLASSIC, Recipe
from gan_lessons.training.inputs import check_data, check_networks, resolve_device
from gan_lessons.validation import check_int

log = logging.getLogger(__name__)

COMPILED_CHUNK = 32
"""Membros por grupo na CPU, se o passo é compilado: os grupos andam em paralelo, e 32 já diluem
o custo de cada chamada."""

ROUND_SECONDS = 0.3
"""Duração de uma rodada de passos: o que uma interrupção espera, mais ou menos."""

ROUND_BYTES = 2**24
"""O que os índices dos lotes de uma rodada podem ocupar, por grupo."""

COMPILE_PAYS = 30.0
"""Segundos de treino sem compilar, pela conta de `Step.eager_seconds`, a partir dos quais vale."""


class Population:
    """Treina `n_gans` GANs da mesma arquitetura de uma vez.

    O membro ``i`` usa a semente ``seed + i``, para os pesos, os lotes e o ruído, e não depende de
    quantos são os outros: ``Population(1, …, seed=seed + i)`` treina de novo só aquele. Por isso
    duas populações independentes pedem sementes afastadas de pelo menos `n_gans`.

    Parameters
    ----------
    n_gans : int
        Quantos GANs.
    make_generator, make_discriminator : callable
        ``semente → torch.nn.Module``, redes como as de `Trainer`, todas do mesmo formato.
    data : array_like, shape (n, …)
        Os pontos reais, os mesmos para todos.
    recipe : Recipe, default=CLASSIC
    seed : int, default=0
    device : {"cpu", "cuda", "auto"}, default="cpu"
    compile : {"auto", True, False}, default="auto"
        Se o passo é compilado por `torch.compile`. "auto" compila onde há compilador e o treino é
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
    TypeError, ValueError
        Na criação: argumentos que não servem, redes de formatos diferentes, ou com camadas que
        não se vetorizam.
    MemoryError
        Na criação, se o treino não couber na memória livre.

    Notes
    -----
    Caderno: ``06_muitas_sementes``.
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
        if not isinstance(recipe, Recipe):
            raise TypeError(f"recipe deve ser uma Recipe, mas chegou {recipe!r}.")
        if not isinstance(compile, bool) and compile != "auto":
            raise ValueError(f"compile deve ser 'auto', True ou False, mas chegou {compile!r}.")
        self.recipe = recipe
        self.seed = check_int(seed, "seed", minimum=0)
        self.device = resolve_device(device)
        self.compile = compile
        self._said = set()
        self.data = check_data(data, recipe.batch_size).to(self.device)
        generator = make_network(make_generator, self.seed, "make_generator")
        discriminator = make_network(make_discriminator, self.seed, "make_discriminator")
        check_networks(generator, discriminator, self.data, None)
        _check_vectorizable(generator, "make_generator")
        _check_vectorizable(discriminator, "make_discriminator")
        self._step = Step(generator, discriminator, self.data, recipe)
        if chunk_size is None:
            chunk_size = self._default_chunk_size()
        n_chunks = math.ceil(self.n_gans / check_int(chunk_size, "chunk_size"))
        # Grupos iguais, para uma só compilação: o último pode ter membros a mais, que não andam.
        size = math.ceil(self.n_gans / n_chunks)
        self.memory_needed = self._estimate_memory(n_chunks, size)
        self._check_memory(n_chunks, size)
        self._chunks = [
            Chunk(self._step, self.seed + first, size, min(self.n_gans - first, size))
            for first in range(0, n_chunks * size, size)
        ]
        for chunk in self._chunks:
            chunk.build(make_generator, make_discriminator)
        self._chunks[0].rehearse()
        self._n_sampled = 0
        self.diverged = {}

    @property
    def n_steps(self):
        return min(chunk.n_steps for chunk in self._chunks)

    def run(self, n_steps=None, *, progress=False):
        """Dá `n_steps` passos em todos os membros; interrompido, pode continuar.

        Parameters
        ----------
        n_steps : int, optional
            Quantos passos dar a mais. Sem ele, os que faltam para ``recipe.n_steps``.
        progress : bool or str, default=False
            Mostra uma barra de progresso; um texto é o nome que aparece nela.

        Returns
        -------
        Population
            Ela mesma.

        Raises
        ------
        KeyboardInterrupt
            Se for interrompida, depois da rodada de passos em curso, uma fração de segundo.
        """
        done = self.n_steps
        n_steps = self.recipe.steps_to_run(n_steps, done=done)
        goal = done + n_steps
        for charges in self._step.charge_patterns():
            trace(self._chunks[0], (charges,))
        with progress_bar(n_steps, progress) as bar:
            fast = self._compiled(n_steps, bar)
            n_workers = self._n_workers(len(self._chunks), fast is not None)
            with uninterrupted() as interruption, ThreadPoolExecutor(n_workers) as pool:
                length = 1
                while done < goal and not interruption.arrived and self._any_alive():
                    started = time.perf_counter()
                    length = self._round(length, goal - done)
                    waiting = [
                        pool.submit(_advance, self._chunks[w::n_workers], fast, done + length)
                        for w in range(n_workers)
                    ]
                    for future in waiting:
                        future.result()
                    self._note_divergences()
                    done += length
                    bar.update(length)
                    seconds = time.perf_counter() - started
                    length = min(4 * length, int(length * ROUND_SECONDS / seconds))
        return self

    def sample(self, n):
        """Gera `n` pontos com cada membro, sem mexer no treino.

        Parameters
        ----------
        n : int

        Returns
        -------
        ndarray, float32, shape (n_gans, n, …)
            Dos geradores médios, se a receita pede média móvel.
        """
        n = check_int(n, "n")
        with uninterrupted(), one_thread():
            fakes = [chunk.sample(n, self._n_sampled) for chunk in self._chunks]
        self._n_sampled += n
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
        losses = chunk.losses()[:, row].numpy().astype(np.float64)
        n_updates = self.recipe.discriminator_steps
        generator = np.full((len(losses), n_updates), np.nan)
        generator[:, -1] = losses[:, -1]
        frame = pd.DataFrame(
            {
                "step": np.repeat(np.arange(1, len(losses) + 1), n_updates),
                "discriminator_loss": losses[:, :-1].reshape(-1),
                "generator_loss": generator.reshape(-1),
            }
        )
        last = self.diverged.get(i)
        return frame if last is None else frame[frame["step"] < last]

    def _locate(self, i):
        i = check_int(i, "i", minimum=0)
        if i >= self.n_gans:
            raise ValueError(f"i deve ser menor que n_gans, {self.n_gans}, mas chegou {i}.")
        size = self._chunks[0].size
        return self._chunks[i // size], i % size

    def _default_chunk_size(self):
        if self.device.type != "cpu":
            return self.n_gans
        return COMPILED_CHUNK if self._will_compile(self.recipe.n_steps) else EAGER_CHUNK

    def _n_workers(self, n_chunks, compiled):
        """Linhas de execução: uma por núcleo, se o passo compilado solta o Python; senão, uma."""
        in_parallel = compiled and self.device.type == "cpu"
        return min(n_chunks, torch.get_num_threads()) if in_parallel else 1

    def _any_alive(self):
        return any(chunk.alive.any() for chunk in self._chunks)

    def _round(self, length, remaining):
        """Passos da próxima rodada, com os índices dos seus lotes dentro de `ROUND_BYTES`."""
        recipe, size = self.recipe, self._chunks[0].size
        bytes_per_step = 8 * recipe.discriminator_steps * recipe.batch_size * size
        longest = min(remaining, max(ROUND_BYTES // bytes_per_step, 1))
        return min(max(length, min(16, longest)), longest)

    def _note_divergences(self):
        size = self._chunks[0].size
        for number, chunk in enumerate(self._chunks):
            for row, step in chunk.new_divergences():
                self.diverged[number * size + row] = step
                log.warning(
                    "O membro %d divergiu no passo %d e parou ali; os outros seguem.",
                    number * size + row,
                    step,
                )
        if not self._any_alive():
            log.warning("Todos os membros divergiram; o treino parou.")

    def _estimate_memory(self, n_chunks, size):
        """Bytes: o estado de todos, o trabalho dos grupos em curso, os dados e o histórico."""
        n_workers = self._n_workers(n_chunks, self._will_compile(self.recipe.n_steps))
        recipe, step = self.recipe, self._step
        history = 4 * recipe.n_steps * (recipe.discriminator_steps + 1)
        resident = n_chunks * size * (4 * step.n_numbers + history)
        indices = min(
            8 * recipe.n_steps * recipe.discriminator_steps * recipe.batch_size * size, ROUND_BYTES
        )
        working = n_workers * (size * step.working_bytes() + indices)
        shuffles = 8 * n_chunks * size * len(self.data)
        return resident + working + shuffles + self.data.nbytes

    def _check_memory(self, n_chunks, size):
        available = _available_memory(self.device)
        if self.memory_needed <= available:
            return
        hint = "Use menos GANs"
        while size > 1:
            size //= 2
            n_chunks = math.ceil(self.n_gans / size)
            if self._estimate_memory(n_chunks, size) <= available:
                hint = f"Use chunk_size={size}, ou menos GANs"
                break
        raise MemoryError(
            f"n_gans={self.n_gans} pede cerca de {_readable(self.memory_needed)}, "
            f"e há {_readable(available)} livres. {hint}."
        )

    def _compiled(self, n_steps, bar):
        """O passo compilado, ou `None` se o treino deve seguir sem compilar."""
        chunk = self._chunks[0]
        key = chunk.signature
        if self.compile is not False and key in compiled_steps:
            return compiled_steps[key]
        if n_steps == 0 or not self._will_compile(n_steps):
            return None
        description = getattr(bar, "desc", "")  # uma barra desligada não tem nome
        bar.set_description_str("compilando")
        try:
            compiled = CompiledStep(chunk)
        except Exception as error:  # o compilador falha de muitos jeitos, e nenhum impede o treino
            log.warning(
                "A compilação falhou, e o treino segue sem ela: %s: %s",
                type(error).__name__,
                str(error).strip().partition("\n")[0],
            )
            compiled = None
        bar.set_description_str(description)
        compiled_steps[key] = compiled
        return compiled

    def _will_compile(self, n_steps):
        """Se vale compilar para dar `n_steps` passos; quando não, diz por quê no registro."""
        if self.compile != "auto":
            return self.compile
        reason = None
        if self.device.type == "cpu" and not has_cpp_compiler():
            reason = "não há compilador de C++"
        elif n_steps * self._step.eager_seconds(self.n_gans) < COMPILE_PAYS:
            reason = "o treino é curto"
        if reason and reason not in self._said:
            self._said.add(reason)
            log.info("Treino sem compilar: %s.", reason)
        return reason is None


def _advance(chunks, fast, goal):
    with one_thread():
        for chunk in chunks:
            chunk.advance(fast, goal)


def _check_vectorizable(network, name):
    """Recusa as camadas que dependem de um estado ou de um sorteio só seus."""
    for layer in network.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.track_running_stats:
            raise ValueError(
                f"{name} usa {type(layer).__name__}, que guarda médias a cada passo e não se "
                "vetoriza; use nn.LayerNorm, nn.GroupNorm ou track_running_stats=False."
            )
        if isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0:
            raise ValueError(
                f"{name} usa {type(layer).__name__}, cujo sorteio não segue a semente de cada "
                "membro; retire-a e, se quiser um freio, use Recipe(r1=…)."
            )


def _available_memory(device):
    """Bytes livres no dispositivo; infinito onde não há como saber."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free = math.inf
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        amounts = dict(line.split(":") for line in lines)
        free = 1024 * int(amounts["MemAvailable"].split()[0])
        # Um contêiner pode ter um limite menor que o da máquina.
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text().strip()
        if limit != "max":
            free = min(free, int(limit) - int((group / "memory.current").read_text()))
    except (OSError, KeyError, ValueError):
        pass
    return free


def _readable(n_bytes):
    unit, scale = ("GB", 1e9) if n_bytes >= 1e9 else ("MB", 1e6)
    return f"{n_bytes / scale:.1f} {unit}".replace(".", ",")
