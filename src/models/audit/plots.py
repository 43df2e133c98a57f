"""The spread of a feature and its relevance as small inline SVG; only positions are computed."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from models.audit.distribution import Distribution
from models.audit.relevance import DECLINE, VALUE, Relevance
from models.reasons.units import feature_unit
from models.shell.small_plots import BAR_HEIGHT, HEIGHT, WIDTH, rect, short_number, small_svg, upright
from models.text import ENGLISH, Language, Slot, Text

_GAP = 1.0
_NO_VALUES: Final = Text("no values")
_STRENGTH: Final = Text("{title} {strength:+.3f}, noise within ±{noise:.3f}", "bar of a plot")
_STRENGTH_BEFORE: Final = Text(
    "{title} {strength:+.3f}, noise within ±{noise:.3f}, earlier {earlier:+.3f}", "bar of a plot"
)
_LEVEL: Final = Text("{level}: {count:,}", "bar of a plot")
_CLIENTS: Final = Text("{number:,} clients")
_BY_VALUE: Final = Text("{feature}: clients by value")
_SPREAD: Final = Text("{feature}: clients from {low} to {high} {unit}")
_LOGARITHMIC: Final = Text("{feature}: clients from {low} to {high} {unit}, logarithmic")
STRENGTHS: Final = {
    DECLINE: Text("AUC less one half for decline"),
    VALUE: Text("rank correlation with value"),
}
"""What the bars of relevance measure, by outcome."""


def histogram(spread: Distribution, name: str, unit: str, language: Language = ENGLISH) -> Markup:
    """Clients per bin of a number or per level of a category, with what the axis spans in the title."""
    if not spread.counts:
        return Markup('<span class="quiet">{}</span>').format(_NO_VALUES.within(language))
    return small_svg(
        "histogram", WIDTH, HEIGHT, _spread_title(spread, name, unit, language), _columns(spread, language)
    )


def relevance_bar(found: Relevance, title: str, widest: float, language: Language = ENGLISH) -> Markup:
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
    slots: dict[str, Slot] = {"title": title, "strength": found.strength, "noise": found.noise}
    said = _STRENGTH.within(language, **slots)
    if found.earlier is not None:
        marks.append(upright("earlier", middle + min(max(found.earlier, -widest), widest) * scale))
        said = _STRENGTH_BEFORE.within(language, **slots, earlier=found.earlier)
    return small_svg("relevance", WIDTH, BAR_HEIGHT, said, marks)


def _columns(spread: Distribution, language: Language) -> list[Markup]:
    step, tallest = WIDTH / len(spread.counts), max(spread.counts) or 1
    marks = []
    for place, count in enumerate(spread.counts):
        height = max(HEIGHT * count / tallest, 1.0 if count else 0.0)
        level = spread.levels[place] if spread.levels else ""
        label = _LEVEL.within(language, level=level, count=count) if level else _CLIENTS.within(language, number=count)
        marks.append(rect("fill", place * step, HEIGHT - height, step - _GAP, height, label))
    return marks


def _spread_title(spread: Distribution, name: str, unit: str, language: Language) -> str:
    if spread.is_category:
        return _BY_VALUE.within(language, feature=name)
    low, high = (short_number(end, language) for end in (spread.left, spread.right))
    words = _LOGARITHMIC if spread.is_logarithmic else _SPREAD
    return words.within(language, feature=name, low=low, high=high, unit=feature_unit(unit, language))
