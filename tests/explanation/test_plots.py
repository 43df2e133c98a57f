"""Every plot of a client, and of the models, has a title and says the unit of what it shows; numbers are for people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.config.policy.tiers import DEFAULT_SCALE
from models.explanation.ledger import Ledger, LedgerRow, money_scale, points_scale
from models.explanation.plots.over_time import _AXES, history_charts
from models.explanation.plots.today import decline_chart, waterfall_chart
from models.explanation.story import ClientStory, HistoryPoint, MeasureHistory
from models.learners.decline.curves import DeclineCurves
from models.panel.features.words import FeatureWords, FigureUnit
from models.shell.chart import Chart
from models.shell.svg import WIDTH
from models.text import Language, Text

DAYS = [date(2023, month, 1) for month in (1, 4, 7, 10)]


def words(figure: FigureUnit) -> FeatureWords:
    said = Text("indebtedness")
    return cast(FeatureWords, SimpleNamespace(figure=figure, title=said, describe=said.within))


def story(lang: Language, numbers: tuple[float | None, ...], figure: FigureUnit = FigureUnit.DAYS) -> ClientStory:
    points = tuple(
        HistoryPoint(
            as_of=day,
            value=40_000.0,
            value_low=-300.0,
            value_high=70_000.0,
            decline=0.1,
            decline_low=0.05,
            decline_high=0.2,
            tier="A",
            stage="maturity",
        )
        for day in DAYS
    )
    measure = MeasureHistory(
        feature="f", description="what it is", numbers=numbers, texts=tuple("written" for _ in numbers)
    )
    curve = DeclineCurves(
        ends=(1, 2), probability=np.array([[0.1, 0.2]]), incidence={"reduced": np.array([[0.1, 0.2]])}, event="decline"
    )
    facts: dict[str, Any] = {
        "language": lang,
        "currency": "USD",
        "period": "month",
        "level": 0.9,
        "tiers": DEFAULT_SCALE.labels(lang),
        "history": points,
        "measures": (measure,),
        "words": {"f": words(figure)},
        "curve": curve,
    }
    return cast(ClientStory, SimpleNamespace(**facts))


def waterfall(lang: Language) -> Chart:
    rows = [("base", 5.0), ("reason", 1.5), ("total", 6.5)]
    reported = Ledger(
        scale=points_scale(lang),
        rows=tuple(
            LedgerRow(kind=kind, title=f"fees {place}", sentence="", number=number, text=f"{number:+}")  # type: ignore[arg-type]
            for place, (kind, number) in enumerate(rows)
        ),
    )
    return waterfall_chart(reported, "What it shows", worse_is_up=True)


def axis_names(chart: Chart) -> list[str]:
    return [
        name
        for name in re.findall(r'<text class="name(?: middle)?"[^>]*>([^<]*)</text>', str(chart.svg))
        if name.strip()
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("figure", list(FigureUnit))
def test_every_plot_of_a_client_has_a_title_and_a_unit(lang: Language, figure: FigureUnit) -> None:
    reported = story(lang, (1.0, 2.0, 0.5, 0.25), figure)
    for chart in (*history_charts(reported), decline_chart(reported), waterfall(lang)):
        assert chart.title.strip()
        assert axis_names(chart), chart.title


def test_every_kind_of_figure_names_its_axis() -> None:
    assert set(_AXES) | {FigureUnit.MONEY} == set(FigureUnit)


def test_changes_and_shares_are_written_as_people_say_them() -> None:
    *_, grown = history_charts(story("en", (-0.8, -0.5, 0.0, 0.5), FigureUnit.GROWTH))
    *_, shared = history_charts(story("en", (0.2, 0.4, 0.6, 0.8), FigureUnit.SHARE))
    assert ">down 67%<" in str(grown.svg)
    assert ">60%<" in str(shared.svg)


def heights(numbers: tuple[float | None, ...]) -> tuple[float, float]:
    """Where the last point and its label stand, in pixels from the top."""
    *_, chart = history_charts(story("en", numbers))
    label = re.search(r'<text class="label end" x="[\d.]+" y="([\d.]+)">written', str(chart.svg))
    dots = re.findall(r'<circle[^>]* cy="([\d.]+)"', str(chart.svg))
    assert label
    return float(dots[-1]), float(label.group(1))


def test_the_last_figure_stands_out_of_the_way_of_its_line() -> None:
    point, label = heights((1.0, 2.0, 4.0, 2.0))  # falls: the line comes from above
    assert label > point
    for numbers in ((1.0, 2.0, 2.0, 4.0), (4.0, 4.0, 4.0, 0.0), (None, None, None, 3.0)):
        point, label = heights(numbers)
        assert label < point


def test_the_figure_of_the_last_date_and_its_tier_are_not_printed_over_one_another() -> None:
    """Where the last value is the highest and has no range above it, which pushes it up to the tiers."""
    reported = story("zh", (1.0, 2.0, 3.0, 4.0))
    cast(Any, reported).history = tuple(
        replace(point, value=10_000.0 * place, value_low=None, value_high=None)
        for place, point in enumerate(reported.history, start=1)
    )
    chart, *_ = history_charts(reported)
    (figure,) = re.findall(r'<text class="label end" x="[\d.]+" y="([\d.]+)">', str(chart.svg))
    tiers = re.findall(r'<text class="tick middle" x="[\d.]+" y="([\d.]+)">A级<', str(chart.svg))
    assert len(tiers) == len(DAYS)
    assert float(figure) - float(tiers[-1]) >= LINE


LINE = 11.0
"""Pixels that a line of text takes."""


def test_no_figure_of_a_waterfall_stands_on_its_title() -> None:
    """A long figure of a bar that fills the axis stands to its right, within the plot."""
    reported = Ledger(
        scale=money_scale(67_083_000.0, "USD", "zh"),
        rows=(
            LedgerRow(kind="base", title="基准", sentence="", number=6_000.0, text="6,000.0"),
            LedgerRow(kind="reason", title="手续费", sentence="", number=708.3, text="+708.3"),
            LedgerRow(kind="total", title="该客户", sentence="", number=6_708.3, text="6,708.3"),
        ),
    )
    svg = str(waterfall_chart(reported, "构成", worse_is_up=False).svg)
    bars = [float(x) + float(width) for x, width in re.findall(r'<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"', svg)]
    texts = [float(x) for x in re.findall(r'x="([\d.]+)" y="[\d.]+">[+]?[\d,]+[.]\d<', svg)]
    assert len(texts) == len(reported.rows)
    for right, left in zip(bars, texts, strict=True):
        assert right < left <= WIDTH - 6 * len("6,708.3")
    assert "k<" not in svg
