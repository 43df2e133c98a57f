"""Axes, scales and marks of one plot as inline SVG.

All text that comes from outside is escaped by ``Markup.format``.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from models.shell.small_plots import SCALES
from models.text import ENGLISH, Language, number, scales

WIDTH, HEIGHT = 400, 250
ROW = 19
_TOP, _RIGHT, _BOTTOM, _LEFT = 10, 14, 38, 50
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROOM_ABOVE = 12
_TICKS = 5
_THOUSAND = 1000
_APART = 0.05
"""Numbers that lie nearer to each other, as a share of their size, would have ticks that read alike."""

_SVG = Markup(
    '<svg class="plot" viewBox="0 {top} {width} {height}" role="img" aria-label="{title}"><title>{title}</title>'
    "{marks}</svg>"
)
_LINE = Markup('<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
_TEXT = Markup('<text class="{css}" x="{x:.1f}" y="{y:.1f}">{text}</text>')
_UPRIGHT = Markup('<text class="name middle" transform="translate({x:.1f} {y:.1f}) rotate(-90)">{text}</text>')
_ABOVE = Markup('<text class="name" x="{x:.1f}" y="{y:.1f}">{text}</text>')
"""Chinese is not turned on its side; it stands above the axis, where it meets no number of it."""
_PATH = Markup('<polyline class="{css}" points="{points}"><title>{title}</title></polyline>')
_AREA = Markup('<polygon class="{css}" points="{points}"/>')
_DOT = Markup('<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{size}"><title>{title}</title></circle>')
_RECT = Markup(
    '<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
    "<title>{title}</title></rect>"
)

Points = Sequence[tuple[float, float]]
Say = Callable[[float], str]


def percent(share: float) -> str:
    """A share as an axis says it.

    >>> percent(0.25), percent(0.025)
    ('25%', '2.5%')
    """
    return f"{100 * share:.3g}%"


def amount(value: float, language: Language = ENGLISH) -> str:
    """An amount as an axis says it, in the language's own thousands.

    >>> amount(200_000.0), amount(1_250_000.0), amount(0.0), amount(-40.0)
    ('200k', '1.25m', '0', '-40')
    """
    for limit, written in scales(SCALES, language):
        if abs(value) >= limit:
            return written.format(number=number(f"{value / limit:.4g}", language))
    return number(f"{value:.4g}", language)


def amounts(language: Language) -> Say:
    """How an axis says amounts in a language."""
    return partial(amount, language=language)


def plain_number(number: float) -> str:
    """A number on an axis whose name tells the unit.

    >>> plain_number(1500.0), plain_number(0.25)
    ('1,500', '0.25')
    """
    return f"{number:,.0f}" if abs(number) >= _THOUSAND else f"{number:,.4g}"


def in_marks_of(language: Language, say: Say) -> Say:
    """An axis that writes its numbers with the marks of a language."""
    return lambda value: number(say(value), language)


def shortened(text: str, most: int) -> str:
    """Text no wider than so many Latin letters; a Chinese one is as wide as two.

    >>> shortened("Financial Institutions", 20), shortened("基础设施与能源", 10)
    ('Financial Instituti…', '基础设施…')
    """
    widths = [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text]
    if sum(widths) <= most:
        return text
    fitting = sum(total <= most - 1 for total in itertools.accumulate(widths))
    return f"{text[:fitting]}…"


@dataclass(frozen=True, kw_only=True)
class AxisScale:
    """Numbers from ``low`` to ``high`` along an axis: its name with unit, and how it says a number.

    Ticks stand at round numbers, or at ``places`` if there are any.
    """

    low: float
    high: float
    name: str
    say: Say = amount
    places: tuple[float, ...] = ()

    def at(self, value: float) -> float:
        """Where a number stands along the axis, from 0 to 1; what lies outside stands at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Round numbers along the axis.

        >>> AxisScale(low=0.0, high=0.83, name="").ticks()
        [0.0, 0.2, 0.4, 0.6, 0.8]
        """
        if self.places:
            return list(self.places)
        rough = (self.high - self.low) / _TICKS
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(nice * size for nice in _NICE if nice * size >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(number * step, 12) for number in range(first, last + 1)]


def reaching(numbers: Sequence[float | None], *, name: str, say: Say = amount, zero: bool = True) -> AxisScale:
    """A scale over all of ``numbers``, from 0 on if ``zero``, with a little room at the ends.

    Numbers that hardly differ get room in proportion to their size, so that no two ticks read alike.

    >>> scale = reaching([2.0, None, 4.0], name="")
    >>> scale.low, scale.high
    (0.0, 4.2)
    >>> reaching([1e6], name="", zero=False).ticks()
    [980000.0, 990000.0, 1000000.0, 1010000.0, 1020000.0]
    """
    known = [number for number in numbers if number is not None] + ([0.0] if zero else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    size = max(abs(low), abs(high))
    room = (0.05 * (high - low) if high - low >= _APART * size else _APART / 2 * size) or 0.5
    from_zero, to_zero = zero and low == 0, zero and high == 0 and low < 0
    return AxisScale(low=low - (0 if from_zero else room), high=high + (0 if to_zero else room), name=name, say=say)


def shares(numbers: Sequence[float], *, name: str) -> AxisScale:
    """A scale over shares, from 0 on unless all of them lie in its upper half.

    >>> shares([0.2, 0.9], name="").low, round(shares([0.8, 0.9], name="").low, 3)
    (0.0, 0.795)
    """
    return reaching(numbers, name=name, say=percent, zero=2 * min(numbers) < max(numbers))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The rectangle between two axes; marks are placed by the numbers that they show."""

    x: AxisScale
    y: AxisScale
    height: int = HEIGHT
    left: int = _LEFT

    def svg(self, title: str, marks: Sequence[Markup]) -> Markup:
        """The whole plot: grid and axes below ``marks``."""
        above = 0 if self.y.name.isascii() else _ROOM_ABOVE
        drawn = Markup("").join([*self._axes(), *marks])
        return _SVG.format(top=-above, width=WIDTH, height=self.height + above, title=title, marks=drawn)

    def line(self, points: Points, css: str, title: str = "") -> Markup:
        """A line through points."""
        return _PATH.format(css=f"line {css}", points=self._said(points), title=title)

    def area(self, points: Points, css: str) -> Markup:
        """A filled shape around points."""
        return _AREA.format(css=f"area {css}", points=self._said(points))

    def dot(self, x: float, y: float, css: str, title: str, size: float = 3.2) -> Markup:
        """A dot that says what it is when pointed at."""
        return _DOT.format(css=f"dot {css}", x=self.across(x), y=self.down(y), size=size, title=title)

    def segment(self, start: tuple[float, float], end: tuple[float, float], css: str) -> Markup:
        """A straight line from one point to another."""
        (x1, y1), (x2, y2) = start, end
        return _LINE.format(css=css, x1=self.across(x1), y1=self.down(y1), x2=self.across(x2), y2=self.down(y2))

    def bar(self, x: tuple[float, float], y: tuple[float, float], css: str, title: str) -> Markup:
        """A filled box between two numbers of each axis."""
        left, right = sorted(self.across(each) for each in x)
        top, bottom = sorted(self.down(each) for each in y)
        return _RECT.format(css=css, x=left, y=top, width=right - left, height=bottom - top, title=title)

    def text(self, x: float, y: float, text: str, css: str = "tick", *, shift: tuple[float, float] = (0, 0)) -> Markup:
        """Words at a point, moved by so many pixels."""
        return _TEXT.format(css=css, x=self.across(x) + shift[0], y=self.down(y) + shift[1], text=text)

    def across(self, x: float) -> float:
        """Pixels from the left."""
        return self.left + self.x.at(x) * (WIDTH - self.left - _RIGHT)

    def down(self, y: float) -> float:
        """Pixels from the top."""
        return self.height - _BOTTOM - self.y.at(y) * (self.height - _TOP - _BOTTOM)

    def _said(self, points: Points) -> str:
        return " ".join(f"{self.across(x):.1f},{self.down(y):.1f}" for x, y in points)

    def _axes(self) -> list[Markup]:
        bottom, middle = self.height - _BOTTOM, (self.left + WIDTH - _RIGHT) / 2
        marks = [_TEXT.format(css="name middle", x=middle, y=self.height - 5, text=self.x.name)]
        for tick in self.x.ticks():
            place = self.across(tick)
            marks.append(_LINE.format(css="grid", x1=place, y1=_TOP, x2=place, y2=bottom))
            marks.append(_TEXT.format(css="tick middle", x=place, y=bottom + 14, text=self.x.say(tick)))
        return marks + self._upright_axis(bottom)

    def _upright_axis(self, bottom: float) -> list[Markup]:
        if not self.y.name:
            return []
        if self.y.name.isascii():
            marks = [_UPRIGHT.format(x=11, y=(_TOP + bottom) / 2, text=self.y.name)]
        else:
            marks = [_ABOVE.format(x=0, y=-1, text=self.y.name)]
        for tick in self.y.ticks():
            place = self.down(tick)
            marks.append(_LINE.format(css="grid", x1=self.left, y1=place, x2=WIDTH - _RIGHT, y2=place))
            marks.append(_TEXT.format(css="tick end", x=self.left - 5, y=place + 4, text=self.y.say(tick)))
        return marks


def rows_frame(x: AxisScale, rows: int, *, left: int) -> Frame:
    """A frame with one row per item, the first on top; the middle of row r is at y = r."""
    return Frame(x=x, y=AxisScale(low=rows - 0.5, high=-0.5, name=""), height=rows * ROW + _TOP + _BOTTOM, left=left)
