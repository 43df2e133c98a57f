"""Ids that became others, and where each leads."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow.parquet as pq

from models.book.door import Book
from models.book.side_tables import ALIASES
from models.errors import UserError

CLIENT, OLD, DATE = "client_id", "old_id", "date"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Merges:
    """The ids that became others, each with the id used now and the day since which that is known."""

    followed: pd.DataFrame

    @classmethod
    def of(cls, aliases: pd.DataFrame) -> Merges:
        """``aliases``: old_id (unique), client_id, date. An id that was replaced again leads to the last one.

        Raises ``UserError`` where ids lead to each other in a circle.
        """
        steps = aliases.set_index(OLD)[CLIENT]
        days = pd.to_datetime(aliases.set_index(OLD)[DATE])
        last, known = steps.copy(), days.copy()
        for _ in range(len(steps).bit_length() + 1):  # each round leads twice as far
            onward = last.isin(last.index)
            known = known.where(~onward, pd.concat([known, last.map(known)], axis=1).max(axis=1))
            last = last.where(~onward, last.map(last))
        circle = last.isin(steps.index)
        if circle.any():
            shown = sorted(last.index[circle])[:_SHOWN]
            raise UserError(
                rule="aliases must lead to an id that is used now",
                got=f"{int(circle.sum()):,} ids that lead to each other in a circle, e.g. {', '.join(shown)}",
                remedy="remove the row of the id that is used now",
            )
        return cls(followed=pd.DataFrame({OLD: last.index, CLIENT: last.to_numpy(), DATE: known.to_numpy()}))


def merges_of(book: Book) -> Merges | None:
    """The ids of a checked book that became others; None where it tells of none."""
    file = book.tables.get(ALIASES.name)
    rows = None if file is None else pq.read_table(file).to_pandas()
    return None if rows is None or rows.empty else Merges.of(rows)
