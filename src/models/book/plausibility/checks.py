"""Checks between tables: their form, and the run over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final

import ibis

from models.codec import NOT_WRITTEN
from models.text import ENGLISH, Text

MAX_EXAMPLES = 20
"""Failing rows that are reported of one check."""
MAX_CHARACTERS = 200
_BINS_PER_DECADE = 20
_NO_TABLE: Final = Text("there is no table {table}")
_NO_ROWS: Final = Text("table {table} has no rows")
_EMPTY: Final = Text("{column} is empty throughout")
_ROW, _FAILS, _FOUND = "row", "fails", "found"


@dataclass(frozen=True, kw_only=True)
class CheckScope:
    """What a check may look at: the checked tables, the first unknown day, and the smallest amount of money."""

    tables: Mapping[str, Any]
    known_until: date
    money_step: float

    def steps(self, amount: Any) -> Any:
        """An amount in whole steps of money, so that sums do not depend on the order of rows."""
        return (amount / self.money_step).round().cast("int64")

    def money(self, steps: Any) -> Any:
        """Whole steps as an amount in words."""
        return said((steps * self.money_step).round(2))


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule over the rows of ``table``.

    ``needs`` are the tables and columns without which there is nothing to look at; ``rows`` gives one row per
    thing looked at, made by ``looked_at``.
    """

    name: str
    table: str
    rule: Text
    needs: Mapping[str, tuple[str, ...]]
    rows: Callable[[CheckScope], Any]


@dataclass(frozen=True, kw_only=True)
class Example:
    """One failing row: which it is, and what was found there."""

    row: str
    found: str


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What a check found. ``skipped`` says why it could not be run; then nothing was looked at.

    ``rule_text`` and ``skipped_text`` are the same in every language.
    """

    name: str
    table: str
    rule: str
    looked_at: int = 0
    failing: int = 0
    examples: tuple[Example, ...] = ()
    skipped: str = ""
    rule_text: Annotated[Text | None, NOT_WRITTEN] = None
    skipped_text: Annotated[Text | None, NOT_WRITTEN] = None
    failing_share: float = field(init=False, default=0.0)
    """Failing rows over rows looked at, 0 where there were none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "failing_share", self.failing / self.looked_at if self.looked_at else 0.0)


def looked_at(rows: Any, *, row: Any, fails: Any, found: Any) -> Any:
    """The rows of a check: which row it is, whether it fails (unknown: it does not), and what stands there."""
    found = ibis.literal(found) if isinstance(found, str) else found
    return rows.select(**{_ROW: row, _FAILS: fails.fill_null(False), _FOUND: found})


def said(value: Any) -> Any:
    """Any value in words, for the identity of a row or what was found in it."""
    text = value if value.type().is_string() else value.cast("string")
    return text.fill_null("nothing")


def typical(rows: Any, by: str, size: Any) -> Any:
    """The median of ``size`` (above zero) in each group, as column ``usual`` beside ``by`` and ``counted``.

    It is read off a histogram of twentieths of a decade: exact to 12%, whatever the order and number of the rows.
    """
    bins = rows.group_by(**{by: rows[by], "place": (size.log10() * _BINS_PER_DECADE).floor().cast("int64")})
    bins = bins.aggregate(counted=rows.count())
    whole = ibis.window(group_by=bins[by])
    so_far = ibis.cumulative_window(group_by=bins[by], order_by=bins.place)
    placed = bins.mutate(reached=bins.counted.sum().over(so_far), whole=bins.counted.sum().over(whole))
    upper = placed.filter(placed.reached * 2 >= placed.whole)
    usual = ibis.literal(10.0) ** ((upper.place.min() + 0.5) / _BINS_PER_DECADE)
    return upper.group_by(by).aggregate(usual=usual, counted=upper.whole.max())


def run_checks(
    checks: Sequence[Check],
    scope: CheckScope,
    *,
    max_examples: int = MAX_EXAMPLES,
    filled: Mapping[str, frozenset[str]] | None = None,
) -> tuple[CheckResult, ...]:
    """Run every check that the book has the columns for; the others say what is absent.

    Failing rows are reported in order of their text, at most ``max_examples`` of each check. ``filled`` are the columns
    with at least one value of each table, where that is known already.
    """
    if filled is None:
        filled = {name: _filled_columns(table) for name, table in scope.tables.items()}
    return tuple(_result(check, scope, _absent(check, filled), max_examples) for check in checks)


def _filled_columns(table: Any) -> frozenset[str]:
    """Columns with at least one value."""
    counts = table.aggregate(**{name: table[name].count() for name in table.columns}).to_pyarrow().to_pylist()[0]
    return frozenset(name for name, count in counts.items() if count)


def _absent(check: Check, filled: Mapping[str, frozenset[str]]) -> Text | None:
    """What a check would need and the book does not have; None if nothing."""
    for table, columns in check.needs.items():
        if table not in filled:
            return _NO_TABLE.filled(table=table)
        if not filled[table]:
            return _NO_ROWS.filled(table=table)
        empty = [name for name in columns if name not in filled[table]]
        if empty:
            return _EMPTY.filled(column=f"{table}.{empty[0]}")
    return None


def _result(check: Check, scope: CheckScope, absent: Text | None, max_examples: int) -> CheckResult:
    rule = check.rule.within(ENGLISH)
    reported: dict[str, Any] = {"name": check.name, "table": check.table, "rule": rule, "rule_text": check.rule}
    if absent is not None:
        return CheckResult(**reported, skipped=absent.within(ENGLISH), skipped_text=absent)
    rows = check.rows(scope)
    counted = rows.aggregate(looked=rows.count(), failing=rows[_FAILS].sum()).to_pyarrow().to_pylist()[0]
    failing = int(counted["failing"] or 0)
    examples = _examples(rows, max_examples) if failing and max_examples else ()
    return CheckResult(**reported, looked_at=int(counted["looked"]), failing=failing, examples=examples)


def _examples(rows: Any, bound: int) -> tuple[Example, ...]:
    failing = rows.filter(rows[_FAILS]).order_by([_ROW, _FOUND]).limit(bound)
    short = failing.select(
        **{name: ibis.coalesce(failing[name], "nothing").substr(0, MAX_CHARACTERS) for name in (_ROW, _FOUND)}
    )
    return tuple(Example(**row) for row in short.to_pyarrow().to_pylist())
