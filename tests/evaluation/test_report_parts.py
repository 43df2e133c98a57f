"""The evaluation as data: right figures, beside pandas and arithmetic, bounded, and no client to be known again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, spearmanr
from sklearn.metrics import roc_auc_score

from models.codec import from_json, to_json_text, to_plain
from models.errors import InternalError, TooLittleDataError
from models.evaluation.report.contents import EvaluationReport
from models.evaluation.report.groups import MAX_GROUPS, groups_of
from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.evaluation.report.parts import report_parts
from models.metrics.bootstrap import Interval, wilson
from support.judged_book import (
    CAUSES,
    HORIZON,
    drawn_importance,
    drawn_judged,
    drawn_report,
    drawn_resampling,
    drawn_stability,
)


@pytest.fixture(scope="module")
def judged() -> Judged:
    return drawn_judged()


@pytest.fixture(scope="module")
def parts(judged: Judged) -> dict[str, Any]:
    return plain_parts(judged, importance=drawn_importance(1))


def plain_parts(judged: Judged, **more: Any) -> dict[str, Any]:
    """The parts of a report as a program reads them."""
    parts: Any = to_plain(report_parts(judged, drawn_resampling(judged), **more))
    assert isinstance(parts, dict)
    return parts


def counts(part: object) -> list[int]:
    """Every figure called ``clients`` that is a number of clients, wherever it stands."""
    if isinstance(part, dict):
        own = [part["clients"]] if isinstance(part.get("clients"), int) else []
        return own + [count for each in part.values() for count in counts(each)]
    return [count for each in part for count in counts(each)] if isinstance(part, list) else []


def test_a_share_of_the_clients_holds_so_much_of_the_declines(judged: Judged, parts: dict[str, Any]) -> None:
    gains = parts["gains"]["decline"]
    place = int(np.searchsorted(gains["clients"], 0.3))
    top = round(gains["clients"][place] * len(judged))
    for name, score in judged.scores["decline"].items():
        held = judged.declined[np.argsort(-score)][:top].sum() / judged.declined.sum()
        assert gains["captured"][name][place] == pytest.approx(held, abs=0.005)
    assert gains["captured"]["best"][place] == pytest.approx(min(top / judged.declined.sum(), 1.0), abs=0.005)
    assert gains["captured"]["ours"][::49] == pytest.approx([0.0, 1.0])


def test_where_most_decline_it_is_told_who_stays(judged: Judged) -> None:
    chance = 1 - judged.decline_probability
    turned = replace(judged, declined=~judged.declined, scores={"decline": {"ours": chance}})
    gains = plain_parts(turned)["gains"]
    plain = plain_parts(replace(judged, scores={"decline": {"ours": -chance}}))["gains"]
    assert list(gains) == ["stay"]
    assert gains["stay"] == plain["decline"]


def test_deciles_equal_pandas(judged: Judged, parts: dict[str, Any]) -> None:
    tenth = pd.qcut(judged.foreseen_value, 10, labels=False)
    expected = pd.DataFrame({"foreseen": judged.foreseen_value, "realised": judged.value}).groupby(tenth).mean()[::-1]
    for name in ("foreseen", "realised"):
        np.testing.assert_allclose(parts["deciles"][name], expected[name], rtol=1e-9)


def test_calibration_bins_equal_pandas_with_the_range_of_scipy(judged: Judged, parts: dict[str, Any]) -> None:
    bins = pd.qcut(judged.decline_probability, 10, labels=False)
    for number, each in enumerate(parts["calibration"]):
        inside = bins == number
        declined = int(judged.declined[inside].sum())
        assert each["clients"] == inside.sum()
        assert each["foreseen"] == pytest.approx(judged.decline_probability[inside].mean())
        assert each["realised"] == pytest.approx(declined / inside.sum())
        expected = binomtest(declined, int(inside.sum())).proportion_ci(method="wilson")
        assert (each["low"], each["high"]) == pytest.approx((expected.low, expected.high))


def test_the_range_of_a_share_that_was_never_or_always_seen_stays_open_on_one_side() -> None:
    expected = binomtest(0, 8).proportion_ci(method="wilson")
    assert wilson(0.0, 8) == pytest.approx((0.0, expected.high), abs=1e-12)
    assert wilson(1.0, 8) == pytest.approx((1 - expected.high, 1.0))


def test_coverage_and_width_by_tier_best_first(judged: Judged, parts: dict[str, Any]) -> None:
    assert [each["name"] for each in parts["coverage"]["groups"]] == ["all", "AA", "A", "B"]
    for each in parts["coverage"]["groups"]:
        who = (judged.tier == each["name"]) | (each["name"] == "all")
        inside = (judged.value_low <= judged.value) & (judged.value <= judged.value_high)
        assert each["realised"] == pytest.approx(inside[who].mean())
        width = (judged.value_high - judged.value_low)[who].mean() / np.abs(judged.value[who]).mean()
        assert each["width"] == pytest.approx(width)


def test_a_lender_of_five_tiers_sees_the_coverage_of_each(judged: Judged) -> None:
    five = ("AAA", "AA", "A", "B", "C")
    tier = np.array(five)[np.argsort(np.argsort(-judged.foreseen_value)) * len(five) // len(judged)]
    groups = plain_parts(replace(judged, tier=tier, tiers=five))["coverage"]["groups"]
    assert [each["name"] for each in groups] == ["all", *five]


def test_without_intervals_there_is_no_coverage(judged: Judged) -> None:
    unsure = replace(judged, value_low=np.full(len(judged), np.nan), value_high=np.full(len(judged), np.nan))
    assert plain_parts(unsure)["coverage"] is None


def test_the_realised_curve_is_the_share_of_clients_so_far(judged: Judged, parts: dict[str, Any]) -> None:
    curve = judged.curve
    assert curve is not None
    assert curve.cause is not None
    for step, end in enumerate(parts["curve"]["ends"]):
        happened = (curve.event_period > 0) & (curve.event_period <= end)
        assert parts["curve"]["realised"][step] == pytest.approx(happened.mean())
        assert parts["curve"]["auc"][step] == pytest.approx(roc_auc_score(happened, curve.probability[:, step]))
        for code, cause in enumerate(CAUSES):
            by_cause = happened & (curve.cause == code)
            assert parts["curve"]["causes"][cause]["realised"][step] == pytest.approx(by_cause.mean())
    assert parts["curve"]["foreseen"][-1] == pytest.approx(judged.decline_probability.mean())


def test_a_curve_of_return_has_no_causes(judged: Judged) -> None:
    curve = judged.curve
    assert curve is not None
    returned = replace(judged, curve=replace(curve, event="return", incidence={}, cause=None))
    reported = plain_parts(returned)["curve"]
    assert (reported["event"], reported["causes"]) == ("return", {})
    assert reported["realised"][-1] == pytest.approx((curve.event_period > 0).mean())
    assert plain_parts(replace(judged, curve=None))["curve"] is None


def test_each_cause_is_held_against_what_came_and_what_could_be_known(judged: Judged) -> None:
    assert judged.curve is not None
    said = judged.curve.incidence["dormant"][:, -1]
    reported = plain_parts(replace(judged, curve=replace(judged.curve, known={"dormant": said / 2})))["causes"]
    everybody, likeliest, others = reported["dormant"]
    came = judged.curve.cause == CAUSES.index("dormant")
    assert everybody["foreseen"] == pytest.approx(said.mean())
    assert everybody["known"] == pytest.approx(said.mean() / 2)
    test = binomtest(int(came.sum()), len(came)).proportion_ci(method="wilson")
    assert [everybody[end] for end in ("realised", "low", "high")] == pytest.approx([came.mean(), test.low, test.high])
    top = np.argsort(said)[-len(said) // 5 :]
    assert likeliest["clients"] == len(said) // 5
    assert likeliest["foreseen"] == pytest.approx(said[top].mean())
    assert likeliest["realised"] == pytest.approx(came[top].mean())
    assert others["foreseen"] * others["clients"] == pytest.approx(said.sum() - said[top].sum())
    assert reported["default"][0]["known"] is None


def test_a_long_curve_is_told_in_fifty_steps_the_last_one_among_them(judged: Judged) -> None:
    curve = judged.curve
    assert curve is not None
    ends = np.arange(1, 121)
    long = replace(
        curve, ends=ends, probability=judged.decline_probability[:, None] * ends / 120, incidence={}, cause=None
    )
    reported = plain_parts(replace(judged, curve=long))["curve"]
    assert len(reported["ends"]) == len(reported["realised"]) == len(reported["brier"]) == 50
    assert (reported["ends"][0], reported["ends"][-1]) == (1, 120)


def test_errors_of_a_group_are_those_of_its_clients(judged: Judged, parts: dict[str, Any]) -> None:
    africa = next(each for each in parts["errors"]["region"] if each["name"] == "Africa")
    inside = (judged.attributes["region"] == "Africa").to_numpy()
    assert africa["clients"] == inside.sum()
    assert africa["total_ratio"] == pytest.approx(judged.foreseen_value[inside].sum() / judged.value[inside].sum())
    assert africa["auc"] == pytest.approx(roc_auc_score(judged.declined[inside], judged.decline_probability[inside]))
    assert africa["gap"] == pytest.approx(judged.decline_probability[inside].mean() - judged.declined[inside].mean())


def test_every_attribute_counts_every_client_once_in_few_groups(judged: Judged, parts: dict[str, Any]) -> None:
    assert list(parts["errors"]) == ["segment", "region", "industry", "employees", "size", "tenure"]
    for groups in parts["errors"].values():
        assert sum(each["clients"] for each in groups) == len(judged)
        assert 1 < len(groups) <= MAX_GROUPS
    assert parts["errors"]["industry"][-1]["name"] == "other"
    regions = [each["name"] for each in parts["errors"]["region"]]
    assert "Atlantis" not in regions  # three clients only
    assert parts["errors"]["size"][0]["name"] == "lowest fifth"
    assert [each["name"] for each in parts["errors"]["tenure"]][:2] == ["under 1 year", "1 to 3 years"]


def test_an_attribute_that_tells_nobody_apart_is_left_out(judged: Judged) -> None:
    same = replace(judged, attributes=pd.DataFrame({"region": ["Asia"] * len(judged), "code": judged.segment}))
    assert "region" not in plain_parts(same)["errors"]
    unknown = replace(judged, attributes=pd.DataFrame({"region": [None] * len(judged)}))
    assert "region" not in plain_parts(unknown)["errors"]


@pytest.mark.parametrize("clients", [5, 7, 23, 60, 900])
def test_no_figure_is_that_of_fewer_than_five_clients(clients: int) -> None:
    parts = plain_parts(drawn_judged(clients), importance=drawn_importance(1))
    assert min(counts(parts)) >= MIN_CLIENTS
    for curve in (*parts["gains"].values(), parts["profit"]):
        assert (np.diff(curve["clients"]) * clients).min() >= MIN_CLIENTS - 1e-9
    assert (parts["deciles"] is None) == (clients < 50)


def test_what_is_left_out_of_a_whole_cannot_be_reckoned_from_it() -> None:
    labels = np.array(["a"] * 8 + ["b"] * 6 + ["c"] * 2)
    found = {group.name: int(group.inside.sum()) for group in groups_of(labels)}
    assert found == {"a": 8, "other": 8}
    assert [group.name for group in groups_of(np.array(["a"] * 3 + ["b"] * 3))] == ["other"]
    many = np.repeat([f"g{number:02}" for number in range(13)], 5)
    assert len(groups_of(many)) == MAX_GROUPS
    assert int(groups_of(many)[-1].inside.sum()) == 10


def test_ties_leave_no_bin_nearly_empty(judged: Judged) -> None:
    probability = np.where(np.arange(len(judged)) < 3, 0.9, np.where(np.arange(len(judged)) < 450, 0.5, 0.1))
    bins = plain_parts(replace(judged, decline_probability=probability))["calibration"]
    assert [each["clients"] for each in bins] == [450, 450]


def test_clients_are_compared_only_as_far_as_intervals_allow(judged: Judged) -> None:
    gaps = {
        "past_sum": Interval(estimate=0.1, low=0.05, high=0.2),
        "btyd": Interval(estimate=0.01, low=-0.05, high=0.07),
        "recency": Interval(estimate=-0.1, low=-0.2, high=-0.01),
        "truth": Interval(estimate=-0.01, low=-0.02, high=0.01),
    }
    verdict = plain_parts(judged, differences={"value": gaps})["verdicts"]["value"]
    assert (verdict["better_than"], verdict["worse_than"]) == (["past_sum"], ["recency"])
    assert len(verdict["cannot_be_known"]) == 1
    assert (
        "900 clients cannot tell by normalized Gini whether ours is better than BG/NBD" in verdict["cannot_be_known"][0]
    )


def test_the_largest_gains_are_shown_and_the_others_summed() -> None:
    gains = drawn_importance(3)["value"]
    reported = plain_parts(drawn_judged(60), importance={"value": gains})["importance"]["value"]
    largest = sorted(gains.values(), reverse=True)
    assert [each["share"] for each in reported["features"]] == pytest.approx(np.array(largest[:20]) / sum(largest))
    assert reported["others"] == {"count": 10, "share": pytest.approx(sum(largest[20:]) / sum(largest))}
    assert reported["unused"] == 10


def test_stability_holds_the_main_metric_of_every_origin_and_how_alike_the_gains_are() -> None:
    importances = [drawn_importance(seed) for seed in range(3)]
    report = drawn_report(60, dated=False)
    reported = drawn_stability(report.origins, importances)
    assert [day.year for day in reported.as_of] == [2020, 2021, 2022]
    metrics = report.origins[1].value.metrics
    assert reported.metrics["value"].benchmarks["past_sum"][1] == metrics["past_sum"]["normalized_gini"]
    table = reported.importance["value"]
    expected = spearmanr(*(list(each["value"].values()) for each in importances[:2])).statistic
    assert table[0][1] == pytest.approx(expected)
    assert table[1][0] == pytest.approx(expected)
    assert table[2][2] == pytest.approx(1.0)
    assert drawn_stability(report.origins).importance == {}


def test_a_report_is_strict_json_and_small() -> None:
    report = drawn_report(origins=2)
    text = to_json_text(report, sort_keys=True)
    read = from_json(EvaluationReport, text, subject="report.json", remedy="evaluate again")
    assert to_plain(read) == to_plain(report)
    assert len(text) < 110_000


def test_row_order_says_nothing(judged: Judged, parts: dict[str, Any]) -> None:
    order = np.random.default_rng(3).permutation(len(judged))
    curve = judged.curve
    assert curve is not None
    assert curve.cause is not None
    names = ("value", "declined", "foreseen_value", "value_low", "value_high", "decline_probability", "tier", "segment")
    credit = judged.credit
    assert credit is not None
    assert judged.known_value is not None
    shuffled = replace(
        judged,
        known_value=judged.known_value[order],
        credit=replace(credit, **{name: each[order] for name, each in vars(credit).items()}),
        **{name: getattr(judged, name)[order] for name in (*names, "tenure_days", "size")},
        attributes=judged.attributes.iloc[order].reset_index(drop=True),
        scores={target: {name: score[order] for name, score in each.items()} for target, each in judged.scores.items()},
        curve=replace(
            curve,
            probability=curve.probability[order],
            event_period=curve.event_period[order],
            incidence={name: each[order] for name, each in curve.incidence.items()},
            cause=curve.cause[order],
        ),
    )
    groups = replace(drawn_resampling(judged), groups=order)
    again = to_plain(report_parts(shuffled, groups, importance=drawn_importance(1)))
    assert flat(again) == pytest.approx(flat(parts), rel=1e-9, nan_ok=True)


def flat(part: object) -> list[float]:
    """All numbers of a part, in order."""
    if isinstance(part, dict | list):
        return [number for each in (part.values() if isinstance(part, dict) else part) for number in flat(each)]
    return [float(part)] if isinstance(part, int | float) else []


def test_what_is_not_one_origin_is_refused(judged: Judged) -> None:
    with pytest.raises(InternalError, match="columns of one length"):
        replace(judged, size=judged.size[:-1])
    curve = judged.curve
    assert curve is not None
    with pytest.raises(InternalError, match="of 6 steps"):
        replace(judged, curve=replace(curve, probability=curve.probability[:, :2]))
    with pytest.raises(InternalError, match="or neither"):
        replace(judged, curve=replace(curve, cause=None))
    with pytest.raises(TooLittleDataError, match="at least 5 clients, got 4"):
        drawn_judged(4)
    assert curve.ends[-1] == HORIZON
