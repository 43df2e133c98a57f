"""Publishing that kills its own process after a statement, as a power cut would; each time in a fork of one process.

Started with the folder of results, the address and the schema. It changes the official run of one date forth and back,
and kills each change after one more statement, until one comes through unhurt; then it does the same with a sink that
is empty. Prints how often it killed, and ends with 1 where anything was half, lost or there twice.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import sqlalchemy.pool
from sqlalchemy import Engine, event

from models.config.root import Config
from models.sinks.job import publish_due
from support.published_runs import APRIL, BOOK, CLIENTS, MARCH, config_with, published_run, recorded, scores_of
from support.sink_rows import Rows, postgres_place, rows_of_run, tidy

FEW = ("curves.parquet", "movers.parquet", "lists.parquet")
"""Files that these runs go without: their tables would be written by the same statements as those of the others."""


class Death:
    """Kills this process after so many statements; half of a COPY counts as one, and so does the end of it."""

    def __init__(self, after: int) -> None:
        self._left = after

    def step(self, *_: Any, **__: Any) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Look at every statement from now on."""
        event.listen(Engine, "after_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)
        event.listen(sqlalchemy.pool.Pool, "checkin", self.step)
        write, leave = psycopg.Copy.write, psycopg.Copy.__exit__

        def written(copy: Any, buffer: Any) -> None:
            write(copy, bytes(buffer)[: len(buffer) // 2])
            self.step()
            write(copy, bytes(buffer)[len(buffer) // 2 :])

        def left(copy: Any, *error: Any) -> Any:
            ended = leave(copy, *error)
            self.step()
            return ended

        psycopg.Copy.write, psycopg.Copy.__exit__ = written, left  # type: ignore[method-assign]


def in_a_fork(work: Callable[[], Any]) -> int:
    """How a fork of this process ends that does ``work``: 0, 1, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a fork must not go on as its parent
            print(type(error).__name__, error, file=sys.stderr, flush=True)  # noqa: T201 - read by the test
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def published(config: Config) -> None:
    report = publish_due(config)
    assert report.problems == (), report.problems


def killed(config: Config, after: int) -> int:
    def work() -> None:
        Death(after).watch()
        published(config)

    return in_a_fork(work)


def standing(uri: str, schema: str) -> Rows:
    """All that stands in the sink, but the times of writing."""
    found = postgres_place(uri, schema).read()
    for row in [*found.get("runs", []), *found.get("schema_version", [])]:
        row.pop("written_at", None)
        row.pop("made_at", None)
    return {name: tidy(rows) for name, rows in found.items()}


def of_runs(config: Config, *folders: str) -> Rows:
    found: Rows = {}
    for folder in folders:
        for name, rows in rows_of_run(scores_of(config) / folder, BOOK).items():
            found[name] = sorted([*found.get(name, []), *rows], key=repr)
    return found


def changes(work: Path, uri: str, schema: str) -> int:
    """Kill one change of the official run after the other; how many were killed."""
    config = config_with(work, uri, database_schema=schema)
    runs = [
        published_run(config, MARCH, without=FEW),
        published_run(config, MARCH, seed=2, clients=CLIENTS[3:], without=FEW),
    ]
    april = published_run(config, APRIL, without=FEW)
    assert in_a_fork(lambda: published(config)) == 0
    now, after = 1, 0
    while True:
        after, now, before = after + 1, 1 - now, standing(uri, schema)
        entry = recorded(config, MARCH, runs[now].run_key)
        ended = killed(config, after)
        found = standing(uri, schema)
        whole = of_runs(config, runs[now].folder, april.folder)
        is_new = {name: found[name] for name in whole} == whole
        assert is_new or found == before, f"half of a run stands there after statement {after}"
        if is_new:
            assert max(int(row["number"]) for row in found["publications"]) == entry.number
        assert in_a_fork(lambda: published(config)) == 0
        mended = standing(uri, schema)
        assert {name: mended[name] for name in whole} == whole, f"something is lost after statement {after}"
        assert len(mended["publications"]) == entry.number
        assert len(mended["runs"]) == 2
        if ended == 0:
            return after - 1
        assert ended == -signal.SIGKILL, ended


def beginnings(work: Path, uri: str, schema: str) -> int:
    """Kill the first night of a sink after one statement more each time, and then let it be; how many were killed."""
    config = config_with(work, uri, database_schema=schema)
    run = published_run(config, without=FEW)
    whole, after, ended = of_runs(config, run.folder), 0, -signal.SIGKILL
    while ended == -signal.SIGKILL:
        after += 1
        ended = killed(config, after)
        found = standing(uri, schema)
        assert found == {} or {name: found[name] for name in whole} == whole, f"half a sink after statement {after}"
        if found:
            assert in_a_fork(lambda: published(config)) == 0
            assert standing(uri, schema) == found
            with psycopg.connect(uri) as connection:
                connection.execute(f"drop schema {schema} cascade")  # type: ignore[arg-type]
    assert ended == 0, ended
    return after - 1


def main(work: str, uri: str, schema: str) -> None:
    pa.set_cpu_count(1)  # threads do not live through a fork
    pa.set_io_thread_count(1)
    print(changes(Path(work) / "changes", uri, schema), beginnings(Path(work) / "begun", uri, f"{schema}_b"))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
