"""Replays in the background: one at a time, each in a process of its own that ends after a bounded time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from models.codec import from_json
from models.errors import UserError
from models.review.site import CONFIG_VARIABLE, SET_VARIABLE
from models.review.trail.models import ReplayJob
from models.showable import without_secrets
from models.text import Text
from models.trail.report import Replay

LONGEST = timedelta(minutes=30)
"""After it a replay is given up; whoever needs longer calls the command."""
_DONE = (0, 3)
_MOST_SAID = 2_000
BUSY = Text("Another replay runs: one is made at a time. Look again when it is done.")
ENDED = Text("The replay ended before it was done.")


def begin(by: str, day: date, entry: int) -> ReplayJob | None:
    """Begin a replay; None while another one runs."""
    with transaction.atomic():
        _give_up_old()
        if ReplayJob.objects.select_for_update().filter(running=True).exists():
            return None
        job = ReplayJob.objects.create(by=by, day=day, entry=entry, process=os.getpid())
    threading.Thread(target=_run, args=(int(job.pk), day, entry), daemon=True).start()
    return job


def report_of(job: ReplayJob) -> Replay | None:
    """What came of a replay; None while it runs, or where it failed."""
    if not job.found:
        return None
    return from_json(Replay, job.found, subject=str(job), remedy="make the replay again")


def _give_up_old() -> None:
    """A replay whose time is over, or whose server is gone, is not waited for."""
    old = datetime.now(tz=UTC) - LONGEST - timedelta(minutes=1)
    for job in ReplayJob.objects.filter(running=True):
        if job.at < old or not _lives(job.process):
            ReplayJob.objects.filter(pk=job.pk).update(running=False, failed="ended")


def _lives(process: int) -> bool:
    """Whether the server that began a replay still runs; on another machine it cannot be known, and counts as alive."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _run(number: int, day: date, entry: int) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - our own command, with a date and a number
            _command(day, entry), capture_output=True, text=True, timeout=LONGEST.total_seconds(), check=False
        )
        failed = "" if done.returncode in _DONE else without_secrets(done.stderr.strip()[-_MOST_SAID:])
        found = "" if failed else _read(done.stdout)
    except (subprocess.SubprocessError, OSError, UserError) as error:
        found, failed = "", type(error).__name__
    try:
        ReplayJob.objects.filter(pk=number).update(running=False, found=found, failed=failed)
    finally:
        connection.close()


def _command(day: date, entry: int) -> list[str]:
    config, settings = os.environ[CONFIG_VARIABLE], json.loads(os.environ.get(SET_VARIABLE, "[]"))
    options = [part for setting in settings for part in ("--set", setting)]
    verb = ["audit", "replay", "--on", day.isoformat(), "--entry", str(entry), "--json", "--config", config]
    return [sys.executable, "-c", "from models.cli import main; main()", *verb, *options]


def _read(document: str) -> str:
    """The report as it was printed, if it is one. Raises ``UserError``."""
    from_json(Replay, document, subject="the report of a replay", remedy="make the replay again")
    return document
