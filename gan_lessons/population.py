"""Muitos GANs de uma vez: a mesma receita do `Trainer`, vetorizada e compilada.

Um GAN inteiro (pesos, momentos do Adam, média móvel) é aqui um só vetor, e um passo de treino é
uma função pura que leva esse vetor ao seguinte. Escrita para um GAN, ela serve a muitos por
`torch.func.vmap`. Antes de rodar, é registrada: fica só a lista das operações sobre os tensores,
sem o custo de derivar e vetorizar a cada passo. E essa lista pode ser compilada.
"""

import copy
import hashlib
import logging
import math
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from gan_lessons import draws
from gan_lessons.losses import LOSSES, gradient_penalty, r1_penalty
from gan_lessons.training import (
    CLASSIC,
    Recipe,
    SteadyStretch,
    _check_data,
    _check_networks,
    progress_bar,
    resolve_device,
)
from gan_lessons.validation import check_int

log = logging.getLogger(__name__)

COMPILED_CHUNK, EAGER_CHUNK = 32, 64
"""Membros por grupo na CPU. Compilados, os grupos andam em paralelo, e 32 já diluem o custo de
cada chamada; sem compilar, um grupo espera o outro e o custo de cada chamada é maior."""

ROUND_SECONDS = 0.3
"""Duração de uma rodada de passos: o que uma interrupção espera, mais ou menos."""

ROUND_BYTES = 2**24
"""O que os índices dos lotes de uma rodada podem ocupar, por grupo."""

COMPILE_PAYS = 30.0
"""Segundos de treino sem compilar, pela conta de `Step.eager_seconds`, a partir dos quais vale."""

_traced_steps, _compiled_steps = {}, {}


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
        self.data = _check_data(data, recipe.batch_size).to(self.device)
        generator = _make(make_generator, self.seed, "make_generator")
        discriminator = _make(make_discriminator, self.seed, "make_discriminator")
        _check_networks(generator, discriminator, self.data, None)
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
            _Chunk(self._step, self.seed + first, size, min(self.n_gans - first, size))
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
        if n_steps is None:
            n_steps = max(self.recipe.n_steps - done, 0)
        else:
            n_steps = check_int(n_steps, "n_steps")
        goal = done + n_steps
        for charges in self._step.charge_patterns():
            trace(self._chunks[0], (charges,))
        with progress_bar(n_steps, progress) as bar:
            fast = self._compiled(n_steps, bar)
            n_workers = self._n_workers(len(self._chunks), fast is not None)
            with SteadyStretch() as stretch, ThreadPoolExecutor(n_workers) as pool:
                length = 1
                while done < goal and not stretch.interrupted and self._any_alive():
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
        with SteadyStretch():
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
        if self.compile is not False and key in _compiled_steps:
            return _compiled_steps[key]
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
        _compiled_steps[key] = compiled
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


