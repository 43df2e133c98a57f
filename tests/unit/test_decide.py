"""From predictions to columns of scores: the reasons are the largest contributions, in points of probability."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from models.decisions.tiers import grade
from models.learners.contributions import Contributions
from models.learners.decline import DeclineCurves
from models.tables.panel import Panel
from models.workflows.decide import reason_column, score_columns
from models.workflows.recipe import FittedModels, Predictions, score_panel
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config


def parts_of(values: list[list[float]]) -> Contributions:
    array = np.array(values)
    return Contributions(
        model="decline", unit="probability", base=0.4, values=array, prediction=0.4 + array.sum(axis=1)
    )


def test_reasons_are_the_five_largest_in_points_largest_first() -> None:
    parts = parts_of([[0.01, -0.20, 0.03, 0.0, 0.05, -0.02], [0.0, 0.0, 0.0, 0.0, 0.0, -0.5]])
    names = ("a", "b", "c", "d", "e", "f")
    first, second = reason_column(parts, names).to_pylist()
    assert [reason["feature"] for reason in first] == ["b", "e", "c", "f", "a"]
    assert [reason["points"] for reason in first] == pytest.approx([-20.0, 5.0, 3.0, -2.0, 1.0])
    assert [reason["feature"] for reason in second] == ["f", "a", "b", "c", "d"]


def test_equal_reasons_keep_the_order_of_features() -> None:
    (only,) = reason_column(parts_of([[0.1, -0.1, 0.1]]), ("x", "y", "z")).to_pylist()
    assert [(reason["feature"], round(reason["points"], 9)) for reason in only] == [("x", 10), ("y", -10), ("z", 10)]


def test_no_client_gives_no_reasons_of_the_same_type() -> None:
    none = reason_column(
        Contributions(model="decline", unit="probability", base=0.4, values=np.empty((0, 3)), prediction=np.empty(0)),
        ("x", "y", "z"),
    )
    assert none.to_pylist() == []
    assert none.type == reason_column(parts_of([[0.1, 0.2, 0.3]]), ("x", "y", "z")).type


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture(scope="module")
def judged_rows() -> Panel:
    return drawn_panel().at([ORIGINS[-1]])


def test_columns_come_in_the_order_of_the_contract(fitted: FittedModels, judged_rows: Panel) -> None:
    columns = score_columns(fitted, judged_rows, score_panel(fitted, judged_rows), small_config())
    assert list(columns) == [
        "client_id",
        "value",
        "value_low",
        "value_high",
        "decline_probability",
        "stage",
        "segment",
        "segment_name",
        "relationship_type",
        "need_type",
        "tier",
        "tier_reason",
    ]
    assert {len(column) for column in columns.values()} == {len(judged_rows)}


def predictions(models: FittedModels, rows: int, *, value: float, decline: float) -> Predictions:
    full, risk = np.full(rows, value), np.full(rows, decline)
    return Predictions(
        value=full,
        value_low=full,
        value_high=full,
        decline_probability=risk,
        curves=DeclineCurves(ends=(6,), event="return", probability=1 - risk[:, None]),
        segment=np.zeros(rows, dtype=np.int64),
        grades=grade(full, risk, models.policy),
    )


def test_decisions_follow_the_predictions(fitted: FittedModels, judged_rows: Panel) -> None:
    small = predictions(fitted, len(judged_rows), value=0.0, decline=0.99)
    columns = score_columns(fitted, judged_rows, small, small_config())
    assert set(columns["tier"].to_pylist()) == {"B"}
    assert "strategic" not in columns["relationship_type"].to_pylist()
    large = predictions(fitted, len(judged_rows), value=1e12, decline=0.0)
    columns = score_columns(fitted, judged_rows, large, small_config())
    assert set(columns["tier"].to_pylist()) == {"AA"}
    assert "decline" not in columns["stage"].to_pylist()
    assert "strategic" in columns["relationship_type"].to_pylist()


def test_stages_count_in_periods(fitted: FittedModels, judged_rows: Panel) -> None:
    config = small_config(stages={"churned_after_periods": 4})
    columns = score_columns(fitted, judged_rows, predictions(fitted, len(judged_rows), value=1.0, decline=0.0), config)
    months = judged_rows.features["activity_recency_days"] / (365.25 / 12)
    churned = [stage == "churned" for stage in columns["stage"].to_pylist()]
    assert churned == (months > 4).tolist()
    assert any(churned)
    assert not all(churned)
    assert columns["segment"].type == pa.int32()
