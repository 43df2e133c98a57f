"""A lender's publications as they should be raise no alarm, and figures are those of their scores."""

from __future__ import annotations

import pytest

from models.monitoring.job import Monitored
from models.plausibility.counts import RUN_COUNTS, all_counted
from models.scoring.run_counts import earlier_run
from support.monitored_book import (
    DATES,
    LATEST,
    MonitoredBook,
    scores_at,
)

INPUTS = {"level", "missing", "unseen", "sign", "exchanged", "shift", "moved_inputs", "silent", "clients", "ranks"}
SCORES = {"score_shift", "grade_shift", "reason_shift"}


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
