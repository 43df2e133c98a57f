"""Holds the rows of a table against its contract: good rows are stored typed, bad ones go to quarantine.

Nothing is dropped silently: rows in = rows used + rows quarantined. What the contract says lives in
``contract``, how a row can break it in ``rules``. Every table is passed over a fixed number of times, whatever
the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq

from models.book.columns import TableSchema
from models.book.contract import DECISION_TABLES
from models.book.conventions import DEFAULT_CONVENTIONS, Conventions, TableReading, table_reading
from models.book.counts import TableCount, Unreadable
from models.book.cutting import cut_rows, kept_rows
from models.book.parsing import TYPES, as_text
from models.book.reading_hints import reading_hint
from models.book.rules import (
    RAW_PREFIX,
    RowFinding,
    RowRule,
    hint,
    reference_findings,
    refused_findings,
    refused_names,
    row_findings,
    unreadable_findings,
)
from models.book.written import WRITTEN_PREFIX, WrittenForms
from models.errors import MissingColumnError
from models.notices import Notice

SOURCE_ROW = "source_row"
"""The column that every raw table has: the number of the data row at the source, from 1."""

ROW_ID = "row_id"
"""Where one row at the source makes several rows of a table, the column that tells them apart."""

ID = "id"
"""The key of a bad row, where it is one column: what other rows refer to."""

WHOLE_ROW = "row"
"""What quarantine names as the column where all of them are meant."""

MAX_VALUE_CHARACTERS = 200
MAX_EXAMPLE_CHARACTERS = 40
_LEVEL = 1
"""Of zstd, for good rows: they are stored for hours, not for years. Level 3 takes a third longer and saves a fifth."""
MAX_SORTED_ROWS = 2_000_000
"""Tables up to this size are stored sorted, so that a shuffled source gives the same file."""


@dataclass(frozen=True, kw_only=True)
class CheckedTable:
    """One table behind the door: the stored good rows, the bad ones, their counts, and what was decided in reading.

    ``left_out`` are the ids, as column ``id``, of the bad rows of a table with one key; ``written`` is how its texts
    write numbers and dates, where the config may say so.
    """

    schema: TableSchema
    path: Path
    rows: Any
    quarantine: Any
    left_out: Any
    count: TableCount
    notices: tuple[Notice, ...]
    written: WrittenForms | None = None


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Where tables are checked: a DuckDB connection, the first unknown day, a folder for good rows, how text reads."""

    connection: Any
    known_until: date
    folder: Path
    conventions: Conventions = DEFAULT_CONVENTIONS
    cuts: bool = False
    """Whether rows from that day on are cut and counted; else they are bad."""
    kept_since: Mapping[str, date] = field(default_factory=dict)
    """Table -> the day from which on its rows are kept."""

    def check(
        self,
        raw: Any,
        schema: TableSchema,
        *,
        targets: Mapping[str, Any] | None = None,
        left_out: Mapping[str, Any] | None = None,
        keep_source_row: bool = False,
        elsewhere: int = 0,
    ) -> CheckedTable:
        """Check ``raw`` and store its good rows as Parquet, typed and with every column of the contract.

        ``raw`` is an Ibis table of text or typed columns with ``source_row``; ``targets`` are the checked
        tables that references may point to, ``left_out`` the ids of the rows that those lost. Of rows with the
        same key the one known earliest stays, of those the one whose contents come first in order, so that the
        choice does not depend on the order of the rows. ``elsewhere`` are rows of the table that are known to be good
        and stay where they are: they are counted. Raises ``MissingColumnError`` and
        ``AmbiguousDatesError``.
        """
        require_columns(raw, schema)
        reading = table_reading(raw, schema, self.conventions, targets or {})
        parsed = self.connection.create_view(f"parsed_{schema.name}", _parsed(raw, schema, reading), overwrite=True)
        parsed, cut = self._cut(parsed, schema, elsewhere)
        marked, references = reference_findings(parsed, schema, targets or {}, left_out or {})
        findings = [*refused_findings(marked), *row_findings(marked, schema, reading, self.known_until), *references]
        bad, unreadable = _broken(self, parsed, marked, schema, findings, unreadable_findings(marked, reading))
        rows_in, rows_quarantined = _row_count(parsed if cut else raw), _row_count(bad)
        good = parsed.anti_join(bad, ROW_ID) if rows_quarantined else parsed
        path = self._stored(good, schema, is_small=rows_in <= MAX_SORTED_ROWS, keep_source_row=keep_source_row)
        written = self.conventions.written.get(schema.name)
        reasons, examples = _reasons(bad, schema, written)
        rows = self.connection.read_parquet(path)
        values, more_examples = _unreadable_counts(unreadable, schema, rows, written)
        return CheckedTable(
            schema=schema,
            path=path,
            rows=rows,
            quarantine=bad.drop(ROW_ID, ID),
            left_out=bad.filter(bad[ID].notnull()).select(ID).distinct(),
            count=TableCount(
                table=schema.name,
                rows_in=rows_in + elsewhere,
                rows_used=int(pq.read_metadata(path).num_rows) + elsewhere,
                rows_quarantined=rows_quarantined,
                reasons=reasons,
                examples=examples | more_examples,
                unreadable=values,
            ),
            notices=(*reading.notices, *cut),
            written=written,
        )

    def _cut(self, parsed: Any, schema: TableSchema, elsewhere: int) -> tuple[Any, tuple[Notice, ...]]:
        """What people decide is never cut: one that is dated wrong is refused alone."""
        rows = parsed
        notices: tuple[Notice, ...] = ()
        if schema.name in self.kept_since:
            rows, notices = kept_rows(rows, schema, self.kept_since[schema.name], elsewhere)
        if self.cuts and schema.name not in DECISION_TABLES:
            rows, cut = cut_rows(rows, schema, self.known_until, elsewhere)
            notices += cut
        return (self.connection.create_view(f"cut_{schema.name}", rows, overwrite=True) if notices else parsed), notices

    def _stored(self, good: Any, schema: TableSchema, *, is_small: bool, keep_source_row: bool) -> Path:
        names = [column.name for column in schema.columns]
        good = good.select(*([SOURCE_ROW] if keep_source_row else []), *names)
        path = self.folder / f"{schema.name}.parquet"
        self.connection.to_parquet(
            good.order_by(names) if is_small else good, path, compression="zstd", compression_level=_LEVEL
        )
        return path


