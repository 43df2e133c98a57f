"""The as-of dates at which features are judged: the latest with complete outcomes, and one a horizon before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.features.labels import STRETCHES
from models.text import Text

_TOO_SHORT: Final = Text(
    "relevance needs outcomes over {horizon} after some history; the book runs from {start} until before {end}"
)


@dataclass(frozen=True, kw_only=True)
class AuditOrigins:
    """Numbers of periods on a grid that begins on the latest origin; ``earlier`` is None if the book is too young."""

    grid: PeriodGrid
    latest: int
    earlier: int | None
    has_outcomes: bool
    left_out: tuple[Text, ...]

    @property
    def as_of(self) -> date:
        """First day of the latest origin."""
        return self.grid.start_of(self.latest)

    @property
    def numbers(self) -> tuple[int, ...]:
        """All origins, in rising order."""
        return (self.latest,) if self.earlier is None else (self.earlier, self.latest)


def audit_origins(config: Config, first_date: date, known_until: date) -> AuditOrigins:
    """The origins of an audit. Without complete outcomes the book's end is taken, and a sentence says so.

    Raises ``TooLittleDataError`` if not even one whole period lies behind the book's end.
    """
    horizon, period = config.time.horizon_periods, config.time.period
    grid = PeriodGrid.through(period, config.origins.test)
    end, begin = grid.index_of(known_until), grid.index_of(first_date)
    if end <= begin:
        raise TooLittleDataError(
            rule=f"features need at least one whole {period} of history",
            got=f"a book from {first_date} until before {known_until}",
            remedy="use a longer book or a shorter time.period",
        )
    has_outcomes = end - horizon > begin
    latest = end - horizon if has_outcomes else end
    left_out = () if has_outcomes else (_too_short(horizon, period, first_date, known_until),)
    earlier = latest - horizon if latest - horizon > begin else None
    moved = PeriodGrid(period, grid.start_of(latest))
    return AuditOrigins(
        grid=moved,
        latest=0,
        earlier=None if earlier is None else earlier - latest,
        has_outcomes=has_outcomes,
        left_out=left_out,
    )


def _too_short(horizon: int, period: str, first_date: date, known_until: date) -> Text:
    over = STRETCHES[period].filled(count=horizon)
    return _TOO_SHORT.filled(horizon=over, start=first_date.isoformat(), end=known_until.isoformat())
