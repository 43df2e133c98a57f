"""Units of features by language."""

from __future__ import annotations

from typing import Final

from models.reasons.figures import currency_name
from models.text import Language, Text

_FEATURE_UNITS: Final = {
    "as recorded": Text("as recorded", "unit of a feature"),
    "basis points": Text("basis points", "unit of a feature"),
    "category": Text("category", "unit of a feature"),
    "clients": Text("clients", "unit of a feature"),
    "count": Text("count", "unit of a feature"),
    "days": Text("days", "unit of a feature"),
    "events": Text("events", "unit of a feature"),
    "events a year": Text("events a year", "unit of a feature"),
    "facilities": Text("facilities", "unit of a feature"),
    "opportunities": Text("opportunities", "unit of a feature"),
    "periods": Text("periods", "unit of a feature"),
    "products": Text("products", "unit of a feature"),
    "ratio": Text("ratio", "unit of a feature"),
    "share": Text("share", "unit of a feature"),
    "share of tenure": Text("share of tenure", "unit of a feature"),
    "steps": Text("steps", "unit of a feature"),
    "years": Text("years", "unit of a feature"),
}


def feature_unit(unit: str, language: Language) -> str:
    """The unit of a feature as tables and axes name it; that of a measure of the book's own stays as it is.

    >>> feature_unit("days", "en"), feature_unit("USD", "en"), feature_unit("response_hours", "en")
    ('days', 'USD', 'response_hours')
    """
    return _FEATURE_UNITS[unit].within(language) if unit in _FEATURE_UNITS else currency_name(unit, language)
