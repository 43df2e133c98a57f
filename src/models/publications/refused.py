"""Clients who refused the processing of their data: by a published run, and by the newest checked book."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.door import books_in
from models.panel.ledger_plan import CLIENTS, CONSENT

REFUSED: Final = "refused"
"""How their reach reads."""
ALL_CLIENTS: Final = "clients.parquet"
"""The file of a run with every client known before its as-of date."""


def refused_of(file: Path) -> list[str]:
    """Ids of the clients of a file with ``client_id`` and ``reach`` who refused; none where there is no file."""
    if not file.is_file():
        return []
    found = pq.read_table(file, columns=["client_id"], filters=pc.field("reach") == REFUSED)
    ids: list[str] = found["client_id"].to_pylist()
    return ids


def refused_now(work_dir: Path, run: Path | None = None) -> frozenset[str]:
    """Ids of the clients who refused by the newest checked book below ``work_dir``, and of those of the folder ``run``.

    A publication stays as it was made; whoever shows it asks here whom of it models must not speak today. The newest
    book is the one whose clients were written last: a refusal that was checked once holds until another book is.
    """
    return refused_since(work_dir, run) | _of_run(run)


def refused_since(work_dir: Path, run: Path | None) -> frozenset[str]:
    """Those of ``refused_now`` whom the run in the folder ``run`` still speaks of."""
    newest = _newest_clients(work_dir)
    return frozenset() if newest is None else _refused_in(*newest) - _of_run(run)


def _of_run(run: Path | None) -> frozenset[str]:
    file = None if run is None else run.resolve() / ALL_CLIENTS
    return frozenset() if file is None or not file.is_file() else _published_in(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _published_in(file: Path, written: int) -> frozenset[str]:  # noqa: ARG001 - a file that was written anew is another
    return frozenset(refused_of(file))


def _newest_clients(work_dir: Path) -> tuple[Path, int] | None:
    """The clients of the newest checked book, and when they were written, in nanoseconds."""
    found = [(file.stat().st_mtime_ns, file) for file in books_in(work_dir).root.glob(f"[!.]*/{CLIENTS}.parquet")]
    written, file = max(found, default=(0, None))
    return None if file is None else (file, written)


@lru_cache(maxsize=4)
def _refused_in(clients: Path, written: int) -> frozenset[str]:  # noqa: ARG001 - a file that was written anew is another
    chosen = pc.field(CONSENT) == False  # noqa: E712 - an expression of Arrow
    return frozenset(pq.read_table(clients, columns=["client_id"], filters=chosen)["client_id"].to_pylist())
