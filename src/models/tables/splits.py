"""Which as-of dates are learned from, foretold with hindsight and judged, so that time runs one way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.config import Config
from models.errors import TooLittleDataError
from models.tables.periods import PeriodGrid


@dataclass(frozen=True)
class HindcastOrigins:
    """A past origin, and the ``early`` ones whose outcomes were complete before it, in rising order."""

    origin: int
    early: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LearningOrigins:
    """Origins for one fit, in rising order, as numbers of periods.

    ``learn`` are all whose outcomes were complete. ``hindcasts`` are the latest of them that models can foretell that
    learned before: there predictions are chosen, calibrated and given intervals.
    """

    learn: tuple[int, ...]
    hindcasts: tuple[HindcastOrigins, ...] = ()

    @property
    def latest(self) -> int:
        """The origin nearest to the one that is scored."""
        return self.learn[-1]


def learning_origins(config: Config, grid: PeriodGrid, first_date: date, *, outcomes_before: int) -> LearningOrigins:
    """Origins whose horizon ends at or before the start of period ``outcomes_before``.

    They lie ``origins.spacing_periods`` apart, the latest ``origins.max_count`` of them, and none before the book is
    ``origins.min_history_periods`` old. Raises ``TooLittleDataError`` if there are none.
    """
    horizon, spacing = config.time.horizon_periods, config.origins.spacing_periods
    latest = outcomes_before - horizon
    earliest = grid.index_of(first_date) + config.origins.min_history_periods
    learn = tuple(range(latest, earliest - 1, -spacing))[: config.origins.max_count][::-1]
    if not learn:
        raise TooLittleDataError(
            rule=f"outcomes before {grid.start_of(outcomes_before)} need a book that begins "
            f"{horizon + config.origins.min_history_periods} {config.time.period}s earlier",
            got=f"a book from {first_date}",
            remedy="shorten time.horizon_periods or origins.min_history_periods, or choose a later origin",
        )
    return LearningOrigins(learn=learn, hindcasts=_hindcasts(learn, horizon, config.origins.calibration_count))


def _hindcasts(learn: tuple[int, ...], horizon: int, count: int) -> tuple[HindcastOrigins, ...]:
    found = [
        HindcastOrigins(origin, tuple(early for early in learn if early + horizon <= origin))
        for origin in learn[-count:]
    ]
    return tuple(hindcast for hindcast in found if hindcast.early)
