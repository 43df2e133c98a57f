"""The package as it is installed: one wheel holds all that a first look needs, under both of its names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = (
    "learners.value.trees=20", "learners.decline.trees=20", "origins.max_count=4", "origins.group_folds=2",
    "run.bootstrap_resamples=100",
)  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into a folder of its own; what it needs is there already."""
    target = tmp_path_factory.mktemp("site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own package
    return target


def python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder, where the installed package is found before any checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "MLFLOW_DISABLE_TELEMETRY": "true"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_demo_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    sets = [part for each in SMALL for part in ("--set", each)]
    done = python(installed, tmp_path, "-m", "clientvalue", "demo", "--clients", "300", *sets)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "configs" / "demo.yaml").read_text() == (ROOT / "configs" / "demo.yaml").read_text()
    assert (tmp_path / "data" / "processed" / "demo" / "overview.html").is_file()
    assert "clientvalue review --config configs/demo.yaml --demo" in done.stdout


def test_both_names_lead_to_the_same_objects(installed: Path, tmp_path: Path) -> None:
    asked = """
import clientvalue, clientvalue.errors, models, models.errors
from clientvalue.config.loading import load_config
assert clientvalue.errors is models.errors and models.errors.__spec__.name == "models.errors"
others = {name for name in models.__all__ if getattr(clientvalue, name) is not getattr(models, name)}
assert others <= {*models._VERBS, "__version__"}, others
assert clientvalue.Book is models.Book and load_config is models.load_config
assert dir(clientvalue) == dir(models) and clientvalue.backtest.__name__
print(models.__file__)
"""
    done = python(installed, tmp_path, "-c", asked)
    assert done.stdout.strip() == str(installed / "models" / "__init__.py"), done.stderr


def test_a_folder_called_models_in_a_project_does_no_harm(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("mine = 1\n", encoding="utf-8")
    done = python(installed, tmp_path, "-c", "import clientvalue; print(clientvalue.Config.__module__)")
    assert done.stdout.strip() == "models.config.root", done.stderr
    shown = python(installed, tmp_path, "-m", "clientvalue", "--version")
    assert shown.stdout.startswith("clientvalue "), shown.stderr
    late = python(installed, tmp_path, "-c", "import models; assert models.mine; import clientvalue")
    assert "rename that one" in late.stderr
