"""The gate as rules: each line by its limit, and nothing passes that was not judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.comparison.report import (
    Better,
    ComparedFigure,
    ComparedVersion,
    ExpectedChange,
    ExplainedShift,
    HorizonSoFar,
    JudgedVersions,
    PairVerdict,
    TierSwitches,
    VersionComparison,
)
from models.config.gate import GateConfig, GateRule
from models.metrics.bootstrap import ReportedInterval
from models.promotion.report import GateLine, GateVerdict
from models.promotion.rules import gate_holds, gate_lines

OUTCOMES = frozenset(
    {
        GateRule.OUTCOMES,
        GateRule.AUC,
        GateRule.VALUE_RANKING,
        GateRule.VALUE_ERROR,
        GateRule.DECLINES,
        GateRule.CALIBRATION_SLOPE,
        GateRule.VALUE_TOTAL,
        GateRule.COVERAGE,
    }
)
"""The lines that rest on what came."""


def range_of(estimate: float, spread: float = 0.01) -> ReportedInterval:
    return ReportedInterval(estimate=estimate, low=estimate - spread, high=estimate + spread)


def figure(metric: str, second: ReportedInterval, difference: float = 0.0, relative: float = 0.0) -> ComparedFigure:
    return ComparedFigure(
        target="any",
        metric=metric,
        better=Better.MORE,
        first=range_of(0.5),
        second=second,
        difference=range_of(difference),
        relative=range_of(relative),
        standing=PairVerdict.OPEN,
        baselines={},
    )


FIGURES = {
    "auc": figure("auc", range_of(0.8)),
    "normalized_gini": figure("normalized_gini", range_of(0.7)),
    "mean_absolute_error": figure("mean_absolute_error", range_of(10.0)),
    "declines_expected": figure("declines_expected", range_of(1.0)),
    "calibration_slope": figure("calibration_slope", range_of(1.0)),
    "total_ratio": figure("total_ratio", range_of(1.0)),
    "interval_coverage": figure("interval_coverage", range_of(0.9)),
}


SO_FAR = HorizonSoFar(
    elapsed=12,
    horizon=12,
    period="month",
    event="decline",
    earlier=(),
    behind=0.0,
    margin=1.0,
    margin_range=(1.0, 1.0),
    loss=1.0,
)
TIERS = TierSwitches(
    tiers=("A", "B"),
    counts=((40, 10), (0, 50)),
    value=((1.0, 1.0), (0.0, 1.0)),
    exposure=None,
    clients=100,
    moved=10,
    up=0,
    moved_value=1.0,
    total_value=3.0,
    moved_exposure=None,
    total_exposure=None,
)
CHANGE = ExpectedChange(
    as_of=date(2024, 1, 1),
    periods_old=(12, 12),
    expected_value=(1.0, 1.0),
    expected_declines=(1.0, 1.0),
    tiers=TIERS,
    reasons=tuple(ExplainedShift(model=model, correlation=0.9, shifts=()) for model in ("value", "decline")),
)
JUDGED = JudgedVersions(
    as_of=date(2023, 1, 1),
    outcomes_until=date(2024, 1, 1),
    in_sample=False,
    so_far=SO_FAR,
    clients=1_000,
    groups=900,
    groups_known=True,
    declined=150,
    value=1e6,
    level=0.9,
    figures=tuple(FIGURES.values()),
    slices=(),
    bands=(),
    curve=(),
)


def comparison(*changed: ComparedFigure, without: str = "", **changes: Any) -> VersionComparison:
    """One that passes every line, but for what is ``changed``."""
    figures = {**FIGURES, **{each.metric: each for each in changed}}
    figures.pop(without, None)
    version = ComparedVersion(asked="1", version="1", bundle="key", learned_until=date(2023, 1, 1))
    made = VersionComparison(
        book="book",
        currency="EUR",
        period="month",
        horizon=12,
        versions=(version, version),
        resamples=100,
        judged=replace(JUDGED, figures=tuple(figures.values())),
        why="",
        change=CHANGE,
    )
    return replace(made, **changes)


def judged(**changes: Any) -> VersionComparison:
    return comparison(judged=replace(JUDGED, **changes))


def line_of(made: VersionComparison, rule: GateRule, gate: GateConfig | None = None) -> GateLine:
    return next(line for line in gate_lines(made, gate or GateConfig()) if line.rule is rule)


def test_a_version_that_is_no_worse_passes_every_line_in_the_order_of_the_config() -> None:
    lines = gate_lines(comparison(), GateConfig())
    assert [line.rule for line in lines] == list(GateRule)
    assert {line.verdict for line in lines} == {GateVerdict.PASSED}
    assert gate_holds(lines)
    assert all(line.reason and line.asks and line.found for line in lines)


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (comparison(figure("auc", range_of(0.78), difference=-0.025)), GateRule.AUC),  # the lower end is -0.035
        (comparison(figure("normalized_gini", range_of(0.7), difference=-0.06)), GateRule.VALUE_RANKING),
        (comparison(figure("mean_absolute_error", range_of(9.0), relative=0.12)), GateRule.VALUE_ERROR),
        (comparison(figure("declines_expected", range_of(0.7))), GateRule.DECLINES),
        (comparison(figure("calibration_slope", range_of(0.7))), GateRule.CALIBRATION_SLOPE),
        (comparison(figure("calibration_slope", range_of(1.3))), GateRule.CALIBRATION_SLOPE),
        (comparison(figure("total_ratio", range_of(1.5))), GateRule.VALUE_TOTAL),
        (comparison(figure("interval_coverage", range_of(0.8))), GateRule.COVERAGE),
        (comparison(change=replace(CHANGE, periods_old=(0, 25))), GateRule.DATA_AGE),
        (comparison(change=replace(CHANGE, tiers=replace(TIERS, moved=26))), GateRule.TIER_MOVES),
        (
            comparison(change=replace(CHANGE, reasons=(ExplainedShift(model="value", correlation=0.5, shifts=()),))),
            GateRule.EXPLANATIONS,
        ),
    ],
)
def test_each_line_fails_by_itself(made: VersionComparison, rule: GateRule) -> None:
    lines = gate_lines(made, GateConfig())
    assert [line.rule for line in lines if line.verdict is GateVerdict.FAILED] == [rule]
    assert not gate_holds(lines)


@pytest.mark.parametrize(
    "made",
    [
        comparison(judged=None, why="trained today"),
        judged(in_sample=True),
        judged(clients=199),
        judged(declined=29),
        judged(declined=971),  # hardly any stayed
    ],
)
def test_without_enough_outcomes_nothing_that_rests_on_them_is_judged(made: VersionComparison) -> None:
    lines = gate_lines(made, GateConfig())
    assert {line.rule for line in lines if line.verdict is GateVerdict.NOT_JUDGED} == OUTCOMES
    assert not gate_holds(lines)
    accepting = GateConfig(accept_not_judged=tuple(OUTCOMES))
    assert gate_holds(gate_lines(made, accepting))


def test_while_the_horizon_is_not_over_slope_and_coverage_wait() -> None:
    made = judged(
        figures=tuple(
            each for each in FIGURES.values() if each.metric not in ("calibration_slope", "interval_coverage")
        ),
        so_far=replace(SO_FAR, elapsed=3),
    )
    for rule in (GateRule.CALIBRATION_SLOPE, GateRule.COVERAGE):
        line = line_of(made, rule)
        assert (line.verdict, line.found, line.holds) == (GateVerdict.NOT_JUDGED, "the horizon is not over", False)
    accepting = GateConfig(accept_not_judged=(GateRule.CALIBRATION_SLOPE, GateRule.COVERAGE))
    assert gate_holds(gate_lines(made, accepting))


@pytest.mark.parametrize("metric", sorted(FIGURES))
def test_a_figure_that_the_clients_leave_open_is_not_judged(metric: str) -> None:
    lines = gate_lines(comparison(without=metric), GateConfig())
    assert [line.verdict for line in lines].count(GateVerdict.NOT_JUDGED) == 1
    assert not gate_holds(lines)


def test_acceptance_forgives_no_failure() -> None:
    gate = GateConfig(accept_not_judged=tuple(GateRule))
    assert not gate_holds(gate_lines(comparison(figure("auc", range_of(0.5), difference=-0.3)), gate))


def test_reasons_of_a_version_that_leans_on_nothing_are_not_judged() -> None:
    change = replace(CHANGE, reasons=(ExplainedShift(model="value", correlation=None, shifts=()),))
    assert line_of(comparison(change=change), GateRule.EXPLANATIONS).verdict is GateVerdict.NOT_JUDGED


def test_the_age_that_is_allowed_is_two_horizons_or_as_configured() -> None:
    change = replace(CHANGE, periods_old=(0, 24))
    assert line_of(comparison(change=change), GateRule.DATA_AGE).holds
    assert not line_of(comparison(change=change), GateRule.DATA_AGE, GateConfig(most_periods_old=23)).holds


@given(difference=st.floats(-0.2, 0.2), spread=st.floats(0.0, 0.2), margin=st.floats(0.0, 0.3), wider=st.floats(0, 0.2))
def test_non_inferiority_is_the_lower_end_above_the_margin_and_a_wider_margin_never_refuses(
    difference: float, spread: float, margin: float, wider: float
) -> None:
    worse = ReportedInterval(estimate=difference, low=difference - spread, high=difference + spread)
    made = comparison(replace(FIGURES["auc"], difference=worse))
    line = line_of(made, GateRule.AUC, GateConfig(auc_margin=margin))
    assert line.holds == (difference - spread > -margin)
    assert (line.figure, line.low, line.high) == (difference, difference - spread, difference + spread)
    assert line_of(made, GateRule.AUC, GateConfig(auc_margin=margin + wider)).holds >= line.holds


@given(st.lists(st.sampled_from(list(GateVerdict)), max_size=6), st.booleans())
def test_a_gate_holds_only_if_every_line_does(verdicts: list[GateVerdict], accepted: bool) -> None:
    lines = tuple(
        GateLine(rule=GateRule.AUC, asks="", reason="", found="", verdict=verdict, accepted=accepted)
        for verdict in verdicts
    )
    fine = {GateVerdict.PASSED, GateVerdict.NOT_JUDGED} if accepted else {GateVerdict.PASSED}
    assert gate_holds(lines) == (bool(verdicts) and set(verdicts) <= fine)


def test_every_limit_has_its_reason_in_the_schema() -> None:
    fields = GateConfig.model_fields
    assert all(field.description for field in fields.values())
    with pytest.raises(ValidationError, match="low must not be above high"):
        GateConfig.model_validate({"value_total": {"low": 2, "high": 1}})
