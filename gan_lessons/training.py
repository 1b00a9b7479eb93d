"""Treino de um GAN: a receita, o treinador e o histórico.

`Trainer` faz o mesmo que o laço escrito por extenso no caderno ``02_espiral``, passo a passo e
com os mesmos números; acrescenta o que um treino longo pede: interromper, retomar, gravar.
"""

import copy
import dataclasses
import hashlib
import math
import os
import signal
import threading
from array import array
from collections import deque
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.optim.adam import adam
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from gan_lessons.losses import LOSSES, gradient_penalty, r1_penalty
from gan_lessons.validation import check_choice, check_int, check_number

NOISES = {
    "normal": lambda shape, rng: torch.randn(shape, generator=rng),
    "bits": lambda shape, rng: torch.randint(0, 2, shape, generator=rng).float(),
}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """O que minimizar, com que otimizador e por quantos passos.

    Parameters
    ----------
    loss : str, default="non-saturating"
        Um nome de `losses.LOSSES`.
    n_steps : int, default=20000
        Duração do treino; também é o passo em que a taxa chega a ``lr_decay``.
    batch_size : int, default=25
        Pontos por lote.
    generator_lr, discriminator_lr : float, default=1e-3
        Taxas de aprendizado do Adam.
    lr_decay : float, default=1.0
        Fração das taxas que sobra no passo `n_steps`, em linha reta; 1 é taxa constante.
    betas : (float, float), default=(0.9, 0.999)
        Inércias do Adam.
    discriminator_steps : int, default=1
        Atualizações do discriminador para cada uma do gerador.
    r1, r2 : float, default=0.0
        Peso da penalidade ½‖∇D‖² nos pontos reais (R1) e nos falsos (R2).
    penalty_every : int, default=1
        Cobra R1 e R2 só a cada tantos passos, com o peso multiplicado por esse número.
    gradient_penalty : float, default=0.0
        Peso da penalidade de Gulrajani et al. (2017), para a perda de Wasserstein.
    ema : float, default=0.0
        Memória da média móvel dos pesos do gerador, em [0, 1); 0 desliga a média.
    noise : {"normal", "bits"}, default="normal"
        Ruído latente: N(0, I) ou bits sorteados.

    Raises
    ------
    TypeError, ValueError
        Na criação, se algum campo não servir.

    Notes
    -----
    Fontes: Adam, Kingma & Ba (2015); R1, Mescheder et al. (2018); penalidade espaçada, Karras et
    al. (2020), "Analyzing and Improving the Image Quality of StyleGAN"; média móvel, Yazıcı et
    al. (2019), "The Unusual Effectiveness of Averaging in GAN Training". Caderno: ``02_espiral``.
    """

    loss: str = "non-saturating"
    n_steps: int = 20_000
    batch_size: int = 25
    generator_lr: float = 1e-3
    discriminator_lr: float = 1e-3
    lr_decay: float = 1.0
    betas: tuple[float, float] = (0.9, 0.999)
    discriminator_steps: int = 1
    r1: float = 0.0
    r2: float = 0.0
    penalty_every: int = 1
    gradient_penalty: float = 0.0
    ema: float = 0.0
    noise: str = "normal"

    def __post_init__(self):
        check_choice(self.loss, "loss", LOSSES)
        check_choice(self.noise, "noise", NOISES)
        for name in ("n_steps", "batch_size", "discriminator_steps", "penalty_every"):
            check_int(getattr(self, name), name)
        for name in ("generator_lr", "discriminator_lr"):
            check_number(getattr(self, name), name, open_minimum=True)
        for name in ("r1", "r2", "gradient_penalty"):
            check_number(getattr(self, name), name)
        check_number(self.lr_decay, "lr_decay", maximum=1.0, open_minimum=True)
        below_one = np.nextafter(1.0, 0.0)
        check_number(self.ema, "ema", maximum=below_one)
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise ValueError(f"betas deve ser um par de números, mas chegou {self.betas!r}.")
        betas = tuple(check_number(beta, "betas", maximum=below_one) for beta in self.betas)
        object.__setattr__(self, "betas", betas)

    def steps_to_run(self, n_steps, *, done):
        """Os passos de um ``run(n_steps)`` depois de `done`; `None` pede os que faltam."""
        if n_steps is None:
            return max(self.n_steps - done, 0)
        return check_int(n_steps, "n_steps")

    def lr_fraction(self, step):
        """Fração das taxas de aprendizado que vale no passo `step` (contado de 0)."""
        progress = min(step / self.n_steps, 1.0)
        return 1.0 - (1.0 - self.lr_decay) * progress