class Step:
    """Um passo de treino como função pura, escrita para um GAN só.

    O vetor de um GAN é, nesta ordem: pesos do discriminador e os dois momentos do seu Adam, os
    mesmos três do gerador e, se a receita pede, a média móvel do gerador.

    Parameters
    ----------
    generator, discriminator : torch.nn.Module
        Moldes: dão a arquitetura; os pesos vêm do vetor.
    data : torch.Tensor
    recipe : Recipe
    """

    def __init__(self, generator, discriminator, data, recipe):
        self.generator = copy.deepcopy(generator).to(data.device)
        self.discriminator = copy.deepcopy(discriminator).to(data.device)
        self.data = data
        self.recipe = recipe
        n_discriminator = _n_parameters(discriminator)
        n_generator = _n_parameters(generator)
        self.sizes = [n_discriminator] * 3 + [n_generator] * (4 if recipe.ema else 3)
        self.n_numbers = sum(self.sizes)

    def initial_vector(self, generator, discriminator):
        """O vetor de um GAN antes do primeiro passo."""
        d, g = _flatten(discriminator), _flatten(generator)
        parts = [d, torch.zeros_like(d), torch.zeros_like(d)]
        parts += [g, torch.zeros_like(g), torch.zeros_like(g)]
        if self.recipe.ema:
            parts.append(g)
        return torch.cat(parts)

    def modules(self, vector):
        """Módulos comuns com os pesos do vetor."""
        generator, discriminator = copy.deepcopy((self.generator, self.discriminator))
        parts = vector.split(self.sizes)
        with torch.no_grad():
            for module, weights in ((discriminator, parts[0]), (generator, self.shown(parts))):
                for name, weight in _unflatten(module, weights).items():
                    module.get_parameter(name).copy_(weight)
        return generator, discriminator

    def shown(self, parts):
        """Os pesos do gerador que se mostra: os médios, se houver."""
        return parts[6] if self.recipe.ema else parts[3]

    def schedule(self, first, n):
        """Taxas do Adam em `n` passos, já com a correção do começo, e o peso da média móvel.

        Returns
        -------
        torch.Tensor, shape (n, 2 · (discriminator_steps + 1) + 1)
            Pares ``(taxa, escala de √v)``, um por atualização; a última coluna é da média.
        """
        recipe = self.recipe
        steps = np.arange(first, first + n)
        beta1, beta2 = recipe.betas
        fraction = np.array([recipe.lr_fraction(step) for step in steps])
        columns = []
        n_updates = recipe.discriminator_steps
        updates = [(recipe.discriminator_lr, steps * n_updates + k + 1) for k in range(n_updates)]
        for rate, count in [*updates, (recipe.generator_lr, steps + 1)]:
            columns.append(rate * fraction / (1 - beta1**count))
            columns.append(1 / np.sqrt(1 - beta2**count))
        columns.append(np.where(steps == 0, 1.0, 1.0 - recipe.ema))
        table = torch.as_tensor(np.column_stack(columns), dtype=torch.float32)
        return table.to(self.data.device)

    def charges(self, step):
        """Em quais atualizações do discriminador deste passo se cobram R1 e R2."""
        recipe = self.recipe
        n_updates = recipe.discriminator_steps
        if not (recipe.r1 or recipe.r2):
            return (False,) * n_updates
        return tuple((step * n_updates + k) % recipe.penalty_every == 0 for k in range(n_updates))

    def charge_patterns(self):
        """Os resultados possíveis de `charges`."""
        return {self.charges(step) for step in range(self.recipe.penalty_every)}

    def noise(self, key, clock, k):
        """O `k`-ésimo ruído do passo `clock`, shape (batch_size, latent_dim)."""
        kind = self.recipe.noise
        shape = (self.recipe.batch_size, self.generator.latent_dim)
        n = math.prod(shape)
        draw = clock * (self.recipe.discriminator_steps + 1) + k
        position = draw * draws.n_words(kind, n)
        return draws.noise(kind, key, draws.NOISE, position, n).view(shape)

    def mix(self, key, clock, k):
        """A mistura de reais e falsos da penalidade de gradiente, shape (batch_size, 1)."""
        n = self.recipe.batch_size
        position = (clock * self.recipe.discriminator_steps + k) * n
        return draws.uniforms(key, draws.MIX, position, n).view(n, 1)

    def one(self, vector, alive, key, real, clock, schedule, charges):
        """Um passo de um GAN: o discriminador, depois o gerador, como em `Trainer.step`.

        Parameters
        ----------
        vector : torch.Tensor, shape (n_numbers,)
        alive : torch.Tensor, bool, shape ()
            Falso se o GAN divergiu: então nada muda.
        key, clock : torch.Tensor, int64, shape ()
            Chave do membro e número do passo, contado de 0.
        real : torch.Tensor, shape (discriminator_steps, batch_size, …)
        schedule : torch.Tensor
            Uma linha de `schedule`.
        charges : tuple of bool

        Returns
        -------
        vector, alive, losses
            As perdas do discriminador em cada atualização e, por último, a do gerador.
        """
        recipe, objective = self.recipe, LOSSES[self.recipe.loss]
        d, d_mean, d_square, g, g_mean, g_square, *average = vector.split(self.sizes)
        losses = []

        def discriminate(weights, points):
            return functional_call(self.discriminator, weights, (points,))

        def generate(weights, noise):
            return functional_call(self.generator, weights, (noise,))

        def discriminator_objective(weights, real, fake, mix, charge):
            def discriminator(points):
                return discriminate(weights, points)

            loss = objective.discriminator(discriminator(real), discriminator(fake))
            penalty = 0.0
            if charge and recipe.r1:
                penalty += recipe.penalty_every * recipe.r1 * r1_penalty(discriminator, real)
            if charge and recipe.r2:
                penalty += recipe.penalty_every * recipe.r2 * r1_penalty(discriminator, fake)
            if recipe.gradient_penalty:
                penalty += recipe.gradient_penalty * gradient_penalty(
                    discriminator, real, fake, mix
                )
            return loss + penalty, loss

        def generator_objective(weights, d_weights, real, noise):
            real_logits = discriminate(d_weights, real) if objective.relative else None
            fake_logits = discriminate(d_weights, generate(weights, noise))
            return objective.generator(real_logits, fake_logits)

        for k, charge in enumerate(charges):
            fake = generate(_unflatten(self.generator, g), self.noise(key, clock, k))
            mix = self.mix(key, clock, k) if recipe.gradient_penalty else None
            gradient, (_, loss) = grad_and_value(discriminator_objective, has_aux=True)(
                _unflatten(self.discriminator, d), real[k], fake, mix, charge
            )
            rate, scale = schedule[2 * k], schedule[2 * k + 1]
            d, d_mean, d_square, alive = self._update(
                d, d_mean, d_square, gradient, loss, alive, rate, scale
            )
            losses.append(torch.where(alive, loss, math.nan))

        gradient, loss = grad_and_value(generator_objective)(
            _unflatten(self.generator, g),
            _unflatten(self.discriminator, d),
            real[-1],
            self.noise(key, clock, recipe.discriminator_steps),
        )
        g, g_mean, g_square, alive = self._update(
            g, g_mean, g_square, gradient, loss, alive, schedule[-3], schedule[-2]
        )
        losses.append(torch.where(alive, loss, math.nan))
        if recipe.ema:
            average = [torch.lerp(average[0], g, torch.where(alive, schedule[-1], 0.0))]
        vector = torch.cat([d, d_mean, d_square, g, g_mean, g_square, *average])
        return vector, alive, torch.stack(losses)

    def _update(self, weights, mean, square, gradient, loss, alive, rate, scale):
        """Adam, em cinco linhas; quem tem perda ou pesos não finitos fica com os de antes.

        ``rate`` e ``scale`` já trazem as correções ``1/(1 − β₁ᵗ)`` e ``1/√(1 − β₂ᵗ)``.
        Fonte: Kingma & Ba (2015), "Adam: A Method for Stochastic Optimization", algoritmo 1.
        """
        beta1, beta2 = self.recipe.betas
        gradient = torch.cat([part.reshape(-1) for part in gradient.values()])
        mean = torch.lerp(gradient, mean, beta1)
        square = beta2 * square + (1 - beta2) * gradient.square()
        change = rate * mean / (square.sqrt() * scale + 1e-8)
        updated = weights - change
        alive = alive & torch.isfinite(loss) & torch.isfinite(updated.sum())
        return torch.where(alive, updated, weights), mean, square, alive

    def many(self, vectors, alive, keys, data, indices, clocks, schedule, *, charges):
        """Alguns passos seguidos de muitos GANs: `one`, vetorizado por `torch.func.vmap`.

        Parameters
        ----------
        vectors : torch.Tensor, shape (K, n_numbers)
        alive, keys : torch.Tensor, shape (K,)
        data : torch.Tensor, shape (n, …)
        indices : torch.Tensor, int64, shape (steps, K, discriminator_steps, batch_size)
            Os lotes.
        clocks : torch.Tensor, int64, shape (steps,)
        schedule : torch.Tensor, shape (steps, …)
        charges : tuple of tuple of bool
            Um por passo.

        Returns
        -------
        vectors, alive, losses
            As perdas têm shape (steps, K, discriminator_steps + 1).
        """
        losses = []
        for u, charge in enumerate(charges):

            def one(vector, alive, key, real, u=u, charge=charge):
                return self.one(vector, alive, key, real, clocks[u], schedule[u], charge)

            vectors, alive, loss = vmap(one)(vectors, alive, keys, data[indices[u]])
            losses.append(loss)
        return vectors, alive, torch.stack(losses)

    def sample(self, vectors, keys, n, first):
        """`n` pontos de cada GAN, os de números `first` em diante, shape (K, n, …)."""
        kind, latent_dim = self.recipe.noise, self.generator.latent_dim
        size = n * latent_dim

        def one(vector, key):
            weights = _unflatten(self.generator, self.shown(vector.split(self.sizes)))
            noise = draws.noise(kind, key, draws.SAMPLES, first * latent_dim, size)
            return functional_call(self.generator, weights, (noise.view(n, latent_dim),))

        return vmap(one)(vectors, keys)

    def working_bytes(self):
        """Estimativa do que um membro ocupa enquanto dá um passo."""
        recipe = self.recipe
        batch = recipe.batch_size
        noise = torch.zeros(batch, self.generator.latent_dim, device=self.data.device)
        per_generator = _activations(self.generator, noise)
        per_discriminator = _activations(self.discriminator, self.data[:batch])
        # Medido com ReLU e com Tanh, que guarda mais: de uma a duas vezes o que se ocupa.
        passes = 0.8 + 0.55 * self._n_penalties()
        numbers = passes * (per_generator + 2 * per_discriminator) + self.n_numbers
        return int(4 * numbers)

    def _n_penalties(self):
        recipe = self.recipe
        return bool(recipe.r1) + bool(recipe.r2) + bool(recipe.gradient_penalty)

    def eager_seconds(self, n_gans):
        """Ordem de grandeza do tempo de um passo de todos sem compilar, numa CPU comum."""
        recipe = self.recipe
        n_d, n_g = self.sizes[0], self.sizes[3]
        penalties = self._n_penalties()
        per_point = recipe.discriminator_steps * (n_g + (6 + 6 * penalties) * n_d)
        per_point += 3 * n_g + 4 * n_d
        flops = 2 * per_point * recipe.batch_size * n_gans
        calls = (2 + penalties) * recipe.discriminator_steps * math.ceil(n_gans / EAGER_CHUNK)
        return 1e-3 * calls + 1e-10 * flops


