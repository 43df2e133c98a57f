"""Splits as-of dates by time into training, out-of-time forecast and test origins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError


@dataclass(frozen=True)
class CensoredOrigin:
    """An origin of whose outcomes only the first ``elapsed`` periods had come."""

    origin: int
    elapsed: int


@dataclass(frozen=True)
class OutOfTimeOrigins:
    """A past origin, and the ``early`` ones whose outcomes were complete before it, in rising order.

    ``unfinished`` lie between them: of their outcomes only a part had come.
    """

    origin: int
    early: tuple[int, ...]
    unfinished: tuple[CensoredOrigin, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LearningOrigins:
    """Origins for one fit, in rising order, as numbers of periods.

    ``learn`` are all whose outcomes were complete. ``out_of_time`` are the latest of them that models can foretell that
    learned before: there predictions are chosen, calibrated and given intervals. ``unfinished`` are later than all of
    them: of their outcomes only a part had come.
    """

    learn: tuple[int, ...]
    out_of_time: tuple[OutOfTimeOrigins, ...] = ()
    unfinished: tuple[CensoredOrigin, ...] = ()

    @property
    def latest(self) -> int:
        """The nearest origin to the one that is scored whose outcomes are complete."""
        return self.learn[-1]

    @property
    def taught_by(self) -> tuple[int, ...]:
        """All origins whose rows teach something, in rising order."""
        return (*self.learn, *(each.origin for each in self.unfinished))


def elapsed_periods(config: Config) -> tuple[int, ...]:
    """After how many periods it is asked how outcomes stand that are not complete; none where nobody asks."""
    if not config.origins.learn_unfinished:
        return ()
    horizon, spacing = config.time.horizon_periods, config.origins.spacing_periods
    before_forecasts, before_the_end = range(spacing, horizon, spacing), range(horizon - spacing, 0, -spacing)
    return tuple(sorted({*before_forecasts, *before_the_end}))


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
    later = range(latest + spacing, outcomes_before, spacing) if config.origins.learn_unfinished else ()
    return LearningOrigins(
        learn=learn,
        out_of_time=_out_of_time(learn, config),
        unfinished=_unfinished(later, before=outcomes_before),
    )


def never_before(config: Config, grid: PeriodGrid, first_date: date, fits: Iterable[LearningOrigins]) -> int:
    """The period before which no origin of ``fits`` lies, nor one of any fit that learns until later.

    What is learned once for all fits, from before the earliest origin, is cut here: the origins of later fits lie
    between those of earlier ones, and a book that goes on would move the earliest.
    """
    earliest = grid.index_of(first_date) + config.origins.min_history_periods
    return min(fit.learn[0] if len(fit.learn) == config.origins.max_count else earliest for fit in fits)


def _out_of_time(learn: tuple[int, ...], config: Config) -> tuple[OutOfTimeOrigins, ...]:
    found = [_out_of_time_origin(learn, origin, config) for origin in learn[-config.origins.calibration_count :]]
    return tuple(each for each in found if each.early)


def _out_of_time_origin(learn: tuple[int, ...], origin: int, config: Config) -> OutOfTimeOrigins:
    horizon = config.time.horizon_periods
    early = tuple(each for each in learn if each + horizon <= origin)
    between = [each for each in learn if origin - horizon < each < origin] if config.origins.learn_unfinished else []
    return OutOfTimeOrigins(origin, early, _unfinished(between, before=origin))


def _unfinished(origins: Iterable[int], *, before: int) -> tuple[CensoredOrigin, ...]:
    return tuple(CensoredOrigin(origin, before - origin) for origin in origins)
