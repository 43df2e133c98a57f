"""Times the whole of ``train`` beside what LightGBM itself spends fitting in it, and tells where the rest goes.

Run: python -m bench overhead --books ifc demo. Every book is trained in a process of its own, with a tracking store of
its own, from reading the source to the registered version. Time is that of the innermost part that is named, so that
the parts add up to the whole; the fits of untuned LightGBM, a contender, are not counted as ours.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.accuracy.books import BOOKS, CONFIGS, real_data

FITTING, CONTENDERS, REST = "LightGBM fitting", "other contenders", "all else"
THEIRS = "LightGBM fitting, untuned contender"
GOAL = 2.0
PARTS = {
    FITTING: ("lightgbm.train", "lightgbm.Dataset.construct"),
    CONTENDERS: (
        "models.evaluation.benchmarks.untuned_value",
        "models.evaluation.benchmarks.untuned_decline",
        "models.evaluation.benchmarks.LogisticBaseline.fit",
        "models.evaluation.benchmarks._with_purchase_models",
    ),
    "LightGBM predicting": ("models.learners.tree_library.LoadedTrees.raw",),
    "reading and checking the book": ("models.workspace.opening.load_book",),
    "ledger, cube and features": ("models.training.compute.learning_panel",),
    "encoding features": ("models.learners.contract.FeatureContract.encode",),
    "bootstrap": ("models.metrics.bootstrap.Resampling.draws", "models.metrics.bootstrap.Resampling.figures"),
    "parts of the report": ("models.evaluation.compute.report_parts",),
    "calibration from forecasts": (
        "models.training.compute.learn_calibration",
        "models.evaluation.compute.learn_calibration",
    ),
    "segments": ("models.learners.segments.model.SegmentModel.fit",),
    "writing the bundle": ("models.training.compute.write_bundle",),
    "MLflow": (
        "models.tracking.mlflow.Tracking.__init__",
        "models.tracking.mlflow.Tracking.register",
        "models.tracking.mlflow.MlflowRecorder.params",
        "models.tracking.mlflow.MlflowRecorder.metrics",
        "models.tracking.mlflow.MlflowRecorder.artifact",
    ),
}
"""Part -> the functions whose time it is, where they are looked up when called."""


class Clock:
    """Seconds by part; while one runs, that in which it runs stands still."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._running = [REST]
        self._since = time.perf_counter()

    @contextmanager
    def running(self, part: str) -> Iterator[None]:
        """Time what happens inside as ``part``; trees of a contender are told apart from ours."""
        if part == FITTING and {CONTENDERS, THEIRS} & set(self._running):
            part = THEIRS
        self.stop()
        self.calls[part] += 1
        self._running.append(part)
        try:
            yield
        finally:
            self.stop()
            self._running.pop()

    def stop(self) -> None:
        """Book the time since the last change."""
        now = time.perf_counter()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def watch(self, place: str, part: str) -> None:
        """Put a watched function in the place of one."""
        owner, name = _owner(place)
        found = owner.__dict__[name]
        bound = isinstance(found, classmethod)
        watched = self._watched(found.__func__ if bound else found, part)
        setattr(owner, name, classmethod(watched) if bound else watched)

    def _watched(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:
            with self.running(part):
                return function(*arguments, **named)

        return watched


def _owner(place: str) -> tuple[Any, str]:
    """The module or class that holds a dotted name, and the last part of it."""
    names = place.split(".")
    for length in range(len(names) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(names[:length]))
        except ModuleNotFoundError:
            continue
        for name in names[length:-1]:
            owner = getattr(owner, name)
        return owner, names[-1]
    raise ValueError(f"there is no {place}")


def train_watched(book: str, folder: Path, threads: int) -> dict[str, dict[str, float]]:
    """Train one book in this process; seconds and calls by part."""
    from models.training.job import train  # noqa: PLC0415 - imports are not the work that is timed

    overrides = [
        f"run.work_dir={folder}",
        f"run.tracking_uri=sqlite:///{folder}/mlflow.db",
        f"run.artifact_dir={folder}/artifacts",
        f"run.threads={threads}",
    ]
    source = BOOKS[book]
    path = folder / "simulated" if source.file is None else real_data() / source.file
    places = [(place, part) for part, functions in PARTS.items() for place in functions]
    for place, _ in places:
        _owner(place)  # all imports first
    clock = Clock()
    for place, part in places:
        clock.watch(place, part)
    clock.stop()
    clock.seconds.clear()
    train(str(CONFIGS / f"{source.config}.yaml"), book=str(path), overrides=overrides)
    clock.stop()
    return {"seconds": dict(clock.seconds), "calls": dict(clock.calls)}


def measured(book: str, *, threads: int, clients: int) -> dict[str, dict[str, float]]:
    """The same in a process of its own; a simulated book is written before."""
    with tempfile.TemporaryDirectory(prefix="bench-overhead-") as folder:
        if BOOKS[book].file is None:
            _simulate(Path(folder) / "simulated", clients)
        command = [sys.executable, "-m", "bench.overhead", "--train", book, folder, "--threads", str(threads)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    reported: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return reported


def _simulate(out: Path, clients: int) -> None:
    from models.config.loading import load_config  # noqa: PLC0415
    from models.simulator.book import simulate  # noqa: PLC0415

    simulation = load_config(CONFIGS / "demo.yaml").simulation
    simulate(simulation, clients=clients, months=72, seed=1, out=out, workers=2)


def show(book: str, reported: dict[str, dict[str, float]]) -> None:
    """Print a table of the parts, longest first, and the ratios."""
    seconds, calls = reported["seconds"], reported["calls"]
    whole, ours = sum(seconds.values()), seconds[FITTING]
    print(f"\n### {book}\n\n| part | seconds | share | calls |\n|---|---|---|---|")
    for part, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"| {part} | {spent:.1f} | {spent / whole:.0%} | {calls.get(part, '')} |")
    ratio = whole / (ours + seconds.get(THEIRS, 0.0))
    verdict = "within" if ratio <= GOAL else "above"
    print(f"\n{whole:.1f} seconds in all, {ratio:.2f} times those of LightGBM fitting: {verdict} the goal of {GOAL:g}.")
    print(f"Beside the trees of our own models alone it is {whole / ours:.2f} times.", flush=True)


def main() -> None:
    """Parse the arguments; train one book in this process, or measure each in its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", nargs="+", choices=list(BOOKS), default=["ifc", "demo"])
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--clients", type=int, default=5_000, help="of the simulated book")
    parser.add_argument("--train", nargs=2, metavar=("BOOK", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.train:
        book, folder = given.train
        print(json.dumps(train_watched(book, Path(folder), given.threads)))
        return
    for book in given.books:
        show(book, measured(book, threads=given.threads, clients=given.clients))


if __name__ == "__main__":
    main()