class CompiledStep:
    """`Step.many` compilado para um formato: membros por grupo, lote, redes e receita.

    Parameters
    ----------
    chunk : _Chunk
        De onde vêm o passo e um exemplo das entradas; o grupo não muda.
    """

    def __init__(self, chunk):
        step = chunk.step
        # Uma chamada custa dezenas de microssegundos: com um GAN só, vale dar vários passos nela.
        self.n_unrolled = 1 if chunk.size >= 8 or step.recipe.penalty_every > 1 else 2
        patterns = {(charges,) * self.n_unrolled for charges in step.charge_patterns()}
        self._functions = {charges: self._compile(chunk, charges) for charges in patterns}

    def __call__(self, *inputs, charges):
        return self._functions[charges](*inputs)

    def _compile(self, chunk, charges):
        # cpp_wrapper: sem o Python no meio, os grupos andam de verdade ao mesmo tempo.
        on_cpu = chunk.step.data.device.type == "cpu"
        options = {"cpp_wrapper": True, "cpp.threads": 1} if on_cpu else None
        with torch.no_grad():
            function = torch.compile(
                trace(chunk, charges), fullgraph=True, dynamic=False, options=options
            )
            function(*chunk.inputs(len(charges)))  # compila aqui, e não no meio do treino
        return function


