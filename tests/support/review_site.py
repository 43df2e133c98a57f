"""A small simulated book as reviewers have it: trained once, published at two dates, and served."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from models.config.loading import load_config
from models.scoring.job import predict
from models.simulator.job import simulate_book
from models.training.job import train
from support.hostile import plant

CONFIGS = Path(__file__).parents[2] / "configs"
CLIENTS, MONTHS = 400, 60
LEARNED_UNTIL, BEFORE, NEWEST = date(2022, 7, 1), date(2022, 10, 1), date(2023, 1, 1)
QUICK = {"trees": 20, "learning_rate": 0.2}


def review_config(root: Path) -> Path:
    """The config of the book, with all that comes of it below ``root``; nothing is made yet."""
    settings = yaml.safe_load((CONFIGS / "demo.yaml").read_text(encoding="utf-8"))
    settings["policy"] = str(CONFIGS / settings["policy"])
    settings["book"] |= {"path": str(root / "book"), "known_until": NEWEST.isoformat()}
    settings["learners"]["value"] |= QUICK
    settings["learners"]["decline"] |= QUICK
    settings["origins"] |= {"test": ["2021-07-01"], "learn_until": LEARNED_UNTIL.isoformat(), "max_count": 6}
    settings["backtest"] = {"at": ["2021-01-01"]}
    settings["warnings"] |= {"weekly_budget": 0.05}
    settings["run"] = {
        "threads": 1,
        "bootstrap_resamples": 100,
        "tracking_uri": f"sqlite:///{root}/mlruns/mlflow.db",
        "artifact_dir": f"{root}/mlruns/artifacts",
        "work_dir": f"{root}/processed",
    }
    (root / "mlruns").mkdir(exist_ok=True)
    file = root / "demo.yaml"
    file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return file


def publish_demo(config_file: Path) -> None:
    """Simulates the book with one hostile client, trains, and publishes at ``BEFORE`` and at ``NEWEST``."""
    config = load_config(config_file)
    assert config.book.path is not None
    simulate_book(config, clients=CLIENTS, months=MONTHS, seed=1, out=Path(config.book.path))
    plant(Path(config.book.path))
    train(config)
    for as_of in (BEFORE, NEWEST):
        predict(config, as_of=as_of)


def shared_folder() -> Path:
    """Where the published book stands that all processes of this run of tests share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    return Path(tempfile.gettempdir()) / f"clientvalue-review-{run}"


def shared_demo(root: Path) -> Path:
    """The config of the published book, made below ``root`` by whichever process comes first; others wait for it."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "published").exists():
            publish_demo(review_config(root))
            (root / "published").touch()
    return root / "demo.yaml"


def copied_demo(shared: Path, root: Path) -> Path:
    """The config of a copy of the published book, in which a test may publish what it likes."""
    shutil.copytree(shared, root, symlinks=True)
    file = root / "demo.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(f"{shared}/", f"{root}/"), encoding="utf-8")
    return file


@dataclass(frozen=True)
class Served:
    """The workbench in a process of its own: its address, and the password of each demo member by role."""

    address: str
    passwords: dict[str, str]


@contextmanager
def served(config_file: Path, *settings: str) -> Iterator[Served]:
    """``clientvalue review --demo`` on a free port of this machine, ended at the end."""
    options = [part for setting in settings for part in ("--set", setting)]
    command = [sys.executable, "-c", "from models.cli import main; main()", "review", "--demo", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--config", str(config_file), *options], stdout=subprocess.PIPE, text=True, cwd=config_file.parent
    ) as process:
        assert process.stdout is not None
        passwords, address = {}, ""
        try:
            while not address:
                line = process.stdout.readline()
                assert line, f"the workbench ended with {process.wait()}"
                words = line.split()
                if len(words) == 2 and words[0].startswith("demo_"):
                    passwords[words[0].removeprefix("demo_")] = words[1]
                elif words[:1] == ["workbench"]:
                    address = words[1]
            yield Served(address.rstrip("/"), passwords)
        finally:
            process.terminate()
            process.wait(timeout=20)
