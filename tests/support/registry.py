"""A registry of versions without any models, in MLflow on SQLite: enough for who serves before whom.

As a program it carries out a change of champion again and again, each time killed one step later.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.config.loading import parse_config
from models.config.root import Config
from models.publications.ledger import Act, PublicationLedger
from models.tracking.aliases import Succession
from models.tracking.appointments import Appointment, appoint, begin
from models.tracking.mlflow import Tracking
from support.books import SETTINGS

_STEPS = ("set_model_version_tag", "set_registered_model_alias", "delete_registered_model_alias")


def settings_in(root: Path) -> Config:
    """A config whose tracking store and results are below ``root``."""
    return parse_config(SETTINGS, [f"run.work_dir={root}/processed", f"run.tracking_uri=sqlite:///{root}/mlflow.db"])


def registry_in(root: Path, versions: int) -> Succession:
    """Versions 1 and on, with the keys "key of 1" and on; the first is champion, the last challenger."""
    succession = Tracking(settings_in(root)).succession
    succession.client.create_registered_model(succession.model)
    for number in map(str, range(1, versions + 1)):
        succession.client.create_model_version(succession.model, f"{root}/files", tags={"bundle_key": key_of(number)})
        begin(number, key_of(number), succession) if number == "1" else succession.enrol(number)
    return succession


def key_of(version: str) -> str:
    return f"key of {version}"


def change(act: Act, version: str, why: str = "better") -> Appointment:
    """A change that makes a version champion."""
    return Appointment(act, version, key_of(version), why)


def ledger_in(root: Path) -> PublicationLedger:
    return PublicationLedger(root / "scores")


def _dying(succession: Succession, at: int) -> None:
    """From now on this process kills itself instead of taking the step numbered ``at``."""
    taken = [0]

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def dying(*arguments: object, **named: object) -> object:
            taken[0] += 1
            if taken[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **named)

        return dying

    for name in _STEPS:
        setattr(succession.client, name, counted(getattr(succession.client, name)))


def _killed_at(root: Path, act: Act, version: str, step: int) -> bool:
    """Whether a process that carries out a change was killed before it had, in a copy of the program."""
    child = os.fork()  # MLflow is loaded, no store is open yet
    if child == 0:
        succession = Tracking(settings_in(root)).succession
        _dying(succession, step)
        appoint(change(act, version), succession, ledger_in(root))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    place, kind, to, *numbers = sys.argv[1:]
    for step in numbers:
        killed = _killed_at(Path(place) / step, Act(kind), to, int(step))
        sys.stdout.write(f"{step} {'killed' if killed else 'done'}\n")
