"""Small plots as inline SVG, drawn from a report's figures; it computes nothing but positions.

All text that comes from outside is escaped by ``Markup.format``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 160, 40
BAR_HEIGHT = 10
_GAP = 1.0
_THOUSANDS, _WHOLE, _SMALL = 10_000.0, 1_000.0, 0.001

_SVG = Markup(
    '<svg class="plot {kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{title}"><title>{title}</title>{marks}</svg>'
)
_RECT = Markup('<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">{title}</rect>')
_TITLE = Markup("<title>{title}</title>")
_LINE = Markup('<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')


def short_number(value: float | str | None) -> str:
    """A figure as a person says it; text stays as it is.

    >>> short_number(12_345_678.0), short_number(7_190.4), short_number(0.0312), short_number(None)
    ('12.3m', '7,190', '0.0312', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    size = abs(value)
    for limit, divisor, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (_THOUSANDS, 1e3, "k")):
        if size >= limit:
            return f"{value / divisor:,.1f}{letter}"
    if value == int(value) or size >= _WHOLE:
        return f"{value:,.0f}"
    return f"{value:,.3g}" if size >= _SMALL else f"{value:.1e}"


def histogram(spread: Mapping[str, Any], name: str, unit: str) -> Markup:
    """Clients per bin of a number or per level of a category, with what the axis spans in the title."""
    counts: Sequence[int] = spread["counts"]
    if not counts:
        return Markup('<span class="quiet">no values</span>')
    return _svg("histogram", WIDTH, HEIGHT, _spread_title(spread, name, unit), _columns(spread, counts))


def share_bar(share: float, title: str) -> Markup:
    """A share between 0 and 1 as a filled bar."""
    marks = [
        _rect("track", 0, 0, WIDTH, BAR_HEIGHT),
        _rect("fill", 0, 0, WIDTH * min(max(share, 0.0), 1.0), BAR_HEIGHT),
    ]
    return _svg("share", WIDTH, BAR_HEIGHT, f"{title}: {share:.1%}", marks)


def relevance_bar(found: Mapping[str, Any], title: str, widest: float) -> Markup:
    """A strength left or right of nothing, over the grey band of noise; a tick marks the earlier origin.

    ``widest`` is the strength at either end.
    """
    middle, scale = WIDTH / 2, WIDTH / 2 / widest
    strength = min(max(found["strength"], -widest), widest) * scale
    noise = min(found["noise"], widest) * scale
    css = "fill" if found["is_relevant"] else "weak"
    marks = [
        _rect("track", 0, 0, WIDTH, BAR_HEIGHT),
        _rect("noise", middle - noise, 0, 2 * noise, BAR_HEIGHT),
        _rect(css, middle + min(strength, 0.0), 2, abs(strength), BAR_HEIGHT - 4),
        _LINE.format(css="axis", x=middle, top=0, bottom=BAR_HEIGHT),
    ]
    said = f"{title} {found['strength']:+.3f}, noise within ±{found['noise']:.3f}"
    if found["earlier"] is not None:
        earlier = middle + min(max(found["earlier"], -widest), widest) * scale
        marks.append(_LINE.format(css="earlier", x=earlier, top=0, bottom=BAR_HEIGHT))
        said += f", earlier {found['earlier']:+.3f}"
    return _svg("relevance", WIDTH, BAR_HEIGHT, said, marks)


def _columns(spread: Mapping[str, Any], counts: Sequence[int]) -> list[Markup]:
    step, tallest = WIDTH / len(counts), max(counts) or 1
    marks = []
    for place, count in enumerate(counts):
        height = max(HEIGHT * count / tallest, 1.0 if count else 0.0)
        box = {"css": "fill", "x": place * step, "y": HEIGHT - height, "width": step - _GAP, "height": height}
        label = f"{spread['levels'][place]}: {count:,}" if spread["levels"] else f"{count:,} clients"
        marks.append(_RECT.format(**box, title=_TITLE.format(title=label)))
    return marks


def _spread_title(spread: Mapping[str, Any], name: str, unit: str) -> str:
    if spread["is_category"]:
        return f"{name}: clients by value"
    scale = ", logarithmic" if spread["is_logarithmic"] else ""
    span = f"{short_number(spread['left'])} to {short_number(spread['right'])}"
    return f"{name}: clients from {span} {unit}{scale}"


def _rect(css: str, x: float, y: float, width: float, height: float) -> Markup:
    return _RECT.format(css=css, x=x, y=y, width=width, height=height, title="")


def _svg(kind: str, width: int, height: int, title: str, marks: Sequence[Markup]) -> Markup:
    return _SVG.format(kind=kind, width=width, height=height, title=title, marks=Markup("").join(marks))
