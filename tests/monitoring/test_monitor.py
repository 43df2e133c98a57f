"""A lender's publications are looked at: nothing where nothing is wrong, the named alarm where a feed went wrong."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models import cli
from models.codec import from_json, to_json_text
from models.config.places import SCORES_FOLDER, work_dir
from models.errors import TooLittleDataError, UnlikeTrainingError
from models.monitoring.job import Monitored, Places, monitor
from models.monitoring.prometheus import prometheus_text
from models.monitoring.report import ALL, MonitorReport, PublicationOutcomes
from models.notices import Severity
from models.plausibility.counts import RUN_COUNTS, all_counted
from models.publications.past import official_runs
from models.scoring.job import predict
from models.scoring.run_counts import earlier_run
from models.tracking.mlflow import Tracking
from support.browser import BROWSER, loaded, width_in
from support.monitored_book import DATES, DRIFTED, KNOWN_UNTIL, LATEST, MonitoredBook, Tables, monitored_book

HORIZON = 6
INPUTS = {"level", "missing", "unseen", "sign", "exchanged", "shift", "moved_inputs", "silent", "clients", "ranks"}
SCORES = {"score_shift", "grade_shift", "reason_shift"}


@pytest.fixture(scope="module")
def looked(published: MonitoredBook) -> Monitored:
    """What monitoring finds of the book as it is."""
    return monitor(published.config)


def outcomes_at(report: MonitorReport, when: date) -> PublicationOutcomes:
    return next(each for each in report.outcomes if each.as_of == when)


def scores_at(published: MonitoredBook, when: date) -> tuple[Path, pd.DataFrame]:
    place = work_dir(published.config) / SCORES_FOLDER
    folder = next(run.folder for run in official_runs(place) if run.as_of == when)
    return folder, pq.read_table(folder / "scores.parquet").to_pandas().set_index("client_id")


# what is as it should be


def test_publications_that_are_as_they_should_be_raise_no_alarm_of_inputs_or_scores(looked: Monitored) -> None:
    raised = [alarm.code for alarm in looked.report.alarms if alarm.is_raised]
    assert not set(raised) & (INPUTS | SCORES)
    assert [each.as_of for each in looked.report.publications] == list(DATES)
    assert all(not set(each.alarms) & {"refused", "warning"} for each in looked.report.publications)


def test_figures_of_a_publication_are_those_of_its_scores(looked: Monitored, published: MonitoredBook) -> None:
    _, scores = scores_at(published, LATEST)
    latest = looked.report.publications[-1]
    assert latest.clients == len(scores)
    assert latest.value == pytest.approx(scores["value"].sum())
    assert latest.decline == pytest.approx(scores["decline_probability"].mean())
    assert latest.tiers == pytest.approx(scores["tier"].value_counts(normalize=True).to_dict())
    assert latest.overrides == int(scores["override"].map(lambda each: each is not None).sum())


def test_a_run_keeps_counts_of_its_clients(published: MonitoredBook) -> None:
    folder, scores = scores_at(published, LATEST)
    found = earlier_run(folder, LATEST)
    assert found is not None
    counts = found.counts
    assert counts.clients == len(scores)
    assert counts.scores["tier"].words == scores["tier"].value_counts().to_dict()
    assert all(column.rows == len(scores) for column in counts.inputs.values())
    assert all_counted([counts]).to_json() == (folder / RUN_COUNTS).read_text(encoding="utf-8")


# outcomes, counted again from the tables


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


def beside(published: MonitoredBook, name: str) -> Places:
    """Other files than the book's own."""
    return Places(page=published.root / f"{name}.html", prometheus=published.root / f"{name}.prom")


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


# feeds that went wrong


def thousandfold(tables: Tables) -> None:
    tables["cashflows"] = tables["cashflows"].assign(amount=tables["cashflows"]["amount"] * 1_000)


def exchanged(tables: Tables) -> None:
    kinds_exchanged(tables, "interest", "fee")


def mislabelled(tables: Tables) -> None:
    kinds_exchanged(tables, "drawdown", "arrears")


def kinds_exchanged(tables: Tables, first: str, second: str) -> None:
    flows = tables["cashflows"]
    tables["cashflows"] = flows.assign(kind=flows["kind"].replace({first: second, second: first}))


def emptied(tables: Tables) -> None:
    tables["facilities"] = tables["facilities"].assign(limit=None)


def swapped(tables: Tables) -> None:
    clients = tables["clients"]
    tables["clients"] = clients.rename(columns={"country": "industry", "industry": "country"})


def stale(tables: Tables) -> None:
    flows = tables["cashflows"]
    tables["cashflows"] = flows[flows["date"] < DRIFTED - timedelta(days=80)]