def require_columns(raw: Any, schema: TableSchema) -> None:
    """Raises ``MissingColumnError`` for a table without a column that its contract asks for."""
    missing = [name for name in schema.required if name not in raw.columns]
    if missing:
        beside = (SOURCE_ROW, ROW_ID)
        present = [name for name in raw.columns if name not in beside and not name.startswith(WRITTEN_PREFIX)]
        raise MissingColumnError(schema.name, missing, present)


def _row_count(table: Any) -> int:
    return int(table.count().to_pyarrow().as_py())


def _parsed(raw: Any, schema: TableSchema, reading: TableReading) -> Any:
    """Typed columns under their names, and what stood at the source under ``raw_`` names."""
    columns: dict[str, Any] = {}
    for column in schema.columns:
        if column.name in reading.columns:
            columns[column.name] = reading.columns[column.name].value(raw[column.name])
            written = WRITTEN_PREFIX + column.name
            columns[RAW_PREFIX + column.name] = raw[written if written in raw.columns else column.name]
        else:
            columns[column.name] = ibis.null(TYPES[column.kind])
    row_id = raw[ROW_ID if ROW_ID in raw.columns else SOURCE_ROW]
    return raw.select(SOURCE_ROW, *refused_names(raw.columns), **{ROW_ID: row_id}, **columns)


def _broken(
    gate: Gate,
    parsed: Any,
    marked: Any,
    schema: TableSchema,
    findings: Sequence[RowFinding],
    values: Sequence[RowFinding],
) -> tuple[Any, Any | None]:
    """Every bad row once, stored: first those broken by themselves, then the repeats among the others.

    Beside them the unreadable values of the rows that stay, one by one; None where no column could have any.
    """
    broken = _store(gate, _first_findings(marked, schema, findings, values), f"broken_{schema.name}")
    bad = broken.filter(broken.rule.notnull()).drop(*_lost_columns(values))
    repeats = _repeats(gate, parsed.anti_join(bad, ROW_ID), schema)
    bad = _store(gate, ibis.union(bad, *repeats), f"all_bad_{schema.name}") if repeats else bad
    return bad, _store(gate, _lost_values(broken, values, bad), f"lost_{schema.name}") if values else None


def _lost_columns(values: Sequence[RowFinding]) -> list[str]:
    return [f"lost_{finding.column}" for finding in values]


