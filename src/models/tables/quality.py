"""Holds the rows of a table against its contract: good rows are stored typed, bad ones go to quarantine.

Nothing is dropped silently: rows in = rows used + rows quarantined. What the contract says lives in
``schema``, how a row can break it in ``rules``. Every table is passed over a fixed number of times, whatever
the number of rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq

from models.errors import MissingColumnError
from models.tables.counts import TableCount
from models.tables.parsing import TYPES, as_text, typed
from models.tables.rules import RAW_PREFIX, Finding, Rule, reference_findings, row_findings
from models.tables.schema import TableSchema

SOURCE_ROW = "source_row"
"""The column that every raw table has: the number of the data row at the source, from 1."""

ROW_ID = "row_id"
"""Where one row at the source makes several rows of a table, the column that tells them apart."""

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
    """One table behind the door: the stored good rows, the bad ones, and their counts."""

    path: Path
    rows: Any
    quarantine: Any
    count: TableCount


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Where tables are checked: a DuckDB connection, the first unknown day, a folder for good rows."""

    connection: Any
    known_until: date
    folder: Path

    def check(
        self,
        raw: Any,
        schema: TableSchema,
        *,
        targets: Mapping[str, Any] | None = None,
        keep_source_row: bool = False,
    ) -> CheckedTable:
        """Check ``raw`` and store its good rows as Parquet, typed and with every column of the contract.

        ``raw`` is an Ibis table of text or typed columns with ``source_row``; ``targets`` are the checked
        tables that references may point to. Of rows with the same key the one whose contents come first in
        order stays, so that the choice does not depend on the order of the rows. Raises
        ``MissingColumnError``.
        """
        _require_columns(raw, schema)
        parsed = _parsed(raw, schema)
        bad = _bad_rows(self, parsed, schema, targets or {})
        rows_in, rows_quarantined = _row_count(raw), _row_count(bad)
        good = parsed.anti_join(bad, ROW_ID) if rows_quarantined else parsed
        names = [column.name for column in schema.columns]
        good = good.select(*([SOURCE_ROW] if keep_source_row else []), *names)
        path = self.folder / f"{schema.name}.parquet"
        stored = good.order_by(names) if rows_in <= MAX_SORTED_ROWS else good
        self.connection.to_parquet(stored, path, compression="zstd", compression_level=_LEVEL)
        reasons, examples = _reasons(bad)
        count = TableCount(
            table=schema.name,
            rows_in=rows_in,
            rows_used=int(pq.read_metadata(path).num_rows),
            rows_quarantined=rows_quarantined,
            reasons=reasons,
            examples=examples,
        )
        rows = self.connection.read_parquet(path)
        return CheckedTable(path=path, rows=rows, quarantine=bad.drop(ROW_ID), count=count)


def _require_columns(raw: Any, schema: TableSchema) -> None:
    missing = [name for name in schema.required if name not in raw.columns]
    if missing:
        present = [name for name in raw.columns if name not in (SOURCE_ROW, ROW_ID)]
        raise MissingColumnError(schema.name, missing, present)


def _row_count(table: Any) -> int:
    return int(table.count().to_pyarrow().as_py())


def _parsed(raw: Any, schema: TableSchema) -> Any:
    """Typed columns under their names, and what stood at the source under ``raw_`` names."""
    columns: dict[str, Any] = {}
    for column in schema.columns:
        if column.name in raw.columns:
            columns[column.name] = typed(raw[column.name], column.kind)
            columns[RAW_PREFIX + column.name] = raw[column.name]
        else:
            columns[column.name] = ibis.null(TYPES[column.kind])
    row_id = raw[ROW_ID if ROW_ID in raw.columns else SOURCE_ROW]
    return raw.select(SOURCE_ROW, **{ROW_ID: row_id}, **columns)


def _bad_rows(gate: Gate, parsed: Any, schema: TableSchema, targets: Mapping[str, Any]) -> Any:
    """Every broken row once, stored: first those broken by themselves, then the repeats among the others."""
    marked, references = reference_findings(parsed, schema, targets)
    findings = [*row_findings(marked, schema, gate.known_until), *references]
    bad = _store(gate, _first_findings(marked, schema, findings), f"bad_{schema.name}")
    repeats = _repeats(gate, parsed.anti_join(bad, ROW_ID), schema)
    return _store(gate, ibis.union(bad, *repeats), f"all_bad_{schema.name}") if repeats else bad


def _store(gate: Gate, table: Any, name: str) -> Any:
    return gate.connection.create_table(name, table, temp=True, overwrite=True)


def _first_findings(table: Any, schema: TableSchema, findings: Sequence[Finding]) -> Any:
    """One quarantine row per broken row: its first finding, and how many more there are."""
    rule = ibis.cases(*[(finding.broken, finding.rule.value) for finding in findings])
    column = ibis.cases(*[(finding.broken, finding.column) for finding in findings])
    value = ibis.cases(*[(finding.broken, finding.value) for finding in findings])
    broken = [finding.broken.fill_null(False).cast("int64") for finding in findings]
    further = sum(broken, ibis.literal(-1))
    rows = _quarantine_rows(table, schema, rule=rule, column=column, value=value, further_rules=further)
    return rows.filter(rows.rule.notnull())


def _quarantine_rows(table: Any, schema: TableSchema, *, value: Any, further_rules: Any, **names: Any) -> Any:
    return table.select(
        ROW_ID,
        table=ibis.literal(schema.name),
        source_row=table[SOURCE_ROW].cast("int64"),
        **names,
        value=value.substr(0, MAX_VALUE_CHARACTERS),
        further_rules=further_rules.cast("int64"),
    )


def _repeats(gate: Gate, good: Any, schema: TableSchema) -> list[Any]:
    """Quarantine rows for all but the first of rows that share a key, or that repeat each other entirely."""
    identities = [(Rule.UNIQUE, list(schema.key))] if schema.key else []
    if schema.distinct:
        identities.append((Rule.DISTINCT, [column.name for column in schema.columns]))
    found: list[Any] = []
    for rule, identity in identities:
        later = _later_copies(gate, good, schema, identity)
        if later is None:
            continue
        is_key = rule is Rule.UNIQUE
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
    contents = [column.name for column in schema.columns]
    rank = ibis.row_number().over(group_by=identity, order_by=[*contents, ROW_ID])
    ranked = copies.mutate(copy_rank=rank)
    return ranked.filter(ranked.copy_rank > 0)


def _reasons(bad: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Rows by reason, most frequent first, and the earliest bad value of each."""
    grouped = bad.group_by(["column", "rule"]).agg(
        rows=bad.count(),
        first_row=bad.source_row.min(),
        example=bad.value.fill_null("").argmin(bad.source_row),
    )
    rows = grouped.order_by([ibis.desc("rows"), "column", "rule"]).to_pyarrow().to_pylist()
    counts = {f"{row['column']} {row['rule']}": int(row["rows"]) for row in rows}
    return counts, {name: _example(row["example"], row["first_row"]) for name, row in zip(counts, rows, strict=True)}


def _example(value: str, row: int) -> str:
    return f"{repr(value[:MAX_EXAMPLE_CHARACTERS]) if value else 'nothing'} in row {row}"
