"""Where a feature comes from: the table of the book that it is made of, and the feature that tells its age."""

from __future__ import annotations

import re

from models.config.sections import FeaturesConfig

_STARTS = (
    ("accounts_", "financials"),
    ("funnel_", "opportunities"),
    ("facility_", "facilities"),
    ("default_", "facilities"),
    ("group_default_", "facilities"),
    ("group_clients", "clients"),
    ("campaign_response_", "interactions"),
    ("tone_", "interactions"),
    ("macro_", "macro"),
)
"""How names of features begin that hang on no measure of a config, and their table; what is left is of cashflows."""
_RECENCY = re.compile(r"_recency_days$")
_STATE = re.compile(r"_(last|change_\d+p|movement_\d+p)$")


def table_of(feature: str, features: FeaturesConfig) -> str:
    """The table of the book that a feature is made of, first of all.

    >>> table_of("facility_utilisation", FeaturesConfig.model_construct(attributes=[], measures={}))
    'facilities'
    """
    if feature in features.attributes:
        return "clients"
    for start, table in _STARTS:
        if feature.startswith(start):
            return table
    name = feature.removeprefix("group_")
    measures = [measure for measure in features.measures if name.startswith(f"{measure}_")]
    return features.measures[max(measures, key=len)].table if measures else "cashflows"


def is_recency(feature: str) -> bool:
    """Whether a feature is itself the days since something happened."""
    return _RECENCY.search(feature) is not None


def age_feature(feature: str) -> str | None:
    """The feature that tells how many days ago this one was recorded; None of what is counted up to the as-of date.

    >>> age_feature("pd_last"), age_feature("accounts_leverage"), age_feature("facility_utilisation")
    ('pd_age_days', 'accounts_age_days', None)
    """
    if is_recency(feature):
        return feature
    if feature.startswith("accounts_") and not feature.endswith("_age_days"):
        return "accounts_age_days"
    return _STATE.sub("_age_days", feature) if _STATE.search(feature) else None
