"""Mede os treinos do curso lado a lado, na mesma execução (``make bench``).

Mostra uma tabela e grava-a em ``build/bench.json``. As medidas são intercaladas, uma de cada por
rodada, e o que se compara é a mediana das razões rodada a rodada: assim um computador que ora
anda mais, ora menos, não favorece ninguém.
"""

import argparse
import json
import os
import pkgutil
import platform
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

import gan_lessons
from gan_lessons.data import make_spiral
from gan_lessons.models import make_spiral_gan
from gan_lessons.published import train_published
from gan_lessons.training import CLASSIC, MODERN, Trainer

RESULTS = Path("build/bench.json")
DATA = StandardScaler().fit_transform(make_spiral(random_state=0))
STEPS_PER_EPOCH = len(DATA) // CLASSIC.batch_size

BASE_IMPORT = "import torch, sklearn, matplotlib"
ROOMS = [module.name for module in pkgutil.iter_modules(gan_lessons.__path__)]
COURSE_IMPORT = "import " + ", ".join(f"gan_lessons.{room}" for room in ROOMS)


def published_loop(n_steps):
    train_published(*make_spiral_gan("linear"), DATA, n_epochs=n_steps // STEPS_PER_EPOCH)


def classic_trainer(n_steps):
    Trainer(*make_spiral_gan("linear"), DATA, recipe=CLASSIC).run(n_steps)


def modern_trainer(n_steps):
    # A receita moderna pede menos passos: mede-se o treino inteiro que substitui o clássico.
    n_steps = round(n_steps * MODERN.n_steps / CLASSIC.n_steps)
    Trainer(*make_spiral_gan("wide"), DATA, recipe=MODERN).run(n_steps)


def python(code):
    return lambda _: subprocess.run([sys.executable, "-c", code], check=True)


TRAINING = {
    "laço publicado": published_loop,
    "Trainer, receita clássica": classic_trainer,
    "Trainer, receita moderna": modern_trainer,
}
IMPORTS = {
    "import torch, sklearn, matplotlib": python(BASE_IMPORT),
    "import de todo o curso": python(COURSE_IMPORT),
}


def measure(ways, n_rounds, n_steps):
    """Segundos de cada maneira em cada rodada; a primeira maneira é a referência."""
    seconds = pd.DataFrame(index=range(n_rounds), columns=list(ways), dtype=float)
    with tqdm(total=seconds.size, desc="medindo") as bar:
        for round_ in seconds.index:
            for name, run in ways.items():
                start = time.perf_counter()
                run(n_steps)
                seconds.loc[round_, name] = time.perf_counter() - start
                bar.update()
    reference = seconds.iloc[:, 0]
    return pd.DataFrame(
        {
            "segundos": seconds.median(),
            "mínimo": seconds.min(),
            "máximo": seconds.max(),
            "razão": seconds.div(reference, axis=0).median(),
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rodadas (padrão: 3)")
    parser.add_argument("--quick", action="store_true", help="um décimo dos passos")
    options = parser.parse_args()
    n_steps = CLASSIC.n_steps // (10 if options.quick else 1)
    tables = {
        f"espiral, {n_steps} passos clássicos": measure(TRAINING, options.rounds, n_steps),
        "importação": measure(IMPORTS, options.rounds + 2, None),
    }
    machine = {
        "núcleos": os.cpu_count(),
        "linhas de execução": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    print(", ".join(f"{name}: {value}" for name, value in machine.items()))
    for title, table in tables.items():
        print(f"\n{title}\n{table.round(2).to_string()}")
    RESULTS.parent.mkdir(exist_ok=True)
    content = {
        "máquina": machine,
        **{name: table.to_dict("index") for name, table in tables.items()},
    }
    RESULTS.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    print(f"\ngravado em {RESULTS}")


if __name__ == "__main__":
    main()
