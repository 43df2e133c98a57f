"""The evaluation: metrics of ours and the baselines on the same clients, none of whose group was learned from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from models.errors import TooLittleDataError
from models.evaluation.compute import evaluate_origin, headline
from models.evaluation.report.contents import OriginReport
from models.evaluation.terminal import metrics_table
from models.panel.panel import Panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from support.drawn_panel import FIT, ORIGINS, drawn_panel, small_config


def judged(**panel: Any) -> OriginReport:
    return evaluated(drawn_panel(**panel))


def evaluated(panel: Panel, truth: pd.DataFrame | None = None) -> OriginReport:
    config = small_config()
    return evaluate_origin(OutOfTimeForecasts(panel, config), ORIGINS[-1], FIT, config, truth).report


@pytest.fixture(scope="module")
def report() -> OriginReport:
    return judged()


def test_baselines_rank_as_a_spreadsheet_would(report: OriginReport) -> None:
    rows = drawn_panel().at([ORIGINS[-1]])
    assert rows.declined is not None
    assert rows.value is not None
    features = rows.features
    metrics = report.decline.metrics
    for name, score in (
        ("recency", features["activity_recency_days"]),
        ("past_count", -features["activity_count_12p"]),
        ("past_sum", -features["value_sum_12p"]),
        ("last_period", -features["value_sum_3p"]),
    ):
        assert metrics[name]["auc"].estimate == pytest.approx(roc_auc_score(rows.declined, score)), name
        assert metrics[name]["pr_auc"].estimate == pytest.approx(average_precision_score(rows.declined, score)), name
    ranked = spearmanr(rows.value, features["value_sum_12p"]).statistic
    assert report.value.metrics["past_sum"]["spearman"].estimate == pytest.approx(ranked)


def test_ours_learns_what_there_is_to_learn(report: OriginReport) -> None:
    ours = report.decline.metrics["ours"]["auc"]
    assert ours.estimate > 0.75
    assert ours.low < ours.estimate < ours.high
    assert set(report.decline.ours_minus) == {
        "logistic",
        "recency",
        "past_count",
        "past_sum",
        "last_period",
        "btyd",
        "untuned_lightgbm",
    }


def test_a_difference_is_that_of_the_two_metrics(report: OriginReport) -> None:
    for target, metric in (("decline", "auc"), ("value", "normalized_gini")):
        figures = {name: entry[metric].estimate for name, entry in report.of(target).metrics.items()}
        for name, difference in report.of(target).ours_minus.items():
            assert difference.estimate == pytest.approx(figures["ours"] - figures[name])
            assert difference.low <= difference.estimate <= difference.high


def test_only_forecasts_are_judged_as_forecasts(report: OriginReport) -> None:
    decline, value = report.decline.metrics, report.value.metrics
    assert {name for name, entry in decline.items() if "brier" in entry} == {"ours", "logistic", "untuned_lightgbm"}
    assert {name for name, entry in value.items() if "mae" in entry} == {"ours", "past_sum", "btyd", "untuned_lightgbm"}


def test_the_dates_of_the_report_run_one_way(report: OriginReport) -> None:
    assert (report.learned_until, report.as_of, report.outcomes_until) == (
        date(2021, 7, 1),
        date(2022, 1, 1),
        date(2022, 7, 1),
    )
    assert (report.clients, report.learning_rows, report.learning_origins) == (120, 480, 4)


def test_a_group_in_training_does_not_help_its_clients() -> None:
    apart = judged(groups=12, group_tells_all=True)
    together = evaluated(replace(drawn_panel(groups=12, group_tells_all=True), grouped=None))
    assert apart.groups_apart
    assert together.decline.metrics["ours"]["auc"].estimate > 0.9
    assert apart.decline.metrics["ours"]["auc"].estimate < 0.7


def test_every_client_is_judged_once_by_group() -> None:
    report = judged(groups=7)
    rows = drawn_panel(groups=7).at([ORIGINS[-1]])
    assert report.clients == len(rows)
    counted = roc_auc_score(rows.declined, rows.features["activity_recency_days"])
    assert report.decline.metrics["recency"]["auc"].estimate == pytest.approx(counted)


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_only_is_refused(outcome: bool) -> None:
    panel = drawn_panel()
    panel = replace(panel, declined=np.where(panel.origin == ORIGINS[-1], outcome, panel.declined))
    with pytest.raises(TooLittleDataError, match="some clients must decline and some not"):
        evaluated(panel)


def test_where_the_truth_is_known_it_is_told_how_far_we_have_come(report: OriginReport) -> None:
    panel = drawn_panel()
    rows = panel.at([ORIGINS[-1]])
    assert rows.declined is not None
    truth = pd.DataFrame(
        {
            "client_id": rows.client_id,
            "as_of": rows.grid.start_of(ORIGINS[-1]),
            "expected_value": rows.value,
            "decline_probability": np.where(rows.declined, 0.9, 0.1),
        }
    )
    reported = evaluated(panel, truth).decline
    auc = {name: metrics["auc"].estimate for name, metrics in reported.metrics.items()}
    assert auc["truth"] == 1.0
    assert reported.way.estimate == pytest.approx((auc["ours"] - auc["recency"]) / (1.0 - auc["recency"]))
    assert reported.way.low < reported.way.estimate < reported.way.high < 1.0
    assert report.decline.way is None


def test_the_headline_is_flat(report: OriginReport) -> None:
    flat = headline(report)
    assert flat["decline.auc.ours"] == report.decline.metrics["ours"]["auc"].estimate
    assert flat["value.normalized_gini.past_sum"] == report.value.metrics["past_sum"]["normalized_gini"].estimate
    assert all(np.isfinite(list(flat.values())))


def test_a_figure_that_the_clients_leave_open_is_left_out() -> None:
    panel = drawn_panel(groups=12, group_tells_all=True)
    metrics = evaluated(replace(panel, grouped=None)).decline.metrics
    assert metrics["ours"]["auc"].estimate == 1.0
    assert "calibration_slope" not in metrics["ours"]
    assert "brier" in metrics["ours"]


def test_a_year_of_losses_is_judged_with_what_losses_leave_defined() -> None:
    panel = drawn_panel()
    assert panel.value is not None
    value = np.where(panel.origin == ORIGINS[-1], -1.0 - panel.value, panel.value)
    found = evaluated(replace(panel, value=value))
    ours = found.value.metrics["ours"]
    assert {"normalized_gini", "spearman", "mae", "rmse"} <= ours.keys()
    assert "total_ratio" not in ours
    assert found.value.undetermined == ""
    assert ours["normalized_gini"].estimate < 0


def test_after_a_past_of_losses_the_past_sum_ranks_and_foretells_nothing() -> None:
    panel = drawn_panel()
    assert panel.value is not None
    rare = np.arange(len(panel)) % 7 == 0
    value = np.where((panel.origin < ORIGINS[-1]) & ~rare, -panel.value - 1.0, panel.value)
    found = evaluated(replace(panel, value=value))
    assert "mae" not in found.value.metrics["past_sum"]
    assert {"past_sum", "recency"} <= found.value.ours_minus.keys()


def test_where_nobody_brought_anything_value_is_not_ranked_and_the_report_says_why() -> None:
    panel = drawn_panel()
    assert panel.value is not None
    found = evaluated(replace(panel, value=np.where(panel.origin == ORIGINS[-1], 0.0, panel.value)))
    assert "normalized_gini" not in found.value.metrics["ours"]
    assert found.value.ours_minus == {}
    assert found.value.undetermined == (
        "normalized Gini needs clients that differ in value, got the same value for all"
    )
    assert found.decline.metrics["ours"]["auc"].estimate > 0.7
    assert not any(name.startswith("value.normalized_gini") for name in headline(found))
    (cell,) = metrics_table([found], "value").columns[1]._cells[:1]
    assert cell == "-"
