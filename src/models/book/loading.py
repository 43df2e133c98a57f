"""The door of the system: a source goes in, a checked book comes out, or an error that says what to mend.

A source that did not change since it was checked by the same rules is not read again.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.book.door import Book
from models.book.forgotten import NOBODY_FORGOTTEN, ForgottenList
from models.book.named_rows import idle_settings, unmatched_names
from models.book.names import names_in_rows, require_known_names
from models.book.sections import CheckedSections
from models.book.settling import is_open, settled, settled_notices, traits_of
from models.book.sources.located import Located
from models.config.book import SOURCES, BookConfig
from models.config.root import Config
from models.decisions.decided import NOTHING_DECIDED, Decided, read_decided
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine
from models.errors import ImplausibleBookError, UserError
from models.lazy import lazy
from models.notices import Notice, Severity, notice_facts, notices_of
from models.store.code import code_of
from models.store.entries import UNREADABLE, Facts, Notes, Stamp, has_settled, stamp_of
from models.store.keys import Key
from models.vocab import Progress

if TYPE_CHECKING:
    from models.book import checking
else:
    checking = lazy("models.book.checking")

CHECKED_BY = "models.book.checking"
"""The module by whose code, and that of all that it imports, the rows of a source become a book."""
NAMED_BY = "models.book.named_rows"
_CHECKED, _NAMED, _TRAITS = READINGS = ("checked", "named", "traits")
"""Folders of notes below a book's results: what came of reading sources, so that none is read twice."""


@dataclass(frozen=True)
class _Beside:
    """What stands beside a source: decisions of people, and clients who were forgotten."""

    decided: Decided
    forgotten: ForgottenList


def load_book(
    config: Config,
    path: str | None,
    work_dir: Path,
    progress: Progress,
    *,
    afresh: bool = False,
    refuse: bool = True,
    engine: Engine = DUCKDB,
    decided: Decided | None = None,
) -> Book:
    """Read the book from ``path`` (else ``book.path``), check it, and write it to ``work_dir``.

    Leaves, only if the book is good, ``book/<key>/<table>.parquet`` and ``book/<key>/manifest.json``, where the key
    tells the contents: a run that checks another book at the same time takes nothing away from this one, and books
    that no run has opened for days are removed. Leaves ``quarantine.parquet`` with the bad rows, always: columns
    table, source_row (from 1), rule, column, value, further_rules. A source whose files did not change since they were
    checked by the same rules is not read again, unless ``afresh``. Overrides that were approved in the review database
    stand beside those of the source; ``decided`` are those of another moment, if they are given. Clients who were
    forgotten, by the list in ``work_dir``, stay outside. Raises a
    ``UserError`` for whatever is wrong with the source; ``QuarantineLimitError`` if a table has more bad rows, or a
    column more unreadable values, than ``book.max_quarantine_share``; unless ``refuse`` is False
    ``ImplausibleBookError`` for what the section ``guard`` refuses.
    """
    decided = read_decided(config.review, work_dir) if decided is None else decided
    beside = _Beside(decided, ForgottenList.of(work_dir))
    book = _loaded(config, path, work_dir, progress, engine, beside, afresh=afresh)
    refused = refusal_of(book)
    if refuse and refused is not None:
        raise refused
    return book


def refusal_of(book: Book) -> UserError | None:
    """The error that tells all that the door refuses about a book; None if that is nothing."""
    refusals = [str(notice) for notice in book.notices if notice.severity is Severity.REFUSED]
    return ImplausibleBookError(book=book.name, refusals=refusals) if refusals else None


def _loaded(
    config: Config,
    path: str | None,
    work_dir: Path,
    progress: Progress,
    engine: Engine,
    beside: _Beside,
    *,
    afresh: bool,
) -> Book:
    place = path or config.book.path
    if not place:
        raise UserError(rule="a book must be named", got="nothing", remedy="set book.path or give --book")
    require_known_names(config)
    book = _checked(config, place, work_dir, progress, engine, beside, afresh=afresh)
    if is_open(config):
        book = replace(book, traits=traits_of(book, config, Notes(work_dir / _TRAITS)))
    found = settled(config, book)
    unmatched = _unmatched(found, book, Notes(work_dir / _NAMED))
    reported = (*unmatched, *settled_notices(config, found), *idle_settings(found, book))
    return replace(book, notices=(*book.notices, *reported))


