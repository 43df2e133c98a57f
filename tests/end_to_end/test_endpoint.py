"""A registered version as a service: clients looked up in published features, or full features, and what is noted."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from end_to_end.conftest import Command
from models.endpoint.loader import ServedModel
from models.endpoint.report import ANSWERS
from models.errors import DamagedBundleError, UserError
from models.features.job import features
from models.features.report import KEYS, PublishedFeatures
from models.lazy import load
from models.store.sealed import read_manifest
from models.tracking import served
from models.tracking.quiet import quiet
from models.workspace.opening import open_bundle
from support.refusals import check_refusals
from support.trained_lender import TrainedLender

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mlflow
    from mlflow.models import evaluate
    from mlflow.pyfunc.scoring_server import invocations

MODEL = "models:/clientvalue-lender/1"
VARIABLE = "CLIENTVALUE_FEATURES"


@pytest.fixture(scope="session")
def published(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> PublishedFeatures:
    return features(trained.config, out=tmp_path_factory.mktemp("features"))


@pytest.fixture
def model(trained: TrainedLender, published: PublishedFeatures, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(VARIABLE, str(published.folder.parent / "latest"))
    return opened(trained)


def opened(trained: TrainedLender) -> Any:
    with quiet():
        mlflow.set_tracking_uri(trained.config.run.tracking_uri)
        mlflow.set_registry_uri(trained.config.run.tracking_uri)
        return mlflow.pyfunc.load_model(MODEL)


def asked_over_the_wire(model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that a running server answers, by the function that it runs."""
    body = json.dumps({"dataframe_records": rows})
    reply = invocations(body, "application/json", model, model.metadata.get_input_schema())
    assert reply.status == 200, reply.response
    found: list[dict[str, Any]] = json.loads(reply.response)["predictions"]
    return found


def test_a_client_is_answered_as_it_was_scored(trained: TrainedLender, model: Any) -> None:
    scores = pd.DataFrame(pq.read_table(trained.predicted.folder / "scores.parquet").to_pylist()).head(20)
    rows = asked_over_the_wire(model, [{"client_id": each} for each in scores["client_id"]])
    assert [row["client_id"] for row in rows] == list(scores["client_id"])
    for name in ("value", "value_low", "value_high", "margin", "decline_probability"):
        assert [row[name] for row in rows] == pytest.approx(list(scores[name]), rel=1e-9), name
    for name in ("tier", "tier_reason", "stage"):  # the first run of a book: nothing was remembered there either
        assert [row[name] for row in rows] == list(scores[name]), name
    assert {row["as_of"] for row in rows} == {"2023-01-01"}
    assert {row["note"] for row in rows} == {""}
    told = rows[0]["reasons"].splitlines()
    assert len(told) == 3
    assert all("risk" in sentence for sentence in told)


def test_who_is_unknown_or_of_another_day_is_noted_and_not_scored(trained: TrainedLender, model: Any) -> None:
    known = trained.column("client_id")[0]
    asked = [(known, "2023-01-01"), ("nobody", None), (known, "2022-01-01")]
    rows = asked_over_the_wire(model, [{"client_id": client, "as_of": day} for client, day in asked])
    assert [row["note"] for row in rows] == [
        "",
        "no client of this id was active before 2023-01-01",
        "features are as of 2023-01-01, not of 2022-01-01",
    ]
    assert [row["value"] is None for row in rows] == [False, True, True]
    assert [row["tier"] is None for row in rows] == [False, True, True]


def test_of_who_refused_since_nothing_is_said(
    published: PublishedFeatures, trained: TrainedLender, tmp_path: Path
) -> None:
    features_of = tmp_path / "features" / published.folder.name
    shutil.copytree(published.folder, features_of)
    one, other = trained.column("client_id")[:2]
    served_model = ServedModel(open_bundle(trained.config, "champion"), features_of)
    whole = pq.read_table(published.file, filters=[("client_id", "=", one)]).to_pandas().drop(columns="as_of")
    asked = [pd.DataFrame({"client_id": [one, other]}), whole]
    assert [list(served_model.predict(rows)["value"].notna()) for rows in asked] == [[True, True], [True]]
    check_refusals(tmp_path, one)
    answered = [served_model.predict(rows) for rows in asked]
    assert [list(rows["value"].notna()) for rows in answered] == [[False, True], [False]]
    assert {rows["note"][0] for rows in answered} == {"not scored: the client refused the processing of its data"}


