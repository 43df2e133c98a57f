"""Times the whole of ``predict`` on simulated books of several sizes: by part, with peak memory and bytes per client.

Run: python -m bench predict --clients 10000 100000 1000000 --keep FOLDER. Books are simulated into the folder unless
they stand there already; models are trained on the smallest, or given as --bundle FOLDER. Each book is then scored and
explained in a process of its own, from its Parquet files to published results. At last one client is explained from a
new process, and again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from bench import cold
from bench.overhead import Clock, _owner

CONFIG = "configs/demo.yaml"
MONTHS = 72
PARTS = {
    "reading and checking the book": ("models.workspace.opening.load_book",),
    "ledger on disk": ("models.panel.prepare.write_ledger",),
    "features": ("models.panel.build.features_of",),
    "surroundings": ("models.panel.prepare.write_context_sums", "models.panel.blocks.PreparedBook.contexts"),
    "encoding": ("models.learners.contract.FeatureContract.encode",),
    "contributions": ("models.learners.shapley.kernel.ShapleyKernel.explained",),
    "LightGBM's scores, held against them": ("models.learners.tree_library.LoadedTrees.raw",),
    "rounding and checks": (
        "models.learners.contributions.Contributions.rounded",
        "models.learners.contributions.Contributions.check",
    ),
    "curves": ("models.learners.decline.curves.DeclineCurves.of",),
    "columns of scores": ("models.scoring.blocks.Scoring._columns",),
    "tables": ("models.scoring.blocks.explanation_table", "models.scoring.blocks.curve_table"),
    "writing": ("models.scoring.parquet.ParquetFile.append", "models.scoring.parquet.ParquetFile.__exit__"),
    "hashes": ("models.scoring.compute.write_manifest",),
}
"""Part -> the functions whose time it is, where they are looked up when called; what inner parts take is left out.

Cubes are laid out in another thread, ahead of the features that wait for them: what is waited for is with the rest.
Several processes score the blocks of a large book: of their work only the waiting is seen, with the rest; one thread
(--threads 1) shows its parts."""


def overrides(folder: Path, threads: int) -> list[str]:
    """Settings of a run whose every trace stays in ``folder``."""
    return [
        f"run.work_dir={folder}",
        f"run.tracking_uri=sqlite:///{folder}/mlflow.db",
        f"run.artifact_dir={folder}/artifacts",
        f"run.threads={threads}",
    ]


def book_of(clients: int, folder: Path, threads: int) -> Path:
    """The book of so many clients in ``folder``, simulated if it is not there."""
    from models.config.loading import load_config  # noqa: PLC0415 - imports are not the work that is timed
    from models.simulator.job import simulate_book  # noqa: PLC0415

    book = folder / f"book-{clients}"
    if not book.is_dir():
        print(f"simulating {clients:,} clients", flush=True)
        settings = load_config(Path(CONFIG), overrides(folder, threads))
        simulate_book(settings, clients=clients, months=MONTHS, seed=1, out=book)
    return book


def bundle_of(book: Path, folder: Path, threads: int) -> Path:
    """The bundle trained on a book, once per folder."""
    from models.training.job import train  # noqa: PLC0415

    noted = folder / "bundle.txt"
    if not noted.is_file():
        print(f"training on {book.name}", flush=True)
        result = train(CONFIG, book=str(book), overrides=overrides(folder / "trained", threads))
        noted.write_text(str(result.bundle.resolve()), encoding="utf-8")
    return Path(noted.read_text(encoding="utf-8"))


class Memory:
    """The most memory that this process and those it began held at once, looked at twice a second; within ``with``."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._ended.wait(0.5):
            held = 0
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    held += process.memory_info().rss
            self.peak_mib = max(self.peak_mib, held / 2**20)


def cpu_seconds() -> float:
    """Of this process and of those that it began and that have ended."""
    reported = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in reported)


