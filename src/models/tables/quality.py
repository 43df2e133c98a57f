"""Holds the rows of one table against its contract: good rows are stored typed, bad ones go to quarantine.

Nothing is dropped silently: rows in = rows used + rows quarantined. What the contract says lives in ``schema``; how
text is read in ``parsing``. Every table is passed over a fixed number of times, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq

from models.errors import InternalError, MissingColumnError
from models.tables.parsing import TYPES, as_text, is_filled, typed
from models.tables.schema import Column, Kind, TableSchema

SOURCE_ROW = "source_row"
"""The column that every raw table has: the number of the data row at the source, from 1."""

EARLIEST_DATE = date(1800, 1, 1)
LATEST_DATE = date(9999, 12, 31)
"""Dates outside are slips of the pen, such as the year 22."""

MAX_VALUE_CHARACTERS = 200
MAX_SORTED_ROWS = 2_000_000
"""Tables up to this size are stored sorted, so that a shuffled source gives the same file."""


class Rule(StrEnum):
    """What a row can break, by the word that quarantine and messages use."""

    REQUIRED = "required"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    TRUTH = "truth"
    FINITE = "finite"
    LOW = "low"
    HIGH = "high"
    ALLOWED = "allowed"
    PAST = "past"
    ORDERED = "ordered"
    REFERENCE = "reference"
    UNIQUE = "unique"
    DISTINCT = "distinct"


MEANING = {
    Rule.REQUIRED: "must be filled",
    Rule.NUMBER: "must be a number",
    Rule.INTEGER: "must be a whole number",
    Rule.DATE: "must be a date",
    Rule.TRUTH: "must be true or false",
    Rule.FINITE: "must be finite",
    Rule.LOW: "must not be below its lower bound",
    Rule.HIGH: "must not be above its upper bound",
    Rule.ALLOWED: "must be one of the allowed words",
    Rule.PAST: "must lie before the day until which the book is known",
    Rule.ORDERED: "must not lie before the date that comes first",
    Rule.REFERENCE: "must stand in the table it refers to",
    Rule.UNIQUE: "must be unique",
    Rule.DISTINCT: "must not repeat another row",
}
"""Each rule as the end of a sentence that begins with a column."""


@dataclass(frozen=True, kw_only=True)
class TableCount:
    """What became of the rows of one table. ``reasons`` counts rows by ``column rule``."""

    table: str
    rows_in: int
    rows_used: int
    rows_quarantined: int
    reasons: Mapping[str, int]
    examples: Mapping[str, str]
    """For each reason the first bad row, such as ``'abc' in row 3``."""

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_used + self.rows_quarantined:
            raise InternalError(
                f"rows of table {self.table} must reconcile, got {self.rows_in:,} in, {self.rows_used:,} used, "
                f"{self.rows_quarantined:,} quarantined"
            )


@dataclass(frozen=True, kw_only=True)
class CheckedTable:
    """One table behind the door: the stored good rows, the bad ones, and their counts."""

    schema: TableSchema
    path: Path
    rows: Any
    quarantine: Any
    count: TableCount


@dataclass(frozen=True, kw_only=True)
class _Finding:
    rule: Rule
    column: str
    broken: Any
    value: Any


def check_table(
    connection: Any,
    raw: Any,
    schema: TableSchema,
    *,
    known_until: date,
    folder: Path,
    targets: Mapping[str, Any] | None = None,
    keep_source_row: bool = False,
) -> CheckedTable:
    """Check ``raw`` and store its good rows in ``folder`` as Parquet, typed and with every column of the contract.

    ``raw`` is an Ibis table of text or typed columns with ``source_row``; ``targets`` are the checked tables that
    references may point to; a reference to a table that is not there holds. Of rows with the same key, the one whose
    contents come first in order stays, so that the choice does not depend on the order of the rows.
    Raises ``MissingColumnError`` if a required column is absent.
    """
    missing = [name for name in schema.required if name not in raw.columns]
    if missing:
        present = [name for name in raw.columns if name != SOURCE_ROW]
        raise MissingColumnError(schema.name, missing, present)
    parsed = _parsed(raw, schema)
    bad = _store_bad(connection, parsed, schema, known_until=known_until, targets=targets or {})
    rows_quarantined = _row_count(bad)
    good = parsed.anti_join(bad, SOURCE_ROW) if rows_quarantined else parsed
    names = [column.name for column in schema.columns]
    good = good.select(*([SOURCE_ROW] if keep_source_row else []), *names)
    rows_in = _row_count(raw)
    path = folder / f"{schema.name}.parquet"
    connection.to_parquet(good.order_by(names) if rows_in <= MAX_SORTED_ROWS else good, path, compression="zstd")
    reasons, examples = _reasons(bad)
    count = TableCount(
        table=schema.name,
        rows_in=rows_in,
        rows_used=int(pq.read_metadata(path).num_rows),
        rows_quarantined=rows_quarantined,
        reasons=reasons,
        examples=examples,
    )
    rows = connection.read_parquet(path)
    return CheckedTable(schema=schema, path=path, rows=rows, quarantine=bad, count=count)


def _row_count(table: Any) -> int:
    return int(table.count().execute())


def _parsed(raw: Any, schema: TableSchema) -> Any:
    """Typed columns under their names, and what stood at the source under ``raw_`` names."""
    columns: dict[str, Any] = {}
    for column in schema.columns:
        if column.name in raw.columns:
            columns[column.name] = typed(raw[column.name], column.kind)
            columns[f"raw_{column.name}"] = raw[column.name]
        else:
            columns[column.name] = ibis.null(TYPES[column.kind])
    return raw.select(SOURCE_ROW, **columns)


def _store_bad(
    connection: Any, parsed: Any, schema: TableSchema, *, known_until: date, targets: Mapping[str, Any]
) -> Any:
    joined, findings = _reference_findings(parsed, schema, targets)
    own = [
        finding
        for column in schema.columns
        if f"raw_{column.name}" in parsed.columns
        for finding in _column_findings(joined, column, known_until)
    ]
    ordered = _ordered_findings(joined, schema)
    bad = _stored(connection, _first_findings(joined, schema, [*own, *ordered, *findings]), f"bad_{schema.name}")
    repeats = _repeats(connection, parsed, schema, bad)
    if not repeats:
        return bad
    return _stored(connection, ibis.union(bad, *repeats), f"all_bad_{schema.name}")


def _stored(connection: Any, table: Any, name: str) -> Any:
    return connection.create_table(name, table, temp=True, overwrite=True)


def _column_findings(table: Any, column: Column, known_until: date) -> list[_Finding]:
    raw, value = table[f"raw_{column.name}"], table[column.name]
    filled = is_filled(raw)
    broken: dict[Rule, Any] = {}
    if column.required:
        broken[Rule.REQUIRED] = ~filled
    if column.kind is not Kind.TEXT:
        broken[Rule(column.kind.value)] = filled & value.isnull()
    broken |= _value_rules(value, column, known_until)
    if column.allowed:
        broken[Rule.ALLOWED] = filled & value.notin(column.allowed)
    return [
        _Finding(rule=rule, column=column.name, broken=condition, value=as_text(raw))
        for rule, condition in broken.items()
    ]


def _value_rules(value: Any, column: Column, known_until: date) -> dict[Rule, Any]:
    broken: dict[Rule, Any] = {}
    if column.kind is Kind.NUMBER:
        broken[Rule.FINITE] = value.isinf() | value.isnan()
    low, high = column.low, column.high
    if column.kind is Kind.DATE:
        broken[Rule.LOW] = value < EARLIEST_DATE
        broken[Rule.HIGH] = value > LATEST_DATE
    if low is not None:
        broken[Rule.LOW] = value < low
    if high is not None:
        broken[Rule.HIGH] = value > high
    if column.past:
        broken[Rule.PAST] = value >= known_until
    return broken


def _ordered_findings(table: Any, schema: TableSchema) -> list[_Finding]:
    return [
        _Finding(
            rule=Rule.ORDERED,
            column=second,
            broken=table[first] > table[second],
            value=as_text(table[second]) + " before " + as_text(table[first]),
        )
        for first, second in schema.ordered
    ]


def _reference_findings(table: Any, schema: TableSchema, targets: Mapping[str, Any]) -> tuple[Any, list[_Finding]]:
    """The table with a mark beside each reference that was found, and the findings that read the marks."""
    known = [reference for reference in schema.references if reference.table in targets]
    for number, reference in enumerate(known):
        target = targets[reference.table].select(**{f"found_{number}": reference.target})
        table = table.left_join(target, table[reference.column] == target[f"found_{number}"])
    findings = [
        _Finding(
            rule=Rule.REFERENCE,
            column=reference.column,
            broken=table[reference.column].notnull() & table[f"found_{number}"].isnull(),
            value=table[reference.column],
        )
        for number, reference in enumerate(known)
    ]
    return table, findings


def _first_findings(table: Any, schema: TableSchema, findings: Sequence[_Finding]) -> Any:
    """One quarantine row per broken row: its first finding, and how many more there are."""
    if not findings:
        return _quarantine_rows(table.filter(ibis.literal(False)), schema, "", "", "", 0)
    rule = ibis.cases(*[(finding.broken, finding.rule.value) for finding in findings])
    column = ibis.cases(*[(finding.broken, finding.column) for finding in findings])
    value = ibis.cases(*[(finding.broken, finding.value) for finding in findings])
    broken = sum((f.broken.fill_null(False).cast("int64") for f in findings), ibis.literal(0))
    rows = _quarantine_rows(table, schema, rule, column, value, broken - 1)
    return rows.filter(rows.rule.notnull())


def _quarantine_rows(table: Any, schema: TableSchema, rule: Any, column: Any, value: Any, further: Any) -> Any:
    text = ibis.literal(value) if isinstance(value, str) else value
    return table.select(
        table=ibis.literal(schema.name),
        source_row=table[SOURCE_ROW].cast("int64"),
        rule=ibis.literal(rule) if isinstance(rule, str) else rule,
        column=ibis.literal(column) if isinstance(column, str) else column,
        value=text.substr(0, MAX_VALUE_CHARACTERS),
        further_rules=(ibis.literal(further) if isinstance(further, int) else further).cast("int64"),
    )


def _repeats(connection: Any, parsed: Any, schema: TableSchema, bad: Any) -> list[Any]:
    """Quarantine rows for all but the first of rows that share a key, or that repeat each other entirely."""
    names = [column.name for column in schema.columns]
    identities = [(Rule.UNIQUE, list(schema.key))] if schema.key else []
    identities += [(Rule.DISTINCT, names)] if schema.distinct else []
    found: list[Any] = []
    good = parsed.anti_join(bad, SOURCE_ROW)
    for rule, identity in identities:
        shared = good.group_by(identity).agg(copies=good.count()).filter(lambda t: t.copies > 1)
        shared = _stored(connection, shared.drop("copies"), f"shared_{rule}_{schema.name}")
        if not _row_count(shared):
            continue
        copies = good.semi_join(shared, [good[name].identical_to(shared[name]) for name in identity])
        rank = ibis.row_number().over(group_by=identity, order_by=[*names, SOURCE_ROW])
        later = copies.mutate(copy_rank=rank).filter(lambda t: t.copy_rank > 0)
        label = ", ".join(identity) if rule is Rule.UNIQUE else "every column"
        value = later[identity[0]] if rule is Rule.UNIQUE else ibis.literal("")
        rows = _quarantine_rows(later, schema, rule.value, label, as_text(value), 0)
        found.append(_stored(connection, rows, f"repeated_{rule}_{schema.name}"))
        good = good.anti_join(found[-1], SOURCE_ROW)
    return found


def _reasons(bad: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Rows by reason, most frequent first, and the earliest bad value of each."""
    grouped = bad.group_by(["column", "rule"]).agg(
        rows=bad.count(), first_row=bad.source_row.min(), example=bad.value.argmin(bad.source_row)
    )
    frame = grouped.order_by([ibis.desc("rows"), "column", "rule"]).to_pyarrow().to_pylist()
    names = [f"{row['column']} {row['rule']}" for row in frame]
    examples = [_example(row["example"], row["first_row"]) for row in frame]
    return (
        {name: int(row["rows"]) for name, row in zip(names, frame, strict=True)},
        dict(zip(names, examples, strict=True)),
    )


def _example(value: str | None, row: int) -> str:
    return f"{'nothing' if not value else repr(value[:40])} in row {row}"
