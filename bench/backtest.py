"""Does grading pay? Replays the policy on IFC's published investments and on a simulated book, and times it.

Run: python -m bench backtest --data FOLDER. The folder holds ifc/ifc_investments_2022-07-06.csv.gz; without it only the
simulated book is replayed. The claims are printed as `clientvalue backtest` tells them; nothing is registered.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IFC = Path("ifc/ifc_investments_2022-07-06.csv.gz")
UNTOUCHED = ("2016-07-01", "2017-07-01", "2018-07-01", "2019-07-01")
"""Dates at which no setting of configs/ifc.yaml was chosen."""


def replay(config: str, book: Path, scratch: str, days: tuple[str, ...] = ()) -> None:
    """Run the command on one thread, and tell how long it took."""
    where = {"run.threads": "1", "run.work_dir": f"{scratch}/out", "run.artifact_dir": f"{scratch}/artifacts"}
    where["run.tracking_uri"] = f"sqlite:///{scratch}/mlflow.db"
    program = Path(sys.executable).parent / "clientvalue"
    command = [str(program), "backtest", "--config", config, "--book", str(book)]
    command += [part for name, value in where.items() for part in ("--set", f"{name}={value}")]
    command += [part for day in days for part in ("--at", day)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})  # noqa: S603
    print(f"{config}: {time.perf_counter() - begun:,.0f} s", flush=True)


def main() -> int:
    """Both books, and IFC once more at the dates on which no setting was chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="Folder of public data.")
    parser.add_argument("--demo", type=Path, default=Path("data/raw/demo"), help="A simulated book.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if asked.data is not None:
            replay("configs/ifc.yaml", asked.data / IFC, scratch)
            replay("configs/ifc.yaml", asked.data / IFC, scratch, UNTOUCHED)
        replay("configs/demo.yaml", asked.demo, scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
