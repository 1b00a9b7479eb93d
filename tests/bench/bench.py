"""Mede os treinos do curso lado a lado, na mesma execução: ``make bench``.

Cada medida roda num processo só seu, para que a memória e a compilação sejam dela; as medidas que
se comparam são intercaladas, uma de cada por rodada, e o que vale é a mediana das razões: assim um
computador que ora anda mais, ora menos, não favorece ninguém. Os números vão para
``build/bench.json``, o gráfico para ``build/bench.png`` e as tabelas para a tela. Uma parte medida
de novo substitui a anterior no arquivo; as outras ficam.

    python tests/bench/bench.py                       tudo (cerca de 40 minutos em dois núcleos)
    python tests/bench/bench.py --only lacos          só o laço publicado e o Trainer
    python tests/bench/bench.py --quick               tudo em miniatura, para conferir o programa
    python tests/bench/bench.py --only crescimento --device cuda --gans 1 64 1024 4096
"""

import argparse
import dataclasses
import itertools
import json
import os
import pkgutil
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

import gan_lessons
from gan_lessons import data, metrics, models, training
from gan_lessons.losses import LOSSES
from gan_lessons.plots import use_decimal_commas
from gan_lessons.population import Population
from gan_lessons.portuguese import decimal
from gan_lessons.published import train_published
from gan_lessons.training import Recipe, Trainer

BUILD = Path(__file__).parents[2] / "build"
TITLES = {
    "importacao": "o que custa importar o curso",
    "lacos": "o laço publicado e o Trainer",
    "perdas": "o Trainer com cada perda",
    "espiral": "todos os treinos, na espiral",
    "pares": "todos os treinos, nos números pares",
    "crescimento": "o custo por GAN conforme K cresce",
    "qualidade": "segundos até o juiz não distinguir",
}
NAMES = {
    "published": "laço publicado",
    "trainer": "Trainer",
    "modern": "Trainer, receita moderna",
    "population-1": "Population(1)",
    "population-64": "Population(64)",
    "eager-64": "Population(64) sem compilar",
}
ENGINES = ("published", "trainer", "population-1", "population-64", "eager-64")
QUALITIES = (0.60, 0.55)


# --- o que se mede, num processo só seu


def spiral_points():
    scaler = StandardScaler()
    return scaler.fit_transform(data.make_spiral(1000, random_state=0)), scaler


def task_of(name):
    """Redes, dados e receita de uma tarefa."""
    if name == "spiral":
        points, _ = spiral_points()
        return lambda seed: models.make_spiral_gan("linear", seed), points, training.CLASSIC
    _, bits = data.generate_even_data(128, 1000, random_state=0)
    recipe = Recipe(n_steps=20_000, batch_size=16, noise="bits")
    return models.make_even_gan, np.array(bits, dtype=np.float64), recipe


def train_published_even(generator, discriminator, n_steps):
    """O laço da aula dos números pares: dados sorteados a cada passo, gerador primeiro."""
    classifier = nn.Sequential(discriminator, nn.Sigmoid())
    criterion = nn.BCELoss()
    generator_adam = torch.optim.Adam(generator.parameters(), lr=1e-3)
    discriminator_adam = torch.optim.Adam(classifier.parameters(), lr=1e-3)
    for _ in range(n_steps):
        noise = torch.randint(0, 2, (16, 7)).float()
        labels, bits = data.generate_even_data(128, batch_size=16)
        ones, real = torch.tensor(labels).float()[:, None], torch.tensor(bits).float()

        generator_adam.zero_grad()
        fake = generator(noise)
        criterion(classifier(fake), ones).backward()
        generator_adam.step()

        discriminator_adam.zero_grad()
        real_loss = criterion(classifier(real), ones)
        fake_loss = criterion(classifier(fake.detach()), 1 - ones)
        ((real_loss + fake_loss) / 2).backward()
        discriminator_adam.step()


