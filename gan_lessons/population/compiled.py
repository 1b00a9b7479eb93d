"""O passo de muitos GANs, registrado e compilado.

Registrar reduz o passo à lista das suas operações sobre tensores, sem o custo de derivar e
vetorizar a cada passo. Compilar junta essas operações em código de máquina.
"""

import hashlib
import os
import shutil
import sys
from functools import partial

import torch
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx

CPU_OPTIONS = {
    # Sem o Python no meio, os grupos andam de verdade ao mesmo tempo.
    "cpp_wrapper": True,
    "cpp.threads": 1,
    # Pré-compilar cabeçalhos só paga com muitas compilações, e aqui há uma ou duas.
    "cpp_cache_precompile_headers": False,
}

_traced_steps, compiled_steps = {}, {}


def has_cpp_compiler():
    """Se há o compilador de C++ que o `torch.compile` chamaria na CPU."""
    default = "clang++" if sys.platform == "darwin" else "cl" if os.name == "nt" else "g++"
    return shutil.which(os.environ.get("CXX", default)) is not None


class CompiledStep:
    """`Step.many` compilado para um formato: membros por grupo, lote, redes e receita.

    Parameters
    ----------
    chunk : Chunk
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
        on_cpu = chunk.step.data.device.type == "cpu"
        # Uma versão do PyTorch pode não ter todas as opções; o que falta só custa tempo.
        known = set(torch._inductor.list_options()) & set(CPU_OPTIONS)
        options = {name: CPU_OPTIONS[name] for name in known} if on_cpu else None
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
        Recebe as entradas de `Chunk.inputs`, e devolve o que `Step.many` devolve.
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


def signature(size, step):
    """O que decide se um passo já registrado serve a um grupo de `size` membros."""
    recipe, data = step.recipe, step.data
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
    networks = _describe(step.generator), _describe(step.discriminator)
    return size, fixed, networks, tuple(data.shape), data.device.type


def _describe(network):
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
