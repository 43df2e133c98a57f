"""A prediction and a change as rows of one unit that add up as they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.explanation.change_reasons import ClientChange, MovedReason
from models.explanation.labels import say
from models.explanation.reasons import ExplainedReason
from models.explanation.story import ClientStory
from models.reasons.figures import currency_name
from models.reasons.text import clause as clause_of
from models.scoring.block import DECLINE
from models.text import Language, Text, scales
from models.text import number as number_in

_SCALES = Text("1e9 = bn {currency}; 1e6 = m {currency}; 1e3 = k {currency}", "units of a column")
_POINTS = Text("percentage points", "unit of a column")
_TEN = 10.0


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The unit of a column: what to divide by, digits after the point, and what it is called."""

    divisor: float
    digits: int
    name: str
    language: Language

    def rounded(self, number: float) -> float:
        """A number in this unit, with no more digits than are written."""
        return round(number / self.divisor, self.digits)

    def written(self, rounded: float, *, signed: bool = True) -> str:
        """A rounded number; nothing is never negative.

        >>> points_scale("en").written(-0.0), points_scale("en").written(1.25), points_scale("en").written(-3.0)
        ('0.0', '+1.2', '-3.0')
        """
        if round(rounded, self.digits) == 0:
            return number_in(f"{0:.{self.digits}f}", self.language)
        return number_in(f"{rounded:{'+' if signed else ''},.{self.digits}f}", self.language)


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One row: what a client of whom nothing is known gets, a reason, all others, or the sum. ``number`` is rounded."""

    kind: Literal["base", "reason", "others", "total"]
    title: str
    sentence: str
    number: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Rows from the base to the total, and their unit."""

    scale: Scale
    rows: tuple[LedgerRow, ...]

    @property
    def parts(self) -> tuple[LedgerRow, ...]:
        """The rows between base and total."""
        return self.rows[1:-1]


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """What one reason added to a change, as it is written: points of decline, and value; and whether it is worse.

    What is written as nothing is neither worse nor better: None.
    """

    title: str
    points: str
    value: str
    points_worse: bool | None
    value_worse: bool | None


def points_scale(language: Language) -> Scale:
    """Percentage points, from probabilities."""
    return Scale(divisor=0.01, digits=1, name=_POINTS.within(language), language=language)


def money_scale(largest: float, currency: str, language: Language) -> Scale:
    """The unit in which an amount of this size has one to three digits before the point.

    >>> scale = money_scale(42_700.0, "USD", "en")
    >>> scale.name, scale.written(scale.rounded(-6512.0))
    ('k USD', '-6.5')
    """
    name = currency_name(currency, language)
    for divisor, unit in scales(_SCALES, language):
        if largest >= divisor:
            digits = 2 if largest < _TEN * divisor else 1
            return Scale(divisor=divisor, digits=digits, name=unit.format(currency=name), language=language)
    return Scale(divisor=1.0, digits=0 if largest >= _TEN else 2, name=name, language=language)


def ledger(story: ClientStory, model: str, shown: int) -> Ledger:
    """How decline, value, margin or credit loss comes about: the ``shown`` largest reasons, the others together.

    The others take what rounding leaves over, so that the rows sum to the total as they are written.
    """
    is_decline = model == DECLINE
    reported = story.reasons.of(model)
    total = story.scores.decline_probability if is_decline else float(getattr(story.scores, model))
    largest = max(abs(total), abs(story.base[model]), *(abs(reason.effect) for reason in reported[:1]))
    scale = points_scale(story.language) if is_decline else money_scale(largest, story.currency, story.language)
    base, end = scale.rounded(story.base[model]), scale.rounded(total)
    rows = [_reason_row(reason, scale, story.language) for reason in reported[:shown]]
    rest = end - base - math.fsum(row.number for row in rows)
    if reported[shown:] or scale.written(rest) != scale.written(0.0):
        rows.append(_others(len(reported[shown:]), rest, scale, story.language))
    return Ledger(
        scale=scale,
        rows=(
            _end("base", say("unknown_short", story.language), say("unknown", story.language), base, scale),
            *rows,
            _end("total", say("together", story.language), say("together", story.language), end, scale),
        ),
    )


def change_rows(change: ClientChange, story: ClientStory, shown: int) -> tuple[Scale, list[ChangeRow]]:
    """The reasons that moved most, the others together, and what the models moved; with the unit of value."""
    lang = story.language
    scale = money_scale(max(abs(amount) for amount in change.value), story.currency, lang)
    steps = [
        MovedReason(title=say(f"by_{step.title}", lang), points=step.points, value=step.value)
        for step in (change.model, change.calibration)
        if step.points or step.value
    ]
    first, rest = [*change.reasons[:shown], *steps], change.reasons[shown:]
    rows = [_change_row(each.title, points_rounded(each.points), scale.rounded(each.value), scale) for each in first]
    if rest:
        points = _moved(change.decline, points_scale(lang)) - sum(points_rounded(each.points) for each in first)
        value = _moved(change.value, scale) - sum(scale.rounded(each.value) for each in first)
        rows.insert(len(change.reasons[:shown]), _change_row(_other_title(len(rest), lang), points, value, scale))
    return scale, rows


def points_rounded(points: float) -> float:
    """Percentage points as they are written."""
    return round(points, 1)


def clause(reason: ExplainedReason, language: Language) -> str:
    """The sentence of a reason without its effect, which stands beside it."""
    return clause_of(reason.sentence, reason.effect_text, language)


def _reason_row(reason: ExplainedReason, scale: Scale, language: Language) -> LedgerRow:
    number = scale.rounded(reason.effect)
    return LedgerRow(
        kind="reason",
        title=reason.title,
        sentence=clause(reason, language),
        number=number,
        text=scale.written(number),
    )


def _others(count: int, number: float, scale: Scale, language: Language) -> LedgerRow:
    title = _other_title(count, language)
    return LedgerRow(kind="others", title=title, sentence=title, number=number, text=scale.written(number))


def _other_title(count: int, language: Language) -> str:
    return say("one_other" if count == 1 else "others" if count else "rounding", language, count=count)


def _end(kind: Literal["base", "total"], title: str, sentence: str, number: float, scale: Scale) -> LedgerRow:
    return LedgerRow(kind=kind, title=title, sentence=sentence, number=number, text=scale.written(number, signed=False))


def _moved(ends: Sequence[float], scale: Scale) -> float:
    before, after = ends
    return scale.rounded(after) - scale.rounded(before)


def _change_row(title: str, points: float, value: float, scale: Scale) -> ChangeRow:
    share = points_scale(scale.language)
    return ChangeRow(
        title=title,
        points=share.written(points),
        value=scale.written(value),
        points_worse=None if share.written(points) == share.written(0.0) else points > 0,
        value_worse=None if scale.written(value) == scale.written(0.0) else value < 0,
    )