def measure_training(
    task, engine, n_steps, device="cpu", n_gans=None, chunk_size=None, loss="non-saturating"
):
    """Segundos de um treino; nas populações compiladas, a compilação vem à parte."""
    make, points, recipe = task_of(task)
    recipe = dataclasses.replace(recipe, n_steps=n_steps, loss=loss)
    compile_seconds = 0.0
    if engine in ("published", "trainer", "modern"):
        n_gans = 1
        networks = make(0)
        if engine == "modern":  # o treino inteiro que substitui o clássico, em menos passos
            n_steps = round(n_steps * training.MODERN.n_steps / training.CLASSIC.n_steps)
            recipe = dataclasses.replace(training.MODERN, n_steps=n_steps)
            run = Trainer(*models.make_spiral_gan("wide"), points, recipe=recipe).run
        elif engine == "trainer":
            run = Trainer(*networks, points, recipe=recipe, device=device).run
        elif task == "spiral":
            n_epochs = max(n_steps // 40, 1)
            n_steps = 40 * n_epochs

            def run():
                train_published(*networks, points, n_epochs=n_epochs)
        else:

            def run():
                train_published_even(*networks, n_steps)
    else:
        started = time.perf_counter()
        kind, _, number = engine.partition("-")
        n_gans = int(n_gans or number)
        population = Population(
            n_gans,
            lambda seed: make(seed)[0],
            lambda seed: make(seed)[1],
            points,
            recipe=recipe,
            device=device,
            compile=kind == "population",
            chunk_size=chunk_size,
        )
        population.run(4)  # registra o passo, compila, se for o caso, e dá os primeiros passos
        compile_seconds = time.perf_counter() - started

        def run():
            population.run(n_steps)

    cpu, started = time.process_time(), time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "engine": engine,
        "task": task,
        "loss": loss,
        "device": device,
        "n_gans": n_gans,
        "n_steps": n_steps,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "compile_seconds": compile_seconds,
        "peak_megabytes": peak_megabytes(device),
    }


