"""What a terminal says of figures: an effect that may be nothing is said to be, a small share is not 0."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from models.kpis.terminal import kpis_summary


def row(figure: str, estimate: float, low: float | None, high: float | None) -> dict[str, Any]:
    return {
        "dimension": "all",
        "group": "all",
        "figure": figure,
        "estimate": estimate,
        "low": low,
        "high": high,
        "clients": 4_875,
        "missing": "",
    }


def said_of(*rows: dict[str, Any], campaigns: tuple[dict[str, Any], ...] = ()) -> str:
    definitions = {
        "campaign_roi": {"title": "Campaign ROI", "unit": "times cost"},
        "nps": {"title": "NPS", "unit": "points"},
        "overridden": {"title": "Overrides", "unit": "share"},
    }
    facts = {
        "window_start": "2023-01-01",
        "as_of": "2024-01-01",
        "figures": list(rows),
        "definitions": definitions,
        "campaigns": list(campaigns),
        "notes": [],
    }
    console = Console(width=80, record=True, file=io.StringIO())
    for part in kpis_summary(facts):
        console.print(part)
    return " ".join(console.export_text().split())


def test_a_return_that_may_be_nothing_is_said_to_be_so() -> None:
    assert "times cost: cannot be told" in said_of(row("campaign_roi", -0.1, -61.0, 60.0))
    assert "no effect" not in said_of(row("campaign_roi", 2.0, 0.5, 3.5), row("nps", -3.2, -7.7, 1.2))


def test_each_campaign_says_it_of_its_own() -> None:
    campaign = {
        "campaign_id": "K0017",
        "start": "2022-07-02",
        "cost": 71_400.0,
        "response": None,
        "roi": {"estimate": -27.8, "low": -81.2, "high": 25.6},
        "missing": "",
        "warning": "",
    }
    sure = campaign | {"roi": {"estimate": 2.0, "low": 1.0, "high": 3.0}}
    assert "cannot be told from no effect" in said_of(campaigns=(campaign,))
    assert "cannot be told" not in said_of(campaigns=(sure,))


def test_few_overrides_are_not_said_to_be_none() -> None:
    assert "<0.1%" in said_of(row("overridden", 0.0003, None, None))
