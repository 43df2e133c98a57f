"""Measures the profile of a book in a few grouped passes of DuckDB over each table. What is implausible, others say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from models.book.columns import Kind, TableSchema
from models.book.contract import DECISION_TABLES
from models.book.guard.histograms import BINS_PER_DECADE, ZERO_PLACE
from models.book.guard.profile import (
    LAG,
    BookProfile,
    ColumnProfile,
    KindProfile,
    OrderProfile,
    RhythmProfile,
    RuleProfile,
    TableProfile,
    dated_column,
)
from models.book.names import kind_column
from models.book.own import contract_of
from models.book.parsing import as_text
from models.book.periods import PeriodGrid
from models.book.plausibility.all_checks import ALL_CHECKS
from models.book.plausibility.checks import CheckScope, run_checks
from models.book.sections import CheckedSections
from models.book.side_tables import SIDE_TABLES
from models.config.own import OwnConfig

RULES = (
    "drawings_within_limit",
    "repaid_what_was_drawn",
    "cashflow_after_signing",
    "cashflow_before_closing",
    "cashflow_of_one_client",
    "limit_above_zero",
    "effective_after_signing",
    "effective_before_maturity",
    "end_has_a_cause",
    "matured_at_maturity",
    "closed_after_maturity",
    "known_before_the_deal",
    "country_in_one_region",
    "earned_within_revenue",
    "pd_fits_grade",
    "answered_before_settled",
    "campaign_known",
    "campaign_started",
    "stages_go_forward",
    "outcome_with_its_day",
    "won_when_signed",
    "country_followed",
)
"""The checks that touch amounts and states, by name; signs, repeats and outliers show in the profile itself."""

FREE_TEXT = ("name", "aliases", "text")
MAX_WORDS = 300
"""Columns with more different texts are names."""
MAX_COMPARED_ROWS = 500_000
"""Larger tables tell repeats from every so manieth client."""
SILENCE_YEARS = 3
_DAYS_PER_MONTH = 30


_counts = ibis.udf.agg.builtin(
    lambda code: None,  # noqa: ARG005 - DuckDB has the body
    name="histogram",
    signature=((dt.int64,), dt.Map(dt.int64, dt.int64)),
)
_word_counts = ibis.udf.agg.builtin(
    lambda word: None,  # noqa: ARG005 - DuckDB has the body
    name="histogram",
    signature=((dt.string,), dt.Map(dt.string, dt.int64)),
)


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """The end of a book and its periods, and what it tells beyond the contract."""

    known_until: date
    grid: PeriodGrid
    own: OwnConfig


def profile_book(tables: Mapping[str, Any], config: CheckedSections, known_until: date) -> BookProfile:
    """The profile of checked tables that end before ``known_until``, the same whatever the order of their rows."""
    grid = PeriodGrid(config.time.period, known_until)
    scale = _Scale(known_until=known_until, grid=grid, own=config.book.own)
    facts = {name: rows for name, rows in tables.items() if name not in (*DECISION_TABLES, *SIDE_TABLES)}
    contract = contract_of(config.book.own)
    profiles = {name: _table(rows, contract[name], scale) for name, rows in facts.items()}
    filled = {name: table.filled for name, table in profiles.items()}
    scope = CheckScope(tables=facts, known_until=known_until, money_step=config.book.money_step)
    results = run_checks([check for check in ALL_CHECKS if check.name in RULES], scope, max_examples=0, filled=filled)
    return BookProfile(
        tables=profiles,
        rules={each.name: RuleProfile(looked_at=each.looked_at, failing=each.failing) for each in results},
    )


def _table(rows: Any, schema: TableSchema, scale: _Scale) -> TableProfile:
    numbers, dates = _columns(schema, Kind.NUMBER, Kind.INTEGER), _columns(schema, Kind.DATE)
    texts = _columns(schema, Kind.TEXT, Kind.TRUTH)
    pairs = [*combinations(numbers, 2), *combinations(dates, 2)]
    lags = {f"{first}{LAG}{second}": _days(rows, first, second) for first, second in combinations(dates, 2)}
    found = _one_row(
        rows.aggregate(
            rows=rows.count(),
            **{f"filled {name}": rows[name].count() for name in (*numbers, *dates, *texts)},
            **{f"bins {name}": _counts(_size_code(rows[name])) for name in numbers},
            **{f"bins {name}": _counts(_age_code(rows[name], scale.known_until)) for name in dates},
            **{f"bins {name}": _counts(_size_code(days)) for name, days in lags.items()},
            **{f"bins {name}": _counts(_size_code(as_text(rows[name]).length())) for name in texts},
            **{f"distinct {name}": rows[name].approx_nunique() for name in texts},
            **{f"below {a}<{b}": (rows[a] < rows[b]).sum() for a, b in pairs},
            **{f"above {a}<{b}": (rows[a] > rows[b]).sum() for a, b in pairs},
        )
    )
    words = _words(rows, [name for name in texts if _is_category(name) and found[f"distinct {name}"] <= MAX_WORDS])
    return TableProfile(
        rows=int(found["rows"]),
        columns={name: _column(name, found, words) for name in (*numbers, *dates, *texts, *lags)},
        orders={f"{a}<{b}": _order(f"{a}<{b}", found) for a, b in pairs},
        kinds=_kinds(rows, kind_column(schema.name, scale.own), numbers),
        rhythm=_rhythm(rows, schema, scale) if dated_column(schema.name) and found["rows"] else None,
    )


def _columns(schema: TableSchema, *kinds: Kind) -> list[str]:
    return [column.name for column in schema.columns if column.kind in kinds]


def _is_category(name: str) -> bool:
    return not name.endswith("_id") and name not in FREE_TEXT


def _size_code(number: Any) -> Any:
    """The bin of a number, see ``histograms``."""
    number = number.cast("float64")
    size = number.abs()
    place = (ibis.greatest(size, 1e-20).log10() * BINS_PER_DECADE).floor().cast("int64") + ZERO_PLACE
    return ibis.cases((number == 0, 0), (number < 0, -ibis.greatest(place, 1)), else_=ibis.greatest(place, 1)).nullif(
        ibis.ifelse(number.isnull(), 1, ibis.null("int64"))
    )


def _age_code(day: Any, known_until: date) -> Any:
    return (ibis.literal(known_until).delta(day, unit="day") / _DAYS_PER_MONTH).floor().cast("int64")


def _days(rows: Any, first: str, second: str) -> Any:
    return rows[second].delta(rows[first], unit="day")


def _one_row(expression: Any) -> dict[str, Any]:
    row: dict[str, Any] = expression.to_pyarrow().to_pylist()[0]
    return row


def _sorted(counts: Any) -> dict[Any, int]:
    return {key: int(count) for key, count in sorted(counts or ())}


def _column(name: str, found: Mapping[str, Any], words: Mapping[str, dict[Any, int]]) -> ColumnProfile:
    bins = _sorted(found.get(f"bins {name}"))
    return ColumnProfile(
        filled=int(found.get(f"filled {name}", sum(bins.values()))),
        bins=bins,
        words=words.get(name, {}),
        distinct=int(found.get(f"distinct {name}", 0)),
    )


def _order(pair: str, found: Mapping[str, Any]) -> OrderProfile:
    return OrderProfile(below=int(found[f"below {pair}"] or 0), above=int(found[f"above {pair}"] or 0))


def _words(rows: Any, names: Sequence[str]) -> dict[str, dict[Any, int]]:
    if not names:
        return {}
    found = _one_row(rows.aggregate(**{name: _word_counts(rows[name].cast("string")) for name in names}))
    return {name: _sorted(found[name]) for name in names}


def _kinds(rows: Any, column: str | None, numbers: Sequence[str]) -> dict[str, KindProfile]:
    if column is None:
        return {}
    counted = rows.group_by(kind=rows[column]).aggregate(
        rows=rows.count(), **{name: _counts(_size_code(rows[name])) for name in numbers}
    )
    return {
        row["kind"]: KindProfile(rows=int(row["rows"]), bins={name: _sorted(row[name]) for name in numbers})
        for row in counted.order_by("kind").to_pyarrow().to_pylist()
    }


def _rhythm(rows: Any, schema: TableSchema, scale: _Scale) -> RhythmProfile:
    day = rows[dated_column(schema.name)]
    daily = rows.group_by(day=day).aggregate(rows=rows.count())
    daily = daily.mutate(before=daily.day.lag().over(order_by=daily.day), last=daily.day.max().over())
    recent = daily.filter(daily.day >= daily["last"] - ibis.interval(years=SILENCE_YEARS))
    silence = _one_row(
        recent.aggregate(last=recent.day.max(), longest=recent.day.delta(recent.before, unit="day").max())
    )
    periods = daily.group_by(period=scale.grid.expression(daily.day)).aggregate(rows=daily.rows.sum())
    return RhythmProfile(
        last=silence["last"],
        longest_silence=int(silence["longest"] or 0),
        periods={row["period"]: int(row["rows"]) for row in periods.order_by("period").to_pyarrow().to_pylist()},
        repeats=_repeats(rows, schema, scale),
    )


def _repeats(rows: Any, schema: TableSchema, scale: _Scale) -> dict[int, int]:
    """Rows that repeat an earlier one by period, scaled up where a share of the clients is looked at."""
    one_in = -(-int(rows.count().to_pyarrow().as_py()) // MAX_COMPARED_ROWS)
    sample = rows.filter(rows.client_id.hash() % one_in == 0) if one_in > 1 and "client_id" in rows.columns else rows
    copies = sample.group_by([column.name for column in schema.columns]).aggregate(copies=sample.count())
    copies = copies.filter(copies.copies > 1)
    periods = copies.group_by(period=scale.grid.expression(copies[dated_column(schema.name)]))
    found = periods.aggregate(repeats=(copies.copies - 1).sum()).order_by("period").to_pyarrow().to_pylist()
    return {row["period"]: int(row["repeats"]) * max(one_in, 1) for row in found}