def misplaced(tables: Tables) -> None:
    """Each client gets the rows of the next."""
    flows, ids = tables["cashflows"], tables["clients"]["client_id"].tolist()
    tables["cashflows"] = flows.assign(
        client_id=flows["client_id"].map(dict(zip(ids, [*ids[1:], ids[0]], strict=True)))
    )
    facilities = tables["facilities"]
    tables["facilities"] = facilities.assign(client_id=[*ids[1:], ids[0]][: len(facilities)])


def halved(tables: Tables) -> None:
    flows = tables["cashflows"]
    kept = set(tables["clients"]["client_id"].iloc[::2])
    tables["cashflows"] = flows[flows["client_id"].isin(kept)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (thousandfold, "level"),
        (exchanged, "exchanged"),
        (mislabelled, "missing"),
        (emptied, "shift"),
        (stale, "silent"),
        (halved, "clients"),
        (misplaced, "ranks"),
    ],
)
def test_a_feed_that_cannot_be_is_not_published(
    published: MonitoredBook, change: Callable[[Tables], None], code: str, tmp_path: Path
) -> None:
    place = published.feed(change.__name__, change)
    settings = published.settings(run={"work_dir": str(tmp_path)})
    scores = work_dir(published.config) / SCORES_FOLDER
    before = sorted(path.name for path in scores.iterdir())
    with pytest.raises(UnlikeTrainingError, match=r"monitor\.guard"):
        predict(settings, book=place, as_of=DRIFTED, out=scores)
    assert sorted(path.name for path in scores.iterdir()) == before
    marked = published.settings(run={"work_dir": str(tmp_path)}, monitor={"guard": "mark"})
    alone = tmp_path / "scores"
    copy_of(published, LATEST, alone)
    notices = predict(marked, book=place, as_of=DRIFTED, out=alone).notices
    assert f"monitor_{code}" in {notice.code for notice in notices}
    assert all(notice.severity is not Severity.REFUSED for notice in notices)
    found = monitor(marked, book=place, places=Places(scores=alone), track=False).report
    grave = {alarm.code for alarm in found.alarms if alarm.severity is Severity.REFUSED}
    assert code in grave
    assert found.is_raised


def copy_of(published: MonitoredBook, when: date, place: Path) -> None:
    """A folder of scores with one publication only."""
    folder, _ = scores_at(published, when)
    target = place / folder.name
    target.mkdir(parents=True)
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def test_a_feed_as_it_should_be_is_published(published: MonitoredBook, tmp_path: Path) -> None:
    copy_of(published, LATEST, tmp_path / "scores")
    settings = published.settings(run={"work_dir": str(tmp_path)})
    notices = predict(settings, as_of=DRIFTED, out=tmp_path / "scores").notices
    assert not [notice.code for notice in notices if notice.code.startswith("monitor_")]


def test_columns_that_move_no_model_are_a_note(published: MonitoredBook, tmp_path: Path) -> None:
    copy_of(published, LATEST, tmp_path / "scores")
    settings, place = published.settings(run={"work_dir": str(tmp_path)}), published.feed("swapped", swapped)
    predict(settings, book=place, as_of=DRIFTED, out=tmp_path / "scores")
    found = monitor(settings, book=place, places=Places(scores=tmp_path / "scores"), track=False).report
    unseen = next(alarm for alarm in found.alarms if alarm.code == "unseen")
    assert (unseen.severity, set(unseen.subjects)) == (Severity.NOTE, {"country", "industry"})


def test_a_guard_that_is_off_looks_at_nothing(published: MonitoredBook, tmp_path: Path) -> None:
    place = published.feed("off", thousandfold)
    settings = published.settings(run={"work_dir": str(tmp_path)}, monitor={"guard": "off"})
    notices = predict(settings, book=place, as_of=DRIFTED, out=tmp_path / "scores").notices
    assert not [notice.code for notice in notices if notice.code.startswith("monitor_")]


# what is left for others to read


LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(
    r"# HELP (?P<helped>[a-z_:][a-z0-9_:]*) [^\n]+"
    r"|# TYPE (?P<typed>[a-z_:][a-z0-9_:]*) gauge"
    rf"|(?P<name>[a-z_:][a-z0-9_:]*)\{{(?P<labels>{LABEL}(?:,{LABEL})*)\}} "
    r"(?P<value>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
)


