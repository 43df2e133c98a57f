"""Publications are those of the ledger that are still there, and models are found wherever they are kept."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.config.places import REFITS, SCORES_FOLDER, work_dir
from models.config.root import Config
from models.monitoring.job import Monitored, Places, bundles_of, monitor
from models.monitoring.official_runs import monitored_runs
from models.monitoring.plots import publication_charts
from models.workspace.opening import open_bundle
from support.monitored_book import DATES, KNOWN_UNTIL, LATEST, MonitoredBook, scores_at


@pytest.fixture
def elsewhere(published: MonitoredBook, tmp_path: Path) -> Config:
    """The same book with another place of work and a registry without any version."""
    return published.settings(run={"work_dir": str(tmp_path), "tracking_uri": f"sqlite:///{tmp_path}/mlflow.db"})


def test_models_fitted_for_a_day_are_those_of_their_publications(published: MonitoredBook, elsewhere: Config) -> None:
    registered = open_bundle(published.config, "champion")
    assert bundles_of(elsewhere)(registered.key) is None
    shutil.copytree(registered.folder, work_dir(elsewhere) / REFITS / "2021-01-01-of-that-day")
    found = bundles_of(elsewhere)(registered.key)
    assert found is not None
    assert (found.key, found.reference) == (registered.key, registered.reference)


def test_models_that_are_gone_are_named_where_the_report_is_read(published: MonitoredBook, elsewhere: Config) -> None:
    scores = work_dir(published.config) / SCORES_FOLDER
    found = monitor(elsewhere, places=Places(scores=scores), track=False)
    notice = next(each for each in found.report.notices if each.code == "models_gone")
    assert (notice.subject, notice.count) == (f"publications of {DATES[0]} to {LATEST}", len(DATES))
    assert (found.report.inputs, found.report.outcomes) == ((), ())
    assert notice.found in found.page.read_text(encoding="utf-8")


def test_a_publication_that_was_moved_away_is_looked_at_no_more(published: MonitoredBook, tmp_path: Path) -> None:
    scores = tmp_path / "scores"
    shutil.copytree(work_dir(published.config) / SCORES_FOLDER, scores, symlinks=True)
    shutil.rmtree(scores / scores_at(published, LATEST)[0].name)
    assert [run.as_of for run in monitored_runs(scores, KNOWN_UNTIL, 99)] == list(DATES[:-1])
    assert [run.as_of for run in monitored_runs(scores, KNOWN_UNTIL, 2)] == list(DATES[-3:-1])


def test_runs_of_other_models_are_left_away_where_one_is_asked_for(published: MonitoredBook) -> None:
    scores, key = work_dir(published.config) / SCORES_FOLDER, open_bundle(published.config, "champion").key
    assert [run.as_of for run in monitored_runs(scores, LATEST, 99, bundle=key)] == list(DATES)
    assert monitored_runs(scores, LATEST, 99, bundle="another") == []


def test_numbers_on_the_axes_of_one_publication_can_be_told_apart(looked: Monitored, published: MonitoredBook) -> None:
    alone = replace(looked.report, publications=looked.report.publications[-1:])
    charts = publication_charts(alone, published.config.monitor)
    assert {"clients", "mean chance of decline"} <= {chart.title for chart in charts}
    for chart in charts:
        said = re.findall(r'class="tick end"[^>]*>([^<]+)<', chart.svg)
        assert len(set(said)) == len(said) > 1, (chart.title, said)
        assert not any(each.startswith("-") for each in said), (chart.title, said)
