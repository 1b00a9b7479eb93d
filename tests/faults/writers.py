"""Quem grava morre no meio, ao acaso: ``python -m faults.writers [VEZES]`` (Linux e macOS).

Um processo grava sem parar; outro o mata (SIGKILL) num momento sorteado e olha o arquivo, que tem
de estar inteiro: o de antes ou o novo. São três os que gravam em disco: um treino, a tabela de um
experimento e uma página que treina. Depois, um treino é interrompido (SIGINT) em momentos
sorteados e continuado: os pesos têm de ser os de um treino sem interrupção.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # um filho que nasce entre as threads da PyTorch não acaba

import torch

from gan_lessons.data import make_spiral
from gan_lessons.experiments.table import Table, finite
from gan_lessons.models import make_spiral_gan
from gan_lessons.population import Population
from gan_lessons.training import Trainer
from gan_lessons.writing import write_whole

TABLE = Table(Path("tabela.csv"), {"seed": int, "value": finite}, ("seed",), "# uma tabela\n")
PAGES = [letter * 2_000_000 for letter in "ab"]


def trainer():
    """Um treino pequeno, sempre o mesmo."""
    return Trainer(*make_spiral_gan("linear", 0), make_spiral(200, random_state=0), seed=0)


def save_a_training(path):
    """Grava um treino a cada passo."""
    training = trainer()
    while True:
        training.step()
        training.save(path)


def append_to_a_table(path):
    """Acrescenta linhas a uma tabela, três de cada vez."""
    with TABLE.writing(path):
        seed = len(TABLE.read(path))
        while True:
            TABLE.append(path, [{"seed": seed + i, "value": 0.5} for i in range(3)])
            seed += 3


def write_two_pages(path):
    """Grava duas páginas grandes, uma por cima da outra."""
    while True:
        for text in PAGES:
            write_whole(text.encode(), path)


def a_training_is_whole(path, before):
    """O treino se carrega, e não voltou atrás."""
    training = trainer().load(path)
    assert training.n_steps >= (before or 1)
    return training.n_steps


def a_table_is_whole(path, before):
    """As linhas são 0, 1, 2…, sem falta nem repetição, e nenhuma das antigas sumiu."""
    seeds = list(TABLE.read(path)["seed"])
    assert seeds == list(range(len(seeds)))
    assert len(seeds) >= (before or 0)
    return len(seeds)


def a_page_is_whole(path, before):
    """A página é uma das duas."""
    assert path.read_text(encoding="utf-8") in PAGES


WRITERS = {
    "Trainer.save": (save_a_training, a_training_is_whole, "treino.pt"),
    "tabela de experimento": (append_to_a_table, a_table_is_whole, "tabela.csv"),
    "página que treina": (write_two_pages, a_page_is_whole, "pagina.html"),
}


def killed(write, is_whole, path, times, rng):
    """Mata `write` `times` vezes; devolve quantas vezes o arquivo estava inteiro."""
    whole, before = 0, None
    for _ in range(times):
        if write is save_a_training:
            path.unlink(missing_ok=True)  # cada treino recomeça do zero
            before = None
        child = os.fork()
        if child == 0:
            try:
                write(path)
            finally:
                os._exit(1)
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.2))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "quem grava parou antes de ser morto"
        before = is_whole(path, before)
        whole += 1
    return whole


def population():
    """Quatro GANs pequenas, sempre as mesmas."""
    networks = [lambda seed, i=i: make_spiral_gan("linear", seed)[i] for i in range(2)]
    return Population(4, *networks, make_spiral(200, random_state=0), compile=False)


def interrupted(make, n_steps, weights, times, rng):
    """Interrompe e continua um treino `times` vezes; devolve quantas vezes ele parou no meio."""
    started = time.monotonic()
    straight = weights(make().run(n_steps))
    seconds = time.monotonic() - started
    stopped = 0
    for _ in range(times):
        training = make()
        wait = rng.uniform(0, seconds)
        timer = threading.Timer(wait, os.kill, [os.getpid(), signal.SIGINT])
        try:
            timer.start()
            training.run(n_steps)
            timer.cancel()
            timer.join()
        except KeyboardInterrupt:
            stopped += 1
        if training.n_steps < n_steps:
            training.run(n_steps - training.n_steps)
        assert all(map(torch.equal, weights(training), straight))
    return stopped


def main(arguments):
    """Roda tudo; a primeira falha para com o seu erro."""
    times = int(arguments[0]) if arguments else 100
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, is_whole, file) in WRITERS.items():
            whole = killed(write, is_whole, Path(folder) / file, times, rng)
            print(f"{name}: morto {times} vezes, inteiro em {whole}", flush=True)
        kept = {file for *_, file in WRITERS.values()} | {"tabela.csv.lock"}
        left = [path.name for path in Path(folder).iterdir() if path.name not in kept]
        print(f"restos temporários que ficaram na pasta: {len(left)}", flush=True)
    cases = {
        "Trainer.run": (trainer, 400, lambda t: list(t.generator.parameters())),
        "Population.run": (population, 100, lambda p: list(p.member(3)[0].parameters())),
    }
    for name, (make, n_steps, weights) in cases.items():
        stopped = interrupted(make, n_steps, weights, times, rng)
        print(f"{name}: parou {stopped} de {times} vezes, e os pesos são os mesmos", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
