"""Tuning a lender's book from the command line: what it prints and leaves, and what a power cut does to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow.entities import Run

import models
from models.config.loading import load_config
from models.config.root import Config
from models.tracking.mlflow import Tracking
from support.lending_book import Lender, drawn_tables, lender_in

Command = Callable[..., Any]
TESTS = Path(__file__).parents[1]
TRIALS = 5


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("tuned"), tune={"origin_count": 2, "trials": TRIALS})


@pytest.fixture(scope="module")
def reported(lender: Lender) -> dict[str, Any]:
    """What a program reads of a search that nobody stopped; the trials of ``value`` are those of a broken one below."""
    ended = subprocess.run(  # noqa: S603
        [Path(sys.executable).parent / "clientvalue", "tune", "--config", lender.config_file, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    facts: dict[str, Any] = json.loads(ended.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    return facts


def elsewhere(lender: Lender, root: Path) -> list[str]:
    """Arguments for the same book and settings, with everything kept below another folder."""
    places = {
        "tracking_uri": f"sqlite:///{root}/mlruns/mlflow.db",
        "artifact_dir": f"{root}/mlruns/artifacts",
        "work_dir": f"{root}/processed",
    }
    settings = [part for name, place in places.items() for part in ("--set", f"run.{name}={place}")]
    return ["tune", "--config", str(lender.config_file), *settings]


def runs_of(config: Config) -> list[Run]:
    """All runs of the book, in the order in which they began."""
    client = Tracking(config).client
    experiment = client.get_experiment_by_name("lender")
    assert experiment is not None
    return list(client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"]))


def what_counts(facts: dict[str, Any], model: str) -> list[dict[str, Any]]:
    (found,) = [each for each in facts["models"] if each["model"] == model]
    return [{name: value for name, value in trial.items() if name != "seconds"} for trial in found["trials"]]


def test_both_models_are_tuned_before_any_test_origin(reported: dict[str, Any], lender: Lender) -> None:
    assert [each["model"] for each in reported["models"]] == ["value", "decline"]
    for each in reported["models"]:
        assert len(each["trials"]) == TRIALS
        assert each["origins"] == ["2021-04-01", "2021-07-01"]  # their six months end by 2022-01-01, the first test
        own = getattr(lender.config.learners, each["model"])
        assert each["trials"][0]["settings"] == {name: getattr(own, name) for name in each["own"]["settings"]}
        scores = [trial["score"] for trial in each["trials"] if trial["score"] is not None]
        assert each["best"]["score"] == max(scores)
        assert each["own"]["score"] == scores[0] == pytest.approx(np.mean(each["own"]["scores"]))
        gains = np.subtract(each["best"]["scores"], each["own"]["scores"])
        assert each["gain"] == pytest.approx(gains.mean())
        assert each["noise"] == pytest.approx(gains.std(ddof=1) / np.sqrt(2))


def test_the_lines_for_the_config_are_left_and_hold(reported: dict[str, Any], lender: Lender) -> None:
    path = Path(reported["path"])
    assert path == Path(lender.config.run.work_dir) / "lender" / "tuned.yaml"
    lines = yaml.safe_load(path.read_text(encoding="utf-8"))
    for each in reported["models"]:
        chosen = each["best"] if each["is_better"] else each["own"]
        assert lines["learners"][each["model"]] == chosen["settings"]
    over = [
        f"learners.{model}.{name}={value}"
        for model, settings in lines["learners"].items()
        for name, value in settings.items()
    ]
    learners = load_config(lender.config_file, over).learners
    assert learners.value.trees == lines["learners"]["value"]["trees"]


def test_each_trial_is_a_run_below_that_of_the_search(reported: dict[str, Any], lender: Lender) -> None:
    runs = runs_of(lender.config)
    (parent,) = [run for run in runs if run.info.run_name == "tune"]
    assert parent.info.run_id == reported["run_id"]
    assert parent.info.status == "FINISHED"
    assert parent.data.params["time.horizon_periods"] == "6"
    assert "learners.value.trees" not in parent.data.params
    below = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert [run.info.run_name for run in below] == [
        f"{model} {number}" for model in ("value", "decline") for number in range(1, TRIALS + 1)
    ]
    trials = [trial for each in reported["models"] for trial in each["trials"]]
    client = Tracking(lender.config).client
    for run, trial in zip(below, trials, strict=True):
        assert run.info.status == "FINISHED"
        assert run.data.params["state"] == trial["state"]
        assert float(run.data.params["learning_rate"]) == trial["settings"]["learning_rate"]
        assert run.data.metrics.get("mean_score") == trial["score"]
        history = client.get_metric_history(run.info.run_id, "score")
        assert {entry.step: entry.value for entry in history} == dict(
            zip((20210401, 20210701), trial["scores"], strict=False)
        )


def test_a_search_killed_in_the_middle_goes_on_as_if_nothing_had_happened(
    reported: dict[str, Any], lender: Lender, command: Command, tmp_path: Path
) -> None:
    arguments = [*elsewhere(lender, tmp_path), "--model", "value"]
    printed = tmp_path / "printed.txt"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "support.dying_tune", "book", printed, "6", *arguments],
        cwd=TESTS,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL, printed.read_text(encoding="utf-8") + ended.stderr.decode()
    config = load_config(lender.config_file, arguments[4:-2:2])
    killed = runs_of(config)
    assert [(run.info.run_name, run.info.status) for run in killed] == [
        ("tune", "RUNNING"),
        ("value 1", "FINISHED"),
        ("value 2", "FINISHED"),
    ]
    assert not (tmp_path / "processed" / "lender" / "tuned.yaml").exists()

    resumed = command(*arguments, "--json")
    assert resumed.code == 0
    assert "after 2 trials; interrupted and repeated: 1" in resumed.err.replace("\n", " ")
    facts = json.loads(resumed.out)
    assert what_counts(facts, "value") == what_counts(reported, "value")
    runs = runs_of(config)
    assert [run.info.run_name for run in runs] == ["tune", *(f"value {number}" for number in range(1, TRIALS + 1))]
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert runs[0].info.run_id == killed[0].info.run_id == facts["run_id"]


def test_what_a_person_reads(reported: dict[str, Any], lender: Lender, command: Command) -> None:
    """Nothing is left to try here, so the same command again only tells what was found."""
    ended = command("tune", "--config", lender.config_file)
    assert ended.code == 0
    assert "after 5 trials; interrupted and repeated: 0" in ended.err
    for each in reported["models"]:
        for day, own, best in zip(each["origins"], each["own"]["scores"], each["best"]["scores"], strict=True):
            row = next(line for line in ended.out.splitlines() if day in line and f"{own:.4f}" in line)
            assert f"{best:.4f}" in row
            assert f"{best - own:+.4f}" in row
        words = f"take trial {each['best']['number']}" if each["is_better"] else "your settings stay"
        assert f"{each['model']}: 5 trials" in ended.out
        assert words in ended.out
    for line in Path(reported["path"]).read_text(encoding="utf-8").splitlines():
        assert line in ended.out
    for line in ended.out.splitlines():
        assert len(line.rstrip()) <= 80 or "/" in line or ": " in line, line


def test_what_happens_from_the_first_test_origin_on_is_not_looked_at(
    reported: dict[str, Any], lender: Lender, tmp_path: Path
) -> None:
    tables = drawn_tables()
    flows = tables["cashflows"]
    later = pd.to_datetime(flows["date"]) >= "2022-01-01"
    tables["cashflows"] = flows.assign(amount=np.where(later, 7.0, flows["amount"]))
    other = lender_in(
        tmp_path, tables, tune={"origin_count": 2, "trials": 1}, origins=lender.config.origins.model_dump(mode="json")
    )
    assert not tables["cashflows"]["amount"].equals(flows["amount"])
    found = models.tune(other.config_file)
    assert [each.own.scores for each in found.tuned] == [tuple(each["own"]["scores"]) for each in reported["models"]]
    assert all(each.study not in {known["study"] for known in reported["models"]} for each in found.tuned)


def test_another_objective_is_another_study(
    reported: dict[str, Any], lender: Lender, command: Command, tmp_path: Path
) -> None:
    arguments = ("--model", "decline", "--objective", "profit", "--trials", "1", "--json")
    ended = command(*elsewhere(lender, tmp_path), *arguments)
    assert ended.code == 0
    (found,) = json.loads(ended.out)["models"]
    assert found["study"] not in {each["study"] for each in reported["models"]}
    assert found["objective"] == "expected maximum profit per client"
    assert found["own"]["score"] >= 0.0
    assert not found["is_better"]


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        (("--trials", "0"), "tune.trials"),
        (("--minutes", "-1"), "tune.minutes"),
        (("--candidate", "btyd"), "btyd"),
        (("--objective", "luck"), "luck"),
        (("--set", "tune.trails=3"), "did you mean trials?"),
    ],
)
def test_a_slip_is_told_at_once(arguments: tuple[str, str], told_of: str, lender: Lender, command: Command) -> None:
    ended = command("tune", "--config", lender.config_file, *arguments)
    assert ended.code == 2
    assert told_of in ended.err
    assert "Traceback" not in ended.err


def test_help_says_what_it_does(command: Command) -> None:
    ended = command("tune", "--help")
    assert ended.code == 0
    for word in ("--model", "--trials", "--minutes", "--objective", "--candidate", "--json", "value|decline|both"):
        assert word in ended.out
    assert all(len(line.rstrip()) <= 80 for line in ended.out.splitlines())
