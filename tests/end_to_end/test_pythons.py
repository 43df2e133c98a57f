"""The wheel, with the runtime lock, gives the same figures, to the last bit, on every Python that is named."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
PYTHONS = "CLIENTVALUE_PYTHONS"
KEYS = ("model_version", "run_key")
NAMED = [each for each in os.environ.get(PYTHONS, "").split(",") if each]
SMALL = (
    "learners.value.trees=20", "learners.decline.trees=20", "origins.max_count=4", "origins.group_folds=2",
    "run.bootstrap_resamples=100",
)  # fmt: skip


def run(folder: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def demo(folder: Path, python: str) -> dict[str, str]:
    """Name of each table that a small demo publishes -> hash of its figures."""
    folder.mkdir()
    sets = [part for each in SMALL for part in ("--set", each)]
    run(folder, python, "-m", "clientvalue", "demo", "--clients", "300", *sets)
    return figures(folder / "data" / "processed" / "demo" / "scores" / "latest")


def figures(published: Path) -> dict[str, str]:
    """Hashes of the tables of a run, to the last bit, without the names that come from the hash of its bundle.

    NumPy and SciPy are pinned otherwise for Python 3.11, and give what a bundle says of notes and segments other last
    digits.
    """
    found = {}
    for file in published.glob("*.parquet"):
        table = pq.read_table(file)
        rows = table.select([name for name in table.column_names if name not in KEYS]).to_pylist()
        found[file.name] = hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(ROOT, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    return next(folder.glob("*.whl"))


def installed(python: str, wheel: Path, folder: Path) -> str:
    """A new environment of that Python with the runtime lock and the wheel; its interpreter."""
    uv = str(Path(sys.executable).with_name("uv"))
    own = str(folder / "bin" / "python")
    run(ROOT, uv, "venv", "--quiet", "--python", python, str(folder))
    lock = str(ROOT / "requirements-runtime.lock")
    run(ROOT, uv, "pip", "install", "--quiet", "--python", own, "--require-hashes", "--requirement", lock)
    run(ROOT, uv, "pip", "install", "--quiet", "--python", own, "--no-deps", str(wheel))
    return own


@pytest.mark.skipif(not NAMED, reason=f"{PYTHONS} names no further interpreters, e.g. python3.12,python3.13")
def test_every_python_gives_the_same_figures(wheel: Path, tmp_path: Path) -> None:
    first, *others = [
        demo(tmp_path / f"demo{place}", installed(python, wheel, tmp_path / f"environment{place}"))
        for place, python in enumerate([sys.executable, *NAMED])
    ]
    assert "scores.parquet" in first
    for python, found in zip(NAMED, others, strict=True):
        assert found == first, python
