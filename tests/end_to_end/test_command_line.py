"""The command line as a new user meets it: help, tables at 80 columns, JSON for programs, errors apart from both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
import yaml

from models.cli import VERBS
from support.trained_lender import TrainedLender

Command = Callable[..., Any]
ROOT = Path(__file__).parents[2]
COMMANDS = {
    "run": ("--config", "--book", "--set", "--json"),
    "init": ("FOLDER|FILE|URL", "--out", "--name", "--currency", "--yes", "--force", "--set"),
    "nightly": ("--config", "--book", "--log", "--level", "--today", "--set"),
    "publications": ("--config", "--scores", "--last", "--set", "--json"),
    "gc": ("--config", "--dry-run", "--set", "--json"),
    "train": ("--config", "--book", "--set", "--json"),
    "predict": ("--config", "--book", "--bundle", "--as-of", "--out", "--shadow", "--in-sample", "--set", "--json"),
    "explain": ("CLIENT", "--config", "--bundle", "--as-of", "--since", "--against", "--lang", "--html", "--json"),
    "evaluate": ("--config", "--book", "--at", "--out", "--set", "--json"),
    "check": ("--config", "--book", "--set", "--json"),
    "segments": ("--config", "--book", "--bundle", "--as-of", "--html", "--json"),
    "tiers": ("--config", "--book", "--bundle", "--as-of", "--what-if", "--json"),
    "kpis": ("--config", "--book", "--as-of", "--out", "--json"),
    "funnel": ("--config", "--book", "--as-of", "--out", "--json"),
    "backtest": ("--config", "--book", "--at", "--out", "--json"),
    "overview": ("--config", "--book", "--scores", "--html", "--json"),
    "publish": ("--config", "--as-of", "--all", "--new-ledger", "--schema", "--set", "--json"),
    "config": ("--schema", "--config", "--set"),
}


def assert_fits(text: str) -> None:
    """Tables and sentences fit 80 columns; only places on disk may be longer."""
    for line in text.splitlines():
        assert len(line.rstrip()) <= 80 or "/" in line, line


def test_help_names_every_command(command: Command) -> None:
    ended = command("--help")
    assert ended.code == 0
    listed = re.findall(r"^ {2}(\w+) {2,}(\S.*)$", ended.out, flags=re.MULTILINE)
    assert set(COMMANDS) <= {name for name, _ in listed}
    assert [name for name, _ in listed] == list(VERBS)
    assert_fits(ended.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_says_what_it_does(name: str, command: Command) -> None:
    ended = command(name, "--help")
    assert ended.code == 0
    assert ended.err == ""
    for option in COMMANDS[name]:
        assert option in ended.out, option
    assert f"clientvalue {name}" in ended.out
    described = re.sub(r"\s+", " ", ended.out)
    assert len(re.findall(r"[A-Z][^.]{15,}\.", described)) >= 1
    assert_fits(ended.out)


def test_without_a_command_the_help_is_shown(command: Command) -> None:
    ended = command()
    assert ended.code == 2
    assert "predict" in ended.out + ended.err


@pytest.mark.parametrize("arguments", [["pradict"], ["predict", "--as-off", "2020-01-01"], ["explain"]])
def test_a_slip_of_the_fingers_ends_with_two(arguments: list[str], command: Command) -> None:
    ended = command(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage:" in ended.err
    assert "Traceback" not in ended.err


def test_predict_shows_the_tiers_and_where_to_look(trained: TrainedLender, command: Command) -> None:
    ended = command("predict", "--config", trained.config_file)
    assert ended.code == 0
    for tier, clients in trained.predicted.tiers.items():
        assert re.search(rf"^[\s│]*{tier}[\s│]+{clients}[\s│]", ended.out, flags=re.MULTILINE), tier
    for place in ("scores.parquet", "explanations.parquet", "manifest.json", "latest"):
        assert place in ended.out
    assert "Scoring and explaining" in ended.err
    assert "Scoring and explaining" not in ended.out
    assert_fits(ended.out)
    assert_fits(ended.err)


def test_evaluate_shows_ours_beside_the_baselines(trained: TrainedLender, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    ended = command("evaluate", "--config", trained.config_file, "--at", "2022-07-01", "--out", out)
    assert ended.code == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    ours = report["origins"][0]["decline"]["metrics"]["ours"]["auc"]
    assert f"{ours['estimate']:.3f} ({ours['low']:.3f}-{ours['high']:.3f})" in ended.out
    for word in ("clientvalue", "logistic regression", "recency", "past sum", "2022-07-01", str(out)):
        assert word in ended.out.replace("\n", ""), word
    assert_fits(ended.out)


def test_explain_is_readable_at_80_columns(trained: TrainedLender, command: Command) -> None:
    client = trained.column("client_id")[0]
    ended = command("explain", client, "--config", trained.config_file)
    assert ended.code == 0
    assert f"{trained.column('decline_probability')[0]:.1%}" in ended.out
    assert trained.column("tier_reason")[0] in " ".join(ended.out.split())
    assert trained.column("stage")[0] in ended.out
    assert_fits(ended.out)
    assert "…" not in ended.out


def test_who_explains_a_client_of_an_unchanged_book_waits_for_nothing_else(trained: TrainedLender) -> None:
    heavy = ["mlflow", "sklearn", "lightgbm", "scipy.stats", "scipy.optimize", "optuna", "ibis", "duckdb", "matplotlib"]
    code = (
        "import sys; from models.cli import main\ntry: main()\n"
        f"finally: sys.stderr.write(str([name for name in {heavy} if name in sys.modules]))"
    )
    asked = ["explain", trained.column("client_id")[0], "--config", str(trained.config_file)]
    reported = [
        subprocess.run([sys.executable, "-c", code, *asked], check=True, capture_output=True, text=True)  # noqa: S603
        for _ in range(2)
    ]
    assert reported[0].stdout == reported[1].stdout
    assert reported[1].stderr.endswith("[]")


def test_check_counts_the_rows(trained: TrainedLender, command: Command) -> None:
    ended = command("check", "--config", trained.config_file)
    assert ended.code == FINDINGS  # its facilities end a year before the book does
    for name in ("clients", "facilities", "cashflows"):
        rows = len(pd.read_csv(trained.book / f"{name}.csv"))
        assert re.search(rf"{name}[\s│]+{rows:,}[\s│]+.*\b0\b", ended.out), name
    assert "quarantine.parquet" in ended.out
    assert_fits(ended.out)


FINDINGS = 3
"""How ``check`` ends where something is implausible and only warned of."""
JSON_COMMANDS = {
    "predict": {"clients", "tiers", "run_key", "folder"},
    "check": {"quarantine"},
    "explain": {"client_id", "tier", "contributions", "value", "decline_probability"},
}


@pytest.mark.parametrize("name", JSON_COMMANDS)
def test_json_and_nothing_else_on_standard_output(name: str, trained: TrainedLender, command: Command) -> None:
    client = [trained.column("client_id")[3]] if name == "explain" else []
    ended = command(name, *client, "--config", trained.config_file, "--json")
    assert ended.code == (FINDINGS if name == "check" else 0)
    facts = json.loads(ended.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert JSON_COMMANDS[name] <= facts.keys()


def test_a_figure_is_drawn_where_it_is_asked_for(command: Command, tmp_path: Path) -> None:
    """Also in a folder that is not there yet, and whatever the file is called."""
    figure = tmp_path / "figures" / "book.figure"
    ended = command("simulate", "--clients", 60, "--months", 36, "--out", tmp_path / "book", "--figure", figure)
    assert ended.code == 0, ended.err
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_an_explanation_as_json_adds_up(trained: TrainedLender, command: Command) -> None:
    client = trained.column("client_id")[3]
    facts = json.loads(command("explain", client, "--config", trained.config_file, "--json").out)
    points = facts["decline_base_points"] + sum(part["decline_points"] for part in facts["contributions"])
    value = facts["value_base"] + sum(part["value"] for part in facts["contributions"])
    assert points == pytest.approx(100 * facts["decline_probability"], rel=1e-6)
    assert value == pytest.approx(facts["value"], rel=1e-6)
    assert facts["value"] == trained.column("value")[3]


def test_the_schema_is_one_and_holds_for_the_shipped_configs(command: Command) -> None:
    schema = json.loads(command("config", "--schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    shipped = sorted((ROOT / "configs").glob("*.yaml"))
    assert len(shipped) >= 4
    for file in shipped:
        settings = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
        jsonschema.validate(settings, schema)
    settings["time"]["horizn"] = 3
    with pytest.raises(jsonschema.ValidationError, match="horizn"):
        jsonschema.validate(settings, schema)


@pytest.mark.parametrize("file", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_configs_can_be_printed_whole(file: Path, command: Command) -> None:
    ended = command("config", "--config", file, "--set", "time.horizon_periods=7")
    assert ended.code == 0
    reported = json.loads(ended.out)
    assert reported["time"]["horizon_periods"] == 7
    assert reported["run"]["seed"] == 20240229


def test_the_installed_command_answers(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "clientvalue"
    arguments = ["check", "--config", "none.yaml"]
    ended = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert (
        ended.stderr == "error: the file must exist, got none.yaml: name one of the files in configs/ with --config\n"
    )
