"""Facts about features by their names: the table of the book, the feature that tells the age, and what can change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from models.config.features import FeaturesConfig

Direction = Literal["up", "down"]
_FAMILIES = {
    "facility": "facilities",
    "default": "facilities",
    "funnel": "opportunities",
    "macro": "macro",
    "accounts": "financials",
    "text": "interactions",
    "note": "interactions",
    "tone": "interactions",
    "survey": "surveys",
    "rating": "ratings",
    "clients": "clients",
    "collateral": "collateral",
    "guaranteed": "guarantees",
    "covenant": "covenants",
    "esg": "esg",
    "political": "countries",
    "sovereign": "countries",
    "sanctions": "countries",
}
"""First word of a feature -> table, for families whose features are not named after a measure."""
_REPORTED = {
    "arrears_days": "arrears",
    "arrears_amount_last": "arrears",
    "arrears_facilities_last": "arrears",
    "balance_undrawn_last": "balances",
    "balance_limit_last": "balances",
    "balance_used_change": "balances",
}
"""Beginnings of features that only a state table gives; days past due are cashflows' where they are estimated."""
_SURROUNDINGS = ("group", "country", "region", "industry")
_RECENCY = re.compile(r"_recency_days$")
_PAST_TOTAL = re.compile(r"^(?!facility_|funnel_open_).*_(sum|count|share|movement)_(\d+p|ever|1y|per_year)$")
"""Sums, counts and shares of what was, not of what stands open: nothing that happens from now on makes them less."""
_PAST_EVENT = re.compile(r"_(recency_days|recency_share|age_days|overdue)$|^tenure_days$")
"""Times since something happened: nothing that happens from now on makes them longer."""
_STATE = re.compile(r"_(last|change_\d+p|movement_\d+p)$")


def tables_of_features(features: FeaturesConfig, names: Sequence[str]) -> dict[str, str]:
    """The table of each feature; cashflows where nothing else is said, as for activity and value.

    The longest measure that a name begins with decides, e.g. ``response_hours`` before ``response``.
    """
    measures = {name: str(spec.table) for name, spec in features.measures.items()}
    return {name: _table_of(name, measures, features.attributes) for name in names}


def age_feature(feature: str) -> str | None:
    """The feature that tells how many days ago this one was recorded; None of what is counted up to the as-of date.

    >>> age_feature("pd_last"), age_feature("accounts_leverage"), age_feature("facility_utilisation")
    ('pd_age_days', 'accounts_age_days', None)
    """
    if _RECENCY.search(feature):
        return feature
    if feature.startswith("accounts_") and not feature.endswith("_age_days"):
        return "accounts_age_days"
    return _STATE.sub("_age_days", feature) if _STATE.search(feature) else None


def is_open(feature: str, direction: Direction) -> bool:
    """Whether a feature can still go a direction, by what happens from now on.

    >>> is_open("arrears_sum_3p", "down"), is_open("arrears_days", "down"), is_open("complaint_recency_days", "up")
    (False, True, False)
    """
    closed = _PAST_TOTAL if direction == "down" else _PAST_EVENT
    return closed.search(feature) is None


def _table_of(name: str, measures: dict[str, str], attributes: Sequence[str]) -> str:
    if name in attributes:
        return "clients"
    reported = [table for beginning, table in _REPORTED.items() if name.startswith(beginning)]
    if reported:
        return reported[0]
    bare = name
    for word in _SURROUNDINGS:
        bare = bare.removeprefix(f"{word}_")
    found = [measure for measure in measures if bare.startswith(f"{measure}_")]
    if found:
        return measures[max(found, key=len)]
    return _FAMILIES.get(bare.partition("_")[0], "cashflows")