CHANGEABLE = [
    field.name
    for field in dataclasses.fields(Recipe)
    if field.name not in ("batch_size", "betas", "ema", "noise")
]
"""Os campos que `Trainer.change_recipe` aceita mudar no meio de um treino."""

CLASSIC = Recipe()
"""A receita de 2014, tal como o texto de origem a usa na espiral."""

MODERN = Recipe(
    n_steps=2500,
    batch_size=250,
    generator_lr=2e-3,
    discriminator_lr=2e-3,
    lr_decay=0.03,
    betas=(0.0, 0.99),
    r1=0.04,
    penalty_every=4,
)
"""A receita que converge na espiral; o caderno ``02_espiral`` explica cada ingrediente."""

DIGITS = Recipe(
    n_steps=2000,
    batch_size=64,
    generator_lr=2e-3,
    discriminator_lr=2e-3,
    lr_decay=0.1,
    betas=(0.0, 0.99),
    r1=5.0,
    penalty_every=2,
    ema=0.99,
)
"""A receita dos dígitos, em redes convolucionais. Caderno: ``04_convolucional``."""


class DivergenceError(RuntimeError):
    """A perda deixou de ser um número finito.

    Attributes
    ----------
    step : int
        O passo, contado de 1, em que aconteceu.
    """

    def __init__(self, network, step, loss):
        self.step = step
        super().__init__(
            f"O treino divergiu no passo {step}: a perda do {network} virou {loss}. "
            "O histórico até o passo anterior está em trainer.history. Tente uma taxa de "
            "aprendizado menor ou uma penalidade R1."
        )


class History:
    """As perdas, uma linha para cada atualização do discriminador.

    Attributes
    ----------
    rows : list of tuple
        ``(passo, perda do discriminador, perda do gerador)``; NaN onde uma rede não deu o passo.
    """

    def __init__(self, rows=()):
        # Colunas de números crus: um milhão de passos cabe em 24 MB, e não em 150.
        self._steps, self._discriminator, self._generator = array("q"), array("d"), array("d")
        for step, discriminator_loss, generator_loss in rows:
            self._append(int(step), float(discriminator_loss), float(generator_loss))

    def __len__(self):
        return len(self._generator)

    @property
    def rows(self):
        return list(zip(self._steps, self._discriminator, self._generator, strict=False))

    @property
    def columns(self):
        """Cópias das três colunas: passos, perdas do discriminador, perdas do gerador."""
        n = len(self)  # as outras colunas crescem antes desta, se alguém treina enquanto se lê
        return (
            np.array(self._steps[:n]),
            np.array(self._discriminator[:n]),
            np.array(self._generator[:n]),
        )

    @property
    def frame(self):
        """As mesmas linhas num `pandas.DataFrame`."""
        names = ["step", "discriminator_loss", "generator_loss"]
        return pd.DataFrame(dict(zip(names, self.columns, strict=True)))

    def record_discriminator(self, step, loss):
        self._append(step, loss, math.nan)

    def record_generator(self, step, loss):
        """Completa a linha que o discriminador abriu neste passo, ou abre uma sua."""
        if self._steps and self._steps[-1] == step and math.isnan(self._generator[-1]):
            self._generator[-1] = loss
        else:
            self._append(step, math.nan, loss)

    def _append(self, step, discriminator_loss, generator_loss):
        self._steps.append(step)
        self._discriminator.append(discriminator_loss)
        self._generator.append(generator_loss)