def _unmatched(config: Config, book: Book, known: Notes) -> tuple[Notice, ...]:
    """Notices of names in the config that no row carries: as found before for the same book, names and code."""
    named = names_in_rows(config)
    key = Key.of(
        book=book.fingerprint,
        named=[asdict(each) for each in named],
        engine=book.engine.version,
        code=code_of(NAMED_BY),
    )
    with suppress(*UNREADABLE):
        return notices_of((known.read(key) or {})["notices"])
    found = unmatched_names(named, book.tables, book.engine)
    known.write(key, {"notices": notice_facts(found)})
    return found


def _checked(
    config: CheckedSections,
    place: str,
    work_dir: Path,
    progress: Progress,
    engine: Engine,
    beside: _Beside,
    *,
    afresh: bool,
) -> Book:
    """The book behind the door, known from before or read: what of it does not hang on features."""
    decided, forgotten = beside.decided, beside.forgotten
    source = SourceNote.of(config, place, work_dir, engine, decided=decided, forgotten=forgotten)
    known = None if afresh else source.recalled()
    with suppress(*UNREADABLE):
        if known is not None:
            book = Book.from_facts(known, work_dir, engine)
            progress.stage(f"The {config.book.name} book is as it was when it was checked")
            return book
    book = checking.check_book(config, place, work_dir, progress, engine, decided=decided, forgotten=forgotten)
    source.remember(book)
    return book


@dataclass(frozen=True)
class SourceNote:
    """What came of a source when it was checked, under the sections of a config that decide it.

    ``source`` tells its files as they were found; None where nothing tells whether it changed, as of a database.
    """

    notes: Notes
    key: Key
    source: Stamp | None

    @classmethod
    def of(
        cls,
        config: CheckedSections,
        place: str,
        work_dir: Path,
        engine: Engine = DUCKDB,
        *,
        decided: Decided = NOTHING_DECIDED,
        forgotten: ForgottenList = NOBODY_FORGOTTEN,
    ) -> SourceNote:
        """Look at the files of ``place``; the note stands below ``work_dir``."""
        key = Key.of(
            book=config.book.model_dump(mode="json", exclude={"path", "truth"}),
            guard=config.guard.model_dump(mode="json"),
            keep=config.privacy.keep,
            period=config.time.period,
            tiers=config.scale.names,
            decided=decided.key,
            forgotten=forgotten.key,
            place=str(Path(place).resolve()),
            today=None if config.book.known_until else datetime.now(tz=UTC).date().isoformat(),
            engine=engine.version,
            code=code_of(CHECKED_BY),
        )
        notes = Notes(work_dir / _CHECKED, is_of_use=_is_of_use)
        return cls(notes, key, _stamp_of_source(config.book, place))

    def recalled(self) -> dict[str, Any] | None:
        """The facts of the book; None unless the source, and all that came out, is as it was when it was checked."""
        noted = self.notes.read(self.key)
        with suppress(*UNREADABLE):
            if noted is not None and self.source is not None and noted["source"] == self.source:
                left = [Path(file) for file in noted["left"]]
                if stamp_of(left) == noted["left"]:
                    for folder in {file.parent for file in left}:
                        os.utime(folder)  # it is in use, and not to be taken away as stale
                    return dict(noted["book"])
        return None

    def remember(self, book: Book) -> None:
        """Note what came out and the files that were left, unless the source may have changed since it was seen."""
        if self.source is not None and has_settled(self.source) and not _changed(self.source):
            self.notes.write(self.key, {"source": self.source, "left": stamp_of(book.files()), "book": book.to_facts()})


def _stamp_of_source(config: BookConfig, place: str) -> Stamp | None:
    if config.source == "sql" or config.source not in SOURCES:
        return None  # nothing tells whether a database changed, or what a plug-in reads
    beside = [Path(config.overrides)] if config.overrides else []
    try:
        return stamp_of([*Located(config=config, place=Path(place)).origins(), *beside])
    except OSError:  # whoever reads it tells what is wrong
        return None


def _changed(source: Stamp) -> bool:
    try:
        return stamp_of(map(Path, source)) != source
    except OSError:
        return True


def _is_of_use(noted: Facts) -> bool:
    """Whether the files of a note are still there."""
    return all(Path(file).is_file() for file in noted["left"])
