"""Times how long who asks about one client waits: each row is a new process, from its start to its end.

Run: python -m bench cold. It needs a book that was trained and predicted (`make run`), whose results it does not touch:
what is kept between commands goes to a folder of its own. Every process runs once untimed, since a machine's first run
compiles; then the fastest of --times is told, with its CPU seconds, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

ONE_ROW = """
import sys, time
from pathlib import Path
import numpy as np
from models.pipeline.bundle import read_bundle
from models.scoring.scoring import explain_matrix
models = read_bundle(Path(sys.argv[1]), threads=1).models
row = np.zeros((1, len(models.contract.names)))
explain_matrix(models, row)
started = time.perf_counter()
for _ in range(20):
    explain_matrix(models, row)
print((time.perf_counter() - started) / 20)
"""


@dataclass(frozen=True)
class Waited:
    """What was asked, and the seconds of the fastest process: by the clock, and of all cores."""

    title: str
    wall: float
    cpu: float
    warm: float | None = None
    """Seconds of asking once more in the same process."""


def process(command: Sequence[str]) -> tuple[float, float, str]:
    """Run a process to its end: wall seconds, CPU seconds, and what it printed."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def waited(title: str, command: Sequence[str], *, times: int = 3, rehearse: bool = True) -> Waited:
    """The fastest of some runs of a command."""
    if rehearse:
        process(command)
    wall, cpu, _ = min(process(command) for _ in range(times))
    return Waited(title, wall, cpu)


def one_row(bundle: Path, *, times: int = 3) -> Waited:
    """From a new process to the explanation of one encoded row by both models of a bundle; and one more row."""
    command = [sys.executable, "-c", ONE_ROW, str(bundle)]
    process(command)
    wall, cpu, reported = min(process(command) for _ in range(times))
    return Waited("bundle, both models, one row", wall, cpu, float(reported))


def commands(config: str, over: Sequence[str], folder: Path, times: int) -> list[Waited]:
    """The command line, with what it keeps in ``folder``: for help, an error, and a client of the published run."""
    from models.config.loading import load_config  # noqa: PLC0415
    from models.config.places import SCORES_FOLDER  # noqa: PLC0415
    from models.workspace.opening import open_bundle  # noqa: PLC0415

    settings = load_config(Path(config), over)
    published = Path(settings.run.work_dir) / settings.book.name / SCORES_FOLDER
    if not (published / "latest").is_dir():
        sys.exit(f"a run must be published in {published}: call make run, or name its config and --set")
    shutil.copytree(published, folder / settings.book.name / SCORES_FOLDER, symlinks=True)
    client = str(pq.read_table(published / "latest" / "scores.parquet", columns=["client_id"])["client_id"][0])
    own = [*over, f"run.work_dir={folder}"]
    line = [sys.executable, "-c", "from models.cli import main; main()"]
    asked = [*line, "explain", client, "--config", config, *(part for each in own for part in ("--set", each))]
    found = [
        waited("`clientvalue --help`", [*line, "--help"], times=times),
        waited("`clientvalue explain`, nothing kept yet", asked, times=1, rehearse=False),
        waited("`clientvalue explain`, book unchanged", asked, times=times, rehearse=False),
    ]
    bundle = open_bundle(load_config(Path(config), own), "champion").folder
    return [one_row(bundle, times=times), *found]


def as_table(rows: Sequence[Waited]) -> str:
    """The rows as Markdown.

    >>> print(as_table([Waited("help", 0.25, 0.2), Waited("one row", 2.0, 1.9, 0.001)]))
    | from a new process | seconds | CPU seconds | once more, in the same process |
    |---|---|---|---|
    | help | 0.25 | 0.20 | |
    | one row | 2.00 | 1.90 | 1.0 ms |
    """
    lines = ["| from a new process | seconds | CPU seconds | once more, in the same process |", "|---|---|---|---|"]
    for row in rows:
        warm = "" if row.warm is None else f"{row.warm * 1000:.1f} ms "
        lines.append(f"| {row.title} | {row.wall:.2f} | {row.cpu:.2f} | {warm}|")
    return "\n".join(lines)


def main() -> None:
    """Parse the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/demo.yaml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-cold-") as folder:
        print(as_table(commands(given.config, given.set, Path(folder), given.times)), flush=True)


if __name__ == "__main__":
    main()
