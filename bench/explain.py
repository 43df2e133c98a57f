"""Times the Shapley kernel beside LightGBM's own, shap, woodelf and a plain prediction: same booster, rows and run.

Run: python -m bench explain --rows 200000. Every side's values must be those of LightGBM, or the bench fails. woodelf
runs where `woodelf_explainer` can be imported; the project does not need it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from models.learners.shapley.kernel import ShapleyKernel

TOLERANCE = 1e-9
WOODELF_TOLERANCE = 1e-3  # it does not promise the digits of doubles
DEPTHS = {"depth at most 8": 8, "default depth": -1}
COLD = """
import sys
from pathlib import Path
import numpy as np
from models.learners.shapley import ShapleyKernel
kernel = ShapleyKernel.of(Path(sys.argv[1]).read_text(), table_bytes=int(sys.argv[2]))
kernel.contributions(np.zeros((1, kernel.forest.feature_count)), threads=1)
"""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One way to explain ``rows`` of the rows, the first ones; ``values`` returns (rows, features) or None."""

    name: str
    rows: int
    values: Callable[[np.ndarray], np.ndarray | None]


@dataclass(frozen=True, kw_only=True)
class Timed:
    """The fastest run of a side: seconds and CPU seconds per row, and its values."""

    seconds: float
    cpu_seconds: float
    values: np.ndarray | None


def fitted(*, rows: int, features: int, trees: int, depth: int, threads: int) -> lightgbm.Booster:
    """A booster on random-normal features: effects of a third of them, two interactions, noise."""
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(rows, features))
    strong = max(4, features // 3)
    target = matrix[:, :strong] @ generator.normal(size=strong) + matrix[:, 0] * matrix[:, 1]
    target += 2 * np.sin(matrix[:, 2] * matrix[:, 3]) + generator.normal(size=rows)
    params = {"objective": "regression", "num_leaves": 31, "max_depth": depth, "learning_rate": 0.05}
    params |= {"verbosity": -1, "num_threads": threads, "seed": 1}
    return lightgbm.train(params, lightgbm.Dataset(matrix, target, params=params), num_boost_round=trees)


def sides_of(booster: lightgbm.Booster, kernel: ShapleyKernel, counts: argparse.Namespace) -> list[Side]:
    """All sides; the slow ones on fewer rows."""
    import shap  # noqa: PLC0415 - its import takes seconds

    threads, features = counts.threads, counts.features
    explainer = shap.TreeExplainer(booster)

    def by_lightgbm(matrix: np.ndarray) -> np.ndarray:
        return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads))[:, :features]

    def plain(matrix: np.ndarray) -> None:
        booster.predict(matrix, raw_score=True, num_threads=threads)

    sides = [
        Side(name="plain predict", rows=counts.rows, values=plain),
        Side(name="kernel", rows=counts.rows, values=lambda m: kernel.contributions(m, threads=threads)[:, :features]),
        Side(name="LightGBM pred_contrib", rows=counts.slow_rows, values=by_lightgbm),
        Side(name="shap.TreeExplainer", rows=counts.slow_rows, values=explainer.shap_values),
    ]
    return sides + woodelf_side(booster, min(counts.rows, counts.woodelf_rows))


def woodelf_side(booster: lightgbm.Booster, rows: int) -> list[Side]:
    """The side of woodelf, or none where it is not installed."""
    if importlib.util.find_spec("woodelf") is None:
        print("woodelf_explainer is not installed: left out")
        return []
    import pandas as pd  # noqa: PLC0415
    from woodelf.explainer import WoodelfExplainer  # noqa: PLC0415

    def by_woodelf(matrix: np.ndarray) -> np.ndarray:
        frame = pd.DataFrame(matrix, columns=booster.feature_name())
        explainer = WoodelfExplainer(booster, feature_perturbation="tree_path_dependent")
        return np.asarray(explainer.shap_values(frame, verbose=False))

    return [Side(name="woodelf", rows=rows, values=by_woodelf)]


