"""Small plots as inline SVG, and their parts.

All text that comes from outside is escaped by ``Markup.format``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from models.text import ENGLISH, Language, Text, number, scales

WIDTH, HEIGHT = 160, 40
BAR_HEIGHT = 10
_THOUSANDS, _WHOLE, _SMALL = 10_000.0, 1_000.0, 0.001
_HELD: Final = Text("{title}: {share:.1%}", "bar of a share")
SCALES: Final = Text("1e9 = {number}bn; 1e6 = {number}m; 1e3 = {number}k", "large numbers on pages")
"""From which size on a number of a table or an axis is written in which unit."""

_SVG = Markup(
    '<svg class="plot {kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{title}"><title>{title}</title>{marks}</svg>'
)
_RECT = Markup('<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">{title}</rect>')
_TITLE = Markup("<title>{title}</title>")
_LINE = Markup('<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')


def short_number(value: float | str | None, language: Language = ENGLISH) -> str:
    """A figure as a person says it, in the language's own thousands; text stays as it is.

    >>> short_number(12_345_678.0), short_number(7_190.4), short_number(0.0312), short_number(None)
    ('12.3m', '7,190', '0.0312', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    size = abs(value)
    for limit, written in scales(SCALES, language):
        if size >= max(limit, _THOUSANDS):
            return written.format(number=number(f"{value / limit:,.1f}", language))
    if value == int(value) or size >= _WHOLE:
        return number(f"{value:,.0f}", language)
    return number(f"{value:,.3g}" if size >= _SMALL else f"{value:.1e}", language)


def share_bar(share: float, title: str, language: Language = ENGLISH) -> Markup:
    """A share between 0 and 1 as a filled bar."""
    marks = [
        rect("track", 0, 0, WIDTH, BAR_HEIGHT),
        rect("fill", 0, 0, WIDTH * min(max(share, 0.0), 1.0), BAR_HEIGHT),
    ]
    return small_svg("share", WIDTH, BAR_HEIGHT, _HELD.within(language, title=title, share=share), marks)


def rect(css: str, x: float, y: float, width: float, height: float, title: str = "") -> Markup:
    """A rectangle, which says its title when pointed at."""
    said = _TITLE.format(title=title) if title else ""
    return _RECT.format(css=css, x=x, y=y, width=width, height=height, title=said)


def upright(css: str, x: float) -> Markup:
    """A line across a bar."""
    return _LINE.format(css=css, x=x, top=0, bottom=BAR_HEIGHT)


def small_svg(kind: str, width: int, height: int, title: str, marks: Sequence[Markup]) -> Markup:
    """A plot of a kind, which says its title when pointed at."""
    return _SVG.format(kind=kind, width=width, height=height, title=title, marks=Markup("").join(marks))
