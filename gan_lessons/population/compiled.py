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

TRUSTING = {"cpp.vec_isa_ok": True}
"""Usar as instruções todas do processador, sem experimentar antes se o compilador as conhece: o
que se experimenta demora tanto quanto o passo."""

N_KEPT = 32
"""Registros guardados; cada um serve a todos os grupos e populações da mesma forma."""


def has_cpp_compiler():
    """Se há o compilador de C++ que a PyTorch chamaria na CPU."""
    default = "clang++" if sys.platform == "darwin" else "cl" if os.name == "nt" else "g++"
    return shutil.which(os.environ.get("CXX", default)) is not None


@lru_cache(maxsize=N_KEPT)
def trace(step, size, charges):
    """`Step.many` de `size` membros reduzido às operações sobre tensores.

    É um ``torch.fx.GraphModule`` que recebe e devolve o mesmo que ele.
    """
    with torch.no_grad():
        graph = make_fx(partial(step.many, charges=charges))(*step.example(size))
    _drop_idle(graph)
    for node in graph.graph.nodes:  # o compilador anota de novo, e não aceita as notas de outro
        node.meta.clear()
    return graph


@lru_cache(maxsize=N_KEPT)
def compiled_step(step, size):
    """O `CompiledStep` desta forma e deste número de membros por grupo: sempre o mesmo."""
    return CompiledStep(step, size)


class CompiledStep:
    """`Step.many` compilado para um formato: membros por grupo, lote, redes e receita.

    `self[charges]` é a função, que recebe e devolve o mesmo que ele.

    Attributes
    ----------
    failed : bool
        A compilação já falhou uma vez; não se tenta de novo.
    """

    def __init__(self, step, size):
        self.step, self.size = step, size
        self.failed = False
        self._functions = {}

    def __getitem__(self, charges):
        return self._functions[charges]

    def serves(self, patterns):
        """Se está compilado para estes `Step.charge_patterns`."""
        return patterns <= self._functions.keys()

    def compile(self, patterns):
        """Compila o que falta para `patterns`; se não conseguir, diz por quê no registro."""
        try:
            for charges in patterns - self._functions.keys():
                self._functions[charges] = self._compiled(charges)
        except Exception as error:  # o compilador falha de muitos jeitos, e nenhum impede o treino
            self.failed = True
            log.warning(
                "A compilação falhou, e o treino segue sem ela: %s: %s",
                type(error).__name__,
                str(error).strip().partition("\n")[0],
            )

    @torch.no_grad()
    def _compiled(self, charges):
        # O que há sob o `torch.compile`, para um registro já feito: sem ele, que a cada chamada
        # conferiria as entradas, um passo de 32 GANs custa um sétimo menos.
        from torch import _inductor  # demora a abrir, e poucos treinos compilam

        # Uma versão do PyTorch pode não ter todas as opções; o que falta só custa tempo.
        known = set(_inductor.list_options()) & set(CPU_OPTIONS)
        on_cpu = self.step.device.type == "cpu"
        options = {name: CPU_OPTIONS[name] for name in known} if on_cpu else {}
        graph, inputs = trace(self.step, self.size, charges), list(self.step.example(self.size))
        try:
            return _inductor.compile(graph, inputs, options | TRUSTING)
        except Exception:  # um compilador mais velho que o processador
            return _inductor.compile(graph, inputs, options)


def _drop_idle(graph):
    """Tira do registro o que não muda nada: uma mudança para o mesmo formato, ou vezes 1."""
    aten = torch.ops.aten
    for node in list(graph.graph.nodes):
        idle = node.target is aten.mul.Scalar and node.args[1] == 1
        if node.target in (aten.view.default, aten._unsafe_view.default, aten.expand.default):
            before, after = (each.meta["tensor_meta"].shape for each in (node.args[0], node))
            idle = before == after
        if idle:
            node.replace_all_uses_with(node.args[0])
            graph.graph.erase_node(node)
    graph.graph.eliminate_dead_code()
    graph.recompile()
