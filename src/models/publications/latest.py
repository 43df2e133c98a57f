"""The link ``latest`` beside the published runs: it leads to the one of the greatest as-of date, and never back."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.notices import Notice, Severity
from models.publications.previous import PublishedRun, published_runs
from models.store.drafts import point_to
from models.store.sealed import OF_SCORES, is_complete, read_facts

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


def lead_latest(final: Path, as_of: date) -> PublishedRun | None:
    """Make ``latest`` lead to the run just published in ``final``, unless a complete one of a later date is there.

    Of one date the run that was published last is the newest. Returns the later run to which ``latest`` leads, if any.
    """
    later = _later(final.parent, as_of)
    point_latest(final if later is None else later.folder)
    if _later(final.parent, as_of) != later:  # it was published since we looked
        return lead_latest(final, as_of)
    return later


def stays_notice(later: PublishedRun, final: Path, as_of: date) -> Notice:
    """Tells that ``latest`` was not led back."""
    return Notice(
        code="latest_stays",
        severity=Severity.NOTE,
        subject=LATEST,
        found=f"it stays at the scores as of {later.as_of}, since this run is as of {as_of}",
        remedy=f"read this run in {final}",
    )


def _later(out: Path, as_of: date) -> PublishedRun | None:
    """The run of a later date to which ``latest`` leads, else the newest of the last date, if any is complete."""
    runs = [run for run in reversed(published_runs(out)) if run.as_of > as_of]
    now = Path(os.path.realpath(out / LATEST))  # as resolve, which refuses links that lead in a circle
    ordered = sorted(runs, key=lambda run: (run.as_of, run.folder.resolve() == now), reverse=True)
    return next((run for run in ordered if is_complete(run.folder)), None)


def _in_the_way(path: Path, wanted: str) -> UserError:
    is_folder = path.is_dir() and not path.is_symlink()
    return UserError(
        rule=f"{path} must be {wanted}",
        got="a link" if path.is_symlink() else "a folder" if is_folder else "a file",
        remedy="move it away, or name another folder with --out",
    )


def published_facts(scores: Path) -> dict[str, Any] | None:
    """The manifest of the run to which ``latest`` leads below ``scores``; None where nothing is published."""
    if not (scores / LATEST).is_dir():
        return None
    return read_facts((scores / LATEST).resolve(), remedies=OF_SCORES)