def test_full_features_are_answered_and_an_unseen_category_is_noted(
    published: PublishedFeatures, model: Any, trained: TrainedLender
) -> None:
    frame = pq.read_table(published.file).to_pandas().head(3)
    rows = json.loads(frame.drop(columns=list(KEYS)).to_json(orient="records"))
    rows[1]["country"] = "Atlantis"
    rows.append({"client_id": frame["client_id"][0]})
    answered = asked_over_the_wire(model, rows)
    values = dict(zip(trained.column("client_id"), trained.column("value"), strict=True))
    assert answered[0]["value"] == pytest.approx(values[frame["client_id"][0]], rel=1e-9)
    assert answered[0]["value"] == pytest.approx(answered[3]["value"], rel=1e-9)
    empty = [sum(value is None for value in row.values()) for row in rows[:3]]
    nulls = [f"{count} of {published.features} features are null: taken as not known" for count in empty]
    assert [row["note"] for row in answered] == [
        nulls[0],
        f"{nulls[1]}; country 'Atlantis' was never seen in training: scored as if it were not known",
        nulls[2],
        "",
    ]
    assert answered[1]["value"] is not None


def test_a_row_that_gives_part_of_the_features_is_told_and_the_others_are_answered(
    published: PublishedFeatures, model: Any
) -> None:
    frame = pq.read_table(published.file).to_pandas()
    full = json.loads(frame.drop(columns=list(KEYS)).head(1).to_json(orient="records"))[0]
    known = {"client_id": frame["client_id"][0]}
    part = {name: full[name] for name in list(full)[:-1]}
    answered = asked_over_the_wire(model, [known, part])
    assert [row["value"] is None for row in answered] == [False, True]
    last = list(full)[-1]
    assert answered[1]["note"] == f"not scored, missing {last}: give every feature, null where nothing is known"
    answered = asked_over_the_wire(model, [full, {"value_sum_3p": full["value_sum_3p"]}, known])
    assert [row["value"] is None for row in answered] == [False, False, False]
    assert answered[0]["value"] == pytest.approx(answered[2]["value"], rel=1e-9)
    assert answered[1]["note"] == f"{len(full) - 1} of {len(full)} features are null: taken as not known"


def test_a_row_with_an_infinite_feature_is_not_scored(published: PublishedFeatures, model: Any) -> None:
    frame = pq.read_table(published.file).to_pandas().drop(columns=list(KEYS)).head(2)
    answer = model.predict(frame.assign(value_sum_3p=[np.inf, 1.0]))
    assert answer["value"].isna().tolist() == [True, False]
    assert answer["note"][0] == "not scored, infinite value_sum_3p: give every feature, null where nothing is known"


