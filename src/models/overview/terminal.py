"""An overview in a few lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.lists.report import WorkLists
from models.lists.text import list_name
from models.overview.report import AlarmSummary, ColdStartPart, Movers, Overview
from models.shell.notices import hanging
from models.shell.small_plots import short_number
from models.text import ENGLISH, heard
from models.warnings.text import warnings_sentence


def overview_lines(overview: Overview, page: Path) -> Iterator[str]:
    """How many moved and warn, who started cold, which policy graded, and where the page is."""
    if overview.in_sample:
        yield f"IN SAMPLE these models knew what came after {overview.as_of}; nothing here is a forecast"
    yield from hanging("moved    ", _moved(overview.movers))
    yield from hanging("warnings ", f"{_warned(overview.alarms)} {heard(overview.alarms.ranked, ENGLISH)}")
    if overview.cold_start is not None:
        yield from hanging("cold     ", _cold(overview.cold_start, overview.currency))
    if overview.policy is not None:
        yield f"graded   by {overview.policy.sentence}"
    yield f"lists    {_listed(overview.lists)}"
    yield f"overview {page}"


def _cold(part: ColdStartPart, currency: str) -> str:
    """Clients without activity, who stand apart from all other counts."""
    return f"start of {part.clients:,} clients without activity, {short_number(part.value)} {currency} expected of them"


def _listed(lists: WorkLists | None) -> str:
    if lists is None:
        return "none: this run made none"
    return ", ".join(f"{list_name(each.purpose)} {each.listed:,}" for each in lists.lists)


def _moved(movers: Movers) -> str:
    if movers.before is None:
        return "not known: no earlier run was published"
    return f"{movers.upgraded:,} up and {movers.downgraded:,} down since the run of {movers.before}"


def _warned(alarms: AlarmSummary) -> str:
    if not alarms.counts:
        return "none: this run did not look for them"
    return warnings_sentence(alarms.counts)