class SteadyStretch:
    """Trecho que uma interrupção não parte ao meio, e que usa um núcleo só.

    Um Ctrl-C recebido aqui dentro acende `interrupted`, espera o fim do trecho e só então vira
    `KeyboardInterrupt`; um segundo Ctrl-C não espera. Redes pequenas são mais rápidas com um
    núcleo, e assim os números não dependem de quantos a máquina tem. Dentro de outro trecho, não
    faz nada além de devolvê-lo. Linhas de execução diferentes podem ter trechos ao mesmo tempo: o
    número de núcleos só volta ao que era quando o último termina.
    """

    _current = threading.local()
    _counting = threading.Lock()
    _n_open = 0
    _n_threads = None  # o que valia antes do primeiro trecho aberto

    def __enter__(self):
        self.interrupted = False
        self._outer = getattr(SteadyStretch._current, "value", None)
        if self._outer is not None:
            return self._outer
        SteadyStretch._current.value = self
        with SteadyStretch._counting:
            if SteadyStretch._n_open == 0:
                SteadyStretch._n_threads = torch.get_num_threads()
            SteadyStretch._n_open += 1
            torch.set_num_threads(1)
        # Só a linha de execução principal recebe sinais.
        self._in_main_thread = threading.current_thread() is threading.main_thread()
        if self._in_main_thread:
            self._handler = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *error):
        if self._outer is not None:
            return
        if self._in_main_thread:
            signal.signal(signal.SIGINT, self._handler)
        with SteadyStretch._counting:
            SteadyStretch._n_open -= 1
            torch.set_num_threads(1 if SteadyStretch._n_open else SteadyStretch._n_threads)
        SteadyStretch._current.value = None
        if self.interrupted and error[0] is None:
            raise KeyboardInterrupt

    def _interrupt(self, signum, stack):
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True


def resolve_device(device):
    """Leva ``"cpu"``, ``"cuda"`` ou ``"auto"`` (GPU se houver) a um `torch.device`."""
    check_choice(device, "device", ("cpu", "cuda", "auto"))
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise ValueError(
            "device='cuda' pede uma GPU, e o PyTorch não encontrou nenhuma; "
            "use device='cpu' ou device='auto'."
        )
    return torch.device("cuda" if available and device != "cpu" else "cpu")


