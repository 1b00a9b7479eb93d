"""O painel dentro do Jupyter: o que muda quando a célula roda de novo ou é interrompida."""

import weakref

from IPython import get_ipython

_by_cell = {}
"""A execução de cada célula e os painéis que ela criou."""

_alive = weakref.WeakSet()


def register(panel):
    """Fecha os painéis que a mesma célula criou antes, e para todos com o botão ■.

    Uma célula executada de novo apaga da tela o painel anterior, que seguiria treinando sem que
    ninguém pudesse pará-lo. Fora do Jupyter, não faz nada.
    """
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return
    if not _alive:
        # Trocar a função pela mesma: com muitos painéis, uma só fica registrada.
        if _pause_all in shell.events.callbacks["post_run_cell"]:
            shell.events.unregister("post_run_cell", _pause_all)
        shell.events.register("post_run_cell", _pause_all)
    _alive.add(panel)
    cell = shell.kernel.get_parent().get("metadata", {}).get("cellId")
    if cell is None:
        return
    run, panels = _by_cell.get(cell, (None, ()))
    if run != shell.execution_count:
        for previous in list(panels):
            previous.close()
        panels = weakref.WeakSet()
    panels.add(panel)
    _by_cell[cell] = shell.execution_count, panels


def _pause_all(result):
    """Uma célula interrompida interrompe também os painéis."""
    if isinstance(result.error_in_exec, KeyboardInterrupt):
        for panel in list(_alive):
            panel.pause()
