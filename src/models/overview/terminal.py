"""What a person reads of an overview in a terminal, at 80 columns. It computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def overview_lines(facts: Mapping[str, Any], page: Path) -> Iterator[str]:
    """How many moved and warn, and where the page is."""
    yield f"moved    {_moved(facts['movers'])}"
    yield f"warnings {_warned(facts['alarms']['counts'])}"
    yield f"overview {page}"


def _moved(movers: Mapping[str, Any]) -> str:
    if movers["before"] is None:
        return "not known: no earlier run was published"
    return f"{movers['upgraded']:,} up and {movers['downgraded']:,} down since the run of {movers['before']}"


def _warned(counts: Mapping[str, int]) -> str:
    if not counts:
        return "none: this run did not look for them"
    beyond = f", {counts['held_back']:,} more held back" if counts["held_back"] else ""
    return f"{counts['shown']:,} shown within a budget of {counts['budget']:,}{beyond}"
