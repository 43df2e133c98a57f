"""The table of the book behind each feature, derived from its name and the config."""

from __future__ import annotations

from collections.abc import Sequence

from models.config.root import Config

_FAMILIES = {
    "facility": "facilities",
    "funnel": "opportunities",
    "macro": "macro",
    "accounts": "financials",
    "text": "interactions",
    "note": "interactions",
    "survey": "surveys",
    "rating": "ratings",
}
"""First word of a feature -> table, for families whose features are not named after a measure."""
_SURROUNDINGS = ("group", "country", "region", "industry")


def tables_of_features(config: Config, names: Sequence[str]) -> dict[str, str]:
    """The table of each feature; cashflows where nothing else is said, as for activity and value.

    The longest measure that a name begins with decides, e.g. ``response_hours`` before ``response``.
    """
    measures = {name: str(spec.table) for name, spec in config.features.measures.items()}
    return {name: _table_of(name, measures, config.features.attributes) for name in names}


def _table_of(name: str, measures: dict[str, str], attributes: Sequence[str]) -> str:
    if name in attributes:
        return "clients"
    bare = name
    for word in _SURROUNDINGS:
        bare = bare.removeprefix(f"{word}_")
    found = [measure for measure in measures if bare.startswith(f"{measure}_")]
    if found:
        return measures[max(found, key=len)]
    return _FAMILIES.get(bare.partition("_")[0], "cashflows")