def measure_import(code, device="cpu"):
    """Segundos de um Python novo que só faz este import, com os módulos já compilados."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compilar tudo a cada vez é outra medida
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return {"code": code, "seconds": time.perf_counter() - started, "compile_seconds": 0.0}


def peak_megabytes(device):
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 1e6
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1e3 if sys.platform != "darwin" else kilobytes / 1e6


def measure_quality(engine, seed, n_steps, every, device="cpu"):
    """Segundos de treino e acurácia do juiz a cada `every` passos, com uma semente.

    Nem o tempo de julgar nem o de compilar contam em `seconds`.
    """
    points, scaler = spiral_points()
    fresh = data.make_spiral(1000, random_positions=True, random_state=1000 + seed)
    fresh = scaler.transform(fresh)
    if engine == "published":
        networks, recipe = models.make_spiral_gan("linear", seed), training.CLASSIC
    else:
        networks, recipe = models.make_spiral_gan("wide", seed), training.MODERN
    compile_seconds = 0.0
    if engine == "population":

        def population_of(seed):
            return Population(
                1,
                lambda s: models.make_spiral_gan("wide", s)[0],
                lambda s: models.make_spiral_gan("wide", s)[1],
                points,
                recipe=recipe,
                seed=seed,
                device=device,
                compile=True,
            )

        started = time.perf_counter()
        population_of(seed + 1).run(2)  # compila; a que conta aproveita
        compile_seconds = time.perf_counter() - started
        trainer = population_of(seed)
    elif engine == "trainer":
        trainer = Trainer(*networks, points, recipe=recipe, seed=seed, device=device)
    curve, seconds, done = [], 0.0, 0
    torch.manual_seed(seed)
    while done < n_steps:
        started = time.perf_counter()
        if engine == "published":
            train_published(*networks, points, n_epochs=n_steps // 40)
            done = n_steps
        else:
            trainer.run(every)
            done += every
        seconds += time.perf_counter() - started
        if engine == "published":
            with torch.no_grad():
                fake = networks[0](torch.randn(1000, networks[0].latent_dim)).numpy()
        else:
            fake = trainer.sample(1000).reshape(1000, 3)
        test = metrics.two_sample_test(fresh, fake, n_permutations=19)
        curve.append({"step": done, "seconds": seconds, "accuracy": test.accuracy})
    return {
        "engine": engine,
        "seed": seed,
        "compile_seconds": compile_seconds,
        "curve": curve,
    }


# --- como se mede


def in_a_process(function, *, cache, **arguments):
    """Chama `function` num processo novo, com o cache de compilação em `cache`."""
    request = json.dumps({"function": function, "arguments": arguments})
    environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, __file__, "--child", request],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a medida {request} falhou:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


class Bench:
    """Mede as partes pedidas e guarda tudo num dicionário que vira JSON."""

    def __init__(self, options):
        self.parts = {
            "importacao": self.measure_imports,
            "lacos": self.measure_loops,
            "perdas": self.measure_losses,
            "espiral": partial(self.measure_engines, "espiral", "spiral"),
            "pares": partial(self.measure_engines, "pares", "even"),
            "crescimento": self.measure_growth,
            "qualidade": self.measure_quality,
        }
        self.options = options
        self.path = BUILD / "bench.json"
        self.results = json.loads(self.path.read_text()) if self.path.is_file() else {}
        self.scratch = tempfile.TemporaryDirectory(prefix="bench-")
        self._cold = itertools.count()

    def cold_cache(self):
        return Path(self.scratch.name) / f"cold-{next(self._cold)}"

    def measure(self, text, function, *, cache=None, **arguments):
        say(f"  {text}…", end=" ")
        cache = cache or Path(self.scratch.name) / "warm"
        result = in_a_process(function, cache=cache, device=self.options.device, **arguments)
        if "seconds" in result:
            say(
                f"{decimal(result['seconds'])} s (compilar: {decimal(result['compile_seconds'])} s)"
            )
        else:
            say(f"{decimal(result['curve'][-1]['seconds'])} s")
        return result

    def already(self, part):
        """As rodadas que o arquivo já tem, se é para juntar a elas."""
        known = self.results.get(part, {"measures": []})
        return list(known["measures"]) if self.options.add else []

    def keep(self, part, measures):
        self.results[part] = {
            "when": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "quick": self.options.quick,
            "machine": machine(),
            "measures": measures,
        }
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.results, indent=1, ensure_ascii=False))

    def measure_imports(self):
        rooms = [module.name for module in pkgutil.iter_modules(gan_lessons.__path__)]
        codes = {
            "torch, sklearn e matplotlib": "import torch, sklearn, matplotlib",
            "todo o curso": "import " + ", ".join(f"gan_lessons.{room}" for room in rooms),
        }
        measures = [
            {"name": name, **measure_import(code)}
            for _ in range(self.options.rounds + 2)
            for name, code in codes.items()
        ]
        self.keep("importacao", measures)
        rows = [
            [name, decimal(median([m for m in measures if m["name"] == name], "seconds"))]
            for name in codes
        ]
        print_table(TITLES["importacao"], ["import", "segundos"], rows)

    def measure_loops(self):
        n_steps = 1000 if self.options.quick else 20_000
        measures = self.already("lacos")
        for round_ in range(self.options.rounds):
            for engine in ("published", "trainer", "modern"):
                text = f"{NAMES[engine]}, rodada {round_ + 1}"
                measures.append(
                    self.measure(
                        text, "measure_training", task="spiral", engine=engine, n_steps=n_steps
                    )
                )
            self.keep("lacos", measures)
        print_engines("Espiral: o laço publicado e o Trainer", measures)

    def measure_losses(self):
        n_steps = 400 if self.options.quick else 4000
        measures = self.already("perdas")
        for round_ in range(self.options.rounds):
            for loss in LOSSES:
                text = f"{loss}, rodada {round_ + 1}"
                measures.append(
                    self.measure(
                        text,
                        "measure_training",
                        task="spiral",
                        engine="trainer",
                        n_steps=n_steps,
                        loss=loss,
                    )
                )
            self.keep("perdas", measures)
        print_losses(measures)

    def measure_engines(self, part, task):
        n_steps = 400 if self.options.quick else 20_000
        measures = self.already(part)
        for round_ in range(self.options.rounds):
            for engine in ENGINES:
                cold = round_ == 0 and engine.startswith("population")
                # Na primeira rodada o cache está vazio; nas outras, já sabe compilar este passo.
                cache = Path(self.scratch.name) / f"{task}-{engine}"
                measure = self.measure(
                    f"{NAMES[engine]}, rodada {round_ + 1}",
                    "measure_training",
                    task=task,
                    engine=engine,
                    n_steps=n_steps,
                    cache=cache,
                )
                measures.append({**measure, "cold": cold})
            self.keep(part, measures)
        print_engines(TITLES[part], measures)

    def measure_growth(self):
        n_steps = 200 if self.options.quick else 4000
        measures = self.already("crescimento") + [
            self.measure(
                f"K = {n_gans}, rodada {round_ + 1}",
                "measure_training",
                task="spiral",
                engine=f"population-{n_gans}",
                n_steps=n_steps,
            )
            for round_ in range(self.options.rounds)
            for n_gans in self.options.gans
        ]
        self.keep("crescimento", measures)
        print_growth(measures)

    def measure_quality(self):
        n_steps, every = (300, 100) if self.options.quick else (training.MODERN.n_steps, 250)
        measures = []
        for seed in range(2 if self.options.quick else 5):
            for engine in ("published", "trainer", "population"):
                is_published = engine == "published"
                whole = 1000 if self.options.quick else 20_000
                measures.append(
                    self.measure(
                        f"{engine}, semente {seed}",
                        "measure_quality",
                        engine=engine,
                        seed=seed,
                        n_steps=whole if is_published else n_steps,
                        every=whole if is_published else every,
                    )
                )
            self.keep("qualidade", measures)
        print_quality(measures)


def machine():
    return {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "torch": torch.__version__,
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


# --- o que se mostra


def say(text, **options):
    print(text, file=sys.stderr, flush=True, **options)


def median(measures, field):
    return statistics.median(measure[field] for measure in measures)


def print_table(title, header, rows):
    columns = list(zip(header, *rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    print(f"\n{title}\n")
    for row in (header, *rows):
        first, *others = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(len(first)), *others]))


def summarize(measures):
    """Uma linha por treino: as medianas, e a razão para o laço publicado na mesma rodada."""
    by_engine = {}
    for measure in measures:
        by_engine.setdefault(measure["engine"], []).append(measure)
    published = by_engine.get("published", [])
    summary = {}
    for engine, own in by_engine.items():
        n_gans, n_steps = own[0]["n_gans"], own[0]["n_steps"]
        line = {
            "seconds": median(own, "seconds"),
            "steps_per_second": n_gans * n_steps / median(own, "seconds"),
            "seconds_per_gan": median(own, "seconds") / n_gans,
            "peak_megabytes": median(own, "peak_megabytes"),
            "compile_cold": median([m for m in own if m.get("cold")] or own, "compile_seconds"),
            "compile_warm": median([m for m in own if not m.get("cold")] or own, "compile_seconds"),
        }
        if published:
            pairs = list(zip(published, own, strict=False))
            line["ratio"] = statistics.median(
                p["seconds"] * m["n_gans"] / m["seconds"] for p, m in pairs
            )
            with_compiling = [
                p["seconds"] * m["n_gans"] / (m["seconds"] + m["compile_seconds"])
                for p, m in pairs
                if m.get("cold")
            ]
            if with_compiling:
                line["ratio_with_cold_compile"] = statistics.median(with_compiling)
        summary[engine] = line
    return summary


def print_engines(title, measures):
    header = ["treino", "segundos", "compilar: 1ª vez", "com cache", "passos/s", "s por GAN"]
    header += ["vezes mais rápido", "compilando", "pico MB"]
    rows = []
    for engine, line in summarize(measures).items():
        compiled = engine.startswith("population")
        rows.append(
            [
                NAMES.get(engine, engine),
                decimal(line["seconds"]),
                decimal(line["compile_cold"], 1) if compiled else "–",
                decimal(line["compile_warm"], 1) if compiled else "–",
                f"{line['steps_per_second']:.0f}",
                decimal(line["seconds_per_gan"], 3),
                decimal(line.get("ratio", float("nan")), 1),
                decimal(line["ratio_with_cold_compile"], 1) if compiled else "–",
                f"{line['peak_megabytes']:.0f}",
            ]
        )
    print_table(f"{title}, {measures[0]['n_steps']} passos", header, rows)


def print_losses(measures):
    by_loss = {}
    for measure in measures:
        by_loss.setdefault(measure["loss"], []).append(measure)
    usual = median(by_loss["non-saturating"], "seconds")
    rows = []
    for loss, own in by_loss.items():
        seconds = median(own, "seconds")
        rows.append([loss, decimal(seconds), decimal(seconds / usual)])
    header = ["perda", "segundos", "vezes a não saturante"]
    print_table(f"{TITLES['perdas']}, {measures[0]['n_steps']} passos", header, rows)


def growth(measures):
    """Mediana dos segundos por GAN, em 20 000 passos, para cada K."""
    by_size = {}
    for measure in measures:
        per_gan = measure["seconds"] / measure["n_gans"] * 20_000 / measure["n_steps"]
        by_size.setdefault(measure["n_gans"], []).append(per_gan)
    return {n_gans: statistics.median(values) for n_gans, values in sorted(by_size.items())}


def print_growth(measures):
    peaks = {m["n_gans"]: m["peak_megabytes"] for m in measures}
    rows = [
        [str(n_gans), decimal(seconds, 3), f"{peaks[n_gans]:.0f}"]
        for n_gans, seconds in growth(measures).items()
    ]
    print_table("Custo por GAN de 20 000 passos", ["K", "s por GAN", "pico MB"], rows)


def time_to_quality(measures):
    """Segundos médios até que a acurácia, média das sementes, chegue a cada limite."""
    by_engine = {}
    for measure in measures:
        by_engine.setdefault(measure["engine"], []).append(measure["curve"])
    table = {}
    for engine, curves in by_engine.items():
        accuracy = np.mean([[point["accuracy"] for point in curve] for curve in curves], axis=0)
        seconds = np.mean([[point["seconds"] for point in curve] for curve in curves], axis=0)
        table[engine] = {
            "whole": float(seconds[-1]),
            "final_accuracy": float(accuracy[-1]),
            **{
                quality: next(
                    (float(s) for s, a in zip(seconds, accuracy, strict=True) if a <= quality), None
                )
                for quality in QUALITIES
            },
        }
    return table


def print_quality(measures):
    rows = []
    for engine, line in time_to_quality(measures).items():
        reached = [line[quality] for quality in QUALITIES]
        cells = ["não chega" if seconds is None else decimal(seconds, 1) for seconds in reached]
        rows.append([engine, *cells, decimal(line["whole"], 1), decimal(line["final_accuracy"], 3)])
    header = ["treino", *(f"s até {decimal(q)}" for q in QUALITIES), "s no todo", "juiz no fim"]
    print_table("Tempo até a qualidade (uma GAN de cada vez, média das sementes)", header, rows)


def draw_engines(ax, measures):
    """Segundos por GAN de cada treino; a escala é logarítmica, e por isso são pontos."""
    summary = summarize(measures)
    seconds = [line["seconds_per_gan"] for line in summary.values()]
    rows = range(len(seconds))
    ax.plot(seconds, rows, "o")
    for row, value in zip(rows, seconds, strict=True):
        ax.annotate(f"{decimal(value)} s", (value, row), (0, 8), textcoords="offset points")
    ax.set_yticks(rows, [NAMES[engine] for engine in summary])
    ax.set(xscale="log", xlabel="segundos por GAN, 20 000 passos", ylim=(len(seconds) - 0.5, -0.7))
    ax.margins(x=0.25)


def draw_growth(ax, measures):
    """Como o custo por GAN cai com K."""
    points = growth(measures)
    ax.plot(list(points), list(points.values()), "o-")
    ax.set(xscale="log", ylim=(0, None), xlabel="K, GANs de uma vez", ylabel="segundos por GAN")
    ax.set_xticks(list(points), [str(n_gans) for n_gans in points])
    ax.minorticks_off()


def draw_quality(ax, measures):
    """A nota do juiz, média das sementes, contra os segundos de treino."""
    names = {"published": "laço publicado", "trainer": "Trainer", "population": "Population(1)"}
    for engine, name in names.items():
        curves = [m["curve"] for m in measures if m["engine"] == engine]
        seconds, accuracy = np.mean(
            [[(p["seconds"], p["accuracy"]) for p in c] for c in curves], 0
        ).T
        ax.plot(seconds, accuracy, "o-" if len(seconds) > 1 else "s", label=name)
    for quality in QUALITIES:
        ax.axhline(quality, color="0.5", linewidth=1, linestyle="--")
    ax.set(xlabel="segundos de treino", ylabel="acurácia do juiz (0,5 é o ideal)", xlim=(0, None))
    ax.legend()


def draw(results, path):
    """Um gráfico por parte medida."""
    engines = "espiral" if "espiral" in results else "lacos"
    drawings = {engines: draw_engines, "crescimento": draw_growth, "qualidade": draw_quality}
    parts = [part for part in drawings if part in results]
    if not parts:
        return
    plt.style.use("gan_lessons.gan")
    fig, axes = plt.subplots(1, len(parts), figsize=(5.4 * len(parts), 4.2), squeeze=False)
    for ax, part in zip(axes[0], parts, strict=True):
        drawings[part](ax, results[part]["measures"])
    use_decimal_commas(fig)
    fig.savefig(path, dpi=150)
    plt.close(fig)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=TITLES, help="mede só estas partes")
    parser.add_argument("--quick", action="store_true", help="tudo em miniatura")
    parser.add_argument("--add", action="store_true", help="junta as rodadas às já medidas")
    parser.add_argument("--rounds", type=int, default=3, help="rodadas intercaladas (3)")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--gans", type=int, nargs="+", default=[1, 4, 16, 64, 256])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        request = json.loads(options.child)
        measure = {"measure_training": measure_training, "measure_quality": measure_quality}
        print(json.dumps(measure[request["function"]](**request["arguments"])))
        return
    bench = Bench(options)
    started = time.perf_counter()
    for part in options.only or TITLES:
        say(f"{TITLES[part]}:")
        bench.parts[part]()
        draw(bench.results, BUILD / "bench.png")
    say(f"\n{decimal((time.perf_counter() - started) / 60, 1)} minutos; números em {bench.path}")


if __name__ == "__main__":
    main()
