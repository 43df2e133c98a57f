"""The plot of value against risk as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from models.overview.report import ClientSample
from models.shell.chart import Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, percent, reaching
from models.shell.tier_styles import tier_styles

_HEIGHT = 300
_DOT = 2.6
_MOST_TICKS = 6


def risk_chart(sample: ClientSample, currency: str, colours: Mapping[str, str]) -> Chart:
    """Clients by probability of decline and expected value, losses below zero, in the colour of their tier."""
    values, risks = sample.value, sample.decline_probability
    frame = Frame(
        x=reaching(risks, name="probability of decline", say=percent),
        y=_powers(values, f"expected value, {currency}"),
        height=_HEIGHT,
    )
    styles = tier_styles((*colours, *sorted({*sample.tier} - {*colours})), colours)
    marks = [
        frame.dot(risk, _power(value), f"{styles[tier]} faint", f"{tier}: {short_number(value)}, {risk:.1%}", _DOT)
        for tier, value, risk in zip(sample.tier, values, risks, strict=True)
    ]
    title = f"Value against risk of {len(values):,} clients"
    held = [tier for tier in styles if tier in sample.tier]
    legend = tuple(LegendKey(css=styles[tier], label=tier, shape="dot") for tier in held)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _powers(values: Sequence[float], name: str) -> AxisScale:
    """An axis that says whole powers of ten, of gains above the middle and of losses below it."""
    powers = [_power(value) for value in values]
    low, high = math.floor(min(powers)), math.ceil(max(powers))
    high += low == high
    step = -(-(high - low) // _MOST_TICKS)
    places = tuple(float(power) for power in range(low, high + 1, step))
    return AxisScale(low=low, high=high, name=name, say=lambda power: short_power(int(power)), places=places)


def short_power(power: int) -> str:
    """Ten to a power as an axis says it, below zero a loss.

    >>> short_power(2), short_power(4), short_power(-6), short_power(0)
    ('100', '10k', '-1m', '0')
    """
    if power <= 0:
        return f"-{short_power(-power)}" if power else "0"
    for digits, letter in ((9, "bn"), (6, "m"), (3, "k")):
        if power >= digits:
            return f"{10 ** (power - digits)}{letter}"
    return f"{10**power}"


def _power(value: float) -> float:
    """The logarithm to base ten, of losses below zero; between minus one and one there is nothing.

    >>> _power(1_000.0), _power(-100.0), _power(0.5)
    (3.0, -2.0, 0.0)
    """
    return math.copysign(math.log10(max(abs(value), 1.0)), value)
