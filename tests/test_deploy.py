"""Locks and recipes of an installation: what runs is pinned, names no index, and is what the recipes ask for."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from models.cli import VERBS, app

ROOT = Path(__file__).parents[1]
DEVELOPMENT, RUNTIME = ROOT / "requirements.lock", ROOT / "requirements-runtime.lock"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==[^\s\\]+(?: ; [^\\\n]+)?)", re.MULTILINE)


def pins(lock: Path) -> dict[str, set[str]]:
    """Package -> versions that a lock pins, on whatever platform."""
    found: dict[str, set[str]] = {}
    for line in PIN.findall(lock.read_text(encoding="utf-8")):
        asked = Requirement(line)
        found.setdefault(asked.name, set()).add(str(asked.specifier))
    return found


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((ROOT / "deploy" / name).read_text(encoding="utf-8")))


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    tested, runs = pins(DEVELOPMENT), pins(RUNTIME)
    assert {name: versions for name, versions in runs.items() if not versions <= tested.get(name, set())} == {}
    assert {"pytest", "ruff", "mypy", "sphinx", "pyspark"} & runs.keys() == set()
    assert {"lightgbm", "mlflow", "django", "duckdb"} <= runs.keys()


@pytest.mark.parametrize("lock", [DEVELOPMENT, RUNTIME], ids=lambda lock: lock.name)
def test_a_lock_holds_hashes_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_services_run_commands_that_are_there_without_rights() -> None:
    services = documents("compose.yaml")[0]["services"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert set(ours) == {"mlflow", "nightly", "review"}
    for name, service in ours.items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["build"]["dockerfile"] == "deploy/Dockerfile"
        if name != "mlflow":
            assert_call([str(each) for each in service["command"]])


def test_pods_run_commands_that_are_there_without_rights() -> None:
    night, review = documents("kubernetes.yaml")
    pods = [night["spec"]["jobTemplate"]["spec"]["template"]["spec"], review["spec"]["template"]["spec"]]
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        mine = pod["containers"][0]
        assert mine["securityContext"]["readOnlyRootFilesystem"] is True
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for each in pod["containers"] for mount in each["volumeMounts"]} <= volumes
    script = pods[0]["containers"][0]["command"][-1]
    assert_call(re.match(r"clientvalue (.+?) \|\|", script)[1].split())  # type: ignore[index] - else the test falls
    assert_call(pods[1]["containers"][0]["args"])


def test_the_image_runs_as_nobody_from_the_runtime_lock() -> None:
    recipe = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes --requirement requirements-runtime.lock" in recipe
    stages = recipe.split("\nFROM ")
    assert [("USER 10001" in stage) for stage in stages if " AS base" in stage] == [True]
    assert {re.search(r"AS (\w+)", stage)[1] for stage in stages if stage.startswith("base AS")} == {"batch", "review"}  # type: ignore[index]


def assert_call(words: list[str]) -> None:
    """Hold a call of the command line: its verb is there, and so are its options."""
    verb, *rest = words
    assert verb in VERBS
    known = {name for option in app.loaded(verb).params for name in option.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


def test_a_release_is_built_whole_and_its_sums_hold(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "release.py"), "--out", str(tmp_path), "--any-tree"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    sums = [line.split("  ") for line in (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _, name in sums} == {file.name for file in tmp_path.iterdir()} - {"SHA256SUMS"}
    assert [name for total, name in sums if hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() != total] == []
    bill = json.loads(next(tmp_path.glob("*.cdx.json")).read_text(encoding="utf-8"))
    assert {each["name"] for each in bill["components"]} == set(pins(RUNTIME))
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    for part in (
        "models/shipped/configs/demo.yaml",
        "models/texts/zh.po",
        "models/py.typed",
        "clientvalue/__init__.py",
    ):
        assert part in names


def test_a_release_of_a_version_without_changes_is_refused() -> None:
    spec = importlib.util.spec_from_file_location("release", ROOT / "deploy" / "release.py")
    assert spec is not None
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    assert any("CHANGELOG.md has no heading [9.9.9]" in each for each in release.objections("9.9.9"))