def test_without_published_features_clients_are_told_where_they_would_be_found(
    trained: TrainedLender, published: PublishedFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    model = opened(trained)
    full = pq.read_table(published.file).to_pandas().drop(columns=list(KEYS)).head(1)
    assert list(model.predict(full).columns) == list(ANSWERS)
    answer = model.predict(pd.DataFrame({"client_id": ["acme"]}))
    assert answer["note"][0] == (
        "client_id cannot be looked up: set CLIENTVALUE_FEATURES to the folder that clientvalue features left"
    )
    assert model.predict(pd.DataFrame({"as_of": ["2023-01-01"]}))["note"][0].startswith("nothing asked")


def test_versions_that_were_registered_before_are_opened_as_they_were(
    trained: TrainedLender, published: PublishedFeatures, model: Any
) -> None:
    """Their loader is named in files of MLflow that nobody writes anew."""
    full = pq.read_table(published.file).to_pandas().drop(columns=list(KEYS)).head(5)
    before = served._load_pyfunc(str(trained.result.bundle)).predict(full)
    now = model.predict(full)[list(before.columns)]
    assert list(before.columns) == ["value", "decline_probability"]
    assert np.allclose(before.to_numpy(), now.to_numpy(dtype=float), rtol=1e-9, atol=0)


def test_the_example_of_a_version_is_no_client(trained: TrainedLender, model: Any) -> None:
    example = model.input_example
    assert (example["client_id"][0], example["client_id"].isna()[1]) == ("EXAMPLE", True)
    numbers = example.select_dtypes("number").iloc[1]
    assert len(numbers) > 50
    assert set(numbers) == {0.0}
    assert example["country"][1] == "BR"  # the first by name
    assert list(model.predict(example)["note"]) == ["no client of this id was active before 2023-01-01", ""]


def test_a_server_goes_on_with_the_features_of_the_next_day(
    trained: TrainedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = features(trained.config, out=tmp_path, as_of=pd.Timestamp("2022-12-01").date())
    monkeypatch.setenv(VARIABLE, str(tmp_path / "latest"))
    model = opened(trained)
    asked = pd.DataFrame({"client_id": [pq.read_table(earlier.file)["client_id"][0].as_py()]})
    assert model.predict(asked)["as_of"][0] == "2022-12-01"
    features(trained.config, out=tmp_path)
    assert model.predict(asked)["as_of"][0] == "2023-01-01"
    features(trained.config, out=tmp_path, as_of=pd.Timestamp("2022-11-01").date())  # what is filled in later
    assert model.predict(asked)["as_of"][0] == "2023-01-01"


def test_features_of_other_models_or_damaged_ones_are_not_served(
    trained: TrainedLender, published: PublishedFeatures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / published.folder.name
    folder.mkdir()
    for file in published.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "features.parquet").write_bytes(b"PAR1")
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(DamagedBundleError, match="other bytes"):
        opened(trained)
    monkeypatch.setenv(VARIABLE, str(trained.predicted.folder))  # of the same models, but no features
    with pytest.raises((UserError, OSError)):
        opened(trained)


def test_published_features_tell_kinds_and_units_and_come_whole(
    trained: TrainedLender, published: PublishedFeatures, tmp_path: Path, command: Command
) -> None:
    table = pq.read_table(published.file)
    assert table.column_names[:2] == ["client_id", "as_of"]
    assert sorted(table["client_id"].to_pylist()) == sorted(trained.column("client_id"))
    assert table.schema.field("country").metadata == {b"kind": b"category", b"unit": b"category"}
    assert table.schema.field("value_sum_3p").metadata == {b"kind": b"number", b"unit": b"EUR"}
    told = json.loads(table.schema.metadata[b"clientvalue"])
    assert [each["name"] for each in told["features"]] == table.column_names[2:]
    assert told["model_version"] == trained.predicted.model_version
    assert read_manifest(published.folder)["input"] == trained.result.book.fingerprint
    outcome = command("features", "--config", trained.config_file, "--out", tmp_path, "--json")
    assert outcome.code == 0, outcome.err
    again = json.loads(outcome.out)
    assert Path(again["file"]).read_bytes() == published.file.read_bytes()
    assert Path(again["folder"]) == (tmp_path / "latest").resolve()
    lines = command("features", "--config", trained.config_file, "--out", tmp_path).out
    assert f"{published.clients:,} clients, {published.features:,} features, as known before 2023-01-01" in lines


@pytest.mark.filterwarnings("ignore")  # of shap and Matplotlib about one another
def test_shap_draws_a_scatter_of_explanations_and_features(
    trained: TrainedLender, published: PublishedFeatures, tmp_path: Path
) -> None:
    shap = load("shap")
    explained = pq.read_table(trained.predicted.folder / "explanations.parquet").to_pandas()
    decline = explained[explained["model"] == "decline"].set_index("client_id")
    data = pq.read_table(published.file).to_pandas().set_index("client_id").loc[decline.index]
    names = list(data.columns[1:])
    found = shap.Explanation(
        decline[names].to_numpy(), decline["base"].to_numpy(), data=data[names].to_numpy(), feature_names=names
    )
    axes = shap.plots.scatter(found[:, "value_sum_12p"], show=False)
    drawn = axes.collections[0].get_offsets()
    assert sorted(drawn[:, 1]) == pytest.approx(sorted(decline["value_sum_12p"]))
    axes.figure.savefig(tmp_path / "scatter.png")
    assert (tmp_path / "scatter.png").stat().st_size > 5_000


def test_mlflow_evaluates_published_scores_over_published_features(
    trained: TrainedLender, published: PublishedFeatures, tmp_path: Path
) -> None:
    """As anybody would judge static predictions; here against the past sum, which is at hand."""
    table = pq.read_table(published.file).to_pandas()
    scores = dict(zip(trained.column("client_id"), trained.column("value"), strict=True))
    numbers = table.select_dtypes("number").assign(
        forecast=table["client_id"].map(scores).astype("float64"), past=table["value_sum_12p"]
    )
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/judged.db")
    plain = {"log_model_explainability": False}  # there is no model to explain
    try:
        with quiet():
            judged = evaluate(
                data=numbers, targets="past", predictions="forecast", model_type="regressor", evaluator_config=plain
            )
    finally:
        mlflow.set_tracking_uri(trained.config.run.tracking_uri)
    expected = float(np.abs(numbers["forecast"] - numbers["past"]).mean())
    assert judged.metrics["mean_absolute_error"] == pytest.approx(expected)