class Trainer:
    """Treina um GAN, um passo de cada vez, em PyTorch comum.

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
        self.recipe = recipe
        self.device = resolve_device(device)
        self.data = _check_data(data, recipe.batch_size).to(self.device)
        self.labels = _check_labels(labels, len(self.data))
        _check_networks(generator, discriminator, self.data, self.labels)
        self.generator = generator.to(self.device)
        self.discriminator = discriminator.to(self.device)
        self._first_seed = seed
        self._first_weights = copy.deepcopy(
            (self.generator.state_dict(), self.discriminator.state_dict())
        )
        # Um painel treina noutra linha de execução enquanto uma célula pede amostras.
        self.lock = threading.RLock()
        self._begin(seed)

    def _begin(self, seed):
        """Tudo o que um treino acumula, no estado do passo 0."""
        recipe = self.recipe
        self.seed = seed
        self.average = None
        if recipe.ema:
            moving_average = get_ema_multi_avg_fn(recipe.ema)
            self.average = AveragedModel(
                self.generator, multi_avg_fn=moving_average, use_buffers=True
            ).requires_grad_(False)
        self._generator_adam = _Adam(self.generator, recipe.betas)
        self._discriminator_adam = _Adam(self.discriminator, recipe.betas)
        self._rng = torch.Generator().manual_seed(seed)
        # Outra fonte, para que olhar amostras no meio do treino não mude o treino.
        self._sampling_rng = torch.Generator().manual_seed(seed + 2**32)
        self._prepare_batches(torch.empty(0, dtype=torch.long))
        self._batch = None
        self._discriminator_updates = 0
        self.n_steps = 0
        self.history = History()

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
            self._begin(seed)
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
        with self.lock, SteadyStretch():
            for _ in range(self.recipe.discriminator_steps):
                self.step_discriminator()
            self.step_generator()

    def step_discriminator(self):
        """Uma atualização do discriminador, com um lote real e um lote falso novos."""
        with self.lock, SteadyStretch():
            recipe = self.recipe
            real, labels = self._next_batch()
            with torch.no_grad():  # o gerador não aprende neste meio passo
                fake = self.generator(self._noise(len(real)), *labels)
            real_logits = self.discriminator(real, *labels)
            fake_logits = self.discriminator(fake, *labels)
            loss = LOSSES[recipe.loss].discriminator(real_logits, fake_logits)
            value = self._finite(loss, "discriminador")
            loss = loss + self._penalty(real, fake, labels)
            self._discriminator_adam.step(loss, recipe.discriminator_lr * self._lr_fraction())
            self._discriminator_updates += 1
            self.history.record_discriminator(self.n_steps + 1, value)

    def step_generator(self):
        """Uma atualização do gerador, com ruído novo; conta como um passo."""
        with self.lock, SteadyStretch():
            recipe = self.recipe
            objective = LOSSES[recipe.loss]
            real, labels = self._batch or self._next_batch()
            fake = self.generator(self._noise(len(real)), *labels)
            real_logits = self.discriminator(real, *labels) if objective.relative else None
            loss = objective.generator(real_logits, self.discriminator(fake, *labels))
            value = self._finite(loss, "gerador")
            self._generator_adam.step(loss, recipe.generator_lr * self._lr_fraction())
            if self.average is not None:
                self.average.update_parameters(self.generator)
            self.n_steps += 1
            self.history.record_generator(self.n_steps, value)

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
        with progress_bar(n_steps, progress) as bar, SteadyStretch() as stretch:
            for _ in range(n_steps):
                self.step()
                bar.update()
                if stretch.interrupted:
                    break
        return self

    def sample(self, n, *, labels=None):
        """Gera `n` pontos, sem mexer no treino.

        Parameters
        ----------
        n : int
        labels : array_like of int, shape (n,), optional
            As classes pedidas, se o GAN é condicional.

        Returns
        -------
        ndarray, float32, shape (n, …)
        """
        n = check_int(n, "n")
        with self.lock:
            return self.generate(self.make_noise(n, self._sampling_rng), labels=labels)

    def make_noise(self, n, rng):
        """`n` ruídos latentes, tirados do `torch.Generator` dado; nada no treino muda."""
        return NOISES[self.recipe.noise]((n, self.generator.latent_dim), rng)

    @torch.no_grad()
    def generate(self, noise, *, labels=None):
        """Os pontos que o gerador faz do ruído dado, sem mexer no treino.

        Parameters
        ----------
        noise : torch.Tensor, shape (n, latent_dim)
            O mesmo ruído, mais tarde, mostra para onde cada ponto andou; veja `make_noise`.
        labels : array_like of int, shape (n,), optional
            As classes pedidas, se o GAN é condicional.

        Returns
        -------
        ndarray, float32, shape (n, …)
        """
        if (labels is None) != (self.labels is None):
            raise ValueError(
                "labels é obrigatório num GAN condicional e não existe nos outros; "
                f"chegou {labels!r}."
            )
        condition = ()
        if labels is not None:
            condition = (_check_labels(labels, len(noise)).to(self.device),)
        with self.lock, SteadyStretch():
            model = self.generator if self.average is None else self.average
            was_training = model.training
            fake = model.eval()(noise.to(self.device), *condition)
            model.train(was_training)
        return fake.cpu().numpy()

    def save(self, path):
        """Grava o treino em `path`; `load` continua dali, bit a bit."""
        path = Path(path)
        temporary = path.with_name(path.name + ".tmp")
        with self.lock:
            torch.save(self._state(), temporary)
        os.replace(temporary, path)  # nunca há um arquivo pela metade

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
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"path não existe ou não é um arquivo: {path}")
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # pickle, zip e torch falham cada um com o seu tipo
            raise ValueError(f"path não é um treino legível; arquivo danificado? {path}") from error
        with self.lock:
            current = copy.deepcopy(self._state())
            _check_same_training(saved, current)
            try:
                self._restore(saved)
            except Exception as error:
                self._restore(current)
                raise ValueError(f"path tem um treino incompleto ou danificado: {path}") from error
        return self

    def _next_batch(self):
        """O próximo lote da época; quando não sobra um lote inteiro, embaralha de novo."""
        if not self._batches:
            self._prepare_batches(torch.randperm(len(self.data), generator=self._rng))
        self._batch = self._batches.popleft()
        return self._batch

    def _prepare_batches(self, order):
        """Corta os pontos, na ordem dada, em lotes inteiros: uma cópia por época, não por lote."""
        size = self.recipe.batch_size
        n_batches = len(order) // size
        self._order = order[: n_batches * size]
        points = self.data[self._order.to(self.device)].split(size)[:n_batches]
        labels = [()] * n_batches
        if self.labels is not None:
            labels = [(part.to(self.device),) for part in self.labels[self._order].split(size)]
        self._batches = deque(zip(points, labels, strict=False))

    def _remaining_order(self):
        n_remaining = len(self._batches) * self.recipe.batch_size
        return self._order[len(self._order) - n_remaining :].clone()

    def _noise(self, n):
        shape = (n, self.generator.latent_dim)
        return NOISES[self.recipe.noise](shape, self._rng).to(self.device)

    def _penalty(self, real, fake, labels):
        recipe = self.recipe

        def discriminator(points):
            return self.discriminator(points, *labels)

        penalty = 0.0
        if self._discriminator_updates % recipe.penalty_every == 0:
            if recipe.r1:
                penalty += recipe.penalty_every * recipe.r1 * r1_penalty(discriminator, real)
            if recipe.r2:
                penalty += recipe.penalty_every * recipe.r2 * r1_penalty(discriminator, fake)
        if recipe.gradient_penalty:
            mix = torch.rand((len(real), 1), generator=self._rng).to(self.device)
            penalty += recipe.gradient_penalty * gradient_penalty(discriminator, real, fake, mix)
        return penalty

    def _lr_fraction(self):
        return self.recipe.lr_fraction(self.n_steps)

    def _finite(self, loss, network):
        value = loss.item()
        if not math.isfinite(value):
            raise DivergenceError(network, self.n_steps + 1, value)
        return value

    def _state(self):
        """Tudo de que a continuação depende, em tensores e tipos simples."""
        return {
            "recipe": dataclasses.asdict(self.recipe),
            "data": _digest(self.data, self.labels),
            "n_steps": self.n_steps,
            "discriminator_updates": self._discriminator_updates,
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "average": {} if self.average is None else self.average.state_dict(),
            "generator_adam": self._generator_adam.state,
            "discriminator_adam": self._discriminator_adam.state,
            "rng": self._rng.get_state(),
            "sampling_rng": self._sampling_rng.get_state(),
            "order": self._remaining_order(),
            "batch": self._batch,
            "history": torch.tensor(self.history.rows, dtype=torch.float64).reshape(-1, 3),
        }

    def _restore(self, state):
        history = History(state["history"].tolist())
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self._generator_adam.restore(state["generator_adam"])
        self._discriminator_adam.restore(state["discriminator_adam"])
        self._rng.set_state(state["rng"])
        self._sampling_rng.set_state(state["sampling_rng"])
        self._prepare_batches(state["order"])
        self._batch = None
        if state["batch"] is not None:
            real, labels = state["batch"]
            self._batch = (real.to(self.device), tuple(label.to(self.device) for label in labels))
        self._discriminator_updates = state["discriminator_updates"]
        self.n_steps = state["n_steps"]
        self.history = history


class _Adam:
    """O Adam do PyTorch, chamado pela sua função.

    A classe `torch.optim.Adam` faz a mesma conta, mas em redes deste tamanho gasta mais tempo em
    volta dela do que nela.
    """

    def __init__(self, network, betas):
        self.parameters = list(network.parameters())
        self.betas = betas
        self.learning_rate = None
        self.state = {
            "means": [torch.zeros_like(parameter) for parameter in self.parameters],
            "squares": [torch.zeros_like(parameter) for parameter in self.parameters],
            "steps": [torch.zeros((), device=parameter.device) for parameter in self.parameters],
        }

    def step(self, loss, learning_rate):
        """Um passo dos parâmetros contra o gradiente de `loss`; só esta rede recebe gradiente."""
        self.learning_rate = learning_rate
        gradients = torch.autograd.grad(loss, self.parameters, materialize_grads=True)
        with torch.no_grad():
            adam(
                self.parameters,
                list(gradients),
                self.state["means"],
                self.state["squares"],
                [],
                self.state["steps"],
                fused=True,
                amsgrad=False,
                beta1=self.betas[0],
                beta2=self.betas[1],
                lr=learning_rate,
                weight_decay=0.0,
                eps=1e-8,
                maximize=False,
            )

    def restore(self, state):
        with torch.no_grad():
            for name, tensors in self.state.items():
                for tensor, saved in zip(tensors, state[name], strict=True):
                    tensor.copy_(saved)


@contextmanager
def progress_bar(total, progress):
    """Barra de progresso em português, em texto; muda quando `progress` é falso."""
    description = progress if isinstance(progress, str) else "treino"
    bar = tqdm(
        total=total,
        desc=description,
        disable=not progress,
        mininterval=0.5,
        bar_format="{desc}: {percentage:3.0f}% |{bar:30}| {n_fmt} de {total_fmt} passos "
        "[{elapsed}, faltam {remaining}]",
    )
    with bar:
        yield bar


def _check_data(data, batch_size):
    try:
        data = torch.as_tensor(np.asarray(data), dtype=torch.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"data deve ser uma matriz de números, mas chegou {type(data).__name__}."
        ) from error
    if data.dim() < 2:
        raise ValueError(f"data deve ter formato (n, …), mas chegou {tuple(data.shape)}.")
    if len(data) < batch_size:
        raise ValueError(
            f"batch_size deve ser no máximo o número de pontos de data, {len(data)}, "
            f"mas chegou {batch_size}."
        )
    if not torch.isfinite(data).all():
        raise ValueError("data tem valores não finitos (NaN ou infinito); retire-os antes.")
    return data


def _check_labels(labels, n):
    if labels is None:
        return None
    labels = np.asarray(labels)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels deve ter {n} números inteiros, um por ponto, mas chegou "
            f"{labels.dtype} de formato {labels.shape}."
        )
    return torch.as_tensor(labels, dtype=torch.long)


@torch.no_grad()
def _check_networks(generator, discriminator, data, labels):
    """Passa dois pontos pelas redes e confere os formatos."""
    latent_dim = getattr(generator, "latent_dim", None)
    if latent_dim is None:
        raise ValueError(
            "generator deve ter o atributo latent_dim, a dimensão do ruído; "
            "escreva self.latent_dim = … no __init__ da sua rede."
        )
    check_int(latent_dim, "generator.latent_dim")
    data = data[:2].cpu()
    condition = () if labels is None else (labels[:2],)
    fake = _dry_run("generator", generator, torch.zeros(len(data), latent_dim), condition)
    if fake.shape != data.shape:
        raise ValueError(
            f"generator deve devolver pontos de formato (n, {_axes(data)}), como data, "
            f"mas devolve (n, {_axes(fake)})."
        )
    logits = _dry_run("discriminator", discriminator, data, condition)
    if logits.shape != (len(data), 1):
        raise ValueError(
            f"discriminator deve devolver um logit por ponto, formato (n, 1), "
            f"mas devolve (n, {_axes(logits)})."
        )


def _axes(points):
    return ", ".join(str(size) for size in points.shape[1:])


def _dry_run(name, network, points, condition):
    # Numa cópia na CPU: camadas como a batch norm mudam ao serem usadas.
    network = copy.deepcopy(network).cpu().eval()
    try:
        return network(points, *condition)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"{name} não aceita entradas de formato (n, {_axes(points)}): {error}"
        ) from error


def _digest(data, labels):
    digest = hashlib.sha256(data.cpu().numpy().tobytes())
    if labels is not None:
        digest.update(labels.numpy().tobytes())
    return digest.hexdigest()


def _shapes(weights):
    return {name: tuple(weight.shape) for name, weight in weights.items()}


def _check_same_training(saved, current):
    """Recusa, antes de mudar qualquer coisa, um arquivo que não é deste treino."""
    if not isinstance(saved, dict) or saved.keys() != current.keys():
        raise ValueError("path não foi gravado por Trainer.save, ou está danificado.")
    for name in ("generator", "discriminator"):
        if _shapes(saved[name]) != _shapes(current[name]):
            raise ValueError(
                f"path foi gravado com outra arquitetura de {name}: {_shapes(saved[name])}, "
                f"e aqui é {_shapes(current[name])}."
            )
    saved_recipe = Recipe(**saved["recipe"])
    if saved_recipe != Recipe(**current["recipe"]):
        raise ValueError(f"path foi gravado com outra receita; crie o Trainer com {saved_recipe}.")
    if saved["data"] != current["data"]:
        raise ValueError("path foi gravado com outros dados; crie o Trainer com os mesmos.")
