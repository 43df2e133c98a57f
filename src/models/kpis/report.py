"""Computes the figures of a book at an as-of date: in all, by group, and the same at earlier dates as a trend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.book.door import Book
from models.book.periods import WHOLE_PERIODS_PER_QUARTER, PeriodGrid
from models.config.root import Config
from models.errors import AsOfOutsideBookError
from models.kpis.compute import ALL, At, Counting, KpiRow
from models.kpis.groups import PublishedGroups, regions_of
from models.kpis.relations.reading import reading
from models.kpis.rules import CampaignResult
from models.kpis.tier_moves import TierMoves, tier_moves
from models.panel.definitions import definitions
from models.vocab import Progress, SilentProgress

_TARGETS = ("answer_hours", "settle_hours", "top_clients", "min_clients")


@dataclass(frozen=True, kw_only=True)
class KpiReport:
    """All figures of a book.

    ``trend`` holds those of the whole book at earlier dates, oldest first, and now. ``scored_on`` and
    ``scored_at_start`` are the as-of dates of the scores from which groups at either end of the window come.
    ``targets`` are the settings of ``kpis`` that formulas and pages speak of, ``terms`` what decline, value and horizon
    mean.
    """

    book: str
    currency: str
    as_of: date
    window_start: date
    scored_on: date | None
    scored_at_start: date | None
    figures: tuple[KpiRow, ...]
    trend: tuple[KpiRow, ...]
    campaigns: tuple[CampaignResult, ...]
    tier_moves: TierMoves
    notes: tuple[str, ...]
    targets: Mapping[str, float]
    terms: tuple[str, ...] = ()


def book_kpis(
    book: Book,
    config: Config,
    scores: Path,
    *,
    as_of: date | None = None,
    progress: Progress = SilentProgress(),
) -> KpiReport:
    """The figures of a book from what was known before ``as_of``, else where the book ends.

    ``scores`` is the folder of published runs; groups and values come from the newest ones up to either end of the
    window. Raises ``AsOfOutsideBookError``.
    """
    day = as_of or book.known_until
    grid = PeriodGrid(config.time.period, day)
    step = config.kpis.trend_step_periods or WHOLE_PERIODS_PER_QUARTER[config.time.period]
    _require_covered(book, day)
    earlier = [-step * back for back in range(config.kpis.trend_points - 1, 0, -1)]
    published = PublishedGroups(scores)
    with reading(book, config) as reader:
        counting = Counting(reader=reader, grid=grid, published=published, regions=regions_of(reader))
        past = [number for number in earlier if counting.covers(number)]
        trend: list[KpiRow] = []
        for number in progress.track(past, total=len(past), title="Earlier dates"):
            trend += counting.rows(number)
        progress.stage("Counting the figures")
        now, campaigns, moves = counting.at(0), counting.campaigns(0), tier_moves(published, day)
        figures = tuple(counting.rows(0, dimensions=config.kpis.dimensions, campaigns=campaigns))
    return KpiReport(
        book=book.name,
        terms=definitions(config),
        currency=book.currency,
        as_of=day,
        window_start=now.window.start,
        scored_on=now.at_end.scored_on,
        scored_at_start=now.at_start.scored_on,
        figures=figures,
        trend=(*trend, *(row for row in figures if row.dimension == ALL)),
        campaigns=campaigns,
        tier_moves=moves,
        notes=tuple(_notes(book, now, config.kpis.dimensions)),
        targets={name: getattr(config.kpis, name) for name in _TARGETS},
    )


def _require_covered(book: Book, day: date) -> None:
    if not book.first_date < day <= book.known_until:
        raise AsOfOutsideBookError(
            rule=f"the as-of date must lie after {book.first_date} and not after {book.known_until}",
            got=day.isoformat(),
            remedy="choose a date that the book covers with --as-of",
        )


def _notes(book: Book, at: At, dimensions: tuple[str, ...]) -> Iterator[str]:
    """What a reader of the figures must know about their reach."""
    if book.first_date > at.window.start:
        yield f"The book begins on {book.first_date}, within the window: figures cover less than it says."
    elif book.first_date > at.window.active_before_start:
        yield f"The book begins on {book.first_date}: who was active at the window's start is known in part only."
    for dimension in dimensions:
        for end, groups in (("end", at.at_end), ("start", at.at_start)):
            if missing := groups.missing(dimension):
                yield f"By {dimension} at the window's {end}, not known: {missing}."
