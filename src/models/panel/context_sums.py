"""What clients who share an attribute did together: the flow ledger summed up by context columns, written to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis

from models.engines.protocol import Session
from models.panel.ledger import exact_sum
from models.panel.ledger_plan import context_part


def write_context_sums(session: Session, folder: Path, columns: Sequence[str]) -> None:
    """Write the sums by each of ``columns`` beside the ledger in ``folder``: place, period, cell and sums.

    The ledger is scanned once for all columns, summed up over clients who are alike in every one; these have a number
    in common, since numbers are grouped faster than texts.
    """
    if not columns:
        return
    clients = session.read(f"{folder}/clients/*/*.parquet").select("client", *columns)
    alike = ibis.dense_rank().over(order_by=[clients[name] for name in columns])
    numbered = session.stored("alike", clients.mutate(alike=alike.cast("int32")))
    rows = session.read(f"{folder}/flows/*/*.parquet").inner_join(numbered.select("client", "alike"), "client")
    sums = session.stored("alike_flows", _summed(rows, alike=rows.alike))
    reported = sums.inner_join(numbered.drop("client").distinct(), "alike")
    for name in columns:
        named = reported.filter(reported[name].notnull())
        file = folder / f"{context_part(name)}.parquet"
        file.parent.mkdir(exist_ok=True)
        session.write(_summed(named, place=named[name]), file)


def _summed(rows: Any, **key: Any) -> Any:
    """Rows of the flow ledger summed up by a key, period and cell."""
    return rows.group_by(**key, period=rows.period, cell=rows.cell).aggregate(
        total=exact_sum(rows.total),
        events=exact_sum(rows.events),
        first_day=rows.first_day.min(),
        last_day=rows.last_day.max(),
    )
