"""Why a client changed: between two dates, two versions of the models, or two policies, with parts that sum exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.errors import UnknownClientError
from models.explanation.change import UNCHANGED, Change, ChangePath, Step, Version, explain_change, features_by_client
from models.grading.built_in import Grades
from models.learners.calibration import PlattCalibration
from models.learners.change import SplitChange
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models
from models.pipeline.selection import learn_calibration
from support.drawn_panel import FIT, ORIGINS, drawn_panel, fitted_models, small_config

EXACT = 1e-9


def features_at(origin: int, *, without: tuple[str, ...] = ()) -> pd.DataFrame:
    return features_by_client(drawn_panel().at([origin])).drop(columns=list(without))


def version(models: FittedModels, *, before: int = ORIGINS[-2], after: int = ORIGINS[-1]) -> Version:
    unknown = tuple(name for name in drawn_panel().features if name not in models.contract.names)
    return Version(
        models=models, before=features_at(before, without=unknown), after=features_at(after, without=unknown)
    )


def with_cut_offs(models: FittedModels, **cut_offs: tuple[float, ...]) -> FittedModels:
    """The same models under a policy with other cut-offs of some dimensions, best first."""
    return replace(models, policy=replace(models.policy, cut_offs={**models.policy.cut_offs, **cut_offs}))


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture(scope="module")
def other() -> FittedModels:
    """Another version: fewer features, other trees, other calibrations and cut-offs."""
    panel = drawn_panel()
    panel = replace(panel, features=panel.features.drop(columns=["value_sum_3p", "activity_count_12p"]))
    config = small_config(
        learners={"value": {"trees": 20, "candidates": ["hurdle"]}, "decline": {"trees": 25}}, tiers={"a_share": 0.25}
    )
    return fit_models(panel, FIT, learn_calibration(OutOfTimeForecasts(panel, config).of(FIT), config), config)


@pytest.fixture(scope="module")
def by_data(fitted: FittedModels) -> Change:
    return explain_change(version(fitted), version(fitted))


@pytest.fixture(scope="module")
def by_both(fitted: FittedModels, other: FittedModels) -> Change:
    return explain_change(version(fitted), version(other))


def splits_of(change: Change) -> tuple[SplitChange, ...]:
    return change.value, change.log_value, change.decline, change.log_odds


def require_exact(change: Change) -> None:
    for split in splits_of(change):
        reported = split.before + split.data.sum(axis=1) + split.model + split.calibration
        size = np.maximum(np.abs(split.before), np.abs(split.after))
        assert (np.abs(reported - split.after) / size).max() < EXACT


def test_half_a_year_later_only_the_data_changed(fitted: FittedModels, by_data: Change) -> None:
    require_exact(by_data)
    now = fitted.contract.encode(features_at(ORIGINS[-1]))
    np.testing.assert_array_equal(by_data.value.after, fitted.value.predict(now))
    np.testing.assert_array_equal(by_data.decline.after, fitted.decline.predict(now))
    for split in splits_of(by_data):
        assert not split.model.any()
        assert not split.calibration.any()
        assert (split.data != 0).any(axis=1).all()
    assert set(by_data.tier.decided_by) == {UNCHANGED, Step.DATA.value}


def test_what_moved_the_tier_is_named_with_the_rules(by_data: Change) -> None:
    tier = by_data.tier
    moved = tier.before.tier != tier.after.tier
    rank = {"B": 0, "A": 1, "AA": 2}
    tiers = [rank[after] - rank[before] for before, after in zip(tier.before.tier, tier.after.tier, strict=True)]
    np.testing.assert_allclose(tier.steps.sum(axis=1), tiers, atol=EXACT)
    assert 0 < moved.sum() < len(moved)
    assert (tier.before.reason[moved] != tier.after.reason[moved]).all()
    assert ((tier.decided_by == UNCHANGED) == ~moved).all()
    assert set(tier.reason[moved]) <= set(by_data.value.reasons)


@pytest.mark.parametrize("is_grouped", [False, True], ids=["features", "causes"])
def test_the_reason_named_did_most_in_the_direction_of_the_move(fitted: FittedModels, is_grouped: bool) -> None:
    careful = version(with_cut_offs(fitted, decline_risk=(0.3, 0.4)))
    causes = {name: name.partition("_")[0] for name in fitted.contract.names}
    change = explain_change(careful, careful, reasons=causes if is_grouped else None)
    assert (len(change.value.reasons) < len(fitted.contract.names)) == is_grouped
    tier, reasons = change.tier, list(change.value.reasons)
    upwards = np.where(tier.steps.sum(axis=1) > 0, 1.0, -1.0)
    assert not tier.ways[:, 0].any()
    by_decline, by_value = (tier.ways[:, 1:].T * upwards).round(9)
    for chosen, parts in (
        (by_value > by_decline, change.value.data * upwards[:, None]),
        (by_decline >= by_value, -change.decline.data * upwards[:, None]),
    ):
        decided = np.flatnonzero(chosen & (tier.decided_by == Step.DATA.value))
        led = np.array([parts[row, reasons.index(tier.reason[row])] for row in decided])
        assert len(led)
        assert (led > 0).all()
        assert (led == parts[decided].max(axis=1)).all()


def test_nothing_changed_is_exactly_nothing(fitted: FittedModels) -> None:
    same = version(fitted, before=ORIGINS[-1])
    change = explain_change(same, same)
    for split in splits_of(change):
        assert not split.data.any()
        assert not split.model.any()
        assert not split.calibration.any()
        np.testing.assert_array_equal(split.before, split.after)
    assert not change.tier.steps.any()
    assert set(change.tier.decided_by) == set(change.tier.reason) == {UNCHANGED}


def test_two_versions_with_features_of_their_own(by_both: Change, fitted: FittedModels) -> None:
    require_exact(by_both)
    assert set(by_both.value.reasons) == set(fitted.contract.names)
    assert by_both.value.model.any()
    assert by_both.decline.calibration.any()
    only_old = by_both.log_odds.reasons.index("activity_count_12p")
    assert by_both.log_odds.data[:, only_old].any()


def test_the_way_back_has_the_same_parts_with_the_other_sign(
    by_both: Change, fitted: FittedModels, other: FittedModels
) -> None:
    back = explain_change(
        version(other, before=ORIGINS[-1], after=ORIGINS[-2]), version(fitted, before=ORIGINS[-1], after=ORIGINS[-2])
    )
    for there, again in zip(splits_of(by_both), splits_of(back), strict=True):
        order = [again.reasons.index(reason) for reason in there.reasons]
        np.testing.assert_allclose(there.data, -again.data[:, order], rtol=1e-7, atol=1e-12 * np.abs(there.after).max())
        np.testing.assert_allclose(there.model, -again.model, rtol=1e-7, atol=1e-12 * np.abs(there.after).max())
    np.testing.assert_allclose(by_both.tier.steps, -back.tier.steps, atol=EXACT)


def test_features_of_one_reason_are_told_together(fitted: FittedModels, by_data: Change) -> None:
    reasons = {name: "fees" for name in fitted.contract.names if name.startswith("value_sum")}
    grouped = explain_change(version(fitted), version(fitted), reasons=reasons).value
    own = [by_data.value.reasons.index(name) for name in reasons]
    np.testing.assert_allclose(
        grouped.data[:, grouped.reasons.index("fees")], by_data.value.data[:, own].sum(axis=1), rtol=1e-9, atol=1e-6
    )


def test_a_calibration_alone(fitted: FittedModels) -> None:
    stricter = replace(fitted.decline, calibration=PlattCalibration(slope=1.2, intercept=0.7))
    same = ORIGINS[-1]
    change = explain_change(version(fitted, before=same), version(replace(fitted, decline=stricter), before=same))
    require_exact(change)
    assert change.decline.calibration.all()
    assert not change.decline.data.any()
    assert not change.decline.model.any()
    assert not change.value.calibration.any()
    moved = change.tier.decided_by != UNCHANGED
    assert set(change.tier.decided_by[moved]) == {Step.CALIBRATION.value}


def test_a_policy_alone_moves_tiers_and_nothing_else(fitted: FittedModels) -> None:
    best, good = fitted.policy.cut_offs["expected_value"]
    generous = with_cut_offs(fitted, expected_value=(best, good / 2))
    same = ORIGINS[-1]
    change = explain_change(version(fitted, before=same), version(generous, before=same))
    for split in splits_of(change):
        np.testing.assert_array_equal(split.before, split.after)
        assert not split.data.any()
    moved = change.tier.before.tier != change.tier.after.tier
    assert moved.any()
    assert set(change.tier.decided_by[moved]) == set(change.tier.reason[moved]) == {Step.POLICY.value}


def capped_when_idle(features: pd.DataFrame, value: np.ndarray, decline: np.ndarray) -> Grades:
    """A policy that looks for itself: idle clients are B, all others AA."""
    tier = np.where(features["activity_recency_days"] > 100, "B", "AA")
    return Grades(tier, tier)


def test_a_rule_that_looks_at_a_feature_itself_is_told_apart(fitted: FittedModels) -> None:
    capped = replace(version(fitted), grader=capped_when_idle)
    tier = explain_change(capped, capped).tier
    moved = tier.before.tier != tier.after.tier
    assert moved.any()
    upwards = np.where(tier.after.tier[moved] == "AA", 2.0, -2.0)
    np.testing.assert_allclose(tier.steps[moved, 0], upwards)
    np.testing.assert_allclose(tier.ways[moved, 0], upwards)
    assert set(tier.decided_by[moved]) == {Step.DATA.value}
    assert set(tier.reason[moved]) == {ChangePath.RULES.value}


def test_one_client_alone_is_told_the_same(fitted: FittedModels, other: FittedModels, by_both: Change) -> None:
    def one(models: FittedModels) -> Version:
        whole = version(models)
        return replace(whole, before=whole.before.iloc[[7]], after=whole.after.iloc[[7]])

    alone = explain_change(one(fitted), one(other))
    for own, among in zip(splits_of(alone), splits_of(by_both), strict=True):
        np.testing.assert_array_equal(own.data[0], among.data[7])
        assert own.model[0] == among.model[7]
    assert alone.tier.reason[0] == by_both.tier.reason[7]


def test_no_client_is_no_change(fitted: FittedModels) -> None:
    whole = version(fitted)
    none = replace(whole, before=whole.before.iloc[:0], after=whole.after.iloc[:0])
    assert len(explain_change(none, none).clients) == 0


def test_other_clients_are_refused(fitted: FittedModels) -> None:
    whole = version(fitted)
    with pytest.raises(UnknownClientError, match="only on one side: C000"):
        explain_change(whole, replace(whole, after=whole.after.iloc[1:]))
    with pytest.raises(UnknownClientError, match="another order"):
        explain_change(whole, replace(whole, after=whole.after.iloc[::-1]))
