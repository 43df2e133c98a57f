"""The plot of value against risk as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from models.overview.report import Overview
from models.overview.text import OverviewWords
from models.shell.chart import Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, amount, in_marks_of, percent, reaching
from models.shell.tier_styles import tier_styles
from models.text import ENGLISH, Language, Text

_HEIGHT = 300
_DOT = 2.6
_MOST_TICKS = 6
_RISK: Final = Text("probability of decline")
_VALUE: Final = Text("expected value, {currency}", "axis")
_CLIENT: Final = Text("{tier}: {value}, {risk:.1%}", "dot of a plot")
_TITLE: Final = Text("Value against risk of {clients:,} clients")


def risk_chart(overview: Overview, words: OverviewWords) -> Chart:
    """Clients by probability of decline and expected value, losses below zero, in the colour of their tier."""
    sample, colours, language = overview.sample, overview.tier_colours, words.language
    values, risks = sample.value, sample.decline_probability
    frame = Frame(
        x=reaching(risks, name=_RISK.within(language), say=in_marks_of(language, percent)),
        y=_powers(values, _VALUE.within(language, currency=words.currency()), language),
        height=_HEIGHT,
    )
    styles = tier_styles((*colours, *sorted({*sample.tier} - {*colours})), colours)
    marks = [
        frame.dot(
            risk,
            _power(value),
            f"{styles[tier]} faint",
            _CLIENT.within(language, tier=words.named(tier), value=short_number(value, language), risk=risk),
            _DOT,
        )
        for tier, value, risk in zip(sample.tier, values, risks, strict=True)
    ]
    title = _TITLE.within(language, clients=len(values))
    held = [tier for tier in styles if tier in sample.tier]
    legend = tuple(LegendKey(css=styles[tier], label=words.named(tier), shape="dot") for tier in held)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _powers(values: Sequence[float], name: str, language: Language) -> AxisScale:
    """An axis that says whole powers of ten, of gains above the middle and of losses below it."""
    powers = [_power(value) for value in values]
    low, high = math.floor(min(powers)), math.ceil(max(powers))
    high += low == high
    step = -(-(high - low) // _MOST_TICKS)
    places = tuple(float(power) for power in range(low, high + 1, step))
    return AxisScale(low=low, high=high, name=name, say=lambda power: short_power(int(power), language), places=places)


def short_power(power: int, language: Language = ENGLISH) -> str:
    """Ten to a power as an axis says it, below zero a loss.

    >>> short_power(2), short_power(4), short_power(-6), short_power(0)
    ('100', '10k', '-1m', '0')
    """
    if power <= 0:
        return f"-{short_power(-power, language)}" if power else "0"
    return amount(float(10**power), language)


def _power(value: float) -> float:
    """The logarithm to base ten, of losses below zero; between minus one and one there is nothing.

    >>> _power(1_000.0), _power(-100.0), _power(0.5)
    (3.0, -2.0, 0.0)
    """
    return math.copysign(math.log10(max(abs(value), 1.0)), value)
