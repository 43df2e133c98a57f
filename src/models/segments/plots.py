"""Plots of segments as inline SVG: map, what its directions are made of, how the number was chosen, and mixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from models.learners.segments.choice import SegmentationCandidate
from models.learners.segments.structure import Structure
from models.segments.contents import KindTotal, MapAxis, SegmentMap
from models.segments.text import ProfileWords
from models.shell.chart import COLOURS, OURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, in_marks_of, percent, reaching, rows_frame, shortened
from models.shell.tier_styles import tier_styles
from models.text import ENGLISH, Language, Text
from models.text import number as number_in

STYLES = (OURS, *COLOURS)
_WHOLE: Final = Text("whole book")
_WAYS: Final = (Text("across", "direction of a map"), Text("up", "direction of a map"))
_SPREAD: Final = Text("{way}: {share} of the spread", "direction of a map")
_A_CLIENT: Final = Text("a client of segment {number}")
_A_SEGMENT: Final = Text("segment {number}: {name}")
_MAP: Final = Text("Map of {clients:,} clients, and the middle of each segment")
_PART: Final = Text("part in the direction, -1 to 1", "axis")
_LOADING: Final = Text("{feature}, {way}: {part:+.2f}", "bar of a plot")
_LOADINGS: Final = Text("What the two directions of the map are made of")
_REFITS: Final = Text("Do refits on resampled clients find the same segments?")
_RAND: Final = Text("median adjusted Rand index", "axis")
_APART: Final = Text("How far apart do segments lie?")
_SILHOUETTE: Final = Text("mean silhouette", "axis")
_THIS_BOOK: Final = Text("this book")
_DRAWN: Final = {
    "best": Text("best of {draws} books without clusters"),
    "mean": Text("mean of {draws} books without clusters"),
}
_ON_LINE: Final = {"best": Text("best", "of books without clusters"), "mean": Text("mean", "of books without clusters")}
_STRUCTURE: Final = Text("Is there more structure than in books without any?")
_SHARE: Final = Text("share of clients", "axis")
_OF_BAR: Final = Text("{bar}: {label} {share}", "bar of a plot")
_SERVED: Final = Text("served: {method}, {clusters} segments")
_SERVES: Final = Text("served", "fit")
_POINT: Final = Text("{line}, {segments:.0f} segments: {figure}", "dot of a plot")
_NUMBER: Final = Text("number of segments", "axis")
_MAP_HEIGHT = 330
_LABELS, _MAX_LABEL = 168, 28
_MARGIN, _MAX_LOADING = 16, 58
_LEAST_LABELLED = 0.08
"""A part of a bar that is narrower has no room for its figure."""


def segment_style(place: int) -> str:
    """The colour of the segment at a place in the list of all.

    >>> segment_style(0), segment_style(8)
    ('ours', 'ours')
    """
    return STYLES[place % len(STYLES)]


def map_chart(words: ProfileWords) -> Chart:
    """A sample of clients in the plane in which they lie farthest apart, with the middle of each segment labelled."""
    found, segments, language = words.report.map, words.report.segments, words.language
    styles = {each.number: segment_style(place) for place, each in enumerate(segments)}
    points = [*found.places, *found.middles]
    across, up = ([point[axis] for point in points] for axis in (0, 1))
    names = [
        _SPREAD.within(language, way=way, share=number_in(percent(_rounded(axis.share)), language))
        for way, axis in _axes(found, language)
    ]
    frame = Frame(
        x=reaching(across, name=names[0], zero=False), y=reaching(up, name=names[1], zero=False), height=_MAP_HEIGHT
    )
    marks = [
        frame.dot(x, y, f"{styles[number]} faint", _A_CLIENT.within(language, number=number), 2.2)
        for (x, y), number in zip(found.places, found.segments, strict=True)
    ]
    for each, (x, y) in zip(segments, found.middles, strict=True):
        reported = _A_SEGMENT.within(language, number=each.number, name=words.name(each))
        marks.append(frame.dot(x, y, f"{styles[each.number]} middle-mark", reported, 8.5))
        marks.append(frame.text(x, y, str(each.number), "mark-label", shift=(0, 4)))
    title = _MAP.within(language, clients=len(found.places))
    legend = tuple(LegendKey(css=styles[each.number], label=words.segment(each), shape="dot") for each in segments)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def loadings_chart(words: ProfileWords) -> Chart:
    """How much of each feature goes into each direction of the map; what it is called stands above its bars."""
    found, features, language = words.report.map, words.report.features, words.language
    scale = AxisScale(low=-1.05, high=1.05, name=_PART.within(language), places=(-1.0, -0.5, 0.0, 0.5, 1.0))
    frame = rows_frame(scale, 2 * len(features), left=_MARGIN)
    marks = [frame.segment((0.0, -0.5), (0.0, 2 * len(features) - 0.5), "reference")]
    for row, name in enumerate(features):
        said = words.feature(name)
        marks.append(frame.text(scale.low, 2 * row, shortened(said, _MAX_LOADING), "label", shift=(0, 6)))
        for place, (way, axis) in enumerate(_axes(found, language)):
            part, top = axis.loadings[name], 2 * row + 0.56 + 0.44 * place
            reported = _LOADING.within(language, feature=said, way=way, part=part)
            marks.append(frame.bar((0.0, part), (top, top + 0.4), f"bar {STYLES[place]}", reported))
    title = _LOADINGS.within(language)
    legend = tuple(
        LegendKey(css=f"bar {STYLES[place]}", label=way.within(language), shape="box")
        for place, way in enumerate(_WAYS)
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def stability_chart(words: ProfileWords) -> Chart:
    """Agreement of refits by method and number of clusters."""
    return _curve_chart(words, lambda each: each.stability, _REFITS, _RAND)


def separation_chart(words: ProfileWords) -> Chart:
    """How far apart clusters lie, by method and number."""
    return _curve_chart(words, lambda each: each.separation, _APART, _SILHOUETTE)


def structure_chart(test: Structure, language: Language = ENGLISH) -> Chart:
    """Separation in the book beside what books without any clusters reach."""
    ends = [*test.separation, *test.expected, *test.highest]
    frame = _numbers_frame(test.clusters, _two_digit_scale(ends, _SILHOUETTE, language), language)
    lines = (
        (test.separation, OURS, _THIS_BOOK, _THIS_BOOK),
        (test.highest, "s1", _ON_LINE["best"], _DRAWN["best"]),
        (test.expected, "s0", _ON_LINE["mean"], _DRAWN["mean"]),
    )
    marks = [
        mark
        for separations, css, said, _ in lines
        for mark in _line(
            frame, list(zip(test.clusters, separations, strict=True)), css, said.within(language), language
        )
    ]
    legend = tuple(
        LegendKey(css=css, label=said.within(language, draws=test.draws), shape="line") for _, css, _, said in lines
    )
    title = _STRUCTURE.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def mix_chart(name: str, words: ProfileWords, whole: Sequence[KindTotal]) -> Chart:
    """What each segment is made of by one label, as parts of a bar, below the whole book."""
    labels, language = [each.name for each in whole], words.language
    in_turn = dict(zip(labels, (STYLES[place % len(STYLES)] for place in range(len(labels))), strict=True))
    styles = tier_styles(labels, words.report.tier_colours) if name == "tier" else in_turn
    called = {label: words.kind(name, label) for label in labels}
    bars: list[tuple[str, Mapping[str, float | None]]] = [
        (_WHOLE.within(language), {each.name: each.share for each in whole})
    ]
    bars += [(words.segment(each), each.mixes[name]) for each in words.report.segments]
    scale = AxisScale(low=0.0, high=1.0, name=_SHARE.within(language), say=percent)
    frame = rows_frame(scale, len(bars), left=_LABELS)
    marks: list[Markup] = []
    for row, (said, shares) in enumerate(bars):
        marks.append(frame.text(0.0, row, shortened(said, _MAX_LABEL), "label end", shift=(-6, 4)))
        parts = [(called[label], shares.get(label) or 0.0, styles[label]) for label in labels]
        marks += _parts(frame, row, said, parts, language)
    legend = tuple(LegendKey(css=f"bar {styles[label]}", label=called[label], shape="box") for label in labels)
    title = words.by_segment(name)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _parts(
    frame: Frame, row: int, said: str, parts: Sequence[tuple[str, float, str]], language: Language
) -> list[Markup]:
    marks, start = [], 0.0
    for label, share, css in parts:
        if share > 0:
            held = number_in(percent(_rounded(share)), language)
            reported = _OF_BAR.within(language, bar=said, label=label, share=held)
            marks.append(frame.bar((start, start + share), (row - 0.36, row + 0.36), f"bar {css}", reported))
        if share >= _LEAST_LABELLED:
            marks.append(frame.text(start + share / 2, row, f"{100 * share:.0f}", "mark-label", shift=(0, 4)))
        start += share
    return marks


def _curve_chart(
    words: ProfileWords, figure: Callable[[SegmentationCandidate], float], title: Text, axis: Text
) -> Chart:
    curve, served, language = words.report.curve, words.report.served, words.language
    numbers = sorted({each.clusters for each in curve})
    methods = list(dict.fromkeys(each.method for each in curve))
    scale = _two_digit_scale([figure(each) for each in curve], axis, language)
    frame = _numbers_frame(numbers, scale, language)
    marks: list[Markup] = []
    for place, method in enumerate(methods):
        points = [(each.clusters, figure(each)) for each in curve if each.method == method]
        marks += _line(frame, points, STYLES[place], words.method(method), language)
    reported = _SERVED.within(language, method=words.method(served.method), clusters=served.clusters)
    marks.append(frame.dot(served.clusters, figure(served), "realised hollow", reported, 7.0))
    legend = tuple(LegendKey(css=STYLES[place], label=words.method(name)) for place, name in enumerate(methods))
    said = title.within(language)
    return Chart(
        title=said,
        svg=frame.svg(said, marks),
        legend=(*legend, LegendKey(css="realised hollow", label=_SERVES.within(language), shape="dot")),
    )


def _two_digit_scale(ends: Sequence[float], name: Text, language: Language) -> AxisScale:
    return reaching(ends, name=name.within(language), say=in_marks_of(language, "{:.2f}".format))


def _line(frame: Frame, points: Sequence[tuple[float, float]], css: str, said: str, language: Language) -> list[Markup]:
    dots = [
        frame.dot(x, y, css, _POINT.within(language, line=said, segments=x, figure=number_in(f"{y:.2f}", language)))
        for x, y in points
    ]
    return [frame.line(points, css, said), *dots]


def _numbers_frame(numbers: Sequence[int], y: AxisScale, language: Language) -> Frame:
    x = AxisScale(
        low=min(numbers) - 0.3,
        high=max(numbers) + 0.3,
        name=_NUMBER.within(language),
        say=lambda number: f"{number:.0f}",
        places=tuple(numbers),
    )
    return Frame(x=x, y=y)


def _axes(found: SegmentMap, language: Language) -> list[tuple[str, MapAxis]]:
    return list(zip((way.within(language) for way in _WAYS), found.axes, strict=True))


def _rounded(share: float) -> float:
    return round(share, 3)
