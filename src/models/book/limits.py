"""Reports rows and values that break the contract by root cause, and refuses a book beyond the limits.

A row that falls only because it refers to a row that fell is a consequence: it is reported with that row's reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from models.book.contract import DECISION_TABLES
from models.book.counts import Unreadable
from models.book.quarantine import CheckedTable
from models.book.reading_hints import expected
from models.book.rules import MEANING, RowRule, meaning
from models.errors import Breach, QuarantineLimitError
from models.notices import ROWS_LEFT_OUT, Notice, Severity

MAX_REASONS_SHOWN = 5
_OTHERS_COUNT = ", mend them and run again: all others count"
MAX_REASONS_NOTICED = 3
"""A notice tells that rows are left out; quarantine tells all of them."""


def refuse_bad(tables: Sequence[CheckedTable], limit: float, quarantine: Path) -> None:
    """Raises ``QuarantineLimitError`` with every table and column of which more than ``limit`` breaks the contract."""
    breaches = [breach for table in tables for breach in _breaches(table, tables, limit)]
    if breaches:
        raise QuarantineLimitError(breaches=breaches, limit=limit, report=quarantine)


def row_notices(tables: Sequence[CheckedTable], quarantine: Path) -> Iterator[Notice]:
    """One notice per table of which rows are left out and per column with unreadable values, with what was decided.

    Row numbers and values stay out: a manifest holds notices, and its bytes do not depend on the order of rows.
    """
    for table in tables:
        count = table.count
        if not count.rows_in and count.table not in DECISION_TABLES:
            yield _empty_notice(count.table)
        if count.rows_quarantined:
            yield Notice(
                code=ROWS_LEFT_OUT,
                severity=Severity.WARNING,
                subject=count.table,
                found=f"{count.rows_quarantined:,} of {count.rows_in:,} rows are left out "
                f"({'; '.join(_reasons(table))}){_consequence(table, tables)}",
                remedy=f"read {quarantine.name}{_OTHERS_COUNT if table.count.table in DECISION_TABLES else ''}",
                count=count.rows_quarantined,
            )
        yield from (_unreadable_notice(table, each) for each in count.unreadable)
        yield from table.notices


def _empty_notice(table: str) -> Notice:
    """A table of decisions is none of those: that nobody has decided anything is no finding."""
    return Notice(
        code="table_without_rows",
        severity=Severity.NOTE,
        subject=table,
        found="a table must hold rows to tell anything, got its header alone",
        remedy="look whether its delivery is whole; if there is nothing to tell, leave the table out",
    )


def _unreadable_notice(table: CheckedTable, found: Unreadable) -> Notice:
    said = _meaning(table, found.rule, found.column)
    return Notice(
        code="values_unreadable",
        severity=Severity.WARNING,
        subject=f"{table.count.table}.{found.column}",
        found=f"{found.values:,} of {found.filled:,} values count as missing, as each {said}",
        remedy="mend them at the source, or add the word to book.absent_words if it says that nothing is known",
        count=found.values,
    )


def _breaches(table: CheckedTable, tables: Sequence[CheckedTable], limit: float) -> Iterator[Breach]:
    """Of one table: its rows, those included that fell with its own elsewhere, and its columns.

    A bad decision is refused alone, whatever the share: one typing error must not stop a whole book.
    """
    if table.count.table in DECISION_TABLES:
        return
    count = table.count
    own = count.rows_quarantined - _orphaned(table)
    falls = [other for other in tables if _orphans_of(table, other) and _is_over(other, limit)]
    if count.rows_in and (own > limit * count.rows_in or falls):
        yield Breach(
            subject=f"rows of {count.table}",
            bad=count.rows_quarantined,
            total=count.rows_in,
            reasons=tuple(f"{count.table}.{reason}" for reason in _reasons(table, examples=True)),
            consequence=_consequence(table, tables),
        )
    for found in count.unreadable:
        if found.values > limit * found.filled:
            yield Breach(
                subject=f"values of {count.table}.{found.column}",
                bad=found.values,
                total=found.filled,
                reasons=(f"each {_meaning(table, found.rule, found.column)}, e.g. {count.examples[found.reason]}",),
            )


def _is_over(table: CheckedTable, limit: float) -> bool:
    if table.count.table in DECISION_TABLES:
        return False
    return table.count.rows_quarantined > limit * table.count.rows_in


def _reasons(table: CheckedTable, *, examples: bool = False) -> list[str]:
    """The most frequent reasons in words: whole and with an example for who must mend them, else as short as may be."""
    reasons = list(table.count.reasons)
    shown = MAX_REASONS_SHOWN if examples else MAX_REASONS_NOTICED
    said = [_reason(table, reason, examples=examples) for reason in reasons[:shown]]
    return [*said, *_further(len(reasons) - shown)]


def _further(count: int) -> list[str]:
    """What is said of reasons that are not shown.

    >>> _further(2), _further(1), _further(0)
    (['2 further reasons'], ['1 further reason'], [])
    """
    return [f"{count} further reason{'s' if count > 1 else ''}"] if count > 0 else []


def _reason(table: CheckedTable, reason: str, *, examples: bool) -> str:
    column, _, rule = reason.rpartition(" ")
    number = f"{table.count.reasons[reason]:,}"
    if not examples:
        return f"{column} {MEANING[RowRule(rule)]}: {number}"
    said = f"{column} {_meaning(table, rule, column)}: {number}, e.g. {table.count.examples[reason]}"
    mapped = RowRule(rule) is RowRule.ALLOWED
    return f"{said}, or say in book.map.{table.count.table}.values.{column} what it means" if mapped else said


def _meaning(table: CheckedTable, rule: str, column: str) -> str:
    """The rule in words, with the form that the table's own options expect."""
    return expected(RowRule(rule), table.written) or meaning(RowRule(rule), table.schema.column(column))


def _orphaned(table: CheckedTable) -> int:
    return sum(number for reason, number in table.count.reasons.items() if reason.endswith(f" {RowRule.ORPHANED}"))


def _orphans_of(root: CheckedTable, other: CheckedTable) -> int:
    """Rows of another table that fell since they refer to bad rows of ``root``."""
    columns = [link.column for link in other.schema.references if link.table == root.schema.name]
    return sum(other.count.reasons.get(f"{column} {RowRule.ORPHANED}", 0) for column in columns)


def _consequence(root: CheckedTable, tables: Sequence[CheckedTable]) -> str:
    """Which rows of other tables fell with those of ``root``, as the end of a sentence."""
    fallen = [(_orphans_of(root, other), other.schema.name) for other in tables]
    said = [f"{number:,} rows of {name}" for number, name in fallen if number]
    listed = " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)
    return f", and with them {listed} that refer to them" if said else ""
