"""Hillstrom's e-mail test gives the published visit rates; a campaign whose targets were chosen gets no effect."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.kpis.campaign_effect import CampaignClients, CampaignResult, campaign_result, pooled_roi
from models.metrics.uplift import adjusted, difference, uplift_by_arm
from models.text import Text
from models.vocab import FloatArray

REAL = os.environ.get("CLIENTVALUE_REAL_DATA")


@pytest.mark.skipif(not REAL, reason="CLIENTVALUE_REAL_DATA names no folder of public data")
def test_hillstrom_visits_are_as_published() -> None:
    reported = pd.read_csv(Path(REAL or "") / "hillstrom" / "hillstrom.csv.gz")
    control, mens, womens = uplift_by_arm(
        reported["visit"].to_numpy(dtype=float), reported["segment"].to_numpy(dtype=np.str_), control="No E-Mail"
    )
    assert [arm.clients for arm in (control, mens, womens)] == [21_306, 21_307, 21_387]
    assert [round(arm.mean.estimate, 3) for arm in (control, mens, womens)] == [0.106, 0.183, 0.151]
    assert mens.uplift is not None
    assert womens.uplift is not None
    assert 0.069 < mens.uplift.low < 0.0766 < mens.uplift.high < 0.084
    assert 0.038 < womens.uplift.low < 0.0452 < womens.uplift.high < 0.052


def campaign(*, randomised: bool = True, as_of: date = date(2021, 1, 1), effect: float = 10.0) -> CampaignResult:
    """200 clients, half of them addressed, who each bring ``effect`` more."""
    noise = np.random.default_rng(3)
    addressed = np.arange(200) < 100
    before = noise.normal(100, 20, 200)
    return campaign_result(
        campaign_id="K1",
        start=date(2020, 1, 1),
        complete_on=date(2020, 7, 1),
        as_of=as_of,
        channel="visit",
        cost=500.0,
        randomised=randomised,
        clients=CampaignClients(
            is_active=np.ones(200, dtype=bool),
            is_addressed=addressed,
            has_answered=np.arange(200) < 30,
            before=before,
            after=before + effect * addressed + noise.normal(0, 1, 200),
        ),
    )


def test_a_randomised_campaign_earns_its_uplift_above_its_cost() -> None:
    found = campaign()
    assert found.response is not None
    assert found.response.estimate == 0.3
    assert found.uplift is not None
    assert found.uplift.low < 10.0 < found.uplift.high
    assert found.roi is not None
    assert found.roi.estimate == pytest.approx(found.uplift.estimate * 100 / 500 - 1)  # about 1,000 for 500


def test_a_campaign_whose_targets_were_chosen_gets_no_causal_claim() -> None:
    found = campaign(randomised=False)
    assert found.response is not None
    assert (found.uplift, found.roi) == (None, None)
    assert "not drawn at random" in found.missing
    assert pooled_roi([found], Text("fees")).missing == "not known: fees"


def test_an_effect_is_not_told_before_its_outcomes_are_complete() -> None:
    found = campaign(as_of=date(2020, 6, 30))
    assert found.uplift is None
    assert "2020-07-01" in found.missing


def test_the_difference_of_means_is_that_of_welch() -> None:
    noise = np.random.default_rng(1)
    treated, control = noise.normal(3, 1, 40), noise.normal(2, 4, 70)
    expected = stats.ttest_ind(treated, control, equal_var=False).confidence_interval()
    found = difference(treated, control)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_what_came_before_takes_chance_out_and_leaves_the_effect() -> None:
    noise = np.random.default_rng(2)
    arm, before = np.arange(400) % 2 == 0, noise.normal(0, 10, 400)
    outcome: FloatArray = before + 1.0 * arm + noise.normal(0, 0.1, 400)
    clean = adjusted(outcome, before, arm)
    assert clean.mean() == pytest.approx(outcome.mean())
    assert difference(clean[arm], clean[~arm]).estimate == pytest.approx(1.0, abs=0.05)
