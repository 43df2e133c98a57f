"""The funnel of one book at an as-of date: its layers, whom to look at next, and how such rankings did before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from models.book.contract import UNNAMED
from models.book.door import Book
from models.book.periods import WHOLE_PERIODS_PER_YEAR, WHOLE_YEAR_DAYS, PeriodGrid
from models.config.root import Config
from models.errors import AsOfOutsideBookError, UserError
from models.funnel.rules import KINDS, Chances, Layer, captured, layers, learned_chances, taken_per_period, waiting
from models.kpis.relations.opportunities import Opportunity, opportunities_known
from models.kpis.relations.reading import Reader, reading
from models.panel.facilities import FOREVER
from models.panel.opportunities import STAGES
from models.vocab import FloatArray, Progress, SilentProgress

_FEWEST_JUDGED = 2
PIPELINES = ("opportunities", "sales_pipeline")
"""Tables whose quarantined rows are missing in a funnel."""
ORDERS = ("ours", "largest_amount", "first_in_first_out", "at_random", "best")
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
    "take",
)


@dataclass(frozen=True, kw_only=True)
class FunnelCandidate:
    """One opportunity that waits for due diligence; ``take`` if it is within the capacity of the next period.

    ``risk`` is None where the client is not rated.
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
    take: bool


@dataclass(frozen=True, kw_only=True)
class JudgedAt:
    """One past date: how many waited, how many could be taken, and the amount signed of them until ``until``."""

    as_of: date
    until: date
    waited: int
    capacity: int
    signed: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class FunnelReport:
    """The funnel of a book; layers tell of the time from ``window_start`` on, ``opportunities`` are all ever known.

    ``shares`` is what each order captured of the best possible, over all judged dates.
    """

    book: str
    currency: str
    as_of: date
    period: str
    window_start: date
    opportunities: int
    unnamed: int
    quarantined: int
    layers: tuple[Layer, ...]
    chances: Chances
    ahead_periods: int
    capacity: int
    candidates: tuple[FunnelCandidate, ...]
    judged: tuple[JudgedAt, ...]
    shares: dict[str, float]


def book_funnel(
    book: Book, config: Config, *, as_of: date | None = None, progress: Progress = SilentProgress()
) -> FunnelReport:
    """The funnel as known before ``as_of``, else where the book ends.

    Raises ``UserError`` if the book has no opportunities, ``AsOfOutsideBookError`` if none had begun by then.
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
    window = config.funnel.window_periods or WHOLE_PERIODS_PER_YEAR[config.time.period]
    since = PeriodGrid(config.time.period, day).start_of(-window)
    return FunnelReport(
        book=book.name,
        currency=book.currency,
        as_of=day,
        period=config.time.period,
        window_start=since,
        opportunities=len(known),
        unnamed=int((known.client_id == UNNAMED).sum()),
        quarantined=sum(count.rows_quarantined for count in book.counts if count.table in PIPELINES),
        layers=layers(known, chances, _number(day), since=_number(since)),
        chances=chances,
        ahead_periods=_ahead(config),
        capacity=capacity,
        candidates=tuple(_candidates(known, chances, day, config, capacity)),
        judged=judged,
        shares=_shares(judged),
    )


def funnel_facts(report: FunnelReport) -> dict[str, Any]:
    """Everything of a report, ready for JSON."""
    chances = report.chances
    names = ("seen", "advance", "lose")
    tables = {name: dict(zip(STAGES[:-1], getattr(chances, name).tolist(), strict=True)) for name in names}
    kinds = {name: dict(zip(KINDS, getattr(chances, name).tolist(), strict=True)) for name in ("faster", "frailer")}
    plain = {
        name: getattr(report, name)
        for name in ("book", "currency", "period", "opportunities", "unnamed", "quarantined")
    }
    return {
        **plain,
        "as_of": report.as_of.isoformat(),
        "window_start": report.window_start.isoformat(),
        "layers": [asdict(layer) for layer in report.layers],
        "chances": {"step_days": chances.step_days, **tables, **kinds},
        "ahead_periods": report.ahead_periods,
        "capacity": report.capacity,
        "candidates": [asdict(candidate) for candidate in report.candidates],
        "judged": [
            {**asdict(each), "as_of": each.as_of.isoformat(), "until": each.until.isoformat()} for each in report.judged
        ],
        "shares": report.shares,
    }


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


def _candidates(
    known: Opportunity, chances: Chances, day: date, config: Config, capacity: int
) -> Iterator[FunnelCandidate]:
    stages, margin = config.funnel.waiting, config.funnel.margin
    ranked = waiting(known, chances, _number(day), stages=stages, margin=margin)
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
    """The amount of each known opportunity if it is signed later, else nought. Shape (n,)."""
    place = np.searchsorted(later.opportunity_id, known.opportunity_id)
    signed = later.entered[place, -1] < FOREVER
    return np.where(signed, np.nan_to_num(later.amount[place]), 0.0)


def _shares(judged: tuple[JudgedAt, ...]) -> dict[str, float]:
    best = sum(each.signed["best"] for each in judged)
    if not best:
        return {}
    return {name: sum(each.signed[name] for each in judged) / best for name in ORDERS}
