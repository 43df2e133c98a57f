"""The spread of a feature and its relevance as small inline SVG; only positions are computed."""

from __future__ import annotations

from markupsafe import Markup

from models.audit.distribution import Distribution
from models.audit.relevance import Relevance
from models.shell.small_plots import BAR_HEIGHT, HEIGHT, WIDTH, rect, short_number, small_svg, upright

_GAP = 1.0


def histogram(spread: Distribution, name: str, unit: str) -> Markup:
    """Clients per bin of a number or per level of a category, with what the axis spans in the title."""
    if not spread.counts:
        return Markup('<span class="quiet">no values</span>')
    return small_svg("histogram", WIDTH, HEIGHT, _spread_title(spread, name, unit), _columns(spread))


def relevance_bar(found: Relevance, title: str, widest: float) -> Markup:
    """A strength left or right of nothing, over the grey band of noise; a tick marks the earlier origin.

    ``widest`` is the strength at either end.
    """
    middle, scale = WIDTH / 2, WIDTH / 2 / widest
    strength = min(max(found.strength, -widest), widest) * scale
    noise = min(found.noise, widest) * scale
    css = "fill" if found.is_relevant else "weak"
    marks = [
        rect("track", 0, 0, WIDTH, BAR_HEIGHT),
        rect("noise", middle - noise, 0, 2 * noise, BAR_HEIGHT),
        rect(css, middle + min(strength, 0.0), 2, abs(strength), BAR_HEIGHT - 4),
        upright("axis", middle),
    ]
    said = f"{title} {found.strength:+.3f}, noise within ±{found.noise:.3f}"
    if found.earlier is not None:
        marks.append(upright("earlier", middle + min(max(found.earlier, -widest), widest) * scale))
        said += f", earlier {found.earlier:+.3f}"
    return small_svg("relevance", WIDTH, BAR_HEIGHT, said, marks)


def _columns(spread: Distribution) -> list[Markup]:
    step, tallest = WIDTH / len(spread.counts), max(spread.counts) or 1
    marks = []
    for place, count in enumerate(spread.counts):
        height = max(HEIGHT * count / tallest, 1.0 if count else 0.0)
        label = f"{spread.levels[place]}: {count:,}" if spread.levels else f"{count:,} clients"
        marks.append(rect("fill", place * step, HEIGHT - height, step - _GAP, height, label))
    return marks


def _spread_title(spread: Distribution, name: str, unit: str) -> str:
    if spread.is_category:
        return f"{name}: clients by value"
    scale = ", logarithmic" if spread.is_logarithmic else ""
    span = f"{short_number(spread.left)} to {short_number(spread.right)}"
    return f"{name}: clients from {span} {unit}{scale}"
