"""The main job on a drawn book: a registered bundle, and scores and explanations that hold what DESIGN promises."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mlflow.tracking import MlflowClient

from models.learners.contract import FeatureContract
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.scoring.columns import PART_COLUMNS
from support.lending_book import KNOWN_UNTIL
from support.trained_lender import TrainedLender

SCORE_COLUMNS = {
    "client_id": pa.string(),
    "as_of": pa.date32(),
    "value": pa.float64(),
    "value_low": pa.float64(),
    "value_high": pa.float64(),
    "decline_probability": pa.float64(),
    "stage": pa.string(),
    "segment": pa.int32(),
    "segment_name": pa.string(),
    "relationship_type": pa.string(),
    "need_type": pa.string(),
    "tier": pa.string(),
    "tier_reason": pa.string(),
    "model_version": pa.string(),
    "run_key": pa.string(),
}
FIXED = ("client_id", "as_of", "model", "unit", "base", "prediction")
CREDIT = [
    *(name for name in PART_COLUMNS if not name.startswith("margin")),
    "ecl_12_month",
    "ecl_lifetime",
]
"""What is null where no defaults are known."""
SERVED = ("served_unit", "served_base", "served_prediction", "served_per_unit")


@pytest.fixture(scope="module")
def scores(trained: TrainedLender) -> pd.DataFrame:
    return pq.read_table(trained.predicted.folder / "scores.parquet").to_pandas()


@pytest.fixture(scope="module")
def explanations(trained: TrainedLender) -> pd.DataFrame:
    return pq.read_table(trained.predicted.folder / "explanations.parquet").to_pandas()


def active_by_sql(trained: TrainedLender) -> set[str]:
    """Who earned interest or drew within the year before the book's end, from the files as they were written."""
    flows = pd.read_csv(trained.book / "cashflows.csv", dtype=str, keep_default_na=False)
    recent = flows["date"].between("2022-01-01", "2022-12-31") & flows["kind"].isin(["interest", "drawdown"])
    return set(flows.loc[recent, "client_id"])


def test_every_active_client_has_one_row_of_scores(trained: TrainedLender, scores: pd.DataFrame) -> None:
    assert scores["client_id"].is_unique
    assert set(scores["client_id"]) == active_by_sql(trained)
    assert set(scores["as_of"]) == {KNOWN_UNTIL}


def test_scores_have_the_columns_of_the_contract(trained: TrainedLender) -> None:
    schema = pq.read_schema(trained.predicted.folder / "scores.parquet")
    first = schema.names[: len(SCORE_COLUMNS)]
    assert [(name, schema.field(name).type) for name in first] == list(SCORE_COLUMNS.items())
    assert schema.names[len(SCORE_COLUMNS)] == "reasons"
    assert pa.types.is_list(schema.field("reasons").type)
    reported = {"relationship_degrees", "need_degrees", "value_class", "segment_margin", "decline_high"}
    assert reported <= set(schema.names)


def test_scores_are_in_range(scores: pd.DataFrame) -> None:
    waiting = [f"{axis}_candidate_since" for axis in ("stage", "relationship_type", "need_type")]
    lacking = [
        *waiting,
        "next_tier",
        "tier_lacking",
        "tier_lacking_amount",
        "tier_lacking_criterion",
        "tier_kept_by",
        "override",
        "region",  # the book says none, and of sponsor groups only some
        "group_id",
    ]
    assert scores[CREDIT].isna().all(axis=None)  # the config counts no write_off, and the book knows of no default
    np.testing.assert_array_equal(scores["value"], scores["margin"])  # so that value is the margin alone
    assert scores.drop(columns=[*lacking, *CREDIT]).notna().all(axis=None)
    assert scores["override"].isna().all()  # nobody asked for anything
    assert scores["next_tier"].isna().equals(scores["tier_by_rule"] == "AA")
    assert scores["decline_probability"].between(0, 1).all()
    assert (scores["value"] > 0).all()
    assert (scores["value_low"] <= scores["value_high"]).all()
    assert set(scores["tier"]) <= {"AA", "A", "B"}
    assert set(scores["stage"]) <= {"acquisition", "development", "maturity", "decline", "churned"}
    assert set(scores["relationship_type"]) <= {"strategic", "transactional", "partnership", "problem-solving"}
    assert set(scores["need_type"]) <= {"funding", "resource integration", "risk management"}


def test_the_reason_agrees_with_the_tier_and_its_numbers(trained: TrainedLender, scores: pd.DataFrame) -> None:
    most = trained.config.tiers.max_declines(trained.config.scale)
    assert (scores["tier_reason"].str.partition(":")[0] == scores["tier"]).all()
    best = scores[scores["tier"] == "AA"]
    assert (best["decline_probability"] <= most["AA"]).all()
    assert best["value"].min() > scores.loc[scores["tier_reason"].str.startswith("B: expected"), "value"].max()
    assert (scores.loc[scores["decline_probability"] > most["A"], "tier"] == "B").all()


def test_contributions_sum_to_the_prediction_of_every_row(explanations: pd.DataFrame) -> None:
    features = [name for name in explanations.columns if name not in FIXED + SERVED]
    sums = explanations["base"] + explanations[features].sum(axis=1)
    np.testing.assert_allclose(sums, explanations["prediction"], rtol=1e-6)
    points = explanations[features].sum(axis=1) * explanations["served_per_unit"]
    np.testing.assert_allclose(explanations["served_base"] + points, explanations["served_prediction"], rtol=1e-6)


