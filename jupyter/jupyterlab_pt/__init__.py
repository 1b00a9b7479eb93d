"""O JupyterLab em português: o pacote de idioma oficial, completado.

As frases ficam em ``locale/pt/LC_MESSAGES``, que `jupyter/build_language.py` monta na instalação.
"""
