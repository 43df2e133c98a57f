"""What the terminal says of an evaluation."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from models.evaluation.report.contents import OriginReport
from models.evaluation.terminal import metrics_table
from models.metrics.bootstrap import Interval
from support.judged_book import drawn_report


def origin(way: Interval | None) -> OriginReport:
    """A drawn origin of 2,815 clients with the same figure for all."""
    (drawn,) = drawn_report(60, origins=1, dated=False).origins
    metrics = {name: {"auc": Interval(estimate=0.938, low=0.926, high=0.949)} for name in ("ours", "recency", "truth")}
    return replace(drawn, clients=2815, decline=replace(drawn.decline, metrics=metrics, way=way))


def printed(judged: OriginReport) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    console.print(metrics_table([judged], "decline"))
    return [line.strip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_the_way_to_the_truth_stands_below_it() -> None:
    lines = printed(origin(Interval(estimate=0.894, low=0.861, high=0.921)))
    place = next(number for number, line in enumerate(lines) if line.startswith("what can be known"))
    assert lines[place + 1].split() == ["ours:", "way", "to", "it", "from", "recency", "89%", "(86%-92%)"]


def test_without_a_truth_there_is_no_such_line() -> None:
    assert not any("way" in line for line in printed(origin(None)))
