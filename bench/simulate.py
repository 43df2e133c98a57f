"""Times the simulator: a book of many clients, how long it takes and how much memory it holds at most.

Run: python bench/simulate.py --clients 50000 --workers 2. The peak is an upper bound: this process and all workers
at their own highest, as if at the same moment.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from pathlib import Path

from models.config.simulation import SimulationConfig
from models.simulator.book import simulate

KIB = 1024
GIB = 1024**3


def measure(*, clients: int, months: int, workers: int, out: Path) -> dict[str, float]:
    """Seconds, rows and peak memory of one simulated book."""
    started = time.perf_counter()
    summary = simulate(SimulationConfig(), clients=clients, months=months, seed=1, out=out, workers=workers)
    seconds = time.perf_counter() - started
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest_worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if workers > 1 else 0
    return {
        "clients": clients,
        "months": months,
        "workers": workers,
        "seconds": round(seconds, 1),
        "cashflows": summary.rows["cashflows"],
        "cashflows_per_second": round(summary.rows["cashflows"] / seconds),
        "rows": sum(summary.rows.values()),
        "gib_on_disk": round(sum(file.stat().st_size for file in out.iterdir()) / GIB, 2),
        "peak_gib": round((own + workers * largest_worker) * KIB / GIB, 2),
    }


def main() -> None:
    """Parse the arguments, measure, print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50_000)
    parser.add_argument("--months", type=int, default=72)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-simulate-"))
    try:
        result = measure(
            clients=arguments.clients, months=arguments.months, workers=arguments.workers, out=folder / "book"
        )
        print(json.dumps(result))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
