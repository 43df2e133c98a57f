"""The job behind ``clientvalue check``: audits a book, even one that training would refuse, and writes its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from models.audit.checkup import Checkup
from models.audit.compute import audit_book
from models.audit.page import check_page
from models.audit.quarantine import bad_rows
from models.book.door import QUARANTINE, Book
from models.book.forgotten import ForgottenList
from models.book.loading import load_book, refusal_of
from models.book.own import contract_of
from models.book.settling import settled
from models.config.places import work_dir
from models.config.root import Config
from models.engines.duckdb import DUCKDB
from models.errors import QuarantineLimitError, TooLittleDataError, UserError
from models.shell.editions import publish_page
from models.store.drafts import scratch_folder
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, settings_of

PAGE = "check.html"


def check(
    config: Settings,
    *,
    book: str | None = None,
    page: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Checkup:
    """Audit a book and write its page to ``page``, else ``<work_dir>/<book>/check.html``.

    A book with more bad rows than ``book.max_quarantine_share`` is audited without them. Raises a ``UserError``
    for a book that cannot be read at all.
    """
    settings = settings_of(config, overrides)
    place = page or work_dir(settings) / PAGE
    try:
        checked = load_book(settings, book, work_dir(settings), progress, afresh=True, refuse=False)
    except QuarantineLimitError as error:
        return _refused(settings, book, place, error, progress)
    return _audited(checked, settings, place, refusal_of(checked), progress)


def _audited(book: Book, settings: Config, place: Path, refused: UserError | None, progress: Progress) -> Checkup:
    audit = audit_book(book, settled(settings, book), progress=progress)
    audit = replace(audit, refused=f"{refused}." if refused else "")
    publish_page(place, partial(check_page, audit))
    return Checkup(
        audit=audit,
        counts=audit.counts,
        bad=audit.quarantine,
        quarantine=book.quarantine,
        page=place,
        notices=audit.notices,
        refused=refused,
    )


def _refused(
    settings: Config, book: str | None, place: Path, error: QuarantineLimitError, progress: Progress
) -> Checkup:
    """The same for the good rows of a book with too many bad ones; what other commands would read stays as it was."""
    quarantine = work_dir(settings) / QUARANTINE
    lenient = settings.model_copy(update={"book": settings.book.model_copy(update={"max_quarantine_share": 1.0})})
    with scratch_folder(work_dir(settings), "check") as scratch:
        try:
            ForgottenList.of(work_dir(settings)).write(scratch)  # who was forgotten stays outside here as well
            checked = load_book(lenient, book, scratch, progress, refuse=False)
        except TooLittleDataError:
            with DUCKDB.session() as session:
                bad = bad_rows(quarantine, session, contract_of(settings.book.own), settings.scale.names)
            return Checkup(audit=None, counts=(), bad=bad, quarantine=quarantine, page=None, refused=error)
        return _audited(replace(checked, quarantine=quarantine), settings, place, error, progress)
