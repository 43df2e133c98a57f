"""Grades a book by its policy and by another one; nothing is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from models.notices import by_severity
from models.scoring.workspace import Workspace
from models.vocab import Progress, SilentProgress
from models.what_if.compute import TierShift, tier_shift
from models.workspace.opening import Settings
from models.workspace.published import PUBLISHED


def tiers(
    config: Settings,
    changes: Sequence[str] = (),
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> TierShift:
    """Who would change tier if the policy of a bundle had other values (``key=value``); nothing is published."""
    workspace = Workspace.of(config, book=book, overrides=overrides, progress=progress)
    models = workspace.bundle(bundle)
    shift = tier_shift(workspace.book, models, workspace.config, changes, as_of, progress=progress)
    return replace(shift, notices=by_severity([*shift.notices, *workspace.publication_notices(bundle, as_of)]))
