"""Rows that broke the contract, one by one up to a bound, with the reason that ``book.quarantine`` gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import ibis

from models.audit.contract_text import rule_text
from models.book.columns import TableSchema
from models.book.contract import with_tiers
from models.book.rules import RowRule
from models.codec import NOT_WRITTEN
from models.engines.protocol import Session
from models.text import ENGLISH, Text

MAX_ROWS = 200
MAX_ROWS_PER_REASON = 20
MAX_CHARACTERS = 80


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """One quarantined row: which row at the source (from 1), the rule, the column, and what stood there.

    ``meaning_text`` is what it must be in every language.
    """

    table: str
    source_row: int
    column: str
    rule: str
    meaning: str
    value: str
    meaning_text: Annotated[Text | None, NOT_WRITTEN] = None


@dataclass(frozen=True, kw_only=True)
class BadRows:
    """All quarantined rows by number, and the first of each table and reason one by one."""

    total: int
    listed: tuple[BadRow, ...]


@dataclass(frozen=True, kw_only=True)
class RefusedRows:
    """All that a check can report of a book that has no good row."""

    quarantine: BadRows


def bad_rows(quarantine: Path, session: Session, contract: Mapping[str, TableSchema], tiers: Sequence[str]) -> BadRows:
    """The first rows of each table, column and rule, at most ``MAX_ROWS`` together, in order of table and row.

    ``contract`` is that of the book, ``tiers`` are those of the policy under which the rows were checked.
    """
    rows = session.read(quarantine, name="quarantine")
    reason = ibis.window(group_by=[rows.table, rows.column, rows.rule], order_by=[rows.source_row, rows.value])
    place = ibis.row_number().over(reason)
    first = rows.mutate(place=place).filter(lambda each: each.place < MAX_ROWS_PER_REASON)
    kept = first.order_by(["place", "table", "source_row", "column"]).limit(MAX_ROWS)
    reported = kept.order_by(["table", "source_row", "column"]).to_pyarrow().to_pylist()
    return BadRows(
        total=int(rows.count().to_pyarrow().as_py()), listed=tuple(_row(row, contract, tiers) for row in reported)
    )


def _row(row: dict[str, Any], contract: Mapping[str, TableSchema], tiers: Sequence[str]) -> BadRow:
    value = row["value"] or ""
    schema = contract.get(row["table"])
    column = None if schema is None else with_tiers(schema, tiers).column(row["column"])
    said = rule_text(RowRule(row["rule"]), column)
    return BadRow(
        table=row["table"],
        source_row=int(row["source_row"]),
        column=row["column"],
        rule=row["rule"],
        meaning=said.within(ENGLISH),
        meaning_text=said,
        value=value if len(value) <= MAX_CHARACTERS else value[:MAX_CHARACTERS] + "…",
    )
