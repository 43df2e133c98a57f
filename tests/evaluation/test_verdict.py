"""The verdict: a banker reads first what is wrong, and of a sound book that nothing is."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from models.evaluation.report.bands import value_bands
from models.evaluation.report.contents import OriginParts
from models.evaluation.report.importance import Figures
from models.evaluation.report.judged import Judged
from models.evaluation.report.parts import report_parts
from models.evaluation.report.verdict import EvaluationCheck, GroupedBy
from models.evaluation.terminal import verdict_lines
from models.evaluation.text import Judgement, verdict_sentences
from models.metrics.bootstrap import Interval
from models.text import ENGLISH, Language
from support.judged_book import drawn_judged, drawn_report, drawn_resampling

SOUND = {
    "calibration_intercept": Interval(estimate=0.04, low=-0.09, high=0.19),
    "calibration_slope": Interval(estimate=1.02, low=0.85, high=1.2),
}
GAPS = {
    "value": {"past_sum": Interval(estimate=0.1, low=0.05, high=0.2), "btyd": Interval(estimate=0.0, low=-1, high=1)}
}
CHINESE = Language("zh")


@pytest.fixture(scope="module")
def judged() -> Judged:
    return drawn_judged(2_000, seed=4)


def parts_of(judged: Judged, decline: Figures = SOUND) -> OriginParts:
    return report_parts(judged, drawn_resampling(judged), decline=decline, differences=GAPS)


def said(parts: OriginParts, judgement: Judgement, language: Language = ENGLISH) -> list[str]:
    found = verdict_sentences(parts, "USD", language)
    return [sentence.said for sentence in found if sentence.judgement is judgement]


def test_a_sound_book_says_so_and_names_what_was_looked_at(judged: Judged) -> None:
    parts = parts_of(judged)
    assert parts.findings.wrong == parts.findings.may_be_chance == ()
    assert said(parts, Judgement.WRONG) == []
    assert said(parts, Judgement.RIGHT) == [
        "Nothing is found wrong among total of value, level of decline, slope of decline, curve over the horizon, "
        "coverage of intervals, value by band, credit loss by band and defaults by band, as far as 2,000 clients can "
        "tell."
    ]
    without = parts_of(
        replace(judged, credit=None, value_low=np.full(2_000, np.nan), value_high=np.full(2_000, np.nan)), {}
    )
    assert said(without, Judgement.RIGHT) == [
        "Nothing is found wrong among total of value, level of decline, curve over the horizon and value by band, as "
        "far as 2,000 clients can tell."
    ]


def test_a_total_that_is_too_high_stands_first(judged: Judged) -> None:
    parts = parts_of(replace(judged, foreseen_value=1.4 * judged.foreseen_value))
    first, *_ = verdict_sentences(parts, "USD", ENGLISH)
    total = parts.totals.value_by_value[0]
    assert total.ratio.estimate is not None
    assert first.judgement is Judgement.WRONG
    assert first.said.startswith(f"Value: {total.ratio.estimate - 1:.0%} too much is foreseen in total (")
    little = parts_of(replace(judged, foreseen_value=0.6 * judged.foreseen_value))
    ratio = little.totals.value_by_value[0].ratio
    assert None not in (ratio.estimate, ratio.low, ratio.high)
    ends = f"{1 - ratio.estimate:.0%} too little is foreseen in total ({1 - ratio.high:.0%} to {1 - ratio.low:.0%})"  # type: ignore[operator]
    assert ends in said(little, Judgement.WRONG)[0]


@pytest.mark.parametrize("means", [1.02, 3.0])
def test_a_book_that_lost_money_is_held_against_the_gap(judged: Judged, means: float) -> None:
    mean = judged.value.mean()
    parts = parts_of(replace(judged, value=judged.value - means * mean))
    (first,) = [finding for finding in parts.findings.wrong if finding.check is EvaluationCheck.TOTAL]
    assert first.is_gap
    assert first.figure.estimate == pytest.approx(judged.foreseen_value.sum() + (means - 1) * judged.value.sum())
    assert "is foreseen in total, and -" in said(parts, Judgement.WRONG)[0]


def test_decline_foreseen_too_low_is_told_in_shares_and_by_its_intercept(judged: Judged) -> None:
    low = replace(judged, decline_probability=0.6 * judged.decline_probability, credit=None)
    figures = {**SOUND, "calibration_intercept": Interval(estimate=0.55, low=0.38, high=0.7)}
    mean, came = low.decline_probability.mean(), low.declined.mean()
    assert said(parts_of(low, figures), Judgement.WRONG) == [
        f"Decline: too little is foreseen: {mean:.1%} of the clients, and {came:.1%} declined; calibration intercept "
        "0.55 (0.38 to 0.70), where 0 is right."
    ]
    assert said(parts_of(low, {}), Judgement.WRONG) == [
        f"Decline: too little is foreseen: {mean:.1%} of the clients, and {came:.1%} declined."
    ]


@pytest.mark.parametrize(
    ("slope", "reported"),
    [
        (Interval(estimate=0.6, low=0.5, high=0.7), "lie too far apart; calibration slope 0.60 (0.50 to 0.70)"),
        (Interval(estimate=1.4, low=1.3, high=1.5), "lie too close together; calibration slope 1.40 (1.30 to 1.50)"),
    ],
)
def test_a_slope_that_is_off_says_which_way(judged: Judged, slope: Interval, reported: str) -> None:
    (sentence,) = said(parts_of(judged, {**SOUND, "calibration_slope": slope}), Judgement.WRONG)
    assert reported in sentence


@pytest.mark.parametrize(
    ("event", "factor", "reported"),
    [
        ("decline", 0.6, "Curve of decline: too little is foreseen from period 6 to 10; by then "),
        ("decline", 1.6, "Curve of decline: too much is foreseen from period 6 to 10; by then "),
        ("return", 1.6, "Curve of return: too much is foreseen from period 6 to 10; by then "),
    ],
)
def test_a_curve_that_is_off_on_the_way_to_a_right_end_says_when(
    judged: Judged, event: Literal["decline", "return"], factor: float, reported: str
) -> None:
    curve = judged.curve
    assert curve is not None
    bent = np.minimum(curve.probability * np.array([1.0, 1.0, factor, factor, factor, 1.0]), 1.0)
    off = replace(judged, curve=replace(curve, event=event, probability=bent, incidence={}, cause=None))
    (sentence,) = said(parts_of(off), Judgement.WRONG)
    came = ((curve.event_period > 0) & (curve.event_period <= 10)).mean()
    assert sentence.startswith(f"{reported}{bent[:, 4].mean():.1%}, and {came:.1%} came (")


def test_what_may_be_chance_is_not_called_wrong(judged: Judged) -> None:
    unsure = {**SOUND, "calibration_slope": Interval(estimate=0.6, low=0.1, high=1.1)}
    parts = parts_of(judged, unsure)
    assert said(parts, Judgement.WRONG) == []
    (sentence,) = said(parts, Judgement.PERHAPS)
    assert sentence.startswith("This may be chance: Decline: probabilities lie too far apart")


def test_intervals_that_are_short_are_named_by_tier_risk_and_value_in_one_sentence(judged: Judged) -> None:
    assert judged.credit is not None
    narrow = (judged.tier == "AA") | (judged.credit.default_probability >= 0.02)
    low, high = (np.where(narrow, judged.foreseen_value, each) for each in (judged.value_low, judged.value_high))
    parts = parts_of(replace(judged, value_low=low, value_high=high))
    (sentence,) = said(parts, Judgement.WRONG)
    assert sentence.startswith("Intervals of value hold too few, where 90% is claimed: ")
    for who in ("of all clients", "of tier AA", "of clients with a P(default) of 2% to 10%"):
        assert who in sentence
    assert "of the 10% of the clients with the highest foreseen value" in sentence
    assert {finding.by for finding in parts.findings.wrong} == set(GroupedBy)


def test_credit_loss_that_nobody_foresaw_is_told_by_band(judged: Judged) -> None:
    credit = judged.credit
    assert credit is not None
    assert credit.foreseen_loss is not None
    blind = replace(credit, foreseen_loss=0.01 * credit.foreseen_loss)
    parts = parts_of(replace(judged, credit=blind))
    total = parts.totals.credit_loss_by_risk[0]
    sentences = [each for each in said(parts, Judgement.WRONG) if each.startswith("Credit loss of all clients: ")]
    assert len(sentences) == 1
    assert total.ratio.estimate is not None
    assert total.ratio.estimate < 0.05
    groups = [finding.group for finding in parts.findings.wrong if finding.check is EvaluationCheck.CREDIT_LOSS]
    assert set(groups) >= {"all", "under 2%"}


def test_clients_foreseen_to_earn_that_lost_are_told_whatever_the_total(judged: Judged) -> None:
    credit = judged.credit
    assert credit is not None
    risky = credit.default_probability >= 0.02
    lost = np.where(risky, -3 * judged.value, judged.value)
    found = [each for each in parts_of(replace(judged, value=lost)).findings.wrong if each.by is GroupedBy.RISK]
    assert ("2% to 10%", EvaluationCheck.VALUE) in {(each.group, each.check) for each in found}


def test_a_loss_where_a_gain_was_foreseen_takes_less_evidence_than_a_ratio(judged: Judged) -> None:
    risky = np.flatnonzero(value_bands(judged.foreseen_value)[-1].inside)
    lost = judged.value.copy()
    lost[risky] -= 1.9 * lost[risky].mean()
    parts = parts_of(replace(judged, value=lost, credit=None))
    (found,) = [each for each in parts.findings.wrong if each.group == "highest 10%" and each.check == "value_by_band"]
    assert found.foreseen is not None
    assert found.realised is not None
    assert found.foreseen > 0 > found.realised
    assert any("of the clients with the highest foreseen value: " in each for each in said(parts, Judgement.WRONG))


def test_of_a_simulated_book_what_misses_the_truth_is_wrong_though_luck_hid_it(judged: Judged) -> None:
    credit = judged.credit
    assert credit is not None
    assert credit.foreseen_loss is not None
    assert judged.known_value is not None
    known = replace(credit, known_loss=credit.foreseen_loss / 0.54)
    parts = parts_of(replace(judged, credit=known))
    sentences = [each for each in said(parts, Judgement.WRONG) if "known" in each]
    totals = parts.totals.credit_loss_by_risk
    groups = ("all clients", "clients with a P(default) under 2%", "clients with a P(default) of 2% to 10%")
    for sentence, who, each in zip(sentences, groups, totals, strict=True):
        foreseen, expected = (f"{amount / 1e6:.3g} m USD" for amount in (each.foreseen, each.foreseen / 0.54))
        assert sentence.startswith(f"Credit loss of {who}: {foreseen} is foreseen, and {expected} could be known; ")
        assert sentence.endswith("ratio 0.54 (0.54 to 0.54).")
    total = said(parts_of(replace(judged, known_value=judged.known_value / 1.22)), Judgement.WRONG)
    assert len(total) == 1
    assert total[0].startswith("Value of all clients: ")
    assert total[0].endswith(" could be known; ratio 1.22 (1.22 to 1.22).")
    assert said(parts_of(replace(judged, known_value=None)), Judgement.WRONG) == []


def test_a_benchmark_that_ranks_better_is_something_wrong(judged: Judged) -> None:
    worse = {"value": {"past_sum": Interval(estimate=-0.1, low=-0.2, high=-0.05)}}
    parts = report_parts(judged, drawn_resampling(judged), decline=SOUND, differences=worse)
    assert said(parts, Judgement.WRONG) == ["Value is ranked worse than by past sum."]
    assert said(parts, Judgement.RIGHT) == []
    assert said(parts_of(judged), Judgement.BETTER) == ["Value is ranked better than by past sum."]
    assert len(said(parts_of(judged), Judgement.OPEN)) == 1


def test_a_verdict_is_told_in_chinese_too(judged: Judged) -> None:
    parts = parts_of(replace(judged, foreseen_value=1.4 * judged.foreseen_value))
    assert said(parts, Judgement.WRONG, CHINESE)[0].startswith("客户价值：合计高估")


def test_sound_books_are_rarely_called_wrong() -> None:
    # Without intervals: the drawn ones hold what they claim in all, and not in each tier.
    wrong = 0
    for seed in range(30):
        parts = parts_of(replace(drawn_judged(1_200, seed=seed), value_low=np.full(1_200, np.nan)))
        wrong += bool(parts.findings.wrong)
    assert wrong <= 5


def test_the_terminal_opens_with_the_verdict_at_80_columns() -> None:
    lines = verdict_lines(drawn_report(300, origins=1))
    assert lines[0] == "At 2020-01-01, 300 clients:"
    assert lines[1].split(":")[0] in ("wrong", "right")
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("better:  Decline is ranked better than by logistic regression.") for line in lines)
    assert not any(line.startswith("open:") for line in lines)
