"""Plots of forecasts held against what came: calibration, the curve over time and by cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.evaluation.plots.ranking import foreseen_and_realised
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.frequency import CalibrationBin, CoverageGroup, JudgedCurveByStep
from models.evaluation.report.names import cause_name
from models.shell.chart import COLOURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching, shares
from models.text import ENGLISH, Language, Text, number

_TIME_TICKS = 6
_FORESEEN: Final = Text("foreseen probability of decline", "axis")
_REALISED: Final = Text("realised share", "axis")
_AGAINST: Final = Text("Probability of decline against what came")
_BIN: Final = Text("bin of clients, 95% range")
_EXACT: Final = Text("exactly as foreseen")
_CLIENTS: Final = Text("{number:,} clients")
_SO_FAR: Final = {
    "decline": Text("Share of clients with a decline so far"),
    "return": Text("Share of clients with a return so far"),
}
_BY_CAUSE: Final = {
    "decline": Text("By cause: share of clients with a decline so far"),
    "return": Text("By cause: share of clients with a return so far"),
}
_SHARE_WITH: Final = {
    "decline": Text("share with a decline", "axis"),
    "return": Text("share with a return", "axis"),
}
_SINCE: Final = {
    "week": Text("weeks since the as-of date", "axis"),
    "month": Text("months since the as-of date", "axis"),
    "quarter": Text("quarters since the as-of date", "axis"),
}
_UNTIL: Final = {
    "week": Text("{cause}, until week {end}: realised {share}", "dot of a plot"),
    "month": Text("{cause}, until month {end}: realised {share}", "dot of a plot"),
    "quarter": Text("{cause}, until quarter {end}: realised {share}", "dot of a plot"),
}
_DOTS: Final = Text("dots: realised")
_REPORTED: Final = Text("{name}: realised {realised} ({low} to {high})", "dot of a plot")
_WITH_FORECAST: Final = Text("{name}: realised {realised} ({low} to {high}), foreseen {foreseen}", "dot of a plot")
RealisedShare = CalibrationBin | CoverageGroup | ErrorGroup
"""What holds a realised share with its range."""


def calibration_chart(bins: Sequence[CalibrationBin], language: Language = ENGLISH) -> Chart:
    """Realised share of decline against its foreseen probability, by bin."""
    seen = [end for each in bins for end in (each.foreseen, each.low, each.high)]
    frame = Frame(x=shares(seen, name=_FORESEEN.within(language)), y=shares(seen, name=_REALISED.within(language)))
    low, high = frame.x.low, frame.x.high
    marks = [frame.segment((low, low), (high, high), "reference")]
    for each in bins:
        x = each.foreseen
        marks.append(frame.segment((x, each.low), (x, each.high), "line ours thin"))
        clients = _CLIENTS.within(language, number=each.clients)
        marks.append(frame.dot(x, each.realised, "ours", reported(clients, each, each.foreseen, language=language)))
    title = _AGAINST.within(language)
    legend = (
        LegendKey(css="ours", label=_BIN.within(language), shape="dot"),
        LegendKey(css="reference", label=_EXACT.within(language)),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def curve_chart(part: JudgedCurveByStep, period: str, language: Language = ENGLISH) -> Chart:
    """The mean foreseen curve over the horizon and the realised one with its 95% range."""
    ends: Sequence[float] = [0, *part.ends]
    frame = _curve_frame([*part.foreseen, *part.high], ends, part.event, period, language)
    low, high, seen, said = ([0.0, *each] for each in (part.low, part.high, part.realised, part.foreseen))
    around = [*zip(ends, low, strict=True), *reversed(list(zip(ends, high, strict=True)))]
    marks = [
        frame.area(around, "realised"),
        frame.line(list(zip(ends, seen, strict=True)), "realised"),
        frame.line(list(zip(ends, said, strict=True)), "foreseen"),
    ]
    title = _SO_FAR[part.event].within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=foreseen_and_realised("line", language))


def causes_chart(part: JudgedCurveByStep, period: str, language: Language = ENGLISH) -> Chart:
    """The same by cause: foreseen as a line, realised as dots."""
    causes, ends = part.causes, part.ends
    known_shares = [share for each in causes.values() for shown in (each.foreseen, each.realised) for share in shown]
    frame = _curve_frame(known_shares, [0, *ends], part.event, period, language)
    marks, legend = [], []
    for (name, each), css in zip(causes.items(), COLOURS, strict=False):
        label = cause_name(name, language)
        marks.append(frame.line([(0, 0.0), *zip(ends, each.foreseen, strict=True)], f"{css} solid", label))
        for end, seen in zip(ends, each.realised, strict=True):
            said = _UNTIL[period].within(language, cause=label, end=end, share=percent(seen))
            marks.append(frame.dot(end, seen, css, said, 2.6))
        legend.append(LegendKey(css=f"{css} solid", label=label))
    title = _BY_CAUSE[part.event].within(language)
    legend.append(LegendKey(css="realised", label=_DOTS.within(language), shape="dot"))
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(legend))


def _curve_frame(numbers: Sequence[float], ends: Sequence[float], event: str, period: str, language: Language) -> Frame:
    horizon = int(ends[-1])
    time = AxisScale(
        low=0.0,
        high=float(horizon),
        name=_SINCE[period].within(language),
        places=tuple(range(0, horizon + 1, -(-horizon // _TIME_TICKS))),
    )
    return Frame(x=time, y=reaching(numbers, name=_SHARE_WITH[event].within(language), say=percent))


def reported(name: str, found: RealisedShare, foreseen: float | None = None, *, language: Language = ENGLISH) -> str:
    """What a mark says when pointed at: realised with its range and, where there is one, the forecast."""
    realised, low, high = (number(percent(share), language) for share in (found.realised, found.low, found.high))
    if foreseen is None:
        return _REPORTED.within(language, name=name, realised=realised, low=low, high=high)
    expected = number(percent(foreseen), language)
    return _WITH_FORECAST.within(language, name=name, realised=realised, low=low, high=high, foreseen=expected)