def predict_watched(book: Path, bundle: Path, threads: int) -> dict[str, Any]:
    """Predict in this process: seconds by part, peak memory, and the size of each file."""
    from models.scoring.job import predict  # noqa: PLC0415

    places = [(place, part) for part, functions in PARTS.items() for place in functions]
    for place, _ in places:
        _owner(place)  # all imports first
    clock = Clock()
    for place, part in places:
        clock.watch(place, part)
    with tempfile.TemporaryDirectory(prefix="bench-predict-", dir=book.parent) as folder:
        clock.stop()
        clock.seconds.clear()
        used = cpu_seconds()
        with Memory() as memory:
            done = predict(CONFIG, book=str(book), bundle=str(bundle), overrides=overrides(Path(folder), threads))
        clock.stop()
        used = cpu_seconds() - used
        sizes = {file.name: file.stat().st_size for file in sorted(done.folder.iterdir())}
    return {
        "seconds": dict(clock.seconds),
        "cpu_seconds": used,
        "scored": done.clients,
        "peak_mib": memory.peak_mib,
        "bytes": sizes,
    }


def measured(book: Path, bundle: Path, threads: int) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "bench.predict", "--one", str(book), "--bundle", str(bundle)]
    command += ["--threads", str(threads)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return reported


def table_of(reported: dict[int, dict[str, Any]]) -> str:
    """A table of the parts, one column per book: seconds, and microseconds per client of the book.

    >>> facts = {"seconds": {"writing": 1.5, "all else": 0.5}, "cpu_seconds": 3.0, "scored": 5_000, "peak_mib": 900.0}
    >>> print(table_of({10_000: facts | {"bytes": {"scores.parquet": 450_000}}}))
    | | 10,000 clients |
    |---|---|
    | writing | 1.5 s (150 µs) |
    | all else | 0.5 s (50 µs) |
    | **all** | 2.0 s (200 µs) |
    | CPU | 3.0 s (300 µs) |
    | scored and explained | 5,000 |
    | scored per second | 2,500 |
    | peak memory, MiB | 900 |
    | scores.parquet, bytes per scored client | 90 |
    """
    lines = [f"| | {' | '.join(f'{clients:,} clients' for clients in reported)} |", "|---" * (len(reported) + 1) + "|"]

    def line(title: str, cells: list[str]) -> None:
        lines.append(f"| {title} | {' | '.join(cells)} |")

    def timed(of: dict[int, float]) -> list[str]:
        return [f"{spent:.1f} s ({spent / clients * 1e6:.0f} µs)" for clients, spent in of.items()]

    largest = list(reported.values())[-1]
    whole = {clients: sum(facts["seconds"].values()) for clients, facts in reported.items()}
    for part in sorted(largest["seconds"], key=lambda part: -largest["seconds"][part]):
        line(part, timed({clients: facts["seconds"].get(part, 0.0) for clients, facts in reported.items()}))
    line("**all**", timed(whole))
    line("CPU", timed({clients: facts["cpu_seconds"] for clients, facts in reported.items()}))
    line("scored and explained", [f"{facts['scored']:,}" for facts in reported.values()])
    line("scored per second", [f"{facts['scored'] / whole[clients]:,.0f}" for clients, facts in reported.items()])
    line("peak memory, MiB", [f"{facts['peak_mib']:,.0f}" for facts in reported.values()])
    for name in largest["bytes"]:
        cells = [f"{facts['bytes'].get(name, 0) / facts['scored']:,.0f}" for facts in reported.values()]
        line(f"{name}, bytes per scored client", cells)
    return "\n".join(lines)


def compare(given: argparse.Namespace, folder: Path) -> None:
    """Make books and models, predict each book, print a table after each, so that a long run tells early."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = sorted(given.clients)
    books = {clients: book_of(clients, folder, given.threads) for clients in sizes}
    bundle = given.bundle or bundle_of(books[sizes[0]], folder, given.threads)
    reported = {}
    for clients, book in books.items():
        reported[clients] = measured(book, bundle, given.threads)
        print(f"\n{table_of(reported)}", flush=True)
    print(f"\n{cold.as_table([cold.one_row(bundle)])}", flush=True)


def main() -> None:
    """Parse the arguments; predict one book in this process, or compare several, each in its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--bundle", type=Path, help="the folder of a bundle; else one is trained on the smallest book")
    parser.add_argument("--keep", type=Path, help="a folder for books and models, used again if they stand there")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(predict_watched(given.one, given.bundle, given.threads)))
    elif given.keep:
        compare(given, given.keep.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="bench-predict-") as folder:
            compare(given, Path(folder))


if __name__ == "__main__":
    main()
