"""The funnel of one book at an as-of date: its layers, whom to look at next, and how such rankings did before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from models.book.contract import UNNAMED
from models.book.door import Book
from models.book.periods import WHOLE_PERIODS_PER_YEAR, WHOLE_YEAR_DAYS, PeriodGrid
from models.config.root import Config
from models.errors import AsOfOutsideBookError, UserError
from models.funnel.orders import Order, captured
from models.funnel.rules import (
    KINDS,
    Chances,
    Layer,
    layers,
    learned_chances,
    taken_per_period,
    waiting,
)
from models.panel.facilities import FOREVER
from models.panel.opportunities import STAGES
from models.publications.past import newest_official
from models.publications.previous import COLD_START, PreviousScores, previous_scores
from models.relations.opportunities import Opportunity, opportunities_known
from models.relations.reading import Reader, reading
from models.vocab import FloatArray, Progress, SilentProgress

_FEWEST_JUDGED = 2
PIPELINES = ("opportunities", "sales_pipeline")
"""Tables whose quarantined rows are missing in a funnel."""
ORDERS = (Order.OURS, Order.LARGEST_AMOUNT, Order.FIRST_IN_FIRST_OUT, Order.AT_RANDOM, Order.BEST)
FUNNEL_CSV_COLUMNS = (
    "rank",
    "opportunity_id",
    "client_id",
    "stage",
    "kind",
    "days_in_stage",
    "amount",
    "chance",
    "risk",
    "expected",
    "cold_start",
    "client_value",
    "take",
)


@dataclass(frozen=True, kw_only=True)
class FunnelCandidate:
    """One opportunity that waits for due diligence; ``take`` if it is within the capacity of the next period.

    ``risk`` is None where the client is not rated. ``client_value`` is what is expected of a client without activity
    (``cold_start``), None of all others and where no scores tell it.
    """

    rank: int
    opportunity_id: str
    client_id: str
    stage: str
    kind: str
    days_in_stage: int
    amount: float | None
    chance: float
    risk: float | None
    expected: float
    cold_start: bool
    client_value: float | None
    take: bool


@dataclass(frozen=True, kw_only=True)
class JudgedAt:
    """One past date: how many waited, how many could be taken, and the amount signed of them until ``until``."""

    as_of: date
    until: date
    waited: int
    capacity: int
    signed: Mapping[Order, float]


@dataclass(frozen=True, kw_only=True)
class FunnelChances:
    """Chances by stage, one per step of ``step_days`` in it, as in ``Chances``; ``faster`` and ``frailer`` by kind."""

    step_days: int
    seen: Mapping[str, tuple[float, ...]]
    advance: Mapping[str, tuple[float, ...]]
    lose: Mapping[str, tuple[float, ...]]
    faster: Mapping[str, float]
    frailer: Mapping[str, float]

    @classmethod
    def of(cls, chances: Chances) -> FunnelChances:
        """The same with the names of stages and kinds."""
        return cls(
            step_days=chances.step_days,
            seen=_by_stage(chances.seen),
            advance=_by_stage(chances.advance),
            lose=_by_stage(chances.lose),
            faster=dict(zip(KINDS, chances.faster.tolist(), strict=True)),
            frailer=dict(zip(KINDS, chances.frailer.tolist(), strict=True)),
        )


@dataclass(frozen=True, kw_only=True)
class FunnelReport:
    """The funnel of a book.

    Layers count from ``window_start`` on, ``opportunities`` are all ever known. ``shares`` is what each order captured
    of the best possible, over all judged dates. ``scored_on`` is the date of the scores that tell of clients without
    activity, None where none were published by then.
    """

    book: str
    currency: str
    period: str
    opportunities: int
    unnamed: int
    quarantined: int
    as_of: date
    scored_on: date | None
    window_start: date
    layers: tuple[Layer, ...]
    chances: FunnelChances
    ahead_periods: int
    capacity: int
    candidates: tuple[FunnelCandidate, ...]
    judged: tuple[JudgedAt, ...]
    shares: Mapping[Order, float]


@dataclass(frozen=True, kw_only=True)
class FunnelExcerpt(FunnelReport):
    """A funnel with its first candidates only, of all that are ``waiting``."""

    waiting: int

    @classmethod
    def of(cls, report: FunnelReport, *, first: int) -> FunnelExcerpt:
        """The report with its first so many candidates."""
        parts = {part.name: getattr(report, part.name) for part in fields(report)}
        return cls(**{**parts, "candidates": report.candidates[:first]}, waiting=len(report.candidates))


def book_funnel(
    book: Book,
    config: Config,
    *,
    as_of: date | None = None,
    scores: Path | None = None,
    progress: Progress = SilentProgress(),
) -> FunnelReport:
    """The funnel as known before ``as_of``, else where the book ends.

    ``scores`` is the folder below which scores are published: the newest up to that day weigh the opportunities of
    clients without activity. Past rankings are judged without them. Raises ``UserError`` if the book has no
    opportunities, ``AsOfOutsideBookError`` if none had begun by then.
    """
    if "opportunities" not in book.tables:
        raise UserError(
            rule="a funnel needs the table opportunities",
            got=", ".join(sorted(book.tables)),
            remedy="add it to the book: its columns are in book/contract.py",
        )
    day = as_of or book.known_until
    with reading(book, config) as reader:
        known = opportunities_known(reader, day)
        if day > book.known_until or not len(known):
            raise AsOfOutsideBookError(
                rule=f"the as-of date must lie after the first opportunity and not after {book.known_until}",
                got=day.isoformat(),
                remedy="choose a date that the book covers with --as-of",
            )
        progress.stage("Judging earlier rankings")
        judged = tuple(_judged(reader, config, day))
    chances, capacity = _learned(known, day, config), _capacity(known, day, config)
    cold = None if scores is None else _cold_start(scores, day)
    window = config.funnel.window_periods or WHOLE_PERIODS_PER_YEAR[config.time.period]
    since = PeriodGrid(config.time.period, day).start_of(-window)
    return FunnelReport(
        book=book.name,
        currency=book.currency,
        period=config.time.period,
        opportunities=len(known),
        unnamed=int((known.client_id == UNNAMED).sum()),
        quarantined=sum(count.rows_quarantined for count in book.counts if count.table in PIPELINES),
        as_of=day,
        scored_on=None if cold is None else cold.as_of,
        window_start=since,
        layers=layers(known, chances, _number(day), since=_number(since)),
        chances=FunnelChances.of(chances),
        ahead_periods=_ahead(config),
        capacity=capacity,
        candidates=tuple(_candidates(known, chances, day, config, capacity, cold)),
        judged=judged,
        shares=_shares(judged),
    )


def csv_rows(report: FunnelReport) -> Iterator[tuple[str | float | int | None, ...]]:
    """The candidates, the best first, as ``FUNNEL_CSV_COLUMNS``."""
    for candidate in report.candidates:
        yield tuple(getattr(candidate, name) for name in FUNNEL_CSV_COLUMNS)


def _by_stage(table: FloatArray) -> dict[str, tuple[float, ...]]:
    return dict(zip(STAGES[:-1], (tuple(row) for row in table.tolist()), strict=True))


def _ahead(config: Config) -> int:
    """How many periods chances look ahead."""
    return config.funnel.ahead_periods or WHOLE_PERIODS_PER_YEAR[config.time.period] // 2


def _number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _learned(known: Opportunity, day: date, config: Config) -> Chances:
    settings = config.funnel
    return learned_chances(
        known,
        _number(day),
        step_days=settings.age_step_days,
        steps=settings.age_steps,
        ahead_days=round(_ahead(config) * WHOLE_YEAR_DAYS / WHOLE_PERIODS_PER_YEAR[config.time.period]),
        shrinkage=settings.shrinkage,
    )


def _capacity(known: Opportunity, day: date, config: Config) -> int:
    return config.funnel.capacity or taken_per_period(
        known, _number(day), days=WHOLE_YEAR_DAYS, periods=WHOLE_PERIODS_PER_YEAR[config.time.period]
    )


def _cold_start(scores: Path, day: date) -> PreviousScores | None:
    """The newest scores up to ``day``, where they tell who starts cold."""
    found = newest_official(scores, day + timedelta(days=1))
    reported = None if found is None else previous_scores(found.folder, ("value", COLD_START))
    return reported if reported is not None and COLD_START in reported.columns else None


def _cold_values(known: Opportunity, scores: PreviousScores | None) -> FloatArray:
    """The value of each opportunity's client, where it starts cold; NaN elsewhere. Shape (n,)."""
    if scores is None:
        return np.full(len(known), np.nan)
    cold = scores.columns["value"].where(scores.columns[COLD_START].astype(bool))
    return np.asarray(cold.reindex(known.client_id).to_numpy(dtype=np.float64))