def samples_of(text: str) -> dict[tuple[str, str], float]:
    """Every sample by name and labels; each line must be of the grammar, helped and typed once before its samples."""
    assert text.endswith("\n")
    samples: dict[tuple[str, str], float] = {}
    helped: list[str] = []
    typed: list[str] = []
    for line in text.splitlines():
        found = LINE.fullmatch(line)
        assert found is not None, line
        if found["helped"]:
            helped.append(found["helped"])
        elif found["typed"]:
            typed.append(found["typed"])
        else:
            assert found["name"] == typed[-1] == helped[-1]
            assert (found["name"], found["labels"]) not in samples
            samples[found["name"], found["labels"]] = float(found["value"])
    assert len(set(typed)) == len(typed)
    return samples


def test_gauges_are_as_prometheus_reads_them(looked: Monitored) -> None:
    samples = samples_of(looked.prometheus.read_text(encoding="utf-8"))
    latest = looked.report.publications[-1]
    assert samples["clientvalue_clients", 'book="lender"'] == latest.clients
    assert samples["clientvalue_value", 'book="lender"'] == latest.value
    assert samples["clientvalue_tier_share", 'book="lender",tier="AA"'] == latest.tiers["AA"]
    as_of = (LATEST - date(1970, 1, 1)).days * 86_400
    assert samples["clientvalue_monitor_as_of_seconds", 'book="lender"'] == as_of


def test_names_from_outside_cannot_break_a_gauge(looked: Monitored) -> None:
    samples = samples_of(prometheus_text(replace(looked.report, book='a "book"\\ of\ntwo lines')))
    assert ("clientvalue_clients", 'book="a \\"book\\"\\\\ of\\ntwo lines"') in samples


def test_figures_are_a_line_over_time_in_one_run(looked: Monitored, published: MonitoredBook) -> None:
    assert looked.report.as_of == LATEST
    monitor(published.config, as_of=DATES[3], places=beside(published, "tracked"))
    client = Tracking(published.config).client
    experiment = client.get_experiment_by_name("lender")
    assert experiment is not None
    runs = [run for run in client.search_runs([experiment.experiment_id]) if run.info.run_name == "monitor"]
    assert len(runs) == 1
    steps = {metric.step for metric in client.get_metric_history(runs[0].info.run_id, "clients")}
    assert steps == {20211001, 20210801}
    assert "monitor.html" in {each.path for each in client.list_artifacts(runs[0].info.run_id)}
    assert mlflow.active_run() is None


def test_a_report_survives_its_json(looked: Monitored) -> None:
    text = to_json_text(looked.report)
    again = from_json(MonitorReport, text, subject="the report", remedy="monitor again")
    assert to_json_text(again) == text


OF_OUTCOMES = ("declines", "calibration", "coverage", "value_total", "warning_precision")


def test_the_command_ends_with_three_where_an_alarm_is_raised(
    published: MonitoredBook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        places = ["--html", str(published.root / "cli.html"), "--prometheus", str(published.root / "cli.prom")]
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(
            sys, "argv", ["clientvalue", "monitor", "-c", str(published.config_file), *places, *arguments]
        )
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), capsys.readouterr().out

    calm = [f"--set=monitor.{name}={{warning: null, note: null}}" for name in OF_OUTCOMES]
    code, shown = run(*calm)
    assert (code, "no alarm" in shown) == (0, True), shown
    lines = [line for line in shown.splitlines() if not line.startswith(("page", "gauges"))]
    assert max(map(len, lines)) <= 80
    code, printed = run(*calm, "--set=monitor.moved_inputs={warning: 0.0}", "--json")
    assert code == 3
    found = json.loads(printed)
    assert found["alarms"][0]["code"] == "moved_inputs"
    assert found["as_of"] == str(LATEST)


def test_nothing_published_is_said(published: MonitoredBook, tmp_path: Path) -> None:
    with pytest.raises(TooLittleDataError, match="predict first"):
        monitor(published.config, places=Places(scores=tmp_path), track=False)


def test_the_page_holds_what_the_report_does(looked: Monitored) -> None:
    page = looked.page.read_text(encoding="utf-8")
    assert page.count("<svg") > 12
    assert str(LATEST) in page
    assert "moved_inputs" in page  # limits stand there with their reasons
    assert not re.search(r"<script|https?://(?!www.w3)", page)


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_the_page_is_whole_in_a_browser_and_fits_a_phone(looked: Monitored, tmp_path: Path) -> None:
    tree, complaints = loaded(looked.page, tmp_path / "profile")
    assert "Over publications" in tree
    assert complaints == ""
    assert width_in(looked.page, tmp_path, width=390) <= 390


def test_every_date_is_known_until_the_book_ends(looked: Monitored) -> None:
    assert looked.report.known_until == KNOWN_UNTIL
    assert np.isfinite([tier.foreseen for each in looked.report.outcomes for tier in each.tiers]).all()
