"""How the client stands: ratings, satisfaction and published accounts as last known, their change and age."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.known import Feature, Known, ratio, summed
from models.vocab import FloatArray

ACCOUNTS = "financials"


def state_features(known: Known) -> Iterator[Feature]:
    """Last known value of each state, its change over each window, its age, and how much it moved."""
    for name in _names(known, accounts=False):
        latest = known.past.state(name)
        yield Feature(f"{name}_last", "as recorded", latest)
        yield Feature(f"{name}_age_days", "days", known.past.state_age_days(name))
        for window in known.settings.windows:
            yield Feature(f"{name}_change_{window}p", "as recorded", latest - known.past.state(name, ago=window))
        window = known.settings.windows[-1]
        history = known.past.state_history(name, window + 1)
        moves = np.abs(np.diff(history, axis=0))
        yield Feature(f"{name}_movement_{window}p", "as recorded", summed(np.nan_to_num(moves)))


def account_features(known: Known) -> Iterator[Feature]:
    """Leverage, coverage, margin, growth and staleness from the accounts published before the as-of date."""
    names = set(_names(known, accounts=True))
    ratios = (
        ("accounts_leverage", "debt", "ebitda"),
        ("accounts_gearing", "debt", "equity"),
        ("accounts_cash_cover", "cash", "debt"),
        ("accounts_margin", "ebitda", "revenue"),
    )
    for name, part, whole in ratios:
        if {part, whole} <= names:
            yield Feature(name, "ratio", ratio(known.past.state(part), known.past.state(whole)))
    if {"ebitda", "interest"} <= names | _flows(known):
        yield Feature("accounts_interest_cover", "ratio", _interest_cover(known))
    if "revenue" in names:
        before = known.past.state("revenue", ago=known.settings.windows[-1])
        yield Feature("accounts_growth", "share", ratio(known.past.state("revenue") - before, before))
        yield Feature("accounts_revenue", known.currency, known.past.state("revenue"))
        yield Feature("accounts_age_days", "days", known.past.state_age_days("revenue"))


def group_state_features(known: Known) -> Iterator[Feature]:
    """Mean of each rating state over the other clients of the sponsor group. None where groups are unknown."""
    if not known.groups_known:
        return
    for name in _names(known, accounts=False):
        values = known.past.state(name)
        rated = (~np.isnan(values)).astype(np.float64)
        filled = np.nan_to_num(values)
        total = np.bincount(known.group, weights=filled)[known.group] - filled
        count = np.bincount(known.group, weights=rated)[known.group] - rated
        yield Feature(f"group_{name}_mean", "as recorded", ratio(total, count))


def macro_features(known: Known) -> Iterator[Feature]:
    """Last published figures of the client's country and their change over the longest window."""
    if known.macro is None:
        return
    window = known.settings.windows[-1]
    for column in known.macro.values:
        latest = known.macro.last(column, known.country)
        yield Feature(f"macro_{column}_last", "share", latest)
        change = latest - known.macro.last(column, known.country, ago=window)
        yield Feature(f"macro_{column}_change_{window}p", "share", change)


def _names(known: Known, *, accounts: bool) -> list[str]:
    measures = known.past.measures
    return [state.name for state in measures.states if (measures.table_of(state.name) == ACCOUNTS) == accounts]


def _flows(known: Known) -> set[str]:
    return {flow.name for flow in known.past.measures.flows}


def _interest_cover(known: Known) -> FloatArray:
    return ratio(known.past.state("ebitda"), known.past.total("interest", known.settings.windows[-1]))
