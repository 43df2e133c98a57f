"""The figures as plain facts for JSON, and as rows of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from models.kpis.compute import KpiRow
from models.kpis.report import KpiReport
from models.kpis.rules import CATALOGUE, Definition

CSV_COLUMNS = (
    "as_of", "dimension", "group", "figure", "title", "unit", "estimate", "low", "high", "clients", "count", "missing",
)  # fmt: skip


def kpi_facts(report: KpiReport) -> dict[str, Any]:
    """Everything of a report; dates as ISO text, intervals of 95%, figures with their definitions."""
    return {
        "book": report.book,
        "currency": report.currency,
        "as_of": report.as_of.isoformat(),
        "window_start": report.window_start.isoformat(),
        "scored_on": report.scored_on and report.scored_on.isoformat(),
        "scored_at_start": report.scored_at_start and report.scored_at_start.isoformat(),
        "definitions": {name: _definition(each, report) for name, each in CATALOGUE.items()},
        "figures": [_row(row) for row in report.figures],
        "trend": [_row(row) for row in report.trend],
        "campaigns": [_dated(asdict(campaign)) for campaign in report.campaigns],
        "tier_moves": _dated(asdict(report.tier_moves)),
        "min_clients": report.targets["min_clients"],
        "notes": list(report.notes),
        "terms": list(report.terms),
    }


def csv_rows(report: KpiReport) -> Iterator[tuple[str | float | int | None, ...]]:
    """The trend of the whole book, then the figures by group, as ``CSV_COLUMNS``."""
    grouped = (row for row in report.figures if row.dimension != "all")
    for row in (*report.trend, *grouped):
        facts, said = _row(row), _definition(CATALOGUE[row.name], report)
        reported = {**facts, "title": said["title"], "unit": said["unit"]}
        yield tuple(reported[column] for column in CSV_COLUMNS)


def _definition(each: Definition, report: KpiReport) -> dict[str, str]:
    unit = report.currency if each.unit == "currency" else each.unit
    return {
        "title": each.title,
        "formula": each.formula.format(**report.targets),
        "unit": unit,
        "form": each.form.value,
        "better": each.better,
        "grouped_at": each.grouped_at,
        "source": each.source,
    }


def _row(row: KpiRow) -> dict[str, Any]:
    figure = asdict(row.figure)
    return {
        "as_of": row.as_of.isoformat(),
        "dimension": row.dimension,
        "group": row.group,
        "figure": row.name,
        **figure,
    }


def _dated(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: each.isoformat() if hasattr(each, "isoformat") else each for name, each in facts.items()}
