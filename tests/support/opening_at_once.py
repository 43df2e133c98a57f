"""Processes that open a tracking store at the same moment, or are killed while its database is built.

They are forked from one that has loaded MLflow, so that nothing keeps them apart.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy

from models.config.loading import load_config
from models.config.root import Config
from models.tracking.mlflow import Tracking

IN_THE_MIDDLE = 200
"""MLflow builds its database in some 500 statements."""
AT_ONCE = 4
_FORK = multiprocessing.get_context("fork")


@contextmanager
def stopped_in_the_middle(stop: Callable[[], None]) -> Iterator[None]:
    """Within, ``stop`` is called when a database has taken so many statements that it is half built."""
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1
        if seen[0] == IN_THE_MIDDLE:
            stop()

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", count)


def ends_of(work: Callable[[Config, Any], None], config: Config, processes: int) -> list[int | None]:
    """How so many processes ended that did the same at once."""
    barrier = _FORK.Barrier(processes)
    started = [_FORK.Process(target=work, args=(config, barrier)) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return [process.exitcode for process in started]


def open_store(config: Config, barrier: Any) -> None:
    """Wait for the others, open the store, and leave a run in it."""
    barrier.wait()
    with Tracking(config).run(str(os.getpid())):
        pass


def be_killed(config: Config, barrier: Any) -> None:
    """The same, ended by a power cut."""
    with stopped_in_the_middle(lambda: os.kill(os.getpid(), signal.SIGKILL)):
        open_store(config, barrier)


if __name__ == "__main__":
    import_module("mlflow.store.tracking.sqlalchemy_store")  # what MLflow loads late: once, before the first is forked
    import_module("mlflow.store.model_registry.sqlalchemy_store")
    fresh, other_book, broken = (load_config(Path(file), overrides) for file, *overrides in json.loads(sys.argv[1]))
    reported = {
        "fresh": ends_of(open_store, fresh, AT_ONCE),
        "other book": ends_of(open_store, other_book, AT_ONCE),
        "killed": ends_of(be_killed, broken, 1),
        "left": sorted(path.name for path in Path(broken.run.artifact_dir).parent.glob("*")),
        "after": ends_of(open_store, broken, 1),
    }
    json.dump(reported, sys.stdout)
