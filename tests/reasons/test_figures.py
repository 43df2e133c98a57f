"""Numbers as people write them: what a banker would write by hand, in English and Chinese."""

from __future__ import annotations

from datetime import date

import pytest

from models.panel.features.words import FigureUnit
from models.reasons.figures import day, figure_in_words, money, points, short

BY_HAND = [
    (FigureUnit.MONEY, 1_100_000.0, "1.1 m USD", "110万美元"),
    (FigureUnit.MONEY, 400_000.0, "400 k USD", "40万美元"),
    (FigureUnit.MONEY, 101_564.0, "102 k USD", "10.2万美元"),
    (FigureUnit.MONEY, 77_210.0, "77.2 k USD", "7.72万美元"),
    (FigureUnit.MONEY, 99_960.0, "100 k USD", "10万美元"),
    (FigureUnit.MONEY, -2_345_678_901.0, "-2.35 bn USD", "-23.5亿美元"),
    (FigureUnit.MONEY, 0.0, "0 USD", "0美元"),
    (FigureUnit.MONEY, 7_190.4, "7.19 k USD", "7,190美元"),
    (FigureUnit.TIMES, 1.0, "once", "1次"),
    (FigureUnit.TIMES, 2.0, "twice", "2次"),
    (FigureUnit.TIMES, 1_234.0, "1,234 times", "1,234次"),
    (FigureUnit.TIMES, 12.34, "12.3 times", "12.3次"),
    (FigureUnit.COUNT, 97.0, "97", "97"),
    (FigureUnit.SHARE, 0.0312, "3.1%", "3.1%"),
    (FigureUnit.SHARE, 0.123, "12%", "12%"),
    (FigureUnit.SHARE, 0.00012, "0.012%", "0.012%"),
    (FigureUnit.POINTS, 0.012, "+1.2 points", "+1.2个百分点"),
    (FigureUnit.MULTIPLE, 3.21, "3.21 times", "3.21倍"),
    (FigureUnit.BASIS_POINTS, 250.4, "250 bp", "250个基点"),
    (FigureUnit.DAYS, 1.0, "1 day", "1天"),
    (FigureUnit.DAYS, 45.0, "45 days", "45天"),
    (FigureUnit.DAYS, 365.0, "12 months", "12个月"),
    (FigureUnit.DAYS, 1_063.0, "2.9 years", "2.9年"),
    (FigureUnit.YEARS, 0.1, "37 days", "37天"),
    (FigureUnit.HOURS, 1.0, "1 hour", "1小时"),
    (FigureUnit.MONTHS, 2.43, "2.4 months", "2.4个月"),
    (FigureUnit.WEEKS, 1.0, "1 week", "1周"),
    (FigureUnit.NUMBER, 3.456, "3.46", "3.46"),
    (FigureUnit.NUMBER, -0.0153, "-0.015", "-0.015"),
]


@pytest.mark.parametrize(("figure", "value", "english", "chinese"), BY_HAND)
def test_a_figure_is_written_as_by_hand(figure: FigureUnit, value: float, english: str, chinese: str) -> None:
    assert figure_in_words(value, figure, "en", currency="USD") == english
    assert figure_in_words(value, figure, "zh", currency="USD") == chinese


@pytest.mark.parametrize(
    ("now", "before", "clause", "bare", "chinese"),
    [
        (60.0, 100.0, "fell by 40%", "down 40%", "下降40%"),
        (150.0, 100.0, "rose by 50%", "up 50%", "上升50%"),
        (450.0, 100.0, "rose to 4.5 times", "up to 4.5 times", "增至4.5倍"),
        (100.0, 100.0, "did not change", "unchanged", "持平"),
        (0.0, 100.0, "stopped", "stopped", "归零"),
        (100.0, 0.0, "began anew", "began anew", "从无到有"),
    ],
)
def test_growth_is_told_as_the_change_that_it_stands_for(
    now: float, before: float, clause: str, bare: str, chinese: str
) -> None:
    growth = (now - before) / (now + before)
    assert figure_in_words(growth, FigureUnit.GROWTH, "en") == clause
    assert figure_in_words(growth, FigureUnit.GROWTH, "en", signed=True) == bare
    assert figure_in_words(growth, FigureUnit.GROWTH, "zh") == chinese


def test_every_kind_of_figure_is_written_in_both_languages() -> None:
    for figure in FigureUnit:
        for value in (0.0, 0.5, 1.0, 1e-7, 12_345.6):
            for signed in (False, True):
                grown = min(value, 1.0) if figure is FigureUnit.GROWTH else value
                reported = figure_in_words(grown, figure, "en", currency="EUR", signed=signed)
                assert reported == reported.strip() != ""
                assert figure_in_words(grown, figure, "zh", currency="EUR", signed=signed) != ""


def test_a_rise_carries_its_plus_where_it_is_asked_for() -> None:
    assert money(1_200_000.0, "EUR", "en", signed=True) == "+1.2 m EUR"
    assert figure_in_words(0.12, FigureUnit.SHARE, "zh", signed=True) == "+12%"
    assert short(0.0, "en", signed=True) == "0"
    assert points(0.0, "en") == "0.0 points"


def test_a_currency_without_a_chinese_name_keeps_its_code() -> None:
    assert money(50_000.0, "KES", "zh") == "5万 KES"


def test_dates_are_written_out() -> None:
    assert (day(date(2026, 11, 22), "en"), day(date(2026, 11, 22), "zh")) == ("22 November 2026", "2026年11月22日")
