"""The audit of a book: features with a known meaning get the verdict they deserve, tables are told as they are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from models.audit.association import (
    auc_error,
    category_means,
    category_psi,
    noise_factor,
    number_psi,
    partial_correlation,
    rank_scores,
    single_auc,
)
from models.audit.compute import audit_book
from models.audit.distribution import distribution_of
from models.audit.job import check
from models.audit.origins import audit_origins
from models.audit.quarantine import MAX_ROWS_PER_REASON, bad_rows
from models.audit.rules import CriteriaLimits, JudgedCriterion, Origin, Verdict, judge_features
from models.book.contract import TABLES
from models.book.periods import PeriodGrid
from models.codec import to_json_text
from models.engines.duckdb import DUCKDB
from models.metrics.ranking import auc
from models.panel.feature_sources import tables_of_features
from models.panel.panel import Panel
from models.text import ENGLISH, heard
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import Lender, drawn_tables, lender_in

ABOUT = Origin(tables={"late": "financials"}, lags_days={"financials": 900.0}, horizon_days=365.0)


def known_panel(clients: int = 2_000, seed: int = 3, *, turn: bool = False) -> Panel:
    """Value and decline follow ``health``; ``turn`` makes the feature ``fickle`` point the other way."""
    noise = np.random.default_rng(seed)
    health = noise.normal(size=clients)
    industry = noise.choice(["energy", "water", "transport"], clients)
    declined = noise.random(clients) < 1 / (1 + np.exp(1.5 * health + (industry == "water")))
    rare = np.where(noise.random(clients) < 0.8, np.nan, health)
    features = {
        "health": health + noise.normal(scale=0.3, size=clients),
        "steady": np.exp(health),
        "steady_again": np.exp(3 * health),
        "fickle": (-1 if turn else 1) * health + noise.normal(size=clients),
        "absent_when_ill": np.where(health < -0.8, np.nan, noise.normal(size=clients)),
        "rare": rare,
        "late": health + noise.normal(size=clients),
        "constant": np.zeros(clients),
        "industry": industry,
        "motto": [f"motto {number}" for number in range(clients)],
    }
    features |= {f"noise_{number}": noise.normal(size=clients) for number in range(60)}
    return Panel(
        client_id=pd.Series([f"C{number}" for number in range(clients)]),
        origin=np.zeros(clients, dtype=np.int64),
        group=np.arange(clients),
        features=pd.DataFrame(features),
        units=dict.fromkeys(features, "units"),
        grid=PeriodGrid("month", date(2022, 1, 1)),
        value=np.exp(health + noise.normal(size=clients)),
        declined=declined,
    )


@pytest.fixture(scope="module")
def judged() -> JudgedCriterion:
    return judge_features(known_panel(), known_panel(seed=4, turn=True), ABOUT, CriteriaLimits())


def verdicts(judged: JudgedCriterion) -> dict[str, Verdict]:
    return {feature.name: feature.verdict for feature in judged.features}


def test_each_feature_gets_the_verdict_that_its_making_deserves(judged: JudgedCriterion) -> None:
    found = verdicts(judged)
    assert {name: found[name] for name in found if not name.startswith("noise_")} == {
        "steady": Verdict.KEEP,
        "steady_again": Verdict.REDUNDANT,
        "health": Verdict.REDUNDANT,
        "absent_when_ill": Verdict.KEEP,
        "industry": Verdict.KEEP,
        "fickle": Verdict.IRRELEVANT,
        "rare": Verdict.UNAVAILABLE,
        "late": Verdict.UNAVAILABLE,
        "motto": Verdict.UNAVAILABLE,
        "constant": Verdict.IRRELEVANT,
    }


def test_noise_is_not_called_relevant_and_each_verdict_has_its_reason(judged: JudgedCriterion) -> None:
    features = {feature.name: feature for feature in judged.features}
    assert {features[f"noise_{number}"].verdict for number in range(60)} == {Verdict.IRRELEVANT}
    assert features["noise_1"].reason == "tells no more of decline or value than noise does"
    assert features["steady_again"].reason == "ranks clients like steady (correlation 1.00)"
    assert features["late"].reason == "published 900 days late, longer than the horizon"
    assert features["motto"].reason == "2,000 different texts for 2,000 clients cannot be counted"
    assert features["constant"].reason == "the same for all clients"
    assert features["fickle"].reason == "for decline it pointed the other way at the earlier date"
    assert features["absent_when_ill"].reason.startswith("absent means more decline (AUC 0.")
    assert features["rare"].reason == f"known for {known_panel().features['rare'].notna().mean():.0%} of the clients"
    assert features["steady"].reason.startswith("higher means less decline (AUC 0.")


def test_the_short_list_is_short_and_free_of_repetition(judged: JudgedCriterion) -> None:
    assert [feature.name for feature in judged.short_list] == ["steady", "industry"]
    assert [feature.place for feature in judged.short_list] == [1, 2]


def test_among_many_books_of_noise_hardly_one_has_a_relevant_feature() -> None:
    """The band holds for all features together, 19 times in 20: more than 4 of 20 books are as rare as 3 in 1,000."""
    alarms = 0
    for seed in range(20):
        panel = known_panel(300, seed)
        kept = [name for name in panel.features if name.startswith("noise_")]
        only_noise = Panel(**{**panel.__dict__, "features": panel.features[kept]})
        alarms += Verdict.KEEP in verdicts(judge_features(only_noise, None, ABOUT, CriteriaLimits())).values()
    assert alarms <= 4


def test_without_outcomes_features_are_described_but_not_judged() -> None:
    panel = known_panel(200)
    described = judge_features(
        Panel(**{**panel.__dict__, "value": None, "declined": None}), None, ABOUT, CriteriaLimits()
    )
    found = verdicts(described)
    assert found["noise_1"] is Verdict.OPEN
    assert found["rare"] is Verdict.UNAVAILABLE
    assert (found["health"], found["steady_again"]) == (Verdict.OPEN, Verdict.REDUNDANT)
    assert described.short_list == ()


def test_a_book_where_nobody_declined_says_so_and_still_speaks_of_value() -> None:
    panel = known_panel(500)
    calm = judge_features(
        Panel(**{**panel.__dict__, "declined": np.zeros(500, dtype=bool)}), None, ABOUT, CriteriaLimits()
    )
    (left_out,) = calm.left_out
    assert left_out.within(ENGLISH) == "relevance to decline needs 20 clients with and without it, got 0 of 500"
    assert set(calm.features[0].relevance) == {"value"}


def test_single_auc_is_that_of_the_metrics_with_the_missing_in_the_middle() -> None:
    noise = np.random.default_rng(0)
    values = noise.integers(0, 9, (400, 3)).astype(float)
    values[noise.random(values.shape) < 0.2] = np.nan
    outcome = noise.random(400) < 0.3
    filled = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    expected = [auc(outcome, filled[:, column]) for column in range(3)]
    np.testing.assert_allclose(single_auc(rank_scores(values), outcome), expected, rtol=1e-12)


def test_the_error_of_an_auc_is_its_spread_over_shuffled_outcomes() -> None:
    noise = np.random.default_rng(1)
    scores = rank_scores(noise.integers(0, 4, (150, 1)).astype(float))
    outcome = np.arange(150) < 40
    drawn = [single_auc(scores, noise.permutation(outcome))[0] for _ in range(4_000)]
    np.testing.assert_allclose(auc_error(scores, outcome)[0], np.std(drawn), rtol=0.05)


def test_correlations_are_spearmans() -> None:
    values = np.random.default_rng(2).integers(0, 6, (200, 4)).astype(float)
    scores = rank_scores(values)
    np.testing.assert_allclose(scores.correlation(scores), spearmanr(values).statistic, atol=1e-12)


def test_a_partial_correlation_is_that_of_the_residuals() -> None:
    noise = np.random.default_rng(3)
    first, second = noise.normal(size=(2, 500))
    candidate = first + second + noise.normal(size=500)
    target = candidate + first + noise.normal(size=500)
    everything = np.corrcoef([first, second, candidate, target])
    others = np.column_stack([np.ones(500), first, second])
    residuals = [y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (candidate, target)]
    found = partial_correlation(everything[:3, :3], everything[:3, 3], 2, [0, 1])
    np.testing.assert_allclose(found, np.corrcoef(residuals)[0, 1], rtol=1e-9)


def test_a_category_of_one_client_knows_nothing_of_that_client() -> None:
    target = np.array([1.0, 0.0, 1.0, 0.0])
    means = category_means(pd.Series(["a", "b", "c", "d"]), target, np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(means, 0.0, atol=1e-12)


def test_a_category_is_the_smoothed_mean_of_the_other_fold() -> None:
    target = np.array([1.0, 0.0, 1.0, 1.0])
    means = category_means(pd.Series(["a", "a", "a", "b"]), target, np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(means[:2], (1.0 + 20 * 1.0) / 21 - 1.0)
    np.testing.assert_allclose(means[2], (1.0 + 20 * 0.5) / 22 - 0.5)


def test_stability_by_hand() -> None:
    before, now = pd.Series(["a"] * 50 + ["b"] * 50), pd.Series(["a"] * 80 + ["b"] * 20)
    by_hand = 0.3 * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5)
    assert category_psi(before, now) == pytest.approx(by_hand)
    halves = np.repeat([0.0, 1.0], 50)
    assert number_psi(halves, np.repeat([0.0, 1.0], [80, 20])) == pytest.approx(by_hand)


def test_the_band_widens_with_the_number_of_features() -> None:
    assert noise_factor(1) == pytest.approx(1.959964, abs=1e-6)
    assert noise_factor(1_000) > noise_factor(100) > noise_factor(10)


def test_a_spread_counts_every_client_and_pools_rare_levels() -> None:
    values = pd.Series(np.random.default_rng(0).lognormal(0, 2, 1_000))
    amounts = distribution_of(values)
    assert (sum(amounts.counts), amounts.is_logarithmic, amounts.distinct) == (1_000, True, 1_000)
    levels = distribution_of(pd.Series([*"aaabbcdefghij", None]))
    assert levels.levels == ("a", "b", "c", "d", "e", "f", "g", "h", "others")
    assert levels.counts == (3, 2, 1, 1, 1, 1, 1, 1, 2)
    assert distribution_of(pd.Series([np.nan, np.nan])).counts == ()


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("audit"))


def test_a_lenders_book_is_told_as_pandas_sees_it(lender: Lender) -> None:
    book = open_book(lender.config, None, SilentProgress())
    audit = audit_book(book, lender.config)
    drawn = drawn_tables()
    flows = next(table for table in audit.tables if table.name == "cashflows")
    amount = next(column for column in flows.columns if column.name == "amount")
    assert flows.count.rows_used == len(drawn["cashflows"])
    assert (flows.first_date, flows.last_date) == (drawn["cashflows"]["date"].min(), drawn["cashflows"]["date"].max())
    np.testing.assert_allclose(amount.quantiles, drawn["cashflows"]["amount"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]))
    assert amount.distinct == drawn["cashflows"]["amount"].nunique()
    groups = next(column for column in audit.tables[0].columns if column.name == "group_id")
    assert groups.filled_share == pytest.approx(drawn["clients"]["group_id"].notna().mean())
    kinds = next(column for column in flows.columns if column.name == "kind")
    shares = drawn["cashflows"]["kind"].value_counts(normalize=True)
    assert dict(kinds.common) == pytest.approx(shares.to_dict())


def test_a_lenders_features_are_judged_at_the_latest_origin_with_outcomes(lender: Lender) -> None:
    audit = audit_book(open_book(lender.config, None, SilentProgress()), lender.config)
    criteria = audit.criteria
    assert (criteria.as_of, criteria.earlier) == (date(2022, 7, 1), date(2022, 1, 1))
    assert criteria.left_out == ()
    assert 0 < len(criteria.short_list) <= 15
    assert {feature.verdict for feature in criteria.short_list} == {Verdict.KEEP}
    plain = json.loads(to_json_text(audit))
    assert plain["criteria"]["as_of"] == "2022-07-01"
    first = plain["criteria"]["features"][0]
    assert first["score"] == audit.criteria.features[0].score > 0
    assert any(found["is_relevant"] for found in first["relevance"].values())
    assert [each["failing_share"] for each in plain["checks"]] == [each.failing_share for each in audit.checks]


def test_a_book_too_short_for_its_horizon_says_so_and_describes_its_features(lender: Lender) -> None:
    section = lender.config.time.model_copy(update={"horizon_periods": 60})
    config = lender.config.model_copy(update={"time": section})
    criteria = audit_book(open_book(lender.config, None, SilentProgress()), config).criteria
    assert criteria.as_of == date(2023, 1, 1)
    assert len(criteria.left_out) == 1
    assert heard(criteria.left_out[0], ENGLISH).startswith("relevance needs outcomes over 60 months")
    assert criteria.features
    assert criteria.short_list == ()


def test_origins_lie_a_horizon_apart_where_the_book_reaches(lender: Lender) -> None:
    origins = audit_origins(lender.config, date(2020, 1, 15), date(2023, 1, 1))
    assert [origins.grid.start_of(number) for number in origins.numbers] == [date(2022, 1, 1), date(2022, 7, 1)]
    young = audit_origins(lender.config, date(2022, 3, 15), date(2023, 1, 1))
    assert (young.as_of, young.earlier, young.has_outcomes) == (date(2022, 7, 1), None, True)
    newborn = audit_origins(lender.config, date(2022, 9, 15), date(2023, 1, 1))
    assert (newborn.as_of, newborn.has_outcomes) == (date(2023, 1, 1), False)


def test_features_are_traced_to_their_tables(lender: Lender) -> None:
    features = lender.config.features
    measures = {
        **features.measures,
        "response": features.measures["fee"].model_copy(update={"table": "interactions"}),
        "csat": features.measures["fee"].model_copy(update={"table": "surveys"}),
    }
    config = lender.config.model_copy(update={"features": features.model_copy(update={"measures": measures})})
    expected = {
        "value_sum_12p": "cashflows",
        "fee_sum_3p": "cashflows",
        "response_count_3p": "interactions",
        "group_csat_mean": "surveys",
        "facility_open_limit": "facilities",
        "funnel_open_count": "opportunities",
        "macro_gdp_growth_last": "macro",
        "country": "clients",
        "country_activity_count_3p": "cashflows",
    }
    assert tables_of_features(config.features, list(expected)) == expected


def test_bad_rows_are_listed_one_by_one_up_to_a_bound_for_each_reason(tmp_path: Path) -> None:

    file = tmp_path / "quarantine.parquet"
    duckdb.sql(
        "SELECT 'cashflows' AS \"table\", range AS source_row, 'required' AS rule, 'amount' AS \"column\", "
        "repeat('x', range) AS value, 0 AS further_rules FROM range(1, 500) UNION ALL "
        "SELECT 'clients', 7, 'unique', 'client_id', 'C7', 0"
    ).write_parquet(str(file))
    with DUCKDB.session() as session:
        found = bad_rows(file, session, TABLES, ("AA", "A", "B"))
    assert found.total == 500
    assert [row.source_row for row in found.listed] == [*range(1, MAX_ROWS_PER_REASON + 1), 7]
    assert found.listed[-1].meaning == "must be unique"


def test_a_check_tells_what_the_audit_found_of_names_and_policy(tmp_path: Path) -> None:
    """Not only what the door found: a slip in a feature's name stands in the answer, on the page and in JSON."""
    config = lender_in(tmp_path, warnings={"dimensions": {"shoes": {"up": {"shoe_size": 1.0}}}}).config
    found = check(config)
    assert "unknown_feature" in {notice.code for notice in found.notices}
    assert found.audit is not None
    assert found.audit.notices == found.notices
    assert found.has_findings
