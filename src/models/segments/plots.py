"""Plots of segments as inline SVG: map, what its directions are made of, how the number was chosen, and mixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from models.learners.segments.choice import SegmentationCandidate
from models.learners.segments.structure import Structure
from models.segments.contents import KindTotal, MapAxis, SegmentMap, SegmentProfile, SegmentsReport
from models.shell.chart import COLOURS, OURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching, rows_frame, shortened
from models.shell.tier_styles import tier_styles

STYLES = (OURS, *COLOURS)
METHODS = {"kmeans": "k-means", "mixture": "Gaussian mixture"}
WHOLE = "whole book"
_MAP_HEIGHT = 330
_LABELS, _MAX_LABEL = 168, 28
_MARGIN, _MAX_LOADING = 16, 58
_DIRECTIONS = ("across", "up")
_LEAST_LABELLED = 0.08
"""A part of a bar that is narrower has no room for its figure."""


def segment_style(place: int) -> str:
    """The colour of the segment at a place in the list of all.

    >>> segment_style(0), segment_style(8)
    ('ours', 'ours')
    """
    return STYLES[place % len(STYLES)]


def map_chart(found: SegmentMap, segments: Sequence[SegmentProfile]) -> Chart:
    """A sample of clients in the plane in which they lie farthest apart, with the middle of each segment labelled."""
    styles = {each.number: segment_style(place) for place, each in enumerate(segments)}
    points = [*found.places, *found.middles]
    across, up = ([point[axis] for point in points] for axis in (0, 1))
    names = [f"{way}: {percent(_rounded(axis.share))} of the spread" for way, axis in _axes(found)]
    frame = Frame(
        x=reaching(across, name=names[0], zero=False), y=reaching(up, name=names[1], zero=False), height=_MAP_HEIGHT
    )
    marks = [
        frame.dot(x, y, f"{styles[number]} faint", f"a client of segment {number}", 2.2)
        for (x, y), number in zip(found.places, found.segments, strict=True)
    ]
    for each, (x, y) in zip(segments, found.middles, strict=True):
        reported = f"segment {each.number}: {each.name}"
        marks.append(frame.dot(x, y, f"{styles[each.number]} middle-mark", reported, 8.5))
        marks.append(frame.text(x, y, str(each.number), "mark-label", shift=(0, 4)))
    title = f"Map of {len(found.places):,} clients, and the middle of each segment"
    legend = tuple(
        LegendKey(css=styles[each.number], label=f"{each.number}: {each.name}", shape="dot") for each in segments
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def loadings_chart(found: SegmentMap, features: Sequence[str], called: Mapping[str, str]) -> Chart:
    """How much of each feature goes into each direction of the map; what it is called stands above its bars."""
    scale = AxisScale(low=-1.05, high=1.05, name="part in the direction, -1 to 1", places=(-1.0, -0.5, 0.0, 0.5, 1.0))
    frame = rows_frame(scale, 2 * len(features), left=_MARGIN)
    marks = [frame.segment((0.0, -0.5), (0.0, 2 * len(features) - 0.5), "reference")]
    for row, name in enumerate(features):
        said = called.get(name, name)
        marks.append(frame.text(scale.low, 2 * row, shortened(said, _MAX_LOADING), "label", shift=(0, 6)))
        for place, (way, axis) in enumerate(_axes(found)):
            part, top = axis.loadings[name], 2 * row + 0.56 + 0.44 * place
            reported = f"{said}, {way}: {part:+.2f}"
            marks.append(frame.bar((0.0, part), (top, top + 0.4), f"bar {STYLES[place]}", reported))
    title = "What the two directions of the map are made of"
    legend = tuple(
        LegendKey(css=f"bar {STYLES[place]}", label=way, shape="box") for place, way in enumerate(_DIRECTIONS)
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def stability_chart(segments: SegmentsReport) -> Chart:
    """Agreement of refits by method and number of clusters."""
    title = "Do refits on resampled clients find the same segments?"
    return _curve_chart(segments, lambda each: each.stability, title, "median adjusted Rand index")


def separation_chart(segments: SegmentsReport) -> Chart:
    """How far apart clusters lie, by method and number."""
    return _curve_chart(segments, lambda each: each.separation, "How far apart do segments lie?", "mean silhouette")


def structure_chart(test: Structure) -> Chart:
    """Separation in the book beside what books without any clusters reach."""
    ends = [*test.separation, *test.expected, *test.highest]
    frame = _numbers_frame(test.clusters, reaching(ends, name="mean silhouette", say=_two_digits))
    lines = ((test.separation, OURS, "this book"), (test.highest, "s1", "best"), (test.expected, "s0", "mean"))
    marks = [
        mark
        for separations, css, said in lines
        for mark in _line(frame, list(zip(test.clusters, separations, strict=True)), css, said)
    ]
    drawn = f"of {test.draws} books without clusters"
    legend = tuple(
        LegendKey(css=css, label=said if css == OURS else f"{said} {drawn}", shape="line") for _, css, said in lines
    )
    title = "Is there more structure than in books without any?"
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def mix_chart(
    name: str, segments: Sequence[SegmentProfile], whole: Sequence[KindTotal], tier_colours: Mapping[str, str]
) -> Chart:
    """What each segment is made of by one label, as parts of a bar, below the whole book."""
    labels = [each.name for each in whole]
    in_turn = dict(zip(labels, (STYLES[place % len(STYLES)] for place in range(len(labels))), strict=True))
    styles = tier_styles(labels, tier_colours) if name == "tier" else in_turn
    bars: list[tuple[str, Mapping[str, float | None]]] = [(WHOLE, {each.name: each.share for each in whole})]
    bars += [(f"{each.number}: {each.name}", each.mixes[name]) for each in segments]
    frame = rows_frame(AxisScale(low=0.0, high=1.0, name="share of clients", say=percent), len(bars), left=_LABELS)
    marks: list[Markup] = []
    for row, (said, shares) in enumerate(bars):
        marks.append(frame.text(0.0, row, shortened(said, _MAX_LABEL), "label end", shift=(-6, 4)))
        marks += _parts(frame, row, said, [(label, shares.get(label) or 0.0, styles[label]) for label in labels])
    legend = tuple(LegendKey(css=f"bar {styles[label]}", label=label, shape="box") for label in labels)
    title = f"{name.replace('_', ' ').capitalize()} by segment"
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _parts(frame: Frame, row: int, said: str, parts: Sequence[tuple[str, float, str]]) -> list[Markup]:
    marks, start = [], 0.0
    for label, share, css in parts:
        if share > 0:
            reported = f"{said}: {label} {percent(_rounded(share))}"
            marks.append(frame.bar((start, start + share), (row - 0.36, row + 0.36), f"bar {css}", reported))
        if share >= _LEAST_LABELLED:
            marks.append(frame.text(start + share / 2, row, f"{100 * share:.0f}", "mark-label", shift=(0, 4)))
        start += share
    return marks


def _curve_chart(
    segments: SegmentsReport, figure: Callable[[SegmentationCandidate], float], title: str, axis: str
) -> Chart:
    curve, served = segments.curve, segments.served
    numbers = sorted({each.clusters for each in curve})
    methods = list(dict.fromkeys(each.method for each in curve))
    frame = _numbers_frame(numbers, reaching([figure(each) for each in curve], name=axis, say=_two_digits))
    marks: list[Markup] = []
    for place, method in enumerate(methods):
        points = [(each.clusters, figure(each)) for each in curve if each.method == method]
        marks += _line(frame, points, STYLES[place], METHODS.get(method, method))
    reported = f"served: {METHODS.get(served.method, served.method)}, {served.clusters} segments"
    marks.append(frame.dot(served.clusters, figure(served), "realised hollow", reported, 7.0))
    legend = tuple(LegendKey(css=STYLES[place], label=METHODS.get(name, name)) for place, name in enumerate(methods))
    return Chart(
        title=title,
        svg=frame.svg(title, marks),
        legend=(*legend, LegendKey(css="realised hollow", label="served", shape="dot")),
    )


def _line(frame: Frame, points: Sequence[tuple[float, float]], css: str, said: str) -> list[Markup]:
    dots = [frame.dot(x, y, css, f"{said}, {x:.0f} segments: {y:.2f}") for x, y in points]
    return [frame.line(points, css, said), *dots]


def _numbers_frame(numbers: Sequence[int], y: AxisScale) -> Frame:
    x = AxisScale(
        low=min(numbers) - 0.3,
        high=max(numbers) + 0.3,
        name="number of segments",
        say=lambda number: f"{number:.0f}",
        places=tuple(numbers),
    )
    return Frame(x=x, y=y)


def _axes(found: SegmentMap) -> list[tuple[str, MapAxis]]:
    return list(zip(_DIRECTIONS, found.axes, strict=True))


def _two_digits(value: float) -> str:
    return f"{value:.2f}"


def _rounded(share: float) -> float:
    return round(share, 3)
