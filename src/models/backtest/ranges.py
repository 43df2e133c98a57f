"""Figures of a backtest with their intervals, as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from models.metrics.bootstrap import ReportedInterval
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Text, number

_RANGED: Final = Text("{estimate} ({interval})", "figure with its interval")
_INTERVAL: Final = Text("{low} to {high}", "interval")


def alone(figure: ReportedInterval) -> ReportedInterval:
    """A figure without its interval."""
    return ReportedInterval(estimate=figure.estimate)


def share_range(
    figure: ReportedInterval, language: Language = ENGLISH, *, signed: bool = False, digits: int = 0
) -> str:
    """A share with its interval, in per cent; a dash for what is not known.

    >>> share_range(ReportedInterval(estimate=0.384, low=0.208, high=0.537))
    '38% (21 to 54)'
    >>> share_range(ReportedInterval(estimate=-0.012, low=-0.02, high=0.01), signed=True, digits=1)
    '-1.2% (-2.0 to +1.0)'
    >>> share_range(ReportedInterval(estimate=-0.002, low=-0.104, high=0.1))  # nothing has no sign
    '0% (-10 to 10)'
    """
    return _whole(share_parts(figure, language, signed=signed, digits=digits), language)


def amount_range(figure: ReportedInterval, language: Language = ENGLISH) -> str:
    """An amount with its interval; a dash for what is not known.

    >>> amount_range(ReportedInterval(estimate=12_345.0, low=-900.0, high=15_000.0))
    '12.3k (-900 to 15.0k)'
    """
    return _whole(amount_parts(figure, language), language)


def signed_amounts(figure: ReportedInterval, language: Language = ENGLISH) -> str:
    """A change of an amount with its interval, a rise with its plus."""
    said = _parts(figure, lambda amount: f"{'+' if amount > 0 else ''}{short_number(amount, language)}", "", language)
    return _whole(said, language)


def share_parts(
    figure: ReportedInterval, language: Language = ENGLISH, *, signed: bool = False, digits: int = 0
) -> tuple[str, str]:
    """A share, and its interval, which is empty where there is none."""
    sign = "+" if signed else ""
    return _parts(figure, lambda share: number(f"{100 * share:{sign}z.{digits}f}", language), "%", language)


def amount_parts(figure: ReportedInterval, language: Language = ENGLISH) -> tuple[str, str]:
    """An amount, and its interval, likewise."""
    return _parts(figure, lambda amount: short_number(amount, language), "", language)


def _parts(figure: ReportedInterval, say: Callable[[float], str], unit: str, language: Language) -> tuple[str, str]:
    if figure.estimate is None:
        return "–", ""
    estimate = f"{say(figure.estimate)}{unit}"
    if figure.low is None or figure.high is None:
        return estimate, ""
    return estimate, _INTERVAL.within(language, low=say(figure.low), high=say(figure.high))


def _whole(parts: tuple[str, str], language: Language) -> str:
    estimate, interval = parts
    return _RANGED.within(language, estimate=estimate, interval=interval) if interval else estimate
