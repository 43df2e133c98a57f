"""The bench over simulated books: how far of the way the models came, and how its tables line up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bench.truth import band_table, cause_table, coverage_table, figures, table

from support.judged_book import drawn_report


def estimates(**figures: float) -> dict[str, SimpleNamespace]:
    return {name: SimpleNamespace(estimate=figure) for name, figure in figures.items()}


def report(auc: float, foreseen: float = 0.02) -> Any:
    """A book on which recency reaches .7 and the truth .9 in ranking declines."""
    calibrated = {"calibration_slope": 1.1, "calibration_intercept": -0.2, "ece": 0.01}
    rivals = {"recency": 0.7, "untuned_lightgbm": 0.8, "truth": 0.9}
    decline = {name: estimates(auc=each) for name, each in rivals.items()} | {"ours": estimates(auc=auc, **calibrated)}
    value = {name: estimates(normalized_gini=each - 0.5) for name, each in rivals.items()}
    value["ours"] = estimates(normalized_gini=0.35, interval_coverage=0.91)
    groups = [SimpleNamespace(name=name, realised=0.9) for name in ("all", "AA", "A", "B")]
    cause = SimpleNamespace(foreseen=foreseen, known=0.025, realised=0.03)
    targets = {
        "decline": SimpleNamespace(metrics=decline, way=SimpleNamespace(estimate=5 * (auc - 0.7))),
        "value": SimpleNamespace(metrics=value, way=SimpleNamespace(estimate=0.75)),
    }
    parts = SimpleNamespace(coverage=SimpleNamespace(groups=groups), causes={"default": [cause, None]})
    return SimpleNamespace(**targets, parts=parts, of=targets.__getitem__)


def test_the_way_goes_from_recency_to_the_truth() -> None:
    found = figures(report(0.86))
    assert found["auc share of the way"] == pytest.approx(0.8)
    assert found["normalized_gini share of the way"] == pytest.approx(0.75)
    assert {found[f"coverage {tier}"] for tier in ("AA", "A", "B")} == {0.9}
    assert "coverage all" not in found, "that is the coverage itself"


def test_tables_have_a_column_per_book_and_what_they_say_together() -> None:
    reported = table([figures(report(0.86)), figures(report(0.88))], [21, 22]).splitlines()
    assert reported[0] == "|  | 21 | 22 | mean | two errors |"
    assert "| auc share of the way | 0.800 | 0.900 | 0.850 | 0.100 |" in reported
    causes = cause_table([report(0.86), report(0.88, foreseen=0.03)]).splitlines()
    assert causes[0] == "|  | foreseen | known | realised | to known 1 | to known 2 |"
    assert causes[2] == "| default | 0.025 | 0.025 | 0.030 | 0.800 | 1.200 |"


def cells(written: str) -> dict[str, dict[str, float]]:
    """A table as rows of figures by column."""
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines()]
    return {row[0]: dict(zip(head[1:], map(float, row[1:]), strict=True)) for row in rows}


def test_bands_of_all_books_are_pooled_by_what_the_truth_expects() -> None:
    reports = drawn_report(300, origins=2).origins
    found = cells(band_table(reports, "value_by_value"))
    totals = [each.parts.totals.value_by_value for each in reports]
    assert list(found) == [each.name for each in totals[0]]
    for place, name in enumerate(found):
        foreseen, clients = (sum(getattr(each[place], key) for each in totals) for key in ("foreseen", "clients"))
        assert found[name]["foreseen"] == pytest.approx(foreseen / 1e6, abs=1e-3)
        assert found[name]["clients"] == clients
        assert found[name]["to known"] == pytest.approx(1.0, abs=1e-3)
    assert band_table([], "value_by_value") == ""


def test_coverage_is_pooled_over_clients() -> None:
    reports = drawn_report(300, origins=2).origins
    found = cells(coverage_table(reports))
    groups = [each.parts.coverage.groups[1] for each in reports if each.parts.coverage]
    clients = sum(each.clients for each in groups)
    assert found["tier: AA"]["clients"] == clients
    assert found["tier: AA"]["covered"] == pytest.approx(
        sum(each.clients * each.realised for each in groups) / clients, abs=1e-3
    )
    assert found["tier: AA"]["covered"] + found["tier: AA"]["below"] <= 1.0
    assert {"P(default): under 2%", "value: highest 10%", "value: 2% to 10%"} <= found.keys()
