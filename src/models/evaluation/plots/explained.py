"""Plots of explanations: reasons by size, and the effect of the leading features one by one."""

from __future__ import annotations

from markupsafe import Markup

from models.evaluation.report.explained import ExplainedModel, FeatureDependence
from models.shell.chart import Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, Say, amount, percent, reaching, rows_frame, shortened

_SHARE = "share"
UNITS = {"decline": "log-odds of decline", "value": "logarithm of value"}


def reasons_chart(model: str, part: ExplainedModel) -> Chart:
    """Mean size of what each reason adds, the largest on top."""
    reasons = part.reasons
    scale = reaching([each.size for each in reasons], name=f"mean size, {UNITS[model]}")
    frame = rows_frame(scale, max(len(reasons), 1), left=190)
    marks: list[Markup] = []
    for row, each in enumerate(reasons):
        reported = f"{each.title}: {each.size:.3g}"
        marks.append(frame.text(scale.low, row, shortened(each.title, 31), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, each.size), (row - 0.34, row + 0.34), "bar ours", reported))
    title = f"What moves {model}, reason by reason"
    return Chart(title=title, svg=frame.svg(title, marks))


def dependence_chart(model: str, part: FeatureDependence) -> Chart:
    """What a feature adds along its values: eighths of the clients, with the middle half of each as a line."""
    bins, is_share = part.bins, part.unit == _SHARE
    at: Say = percent if is_share else short_number
    places = tuple(float(number) for number in range(len(bins)))
    x = AxisScale(
        low=-0.5,
        high=len(bins) - 0.5,
        name="median of each eighth of the clients" + ("" if is_share else f", {part.unit}"),
        say=lambda place: at(bins[int(place)].at),
        places=places,
    )
    seen = [end for each in bins for end in (each.low, each.median, each.high)]
    frame = Frame(x=x, y=reaching(seen, name=UNITS[model], say=amount), height=200, left=56)
    marks = [frame.segment((-0.5, 0.0), (len(bins) - 0.5, 0.0), "reference")]
    middle = [(place, each.median) for place, each in zip(places, bins, strict=True)]
    marks.append(frame.line(middle, "ours"))
    for place, each in zip(places, bins, strict=True):
        marks.append(frame.segment((place, each.low), (place, each.high), "line ours thin"))
        reported = f"{at(each.at)}: {each.median:+.3g} ({each.rows:,} clients)"
        marks.append(frame.dot(place, each.median, "ours", reported))
    title = f"{part.description[:1].upper()}{part.description[1:]}: what it adds to {model}"
    legend = (LegendKey(css="ours", label="median added, with the middle half of the clients"),)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)
