"""O passo de muitas GANs, registrado e compilado.

Registrar reduz o passo à lista das suas operações sobre tensores, sem o custo de derivar e
vetorizar a cada passo. Compilar junta essas operações em código de máquina.
"""

import logging
import os
import shutil
import sys
from functools import lru_cache, partial

import torch
from torch.fx.experimental.proxy_tensor import make_fx

log = logging.getLogger(__name__)

CPU_OPTIONS = {
    # Sem o Python no meio, os grupos andam de verdade ao mesmo tempo.
    "cpp_wrapper": True,
    "cpp.threads": 1,
    # Pré-compilar cabeçalhos só paga com muitas compilações, e aqui há uma ou duas.
    "cpp_cache_precompile_headers": False,
}

N_KEPT = 32
"""Registros guardados; cada um serve a todos os grupos e populações da mesma forma."""


def has_cpp_compiler():
    """Se há o compilador de C++ que o `torch.compile` chamaria na CPU."""
    default = "clang++" if sys.platform == "darwin" else "cl" if os.name == "nt" else "g++"
    return shutil.which(os.environ.get("CXX", default)) is not None


@lru_cache(maxsize=N_KEPT)
def trace(step, size, charges):
    """`Step.many` de `size` membros reduzido às operações sobre tensores.

    É um ``torch.fx.GraphModule`` que recebe e devolve o mesmo que ele.
    """
    with torch.no_grad():
        graph = make_fx(partial(step.many, charges=charges))(*step.example(size, len(charges)))
    _drop_idle_views(graph)
    return graph


@lru_cache(maxsize=N_KEPT)
def compiled_step(step, size):
    """O `CompiledStep` desta forma e deste número de membros por grupo: sempre o mesmo."""
    return CompiledStep(step, size)


class CompiledStep:
    """`Step.many` compilado para um formato: membros por grupo, lote, redes e receita.

    Attributes
    ----------
    n_unrolled : int
        Quantos passos vão em cada chamada.
    failed : bool
        A compilação já falhou uma vez; não se tenta de novo.
    """

    def __init__(self, step, size):
        self.step, self.size = step, size
        # Uma chamada custa dezenas de microssegundos: com uma GAN só, vale dar vários passos nela.
        self.n_unrolled = 1 if size >= 8 or step.recipe.penalty_every > 1 else 2
        self.failed = False
        self._functions = {}

    def __call__(self, *inputs, charges):
        return self._functions[charges](*inputs)

    def serves(self, patterns):
        """Se está compilado para estes `Step.charge_patterns`."""
        return all(self._unrolled(charges) in self._functions for charges in patterns)

    def compile(self, patterns):
        """Compila o que falta para `patterns`; se não conseguir, diz por quê no registro."""
        try:
            for charges in map(self._unrolled, patterns):
                if charges not in self._functions:
                    self._functions[charges] = self._compiled(charges)
        except Exception as error:  # o compilador falha de muitos jeitos, e nenhum impede o treino
            self.failed = True
            log.warning(
                "A compilação falhou, e o treino segue sem ela: %s: %s",
                type(error).__name__,
                str(error).strip().partition("\n")[0],
            )

    def _unrolled(self, charges):
        return (charges,) * self.n_unrolled

    @torch.no_grad()
    def _compiled(self, charges):
        # Uma versão do PyTorch pode não ter todas as opções; o que falta só custa tempo.
        known = set(torch._inductor.list_options()) & set(CPU_OPTIONS)
        on_cpu = self.step.device.type == "cpu"
        options = {name: CPU_OPTIONS[name] for name in known} if on_cpu else None
        graph = trace(self.step, self.size, charges)
        function = torch.compile(graph, fullgraph=True, dynamic=False, options=options)
        # Compila aqui, e não no meio do treino.
        function(*self.step.example(self.size, len(charges)))
        return function


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
