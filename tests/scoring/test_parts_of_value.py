"""Value by its parts: served, bounded and explained as margin less credit loss, to the last digit that counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.learners.credit.rated import RatedDefault
from models.learners.decline.whether import DeclineModel
from models.panel.panel import Panel
from models.pipeline.bundle import read_bundle, write_bundle
from models.pipeline.pipeline import FittedModels, score_panel
from models.pipeline.predictions import Predictions
from models.scoring.block import ScoredBlock
from models.scoring.columns import PART_COLUMNS
from models.scoring.explanations import Stamp, description, explanation_table
from models.scoring.parquet import ParquetFile
from models.scoring.scoring import explain_matrix
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, indebted_panel, small_config

STAMP = Stamp(as_of=date(2022, 1, 1), run_key="k" * 64, model_version="v1", currency="USD")
PARTS = ["value", "margin", "default", "credit_loss", "decline"]
CONFIG = small_config(
    learners={
        **small_config().model_dump()["learners"],
        "default": {"trees": 30, "min_clients_per_leaf": 10, "leaves": 4, "learning_rate": 0.1},
    }
)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return indebted_panel()


@pytest.fixture(scope="module")
def fitted(panel: Panel) -> FittedModels:
    return fitted_models(CONFIG, panel)


@pytest.fixture(scope="module")
def clients(panel: Panel) -> Panel:
    return panel.at([ORIGINS[-1]])


@pytest.fixture(scope="module")
def scores(fitted: FittedModels, clients: Panel) -> Predictions:
    return score_panel(fitted, clients)


@pytest.fixture(scope="module")
def file(fitted: FittedModels, clients: Panel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    matrix = fitted.contract.encode(clients.features)
    explained, served = explain_matrix(fitted, matrix)
    block = ScoredBlock(
        panel=clients, matrix=matrix, predictions=score_panel(fitted, clients), explained=explained, served=served
    )
    path = tmp_path_factory.mktemp("parts") / "explanations.parquet"
    with ParquetFile(path, compact=True) as open_file:
        open_file.append(explanation_table(block, fitted.contract, STAMP))
    return path


@pytest.fixture(scope="module")
def in_currency(file: Path) -> dict[str, pd.DataFrame]:
    """Base, parts and prediction of each model as served, read from the file alone; clients in order."""
    table = pq.read_table(file)
    names = [feature["name"] for feature in description(table.schema)["features"]]
    frame = table.to_pandas()
    served = frame[names].mul(frame["served_per_unit"], axis=0)
    served = served.assign(base=frame["served_base"], prediction=frame["served_prediction"])
    return {
        str(model): rows.set_index(frame.loc[rows.index, "client_id"]) for model, rows in served.groupby(frame["model"])
    }


def test_the_explanation_of_value_is_that_of_margin_less_that_of_credit_loss(
    in_currency: dict[str, pd.DataFrame],
) -> None:
    value, margin, loss = (in_currency[name] for name in ("value", "margin", "credit_loss"))
    largest = np.maximum(margin.abs(), loss.abs()).max(axis=1).to_numpy()[:, None]
    assert (np.abs(value - (margin - loss)).to_numpy() <= 1e-9 * largest).all()
    assert (loss["prediction"] > 0).any()


def test_every_explanation_sums(in_currency: dict[str, pd.DataFrame]) -> None:
    assert set(in_currency) == set(PARTS)
    for name, rows in in_currency.items():
        parts = rows.drop(columns="prediction")
        gap = np.abs(parts.sum(axis=1) - rows["prediction"])
        assert (gap <= 1e-9 * rows.abs().max(axis=1)).all(), name


def test_what_is_explained_is_what_is_scored(in_currency: dict[str, pd.DataFrame], scores: Predictions) -> None:
    served = {name: rows["prediction"].to_numpy() for name, rows in in_currency.items()}
    np.testing.assert_allclose(served["value"], scores.value, rtol=1e-9)
    np.testing.assert_allclose(served["margin"], scores.margin, rtol=1e-9)
    np.testing.assert_allclose(served["credit_loss"], scores.credit_loss, rtol=1e-9)
    np.testing.assert_allclose(served["default"], scores.default_probability, rtol=1e-9)


def test_the_file_tells_the_units_of_each_model(file: Path) -> None:
    models = description(pq.read_schema(file))["models"]
    assert set(models) == set(PARTS)
    units = {name: (facts["unit"], facts["served_unit"]) for name, facts in models.items()}
    assert units["value"] == units["credit_loss"] == ("currency", "currency")
    assert units["margin"][1] == "currency"
    assert units["default"] == units["decline"] == ("log-odds", "probability")


def test_value_is_margin_less_credit_loss_and_may_be_negative(scores: Predictions) -> None:
    np.testing.assert_allclose(scores.value, scores.margin - scores.credit_loss, rtol=1e-12, atol=1e-9)
    assert (scores.value < 0).any()
    assert (scores.margin >= 0).all()
    assert (scores.credit_loss >= 0).all()


@pytest.mark.parametrize("part", ["value", "margin", "credit_loss"])
def test_each_part_lies_within_its_interval(scores: Predictions, part: str) -> None:
    low, expected, high = (getattr(scores, f"{part}{side}") for side in ("_low", "", "_high"))
    assert (low <= expected).all()
    assert (expected <= high).all()
    assert (scores.credit_loss_low >= 0).all()


def test_the_features_of_exposure_are_served_beside(scores: Predictions, clients: Panel) -> None:
    np.testing.assert_array_equal(scores.exposure_at_default, clients.features["exposure_at_default"])
    np.testing.assert_array_equal(scores.loss_given_default, clients.features["loss_given_default"])


def test_riskier_clients_are_foreseen_to_lose_more(scores: Predictions, clients: Panel) -> None:
    assert clients.credit_loss is not None
    risky = scores.default_probability > np.quantile(scores.default_probability, 0.8)
    for lost in (scores.credit_loss, clients.credit_loss):
        share = [lost[chosen].sum() / scores.exposure_at_default[chosen].sum() for chosen in (risky, ~risky)]
        assert share[0] > 2 * share[1]


def test_the_bundle_serves_the_same_parts(
    fitted: FittedModels, clients: Panel, scores: Predictions, tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    write_bundle(folder, fitted, CONFIG, {"book": "drawn"}, "data")
    again = score_panel(read_bundle(folder, threads=1).models, clients)
    for name in ("value", *PART_COLUMNS):
        np.testing.assert_array_equal(getattr(again, name), getattr(scores, name), err_msg=name)


def test_enough_defaults_teach_a_model_and_ratings_stand_in_for_it(fitted: FittedModels) -> None:
    assert fitted.value.credit is not None
    assert isinstance(fitted.value.credit.default, DeclineModel)
    assert fitted.learned.without_credit_loss == ""
    panel = indebted_panel(defaults=False)
    rated = fitted_models(CONFIG, panel)
    assert rated.value.credit is not None
    assert isinstance(rated.value.credit.default, RatedDefault)
    now = panel.at([ORIGINS[-1]])
    found = score_panel(rated, now)
    known = now.features["pd_last"].notna().to_numpy()
    half_a_year = 1 - (1 - now.features["pd_last"][known]) ** 0.5
    np.testing.assert_allclose(found.default_probability[known], half_a_year, rtol=1e-6)
    assert (found.credit_loss > 0).all()
    assert rated.learned.notices(date(2030, 1, 1)) == []


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (indebted_panel(200, defaults=False, rated=False), "no default and no rating is known"),
        (drawn_panel(200), "value counts no write-offs"),
    ],
)
def test_without_defaults_and_ratings_value_is_the_margin_and_a_notice_says_so(known: Panel, why: str) -> None:
    models = fitted_models(CONFIG, known)
    assert models.value.credit is None
    found = score_panel(models, known.at([ORIGINS[-1]]))
    np.testing.assert_array_equal(found.value, found.margin)
    for name in PART_COLUMNS[3:]:
        assert np.isnan(getattr(found, name)).all(), name
    (notice,) = models.learned.notices(date(2030, 1, 1))
    assert notice.code == "without_credit_loss"
    assert why in notice.found
