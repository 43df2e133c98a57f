"""The link ``latest`` beside the published runs: it leads to the official one of the greatest as-of date."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.notices import Notice, Severity
from models.publications.past import OfficialRun, newest_official, official_runs
from models.store.drafts import point_to
from models.store.sealed import OF_SCORES, is_complete, read_facts
from models.text import Text

_STAYS = Text("it stays at the scores as of {later}, since this run is as of {as_of}")
_READ_RUN = Text("read this run in {folder}")

LATEST = "latest"


def point_latest(final: Path) -> Path:
    """Make ``latest``, beside ``final``, lead to it, in one step. Returns the link."""
    return point_to(final, LATEST)


def require_place(out: Path, folder: Path) -> None:
    """Refuse, before any work, a place in which the run ``folder`` and the link ``latest`` could not be published."""
    link = out / LATEST
    if link.exists() and not link.is_symlink():
        raise _in_the_way(link, "a link that predict makes")
    for path in (out, folder):
        if (path.is_symlink() and path == folder) or (path.exists() and not path.is_dir()):
            raise _in_the_way(path, "a folder")


def lead_latest(scores: Path, *, proved: Path | None = None) -> OfficialRun | None:
    """Make ``latest`` lead to the official run of the greatest date that is whole; returns it, None where none is.

    ``proved`` is a folder whose files need no second look; nor do those to which ``latest`` leads already.
    """
    runs = official_runs(scores)
    known = {proved, Path(os.path.realpath(scores / LATEST))}  # as resolve, which refuses links that lead in a circle
    newest = next((run for run in reversed(runs) if _is_known(run.folder, known) or is_complete(run.folder)), None)
    if newest is None:
        return None
    point_latest(newest.folder)
    if official_runs(scores) != runs:  # another was published since we looked
        return lead_latest(scores, proved=proved)
    return newest


def stays_notice(later: OfficialRun, final: Path, as_of: date) -> Notice:
    """Tells that ``latest`` was not led back."""
    return Notice.of(
        "latest_stays",
        Severity.NOTE,
        LATEST,
        found=_STAYS.filled(later=later.as_of.isoformat(), as_of=as_of.isoformat()),
        remedy=_READ_RUN.filled(folder=str(final)),
    )


def _is_known(folder: Path, known: Collection[Path | None]) -> bool:
    return folder in known or folder.resolve() in known


def _in_the_way(path: Path, wanted: str) -> UserError:
    is_folder = path.is_dir() and not path.is_symlink()
    return UserError(
        rule=f"{path} must be {wanted}",
        got="a link" if path.is_symlink() else "a folder" if is_folder else "a file",
        remedy="move it away, or name another folder with --out",
    )


def latest_folder(scores: Path) -> Path:
    """The folder of the official run of the greatest date below ``scores``; where nothing is published, ``latest``."""
    newest = newest_official(scores)
    return scores / LATEST if newest is None else newest.folder


def published_facts(scores: Path) -> dict[str, Any] | None:
    """The manifest of the official run of the greatest date below ``scores``; None where nothing is published."""
    newest = newest_official(scores)
    return None if newest is None else read_facts(newest.folder, remedies=OF_SCORES)
