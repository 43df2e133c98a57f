"""The job behind ``clientvalue segments``: profiles of the kinds of clients in a book, and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.notices import by_severity, notice_facts, notices_of
from models.scoring.as_published import publication_notices
from models.segments.compute import book_profiles
from models.segments.page import SEGMENTS_PAGE, write_segments_page
from models.vocab import Progress, SilentProgress
from models.workspace.opening import SCORES_FOLDER, Settings, open_book, settings_of, work_dir
from models.workspace.published import PUBLISHED, speaking_bundle


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """Profiles as data, ready for JSON, and the page that shows them."""

    facts: dict[str, Any]
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
    settings = settings_of(config, overrides)
    models = speaking_bundle(settings, bundle)
    checked = open_book(settings, book, progress)
    earlier = work_dir(settings) / SCORES_FOLDER
    facts = book_profiles(checked, models, settings, as_of, earlier=earlier, progress=progress)
    reported = publication_notices(checked, models, settings, as_of, earlier)
    facts["notices"] = notice_facts(by_severity([*notices_of(facts["notices"]), *reported]))
    place = page or work_dir(settings) / SEGMENTS_PAGE
    write_segments_page(facts, place)
    return Profiles(facts=facts, page=place)
