"""Faltas provocadas de propósito, fora do ``make test``, porque levam minutos.

``python -m faults.lessons`` executa as aulas num computador hostil, e ``python -m faults.writers``
mata quem grava e interrompe quem treina, em momentos sorteados; os dois com ``PYTHONPATH=.:tests``.
"""
