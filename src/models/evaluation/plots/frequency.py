"""Plots of forecasts held against what came: calibration, the curve over time and by cause."""

from __future__ import annotations

from collections.abc import Sequence

from models.evaluation.plots.ranking import foreseen_and_realised
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.frequency import CalibrationBin, CoverageGroup, JudgedCurveByStep
from models.shell.chart import COLOURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching, shares

_TIME_TICKS = 6
RealisedShare = CalibrationBin | CoverageGroup | ErrorGroup
"""What holds a realised share with its range."""


def calibration_chart(bins: Sequence[CalibrationBin]) -> Chart:
    """Realised share of decline against its foreseen probability, by bin."""
    seen = [end for each in bins for end in (each.foreseen, each.low, each.high)]
    frame = Frame(x=shares(seen, name="foreseen probability of decline"), y=shares(seen, name="realised share"))
    low, high = frame.x.low, frame.x.high
    marks = [frame.segment((low, low), (high, high), "reference")]
    for each in bins:
        x = each.foreseen
        marks.append(frame.segment((x, each.low), (x, each.high), "line ours thin"))
        marks.append(frame.dot(x, each.realised, "ours", reported(f"{each.clients:,} clients", each, each.foreseen)))
    title = "Probability of decline against what came"
    legend = (
        LegendKey(css="ours", label="bin of clients, 95% range", shape="dot"),
        LegendKey(css="reference", label="exactly as foreseen"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def curve_chart(part: JudgedCurveByStep, period: str) -> Chart:
    """The mean foreseen curve over the horizon and the realised one with its 95% range."""
    ends: Sequence[float] = [0, *part.ends]
    frame = _curve_frame([*part.foreseen, *part.high], ends, part.event, period)
    low, high, seen, said = ([0.0, *each] for each in (part.low, part.high, part.realised, part.foreseen))
    around = [*zip(ends, low, strict=True), *reversed(list(zip(ends, high, strict=True)))]
    marks = [
        frame.area(around, "realised"),
        frame.line(list(zip(ends, seen, strict=True)), "realised"),
        frame.line(list(zip(ends, said, strict=True)), "foreseen"),
    ]
    title = f"Share of clients with a {part.event} so far"
    return Chart(title=title, svg=frame.svg(title, marks), legend=foreseen_and_realised("line"))


def causes_chart(part: JudgedCurveByStep, period: str) -> Chart:
    """The same by cause: foreseen as a line, realised as dots."""
    causes, ends = part.causes, part.ends
    known_shares = [share for each in causes.values() for shown in (each.foreseen, each.realised) for share in shown]
    frame = _curve_frame(known_shares, [0, *ends], part.event, period)
    marks, legend = [], []
    for (name, each), css in zip(causes.items(), COLOURS, strict=False):
        label = name.replace("_", " ")
        marks.append(frame.line([(0, 0.0), *zip(ends, each.foreseen, strict=True)], f"{css} solid", label))
        for end, seen in zip(ends, each.realised, strict=True):
            marks.append(frame.dot(end, seen, css, f"{label}, until {period} {end}: realised {percent(seen)}", 2.6))
        legend.append(LegendKey(css=f"{css} solid", label=label))
    title = f"By cause: share of clients with a {part.event} so far"
    legend.append(LegendKey(css="realised", label="dots: realised", shape="dot"))
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(legend))


def _curve_frame(numbers: Sequence[float], ends: Sequence[float], event: str, period: str) -> Frame:
    horizon = int(ends[-1])
    time = AxisScale(
        low=0.0,
        high=float(horizon),
        name=f"{period}s since the as-of date",
        places=tuple(range(0, horizon + 1, -(-horizon // _TIME_TICKS))),
    )
    return Frame(x=time, y=reaching(numbers, name=f"share with a {event}", say=percent))


def reported(name: str, found: RealisedShare, foreseen: float | None = None) -> str:
    """What a mark says when pointed at: realised with its range and, where there is one, the forecast."""
    said = "" if foreseen is None else f", foreseen {percent(foreseen)}"
    return f"{name}: realised {percent(found.realised)} ({percent(found.low)} to {percent(found.high)}){said}"
