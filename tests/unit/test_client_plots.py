"""Every plot of a client, and of the models, has a title and says the unit of what it shows; numbers are for people."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.interfaces.client_plots.curve import decline_chart
from models.interfaces.client_plots.over_time import _AXES, history_charts
from models.interfaces.client_plots.waterfall import waterfall_chart
from models.interfaces.explanation.ledger import Ledger, Row, points_scale
from models.interfaces.report_plots import Chart
from models.learners.decline import DeclineCurves
from models.tables.features import Figure, Language
from models.tables.features.words import FeatureWords, Said
from models.workflows.client_story import ClientStory, HistoryPoint, MeasureHistory

DAYS = [date(2023, month, 1) for month in (1, 4, 7, 10)]


def words(figure: Figure) -> FeatureWords:
    said = Said("what it is", "它是什么")
    return cast(FeatureWords, SimpleNamespace(figure=figure, title=said, describe=said.within))


def story(lang: Language, numbers: tuple[float | None, ...], figure: Figure = Figure.DAYS) -> ClientStory:
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
        "history": points,
        "measures": (measure,),
        "words": {"f": words(figure)},
        "curve": curve,
    }
    return cast(ClientStory, SimpleNamespace(**facts))


def waterfall(lang: Language) -> Chart:
    rows = [("base", 5.0), ("reason", 1.5), ("total", 6.5)]
    told = Ledger(
        scale=points_scale(lang),
        rows=tuple(
            Row(kind=kind, title=f"fees {place}", sentence="", number=number, text=f"{number:+}")  # type: ignore[arg-type]
            for place, (kind, number) in enumerate(rows)
        ),
    )
    return waterfall_chart(told, "What it shows", worse_is_up=True)


def axis_names(chart: Chart) -> list[str]:
    return [
        name
        for name in re.findall(r'<text class="name middle(?: standing)?"[^>]*>([^<]*)</text>', str(chart.svg))
        if name.strip()
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("figure", list(Figure))
def test_every_plot_of_a_client_has_a_title_and_a_unit(lang: Language, figure: Figure) -> None:
    told = story(lang, (1.0, 2.0, 0.5, 0.25), figure)
    for chart in (*history_charts(told), decline_chart(told), waterfall(lang)):
        assert chart.title.strip()
        assert axis_names(chart), chart.title


def test_every_kind_of_figure_names_its_axis() -> None:
    assert set(_AXES) | {Figure.MONEY} == set(Figure)


def test_changes_and_shares_are_written_as_people_say_them() -> None:
    *_, grown = history_charts(story("en", (-0.8, -0.5, 0.0, 0.5), Figure.GROWTH))
    *_, shared = history_charts(story("en", (0.2, 0.4, 0.6, 0.8), Figure.SHARE))
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
