"""Figures of a run beside those of training and of the publication before: what may be implausible about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from types import MappingProxyType

from models.book.guard.histograms import share_below_zero
from models.book.periods import DAYS_PER_PERIOD
from models.config.monitor import MonitorConfig
from models.plausibility.alarms import Reading
from models.plausibility.counts import AMOUNTS, FIRST_REASON, GRADES, ColumnCounts, RunCounts
from models.plausibility.reference import NO_REFERENCE, TrainingReference, UsualMove
from models.plausibility.rules import (
    MIN_KNOWN,
    exchange_gain,
    level_factor,
    median_size,
    ratio,
    recent_age,
    share_change,
    shift,
    sign_change,
)
from models.text import Text

TRAINING = "training"
NOBODY_COMPARED: Mapping[str, float] = MappingProxyType({})
_EXCHANGED_AT_MOST = 60
"""Of so many moved inputs each pair is held against the other; of more, everything moved."""
_AT_SOURCE = Text("compare the input at the source with what it held before, its unit first")
_AT_TRAINING, _AT_PUBLICATION = Text("at training"), Text("at the publication of {day}")
_MISSING = Text("it was not known of {before:.0%} of the clients {at}, got {now:.0%}")
_CAME_WHOLE = Text("look whether its table came whole and still joins the clients")
_UNSEEN = Text("categories must be those of training, got others for {share:.0%} of the clients")
_SPELLING = Text("look whether the source spells them otherwise now")
_SHIFT = Text("its stability index must be near 0 beyond chance and usual moves, got {index:.2f}")
_SIGN = Text("it was below zero for {before:.0%} of the clients {at}, got {now:.0%}")
_LEVEL = Text("its median size was about {before:,.3g} {at}, got {now:,.3g}")
_SILENT = Text("the most recent events lay at most {before:.0f} days back before, got {now:.0f}")
_SILENT_ALL = Text("the most recent events lay at most {before:.0f} days back before, got none")
_FEED = Text("look when the feed came last")
_EXCHANGED = Text("each must be like itself before, got values of each that are like the other's")
_PLACES = Text("look whether two columns or kinds changed places")
_MOVED = Text("most of what moves the models must be as before, got {share:.0%} of it from inputs that moved")
_IN_COMMON = Text("look what the moved inputs have in common; where it is the world, train again")
_CLIENTS = Text("about {before:,} clients must be scored as in the publication of {day}, got {now:,}")
_FILES = Text("look whether the file of clients and that of cashflows came whole, and once")
_RANKS = Text("clients must rank about as in the publication of {day}, got a rank correlation of {correlation:.2f}")
_ROWS = Text("look whether rows stand with the right clients: ids that moved by a line, or a join on another key")
_DISTRIBUTED = Text("it must be distributed about as before, got a stability index of {index:.2f} beyond chance")
_WHICH_MOVED = Text("look which inputs moved; where none did, ask what changed in policy or models")


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The publication before: its date and its counts."""

    as_of: date
    counts: RunCounts

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"publication of {self.as_of}"


