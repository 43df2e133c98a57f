"""The main job on published books, with their configs as they are shipped, but for places and repetitions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from bench.small import evaluated, write_countries

pytestmark = pytest.mark.real

CONFIGS = Path(__file__).parents[2] / "configs"
FILES = {
    "ifc": "ifc/ifc_investments_2022-07-06.csv.gz",
    "ibrd": "ibrd/ibrd_loans_2022-05-31.csv.gz",
    "online_retail": "online_retail/online_retail.csv.gz",
    "cdnow": "cdnow/CDNOW_sample.txt.gz",
}


def run_facts(command: Callable[..., Any], book: Path, name: str, root: Path, *settings: str) -> dict[str, Any]:
    """What ``clientvalue run --json`` says."""
    places = [
        f"run.tracking_uri=sqlite:///{root}/mlflow.db",
        f"run.artifact_dir={root}/artifacts",
        f"run.work_dir={root}/processed",
        "run.threads=1",
        "run.bootstrap_resamples=100",
        *settings,
    ]
    overrides = [part for place in places for part in ("--set", place)]
    ended = command("run", "--config", CONFIGS / f"{name}.yaml", "--book", book, "--json", *overrides)
    assert ended.code == 0, ended.err
    facts: dict[str, Any] = json.loads(ended.out)
    return facts


def assert_scored(facts: dict[str, Any]) -> None:
    folder = Path(facts["predict"]["folder"])
    scores = pq.read_table(folder / "scores.parquet").to_pandas()
    assert scores["client_id"].is_unique
    cold = scores["cold_start"]
    assert cold.sum() == facts["predict"]["cold_start"]["clients"]
    assert (~cold).sum() == facts["predict"]["clients"]
    assert scores["decline_probability"].between(0, 1).all()
    assert np.isfinite(scores["value"]).all()
    parts = pq.read_table(folder / "explanations.parquet").to_pandas()
    assert len(parts) == 2 * (~cold).sum()
    values = parts.iloc[:, parts.columns.get_loc("served_per_unit") + 1 :].sum(axis=1)
    np.testing.assert_allclose(parts["base"] + values, parts["prediction"], rtol=1e-6)
    served = parts["served_base"] + values * parts["served_per_unit"]
    np.testing.assert_allclose(served, parts["served_prediction"], rtol=1e-6)


def test_ifc_clients_who_come_back_are_told_from_those_who_do_not(
    real_data: Path, tmp_path: Path, command: Callable[..., Any]
) -> None:
    facts = run_facts(command, real_data / FILES["ifc"], "ifc", tmp_path, "origins.test=[2019-07-01]")
    (origin,) = facts["train"]["report"]["origins"]
    assert origin["outcomes_until"] == "2022-07-01"
    assert origin["learned_until"] <= "2016-07-01"
    least = {"decline": ("auc", 0.76), "value": ("normalized_gini", 0.60)}
    for target, (metric, floor) in least.items():
        figures = {name: entry[metric]["estimate"] for name, entry in origin[target]["metrics"].items()}
        ours = figures.pop("ours")
        assert ours >= floor
        assert ours > max(figures.values()), figures
    assert facts["train"]["is_champion"]
    assert_scored(facts)


FEWER_ORIGINS = {
    "ibrd": ("origins.test=[2017-07-01]", "origins.max_count=10"),
    "online_retail": ("origins.max_count=4",),
    "cdnow": ("origins.max_count=8",),
}
"""So that the tests stay quick."""


@pytest.mark.parametrize("name", FEWER_ORIGINS)
def test_other_books_run_with_the_same_command(
    name: str, real_data: Path, tmp_path: Path, command: Callable[..., Any]
) -> None:
    facts = run_facts(command, real_data / FILES[name], name, tmp_path, *FEWER_ORIGINS[name])
    for origin in facts["train"]["report"]["origins"]:
        assert origin["decline"]["metrics"]["ours"]["auc"]["estimate"] > 0.6
        assert origin["value"]["metrics"]["ours"]["normalized_gini"]["estimate"] > 0.3
    assert_scored(facts)


def test_70_public_borrowers_are_ranked_no_worse_than_by_what_they_borrowed_so_far(
    real_data: Path, tmp_path: Path
) -> None:
    loans = write_countries(real_data / FILES["ibrd"], tmp_path / "loans.csv", clients=70, seed=1)
    report = evaluated(loans, tmp_path, "origins.max_count=12", "run.bootstrap_resamples=200")
    assert all(55 < origin.clients < 90 for origin in report.origins)
    assert report.pooled is not None
    assert report.pooled.value.ours_minus["past_sum"].high > 0
    assert report.pooled.decline.ours_minus["logistic"].high > 0
    for origin in report.origins:
        assert origin.serving.value.simple in ("past_sum", "btyd"), "it is compared, whoever serves"
        assert origin.serving.decline.difference is not None
