"""How a figure of client management is written for people, in a terminal and on a page; it computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.shell.small_plots import short_number

Facts = Mapping[str, Any]
_ONE_DIGIT = ("hours", "clients")
EFFECTS = ("campaign_roi",)
"""Figures that compare with doing nothing."""
_ONE_IN_A_THOUSAND = 0.0005


def written(value: float | None, unit: str) -> str:
    """A value in its unit.

    >>> written(0.0003, "share"), written(0.0, "share")
    ('<0.1%', '0.0%')
    >>> written(0.9123, "share"), written(10.91, "times"), written(16.37, "hours"), written(None, "share")
    ('91.2%', '10.91', '16.4', '–')
    """
    if value is None:
        return "–"
    if unit == "share":
        return "<0.1%" if 0 < value < _ONE_IN_A_THOUSAND else f"{value:.1%}"
    if unit.startswith("points, 1 to"):
        return f"{value:.2f}"
    if unit.startswith("points") or unit in _ONE_DIGIT:
        return f"{value:,.1f}"
    return short_number(round(value)) if unit.isupper() else f"{value:,.2f}"


def with_interval(row: Facts, unit: str) -> str:
    """A figure with its interval, or why it is not known.

    >>> with_interval({"estimate": 0.5, "low": 0.4, "high": 0.6, "missing": ""}, "share")
    '50.0% (40.0% to 60.0%)'
    """
    if row["estimate"] is None:
        return str(row["missing"])
    said = written(row["estimate"], unit)
    if row["low"] is None:
        return said
    return f"{said} ({written(row['low'], unit)} to {written(row['high'], unit)})"


def effect(found: Facts | None, unit: str) -> str:
    """An estimate with its interval, a dash where there is none."""
    return "–" if found is None else with_interval({**found, "missing": ""}, unit)


def no_effect(figure: str, found: Facts | None) -> str:
    """What must be said of an effect whose interval holds 0; nothing of other figures, for which 0 is no mark.

    >>> no_effect("campaign_roi", {"low": -57.9, "high": 49.8})
    'cannot be told from no effect'
    >>> no_effect("campaign_roi", {"low": 0.4, "high": 2.0}), no_effect("nps", {"low": -7.7, "high": 1.2})
    ('', '')
    """
    if figure not in EFFECTS or found is None or found["low"] is None:
        return ""
    return "cannot be told from no effect" if found["low"] <= 0 <= found["high"] else ""
