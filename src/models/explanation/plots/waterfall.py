"""From the base, a client of whom nothing is known, reason by reason, to this client: a waterfall with one row each."""

from __future__ import annotations

import itertools
from dataclasses import replace

from markupsafe import Markup

from models.explanation.ledger import Ledger, LedgerRow
from models.shell.chart import Chart
from models.shell.svg import WIDTH, Frame, in_marks_of, plain_number, reaching, rows_frame, shortened

_LABELS = 204
_MAX_LABEL = 34
_LETTER, _ROOM = 6.5, 4.0
"""Pixels for each letter of a figure beside its bar, and between the two."""
_HALF = 0.34


def waterfall_chart(reported: Ledger, title: str, *, worse_is_up: bool) -> Chart:
    """Each reason begins where the one above it ends; ``worse_is_up`` decides which colour a rise has."""
    ends = list(itertools.accumulate(row.number for row in reported.rows[:-1]))
    say = in_marks_of(reported.scale.language, plain_number)
    scale = reaching([*ends, reported.rows[-1].number], name=reported.scale.name, say=say)
    widest = max(len(row.text) for row in reported.rows) * _LETTER + 2 * _ROOM
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
        frame.text(frame.x.low, place, row.text, shift=(right + _ROOM - frame.across(frame.x.low), 4)),
    ]
