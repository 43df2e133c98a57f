"""Runs rivals in an environment of their own, which is set up on first use; what they do stands in ``rivals``."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.accuracy.parts import JUDGED, read_facts, write_facts

RIVALS = {"catboost": "CatBoost", "autogluon": "AutoGluon", "flaml": "FLAML", "xgboost": "XGBoost"}
"""In the order in which they start: the one that may take longest first."""
BENCH = Path(__file__).parents[1]
REQUIREMENTS, ENVIRONMENT = BENCH / "automl-requirements.txt", BENCH / ".venv-automl"
PYTHON = ENVIRONMENT / "bin" / "python"
_TOLD = 300


class RivalFailedError(Exception):
    """A command ended badly; its text is the last line that tells an error."""


def run_rivals(sides: Sequence[str], folder: Path, *, budget: float, jobs: int) -> None:
    """Let ``sides`` score the rows laid out in ``folder``, ``jobs`` of them at once, each with its share of the cores.

    One that fails leaves its error in its place, which the table tells.
    """
    threads = max((os.cpu_count() or 1) // jobs, 1)

    def run(side: str) -> None:
        try:
            _run_side(side, folder, budget, threads)
        except RivalFailedError as error:
            write_facts(folder, side, {"error": str(error)})

    try:
        set_up()
    except RivalFailedError as error:
        for side in sides:
            write_facts(folder, side, {"error": f"not installed: {error}"})
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        list(pool.map(run, sides))


def set_up() -> None:
    """Make the environment as the requirements pin it. Raises ``RivalFailedError``."""
    ready = ENVIRONMENT / ".ready"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if ready.is_file() and ready.read_text() == wanted:
        return
    _command([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]
    _command([str(PYTHON), "-m", "pip", *install, str(REQUIREMENTS)])
    ready.write_text(wanted)


def _run_side(side: str, folder: Path, budget: float, threads: int) -> None:
    script = str(Path(__file__).with_name("rivals.py"))
    options = ["--budget", str(budget), "--threads", str(threads)]
    _command([str(PYTHON), script, side, str(folder), *options], {"OMP_NUM_THREADS": str(threads)})
    write_facts(folder, side, read_facts(folder, side) | {"key": read_facts(folder, JUDGED)["key"], "threads": threads})


def _command(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command, check=False, capture_output=True, text=True, env=os.environ | (environment or {})
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        errors = [line for line in lines if "error" in line.lower()]
        raise RivalFailedError((errors or lines)[-1][:_TOLD])
