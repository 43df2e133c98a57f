"""A prediction on Spark whose driver kills itself when the first block has come back, as a power cut would.

Started with a config, the folder of a bundle and one for the work and the results.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.cluster import mapper
from models.config.loading import load_config
from models.scoring.job import predict

whole = mapper._results


def broken_off(job: Any, count: int, **waves: int) -> Iterator[Any]:
    """The first result, and no other."""
    yield next(whole(job, count, **waves))
    os.kill(os.getpid(), signal.SIGKILL)


def main(config: str, bundle: str, work: str) -> None:
    mapper._results = broken_off  # type: ignore[assignment]
    asked = ["run.engine=spark", "run.block_clients=50", f"run.work_dir={work}"]
    predict(load_config(Path(config), asked), bundle=bundle, out=Path(work) / "scores")


if __name__ == "__main__":
    main(*sys.argv[1:])
