"""What clients who share an attribute did together: the flow ledger summed up by context columns, written to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis

from models.panel.blocks import context_file
from models.panel.ledger import exact_sum


def write_context_sums(connection: Any, folder: Path, columns: Sequence[str]) -> None:
    """Write the sums by each of ``columns`` beside the ledger in ``folder``: place, period, cell and sums.

    The ledger is scanned once for all columns, summed up over clients who are alike in every one; these have a number
    in common, since numbers are grouped faster than texts.
    """
    if not columns:
        return
    clients = _scan(connection, folder / "clients").select("client", *columns)
    alike = ibis.dense_rank().over(order_by=[clients[name] for name in columns])
    numbered = _stored(connection, "alike", clients.mutate(alike=alike.cast("int32")))
    rows = _scan(connection, folder / "flows").inner_join(numbered.select("client", "alike"), "client")
    sums = _stored(connection, "alike_flows", _summed(rows, alike=rows.alike))
    reported = sums.inner_join(numbered.drop("client").distinct(), "alike")
    for name in columns:
        named = reported.filter(reported[name].notnull())
        file = context_file(folder, name)
        file.parent.mkdir(exist_ok=True)
        connection.to_parquet(_summed(named, place=named[name]), file)


def _scan(connection: Any, folder: Path) -> Any:
    return connection.read_parquet(f"{folder}/*/*.parquet", hive_partitioning=True)


def _stored(connection: Any, name: str, table: Any) -> Any:
    return connection.create_table(name, table, temp=True, overwrite=True)


def _summed(rows: Any, **key: Any) -> Any:
    """Rows of the flow ledger summed up by a key, period and cell."""
    return rows.group_by(**key, period=rows.period, cell=rows.cell).aggregate(
        total=exact_sum(rows.total),
        events=exact_sum(rows.events),
        first_day=rows.first_day.min(),
        last_day=rows.last_day.max(),
    )
