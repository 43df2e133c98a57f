"""A lender whose clients cost more than they bring is graded all the same, and told what could not be calibrated."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from end_to_end.conftest import Command
from support.lending_book import Lender, drawn_tables, lender_in

TOLD = "predictions are served as the model says them: calibration of values needs clients that together brought more"


def lossmaking() -> dict[str, pd.DataFrame]:
    """Funding costs eight times as much as it did."""
    tables = drawn_tables()
    flows = tables["cashflows"]
    dear = flows["kind"] == "funding_cost"
    return {**tables, "cashflows": flows.assign(amount=flows["amount"].where(~dear, (flows["amount"] * 8).round(2)))}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("loss"), lossmaking())


def test_the_main_job_says_that_values_are_not_calibrated_and_grades_by_decline(
    lender: Lender, command: Command
) -> None:
    ran = command("run", "--config", lender.config_file)
    assert ran.code == 0, ran.err
    assert TOLD in " ".join(ran.out.split()).replace("warning: value: ", "")
    folder = Path(lender.config.run.work_dir) / "lender" / "scores" / "latest"
    manifest = json.loads((folder / "manifest.json").read_text())
    (notice,) = [each for each in manifest["notices"] if each["code"] == "value_not_calibrated"]
    assert (notice["severity"], notice["subject"]) == ("warning", "value")
    assert notice["found"].startswith(TOLD)
    scores = pd.read_parquet(folder / "scores.parquet")
    assert scores["decline_probability"].between(0, 1).all()
    assert scores["tier"].nunique() == 3
    assert scores["value_low"].lt(0).any(), "intervals know of the losses"
