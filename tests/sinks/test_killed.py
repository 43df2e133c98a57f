"""A night that is killed leaves a whole sink, and the next one mends it; two at once write one after the other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
from sqlalchemy import Engine, event

from models.sinks.job import publish_due
from support.published_runs import APRIL, BOOK, MARCH, config_with, published_run, scores_of
from support.sink_rows import Place, rows_of_run

ROOT = Path(__file__).parents[2]
LEAST_KILLED = 40
"""Of either kind: there are tables enough for so many statements."""
PUBLISHING = """
import sys
from pathlib import Path
from models.sinks.job import publish_due
from support.published_runs import config_with
report = publish_due(config_with(Path(sys.argv[1]), sys.argv[2], database_schema=sys.argv[3]))
assert report.problems == (), report.problems
print(sum(len(sink.written) for sink in report.sinks))
"""


def python(*arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def test_a_power_cut_between_any_two_statements_leaves_nothing_half_lost_or_twice(
    postgres_sink: Place, tmp_path: Path
) -> None:
    schema = str(postgres_sink.database_schema)
    out = ended(python("-m", "support.killed_publish", str(tmp_path), postgres_sink.address, schema))
    changed, begun = map(int, out.split())
    assert min(changed, begun) >= LEAST_KILLED
    with psycopg.connect(postgres_sink.address) as connection:
        connection.execute(f"drop schema if exists {schema}_b cascade")  # type: ignore[arg-type]


def test_two_machines_at_once_write_every_run_once(postgres_sink: Place, tmp_path: Path) -> None:
    """Each has its own copy of the folder of results, so that nothing but the database keeps them apart."""
    config = config_with(tmp_path / "one", postgres_sink.address, **postgres_sink.settings)
    march, april = published_run(config, MARCH), published_run(config, APRIL)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    schema = str(postgres_sink.database_schema)
    both = [python("-c", PUBLISHING, str(tmp_path / name), postgres_sink.address, schema) for name in ("one", "two")]
    assert sum(int(ended(process)) for process in both) == 2
    expected = [rows_of_run(scores_of(config) / run.folder, BOOK) for run in (march, april)]
    assert {name: len(rows) for name, rows in postgres_sink.of_runs().items()} == {
        name: len(expected[0][name]) + len(expected[1][name]) for name in expected[0]
    }
    assert publish_due(config).sinks[0].held == 2


def test_a_server_that_goes_away_midway_is_told_and_the_next_night_mends_it(
    postgres_sink: Place, tmp_path: Path
) -> None:
    config = config_with(tmp_path, postgres_sink.address, **postgres_sink.settings)
    published_run(config, MARCH)
    publish_due(config)
    before = postgres_sink.of_runs()
    second = published_run(config, MARCH, seed=2)

    def end_all(*_: object) -> None:
        with psycopg.connect(postgres_sink.address, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and backend_type = 'client backend'"
            )

    event.listen(Engine, "before_cursor_execute", end_all)
    try:
        (said,) = map(str, publish_due(config).problems)
    finally:
        event.remove(Engine, "before_cursor_execute", end_all)
    assert "AdminShutdown" in said
    assert "publish again" in said
    assert postgres_sink.of_runs() == before
    assert publish_due(config).problems == ()
    assert postgres_sink.of_runs() == rows_of_run(scores_of(config) / second.folder, BOOK)
