"""Two registered versions beside what came since: figures by pandas and scikit-learn, parts of a horizon, refusals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, mean_absolute_error, roc_auc_score

from models.codec import from_json, to_json_text, to_plain
from models.comparison.command import compare as compare_command
from models.comparison.compute import compare_versions
from models.comparison.job import candidate_of, compare
from models.comparison.page import comparison_page
from models.comparison.report import PairVerdict, VersionComparison
from models.comparison.scored import ScoredVersion, scored_version
from models.comparison.text import CALLED
from models.config.root import Config
from models.errors import UserError
from models.pipeline.bundle import read_bundle
from models.shell.editions import Edition
from models.tracking.aliases import Succession
from models.tracking.mlflow import Tracking
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.browser import BROWSER, Tags, loaded, width_in
from support.languages import CHINESE
from support.lending_book import drawn_tables
from support.pages import english_words
from support.rivals import CHAMPION, CRIPPLED, FRESH, GOOD, LEARNED_UNTIL, Rivals

WHOLE, PART = date(2022, 7, 1), date(2022, 10, 1)
END = date(2023, 1, 1)


@pytest.fixture(scope="module")
def whole(rivals: Rivals) -> VersionComparison:
    """Champion and crippled version, all of whose outcomes came."""
    return compare(rivals.config, CHAMPION, CRIPPLED).report


@pytest.fixture(scope="module")
def part(rivals: Rivals) -> VersionComparison:
    """The same, three of six months after the as-of date."""
    return compare(rivals.config, CHAMPION, CRIPPLED, at=PART).report


@dataclass(frozen=True)
class ByHand:
    """Clients active in the year before a date, and what came of them by the end of the book, by pandas.

    No facility of this book is closed: who is idle has declined.
    """

    declined: pd.Series
    value: pd.Series

    @classmethod
    def at(cls, as_of: date, clients: Sequence[str]) -> ByHand:
        tables = drawn_tables()
        flows, start = tables["cashflows"], pd.Timestamp(as_of)
        flows = flows.assign(date=pd.to_datetime(flows["date"]))
        activity = flows[flows["kind"].isin(["interest", "drawdown"])]
        before = activity[(activity["date"] < start) & (activity["date"] >= start - pd.DateOffset(months=12))]
        after = flows[(flows["date"] >= start) & (flows["date"] < pd.Timestamp(END))]
        came = after["client_id"].where(after["kind"].isin(["interest", "drawdown"]))
        weight = after["kind"].map({"interest": 1.0, "fee": 1.0, "funding_cost": -1.0}).fillna(0.0)
        month = (after["date"].dt.year - as_of.year) * 12 + after["date"].dt.month - as_of.month + 1
        present = (after["amount"] * weight * 1.08 ** (-month / 12)).groupby(after["client_id"]).sum()
        assert sorted(set(before["client_id"])) == sorted(clients)
        index = pd.Index(clients)
        return cls(
            declined=pd.Series(~index.isin(came.dropna()), index=index),
            value=present.reindex(index).fillna(0.0),
        )


def scored(rivals: Rivals, version: str, at: date) -> ScoredVersion:
    book = open_book(rivals.config, None, SilentProgress())
    return scored_version(book, read_bundle(rivals.trained[version].bundle), rivals.config, at)


def test_the_date_is_the_first_that_neither_learned_from(whole: VersionComparison) -> None:
    judged = whole.judged
    assert judged is not None
    assert (judged.as_of, judged.outcomes_until, judged.so_far.is_whole) == (WHOLE, END, True)
    assert {each.learned_until.isoformat() for each in whole.versions} == {LEARNED_UNTIL}
    assert [each.version for each in whole.versions] == [CHAMPION, CRIPPLED]


def test_every_figure_is_that_of_pandas_and_scikit_learn(rivals: Rivals, whole: VersionComparison) -> None:
    versions = [scored(rivals, version, WHOLE) for version in (CHAMPION, CRIPPLED)]
    by_hand = ByHand.at(WHOLE, versions[0].panel.client_id.tolist())
    declined, value = by_hand.declined, by_hand.value
    judged = whole.judged
    assert judged is not None
    assert (judged.clients, judged.declined) == (len(value), int(declined.sum()))
    assert judged.value == pytest.approx(value.sum(), rel=1e-9)
    expected = {
        "auc": [roc_auc_score(declined, each.said.decline_probability) for each in versions],
        "brier": [brier_score_loss(declined, each.said.decline_probability) for each in versions],
        "declines_expected": [each.said.decline_probability.sum() / declined.sum() for each in versions],
        "mean_absolute_error": [mean_absolute_error(value, each.said.value) for each in versions],
        "mean_error": [(each.said.value - value).mean() for each in versions],
        "total_ratio": [each.said.value.sum() / value.sum() for each in versions],
    }
    for metric, (first, second) in expected.items():
        figure = judged.figure(metric)
        assert figure is not None
        assert figure.first.estimate == pytest.approx(first, rel=1e-9), metric
        assert figure.second.estimate == pytest.approx(second, rel=1e-9), metric
        assert figure.difference.estimate == pytest.approx(second - first, rel=1e-6, abs=1e-12), metric


def test_half_a_horizon_is_judged_by_what_stands_and_by_a_share_of_the_value(
    rivals: Rivals, part: VersionComparison
) -> None:
    judged, champion = part.judged, scored(rivals, CHAMPION, PART)
    assert judged is not None
    by_hand = ByHand.at(PART, champion.panel.client_id.tolist())
    so_far = judged.so_far
    assert (so_far.elapsed, so_far.horizon, so_far.event, len(so_far.earlier)) == (3, 6, "return", 4)
    assert max(so_far.earlier) == date(2022, 7, 1)
    assert judged.declined == int(by_hand.declined.sum())
    assert judged.value == pytest.approx(by_hand.value.sum(), rel=1e-9)
    curve = champion.said.curves
    standing = (1.0 - curve.probability[:, curve.ends.index(3)]) * so_far.behind
    auc, declines = judged.figure("auc"), judged.figure("declines_expected")
    total = judged.figure("total_ratio")
    assert auc is not None
    assert declines is not None
    assert total is not None
    assert auc.first.estimate == pytest.approx(roc_auc_score(by_hand.declined, standing), rel=1e-9)
    assert declines.first.estimate == pytest.approx(standing.sum() / judged.declined, rel=1e-9)
    assert total.first.estimate == pytest.approx(champion.said.value.sum() * so_far.margin / judged.value, rel=1e-9)
    assert so_far.margin_range[0] <= so_far.margin <= so_far.margin_range[1]
    assert so_far.margin == pytest.approx(0.5, abs=0.05)  # nothing about the simulated months differs
    assert judged.figure("calibration_slope") is None
    assert judged.figure("interval_coverage") is None
    assert "horizon_not_over" in {notice.code for notice in part.notices}


def test_the_curve_ends_where_the_figures_stand(whole: VersionComparison, part: VersionComparison) -> None:
    for report in (whole, part):
        judged = report.judged
        assert judged is not None
        last = judged.curve[-1]
        declines = judged.figure("declines_expected")
        assert declines is not None
        assert declines.first.estimate is not None
        assert last.elapsed == judged.so_far.elapsed
        assert last.came.estimate == pytest.approx(judged.declined / judged.clients)
        assert last.expected[0] == pytest.approx(declines.first.estimate * judged.declined / judged.clients)


def test_tiers_hold_all_clients_and_regions_are_as_the_clients_table_says(
    rivals: Rivals, whole: VersionComparison
) -> None:
    judged = whole.judged
    assert judged is not None
    clients = drawn_tables()["clients"].set_index("client_id")["country"]
    active = scored(rivals, CHAMPION, WHOLE).panel.client_id
    counts = clients.reindex(active).value_counts()
    regions = {each.name: each for each in judged.slices if each.by == "country"}
    assert {name: each.clients for name, each in regions.items()} == counts[counts >= 30].to_dict()
    tiers = [each for each in judged.slices if each.by == "tier"]
    left_out = {notice.subject: notice.count for notice in whole.notices if notice.code == "small_parts"}
    for by, parts in (("tier", tiers), ("country", regions.values())):
        assert sum(each.clients for each in parts) + left_out.get(by, 0) == judged.clients
    assert all(each.error_difference.estimate == pytest.approx(each.error[1] - each.error[0]) for each in tiers)


def test_figures_that_are_left_open_are_named(whole: VersionComparison, part: VersionComparison) -> None:
    """The crippled version gives no intervals of value; nobody asks for them before the horizon is over."""
    named = {notice.code: notice.found for notice in whole.notices}["figures_left_open"]
    assert whole.judged is not None
    left_open = [called.english for metric, called in CALLED.items() if whole.judged.figure(metric) is None]
    assert left_open
    assert named.endswith(f": {', '.join(left_open)}")
    assert "figures_left_open" not in {notice.code for notice in part.notices}


def test_an_alias_is_the_version_that_it_leads_to(rivals: Rivals, tmp_path: Path) -> None:
    """Also where a later version has the same bundle."""
    settings = rivals.copied(tmp_path)
    registry = succession_of(settings)
    source = registry.client.get_model_version(registry.model, CHAMPION)
    registry.client.create_model_version(registry.model, source.source, source.run_id, tags=dict(source.tags))
    assert (candidate_of(settings, "champion").version, candidate_of(settings, "challenger").version) == ("1", FRESH)


def succession_of(settings: Config) -> Succession:
    return Tracking(settings).succession


def test_a_version_beside_itself_differs_in_nothing(rivals: Rivals) -> None:
    report = compare(rivals.config, CHAMPION, str(rivals.trained[CHAMPION].bundle)).report
    judged = report.judged
    assert judged is not None
    assert {each.difference.estimate for each in judged.figures} == {0.0}
    assert {(each.difference.low, each.difference.high) for each in judged.figures} == {(0.0, 0.0)}
    assert {each.standing for each in judged.figures} == {PairVerdict.OPEN}
    assert (report.change.tiers.moved, report.change.tiers.moved_value) == (0, 0.0)
    assert all(each.correlation == pytest.approx(1.0) for each in report.change.reasons)
    assert [each.version for each in report.versions] == [CHAMPION, ""]


def test_the_crippled_version_is_worse_and_a_good_one_is_not(rivals: Rivals, whole: VersionComparison) -> None:
    good = compare(rivals.config, CHAMPION, GOOD).report
    assert whole.judged is not None
    assert good.judged is not None
    worse = {each.metric for each in whole.judged.figures if each.standing is PairVerdict.WORSE}
    assert "mean_absolute_error" in worse
    assert "mean_absolute_error" not in {
        each.metric for each in good.judged.figures if each.standing is PairVerdict.WORSE
    }
    assert good.change.tiers.moved < whole.change.tiers.moved


def test_tiers_that_change_carry_their_money(rivals: Rivals, whole: VersionComparison) -> None:
    tiers, change = whole.change.tiers, whole.change
    first, second = (scored(rivals, version, END) for version in (CHAMPION, CRIPPLED))
    moved = first.tier != second.tier
    assert change.as_of == END
    assert (tiers.clients, tiers.moved) == (len(moved), int(moved.sum()))
    assert tiers.moved_value == pytest.approx(first.said.value[moved].sum())
    limit = first.panel.features["facility_open_limit"].fillna(0.0).to_numpy()
    assert tiers.moved_exposure == pytest.approx(limit[moved].sum())
    assert np.sum(tiers.value) == pytest.approx(tiers.total_value)
    assert np.sum(tiers.counts) == tiers.clients
    assert change.periods_old == (6, 6)


def test_what_a_version_learned_from_is_refused_or_marked(rivals: Rivals) -> None:
    with pytest.raises(UserError, match="neither learned from, which begin on 2023-01-01, got 2022-07-01"):
        compare(rivals.config, CHAMPION, FRESH, at=WHOLE)
    marked = compare(rivals.config, CHAMPION, FRESH, in_sample=True).report
    assert marked.judged is not None
    assert (marked.judged.in_sample, marked.judged.as_of) == (True, WHOLE)
    assert "in_sample" in {notice.code for notice in marked.notices}
    assert "IN SAMPLE" in comparison_page(marked)


def test_without_outcomes_nothing_is_judged_and_what_would_change_is_told(rivals: Rivals) -> None:
    report = compare(rivals.config, CHAMPION, FRESH).report
    assert report.judged is None
    assert "origins.learn_until=2022-11-01" in report.why
    assert report.change.tiers.clients > 0
    assert report.change.periods_old == (6, 0)
    assert "Not judged" in " ".join(Tags(comparison_page(report)).text)


def test_versions_that_foresee_other_things_are_not_compared(rivals: Rivals) -> None:
    first, second = (candidate_of(rivals.config, version) for version in (CHAMPION, GOOD))
    time = second.bundle.config.time.model_copy(update={"horizon_periods": 3})
    other = replace(second.bundle, config=second.bundle.config.model_copy(update={"time": time}))
    book = open_book(rivals.config, None, SilentProgress())
    with pytest.raises(UserError, match="foresee the same of the same clients, got other settings in time"):
        compare_versions(book, first, replace(second, bundle=other), rivals.config)


def test_the_command_prints_json_of_the_same_report_and_tables(
    rivals: Rivals, whole: VersionComparison, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "comparison.html"
    compare_command(CHAMPION, CRIPPLED, rivals.config_file, page=page, json_=True)
    assert json.loads(capsys.readouterr().out) == to_plain(whole)
    compare_command(CHAMPION, CRIPPLED, rivals.config_file, at=PART.isoformat(), page=page)
    printed = capsys.readouterr().out
    assert "3 of 6 months until 2023-01-01" in " ".join(printed.split())
    assert "would change tier" in " ".join(printed.split())
    assert str(page) in printed


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_the_page_fits_a_phone_and_loads_without_a_complaint(part: VersionComparison, tmp_path: Path) -> None:
    page = tmp_path / "comparison.html"
    page.write_text(comparison_page(part), encoding="utf-8")
    tree, console = loaded(page, tmp_path / "profile")
    assert console == ""
    tags = Tags(tree)
    assert {link.removeprefix("#") for link in tags.links if link.startswith("#")} <= set(tags.ids)
    assert tree.count('class="plot"') == 8
    assert width_in(page, tmp_path, width=390) <= 390


def test_the_page_speaks_chinese_also_from_what_was_kept(whole: VersionComparison, part: VersionComparison) -> None:
    for report in (whole, part):
        page = comparison_page(report, Edition(CHINESE))
        assert report.judged is not None
        assert english_words(page, names=["lender", "AA", *(each.name for each in report.judged.slices)]) == []
        kept = from_json(VersionComparison, to_json_text(report), subject="it", remedy="write it again")
        assert comparison_page(kept, Edition(CHINESE)) == page
