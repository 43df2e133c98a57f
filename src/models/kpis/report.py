"""The figures of a book at an as-of date: in all, by group, and the same at earlier dates as a trend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from models.book.door import Book
from models.book.periods import WHOLE_PERIODS_PER_QUARTER, PeriodGrid
from models.codec import NOT_WRITTEN
from models.config.kpis import KpisConfig
from models.config.root import Config
from models.errors import AsOfOutsideBookError
from models.kpis.campaign_effect import CampaignResult
from models.kpis.catalogue import CATALOGUE
from models.kpis.compute import ALL, At, Counting, KpiRow
from models.kpis.definition import Better, Definition, End, Form
from models.kpis.groups import PublishedGroups, regions_of
from models.kpis.plugged import catalogue_of
from models.kpis.reasons import DIMENSIONS
from models.kpis.tier_moves import TierMoves, tier_moves
from models.panel.definitions import spoken_definitions
from models.relations.reading import reading
from models.shell.units import KpiUnit
from models.text import ENGLISH, Phrase, Slot, Spoken, Text, spoken
from models.vocab import Progress, SilentProgress

_BEGINS_WITHIN: Final = Text("The book begins on {day}, within the window: figures cover less than it says.")
_BEGINS_BEFORE: Final = Text("The book begins on {day}: who was active at the window's start is known in part only.")
_NOT_GROUPED: Final = {
    "start": Text("By {dimension} at the window's start, not known: {why}."),
    "end": Text("By {dimension} at the window's end, not known: {why}."),
}
_TARGETS = ("answer_hours", "settle_hours", "top_clients", "min_clients")
CSV_COLUMNS = (
    "as_of", "dimension", "group", "figure", "title", "unit", "estimate", "low", "high", "clients", "count", "missing",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FigureMeaning:
    """What one figure means in one book: formula with the book's targets, unit, and at which end it is grouped.

    ``texts`` are title and formula in every language, ``measure`` the unit as a code; ``is_own``: a plug-in's.
    """

    title: str
    formula: str
    unit: str
    form: Form
    better: Better
    grouped_at: End
    source: str
    texts: Annotated[tuple[Phrase, Phrase] | None, NOT_WRITTEN] = None
    measure: Annotated[KpiUnit | None, NOT_WRITTEN] = None
    is_own: Annotated[bool, NOT_WRITTEN] = False


@dataclass(frozen=True, kw_only=True)
class KpiReport:
    """All figures of a book.

    Attributes:
        scored_on, scored_at_start: as-of dates of the scores from which groups at either end of the window come.
        definitions: by name of the figure.
        called: tier or segment -> what people call it.
        trend: the figures of the whole book at earlier dates, oldest first, and now.
        min_clients: a figure of fewer clients is left out.
        terms: what decline, value and horizon mean.
    """

    book: str
    currency: str
    as_of: date
    window_start: date
    scored_on: date | None
    scored_at_start: date | None
    definitions: Mapping[str, FigureMeaning]
    figures: tuple[KpiRow, ...]
    trend: tuple[KpiRow, ...]
    campaigns: tuple[CampaignResult, ...]
    tier_moves: TierMoves
    min_clients: int
    tier_colours: Mapping[str, str]
    notes: tuple[Spoken, ...]
    called: Annotated[Mapping[str, Spoken], NOT_WRITTEN]
    terms: tuple[Spoken, ...] = ()

    @property
    def whole(self) -> dict[str, KpiRow]:
        """The figures of the whole book by name."""
        return {row.figure: row for row in self.figures if row.dimension == ALL}

    @property
    def dimensions(self) -> tuple[str, ...]:
        """By what clients are grouped."""
        return tuple(dict.fromkeys(row.dimension for row in self.figures if row.dimension != ALL))


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
    catalogue = catalogue_of(config)
    with reading(book, config) as reader:
        counting = Counting(reader, grid, published, regions_of(reader), catalogue)
        past = [number for number in earlier if counting.covers(number)]
        trend: list[KpiRow] = []
        for number in progress.track(past, total=len(past), title="Earlier dates"):
            trend += counting.rows(number)
        progress.stage("Counting the figures")
        now, campaigns, moves = counting.at(0), counting.campaigns(0), tier_moves(published, day)
        figures = tuple(counting.rows(0, dimensions=config.kpis.dimensions, campaigns=campaigns))
    return KpiReport(
        book=book.name,
        currency=book.currency,
        as_of=day,
        window_start=now.window.start,
        scored_on=now.at_end.scored_on,
        scored_at_start=now.at_start.scored_on,
        definitions=_meanings(book.currency, config.kpis, catalogue),
        figures=figures,
        trend=(*trend, *(row for row in figures if row.dimension == ALL)),
        campaigns=campaigns,
        tier_moves=moves,
        min_clients=config.kpis.min_clients,
        tier_colours=dict(now.at_end.scale.colours()),
        called={**now.at_end.segment_names, **now.at_end.scale.spoken_labels()},
        notes=tuple(_notes(book, now, config.kpis.dimensions)),
        terms=spoken_definitions(config),
    )


def csv_rows(report: KpiReport) -> Iterator[tuple[str | float | int | None, ...]]:
    """The trend of the whole book, then the figures by group, as ``CSV_COLUMNS``."""
    grouped = (row for row in report.figures if row.dimension != ALL)
    for row in (*report.trend, *grouped):
        meaning = report.definitions[row.figure]
        where = (row.as_of.isoformat(), row.dimension, row.group, row.figure)
        numbers = (row.estimate, row.low, row.high, row.clients, row.count, row.missing)
        yield (*where, meaning.title, meaning.unit, *numbers)


def _meanings(currency: str, settings: KpisConfig, catalogue: Mapping[str, Definition]) -> dict[str, FigureMeaning]:
    targets = {name: getattr(settings, name) for name in _TARGETS}
    return {
        name: FigureMeaning(
            title=each.title.within(ENGLISH),
            formula=_filled(each.formula, targets).within(ENGLISH),
            unit=each.unit.named(currency),
            form=each.form,
            better=each.better,
            grouped_at=each.grouped_at,
            source=each.source,
            texts=(each.title, _filled(each.formula, targets)),
            measure=each.unit,
            is_own=name not in CATALOGUE,
        )
        for name, each in catalogue.items()
    }


def _filled(formula: Phrase, targets: Mapping[str, Slot]) -> Phrase:
    """A formula with the settings that it has places for; a plug-in's words have none."""
    return formula.filled(**targets) if isinstance(formula, Text) else formula


def _require_covered(book: Book, day: date) -> None:
    if not book.first_date < day <= book.known_until:
        raise AsOfOutsideBookError(
            rule=f"the as-of date must lie after {book.first_date} and not after {book.known_until}",
            got=day.isoformat(),
            remedy="choose a date that the book covers with --as-of",
        )


def _notes(book: Book, at: At, dimensions: tuple[str, ...]) -> Iterator[Spoken]:
    """What a reader of the figures must know about their reach."""
    if book.first_date > at.window.start:
        yield spoken(_BEGINS_WITHIN.filled(day=book.first_date.isoformat()))
    elif book.first_date > at.window.active_before_start:
        yield spoken(_BEGINS_BEFORE.filled(day=book.first_date.isoformat()))
    for dimension in dimensions:
        for end, groups in (("end", at.at_end), ("start", at.at_start)):
            if why := groups.missing(dimension):
                yield spoken(_NOT_GROUPED[end].filled(dimension=DIMENSIONS[dimension], why=why))
