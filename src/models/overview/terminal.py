"""An overview in a few lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from models.overview.report import Movers, Overview


def overview_lines(overview: Overview, page: Path) -> Iterator[str]:
    """How many moved and warn, which policy graded, and where the page is."""
    yield f"moved    {_moved(overview.movers)}"
    yield f"warnings {_warned(overview.alarms.counts)}"
    if overview.policy is not None:
        yield f"graded   by {overview.policy.sentence}"
    yield f"overview {page}"


def _moved(movers: Movers) -> str:
    if movers.before is None:
        return "not known: no earlier run was published"
    return f"{movers.upgraded:,} up and {movers.downgraded:,} down since the run of {movers.before}"


def _warned(counts: Mapping[str, int]) -> str:
    if not counts:
        return "none: this run did not look for them"
    beyond = f", {counts['held_back']:,} more held back" if counts["held_back"] else ""
    return f"{counts['shown']:,} shown within a budget of {counts['budget']:,}{beyond}"
