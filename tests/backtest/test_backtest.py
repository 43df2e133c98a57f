"""A policy held against what came, on clients written down by hand: each claim is hand arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.backtest.acting import Acting, ExpectedLosses
from models.backtest.claims import claims
from models.backtest.contents import AnewEfficiency, BacktestHeadline, ErrorCost, OverrideOutcome
from models.backtest.day import Lending, Replayed, profit_of_keeping
from models.backtest.headline import headline_claims
from models.backtest.headline_text import headline_rows, headline_verdicts
from models.backtest.lists import LISTS, tier_first
from models.backtest.mistakes import error_costs, stability, tier_outcomes
from models.backtest.outcomes import loss_within, months_to_default
from models.backtest.overridden import override_outcomes
from models.book.periods import Horizon
from models.lists.rules import Purpose
from models.metrics.bootstrap import ReportedInterval
from support.drawn_panel import ORIGINS, drawn_panel, small_config

CONFIG = small_config()
CLIENTS = 10
FIRST = np.array([10.0, 9, 8, 7, 6, 5, 4, 3, 2, 1])
VALUE = np.array([50.0, 30, 10, 10, 0, 0, 0, 0, 0, 0])


def scores(**said: np.ndarray) -> dict[str, np.ndarray]:
    return {name: said.get(name, FIRST) for name in LISTS} | {"random": np.zeros(CLIENTS)}


def replayed(**changes: Any) -> Replayed:
    """Ours reads the clients in the order of what they bring, the rule backwards; the last two default."""
    loss = np.array([0.0] * 8 + [40.0, 60.0])
    given = Replayed(
        as_of=date(2020, 1, 1),
        learned_until=date(2018, 1, 1),
        client_id=pd.Series([f"C{number}" for number in range(CLIENTS)]),
        group=np.arange(CLIENTS),
        groups_known=False,
        value=VALUE,
        declined=VALUE == 0,
        stake=np.full(CLIENTS, 20.0),
        profit=np.where(VALUE == 0, 5.0, -1.0),
        tier=np.array(["AA", "A", "A", "A", *["B"] * 6]),
        anew=np.array(["AA", "A", "A", "A", *["B"] * 6]),
        rule_tier=np.array([*["B"] * 6, "A", "A", "A", "AA"]),
        by_rule=np.array(["AA", "A", "A", "A", *["B"] * 6]),
        held=np.full(CLIENTS, ""),
        override=np.full(CLIENTS, ""),
        overridden=np.array(["AA", "A", "A", "A", *["B"] * 6]),
        screening=scores(rule=FIRST[::-1]) | {"anew": FIRST[::-1]},
        retention=scores(forecast=FIRST[::-1]),
        growth=VALUE,
        growing=scores(rule=FIRST[::-1]),
        lending=Lending(exposure=np.full(CLIENTS, 100.0), loss=loss, safety=scores(rule=FIRST[::-1])),
        acting=Acting(
            loss=loss,
            avoided=loss / 2,
            urgency=scores(ours=FIRST[::-1], rule=FIRST, perfect=loss) | {"warned": loss},
            expected=ExpectedLosses(
                loss=np.full(CLIENTS, 10.0), avoided=FIRST / 2, halves=(FIRST / 2, FIRST[::-1] / 2)
            ),
        ),
    )
    return replace(given, **changes)


@pytest.fixture(scope="module")
def reported() -> dict[str, Any]:
    return claims([replayed(), replayed()], CONFIG)


def test_half_of_the_value_is_found_by_one_review_instead_of_nine(reported: dict[str, Any]) -> None:
    half = reported.screening[0]
    assert half.reviewed["ours"].estimate == pytest.approx(0.1)
    assert half.reviewed["rule"].estimate == pytest.approx(0.9)
    assert half.efficiency["ours"].estimate == pytest.approx(1 - 1 / 9)
    assert half.reviewed["random"].estimate == pytest.approx(0.5)


def test_cutting_the_worst_tenth_by_half_saves_half_of_its_loss(reported: dict[str, Any]) -> None:
    recovery, risk = reported.recovery, reported.risk
    assert recovery.saved["ours"].estimate == pytest.approx(0.5 * 60 / 100)
    assert recovery.saved["rule"].estimate == pytest.approx(0.0)
    assert recovery.saved["random"].estimate == pytest.approx(0.5 * 0.1)
    assert risk.loss_rate["ours"].estimate == pytest.approx(0.0)
    assert risk.loss_rate["rule"].estimate == pytest.approx(100 / 800)
    assert risk.loss_rate_change["random"].estimate == pytest.approx(0.10 / 0.125 - 1)


def test_acting_on_a_tenth_saves_what_that_client_would_have_lost(reported: dict[str, Any]) -> None:
    acting = reported.acting
    actual, expected = acting.actual, acting.expected
    assert actual.saved["ours"].estimate == pytest.approx(30 / 100)  # the last client is acted on first
    assert actual.saved["rule"].estimate == pytest.approx(0.0)
    assert actual.saved["random"].estimate == pytest.approx(0.1 * 50 / 100)
    assert actual.saved["perfect"].estimate == pytest.approx(30 / 100)
    assert expected.saved["ours"].estimate == pytest.approx(0.5 / 100)
    assert expected.saved["rule"].estimate == pytest.approx(5.0 / 100)
    assert expected.change["ours"].estimate == pytest.approx(-0.9)
    assert expected.saved["perfect"].estimate == pytest.approx(0.5 / 100)  # each half misleads the other
    assert acting.losing_clients == 4


def test_acting_is_told_of_what_came_where_the_truth_is_not_known() -> None:
    acting = replayed().acting
    assert acting is not None
    reported = claims([replayed(acting=replace(acting, expected=None))], CONFIG).acting
    assert reported.expected is None
    assert reported.actual.saved["ours"].estimate == pytest.approx(0.3)
    assert claims([replayed(acting=None)], CONFIG).acting is None


def test_a_budget_earns_what_its_clients_earn(reported: dict[str, Any]) -> None:
    profit = reported.retention.profit
    assert profit["forecast"].estimate == pytest.approx(5.0 / CLIENTS)  # a tenth of the clients: one
    assert profit["ours"].estimate == pytest.approx(-1.0 / CLIENTS)
    assert profit["random"].estimate == pytest.approx(0.1 * (6 * 5.0 - 4 * 1.0) / CLIENTS)


def test_an_offer_pays_by_hand() -> None:
    costs = CONFIG.backtest
    earned = profit_of_keeping(np.array([1.0, 0.0]), np.array([100.0, 300.0]), costs)  # mean 200: 10 and 1
    assert earned.tolist() == pytest.approx([0.3 * (100 - 10) - 1, -10 - 1])


def test_a_book_without_losses_tells_neither_recovery_nor_risk() -> None:
    reported = claims([replayed(lending=None)], CONFIG)
    assert reported.recovery is None
    assert reported.risk is None


def test_the_same_client_at_more_dates_makes_nothing_surer() -> None:
    once, twice = (claims([replayed()] * dates, CONFIG).screening[0].efficiency["ours"] for dates in (1, 2))
    assert once == pytest.approx(twice)


def test_errors_cost_what_did_not_come_and_what_was_overlooked() -> None:
    costs = error_costs([replayed()], CONFIG)
    assert costs["ours"].too_high == ErrorCost(clients=0, cost=0.0)
    assert costs["rule"].too_high == ErrorCost(clients=1, cost=20.0)
    assert costs["rule"].too_low == ErrorCost(clients=1, cost=50.0)


def test_tiers_add_up_to_the_book() -> None:
    for tiers in tier_outcomes([replayed(), replayed()], CONFIG.scale).values():
        assert sum(each.clients for each in tiers) == 2 * CLIENTS
        assert sum(each.value for each in tiers) == pytest.approx(2 * VALUE.sum())
        assert sum(each.loss for each in tiers) == pytest.approx(200.0)


def test_stability_counts_clients_of_both_dates() -> None:
    held = np.array([*["margin"] * 2, "limit", *[""] * 7])
    anew = np.array(["B", "B", "A", "A", *["B"] * 6])
    moved = replayed(tier=np.array(["A", "A", "A", "A", *["B"] * 6]), as_of=date(2021, 1, 1), held=held, anew=anew)
    reported = stability([replayed(), moved], CONFIG)
    assert reported is not None
    assert reported.pairs == CLIENTS
    assert reported.same_tier["ours"].estimate == pytest.approx(0.9)
    assert reported.same_tier["anew"].estimate == pytest.approx(0.8)
    assert reported.same_tier["rule"].estimate == pytest.approx(1.0)
    assert reported.held == {"margin": 2, "limit": 1}
    assert reported.efficiency[0] == AnewEfficiency(share=0.5, ours=pytest.approx(1 - 1 / 9), anew=pytest.approx(0.0))
    assert stability([replayed()], CONFIG) is None


def test_overridden_clients_stand_beside_those_of_the_tier_by_rule_and_of_the_tier_they_got() -> None:
    override = np.full(CLIENTS, "", dtype="<U24")
    override[[1, 5]] = "applied"
    overridden = np.array(["AA", "AA", "A", "A", "B", "A", *["B"] * 4])
    reported = override_outcomes([replayed(override=override, overridden=overridden)], CONFIG.scale)
    assert reported is not None
    assert (reported.clients, reported.share, list(reported.ways)) == (2, 0.2, ["raised"])
    raised = reported.ways["raised"]
    assert raised.overridden == OverrideOutcome(value=15.0, declined=0.5, loss=0.0)
    assert raised.by_rule.value == pytest.approx((10 + 0) / 2)  # of the other A and of the other B, one each
    assert raised.by_rule.loss == pytest.approx((0 + 100 / 5) / 2)
    assert raised.as_asked.value == pytest.approx((50 + 10) / 2)
    assert override_outcomes([replayed()], CONFIG.scale) is None


def test_a_tier_goes_before_any_score() -> None:
    order = tier_first(np.array(["B", "AA", "A", "AA"]), np.array([99.0, 1.0, 5.0, 2.0]), CONFIG.scale)
    assert np.argsort(-order).tolist() == [3, 1, 2, 0]


def test_only_losses_within_the_horizon_count() -> None:
    rows = drawn_panel().at([ORIGINS[-1]])
    client = rows.client_id.iloc[3]
    days = pd.to_datetime(["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01"])
    losses = pd.DataFrame({"client_id": [client] * 4, "date": days, "loss": [1.0, 10.0, 100.0, 1000.0]})
    found = loss_within(losses, rows, date(2020, 1, 1), date(2021, 1, 1))
    assert found[3] == pytest.approx(110.0)
    assert found.sum() == pytest.approx(110.0)
    months = months_to_default(losses, rows, date(2019, 12, 1), date(2021, 1, 1))
    assert months[3] == 0.0  # thirty days
    assert np.isnan(np.delete(months, 3)).all()
    assert months_to_default(losses.iloc[2:], rows, date(2020, 1, 1), date(2021, 1, 1))[3] == 11.0


def test_growth_is_found_by_whom_it_comes_from(reported: Any) -> None:
    assert reported.growth.found["ours"].estimate == pytest.approx(50 / 100)  # the first of ten brought half of it
    assert reported.growth.found["rule"].estimate == pytest.approx(0.0)
    assert reported.growth.found["random"].estimate == pytest.approx(0.1)


def test_the_headline_says_per_purpose_what_each_brought_and_where_the_grades_do_harm(reported: Any) -> None:
    found = {each.purpose: each for each in headline_claims(reported)}
    assert list(found) == [Purpose.REVIEW_NEXT, Purpose.ACT_EARLY, Purpose.KEEP]  # of a rule that finds nothing
    review, act = found[Purpose.REVIEW_NEXT], found[Purpose.ACT_EARLY]
    assert list(review.brought) == ["ours", "lists", "rule", "random"]
    assert review.brought["lists"].estimate == pytest.approx(0.1)
    assert act.against["ours"].estimate == pytest.approx(-0.9)
    bad = replace(act, against={name: ReportedInterval(estimate=-0.9, low=-0.95, high=-0.8) for name in act.against})
    headline = BacktestHeadline(
        book="lender",
        bundle="b",
        currency="EUR",
        horizon=Horizon(periods=12, period="month"),
        dates=(date(2020, 1, 1),),
        rows=2 * CLIENTS,
        claims=(bad,),
    )
    said = list(headline_verdicts(headline))
    assert said[1] == "Our grades against the spreadsheet rule: worse in act early -90% (-95 to -80)."
    (row,) = headline_rows(headline.claims, "EUR")
    assert row[0] == "act early: credit losses saved by 10% of the clients"
    assert row[1:4] == ("0.5%", "5.0%", "5.0%")  # of 100: the last, the first and the first client
    assert row[-1] == "-90% (-95 to -80)"
    assert "Too few clients" in next(headline_verdicts(replace(headline, claims=())))
