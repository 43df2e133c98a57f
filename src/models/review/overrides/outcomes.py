"""Outcomes of overrides as the monitor found them, by the number of the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from models.decisions.overrides import OverrideCase, approved_overrides
from models.decisions.summary import OverrideOutcomeSince
from models.monitoring.report import MonitorReport, OverriddenClient
from models.review.model_room.kept import KINDS, found_report
from models.review.site import shown_site


def known_outcomes(cases: Sequence[OverrideCase]) -> dict[int, OverrideOutcomeSince]:
    """The number of each approved proposal whose horizon is over -> how its client turned out; empty before a monitor.

    An override is judged at the first publication that read it. Raises ``UserError`` for a damaged report.
    """
    found = found_report(KINDS["monitor"], shown_site().config)
    return {} if found is None else outcomes_of(cases, cast("MonitorReport", found.report))


def outcomes_of(cases: Sequence[OverrideCase], report: MonitorReport) -> dict[int, OverrideOutcomeSince]:
    """The same of a report that is at hand."""
    found = {case.number: _first_over(case, report) for case in cases}
    return {
        number: OverrideOutcomeSince(bad=each.bad, by_rule=each.by_rule)
        for number, each in found.items()
        if each is not None and each.by_rule is not None
    }


def _first_over(case: OverrideCase, report: MonitorReport) -> OverriddenClient | None:
    """The client as the first publication that read the override saw it, if its horizon is over."""
    for read in approved_overrides([case]):
        those = (each for each in report.outcomes if read.decided_on < each.as_of < read.valid_until)
        first = min(those, key=lambda each: each.as_of, default=None)
        if first is not None:
            return next((each for each in first.overridden if each.client_id == case.client), None)
    return None
