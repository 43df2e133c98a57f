"""Titles and figures of segments as people read them, on a page and in a terminal."""

from __future__ import annotations

AXIS_TITLES = {"stage": "Stages", "relationship_type": "Relationship types", "need_type": "Need types"}
KIND_TITLES = {**AXIS_TITLES, "tier": "Tiers", "value_class": "Value classes", "region_class": "Classes of region"}


def percent_or_dash(share: float | None) -> str:
    """A share in per cent; what is not known is a dash, and little is not said to be nothing.

    >>> percent_or_dash(0.256), percent_or_dash(None), percent_or_dash(0.0), percent_or_dash(0.001)
    ('26%', '–', '0%', '<1%')
    """
    if share is None:
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"  # noqa: PLR2004 - what would be rounded to nothing
