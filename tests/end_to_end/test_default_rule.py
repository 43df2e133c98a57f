"""A bank that trains its PD: decline is default within the horizon, by days past due, from training to the page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.evaluation.report.contents import EvaluationReport
from models.pipeline.bundle import read_bundle, read_report
from support.lending_book import drawn_tables
from support.trained_lender import TrainedLender, trained_lender


def with_arrears() -> Mapping[str, pd.DataFrame]:
    """The lender with a row of arrears of 35 days wherever a client was in arrears, and one of 5 days elsewhere."""
    tables = drawn_tables()
    flows = tables["cashflows"]
    late = flows.loc[flows["kind"] == "arrears", ["client_id", "date"]].assign(days_past_due=35)
    other = flows.loc[flows["kind"] == "fee", ["client_id", "date"]].assign(days_past_due=5)
    return {**tables, "arrears": pd.concat([late, other], ignore_index=True)}


def dated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(date=pd.to_datetime(rows["date"]))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> TrainedLender:
    decline = {"rule": "default", "days_past_due": 30}
    return trained_lender(tmp_path_factory.mktemp("pd"), with_arrears(), decline=decline, origins={"max_count": 6})


def test_outcomes_of_the_report_are_those_of_a_hand_count(bank: TrainedLender) -> None:
    """Of the clients active before each test origin, those with a row of 30 days or more in the six months after."""
    tables = with_arrears()
    report = read_report(bank.result.bundle, EvaluationReport, whole=False)
    flows, arrears = (
        tables[name].assign(date=pd.to_datetime(tables[name]["date"])) for name in ("cashflows", "arrears")
    )
    for origin in report.origins:
        day = pd.Timestamp(origin.as_of)
        before = flows["date"].between(day - pd.DateOffset(months=12), day, inclusive="left")
        active = set(flows.loc[before & flows["kind"].isin(["interest", "drawdown"]), "client_id"])
        after = arrears["date"].between(day, day + pd.DateOffset(months=6), inclusive="left")
        late = set(arrears.loc[after & (arrears["days_past_due"] >= 30), "client_id"])
        assert origin.clients == len(active)
        assert origin.decline.mean_outcome == pytest.approx(len(active & late) / len(active))


def test_it_is_calibrated_and_told_as_the_others_are(bank: TrainedLender) -> None:
    report = read_report(bank.result.bundle, EvaluationReport, whole=False)
    assert report.terms[0]["en"].startswith(
        "Decline: default within 6 months of the as-of date, that is 30 days or more"
    )
    assert all(origin.decline.undetermined == "" and origin.calibrated for origin in report.origins)
    assert all(origin.parts.calibration for origin in report.origins)
    models = read_bundle(bank.result.bundle).models
    assert (models.rule, models.causes) == ("default", None)
    scores = pq.read_table(bank.predicted.folder / "scores.parquet").to_pandas()
    curves = pq.read_table(bank.predicted.folder / "curves.parquet").to_pandas()
    assert set(curves["event"]) == {"decline"}
    risk = scores.set_index("client_id")["decline_probability"].dropna()
    assert np.isfinite(risk).all()
    assert risk.between(0, 1).all()
