"""The memory that a bundle has of the clients its models learned from last: counts, usual moves, weights of inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.codec import from_json, to_json_text
from models.plausibility.counts import NOTHING_COUNTED, ColumnCounts, RunCounts
from models.plausibility.rules import MIN_KNOWN, level_factor, recent_age, share_change, shift, sign_change


@dataclass(frozen=True, kw_only=True)
class UsualMove:
    """The largest figures of one input between the latest date learned from and the others."""

    shift: float = 0.0
    level: float = 1.0
    missing: float = 0.0
    sign: float = 0.0

    def over(self, longer: float) -> UsualMove:
        """The same where it goes on at that pace: a stability index grows with the square of the way.

        >>> UsualMove(shift=0.5, level=2.0, missing=0.1).over(2.0)
        UsualMove(shift=2.0, level=4.0, missing=0.2, sign=0.0)
        """
        return UsualMove(
            shift=self.shift * longer**2,
            level=self.level**longer,
            missing=self.missing * longer,
            sign=self.sign * longer,
        )


NO_MOVE = UsualMove()
AGES = ("_recency_days", "_age_days", "_overdue")
"""How names of inputs end that tell how long ago something was, in days or in usual gaps: they move with the date."""


@dataclass(frozen=True, kw_only=True)
class TrainingReference:
    """Of the latest date learned from, ``as_of``, and the ``span_days`` before it in which the others lie.

    Attributes:
        counts: its clients by input and by what the models that serve say of them, whose outcomes they knew.
        usual: input -> how far it moves between dates that were learned from; not named: not at all.
        weight: input -> its share of what moves a model, of that which it moves most.
        no_sizes: inputs that are shares or rates, whose median size tells no unit.
        shared: inputs that many clients have in common, as those of their country: a few numbers tell no distribution.
        regular: ages of events that came anew in every period at all dates learned from -> the most days that the most
            recent twentieth of the clients was away from them.
    """

    counts: RunCounts = NOTHING_COUNTED
    usual: Mapping[str, UsualMove] = field(default_factory=dict)
    weight: Mapping[str, float] = field(default_factory=dict)
    no_sizes: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    regular: Mapping[str, float] = field(default_factory=dict)
    as_of: date | None = None
    span_days: int = 0

    def usual_of(self, name: str, longer: float = 1.0) -> UsualMove:
        """The usual move of an input, in a stretch so many times longer than that of the dates learned from."""
        return self.usual.get(name, NO_MOVE).over(longer)

    def longer(self, as_of: date) -> float:
        """How many times longer ago the latest date learned from is than the dates learned from are apart; 1 at least.

        >>> TrainingReference(as_of=date(2022, 1, 1), span_days=365).longer(date(2024, 1, 1))
        2.0
        """
        if self.as_of is None or not self.span_days:
            return 1.0
        return max((as_of - self.as_of).days / self.span_days, 1.0)

    def spreads(self, name: str) -> bool:
        """Whether the distribution of an input over clients tells anything: ages move with the date alone."""
        return name not in self.shared and not name.endswith(AGES)

    def tells_a_unit(self, name: str) -> bool:
        """Whether the median size of an input tells its unit."""
        return name not in self.no_sizes and not name.endswith(AGES)

    def to_json(self) -> str:
        """As text; the same reference gives the same bytes."""
        return to_json_text(self, sort_keys=True, ascii_only=False)

    @classmethod
    def from_json(cls, text: str) -> TrainingReference:
        """What ``to_json`` wrote."""
        return from_json(cls, text, subject="the reference of a bundle", remedy="train again")


NO_REFERENCE = TrainingReference()
"""Of models of whose clients nothing is remembered: every run is like them."""


def usual_moves(latest: RunCounts, others: Sequence[RunCounts]) -> dict[str, UsualMove]:
    """How far each input moves between the latest date and the others, of those that move at all."""
    found = {}
    for name, counts in latest.inputs.items():
        moves = [_move(other.inputs[name], counts) for other in others if name in other.inputs]
        largest = UsualMove(
            shift=max((move.shift for move in moves), default=0.0),
            level=max((move.level for move in moves), default=1.0),
            missing=max((move.missing for move in moves), default=0.0),
            sign=max((move.sign for move in moves), default=0.0),
        )
        if largest != NO_MOVE:
            found[name] = largest
    return found


def regular_ages(dates: Sequence[RunCounts], most_days: float) -> dict[str, float]:
    """Ages that ``recent_age`` finds to be no more than so many days at each of the dates -> the most that it finds."""
    found = {}
    for name in dates[0].inputs if dates else ():
        columns = [date.inputs.get(name, ColumnCounts()) for date in dates]
        if name.endswith("_days") and name.endswith(AGES) and all(each.filled >= MIN_KNOWN for each in columns):
            found[name] = max(recent_age(each.bins) for each in columns)
    return {name: days for name, days in found.items() if days <= most_days}


def _move(before: ColumnCounts, now: ColumnCounts) -> UsualMove:
    return UsualMove(
        shift=shift(before, now),
        level=level_factor(before.bins, now.bins),
        missing=share_change(before.missing_share, now.missing_share, (before.rows, now.rows)),
        sign=sign_change(before.bins, now.bins),
    )
