"""What came since publications is counted again from the tables: declines, value, warnings, overrides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.decisions.entries import DecisionAct, Draft
from models.decisions.worked import WarningOutcome, WarningStep
from models.monitoring.job import Monitored, Places, monitor
from models.monitoring.report import ALL, MonitorReport, PublicationOutcomes
from models.monitoring.text import outcome_sentences
from models.text import Language
from support.monitored_book import (
    DATES,
    LATEST,
    MonitoredBook,
    beside,
    monitored_book,
    scores_at,
)
from support.review_chain import ChainFile

HORIZON = 6


def outcomes_at(report: MonitorReport, when: date) -> PublicationOutcomes:
    return next(each for each in report.outcomes if each.as_of == when)


def business(published: MonitoredBook, start: date, end: date) -> pd.Series:
    """Activity of each client from a day until before another: a sum per client, absent where nothing happened."""
    flows = published.tables["cashflows"]
    within = flows["kind"].isin(["interest", "drawdown"]) & (flows["date"] >= start) & (flows["date"] < end)
    return flows[within].groupby("client_id")["amount"].sum()


def declined_by_hand(published: MonitoredBook, clients: pd.Index, when: date) -> pd.Series:
    """Less business per month in the half year after a day than half of that in the year before."""
    year_before = date(when.year - 1, when.month, when.day)
    after = (pd.Timestamp(when) + pd.DateOffset(months=HORIZON)).date()
    past = business(published, year_before, when).reindex(clients).fillna(0.0) / 12
    now = business(published, when, after).reindex(clients)
    return now.isna() | (now.fillna(0.0) / HORIZON < 0.5 * past)


@pytest.mark.parametrize("when", [DATES[0], DATES[2]])
def test_declines_that_came_are_those_of_the_tables(looked: Monitored, published: MonitoredBook, when: date) -> None:
    folder, scores = scores_at(published, when)
    came = declined_by_hand(published, scores.index, when)
    curves = pq.read_table(folder / "curves.parquet").to_pandas()
    foreseen = curves[curves["until_period"] == HORIZON].set_index("client_id")["probability"]
    found = outcomes_at(looked.report, when)
    assert found.is_over
    assert found.whole.came.estimate == came.sum()
    assert found.whole.foreseen == pytest.approx(foreseen.reindex(scores.index).sum())
    for tier in found.tiers:
        chosen = came if tier.tier == ALL else came[scores["tier"] == tier.tier]
        assert (tier.clients, tier.came.estimate) == (len(chosen), chosen.sum())
        assert tier.came.low <= tier.came.estimate <= tier.came.high


def test_precision_of_warnings_is_that_of_the_tables(looked: Monitored, published: MonitoredBook) -> None:
    folder, scores = scores_at(published, DATES[0])
    warned = pq.read_table(folder / "warnings.parquet").to_pandas()
    shown = warned[warned["state"] == "shown"]["client_id"]
    came = declined_by_hand(published, scores.index, DATES[0])
    found = outcomes_at(looked.report, DATES[0]).warnings
    assert found is not None
    assert found.shown == len(shown)
    assert found.precision.estimate == pytest.approx(came[shown].mean())
    assert found.base_rate == pytest.approx(came.mean())
    assert found.lift == pytest.approx(came[shown].mean() / came.mean())


def test_what_people_found_of_warnings_stands_beside_what_came(
    published: MonitoredBook, looked: Monitored, tmp_path: Path
) -> None:
    folder, _ = scores_at(published, DATES[0])
    warned = pq.read_table(folder / "warnings.parquet").to_pandas()
    shown = warned[warned["state"] == "shown"].head(3)
    chain = ChainFile(tmp_path / "review.sqlite3")
    outcomes = (WarningOutcome.DEFAULTED, WarningOutcome.FALSE_ALARM, WarningOutcome.PREVENTED)
    for row, outcome in zip(shown.itertuples(), outcomes, strict=True):
        step = WarningStep(first_seen=row.first_seen, as_of=DATES[0], run_key="k", outcome=outcome.value)
        chain.append(Draft.of(DecisionAct.WARNING_CLOSED, row.client_id, step), by="wei")
    config = published.settings(review={"database": f"sqlite:///{chain.path}"})
    assert outcomes_at(looked.report, DATES[0]).warnings.people is None
    again = monitor(config, places=Places(page=tmp_path / "page.html"), track=False)
    looked_again = outcomes_at(again.report, DATES[0])
    found = looked_again.warnings
    assert found is not None
    assert found.people is not None
    assert (found.people.closed, found.people.right.estimate) == (3, pytest.approx(2 / 3))
    assert found.people.outcomes == {each.value: 1 for each in sorted(outcomes)}
    assert "确有风险" in " ".join(outcome_sentences(looked_again, "EUR", Language("zh")))


def test_overrides_are_held_against_clients_that_nobody_decided_on(looked: Monitored, published: MonitoredBook) -> None:
    _, scores = scores_at(published, DATES[0])
    came = declined_by_hand(published, scores.index, DATES[0])
    asked = scores["override"].dropna()
    ranks = {"AA": 0, "A": 1, "B": 2}
    better = asked.map(lambda each: ranks[each["instead_of"]]) - scores.loc[asked.index, "tier"].map(ranks)
    free = ~scores.index.isin(asked.index)
    rate = came[free].groupby(scores["tier"][free]).mean()
    found = {each.way: each for each in outcomes_at(looked.report, DATES[0]).overrides}
    assert set(found) == {"raised", "lowered"}
    for way, mine in (("raised", asked[better > 0]), ("lowered", asked[better < 0])):
        assert found[way].clients == len(mine)
        assert found[way].declined.estimate == pytest.approx(came[mine.index].mean())
        assert found[way].by_rule == pytest.approx(rate[[each["instead_of"] for each in mine]].mean())
        assert found[way].as_asked == pytest.approx(rate[scores.loc[mine.index, "tier"]].mean())
    by_client = {each.client_id: each for each in outcomes_at(looked.report, DATES[0]).overridden}
    assert {client: each.bad for client, each in by_client.items()} == came[asked.index].astype(bool).to_dict()
    assert {client: each.by_rule for client, each in by_client.items()} == {
        client: pytest.approx(rate[each["instead_of"]]) for client, each in asked.items()
    }


def test_value_that_came_is_that_of_the_tables(looked: Monitored, published: MonitoredBook) -> None:
    _, scores = scores_at(published, DATES[0])
    flows = published.tables["cashflows"]
    weights = {"interest": 1.0, "fee": 1.0, "funding_cost": -1.0}
    within = flows[(flows["date"] >= DATES[0]) & (flows["date"] < DATES[2]) & flows["kind"].isin(weights)]
    within = within[within["client_id"].isin(scores.index)]
    months = within["date"].map(lambda day: day.month)
    value = (within["amount"] * within["kind"].map(weights) * 1.08 ** (-months / 12)).sum()
    found = outcomes_at(looked.report, DATES[0]).value
    assert found.came == pytest.approx(value, rel=1e-9)
    assert found.ratio is not None
    assert found.ratio.estimate == pytest.approx(value / scores["value"].sum())
    assert found.coverage is not None


def test_after_three_of_six_months_declines_are_counted_by_how_often_clients_stay_behind(looked: Monitored) -> None:
    found = outcomes_at(looked.report, LATEST)
    assert (found.elapsed, found.horizon, found.is_over) == (3, HORIZON, False)
    assert found.settled_from > 0
    assert 0 < found.whole.foreseen < found.whole.clients
    assert found.whole.came.low < found.whole.came.estimate < found.whole.came.high
    assert found.calibration is None
    assert found.value.ratio is None
    assert found.value.heading is not None
    assert found.value.heading > found.value.came  # half of the horizon is still to come


def test_outcomes_are_those_known_on_the_day(published: MonitoredBook) -> None:
    then = monitor(published.config, as_of=DATES[3], track=False, places=beside(published, "then")).report
    assert then.as_of == DATES[3]
    assert then.known_until == DATES[3]
    assert [(each.as_of, each.elapsed) for each in then.outcomes] == [(DATES[0], 6), (DATES[1], 4)]


def test_under_rule_lapse_those_that_came_back_are_counted(tmp_path: Path) -> None:
    early, late = DATES[1], LATEST
    lapsing = monitored_book(tmp_path, rule="lapse", dates=(early, late))
    report = monitor(lapsing.config, track=False).report
    for when, months in ((early, HORIZON), (late, 3)):
        folder, scores = scores_at(lapsing, when)
        end = (pd.Timestamp(when) + pd.DateOffset(months=months)).date()
        back = scores.index.isin(business(lapsing, when, end).index)
        curves = pq.read_table(folder / "curves.parquet").to_pandas()
        foreseen = curves[curves["until_period"] == months]["probability"].sum()
        found = outcomes_at(report, when)
        assert (found.event, found.elapsed) == ("return", months)
        assert found.whole.came.estimate == back.sum()
        assert found.whole.foreseen == pytest.approx(foreseen)
