"""A backtest as one HTML page without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from markupsafe import Markup

from models.backtest.contents import BacktestReport
from models.backtest.headline_text import headline_heads, headline_rows
from models.backtest.lists import LIST_NAMES
from models.backtest.plots import backtest_charts
from models.backtest.ranges import amount_parts, share_parts
from models.backtest.text import WAYS, anew_in_words, override_cells, rule_in_words, verdicts, ways_apart
from models.metrics.bootstrap import ReportedInterval
from models.panel.features.labels import STRETCHES
from models.reasons.figures import currency_name
from models.segments.text import percent_or_dash
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment
from models.text import Language

BACKTEST_FILE = "backtest.json"
"""The report beside the page."""


def write_backtest_page(report: BacktestReport, path: Path) -> None:
    """Write the page in every language, each whole or not at all."""
    publish_page(path, partial(backtest_page, report))


def backtest_page(report: BacktestReport, edition: Edition = ALONE) -> str:
    """The page of a backtest."""
    language = edition.language
    made = environment(edition, filters=_filters(language), functions=_functions(language))
    return str(
        made.get_template("backtest/page.html").render(
            report=report,
            verdicts=list(verdicts(report, language)),
            charts=backtest_charts(report, language),
            heads=headline_heads(language),
            names=LIST_NAMES,
            ways=WAYS,
            horizon=STRETCHES[report.horizon.period].filled(count=report.horizon.periods),
            currency=currency_name(report.currency, language),
        )
    )


def _filters(language: Language) -> dict[str, Callable[..., object]]:
    return {
        "percent": percent_or_dash,
        "amounts": partial(amounts_in_two, language=language),
        "range": partial(shares_in_two, language=language),
    }


def _functions(language: Language) -> dict[str, Callable[..., object]]:
    return {
        "ways_apart": ways_apart,
        "override_cells": partial(override_cells, language=language),
        "headline_rows": partial(headline_rows, language=language),
        "anew_in_words": partial(anew_in_words, language=language),
        "rule_in_words": partial(rule_in_words, language=language),
    }


def shares_in_two(figure: ReportedInterval, language: Language, *, signed: bool = False, digits: int = 0) -> Markup:
    """A share and its interval, which a narrow page puts on a line of its own."""
    return _in_two(share_parts(figure, language, signed=signed, digits=digits))


def amounts_in_two(figure: ReportedInterval, language: Language) -> Markup:
    """An amount and its interval, likewise."""
    return _in_two(amount_parts(figure, language))


def _in_two(parts: tuple[str, str]) -> Markup:
    estimate, interval = parts
    ranged = Markup(' <span class="range">({})</span>').format(interval) if interval else Markup("")
    return Markup("{}{}").format(estimate, ranged)
