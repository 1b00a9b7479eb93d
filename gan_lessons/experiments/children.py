"""Uma tarefa em outro processo, que termina junto com quem a pediu."""

import functools
import multiprocessing
import os
import threading
import time
from contextlib import suppress

import psutil


def run(owner, task, *arguments, **options):
    """Executa `task` e devolve o que ela devolve.

    Se este for um processo que o joblib criou para isso, ele termina quando o de número `owner`
    terminar, mesmo morto de repente: sem quem grave o resultado, seria trabalho perdido. Os de um
    cluster, que são de outro dono, continuam.
    """
    if multiprocessing.current_process().name.startswith("LokyProcess"):
        _watch(owner)
    return task(*arguments, **options)


@functools.cache
def _watch(owner):
    threading.Thread(target=_end_with, args=(owner,), daemon=True).start()


def _end_with(owner):
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(owner)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(1)
    os._exit(1)
