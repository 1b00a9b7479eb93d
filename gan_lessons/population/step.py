"""O passo de treino de uma GAN como função pura, e o mesmo passo para muitas.

Uma GAN inteira (pesos, momentos do Adam, média móvel) é um só vetor, e um passo leva esse vetor ao
seguinte. Escrito para uma GAN, ele serve a muitas por `torch.func.vmap`.
"""

import copy
import dataclasses
import math
from functools import cached_property

import numpy as np
import torch
from torch.func import functional_call, grad_and_value, vmap

from gan_lessons.population.networks import describe
from gan_lessons.population.streams import zero_draws
from gan_lessons.training.objectives import discriminator_objective, generator_objective


class Step:
    """Um passo de treino como função pura, escrita para uma GAN só.

    O vetor de uma GAN é, nesta ordem: pesos do discriminador e os dois momentos do seu Adam, os
    mesmos três do gerador e, se a receita pede, a média móvel do gerador.

    Parameters
    ----------
    generator, discriminator : torch.nn.Module
        Moldes: dão a arquitetura; os pesos vêm do vetor.
    recipe : Recipe
    data_shape : tuple of int
        O formato ``(n, …)`` dos pontos reais.
    device : torch.device
    """

    def __init__(self, generator, discriminator, recipe, data_shape, device):
        self.generator = copy.deepcopy(generator).to(device)
        self.discriminator = copy.deepcopy(discriminator).to(device)
        self.recipe = recipe
        self.data_shape = tuple(data_shape)
        self.device = device
        n_discriminator = _n_parameters(discriminator)
        n_generator = _n_parameters(generator)
        self.sizes = [n_discriminator] * 3 + [n_generator] * (4 if recipe.ema else 3)
        self.n_numbers = sum(self.sizes)

    def initial_vector(self, generator, discriminator):
        """O vetor de uma GAN antes do primeiro passo."""
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
            for module, weights in ((discriminator, parts[0]), (generator, self._shown(parts))):
                for name, weight in _unflatten(module, weights).items():
                    module.get_parameter(name).copy_(weight)
        return generator, discriminator

    def _shown(self, parts):
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
        return table.to(self.device)

    def charges(self, step):
        """Em quais atualizações do discriminador deste passo se cobram R1 e R2."""
        n_updates = self.recipe.discriminator_steps
        return tuple(self.recipe.charges(step * n_updates + k) for k in range(n_updates))

    def charge_patterns(self, first, n):
        """Os resultados de `charges` em `n` passos, a partir do passo `first`."""
        period = self.recipe.penalty_every if self.recipe.r1 or self.recipe.r2 else 1
        return {self.charges(step) for step in range(first, first + min(n, period))}

    def one(self, vector, alive, real, noises, mixes, schedule, charges):
        """Um passo de uma GAN: o discriminador, depois o gerador, como em `training.loop`.

        Parameters
        ----------
        vector : torch.Tensor, shape (n_numbers,)
        alive : torch.Tensor, bool, shape ()
            Falso se a GAN divergiu: então nada muda.
        real : torch.Tensor, shape (discriminator_steps, batch_size, …)
        noises : torch.Tensor, shape (discriminator_steps + 1, batch_size, latent_dim)
        mixes : torch.Tensor, shape (discriminator_steps or 0, batch_size, 1)
        schedule : torch.Tensor
            Uma linha de `schedule`.
        charges : tuple of bool

        Returns
        -------
        vector, alive, losses
            As perdas do discriminador em cada atualização e, por último, a do gerador.
        """
        recipe = self.recipe
        parts = vector.split(self.sizes)
        d, g, average = parts[:3], parts[3:6], parts[6:]
        losses = []

        def judge(weights):
            return lambda points: functional_call(self.discriminator, weights, (points,))

        def generate(weights, noise):
            return functional_call(self.generator, weights, (noise,))

        def of_discriminator(weights, real, fake, mix, charge):
            return discriminator_objective(
                recipe, judge(weights), real, fake, charge=charge, mix=mix
            )

        def of_generator(weights, judge_weights, real, noise):
            return generator_objective(recipe, judge(judge_weights), real, generate(weights, noise))

        for k, charge in enumerate(charges):
            fake = generate(_unflatten(self.generator, g[0]), noises[k])
            mix = mixes[k] if recipe.gradient_penalty else None
            gradient, (_, loss) = grad_and_value(of_discriminator, has_aux=True)(
                _unflatten(self.discriminator, d[0]), real[k], fake, mix, charge
            )
            d, alive = self._update(d, gradient, loss, alive, *schedule[2 * k : 2 * k + 2])
            losses.append(torch.where(alive, loss, math.nan))

        weights = _unflatten(self.generator, g[0]), _unflatten(self.discriminator, d[0])
        gradient, loss = grad_and_value(of_generator)(*weights, real[-1], noises[-1])
        g, alive = self._update(g, gradient, loss, alive, *schedule[-3:-1])
        losses.append(torch.where(alive, loss, math.nan))
        if recipe.ema:
            average = [torch.lerp(average[0], g[0], torch.where(alive, schedule[-1], 0.0))]
        return torch.cat([*d, *g, *average]), alive, torch.stack(losses)

    def _update(self, state, gradient, loss, alive, rate, scale):
        """Adam, em cinco linhas; quem tem perda ou pesos não finitos fica com os de antes.

        ``rate`` e ``scale`` já trazem as correções ``1/(1 − β₁ᵗ)`` e ``1/√(1 − β₂ᵗ)``.
        Fonte: Kingma & Ba (2015), "Adam: A Method for Stochastic Optimization", algoritmo 1.
        """
        weights, mean, square = state
        beta1, beta2 = self.recipe.betas
        gradient = torch.cat([part.reshape(-1) for part in gradient.values()])
        mean = torch.lerp(gradient, mean, beta1)
        square = beta2 * square + (1 - beta2) * gradient.square()
        change = rate * mean / (square.sqrt() * scale + 1e-8)
        updated = weights - change
        alive = alive & torch.isfinite(loss + updated.sum())
        return (torch.where(alive, updated, weights), mean, square), alive

    def many(self, vectors, alive, data, indices, noises, mixes, schedule, *, charges):
        """Um passo de muitas GANs: `one`, vetorizado por `torch.func.vmap`.

        Os argumentos são os de `one`; todos menos os dois últimos têm mais um eixo, o das K GANs.
        `data` são os pontos, os mesmos para todas, que `indices` escolhe.
        """

        def one(*of_a_member):
            return self.one(*of_a_member, schedule, charges)

        return vmap(one)(vectors, alive, data[indices], noises, mixes)

    def example(self, size):
        """Entradas de `many` com os formatos de `size` GANs, todas zero."""
        device, latent_dim = self.device, self.generator.latent_dim
        return (
            torch.zeros(size, self.n_numbers, device=device),
            torch.ones(size, dtype=torch.bool, device=device),
            torch.zeros(self.data_shape, device=device),
            *(part[0] for part in zero_draws(1, size, self.recipe, latent_dim, device)),
            self.schedule(0, 1)[0],
        )

    def sample(self, vectors, noises):
        """Um ponto para cada ruído de cada GAN: shape (K, n, latent_dim) → (K, n, …)."""

        def one(vector, noise):
            weights = _unflatten(self.generator, self._shown(vector.split(self.sizes)))
            return functional_call(self.generator, weights, (noise,))

        return vmap(one)(vectors, noises)

    @cached_property
    def form(self):
        """O que decide se um passo já registrado serve também a outro `Step`."""
        # A duração, as taxas e a memória da média chegam como números, e o ruído já sorteado.
        free = {"n_steps": 1, "generator_lr": 1, "discriminator_lr": 1, "lr_decay": 1}
        ema = 0.5 if self.recipe.ema else 0.0
        fixed = dataclasses.replace(self.recipe, **free, noise="normal", ema=ema)
        networks = describe(self.generator), describe(self.discriminator)
        return fixed, networks, self.data_shape, self.device.type

    # Dois passos da mesma forma são o mesmo, para quem os registra e compila.
    def __eq__(self, other):
        return isinstance(other, Step) and self.form == other.form

    def __hash__(self):
        return hash(self.form)


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