@dataclass(frozen=True, kw_only=True)
class Plausibility:
    """The run of a date is held against this. ``period``: the grain of the book; ``earlier``: None if none is near."""

    as_of: date
    reference: TrainingReference
    earlier: Earlier | None
    period: str
    config: MonitorConfig

    def readings(self, now: RunCounts, agreement: Mapping[str, float] = NOBODY_COMPARED) -> Iterator[Reading]:
        """Every figure of a run, beside training and beside the publication before.

        ``agreement``: column of scores -> rank correlation with the publication before, over clients of both.
        """
        yield from self._beside(self.reference.counts, now, TRAINING)
        if self.earlier is not None and self.earlier.counts.clients:
            yield from self._beside(self.earlier.counts, now, self.earlier.name)
            yield from _clients(self.earlier, now)
            yield from _ranks(self.earlier, agreement)

    def _beside(self, before: RunCounts, now: RunCounts, beside: str) -> Iterator[Reading]:
        yield from _scores(before.scores, now.scores, beside)
        if self.reference == NO_REFERENCE:  # what is usual is not known
            return
        moved = input_moves(self.reference, before, now, self._longer(beside))
        for name, first in before.inputs.items():
            if name in now.inputs:
                yield from self._input(name, first, now.inputs[name], beside, moved.get(name))
        yield from self._exchanged(before, now, beside, moved)
        yield from self._moved_inputs(moved, beside)

    def _usual(self, name: str, beside: str) -> UsualMove:
        """How far an input may have moved since by itself."""
        return self.reference.usual_of(name, self._longer(beside))

    def _longer(self, beside: str) -> float:
        return self.reference.longer(self.as_of) if beside == TRAINING else 1.0

    def _input(
        self, name: str, before: ColumnCounts, now: ColumnCounts, beside: str, moved: float | None
    ) -> Iterator[Reading]:
        usual, weight = self._usual(name, beside), self.reference.weight.get(name, 1.0)
        at = self._at(beside)

        def reading(code: str, figure: float, found: Text, remedy: Text = _AT_SOURCE) -> Reading:
            return Reading(
                code=code, subject=name, beside=beside, figure=figure, found=found, remedy=remedy, weight=weight
            )

        rows = before.rows, now.rows
        yield reading(
            "missing",
            share_change(before.missing_share, now.missing_share, rows) - usual.missing,
            _MISSING.filled(before=before.missing_share, at=at, now=now.missing_share),
            _CAME_WHOLE,
        )
        yield reading(
            "unseen",
            share_change(before.unseen_share, now.unseen_share, rows) if now.unseen else 0.0,
            _UNSEEN.filled(share=now.unseen_share),
            _SPELLING,
        )
        if moved is not None:
            yield reading("shift", moved, _SHIFT.filled(index=moved))
            yield reading("sign", sign_change(before.bins, now.bins) - usual.sign, _signs(before, now, at))
        if self.reference.tells_a_unit(name):
            yield reading("level", level_factor(before.bins, now.bins) / usual.level, _sizes(before, now, at))
        if name in self.reference.regular and beside == TRAINING:
            yield reading("silent", self._silent(name, now), self._ages(name, now), _FEED)

    def _at(self, beside: str) -> Text:
        """At what, within a sentence."""
        if beside == TRAINING or self.earlier is None:
            return _AT_TRAINING
        return _AT_PUBLICATION.filled(day=str(self.earlier.as_of))

    def _silent(self, name: str, now: ColumnCounts) -> float:
        """Periods by which the most recent events lie longer ago than at any date learned from."""
        if now.filled < MIN_KNOWN:
            return 0.0
        return (recent_age(now.bins) - self.reference.regular[name]) / DAYS_PER_PERIOD[self.period]

    def _ages(self, name: str, now: ColumnCounts) -> Text:
        before = self.reference.regular[name]
        return (
            _SILENT.filled(before=before, now=recent_age(now.bins)) if now.filled else _SILENT_ALL.filled(before=before)
        )

    def _exchanged(
        self, before: RunCounts, now: RunCounts, beside: str, moved: Mapping[str, float]
    ) -> Iterator[Reading]:
        names = [name for name, index in moved.items() if index >= self.config.moved_from]
        if len(names) > _EXCHANGED_AT_MOST:
            return
        weight = self.reference.weight
        for first, second in combinations(names, 2):
            pairs = [(before.inputs[name], now.inputs[name]) for name in (first, second)]
            if bool(pairs[0][0].words) != bool(pairs[1][0].words):
                continue
            yield Reading(
                code="exchanged",
                subject=f"{first} and {second}",
                beside=beside,
                figure=exchange_gain(pairs[0], pairs[1]),
                found=_EXCHANGED,
                remedy=_PLACES,
                weight=max(weight.get(first, 1.0), weight.get(second, 1.0)),
            )

    def _moved_inputs(self, moved: Mapping[str, float], beside: str) -> Iterator[Reading]:
        share = moved_share(self.reference, moved, self.config.moved_from)
        if share is None:
            return
        yield Reading(
            code="moved_inputs",
            subject="inputs",
            beside=beside,
            figure=share,
            found=_MOVED.filled(share=share),
            remedy=_IN_COMMON,
        )


def input_moves(
    reference: TrainingReference, before: RunCounts, now: RunCounts, longer: float = 1.0
) -> dict[str, float]:
    """Input -> its stability index beyond chance and what is usual, of inputs whose distribution tells anything.

    ``longer``: how many times longer the stretch from ``before`` to ``now`` is than that of the dates learned from.
    """
    return {
        name: max(shift(first, now.inputs[name]) - reference.usual_of(name, longer).shift, 0.0)
        for name, first in before.inputs.items()
        if name in now.inputs and reference.spreads(name)
    }


def moved_share(reference: TrainingReference, moves: Mapping[str, float], line: float) -> float | None:
    """Share of what moves the models that comes from inputs whose index reaches a line; None if none of them does."""
    whole = sum(reference.weight.get(name, 0.0) for name in moves)
    if not whole:
        return None
    return sum(reference.weight.get(name, 0.0) for name, index in moves.items() if index >= line) / whole


def _clients(earlier: Earlier, now: RunCounts) -> Iterator[Reading]:
    before = earlier.counts.clients
    yield Reading(
        code="clients",
        subject="clients",
        beside=earlier.name,
        figure=ratio(before, now.clients),
        found=_CLIENTS.filled(before=before, day=str(earlier.as_of), now=now.clients),
        remedy=_FILES,
    )


def _ranks(earlier: Earlier, agreement: Mapping[str, float]) -> Iterator[Reading]:
    for name, correlation in agreement.items():
        yield Reading(
            code="ranks",
            subject=name,
            beside=earlier.name,
            figure=1.0 - correlation,
            found=_RANKS.filled(day=str(earlier.as_of), correlation=correlation),
            remedy=_ROWS,
        )


def _scores(before: Mapping[str, ColumnCounts], now: Mapping[str, ColumnCounts], beside: str) -> Iterator[Reading]:
    codes = dict.fromkeys(AMOUNTS, "score_shift") | dict.fromkeys(GRADES, "grade_shift")
    for name, code in {**codes, FIRST_REASON: "reason_shift"}.items():
        if name in before and name in now:
            index = shift(before[name], now[name])
            yield Reading(
                code=code,
                subject=name,
                beside=beside,
                figure=index,
                found=_DISTRIBUTED.filled(index=index),
                remedy=_WHICH_MOVED,
            )


def _sizes(before: ColumnCounts, now: ColumnCounts, at: Text) -> Text:
    return _LEVEL.filled(before=median_size(before.bins), at=at, now=median_size(now.bins))


def _signs(before: ColumnCounts, now: ColumnCounts, at: Text) -> Text:
    return _SIGN.filled(before=share_below_zero(before.bins), at=at, now=share_below_zero(now.bins))
