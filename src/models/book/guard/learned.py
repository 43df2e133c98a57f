"""Which columns of the book features are made of, as a config asks for them."""

from __future__ import annotations

from models.book.measures import KNOWN_ON
from models.book.names import KIND_COLUMN
from models.config.root import Config

_ALWAYS = {
    "clients": ("client_id", "group_id"),
    "cashflows": ("client_id", "facility_id", "date", "kind", "amount"),
    "facilities": (
        "facility_id",
        "client_id",
        "limit",
        "signed",
        "maturity",
        "closed",
        "exit_cause",
        "spread_bp",
        "collateral_cover",
    ),
    "opportunities": ("opportunity_id", "client_id", "stage", "entered", "closed", "outcome", "amount"),
}
"""What features look at in whatever book has the table."""


def learned_columns(config: Config) -> dict[str, frozenset[str]]:
    """Table -> columns of it that features, activity or value are made of; other columns change no score."""
    features = config.features
    found: dict[str, set[str]] = {table: set(columns) for table, columns in _ALWAYS.items()}
    found["clients"] |= {*features.attributes, *features.context, *(("country",) if features.macro else ())}
    for count in features.facility_counts.values():
        found["facilities"] |= set(count.columns)
    for measure in features.measures.values():
        columns = found.setdefault(measure.table, {"client_id", KNOWN_ON[measure.table]})
        columns |= {measure.column} if measure.column else set()
        columns |= {KIND_COLUMN[measure.table]} if measure.table in KIND_COLUMN else set()
        found["facilities"] |= {"product"} if measure.products else set()
    if features.macro:
        found["macro"] = {"country", "date", "published", *features.macro}
    if features.text_components:
        found.setdefault("interactions", {"client_id", "date"}).add("text")
    return {table: frozenset(columns) for table, columns in found.items()}
