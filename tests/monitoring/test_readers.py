"""What monitoring leaves for others: gauges, figures in MLflow, JSON, exit codes and a page."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import mlflow
import numpy as np
import pytest

from models import cli
from models.codec import from_json, to_json_text
from models.errors import TooLittleDataError
from models.monitoring.job import Monitored, Places, monitor
from models.monitoring.prometheus import prometheus_text
from models.monitoring.report import MonitorReport
from models.tracking.mlflow import Tracking
from support.browser import BROWSER, loaded, width_in
from support.monitored_book import (
    DATES,
    KNOWN_UNTIL,
    LATEST,
    MonitoredBook,
    beside,
)

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
