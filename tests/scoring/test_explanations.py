"""The ledger of explanations, read alone, gives a reviewer each prediction in the model's unit and as it is served."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.learners.contributions import ROUNDED_TO
from models.learners.decline.curves import DeclineCurves
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels, score_panel
from models.scoring.block import ScoredBlock
from models.scoring.explanations import Stamp, curve_table, description, explanation_table
from models.scoring.parquet import ParquetFile
from models.scoring.scoring import explain_matrix, rehearse
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models

STAMP = Stamp(as_of=date(2022, 1, 1), run_key="k" * 64, model_version="v1", currency="USD")


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture(scope="module")
def clients() -> Panel:
    return drawn_panel().at([ORIGINS[-1]])


@pytest.fixture(scope="module")
def ledger(fitted: FittedModels, clients: Panel, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    matrix = fitted.contract.encode(clients.features)
    explained, served = explain_matrix(fitted, matrix)
    block = ScoredBlock(
        panel=clients, matrix=matrix, predictions=score_panel(fitted, clients), explained=explained, served=served
    )
    path = tmp_path_factory.mktemp("ledger") / "explanations.parquet"
    with ParquetFile(path, compact=True) as file:
        file.append(explanation_table(block, fitted.contract, STAMP))
    return pq.read_table(path)


def test_the_file_alone_tells_how_parts_become_points_and_money(
    ledger: pa.Table, fitted: FittedModels, clients: Panel
) -> None:
    reported, frame = description(ledger.schema), ledger.to_pandas()
    parts = frame[[feature["name"] for feature in reported["features"]]].sum(axis=1)
    np.testing.assert_allclose(frame["base"] + parts, frame["prediction"], rtol=1e-12)
    served = frame["served_base"] + frame["served_per_unit"] * parts
    np.testing.assert_allclose(served, frame["served_prediction"], rtol=1e-9)
    scores = score_panel(fitted, clients)
    by_model = frame.set_index(["model", "client_id"])["served_prediction"]
    np.testing.assert_array_equal(by_model.loc["value"].loc[clients.client_id], scores.value)
    np.testing.assert_array_equal(by_model.loc["decline"].loc[clients.client_id], scores.decline_probability)


def test_the_file_names_features_units_models_and_the_run(ledger: pa.Table, fitted: FittedModels) -> None:
    reported = description(ledger.schema)
    assert [feature["name"] for feature in reported["features"]] == list(fitted.contract.names)
    assert {feature["name"]: feature["kind"] for feature in reported["features"]}["country"] == "category"
    assert reported["models"]["decline"]["unit"] == "log-odds"
    assert (reported["models"]["value"]["served_unit"], reported["currency"]) == ("currency", "USD")
    assert (reported["as_of"], reported["run_key"], reported["rounded_to"]) == ("2022-01-01", "k" * 64, ROUNDED_TO)
    assert "served_base" in reported["reading"]["served_per_unit"]


def test_both_models_of_a_client_stand_together(ledger: pa.Table, clients: Panel) -> None:
    assert ledger["client_id"].to_pylist() == [client for client in clients.client_id for _ in range(2)]
    assert ledger["model"].to_pylist() == ["value", "decline"] * len(clients)
    assert set(ledger["as_of"].to_pylist()) == {STAMP.as_of}


def test_causes_sum_to_the_chance_in_all_exactly() -> None:
    chance = np.array([[0.1, 0.3], [0.2, 0.9]])
    causes = {"reduced": chance / 3, "default": chance * 2 / 3}
    curves = DeclineCurves(ends=(6, 12), event="decline", probability=chance, incidence=causes)
    table = curve_table(pd.Series(["A", "B"]), curves, STAMP.as_of).to_pandas()
    assert table["client_id"].tolist() == ["A", "A", "B", "B"]
    assert table["until_period"].tolist() == [6, 12, 6, 12]
    np.testing.assert_array_equal(table["reduced"] + table["default"], table["probability"])
    np.testing.assert_allclose(table["probability"], chance.ravel(), rtol=0, atol=1e-6)
    plain = DeclineCurves(ends=(6, 12), event="return", probability=chance)
    alone = curve_table(pd.Series(["A", "B"]), plain, STAMP.as_of)["probability"].to_numpy()
    np.testing.assert_allclose(alone, chance.ravel(), rtol=0, atol=ROUNDED_TO / 2)


def test_models_are_rehearsed_before_they_are_published(
    fitted: FittedModels, clients: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    explain = type(fitted.value).explain_all

    def noted(model: object, matrix: np.ndarray) -> object:
        asked.append(len(matrix))
        return explain(fitted.value, matrix)

    monkeypatch.setattr(type(fitted.value), "explain_all", noted)
    rehearse(fitted, clients)
    assert asked == [16]


@pytest.mark.parametrize("compact", [True, False])
def test_the_bytes_do_not_depend_on_how_rows_came(tmp_path: Path, compact: bool) -> None:
    rows = 40_000
    values = np.rint(np.random.default_rng(1).normal(size=rows) / ROUNDED_TO) * ROUNDED_TO
    table = pa.table({"client_id": pa.array(np.arange(rows).astype(str)), "part": pa.array(values)})
    written = []
    for pieces in ([0, rows], [0, 7, 16_384, 16_385, 39_000, rows]):
        path = tmp_path / f"{len(pieces)}.parquet"
        with ParquetFile(path, compact=compact) as file:
            for start, stop in pairwise(pieces):
                file.append(table.slice(start, stop - start))
        assert pq.read_table(path).equals(table)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    column = pq.ParquetFile(path).metadata.row_group(0).column(1)
    assert ("BYTE_STREAM_SPLIT" in column.encodings) is compact