def _lost_values(broken: Any, values: Sequence[RowFinding], bad: Any) -> Any:
    """One row per unreadable value of a row that is used, with its column, rule and number at the source."""
    used = broken.anti_join(bad, ROW_ID)
    parts = [
        used.filter(used[name].notnull()).select(
            SOURCE_ROW, column=ibis.literal(each.column), rule=ibis.literal(each.rule.value), value=used[name]
        )
        for name, each in zip(_lost_columns(values), values, strict=True)
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _store(gate: Gate, table: Any, name: str) -> Any:
    return gate.connection.create_table(name, table, temp=True, overwrite=True)


def _first_findings(
    table: Any, schema: TableSchema, findings: Sequence[RowFinding], values: Sequence[RowFinding]
) -> Any:
    """One row per broken row: its first finding and how many more there are, null where only values are unreadable.

    The unreadable values stand beside it in columns of their own.
    """
    rule = _of_first((finding.broken, finding.rule.value) for finding in findings)
    column = _of_first((finding.broken, finding.column) for finding in findings)
    value = _of_first((finding.broken, finding.value) for finding in findings)
    broken = [finding.broken.fill_null(False).cast("int64") for finding in findings]
    further = sum(broken, ibis.literal(-1))
    lost = {
        name: ibis.ifelse(each.broken, each.value, ibis.null("string"))
        for name, each in zip(_lost_columns(values), values, strict=True)
    }
    rows = _quarantine_rows(table, schema, rule=rule, column=column, value=value, further_rules=further, **lost)
    return rows.filter(ibis.or_(rows.rule.notnull(), *[rows[name].notnull() for name in lost]))


def _of_first(cases: Iterable[tuple[Any, Any]]) -> Any:
    """The second of the first case that holds."""
    reported = tuple(cases)
    return ibis.cases(*reported) if reported else ibis.null("string")


def _quarantine_rows(table: Any, schema: TableSchema, *, value: Any, further_rules: Any, **more: Any) -> Any:
    identity = as_text(table[schema.key[0]]) if len(schema.key) == 1 else ibis.null("string")
    return table.select(
        ROW_ID,
        table=ibis.literal(schema.name),
        source_row=table[SOURCE_ROW].cast("int64"),
        **more,
        value=value.substr(0, MAX_VALUE_CHARACTERS),
        further_rules=further_rules.cast("int64"),
        **{ID: identity},
    )


def _repeats(gate: Gate, good: Any, schema: TableSchema) -> list[Any]:
    """Quarantine rows for all but the first known of rows that share a key, or that repeat each other entirely."""
    identities = [(RowRule.UNIQUE, list(schema.key))] if schema.key else []
    if schema.distinct:
        identities.append((RowRule.DISTINCT, [column.name for column in schema.columns]))
    found: list[Any] = []
    for rule, identity in identities:
        later = _later_copies(gate, good, schema, identity)
        if later is None:
            continue
        is_key = rule is RowRule.UNIQUE
        rows = _quarantine_rows(
            later,
            schema,
            rule=ibis.literal(rule.value),
            column=ibis.literal(", ".join(identity) if is_key else WHOLE_ROW),
            value=as_text(later[identity[0]]) if is_key else ibis.literal(""),
            further_rules=ibis.literal(0),
        )
        found.append(_store(gate, rows, f"repeated_{rule}_{schema.name}"))
        good = good.anti_join(found[-1], ROW_ID)
    return found


def _later_copies(gate: Gate, good: Any, schema: TableSchema, identity: list[str]) -> Any | None:
    """Rows that share ``identity`` with one that comes before them; ``None`` if nothing is shared."""
    counted = good.group_by(identity).agg(copies=good.count())
    shared = counted.filter(counted.copies > 1).drop("copies")
    shared = _store(gate, shared, f"shared_{len(identity)}_{schema.name}")
    if not _row_count(shared):
        return None
    copies = good.semi_join(shared, [good[name].identical_to(shared[name]) for name in identity])
    known_on = [ibis.asc(copies[schema.known_on], nulls_first=False)] if schema.known_on else []
    contents = [column.name for column in schema.columns]
    rank = ibis.row_number().over(group_by=identity, order_by=[*known_on, *contents, ROW_ID])
    ranked = copies.mutate(copy_rank=rank)
    return ranked.filter(ranked.copy_rank > 0)


def _reasons(bad: Any, schema: TableSchema, written: WrittenForms | None) -> tuple[dict[str, int], dict[str, str]]:
    """Rows by reason, most frequent first, and the earliest bad value of each."""
    grouped = bad.group_by(["column", "rule"]).agg(
        rows=bad.count(),
        first_row=bad.source_row.min(),
        example=bad.value.fill_null("").argmin(bad.source_row),
    )
    rows = grouped.order_by([ibis.desc("rows"), "column", "rule"]).to_pyarrow().to_pylist()
    counts = {f"{row['column']} {row['rule']}": int(row["rows"]) for row in rows}
    return counts, {name: _example(row, schema, written) for name, row in zip(counts, rows, strict=True)}


def _example(row: Mapping[str, Any], schema: TableSchema, written: WrittenForms | None) -> str:
    value, column, rule = row["example"], schema.column(row["column"]), RowRule(row["rule"])
    shown = repr(value[:MAX_EXAMPLE_CHARACTERS]) if value else "nothing"
    return f"{shown} in row {row['first_row']}{reading_hint(rule, value, written) or hint(rule, column, value)}"


def _unreadable_counts(
    unreadable: Any | None, schema: TableSchema, rows: Any, written: WrittenForms | None
) -> tuple[tuple[Unreadable, ...], dict[str, str]]:
    """Unreadable values by column, most frequent first, of those that stand in the used ``rows``; and the earliest."""
    if unreadable is None:
        return (), {}
    counts, examples = _reasons(unreadable, schema, written)
    columns = [reason.partition(" ")[0] for reason in counts]
    read = rows.aggregate(**{name: rows[name].count() for name in columns}).to_pyarrow().to_pylist() if counts else [{}]
    values = tuple(
        Unreadable(column=name, rule=reason.partition(" ")[2], values=number, filled=int(read[0][name]) + number)
        for name, (reason, number) in zip(columns, counts.items(), strict=True)
    )
    return values, examples
