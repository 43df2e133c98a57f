"""A policy that the config changed after training: every command that grades says whose policy did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from end_to_end.conftest import Command
from models.config.loading import load_config
from models.scoring.columns import score_columns
from models.scoring.job import predict
from models.scoring.scoring import ScoringBasis
from models.scoring.workspace import Workspace
from support.trained_lender import TrainedLender

CHANGED = ("--set", "tiers.aa_share=0.25")
HASHES = {"policy": "hash", "models": "bundle_hash"}


def codes(notices: list[dict[str, Any]]) -> set[str]:
    return {notice["code"] for notice in notices}


def test_predict_grades_by_it_and_publishes_a_run_of_its_own(
    command: Command, trained: TrainedLender, tmp_path: Path
) -> None:
    options = ("predict", "--config", trained.config_file, "--out", tmp_path, "--json")
    before = json.loads(command(*options).out)
    done = command(*options, *CHANGED)
    assert done.code == 0, done.err
    reported = json.loads(done.out)
    assert reported["run_key"] != before["run_key"]
    assert "policy_of_config" in codes(reported["notices"])
    assert "policy_of_config" not in codes(before["notices"])
    clients = sum(before["tiers"].values())
    assert before["tiers"]["AA"] < 0.2 * clients < reported["tiers"]["AA"] <= 0.25 * clients + 1
    manifest = json.loads((Path(reported["folder"]) / "manifest.json").read_text(encoding="utf-8"))
    assert reported["policy"] == {name: manifest["policy"][key] for name, key in HASHES.items()}
    assert manifest["policy"]["graded_by"] == "config"
    assert manifest["policy"]["bundle_hash"] == before["policy"]["policy"] == before["policy"]["models"]
    assert manifest["settings"]["policy"] == manifest["policy"]["hash"]
    assert "policy_of_config" in codes(manifest["notices"])
    for name in ("explanations.parquet", "curves.parquet"):
        assert (Path(reported["folder"]) / name).is_file()
    same = ("value", "value_low", "decline_probability", "stage")
    tables = [pq.read_table(Path(each["folder"]) / "scores.parquet").to_pandas() for each in (before, reported)]
    pd.testing.assert_frame_equal(*(table[list(same)] for table in tables))


def test_who_asks_of_one_client_gets_the_tier_that_the_whole_run_published(
    trained: TrainedLender, tmp_path: Path
) -> None:
    config = load_config(trained.config_file, [*CHANGED[1:], f"run.work_dir={tmp_path}"])
    predicted = predict(config, bundle=trained.result.version)
    scores = pq.read_table(predicted.folder / "scores.parquet").to_pandas().set_index("client_id")
    place = Workspace.of(config)
    for folder in (place.scores, tmp_path / "nothing published"):
        basis = ScoringBasis.of(place.book, place.bundle(trained.result.version), config, earlier=folder)
        block = basis.score(list(scores.index[:40]))
        columns = score_columns(
            basis.bundle.models, block.panel, block.predictions, basis.settings, block.decision_context
        )
        assert columns["tier"].to_pylist() == scores.loc[block.panel.client_id, "tier"].tolist()


@pytest.mark.parametrize("asked", [("tiers",), ("explain",), ("segments",)])
def test_commands_that_grade_say_whose_policy_does(
    command: Command, trained: TrainedLender, asked: tuple[str, ...], tmp_path: Path
) -> None:
    client = (str(trained.column("client_id")[0]),) if asked == ("explain",) else ()
    page = ("--html", str(tmp_path / "page.html")) if asked == ("segments",) else ()
    options = ("--config", trained.config_file, *page)
    facts = json.loads(command(*asked, *client, *options, "--json", *CHANGED).out)
    assert "policy_of_config" in codes(facts["notices"])
    assert "policy_of_config" not in codes(json.loads(command(*asked, *client, *options, "--json").out)["notices"])
    said = " ".join(command(*asked, *client, *options, *CHANGED).out.split())
    assert "grades, not the one that the models were published with" in said


def test_the_overview_tells_that_the_config_has_changed_since(
    command: Command, trained: TrainedLender, tmp_path: Path
) -> None:
    page = tmp_path / "overview.html"
    options = ("--config", trained.config_file, "--html", str(page))
    facts = json.loads(command("overview", *options, "--json").out)
    assert "policy_changed_since" not in codes(facts["notices"])
    said = " ".join(command("overview", *options, *CHANGED).out.split())
    assert "warning: policy: these scores were made by other values" in said
    assert "these scores were made by other values" in page.read_text(encoding="utf-8")
