"""O arquivo de um caderno, lido e conferido: daqui sai só o que se pode mostrar."""

import functools
import json

from gan_lessons.book import BookError


def read_notebook(text, name):
    """O caderno que está em `text`.

    Parameters
    ----------
    text : str
        O arquivo ``.ipynb`` inteiro.
    name : str
        Como chamar o arquivo nos erros.

    Returns
    -------
    nbformat.NotebookNode
        No formato 4, com as etiquetas ``remove-…`` já obedecidas e as saídas de texto emendadas.
        ``cell.number`` é o número de cada célula no arquivo, contado de 1.

    Raises
    ------
    BookError
        Se não for um caderno do formato 4; diz o arquivo e, se couber, a célula.
    """
    # Aqui porque as regras do formato demoram a abrir, e só quem lê um caderno precisa delas.
    import nbformat
    from nbformat.v4.nbjson import JSONReader

    try:
        raw = json.loads(text)
    except ValueError as error:
        raise BookError(f"{name}: não é um caderno, porque não é JSON ({error}).") from error
    if not isinstance(raw, dict) or raw.get("nbformat") != 4:
        raise BookError(f"{name}: não é um caderno do formato 4, porque não diz que é.")
    try:
        # As regras da versão 4.4 são as de hoje, menos a de que cada célula tenha um nome.
        nbformat.validate(raw, version=4, version_minor=4, relax_add_props=True)
    except nbformat.ValidationError as error:
        raise BookError(f"{name}{_place(error.absolute_path)} ({error.message[:200]}).") from error
    notebook = JSONReader().to_notebook(raw)
    for number, cell in enumerate(notebook.cells, 1):
        cell.number = number
    for preprocessor in _preprocessors():
        notebook, _ = preprocessor.preprocess(notebook, {})
    return notebook


@functools.cache
def _preprocessors():
    # O nbconvert também demora a abrir.
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor, TagRemovePreprocessor

    by_tag = TagRemovePreprocessor(
        enabled=True,
        remove_cell_tags={"remove-cell"},
        remove_input_tags={"remove-input"},
        remove_all_outputs_tags={"remove-output"},
    )
    # Uma barra de progresso chega em pedaços: juntos, cada um apaga o anterior.
    return by_tag, CoalesceStreamsPreprocessor(enabled=True)


def _place(path):
    """``[cells, 0, source]`` em palavras."""
    kind, *steps = [*path, ""]
    if kind == "cells" and len(steps) > 1:
        field = ".".join(map(str, steps[1:-1]))
        return f", célula {steps[0] + 1}: conteúdo inválido" + (f" em {field}" if field else "")
    return f": conteúdo inválido em {kind}" if kind else ": conteúdo inválido"