def timed(side: Side, matrix: np.ndarray, repeats: int) -> Timed:
    """The fastest of some runs, after one on a few rows."""
    side.values(matrix[:10])
    runs = []
    for _ in range(repeats):
        started, used = time.perf_counter(), time.process_time()
        values = side.values(matrix[: side.rows])
        runs.append(
            Timed(
                seconds=(time.perf_counter() - started) / side.rows,
                cpu_seconds=(time.process_time() - used) / side.rows,
                values=None if values is None else values[:1_000],
            )
        )
    return min(runs, key=lambda run: run.seconds)


def compare(title: str, depth: int, counts: argparse.Namespace) -> None:
    """Fit one booster, run all sides, print a table of them and what a single client waits for."""
    booster = fitted(
        rows=counts.fit_rows, features=counts.features, trees=counts.trees, depth=depth, threads=counts.threads
    )
    text = str(booster.model_to_string(num_iteration=-1))
    started = time.perf_counter()
    kernel = ShapleyKernel.of(text)
    set_up = time.perf_counter() - started
    matrix = np.random.default_rng(2).normal(size=(counts.rows, counts.features))
    print(f"\n{title}: set-up {set_up:.2f} s, tables {kernel.table_bytes / 2**20:.0f} MB", flush=True)
    print_one_client(text, kernel, matrix)
    results = {side.name: timed(side, matrix, counts.repeats) for side in sides_of(booster, kernel, counts)}
    require_same(results)
    print_table(results)


def print_one_client(text: str, kernel: ShapleyKernel, matrix: np.ndarray) -> None:
    """From a new process to its first row, compiled before, with tables and without; and one more row."""
    with tempfile.TemporaryDirectory(prefix="bench-explain-") as folder:
        file = Path(folder) / "booster.txt"
        file.write_text(text, encoding="utf-8")
        cold = [cold_seconds(file, table_bytes) for table_bytes in (kernel.table_bytes, 0)]
    started = time.perf_counter()
    for row in range(20):
        kernel.contributions(matrix[row : row + 1], threads=1)
    warm = (time.perf_counter() - started) / 20
    print(
        f"one client: cold {cold[0]:.2f} s, cold without tables {cold[1]:.2f} s, warm {warm * 1000:.1f} ms", flush=True
    )


def cold_seconds(file: Path, table_bytes: int) -> float:
    """Seconds of a whole process that explains one row."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", COLD, str(file), str(table_bytes)], check=True)  # noqa: S603
    return time.perf_counter() - started


def require_same(results: dict[str, Timed]) -> None:
    """Every side against LightGBM's own, on the rows that both explained; prints how far the furthest is."""
    expected = results["LightGBM pred_contrib"].values
    assert expected is not None
    for name, result in results.items():
        if result.values is None:
            continue
        rows = min(len(expected), len(result.values))
        gap = float(np.abs(result.values[:rows] - expected[:rows]).max())
        print(f"{name}: largest difference from LightGBM {gap:.1e}")
        if not gap <= (WOODELF_TOLERANCE if name == "woodelf" else TOLERANCE):
            raise SystemExit(f"{name} differs from LightGBM by {gap:g}")


def print_table(results: dict[str, Timed]) -> None:
    """Rows per second by wall clock and by CPU, and how many times the kernel's time each takes."""
    kernel = results["kernel"]
    print("| side | clients per second | CPU microseconds per client | times the kernel's | by CPU |")
    print("|---|---|---|---|---|")
    for name, result in results.items():
        print(
            f"| {name} | {1 / result.seconds:,.0f} | {result.cpu_seconds * 1e6:,.1f} "
            f"| {result.seconds / kernel.seconds:.2f} | {result.cpu_seconds / kernel.cpu_seconds:.2f} |"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; peak of the whole bench {peak:,.0f} MB", flush=True
    )


def main() -> None:
    """Parse the arguments and compare at both depths."""
    parser = argparse.ArgumentParser(description=__doc__)
    sizes: dict[str, Any] = {"rows": 200_000, "features": 60, "trees": 300, "fit-rows": 20_000, "slow-rows": 1_000}
    sizes |= {"woodelf-rows": 200_000, "threads": os.cpu_count() or 1, "repeats": 3}
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    counts = parser.parse_args()
    print(
        f"{counts.rows:,} rows, {counts.features} features, {counts.trees} trees of 31 leaves; best of {counts.repeats}"
    )
    for title, depth in DEPTHS.items():
        compare(title, depth, counts)


if __name__ == "__main__":
    main()
