"""The examples for schedulers do what they say: their commands are taken from the files and run."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from models.publications.ledger import PublicationLedger
from support.night_lender import NightLender

EXAMPLES = Path(__file__).parents[2] / "docs" / "nightly"
HOME = "/srv/clientvalue"
DAY = date(2022, 10, 1)


@pytest.fixture
def home(lender: NightLender, tmp_path: Path) -> Path:
    """A folder as the examples expect it: the config, and the command in .venv/bin."""
    config = lender.at_work(tmp_path, DAY)
    settings = yaml.safe_load(lender.config_file.read_text(encoding="utf-8"))
    settings["book"] |= {"path": config.book.path, "known_until": DAY.isoformat()}
    settings["run"] |= {"work_dir": config.run.work_dir}
    settings["nightly"] = {"monitor": False}  # this book grows old, of which monitoring tells
    (tmp_path / "book.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / ".venv" / "bin" / "clientvalue"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c "from models.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    return tmp_path


def shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    path = f"{home / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", line.replace(HOME, str(home))],
        env=os.environ | {"PATH": path}, cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip


def crontab() -> list[str]:
    lines = [line for line in (EXAMPLES / "crontab").read_text().splitlines() if re.match(r"^[\d*]", line)]
    return [line.split(maxsplit=5)[5] for line in lines]


def official(home: Path) -> list[date]:
    return list(PublicationLedger(home / "work" / "lender" / "scores").official())


def test_the_lines_of_the_crontab_run_and_are_quiet_where_nothing_is_to_do(home: Path) -> None:
    commands = crontab()
    assert len(commands) == 2
    for _ in range(2):  # the second night has nothing to do
        done = shell(commands[0], home)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert official(home) == [DAY]
    assert shell(commands[1], home).returncode == 0


def test_an_alarm_on_what_was_published_reaches_the_mail_of_cron(home: Path) -> None:
    book = yaml.safe_load((home / "book.yaml").read_text(encoding="utf-8"))
    book["nightly"] = {"monitor": True}  # scores of this book moved since training
    (home / "book.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    done = shell(crontab()[0], home)
    assert (done.returncode, official(home)) == (1, [DAY])
    assert re.search(rf"^alarm: {DAY} published, and monitoring raises .*\bscore_shift\b", done.stderr, re.MULTILINE), (
        done
    )
    assert shell(crontab()[0], home).stderr == ""


def test_the_tasks_of_airflow_run_and_are_not_tried_again(home: Path) -> None:
    """A retry after an alarm would have nothing to do, and Airflow would take the alarm for skipped."""
    dag = ast.parse((EXAMPLES / "airflow_dag.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(dag) if isinstance(node, ast.Call) and ast.unparse(node.func) == "BashOperator"]
    tasks = [
        {each.arg: each.value.value for each in call.keywords if isinstance(each.value, ast.Constant)} for call in calls
    ]
    night, room = sorted(tasks, key=lambda task: task["task_id"] != "nightly")
    assert (night["retries"], night["skip_on_exit_code"]) == (0, 4)
    assert shell(night["bash_command"], home).returncode == 0
    assert shell(room["bash_command"], home).returncode == 0


def test_the_unit_of_systemd_starts_the_night_and_counts_4_as_a_success(home: Path) -> None:
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(EXAMPLES / "clientvalue-nightly.service")
    allowed = {0, int(unit["Service"]["SuccessExitStatus"])}
    assert [shell(unit["Service"]["ExecStart"], home).returncode for _ in range(2)] == [0, 4]
    assert allowed == {0, 4}
    assert official(home) == [DAY]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in ("clientvalue-nightly.service", "clientvalue-nightly.timer"):
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    verify = [shutil.which("systemd-analyze") or "", "verify", *files]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_steps_of_the_ci_job_run(home: Path) -> None:
    steps = yaml.safe_load((EXAMPLES / "ci.yaml").read_text(encoding="utf-8"))["jobs"]["nightly"]["steps"]
    for ended in ("0", "4"):
        done = [shell(step["run"], home) for step in steps]
        assert [each.returncode for each in done] == [0, 0], done
        assert f"nightly ended with {ended}" in done[0].stdout
