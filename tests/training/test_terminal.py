"""What the terminal says of an evaluation."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from models.evaluation.terminal import metrics_table


def report(way: dict[str, float] | None) -> dict[str, Any]:
    figure = {"estimate": 0.938, "low": 0.926, "high": 0.949}
    metrics = {name: {"auc": figure} for name in ("ours", "recency", "truth")}
    return {"origins": [{"as_of": "2023-01-01", "clients": 2815, "decline": {"metrics": metrics, "way": way}}]}


def printed(reported: dict[str, Any]) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    console.print(metrics_table(reported, "decline"))
    return [line.strip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_the_way_to_the_truth_stands_below_it() -> None:
    lines = printed(report({"estimate": 0.894, "low": 0.861, "high": 0.921}))
    place = next(number for number, line in enumerate(lines) if line.startswith("what can be known"))
    assert lines[place + 1].split() == ["ours:", "way", "to", "it", "from", "recency", "89%", "(86%-92%)"]


def test_without_a_truth_there_is_no_such_line() -> None:
    assert not any("way" in line for line in printed(report(None)))
