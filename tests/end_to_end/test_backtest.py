"""Past dates of a drawn book are replayed; nobody's past grade knows what came after."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from rich.console import Console

from models.backtest.compute import SeenDay, replay
from models.backtest.contents import BacktestReport
from models.backtest.day import Replayed
from models.backtest.job import Backtest, backtest
from models.backtest.page import backtest_page
from models.backtest.report import backtest_book
from models.backtest.terminal import summary
from models.backtest.text import verdicts
from models.codec import from_json, read, to_json_text, to_plain
from models.config.loading import load_config
from models.config.policy.policy import built_in_policy
from models.grading.facts import Facts
from models.metrics.bootstrap import ReportedInterval
from models.shell.editions import Edition
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.browser import BROWSER, width_in
from support.languages import CHINESE
from support.lending_book import Lender, drawn_tables, lender_in
from support.pages import english_words

DAYS = (date(2021, 7, 1), date(2022, 1, 1))


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("backtest"))


@pytest.fixture(scope="module")
def done(lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    return backtest(lender.config, days=DAYS, out=tmp_path_factory.mktemp("done") / "backtest.json")


def test_the_file_holds_the_report_and_is_read_back_as_it_was(done: Backtest) -> None:
    assert to_plain(read(BacktestReport, done.path, remedy="run it again")) == to_plain(done.report)
    assert [each["as_of"] for each in json.loads(done.path.read_text(encoding="utf-8"))["origins"]] == [
        day.isoformat() for day in DAYS
    ]


def test_every_claim_stands_beside_the_rule_chance_and_foresight(done: Backtest) -> None:
    for each in done.report.screening:
        reviewed = estimates(each.reviewed)
        assert reviewed["perfect"] <= min(reviewed.values()) + 1e-9
        assert reviewed["random"] == pytest.approx(each.share)
    profit = estimates(done.report.retention.profit)
    assert profit["perfect"] >= max(profit.values()) - 1e-9


def estimates(figures: Mapping[str, ReportedInterval]) -> dict[str, float]:
    return {name: figure.estimate for name, figure in figures.items() if figure.estimate is not None}


def test_models_of_a_day_learned_from_what_was_complete_by_then(done: Backtest) -> None:
    horizon = pd.DateOffset(months=done.report.horizon.periods)
    for each in done.report.origins:
        assert pd.Timestamp(each.learned_until) + horizon <= pd.Timestamp(each.as_of)


def test_the_page_says_what_the_data_say(done: Backtest) -> None:
    half, page = done.report.screening[0].efficiency["ours"].estimate, done.page.read_text(encoding="utf-8")
    assert half is not None
    assert f'{100 * half:.0f}% <span class="range">(' in page
    assert "perfect foresight" in page
    assert "<script" not in page


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_phone_shows_the_page_without_scrolling_sideways(done: Backtest, tmp_path: Path) -> None:
    assert width_in(done.page, tmp_path, width=390) <= 390


def test_a_terminal_of_80_columns_holds_the_tables(done: Backtest) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    for part in summary(done.report):
        console.print(part)
    said = console.export_text()
    assert max(map(len, said.splitlines())) <= 80
    assert "rule-based grade" in said
    assert "…" not in said


def test_what_came_later_changes_no_past_grade(lender: Lender, tmp_path: Path) -> None:
    tables = drawn_tables()
    flows = tables["cashflows"]
    later = pd.to_datetime(flows["date"]) >= pd.Timestamp(DAYS[0])
    tables["cashflows"] = flows.assign(amount=flows["amount"].where(~later, (flows["amount"] * 3).round(2)))
    other = lender_in(tmp_path, tables)
    before, after = (_first_day(each) for each in (lender, other))
    assert before.tier.tolist() == after.tier.tolist()
    assert before.screening["ours"].tolist() == after.screening["ours"].tolist()
    assert before.value.sum() != pytest.approx(after.value.sum())


def _first_day(lender: Lender) -> Replayed:
    book = open_book(lender.config, str(lender.book), SilentProgress())
    return replay(book, lender.config, DAYS[:1], SilentProgress())[0]


CALM = 0.05
"""At most this share of the clients may change tier from one date to the next."""


class Calm(NamedTuple):
    """The two dates, what the grades of the second looked at, and the report of both."""

    first: Replayed
    second: Replayed
    facts: Facts
    reported: BacktestReport


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """Two dates under a policy that lets few clients move, of a book in which a person raised three of them."""
    root = tmp_path_factory.mktemp("calm")
    policy = built_in_policy({"AA": 0.1, "A": 0.4}, {"AA": 0.5, "A": 0.8}).model_dump(mode="json")
    lender = lender_in(root, policy=policy | {"stability": {"max_changed_share": CALM}})
    file = root / "overrides.csv"
    file.write_text(
        "client_id,tier,reason,decided_by,decided_on,valid_until\n"
        "C0001,AA,why not,L. Chen,2021-06-30,2022-06-01\n"
        "C0002,B,why not,L. Chen,2021-12-31,2022-06-01\n"
        "C0003,AA,too late,L. Chen,2022-01-01,2022-06-01\n",
        encoding="utf-8",
    )
    config = load_config(lender.config_file, [f"book.overrides={file}"])
    seen: list[SeenDay] = []
    book = open_book(config, None, SilentProgress())
    first, second = replay(book, config, DAYS, SilentProgress(), seen=seen.append)
    reported = backtest_book(open_book(config, None, SilentProgress()), config, DAYS)
    return Calm(first, second, seen[-1].facts, reported)


def test_each_date_builds_on_the_tiers_of_the_one_before(calm: Calm) -> None:
    first, second, facts, reported = calm
    assert not first.held.any()  # nobody was graded before the first date
    before = pd.Series(first.by_rule, index=pd.Index(first.client_id))
    now = pd.DataFrame({"now": second.by_rule, "anew": second.anew, "held": second.held}, index=second.client_id)
    now["late"] = facts.features["arrears_days"].to_numpy() > 0  # falls at once, and takes no place of the limit
    both = now.join(before.rename("before"), how="inner")
    moved = both["now"] != both["before"]
    assert 0 < (moved & ~both["late"]).sum() <= CALM * len(both)
    assert (moved & both["late"]).any()
    assert (both["now"] == both["anew"])[moved & both["late"]].all()
    assert (both["anew"] != both["before"]).sum() > CALM * len(both)
    held = both[both["held"] == "limit"]
    assert len(held) > 0
    assert (held["now"] == held["before"]).all()
    assert reported.stability is not None
    assert reported.stability.held["limit"] == len(held)
    same = estimates(reported.stability.same_tier)
    assert same["ours"] > same["anew"]
    assert any("The margin held 0 tiers, the limit on moves" in sentence for sentence in verdicts(reported))


def test_overrides_known_at_a_date_are_judged_and_count_in_no_list(
    calm: Calm,
) -> None:
    first, second, _, reported = calm
    state = [pd.Series(each.override, index=pd.Index(each.client_id)) for each in (first, second)]
    known = [each.reindex(["C0001", "C0002", "C0003"]).fillna("").tolist() for each in state]
    asked = {"applied", "agrees with the rules"}
    assert [client in asked for client in known[0]] == [bool(known[0][0]), False, False]
    assert [client in asked for client in known[1]] == [bool(known[1][0]), bool(known[1][1]), False]
    counting = sum(client in asked for each in known for client in each)
    assert counting >= 2
    assert reported.overrides is not None
    assert reported.overrides.clients == counting
    moved = second.overridden != second.tier
    assert second.client_id[moved].isin(["C0001", "C0002"]).all()
    page = backtest_page(reported)
    assert "Were overrides right?" in page
    console = Console(width=80, record=True, file=io.StringIO())
    for part in summary(reported):
        console.print(part)
    said = console.export_text()
    assert "How clients with an override fared" in said
    assert max(map(len, said.splitlines())) <= 80


def test_the_page_speaks_chinese_also_from_what_was_kept(calm: Calm) -> None:
    reported = calm[3]
    page = backtest_page(reported, Edition(CHINESE))
    assert english_words(page, names=["lender", "AA", "pd_last"]) == []
    kept = from_json(BacktestReport, to_json_text(reported), subject="it", remedy="write it again")
    assert backtest_page(kept, Edition(CHINESE)) == page