def trace(chunk, charges):
    """`Step.many` reduzido às operações sobre tensores, para o formato de `chunk`.

    Returns
    -------
    torch.fx.GraphModule
        Recebe as entradas de `_Chunk.inputs`, e devolve o que `Step.many` devolve.
    """
    key = chunk.signature, charges
    if key not in _traced_steps:
        with torch.no_grad():
            graph = make_fx(partial(chunk.step.many, charges=charges))(*chunk.inputs(len(charges)))
        _drop_idle_views(graph)
        _traced_steps[key] = graph, chunk.step  # segura as redes de que o registro foi feito
    return _traced_steps[key][0]


def _drop_idle_views(graph):
    """Tira do registro as mudanças de formato que não mudam nada: são um quarto das operações."""
    aten = torch.ops.aten
    for node in list(graph.graph.nodes):
        if node.target in (aten.view.default, aten._unsafe_view.default, aten.expand.default):
            source = node.args[0]
            if source.meta["tensor_meta"].shape == node.meta["tensor_meta"].shape:
                node.replace_all_uses_with(source)
                graph.graph.erase_node(node)
    graph.graph.eliminate_dead_code()
    graph.recompile()


class _Chunk:
    """Os membros que avançam juntos, numa linha de execução."""

    def __init__(self, step, first_seed, size, n_alive):
        self.step = step
        self.size = size
        self.first_seed = first_seed
        device = step.data.device
        self.keys = draws.member_keys(first_seed, size).to(device)
        self.alive = torch.arange(size, device=device) < n_alive
        self._n_alive = n_alive
        self._known = self.alive.cpu()
        self.vectors = None
        self.n_steps = 0
        self._losses = []
        self._epoch, self._order = None, None

    def build(self, make_generator, make_discriminator):
        """Cria as redes de cada membro, confere os formatos e guarda os pesos."""
        vectors = []
        for seed in range(self.first_seed, self.first_seed + self.size):
            generator = _make(make_generator, seed, "make_generator")
            discriminator = _make(make_discriminator, seed, "make_discriminator")
            _check_same_shapes(generator, self.step.generator, "make_generator", seed)
            _check_same_shapes(discriminator, self.step.discriminator, "make_discriminator", seed)
            vectors.append(self.step.initial_vector(generator, discriminator))
        self.vectors = torch.stack(vectors).to(self.step.data.device)

    def rehearse(self):
        """Registra o passo, para que o que não se vetoriza apareça já."""
        try:
            trace(self, (self.step.charges(0),))
        except (RuntimeError, NotImplementedError) as error:
            message = str(error).strip().partition("\n")[0]
            raise ValueError(
                "make_generator ou make_discriminator devolve uma rede que não se vetoriza: "
                f"{message} Troque essa camada, ou treine um GAN de cada vez com Trainer."
            ) from error

    def inputs(self, n):
        """As entradas de `Step.many` para os próximos `n` passos."""
        recipe, device = self.step.recipe, self.step.data.device
        n_updates = recipe.discriminator_steps
        batches = self.batches(self.n_steps * n_updates, n * n_updates)
        indices = batches.unflatten(0, (n, n_updates)).transpose(1, 2).contiguous()
        clocks = torch.arange(self.n_steps, self.n_steps + n, device=device)
        schedule = self.step.schedule(self.n_steps, n)
        return self.vectors, self.alive, self.keys, self.step.data, indices, clocks, schedule

    def batches(self, first, n):
        """Os índices de `n` lotes, a partir do lote `first`, shape (n, K, batch_size).

        Cada época é uma permutação; o que sobra dela, menor que um lote, fica de fora.
        """
        n_points, batch_size = len(self.step.data), self.step.recipe.batch_size
        per_epoch = n_points // batch_size
        pieces = []
        while n > 0:
            epoch, start = divmod(first, per_epoch)
            if epoch != self._epoch:
                self._epoch, self._order = epoch, draws.shuffles(self.keys, epoch, n_points)
            count = min(n, per_epoch - start)
            order = self._order[:, start * batch_size : (start + count) * batch_size]
            pieces.append(order.unflatten(1, (count, batch_size)).transpose(0, 1))
            first, n = first + count, n - count
        return torch.cat(pieces)

    @torch.no_grad()
    def advance(self, fast, goal):
        """Leva os membros até o passo `goal`; ``fast`` é o passo compilado, ou `None`."""
        n = goal - self.n_steps
        if n <= 0:
            return
        vectors, alive, *fixed, indices, clocks, schedule = self.inputs(n)
        plain = {(charges,): trace(self, (charges,)) for charges in self.step.charge_patterns()}
        stride = 1 if fast is None else fast.n_unrolled
        last = n % stride  # os passos que não enchem uma chamada compilada vão um a um
        lengths = [stride] * (n // stride) + [1] * last
        pieces = zip(*(part.split(lengths) for part in (indices, clocks, schedule)), strict=True)
        step, losses = self.n_steps, []
        for length, piece in zip(lengths, pieces, strict=True):
            charges = tuple(self.step.charges(s) for s in range(step, step + length))
            inputs = vectors, alive, *fixed, *piece
            if fast is not None and length == stride:
                vectors, alive, loss = fast(*inputs, charges=charges)
            else:
                vectors, alive, loss = plain[charges](*inputs)
            losses.append(loss)
            step += length
        self._losses.append(torch.cat(losses).cpu())
        self.vectors, self.alive, self.n_steps = vectors, alive, goal

    @torch.no_grad()
    def sample(self, n, first):
        return self.step.sample(self.vectors, self.keys, n, first)

    def losses(self):
        """As perdas de todos os passos, shape (n_steps, K, discriminator_steps + 1)."""
        if not self._losses:
            return torch.empty(0, self.size, self.step.recipe.discriminator_steps + 1)
        self._losses = [torch.cat(self._losses)]
        return self._losses[0]

    def new_divergences(self):
        """Os membros que pararam desde a última pergunta: ``(linha, passo)``."""
        alive = self.alive.cpu()
        stopped = (self._known & ~alive).nonzero().flatten().tolist()
        self._known = alive
        for row in stopped:
            missing = torch.isnan(self.losses()[:, row]).any(dim=1)
            yield row, int(missing.float().argmax()) + 1

    @cached_property
    def signature(self):
        """O que decide se um passo já compilado serve a este grupo."""
        recipe, data = self.step.recipe, self.step.data
        fixed = (
            recipe.loss,
            recipe.batch_size,
            recipe.betas,
            recipe.discriminator_steps,
            recipe.r1,
            recipe.r2,
            recipe.penalty_every,
            recipe.gradient_penalty,
            bool(recipe.ema),
            recipe.noise,
        )
        networks = _signature(self.step.generator), _signature(self.step.discriminator)
        return self.size, fixed, networks, tuple(data.shape), data.device.type


def has_cpp_compiler():
    """Se há o compilador de C++ que o `torch.compile` chamaria na CPU."""
    default = "clang++" if sys.platform == "darwin" else "cl" if os.name == "nt" else "g++"
    return shutil.which(os.environ.get("CXX", default)) is not None


def _advance(chunks, fast, goal):
    for chunk in chunks:
        chunk.advance(fast, goal)


def _make(make, seed, name):
    if not callable(make) or isinstance(make, nn.Module):
        raise TypeError(
            f"{name} deve ser uma função que recebe a semente e devolve uma rede, "
            f"mas chegou {type(make).__name__}."
        )
    network = make(seed)
    if not isinstance(network, nn.Module):
        raise TypeError(
            f"{name} deve devolver um torch.nn.Module, mas devolveu {type(network).__name__}."
        )
    return network


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


def _check_same_shapes(network, model, name, seed):
    shapes = {key: tuple(weight.shape) for key, weight in network.named_parameters()}
    expected = {key: tuple(weight.shape) for key, weight in model.named_parameters()}
    if shapes != expected:
        raise ValueError(
            f"{name} deve devolver redes do mesmo formato para toda semente, mas com a semente "
            f"{seed} chegou {shapes}, e antes {expected}."
        )
    for key, buffer in network.named_buffers():
        if not torch.equal(buffer.cpu(), model.get_buffer(key).cpu()):
            raise ValueError(
                f"{name} deve devolver redes que só diferem nos pesos, mas com a semente {seed} "
                f"o buffer {key!r} mudou; faça dele um nn.Parameter ou uma constante."
            )


def _n_parameters(network):
    return sum(weight.numel() for weight in network.parameters())


def _flatten(network):
    weights = [weight.detach().reshape(-1) for weight in network.parameters()]
    return torch.cat(weights).to("cpu", torch.float32)


def _unflatten(network, vector):
    """Os pesos de `network`, por nome, como vistas do vetor."""
    shapes = {name: weight.shape for name, weight in network.named_parameters()}
    parts = vector.split([shape.numel() for shape in shapes.values()])
    return {
        name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)
    }


@torch.no_grad()
def _activations(network, points):
    """Quantos números as camadas de `network` produzem para estes pontos."""
    network = copy.deepcopy(network)  # os ganchos e o uso não deixam rastro no molde
    counts = []
    layers = [layer for layer in network.modules() if not list(layer.children())]
    for layer in layers:
        layer.register_forward_hook(lambda layer, inputs, output: counts.append(output.numel()))
    network(points)
    return sum(counts)


def _signature(network):
    """Tudo de uma rede menos os valores dos pesos: camadas, opções, formatos e constantes."""
    plain = set(vars(nn.Module()))
    layers = tuple(
        (
            name,
            type(layer),
            tuple(
                sorted((key, repr(value)) for key, value in vars(layer).items() if key not in plain)
            ),
        )
        for name, layer in network.named_modules()
    )
    shapes = tuple((name, tuple(weight.shape)) for name, weight in network.named_parameters())
    buffers = tuple(
        (name, hashlib.sha256(buffer.cpu().numpy().tobytes()).hexdigest())
        for name, buffer in network.named_buffers()
    )
    return layers, shapes, buffers


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
