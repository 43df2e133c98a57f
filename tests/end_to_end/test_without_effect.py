"""A policy that the config changed after training: every command that grades says whose policy did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from end_to_end.conftest import Command
from support.trained_lender import TrainedLender

CHANGED = ("--set", "tiers.aa_share=0.25")


def codes(notices: list[dict[str, Any]]) -> set[str]:
    return {notice["code"] for notice in notices}


def test_predict_tells_it_and_publishes_the_same_bytes(command: Command, trained: TrainedLender) -> None:
    before = {path.name: path.read_bytes() for path in trained.predicted.folder.iterdir()}
    done = command("predict", "--config", trained.config_file, "--json", *CHANGED)
    assert done.code == 0, done.err
    reported = json.loads(done.out)
    assert reported["run_key"] == trained.predicted.run_key
    assert "policy_without_effect" in codes(reported["notices"])
    assert {path.name: path.read_bytes() for path in trained.predicted.folder.iterdir()} == before
    assert "policy_without_effect" not in {notice.code for notice in trained.predicted.notices}


@pytest.mark.parametrize("asked", [("tiers",), ("explain",), ("segments",)])
def test_commands_that_grade_by_the_models_tell_it(
    command: Command, trained: TrainedLender, asked: tuple[str, ...], tmp_path: Path
) -> None:
    client = (str(trained.column("client_id")[0]),) if asked == ("explain",) else ()
    page = ("--html", str(tmp_path / "page.html")) if asked == ("segments",) else ()
    options = ("--config", trained.config_file, *page)
    facts = json.loads(command(*asked, *client, *options, "--json", *CHANGED).out)
    assert "policy_without_effect" in codes(facts["notices"])
    assert "policy_without_effect" not in codes(json.loads(command(*asked, *client, *options, "--json").out)["notices"])
    said = " ".join(command(*asked, *client, *options, *CHANGED).out.split())
    assert "is not the one that the models were published with" in said


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
