"""One client today: the curve of decline, its place among peers, and reasons as a waterfall, as inline SVG."""

from __future__ import annotations

import itertools
from dataclasses import replace

from markupsafe import Markup

from models.explanation.labels import say
from models.explanation.ledger import Ledger, LedgerRow
from models.explanation.reasons import ExplainedReason
from models.explanation.story import ClientStory
from models.profiles.kind_names import kind_in_words
from models.reasons.figures import percentage
from models.shell.chart import COLOURS, Chart, LegendKey
from models.shell.svg import (
    WIDTH,
    AxisScale,
    Frame,
    in_marks_of,
    percent,
    plain_number,
    reaching,
    rows_frame,
    shortened,
)
from models.text import number

_HEIGHT = 230


def decline_chart(story: ClientStory) -> Chart:
    """The curve of the client; areas on top of one another are the causes."""
    lang, curve = story.language, story.curve
    ends = [0.0, *(float(end) for end in curve.ends)]
    whole = [0.0, *curve.probability[0].tolist()]
    name = say(f"until_{story.period}", lang)
    x = AxisScale(low=0.0, high=ends[-1], name=name, say=in_marks_of(lang, "{:g}".format), places=tuple(ends))
    frame = Frame(x=x, y=reaching(whole, name=say("probability", lang), say=in_marks_of(lang, percent)), height=_HEIGHT)
    marks: list[Markup] = []
    legend = [LegendKey(css="ours", label=say(f"curve_{curve.event}", lang))]
    below = [0.0] * len(ends)
    for css, (cause, until) in zip(COLOURS, curve.incidence.items(), strict=False):
        above = [low + part for low, part in zip(below, [0.0, *until[0].tolist()], strict=True)]
        marks.append(_layer(frame, ends, below, above, css))
        legend.append(
            LegendKey(css=css, label=f"{kind_in_words(cause, lang)} {percentage(until[0, -1], lang, 1)}", shape="box")
        )
        below = above
    marks.append(frame.line(list(zip(ends, whole, strict=True)), "ours"))
    marks += [
        frame.dot(end, share, "ours", f"{number(f'{end:g}', lang)}: {percentage(share, lang, 1)}")
        for end, share in zip(ends[1:], whole[1:], strict=True)
    ]
    marks.append(frame.text(ends[-1], whole[-1], percentage(whole[-1], lang, 1), "label end", shift=(-6, -6)))
    title = say(f"curve_title_{curve.event}", lang)
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(legend))


def _layer(frame: Frame, ends: list[float], below: list[float], above: list[float], css: str) -> Markup:
    upper = list(zip(ends, above, strict=True))
    lower = list(zip(ends, below, strict=True))
    return frame.area([*upper, *reversed(lower)], f"{css} layer")


_STRIP_WIDTH, HEIGHT = 200, 18
_ROOM = 8.0
_SVG = Markup(
    '<svg class="plot strip" viewBox="0 0 {width} {height}" role="img" aria-label="{title}"><title>{title}</title>'
    '<rect class="track" x="0" y="8" width="{width}" height="2"/>'
    '<rect class="noise" x="{left:.1f}" y="4" width="{span:.1f}" height="10" rx="2"/>'
    '<rect class="middle" x="{middle:.1f}" y="2" width="2" height="14"/>'
    '<circle class="{css}" cx="{own:.1f}" cy="9" r="5"/></svg>'
)


def peer_strip(reason: ExplainedReason) -> Markup | None:
    """The strip of a reason's leading number; None where it is no number, or nothing is known of the peers."""
    figures = reason.figures
    own, low, high, usual = figures.observed, figures.low, figures.high, figures.usual
    if own is None or low is None or high is None or usual is None:
        return None
    least, most = min(low, own, usual), max(high, own, usual)
    per = (_STRIP_WIDTH - 2 * _ROOM) / (most - least or 1.0)
    left, right, middle, dot = (_ROOM + (number - least) * per for number in (low, high, usual, own))
    return _SVG.format(
        width=_STRIP_WIDTH,
        height=HEIGHT,
        title=f"{reason.description}: {reason.observed}; {reason.usual} ({reason.usual_range})",
        left=left,
        span=max(right - left, 2.0),
        middle=middle - 1,
        own=dot,
        css="own" if low <= own <= high else "own outside",
    )


_LABELS = 204
_MAX_LABEL = 34
_LETTER, _WATERFALL_ROOM = 6.5, 4.0
"""Pixels for each letter of a figure beside its bar, and between the two."""
_HALF = 0.34


def waterfall_chart(reported: Ledger, title: str, *, worse_is_up: bool) -> Chart:
    """Each reason begins where the one above it ends; ``worse_is_up`` decides which colour a rise has."""
    ends = list(itertools.accumulate(row.number for row in reported.rows[:-1]))
    say = in_marks_of(reported.scale.language, plain_number)
    scale = reaching([*ends, reported.rows[-1].number], name=reported.scale.name, say=say)
    widest = max(len(row.text) for row in reported.rows) * _LETTER + 2 * _WATERFALL_ROOM
    room = widest / (WIDTH - _LABELS - widest) * (scale.high - scale.low)
    frame = rows_frame(replace(scale, high=scale.high + room), len(reported.rows), left=_LABELS)
    starts = [0.0, *ends[:-1], 0.0]
    marks = [
        mark
        for place, (row, start) in enumerate(zip(reported.rows, starts, strict=True))
        for mark in _row(frame, place, row, start, worse_is_up)
    ]
    return Chart(title=title, svg=frame.svg(title, marks))


def _row(frame: Frame, place: int, row: LedgerRow, start: float, worse_is_up: bool) -> list[Markup]:
    is_end = row.kind in {"base", "total"}
    end = row.number if is_end else start + row.number
    css = "bar end-bar" if is_end else "bar worse" if (row.number > 0) == worse_is_up else "bar better"
    right = max(frame.across(start), frame.across(end))
    title = shortened(f"{row.title[:1].upper()}{row.title[1:]}", _MAX_LABEL)
    return [
        frame.text(frame.x.low, place, title, "label end", shift=(-6, 4)),
        frame.bar((start, end), (place - _HALF, place + _HALF), css, f"{row.title}: {row.text} {frame.x.name}"),
        frame.text(frame.x.low, place, row.text, shift=(right + _WATERFALL_ROOM - frame.across(frame.x.low), 4)),
    ]