def _candidates(
    known: Opportunity, chances: Chances, day: date, config: Config, capacity: int, scores: PreviousScores | None
) -> Iterator[FunnelCandidate]:
    stages, margin, value = config.funnel.waiting, config.funnel.margin, _cold_values(known, scores)
    ranked = waiting(known, chances, _number(day), stages=stages, margin=margin, cold_value=value)
    for place, row in enumerate(ranked.row.tolist()):
        amount = float(known.amount[row])
        yield FunnelCandidate(
            rank=place + 1,
            opportunity_id=str(known.opportunity_id[row]),
            client_id=str(known.client_id[row]),
            stage=STAGES[int(known.stage[row])],
            kind=KINDS[int(ranked.kind[place])],
            days_in_stage=int(ranked.days[place]),
            amount=None if np.isnan(amount) else amount,
            chance=float(ranked.chance[place]),
            risk=None if np.isnan(known.pd[row]) else float(ranked.risk[place]),
            expected=float(ranked.expected[place]),
            cold_start=not np.isnan(value[row]),
            client_value=None if np.isnan(value[row]) else float(value[row]),
            take=place < capacity,
        )


def _judged(reader: Reader, config: Config, day: date) -> Iterator[JudgedAt]:
    """At past dates: rank by what was known then, and count what was signed until later of the first few."""
    year = WHOLE_PERIODS_PER_YEAR[config.time.period]
    after = _ahead(config)
    grid = PeriodGrid(config.time.period, day)
    for back in range(config.funnel.judged_at, 0, -1):
        number = -after - (year // 4) * (back - 1)
        then, until = grid.start_of(number), grid.start_of(number + after)
        known = opportunities_known(reader, then)
        if not len(known):
            continue
        chances, capacity = _learned(known, then, config), _capacity(known, then, config)
        ranked = waiting(known, chances, _number(then), stages=config.funnel.waiting, margin=config.funnel.margin)
        if len(ranked.row) < _FEWEST_JUDGED:
            continue
        signed = captured(known, ranked.row, _signed(known, opportunities_known(reader, until)), capacity=capacity)
        yield JudgedAt(as_of=then, until=until, waited=len(ranked.row), capacity=capacity, signed=signed)


def _signed(known: Opportunity, later: Opportunity) -> FloatArray:
    """The amount of each known opportunity if it is signed later, else 0. Shape (n,)."""
    place = np.searchsorted(later.opportunity_id, known.opportunity_id)
    signed = later.entered[place, -1] < FOREVER
    return np.where(signed, np.nan_to_num(later.amount[place]), 0.0)


def _shares(judged: tuple[JudgedAt, ...]) -> dict[Order, float]:
    best = sum(each.signed[Order.BEST] for each in judged)
    if not best:
        return {}
    return {name: sum(each.signed[name] for each in judged) / best for name in ORDERS}
