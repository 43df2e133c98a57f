"""Rules of a comparison: at which date two versions may be judged, and which of two figures is better."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.book.periods import PeriodGrid, PeriodName
from models.comparison.report import Better, PairVerdict
from models.errors import TooLittleDataError, UserError
from models.metrics.bootstrap import Draws
from models.panel.features.labels import STRETCHES
from models.text import ENGLISH, Text
from models.vocab import FloatArray

_WAIT = Text("wait for them, or train with --set origins.learn_until={day}, which holds back what came later")
_WHY_NONE = Text(
    "both versions are judged by what came after {learned}, until which they learned, and the book is known until "
    "{known}: {stretch} of outcomes are needed (compare.least_elapsed); {waiting}"
)


@dataclass(frozen=True, kw_only=True)
class JudgingTime:
    """A book's time, as far as it says when versions may be judged.

    ``learned_until`` is the later of the days until which the versions learned; ``least_elapsed`` a share of the
    horizon.
    """

    period: PeriodName
    horizon: int
    known_until: date
    learned_until: date
    least_elapsed: float

    @property
    def least_periods(self) -> int:
        """How many periods of the horizon must be over.

        >>> JudgingTime(period="month", horizon=10, known_until=date(2024, 1, 1), learned_until=date(2023, 1, 1),
        ...             least_elapsed=0.25).least_periods
        3
        """
        return max(math.ceil(self.least_elapsed * self.horizon - 1e-9), 1)

    def elapsed(self, at: date) -> int:
        """Whole periods of the horizon that are over, of a date; below 1 for one at which nothing came yet."""
        return min(PeriodGrid(self.period, at).index_of(self.known_until), self.horizon)

    def default_date(self) -> date | None:
        """The date at which to judge: of those that no version learned from, the newest whose outcomes are complete.

        Where none is, the one with the most outcomes, which is the day until which they learned; None where less than
        ``least_periods`` came since. Dates lie whole periods before the end of the book.
        """
        grid = PeriodGrid(self.period, self.known_until)
        earliest = grid.index_of(self.learned_until)
        if grid.start_of(earliest) < self.learned_until:
            earliest += 1
        if -earliest < self.least_periods:
            return None
        return grid.start_of(max(earliest, -self.horizon))

    def a_horizon_ago(self) -> date:
        """The newest date whose outcomes are complete, whoever learned from them."""
        return PeriodGrid(self.period, self.known_until).start_of(-self.horizon)

    def require(self, at: date, *, in_sample: bool) -> None:
        """Raises ``UserError`` for a date at which nothing came yet, or that a version learned from."""
        if self.elapsed(at) < 1:
            raise UserError(
                rule=f"versions are compared at a date after which a {self.period} of outcomes has come",
                got=f"{at} in a book that is known until {self.known_until}",
                remedy=f"choose {PeriodGrid(self.period, self.known_until).start_of(-1)} or earlier, with --at",
            )
        if at < self.learned_until and not in_sample:
            raise UserError(
                rule=f"versions must be judged by outcomes that neither learned from, which begin on "
                f"{self.learned_until}",
                got=at.isoformat(),
                remedy=f"{self._remedy()}; or look at them with --in-sample, which proves nothing",
            )

    def _remedy(self) -> str:
        """Where outcomes came that neither learned from, else how they come."""
        return (
            f"choose {self.learned_until} or later"
            if self.elapsed(self.learned_until) >= 1
            else self._waiting().within(ENGLISH)
        )

    def _waiting(self) -> Text:
        late = PeriodGrid(self.period, self.known_until).start_of(-self.least_periods)
        return _WAIT.filled(day=str(late))

    def why_none(self) -> Text:
        """Why there is no date at which to judge, and what would change it, in a sentence."""
        return _WHY_NONE.filled(
            learned=str(self.learned_until),
            known=str(self.known_until),
            stretch=STRETCHES[self.period].filled(count=self.least_periods),
            waiting=self._waiting(),
        )


def distance(better: Better, level: float) -> Callable[[FloatArray], FloatArray]:
    """How far figures lie from the best; less is better. ``level`` is what intervals claim to cover.

    >>> distance(Better.NEAR_ONE, 0.9)(np.array([1.2, 0.8])).round(6)
    array([0.2, 0.2])
    """
    goals = {Better.NEAR_ONE: 1.0, Better.NEAR_ZERO: 0.0, Better.NEAR_LEVEL: level}
    if better in goals:
        return lambda figures: np.abs(figures - goals[better])
    return lambda figures: -figures if better is Better.MORE else figures


def verdict(first: Draws, second: Draws, better: Better, level: float) -> PairVerdict:
    """How a second figure stands to a first, by whether the 95% interval of their difference holds 0.

    >>> low, high = (Draws(each, np.full(100, each)) for each in (0.6, 0.7))
    >>> verdict(low, high, Better.MORE, 0.9).value, verdict(low, high, Better.LESS, 0.9).value
    ('better', 'worse')
    """
    far = distance(better, level)
    apart = [Draws(float(far(np.array([each.estimate]))[0]), far(each.values)) for each in (first, second)]
    try:
        interval = apart[1].minus(apart[0]).interval()
    except TooLittleDataError:
        return PairVerdict.OPEN
    if interval.high < 0:
        return PairVerdict.BETTER
    return PairVerdict.WORSE if interval.low > 0 else PairVerdict.OPEN
