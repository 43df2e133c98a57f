"""From predictions to columns of scores: reasons are the largest sums of contributions, in points of probability."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from models.grading.built_in import grade
from models.learners.decline.curves import DeclineCurves
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels, score_panel, with_peers
from models.pipeline.predictions import Predictions
from models.scoring.columns import PART_COLUMNS, reason_column, score_columns
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config

DECIDED = {
    *("client_id", "value", "value_low", "value_high", "decline_probability", "decline_low", "decline_high"),
    *(
        "stage",
        "stage_candidate",
        "stage_candidate_since",
        "stage_candidate_periods",
        "segment",
        "segment_name",
        "segment_margin",
    ),
    *(
        "relationship_type",
        "relationship_type_candidate",
        "relationship_type_candidate_since",
        "relationship_type_candidate_periods",
    ),
    *("relationship_degrees", "relationship_drivers", "relationship_evidence"),
    *("need_type", "need_type_candidate", "need_type_candidate_since", "need_type_candidate_periods"),
    *("need_degrees", "need_drivers", "need_evidence"),
    *(*PART_COLUMNS, "ecl_12_month", "ecl_lifetime"),
    "cold_start",
    *("region_class", "market_potential", "value_class", "value_class_score"),
    *("tier", "tier_reason", "tier_reason_zh", "tier_by_rule", "tier_basis", "override"),
    *("next_tier", "tier_lacking", "tier_lacking_amount", "tier_lacking_criterion", "tier_rule", "tier_ruled"),
    *("tier_kept_by", "tier_caps", "tier_dimensions", "tier_criteria"),
}


def reasons_in(models: FittedModels, rows: Panel) -> pa.Array:
    matrix = models.contract.encode(rows.features)
    parts = models.decline.in_served_unit(models.decline.explain(matrix))
    return reason_column(models, rows, score_panel(models, rows), matrix=matrix, parts=parts)


def test_reasons_are_the_largest_in_points_of_probability(fitted: FittedModels, judged_rows: Panel) -> None:
    matrix = fitted.contract.encode(judged_rows.features)
    parts = fitted.decline.in_served_unit(fitted.decline.explain(matrix)).values * 100
    for row, reasons in enumerate(reasons_in(fitted, judged_rows).to_pylist()[:20]):
        by_feature = dict(zip(fitted.contract.names, parts[row], strict=True))
        largest = sorted(np.abs(parts[row]), reverse=True)[:5]
        assert [abs(reason["points"]) for reason in reasons] == pytest.approx(largest)
        assert {reason["feature"]: reason["points"] for reason in reasons} == pytest.approx(
            {reason["feature"]: by_feature[reason["feature"]] for reason in reasons}
        )


def test_reasons_stand_beside_what_is_usual(fitted: FittedModels, judged_rows: Panel) -> None:
    reasons = reasons_in(with_peers(fitted, drawn_panel(), ORIGINS[-2]), judged_rows)[0].as_py()
    observed = judged_rows.features.iloc[0]
    for reason in reasons:
        assert reason["peers"] >= 30
        if reason["feature"] == "country":
            assert (reason["observed"], reason["observed_text"]) == (None, observed["country"])
        else:
            assert reason["observed"] == observed[reason["feature"]]
            assert reason["low"] <= reason["usual"] <= reason["high"]


def test_no_client_gives_no_reasons_of_the_same_type(fitted: FittedModels, judged_rows: Panel) -> None:
    nobody = reasons_in(fitted, judged_rows.where(np.zeros(len(judged_rows), dtype=np.bool_)))
    assert nobody.to_pylist() == []
    assert nobody.type == reasons_in(fitted, judged_rows).type


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture(scope="module")
def judged_rows() -> Panel:
    return drawn_panel().at([ORIGINS[-1]])


def test_everything_decided_has_a_column(fitted: FittedModels, judged_rows: Panel) -> None:
    columns = score_columns(fitted, judged_rows, score_panel(fitted, judged_rows), small_config())
    assert set(columns) == DECIDED
    assert {len(column) for column in columns.values()} == {len(judged_rows)}


def predictions(models: FittedModels, rows: int, *, value: float, decline: float) -> Predictions:
    full, risk, unknown = np.full(rows, value), np.full(rows, decline), np.full(rows, np.nan)
    return Predictions(
        value=full,
        value_low=full,
        value_high=full,
        **{name: full if name.startswith("margin") else unknown for name in PART_COLUMNS},
        decline_probability=risk,
        decline_low=risk,
        decline_high=risk,
        curves=DeclineCurves(ends=(6,), event="return", probability=1 - risk[:, None]),
        segment=np.zeros(rows, dtype=np.int64),
        segment_margin=np.ones(rows),
        grades=grade(full, risk, models.bounds.classes),
    )


def test_decisions_follow_the_predictions(fitted: FittedModels, judged_rows: Panel) -> None:
    small = predictions(fitted, len(judged_rows), value=0.0, decline=0.99)
    columns = score_columns(fitted, judged_rows, small, small_config())
    assert set(columns["tier"].to_pylist()) == {"B"}
    assert "high" not in columns["value_class"].to_pylist()
    large = predictions(fitted, len(judged_rows), value=1e12, decline=0.0)
    columns = score_columns(fitted, judged_rows, large, small_config())
    assert set(columns["tier"].to_pylist()) == {"AA"}
    assert "decline" not in columns["stage"].to_pylist()
    assert "high" in columns["value_class"].to_pylist()


def test_stages_count_in_periods(fitted: FittedModels, judged_rows: Panel) -> None:
    config = small_config(stages={"churned_after_periods": 4})
    columns = score_columns(fitted, judged_rows, predictions(fitted, len(judged_rows), value=1.0, decline=0.0), config)
    months = judged_rows.features["activity_recency_days"] / (365.25 / 12)
    churned = [stage == "churned" for stage in columns["stage"].to_pylist()]
    assert churned == (months > 4).tolist()
    assert any(churned)
    assert not all(churned)
    assert columns["segment"].type == pa.int32()
