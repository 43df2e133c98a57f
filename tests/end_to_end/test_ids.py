"""Ids that readers like to change go through files, training, prediction and explanation byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.book.door import Book
from models.pipeline.bundle import read_bundle
from models.scoring.job import predict
from models.scoring.scoring import score_clients
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import TRICKY_IDS, drawn_tables, lender_in
from support.trained_lender import TrainedLender


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same book as CSV and as Parquet, in which every tricky client still does business."""
    tables = drawn_tables()
    late = pd.DataFrame({"client_id": TRICKY_IDS, "facility_id": None, "date": pd.Timestamp("2022-11-15").date()})
    late = late.assign(kind="interest", amount=np.arange(1.0, len(TRICKY_IDS) + 1))
    tables["cashflows"] = pd.concat([tables["cashflows"], late], ignore_index=True)
    root = tmp_path_factory.mktemp("ids")
    return {ending: lender_in(root / ending, tables, ending=ending).book for ending in ("csv", "parquet")}


def opened(trained: TrainedLender, book: Path) -> Book:
    config = trained.config.model_copy(
        update={"run": trained.config.run.model_copy(update={"work_dir": str(book.parent / "work")})}
    )
    return open_book(config, str(book), SilentProgress())


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_ids_come_out_of_a_prediction_as_they_went_in(
    trained: TrainedLender, alive: dict[str, Path], ending: str, tmp_path: Path
) -> None:
    reported = predict(trained.config, book=opened(trained, alive[ending]), out=tmp_path)
    for file in ("scores.parquet", "explanations.parquet"):
        found = set(pd.read_parquet(reported.folder / file, columns=["client_id"])["client_id"])
        assert set(TRICKY_IDS) <= found, file


def test_each_kind_of_file_gives_the_same_book(trained: TrainedLender, alive: dict[str, Path]) -> None:
    assert opened(trained, alive["csv"]).fingerprint == opened(trained, alive["parquet"]).fingerprint


def test_each_id_gathers_its_own_business(trained: TrainedLender, alive: dict[str, Path]) -> None:
    book = opened(trained, alive["csv"])
    block = score_clients(book, read_bundle(trained.result.bundle, threads=1), trained.config, TRICKY_IDS)
    flows = pd.read_parquet(alive["parquet"] / "cashflows.parquet")
    recent = flows[(pd.to_datetime(flows["date"]).dt.year == 2022) & flows["kind"].isin(["interest", "drawdown"])]
    sums = recent.groupby("client_id")["amount"].sum()
    assert sorted(block.panel.client_id) == sorted(TRICKY_IDS)
    np.testing.assert_allclose(block.panel.features["activity_sum_12p"], sums[block.panel.client_id], rtol=1e-12)
    assert sums[list(TRICKY_IDS)].nunique() == len(TRICKY_IDS)


@pytest.mark.parametrize("client", ["acme ", "Line\nBreak Ltd", 'Smith, "Sons" & Co', "中国进出口银行", "1e5"])
def test_each_client_is_explained_as_itself(
    trained: TrainedLender, alive: dict[str, Path], client: str, command: Callable[..., Any], tmp_path: Path
) -> None:
    ended = command(
        "explain", "--config", trained.config_file, "--book", alive["parquet"], "--json",
        "--bundle", trained.result.bundle, "--set", f"run.work_dir={tmp_path}", "--", client,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["client_id"] == client


def test_the_country_namibia_stays_a_country(trained: TrainedLender) -> None:
    contract = json.loads((trained.result.bundle / "contract.json").read_text(encoding="utf-8"))
    country = next(feature for feature in contract["features"] if feature["name"] == "country")
    assert "NA" in country["categories"]
