"""Scores in sample knew what came: wherever their outcomes are read, that stands beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models.metrics.bootstrap import Interval
from models.monitoring.alarming import outcome_readings
from models.monitoring.official_runs import monitored_runs
from models.monitoring.report import ALL, IN_SAMPLE, PublicationOutcomes, TierEvents, ValueOutcome
from models.monitoring.text import elapsed_sentence
from models.store.sealed import write_manifest
from models.text import Text
from support.published_runs import APRIL, MARCH, config_with, published_run, scores_of

OUTCOMES = PublicationOutcomes(
    as_of=date(2021, 1, 1),
    event="return",
    elapsed=18,
    horizon=36,
    settled_from=0,
    tiers=(TierEvents(tier=ALL, clients=159, foreseen=22.6, came=Interval(estimate=33.0, low=22.9, high=43.1)),),
    value=ValueOutcome(foreseen=12e9, came=5e9),
)
_REMARKED = Text("{found} ({mark})", "remark")


@pytest.mark.parametrize("elapsed", [18, 36])
def test_outcomes_of_scores_in_sample_are_marked(elapsed: int) -> None:
    fair = replace(OUTCOMES, elapsed=elapsed)
    marked = replace(fair, in_sample=True)
    assert elapsed_sentence(marked, "month") == f"{elapsed_sentence(fair, 'month')}; {IN_SAMPLE.english}"
    ((honest,), (flattered,)) = (list(outcome_readings(each)) for each in (fair, marked))
    assert flattered == replace(honest, found=_REMARKED.filled(found=honest.found, mark=IN_SAMPLE))


def test_a_run_says_by_its_manifest_that_its_models_knew(tmp_path: Path) -> None:
    config = config_with(tmp_path)
    published_run(config, APRIL)
    march = published_run(config, MARCH)
    facts = {"run_key": march.run_key, "as_of": MARCH.isoformat(), "bundle": march.bundle, "in_sample": True}
    write_manifest(scores_of(config) / march.folder, facts)
    assert [(run.as_of, run.in_sample) for run in monitored_runs(scores_of(config), APRIL, 9)] == [
        (MARCH, True),
        (APRIL, False),
    ]
