"""Value, decline, tier and key figures of one client over the quarter-ends that were looked back at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from models.explanation.labels import say
from models.explanation.ledger import Scale as Unit
from models.explanation.ledger import money_scale
from models.explanation.story import ClientStory, MeasureHistory
from models.panel.features.words import FigureUnit
from models.reasons.figures import figure_in_words, percentage
from models.shell.chart import Chart, LegendKey
from models.shell.svg import AxisScale, Frame, Say, in_marks_of, percent, plain_number, reaching
from models.text import Language, Text

_LABELS = 5
_HEIGHT = 200
_LEAST = 2
_AXES = {
    FigureUnit.TIMES: Text("times", "axis of occurrences"),
    FigureUnit.COUNT: Text("number", "axis of counts"),
    FigureUnit.NUMBER: Text("number", "axis"),
    FigureUnit.SHARE: Text("share", "axis"),
    FigureUnit.POINTS: Text("share", "axis"),
    FigureUnit.GROWTH: Text("change", "axis"),
    FigureUnit.MULTIPLE: Text("times", "axis of multiples"),
    FigureUnit.BASIS_POINTS: Text("basis points", "axis"),
    FigureUnit.DAYS: Text("days", "axis"),
    FigureUnit.DAYS_OVERDUE: Text("days overdue", "axis"),
    FigureUnit.HOURS: Text("hours", "axis"),
    FigureUnit.WEEKS: Text("weeks", "axis"),
    FigureUnit.MONTHS: Text("months", "axis"),
    FigureUnit.QUARTERS: Text("quarters", "axis"),
    FigureUnit.YEARS: Text("years", "axis"),
    FigureUnit.NAME: Text("number", "axis"),
}
"""What an axis of numbers that are not money is called."""
_ROOM_BELOW = 0.15
"""So far up the axis a point must lie for its label to stand below it, out of the way of a line that falls."""
_LEFT, _BESIDE_NAME, _LETTER = 46, 26, 7
"""Pixels left of an axis: at least, for its name, and for each letter of its numbers."""
_HEADROOM = 0.2
"""Where the tiers stand, as a share of the axis, above the figure of the last point."""


@dataclass(frozen=True, kw_only=True)
class _Series:
    """One figure over the dates, with its range where there is one; None where unknown."""

    middle: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    texts: Sequence[str]


def history_charts(story: ClientStory) -> list[Chart]:
    """Value and decline with their ranges and the tier at each date, then one chart per key figure."""
    if len(story.history) < _LEAST:
        return []
    return [_value_chart(story), _decline_chart(story), *(_measure_chart(story, each) for each in story.measures)]


def _value_chart(story: ClientStory) -> Chart:
    lang, points = story.language, story.history
    unit = money_scale(max(point.value for point in points), story.currency, lang)
    series = _Series(
        middle=[point.value / unit.divisor for point in points],
        low=[_over(point.value_low, unit) for point in points],
        high=[_over(point.value_high, unit) for point in points],
        texts=[unit.written(unit.rounded(point.value), signed=False) for point in points],
    )
    seen = [*series.middle, *series.low, *series.high]
    title = say("history_value", lang, unit=unit.name)
    return _ranged(
        story,
        series,
        reaching(seen, name=unit.name, say=in_marks_of(lang, plain_number)),
        title,
        say("history_band", lang, level=percentage(story.level, lang)),
    )


def _decline_chart(story: ClientStory) -> Chart:
    lang, points = story.language, story.history
    series = _Series(
        middle=[point.decline for point in points],
        low=[point.decline_low for point in points],
        high=[point.decline_high for point in points],
        texts=[percentage(point.decline, lang, 1) for point in points],
    )
    name = say("probability", lang)
    scale = reaching([*series.middle, *series.low, *series.high], name=name, say=in_marks_of(lang, percent))
    return _ranged(story, series, scale, say("history_decline", lang), say("history_share", lang))


def _ranged(story: ClientStory, series: _Series, scale: AxisScale, title: str, band_label: str) -> Chart:
    lang, days = story.language, _days(story)
    frame = _frame(story, replace(scale, high=scale.high + _HEADROOM * (scale.high - scale.low)))
    band = [(day, low, high) for day, low, high in zip(days, series.low, series.high, strict=True)]
    known = [(day, low, high) for day, low, high in band if low is not None and high is not None]
    marks: list[Markup] = []
    if known:
        outline = [(day, high) for day, _, high in known] + [(day, low) for day, low, _ in reversed(known)]
        marks.append(frame.area(outline, "ours"))
    marks += _line(frame, days, series.middle, series.texts, "ours")
    for day, point in zip(days, story.history, strict=True):
        marks.append(frame.text(day, frame.y.high, story.tiers[point.tier], "tick middle", shift=(0, 9)))
    legend = [LegendKey(css="ours", label=say("history_line", lang))]
    if known:
        legend.append(LegendKey(css="ours", label=band_label, shape="box"))
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(legend))


def _measure_chart(story: ClientStory, measure: MeasureHistory) -> Chart:
    words = story.words.get(measure.feature)
    figure = FigureUnit.NUMBER if words is None else words.figure
    largest = max((abs(number) for number in measure.numbers if number is not None), default=0.0)
    unit = money_scale(largest, story.currency, story.language) if figure is FigureUnit.MONEY else None
    numbers = [number if unit is None else _over(number, unit) for number in measure.numbers]
    name = _AXES[figure].within(story.language) if unit is None else unit.name
    frame = _frame(story, reaching(numbers, name=name, say=_sayer(figure, story.language)))
    marks = _line(frame, _days(story), numbers, [text or "" for text in measure.texts], "s1 solid")
    described = measure.description[:1].upper() + measure.description[1:]
    title = described if unit is None else say("in_unit", story.language, what=described, unit=unit.name)
    return Chart(title=title, svg=frame.svg(title, marks))


def _sayer(figure: FigureUnit, language: Language) -> Say:
    """How the axis of a figure says a number."""
    if figure in {FigureUnit.SHARE, FigureUnit.POINTS}:
        return in_marks_of(language, percent)
    if figure is FigureUnit.GROWTH:
        return lambda number: figure_in_words(number, figure, language, signed=True)
    return in_marks_of(language, plain_number)


def _line(
    frame: Frame, days: Sequence[float], numbers: Sequence[float | None], texts: Sequence[str], css: str
) -> list[Markup]:
    known = [(day, number, text) for day, number, text in zip(days, numbers, texts, strict=True) if number is not None]
    marks = [frame.line([(day, number) for day, number, _ in known], css)]
    for day, number, text in known:
        marks.append(frame.dot(day, number, css, f"{date.fromordinal(int(day)).isoformat()}: {text}"))
    if known:
        day, number, text = known[-1]
        falls = len(known) > 1 and known[-2][1] > number and frame.y.at(number) > _ROOM_BELOW
        marks.append(frame.text(day, number, text, "label end", shift=(2, 15 if falls else -8)))
    return marks


def _frame(story: ClientStory, y: AxisScale) -> Frame:
    days = _days(story)
    room = max((days[-1] - days[0]) * 0.03, 1.0)
    step = -(-len(days) // _LABELS)
    places = tuple(reversed(days[::-1][::step]))
    x = AxisScale(low=days[0] - room, high=days[-1] + room, name="", say=_month, places=places)
    longest = max(len(y.say(tick)) for tick in y.ticks())
    return Frame(x=x, y=y, height=_HEIGHT, left=max(_LEFT, _BESIDE_NAME + _LETTER * longest))


def _month(day: float) -> str:
    """The month of a day, as written in either language.

    >>> _month(date(2024, 1, 1).toordinal())
    '2024-01'
    """
    return f"{date.fromordinal(int(day)):%Y-%m}"


def _days(story: ClientStory) -> list[float]:
    return [float(point.as_of.toordinal()) for point in story.history]


def _over(number: float | None, unit: Unit) -> float | None:
    return None if number is None else number / unit.divisor
