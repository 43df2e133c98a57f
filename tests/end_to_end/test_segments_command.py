"""``clientvalue segments`` on a trained lender: it tells of the same clients as the published scores."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import mlflow
import pytest

from end_to_end.conftest import Command
from models.pipeline.bundle import read_report
from models.training.report import TrainingReport
from support.trained_lender import TrainedLender


def test_profiles_are_those_of_the_scored_clients(trained: TrainedLender, command: Command, tmp_path: Path) -> None:
    place = tmp_path / "kinds.html"
    done = command("segments", "--config", trained.config_file, "--html", place, "--json")
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    counts = Counter(trained.column("segment"))
    segments = facts["segments"]
    assert {each["number"]: each["clients"] for each in segments["segments"]} == dict(counts)
    assert segments["clients"] == trained.predicted.clients
    assert sum(each["value"] for each in segments["segments"]) == pytest.approx(sum(trained.column("value")))
    for axis in ("stage", "relationship_type", "need_type", "tier"):
        reported = {each["name"]: each["clients"] for each in segments["kinds"][axis]}
        assert reported == dict(Counter(trained.column(axis)))
    assert "Kinds of clients" in place.read_text(encoding="utf-8")


def test_report_scores_and_command_name_the_same_segments(
    trained: TrainedLender, command: Command, tmp_path: Path
) -> None:
    done = command("segments", "--config", trained.config_file, "--html", tmp_path / "kinds.html", "--json")
    named = {each["number"]: each["name"] for each in json.loads(done.out)["segments"]["segments"]}
    report = read_report(trained.result.bundle, TrainingReport)
    assert {each.number: each.name for each in report.segments.segments} == named
    scored = set(zip(trained.column("segment"), trained.column("segment_name"), strict=True))
    assert scored <= set(named.items())
    reported = {f"{number}: {name}" for number, name in named.items()} | {"other"}
    groups = [each.name for origin in report.origins for each in origin.parts.errors.get("segment", ())]
    assert groups
    assert set(groups) <= reported


def test_a_date_before_any_client_is_refused_in_a_sentence(trained: TrainedLender, command: Command) -> None:
    done = command("segments", "--config", trained.config_file, "--as-of", "1999-01-01")
    assert done.code == 2
    assert done.err.strip().splitlines()[-1].startswith("error:")


def test_each_training_keeps_its_profiles_in_its_run(trained: TrainedLender) -> None:
    store = trained.config.run.tracking_uri
    client = mlflow.MlflowClient(tracking_uri=store, registry_uri=store)
    run = client.get_run(trained.result.run_id)
    assert "segments.html" in {file.path for file in client.list_artifacts(trained.result.run_id)}
    assert run.data.metrics["segments.count"] == len(trained.result.report.segments.segments)
