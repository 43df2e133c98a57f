"""Small multiples of a monitoring report: one small plot per figure over publications, and one per tier of outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from models.config.guard import Limit
from models.config.monitor import MonitorConfig
from models.monitoring.report import MonitorReport, PublicationFigures, PublicationOutcomes, TierEvents
from models.monitoring.text import tier_name
from models.reasons.figures import currency_name
from models.shell.chart import OURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, Say, amounts, percent, plain_number, reaching
from models.text import ENGLISH, Language, Text

_HEIGHT = 170
_LEAST_APART = 0.3
"""Dates that are named stand so far apart, as a share of the axis."""
_DOT = 2.4
_CLIENTS = Text("clients", "title of a plot")
_VALUE = Text("expected value, {currency}", "title of a plot")
_DECLINE = Text("mean chance of decline", "title of a plot")
_LOSS = Text("expected credit loss, {currency}", "title of a plot")
_UNLIKE = Text("inputs unlike training", "title of a plot")
_MISSING = Text("inputs not known", "title of a plot")
_UNSEEN = Text("categories never seen", "title of a plot")
_VALUE_SHIFT = Text("value: index to the one before", "title of a plot")
_DECLINE_SHIFT = Text("decline: index to the one before", "title of a plot")
_TIER_SHIFT = Text("tiers: index to the one before", "title of a plot")
_REASON_SHIFT = Text("reasons: index to the one before", "title of a plot")
_WARNED = Text("clients warned of", "title of a plot")
_POINT = Text("{day}: {figure}", "mark of a plot")
_LIMIT = Text("limit {figure}", "legend")
_SO_FAR = {
    "decline": Text("declines so far: {tier}", "title of a plot"),
    "return": Text("returns so far: {tier}", "title of a plot"),
}
_FORESEEN = Text("foreseen", "legend")
_BY_CURVES = Text("foreseen by the curves")
_CAME = Text("came", "legend")
_OF_TIER = Text("{day}, after {elapsed} of {horizon}: {came:.1%} of {clients:,}, foreseen {foreseen:.1%}")


@dataclass(frozen=True)
class _Figure:
    """One figure of publications: its title, how it is read and said, and the limit that bounds it, if any."""

    title: Text
    read: Callable[[PublicationFigures], float | None]
    say: Say
    limit: Limit | None = None
    zero: bool = True


def publication_charts(report: MonitorReport, limits: MonitorConfig, language: Language = ENGLISH) -> list[Chart]:
    """A small plot per figure over publications, with its limit where it has one."""
    return [
        chart
        for figure in _figures(currency_name(report.currency, language), limits, language)
        if (chart := _over_time(figure, report.publications, language)) is not None
    ]


def outcome_charts(report: MonitorReport, language: Language = ENGLISH) -> list[Chart]:
    """A small plot per tier: by publication the share of clients whose event was foreseen by now, and that came."""
    tiers = dict.fromkeys(tier.tier for each in report.outcomes for tier in each.tiers)
    return [_tier_chart(name, report.outcomes, language) for name in tiers]


def _figures(currency: str, limits: MonitorConfig, language: Language) -> list[_Figure]:
    amount = amounts(language)
    return [
        _Figure(_CLIENTS, lambda each: float(each.clients), plain_number, zero=False),
        _Figure(_VALUE.filled(currency=currency), lambda each: each.value, amount, zero=False),
        _Figure(_DECLINE, lambda each: each.decline, percent, zero=False),
        _Figure(_LOSS.filled(currency=currency), lambda each: each.credit_loss, amount, zero=False),
        _Figure(_UNLIKE, lambda each: each.moved_inputs, percent, limits.moved_inputs),
        _Figure(_MISSING, lambda each: each.missing, percent),
        _Figure(_UNSEEN, lambda each: each.unseen, percent, limits.unseen),
        _Figure(_VALUE_SHIFT, lambda each: each.value_shift, plain_number, limits.score_shift),
        _Figure(_DECLINE_SHIFT, lambda each: each.decline_shift, plain_number, limits.score_shift),
        _Figure(_TIER_SHIFT, lambda each: each.tier_shift, plain_number, limits.grade_shift),
        _Figure(_REASON_SHIFT, lambda each: each.reason_shift, plain_number, limits.reason_shift),
        _Figure(_WARNED, lambda each: float(each.warnings), plain_number),
    ]


def _over_time(figure: _Figure, publications: Sequence[PublicationFigures], language: Language) -> Chart | None:
    known = [(each.as_of, value) for each in publications if (value := figure.read(each)) is not None]
    if not known:
        return None
    line = None if figure.limit is None else figure.limit.warning
    bounds = [line] if line is not None and max(value for _, value in known) > line / 3 else []
    y = reaching([*(value for _, value in known), *bounds], name=" ", say=figure.say, zero=figure.zero)
    frame = Frame(x=_dates([each.as_of for each in publications]), y=y, height=_HEIGHT)
    points = [(float(day.toordinal()), value) for day, value in known]
    title = figure.title.within(language)
    marks = [frame.line(points, OURS, title)]
    for (day, value), point in zip(known, points, strict=True):
        marks.append(frame.dot(*point, OURS, _POINT.within(language, day=str(day), figure=figure.say(value)), _DOT))
    legend: tuple[LegendKey, ...] = ()
    if bounds and line is not None:
        marks.append(frame.segment((frame.x.low, line), (frame.x.high, line), "target"))
        legend = (LegendKey(css="target", label=_LIMIT.within(language, figure=figure.say(line))),)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _tier_chart(name: str, outcomes: Sequence[PublicationOutcomes], language: Language) -> Chart:
    rows = [(each, tier) for each in outcomes for tier in each.tiers if tier.tier == name]
    shares = [
        value for _, tier in rows for value in (_of(tier, tier.came.low), _of(tier, tier.came.high), _foreseen(tier))
    ]
    frame = Frame(x=_dates([each.as_of for each, _ in rows]), y=reaching(shares, name=" ", say=percent), height=_HEIGHT)
    event = rows[0][0].event
    title = _SO_FAR[event].within(language, tier=tier_name(name, language))
    days = [float(each.as_of.toordinal()) for each, _ in rows]
    came = [(day, _of(tier, tier.came.estimate)) for day, (_, tier) in zip(days, rows, strict=True)]
    foreseen = [(day, _foreseen(tier)) for day, (_, tier) in zip(days, rows, strict=True)]
    marks = [
        *_intervals(frame, days, [tier for _, tier in rows]),
        frame.line(foreseen, "foreseen", _FORESEEN.within(language)),
    ]
    if len(foreseen) == 1:  # a line of one point is not to be seen
        marks.append(frame.dot(*foreseen[0], "foreseen", _FORESEEN.within(language), _DOT))
    for point, row in zip(came, rows, strict=True):
        marks.append(frame.dot(*point, "realised", _said(*row, language), _DOT + 0.8))
    legend = (
        LegendKey(css="foreseen", label=_BY_CURVES.within(language)),
        LegendKey(css="realised", label=_CAME.within(language), shape="dot"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _intervals(frame: Frame, days: Sequence[float], tiers: Sequence[TierEvents]) -> list[Markup]:
    return [
        frame.segment((day, _of(tier, tier.came.low)), (day, _of(tier, tier.came.high)), "line realised thin")
        for day, tier in zip(days, tiers, strict=True)
    ]


def _said(outcomes: PublicationOutcomes, tier: TierEvents, language: Language) -> str:
    return _OF_TIER.within(
        language,
        day=str(outcomes.as_of),
        elapsed=outcomes.elapsed,
        horizon=outcomes.horizon,
        came=_of(tier, tier.came.estimate),
        clients=tier.clients,
        foreseen=_foreseen(tier),
    )


def _of(tier: TierEvents, count: float) -> float:
    return count / tier.clients


def _foreseen(tier: TierEvents) -> float:
    return tier.foreseen / tier.clients


def _dates(days: Sequence[date]) -> AxisScale:
    """An axis of days, which says a few of them."""
    first, last = days[0].toordinal(), days[-1].toordinal()
    room = max((last - first) * 0.09, 3.0)  # the first date stands clear of the lowest number
    places = [first]
    for day in days:
        if day.toordinal() - places[-1] >= (last - first) * _LEAST_APART:
            places.append(day.toordinal())
    return AxisScale(low=first - room, high=last + room, name="", say=_day, places=tuple(map(float, places)))


def _day(ordinal: float) -> str:
    day = date.fromordinal(int(ordinal))
    return f"{day:%Y-%m}" if day.day == 1 else f"{day:%m-%d}"
