"""The past of a run: the official runs of the dates before, whatever else was scored and whenever.

Stages, types and tiers are settled once a period, by its first official run: it builds on the first run of the period
before. Runs within a period build on the run that settled it, so that a night more or less changes nothing at the
period's end. Which alarms are no news is read from the last run before, however recent that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from models.book.periods import PeriodName, calendar_of
from models.publications.ledger import Act, Publication, PublicationLedger
from models.publications.previous import PreviousScores, previous_scores


@dataclass(frozen=True, kw_only=True)
class OfficialRun:
    """The folder of the official run of a date."""

    as_of: date
    folder: Path
    entry: Publication


def official_runs(scores: Path) -> list[OfficialRun]:
    """The official runs below ``scores``, the earliest date first.

    Of a date whose official run was moved away the one counts whose place it took, if that is still there.
    """
    found: dict[date, OfficialRun] = {}
    for entry in PublicationLedger(scores).entries():
        folder = scores / entry.folder
        if entry.act is Act.OFFICIAL and entry.as_of is not None and folder.is_dir():
            found[entry.as_of] = OfficialRun(as_of=entry.as_of, folder=folder, entry=entry)
    return [found[day] for day in sorted(found)]


def newest_official(scores: Path, before: date | None = None) -> OfficialRun | None:
    """The official run of the latest date, of those before ``before``, if it is given; None where there is none."""
    runs = [run for run in official_runs(scores) if before is None or run.as_of < before]
    return runs[-1] if runs else None


def settled_scores(scores: Path, as_of: date, columns: Sequence[str], period: PeriodName) -> PreviousScores | None:
    """Chosen columns of the run that a run at ``as_of`` builds on, with what was shown since; None where none is.

    Raises ``DamagedBundleError`` if it is not as it was published.
    """
    past = [run for run in official_runs(scores) if run.as_of < as_of]
    settled = _settled_among(past, period)
    if settled is None:
        return None
    within = period_number(as_of, period) == period_number(settled.as_of, period)
    shown = past[-1] if within and past[-1] != settled else None
    found = previous_scores(settled.folder, columns)
    return found if shown is None else replace(found, shown_since=shown.folder, shown_key=shown.entry.run_key)


def scores_of_key(scores: Path, key: str | None, columns: Sequence[str]) -> PreviousScores | None:
    """Chosen columns of the run with this key; None where there is none, or it was moved away."""
    entries = PublicationLedger(scores).entries() if key else ()
    folder = next((scores / entry.folder for entry in entries if entry.run_key == key), None)
    return previous_scores(folder, columns) if folder is not None and folder.is_dir() else None


def _settled_among(past: Sequence[OfficialRun], period: PeriodName) -> OfficialRun | None:
    """The first run of the last period in which any of ``past`` lies, which are sorted by date."""
    if not past:
        return None
    last = period_number(past[-1].as_of, period)
    return next(run for run in past if period_number(run.as_of, period) == last)


def with_settled(runs: Sequence[OfficialRun], period: PeriodName) -> Iterator[tuple[OfficialRun, OfficialRun | None]]:
    """Each of ``runs``, which are sorted by date, with the one that settled what it builds on, None for the first."""
    settled, number = None, None
    for run in runs:
        yield run, settled
        own = period_number(run.as_of, period)
        if own != number:
            settled, number = run, own


def moved_away(scores: Path) -> list[Publication]:
    """The official publications below ``scores`` whose folder is not there any more, the earliest date first."""
    official = PublicationLedger(scores).official().values()
    return [entry for entry in official if not (scores / entry.folder).is_dir()]


def period_number(day: date, period: PeriodName) -> int:
    """Number of the calendar's week, month or quarter in which ``day`` lies.

    >>> period_number(date(2024, 2, 1), "month") - period_number(date(2023, 12, 31), "month")
    2
    >>> period_number(date(2024, 1, 8), "week") - period_number(date(2024, 1, 7), "week")
    1
    """
    return calendar_of(period).index_of(day)