def test_explanations_explain_the_scores(scores: pd.DataFrame, explanations: pd.DataFrame) -> None:
    for model, column, unit, link in (
        ("value", "value", "currency", np.exp),
        ("decline", "decline_probability", "probability", lambda odds: 1 / (1 + np.exp(-odds))),
    ):
        parts = explanations[explanations["model"] == model].set_index("client_id").loc[scores["client_id"]]
        assert set(parts["served_unit"]) == {unit}
        np.testing.assert_allclose(parts["served_prediction"], scores[column], rtol=1e-12)
        np.testing.assert_allclose(link(parts["prediction"]), scores[column], rtol=1e-9)


def test_reasons_are_the_largest_sums_of_contributions_in_points(
    trained: TrainedLender, scores: pd.DataFrame, explanations: pd.DataFrame
) -> None:
    parts = explanations[explanations["model"] == "decline"].set_index("client_id")
    words = json.loads((trained.result.bundle / "words.json").read_text(encoding="utf-8"))
    reason_of = {feature: said["reason"] for feature, said in words.items()}
    for client, reasons in zip(scores["client_id"].head(20), scores["reasons"].head(20), strict=True):
        row = parts.loc[client]
        points = row[list(reason_of)].astype(float) * row["served_per_unit"] * 100
        by_reason = points.groupby(reason_of).sum()
        largest = by_reason.abs().sort_values(ascending=False).head(5)
        np.testing.assert_allclose([abs(reason["points"]) for reason in reasons], largest, rtol=1e-5, atol=1e-5)
        for reason in reasons:
            assert reason["points"] == pytest.approx(by_reason[reason["reason"]], rel=1e-5, abs=1e-5)
            assert reason_of[reason["feature"]] == reason["reason"]


def test_the_manifest_has_the_hash_of_every_file(trained: TrainedLender) -> None:
    folder = trained.predicted.folder
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    names = [
        "clients.parquet", "counts.json", "curves.parquet", "explanations.parquet", "lists.parquet", "movers.parquet",
        "moves.json", "policy.json", "scores.parquet", "warning_memory.parquet", "warnings.parquet",
    ]  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, "manifest.json"])
    assert manifest["files"] == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    assert manifest["run_key"] == trained.predicted.run_key
    assert set(trained.column("run_key")) == {trained.predicted.run_key}
    assert manifest["clients_in_book"] == 300
    assert manifest["clients_scored"] == len(trained.column("client_id"))


def test_latest_leads_to_the_results(trained: TrainedLender) -> None:
    link = trained.root / "processed" / "lender" / "scores" / "latest"
    assert link.is_symlink()
    assert not Path(link.readlink()).is_absolute()
    assert link.resolve() == trained.predicted.folder.resolve()


def test_the_summary_adds_up_to_the_scores(trained: TrainedLender, scores: pd.DataFrame) -> None:
    reported = trained.predicted
    assert reported.tiers == scores["tier"].value_counts().to_dict()
    for tier, rows in scores.groupby("tier"):
        assert reported.value_by_tier[str(tier)] == pytest.approx(rows["value"].sum())
        assert reported.decline_by_tier[str(tier)] == pytest.approx(rows["decline_probability"].mean())


def test_the_first_version_is_champion(trained: TrainedLender) -> None:
    store = trained.config.run.tracking_uri
    client = MlflowClient(tracking_uri=store, registry_uri=store)
    assert trained.result.is_champion
    version = client.get_model_version_by_alias("clientvalue-lender", "champion")
    assert (str(version.version), version.run_id) == (trained.result.version, trained.result.run_id)


def test_mlflow_serves_the_same_numbers(trained: TrainedLender, scores: pd.DataFrame) -> None:
    config = trained.config
    with prepared_book(trained.result.book, config, KNOWN_UNTIL) as prepared:
        panel = panel_of(prepared, config, [0], targets=False)
    mlflow.set_tracking_uri(config.run.tracking_uri)
    mlflow.set_registry_uri(config.run.tracking_uri)
    served = mlflow.pyfunc.load_model("models:/clientvalue-lender@champion").predict(panel.features)
    ours = scores.set_index("client_id").loc[panel.client_id]
    assert served["value"].tolist() == ours["value"].tolist()
    assert served["decline_probability"].tolist() == ours["decline_probability"].tolist()


def test_the_bundle_holds_text_only(trained: TrainedLender) -> None:
    files = {path.name: path for path in trained.result.bundle.iterdir()}
    assert {"config.json", "contract.json", "manifest.json", "report.json", "value.trees.txt"} <= files.keys()
    for path in files.values():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            json.loads(text)
        else:
            assert text.startswith("tree\nversion="), path.name


def test_the_bundle_names_no_place_of_this_machine(trained: TrainedLender) -> None:
    for path in trained.result.bundle.iterdir():
        assert str(trained.root) not in path.read_text(encoding="utf-8"), path.name


def test_the_contract_is_part_of_the_bundle(trained: TrainedLender, explanations: pd.DataFrame) -> None:
    contract = FeatureContract.from_json((trained.result.bundle / "contract.json").read_text(encoding="utf-8"))
    assert list(contract.names) == [name for name in explanations.columns if name not in FIXED + SERVED]
    assert all(contract.units.values())


def test_the_report_judges_ours_beside_the_baselines(trained: TrainedLender) -> None:
    report = trained.result.report
    assert [str(origin.as_of) for origin in report.origins] == ["2022-01-01", "2022-07-01"]
    for origin in report.origins:
        assert origin.learned_until < origin.as_of < origin.outcomes_until
        assert {"ours", "logistic", "recency", "past_count", "past_sum"} <= set(origin.decline.metrics)
        assert {"ours", "recency", "past_count", "past_sum", "last_period"} <= set(origin.value.metrics)
        for target, metric in (("decline", "auc"), ("value", "normalized_gini")):
            figure = origin.of(target).metrics["ours"][metric]
            assert figure.low <= figure.estimate <= figure.high
            assert figure.estimate > 0.7
        assert origin.groups_apart
        assert origin.calibrated
