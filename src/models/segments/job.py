"""The job behind ``clientvalue segments``: profiles of the kinds of clients in a book, and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from models.config.places import work_dir
from models.notices import by_severity
from models.scoring.workspace import Workspace
from models.segments.compute import ProfilesReport, book_profiles
from models.segments.page import SEGMENTS_PAGE, write_segments_page
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings
from models.workspace.published import PUBLISHED


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """Profiles as data, and the page that shows them."""

    report: ProfilesReport
    page: Path


def segments(
    config: Settings,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    page: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Profiles:
    """Profile the clients of a book at ``as_of``, else at its end, and write the page to ``page``.

    By default that is ``<work_dir>/<book>/segments.html``. Raises a ``UserError``.
    """
    workspace = Workspace.of(config, book=book, overrides=overrides, progress=progress)
    models, settings = workspace.bundle(bundle), workspace.config
    found = book_profiles(workspace.book, models, settings, as_of, earlier=workspace.scores, progress=progress)
    reported = workspace.publication_notices(bundle, as_of)
    report = replace(found, notices=by_severity([*found.notices, *reported]))
    place = page or work_dir(settings) / SEGMENTS_PAGE
    write_segments_page(report, place)
    return Profiles(report=report, page=place)
