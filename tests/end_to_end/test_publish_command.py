"""The command publish as a user meets it, and as a program reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from end_to_end.conftest import Command
from support.published_runs import APRIL, CONFIG, MARCH, config_with, published_run, scores_of


@pytest.fixture
def settings(tmp_path: Path) -> list[str]:
    sink = f"publish.sink=duckdb://{tmp_path}/bank.duckdb"
    return ["--config", str(CONFIG), "--set", f"run.work_dir={tmp_path}/work", "--set", sink]


def test_a_killed_night_is_mended_by_calling_again(command: Command, settings: list[str], tmp_path: Path) -> None:
    runs = [published_run(config_with(tmp_path / "work"), as_of) for as_of in (MARCH, APRIL)]
    first = command("publish", *settings)
    assert first.code == 0
    assert [line.split()[:3] for line in first.out.splitlines()[:2]] == [
        [str(run.as_of), "run", run.run_key[:12]] for run in runs
    ]
    assert first.out.endswith("bank.duckdb: 2 written, 0 stood there, 2 publications\n")
    again = command("publish", *settings)
    assert again.out.endswith("bank.duckdb: nothing to do, 2 runs stand there\n")
    anew = json.loads(command("publish", *settings, "--as-of", "2023-03-01", "--json").out)
    (written,) = anew["sinks"][0]["written"]
    assert (written["as_of"], written["replaced"]) == ("2023-03-01", runs[0].run_key)
    assert {"table": "scores", "rows": 12} in written["tables"]
    everything = json.loads(command("publish", *settings, "--all", "--json").out)
    assert [run["as_of"] for run in everything["sinks"][0]["written"]] == ["2023-03-01", "2023-04-01"]


def test_what_could_not_be_written_ends_as_a_mistake_after_the_rest(
    command: Command, settings: list[str], tmp_path: Path
) -> None:
    config = config_with(tmp_path / "work")
    published_run(config, MARCH)
    april = published_run(config, APRIL)
    (scores_of(config) / april.folder / "lists.parquet").unlink()
    ended = command("publish", *settings)
    assert ended.code == 2
    assert "1 written, 1 not" in ended.out
    assert "every sink must take every official run" in ended.err
    assert "run of 2023-04-01: lists.parquet must be as it was written, got no such file" in ended.err
    assert ended.err.rstrip().endswith("what stands there stays")


def test_without_a_sink_the_remedy_names_one(command: Command, settings: list[str]) -> None:
    ended = command("publish", *settings[:-2])
    assert ended.code == 2
    assert "publish.sink must name a database, got none" in ended.err


def test_the_tables_are_told_before_anything_is_published(command: Command, settings: list[str]) -> None:
    ended = command("publish", *settings, "--schema")
    assert ended.code == 0
    assert "clientvalue_scores" in ended.out
    assert "expected margin less expected credit loss" in " ".join(ended.out.split())
    assert all(len(line.rstrip()) <= 80 for line in ended.out.splitlines())
    told = {table["name"]: table for table in json.loads(command("publish", *settings, "--schema", "--json").out)}
    (value,) = [column for column in told["scores"]["columns"] if column["name"] == "value"]
    assert (value["kind"], value["unit"]) == ("number", "currency")
    assert "tier_dimensions_*" in [column["name"] for column in told["scores"]["columns"]]


def test_the_tables_of_a_published_run_are_told_by_their_own_columns(
    command: Command, settings: list[str], tmp_path: Path
) -> None:
    published_run(config_with(tmp_path / "work"))
    told = {table["name"]: table for table in json.loads(command("publish", *settings, "--schema", "--json").out)}
    names = [column["name"] for column in told["scores"]["columns"]]
    assert [name for name in names if name.startswith("relationship_degrees")] == [
        "relationship_degrees_strategic",
        "relationship_degrees_problem_solving",
    ]
    assert told["explanations"]["key"] == ["book", "as_of", "client_id", "model", "feature"]
