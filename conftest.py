"""Ajustes do pytest para o repositório inteiro."""


def pytest_collectstart(collector):
    """As barras de progresso escrevem tempos em stderr, que mudam a cada execução."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
