"""O passo de treino de um GAN como função pura, e o mesmo passo para muitos.

Um GAN inteiro (pesos, momentos do Adam, média móvel) é um só vetor, e um passo leva esse vetor ao
seguinte. Escrito para um GAN, ele serve a muitos por `torch.func.vmap`.
"""

import copy
import math

import numpy as np
import torch
from torch.func import functional_call, grad_and_value, vmap

from gan_lessons import draws
from gan_lessons.losses import LOSSES, gradient_penalty, r1_penalty

EAGER_CHUNK = 64
"""Membros por grupo sem compilar: um grupo espera o outro, e o custo de cada chamada é grande."""


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
