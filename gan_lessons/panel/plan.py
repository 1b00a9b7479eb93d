"""O plano de um treino: o que o motor do navegador precisa para refazê-lo, em JSON.

O motor é o de ``view/``, em JavaScript. Ele sabe treinar as redes de camadas lineares do curso, com
qualquer `Recipe`; o que ele não sabe é um `ValueError` aqui, antes de a página existir.
"""

import base64
import dataclasses
import json

import numpy as np
from torch import nn

from gan_lessons.data import convert_float_matrix_to_int_list
from gan_lessons.losses import LOSSES
from gan_lessons.models import Discriminator, Generator, Packed
from gan_lessons.panel.observer import JUDGE_SEED, Observer
from gan_lessons.panel.scene import scene_for
from gan_lessons.training import Trainer
from gan_lessons.validation import shown

MAX_BYTES = 60_000
"""O plano vai dentro de uma página, talvez pelo telefone de alguém."""

ACTIVATIONS = {
    nn.ReLU: ("relu", lambda layer: 0.0),
    nn.LeakyReLU: ("relu", lambda layer: layer.negative_slope),
    nn.Tanh: ("tanh", lambda layer: 0.0),
    nn.Sigmoid: ("sigmoid", lambda layer: 0.0),
}
LIVE_FIGURE = "application/vnd.live-figure+json"
NO_ACTIVATION = {"name": "none", "slope": 0.0}


def training_plan(trainer, *, judge_data=None, names=None):
    """O plano de um `Trainer`, do passo 0 dele.

    Parameters
    ----------
    trainer : Trainer
    judge_data, names
        Como em `TrainingPanel`; do juiz vão pontos novos, sorteados uma vez só.

    Returns
    -------
    str
        JSON: os dados, os pesos iniciais, a receita e o que a tela escreve.

    Raises
    ------
    TypeError
        Se `trainer` não for um `Trainer`.
    ValueError
        Se os dados, as redes ou a receita não couberem no motor do navegador; a mensagem diz o
        que cabe.
    """
    if not isinstance(trainer, Trainer):
        raise TypeError(f"trainer deve ser um Trainer, mas chegou {shown(trainer)}.")
    scene = scene_for(trainer.data.cpu().numpy(), names)
    return whole_plan(Observer(trainer, scene, judge_data=judge_data))


def whole_plan(observer):
    """O plano de `training_plan`, de um treinador que já tem quem o observe."""
    trainer = observer.trainer
    _check_training(trainer)
    data, plan = trainer.data.cpu().numpy(), view_plan(observer)
    networks = trainer.generator, trainer.discriminator
    generator, discriminator = map(_network, networks, trainer.first_weights)
    text = json.dumps(
        plan
        | {
            # Os números pares vão inteiros: em bits ocupariam sete vezes mais.
            "data": _packed(convert_float_matrix_to_int_list(data) if observer.even else data),
            "judge": _packed(observer.judge_points(JUDGE_SEED)) if plan["new_points"] else None,
            "generator": generator,
            "discriminator": discriminator,
            # Sem uma função que faça outras redes, outra semente só muda os lotes e o ruído.
            "redraw": trainer.make_networks is not None,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    n_bytes = len(text.encode())
    if n_bytes > MAX_BYTES:
        raise ValueError(
            f"trainer deve caber em {MAX_BYTES // 1000} kB para treinar no navegador, mas os dados "
            f"e os pesos dele ocupam {n_bytes / 1000:.0f}: use menos pontos ou redes menores."
        )
    return text


def view_plan(observer):
    """O que a tela precisa saber de um treino que anda no kernel: um dicionário."""
    trainer, scene, real = observer.trainer, observer.scene, observer.real
    return {
        "kind": scene.kind,
        "names": scene.names,
        "limits": scene.limits,
        "range": scene.shades,
        "shape": real.shape[2:],
        "n_features": real[0].size,
        "data": _packed(() if scene.even else real),
        "new_points": not (scene.even or observer.judges_training_data),
        "classes": None if trainer.labels is None else observer.classes.tolist(),
        "recipe": dataclasses.asdict(trainer.recipe),
        "losses": {key: {"name": loss.name, "ties": loss.ties} for key, loss in LOSSES.items()},
        "seed": trainer.seed,
    }


def live_data(plan):
    """O plano como parte de uma saída de célula: o livro põe os dados dentro do elemento."""
    return {LIVE_FIGURE: {"element": "gan-panel", "data": json.loads(plan)}}


def _check_training(trainer):
    if trainer.labels is not None:
        raise ValueError("trainer tem labels: o navegador ainda não treina GANs condicionais.")
    if trainer.data.dim() != 2:
        raise ValueError(
            "o navegador treina com pontos ou números pares, de formato (n, d), mas data tem "
            f"formato {tuple(trainer.data.shape)}."
        )
    if trainer.recipe.gradient_penalty and isinstance(trainer.discriminator, Packed):
        raise ValueError("o navegador não junta gradient_penalty com um discriminador Packed.")


def _network(network, weights):
    """O desenho da rede e os pesos iniciais dela."""
    size, inside = 1, network
    if type(network) is Packed:
        size, inside = network.size, network.discriminator
    layers = _layers(inside)
    sizes, activations = [], []
    for layer in layers:
        if type(layer) is nn.Linear and layer.bias is not None:
            sizes += [layer.out_features] if sizes else [layer.in_features, layer.out_features]
            activations.append(NO_ACTIVATION)
        elif type(layer) in ACTIVATIONS and activations and activations[-1] is NO_ACTIVATION:
            name, slope = ACTIVATIONS[type(layer)]
            activations[-1] = {"name": name, "slope": slope(layer)}
        else:
            raise _unsupported(network, layer)
    if not all(weight.requires_grad for weight in network.parameters()):
        raise ValueError(f"{type(network).__name__} tem pesos presos, que o navegador treinaria.")
    flat = np.concatenate([weight.cpu().numpy().ravel() for weight in weights.values()])
    return {"sizes": sizes, "activations": activations, "weights": _packed(flat), "pack": size}


def _layers(network):
    """As camadas em ordem, das redes que são só uma fila delas."""
    if type(network) is Generator:
        return [*_layers(network.layers), *_layers(network.output)]
    if type(network) is Discriminator:
        return _layers(network.layers)
    if type(network) is nn.Sequential:
        return [layer for part in network for layer in _layers(part)]
    return [] if type(network) is nn.Identity else [network]


def _unsupported(network, layer):
    return ValueError(
        "o navegador treina redes de camadas Linear, com vieses e com uma ReLU, LeakyReLU, Tanh ou "
        f"Sigmoid depois de cada uma; {type(network).__name__} tem {shown(layer)}."
    )


def _packed(array):
    """Números em float32 e base64: um terço do que ocupam escritos."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()
