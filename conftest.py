"""Ajustes do pytest para o repositório inteiro."""


def pytest_collectstart(collector):
    """O que muda a cada execução: os tempos das barras, em stderr, e os quadros das animações."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "image/gif")
