"""Which as-of dates are learned from, calibrated on and judged, so that time runs one way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.config import Config
from models.errors import TooLittleDataError
from models.tables.periods import PeriodGrid


@dataclass(frozen=True, kw_only=True)
class LearningOrigins:
    """Origins for one fit, in rising order, as numbers of periods.

    ``learn`` are all whose outcomes were complete. ``early`` are those whose outcomes were complete before
    ``calibration``, the latest of ``learn``; a model fitted on them is calibrated there.
    """

    learn: tuple[int, ...]
    early: tuple[int, ...]

    @property
    def calibration(self) -> int:
        """The origin that calibrates."""
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
    early = tuple(origin for origin in learn if origin <= learn[-1] - horizon)
    return LearningOrigins(learn=learn, early=early)
