"""The door of the system: a source goes in, a checked book comes out, or an error that says what to mend.

Inside, the tables are trusted. How rows are checked lives in ``checking``, how a book is known again in ``remembered``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from models.book.counts import TableCount
from models.book.guard.profile import EMPTY_PROFILE, BookProfile
from models.book.names import require_known_names
from models.book.source_cache import SourceMemory
from models.change_detection import UNREADABLE, code_version
from models.config.root import Config
from models.errors import ImplausibleBookError, UserError
from models.notices import Notice, Severity, notice_facts, notices_of
from models.scratch import remove_stale, scratch_folder
from models.vocab import Progress

MANIFEST = "manifest.json"
QUARANTINE = "quarantine.parquet"
CHECKED = "checked"
"""Folder of what is remembered of sources."""
NAMED = "named"
"""Folder of what is remembered of names in configs."""
_KEY_LENGTH = 16
"""So many digits of the fingerprint name a book's folder."""


@dataclass(frozen=True, kw_only=True)
class Book:
    """A checked book: its tables as Parquet files, and what is known about them.

    Every file has all columns of its table's contract, typed: text, float64, int64, date32 or boolean; what
    the source does not have is null. The book holds what is dated from ``first_date``, before
    ``known_until``. ``fingerprint`` (sha256) tells the contents, whatever the order of the rows. ``counts``
    has one entry per table that was checked, those of the source's own contract first. ``notices`` says what the
    door left out or found implausible, ``profile`` what the book looks like from afar.
    """

    name: str
    currency: str
    tables: Mapping[str, Path]
    quarantine: Path
    first_date: date
    known_until: date
    fingerprint: str
    counts: tuple[TableCount, ...]
    ignored_columns: Mapping[str, tuple[str, ...]]
    notices: tuple[Notice, ...] = ()
    profile: BookProfile = EMPTY_PROFILE

    def open(self, connection: Any, table: str) -> Any:
        """One table as an Ibis table of a DuckDB ``connection``; ``KeyError`` if there is none."""
        return connection.read_parquet(self.tables[table], table_name=f"book_{table}")

    def to_facts(self) -> dict[str, Any]:
        """All but the place, ready for JSON."""
        return {
            "name": self.name,
            "currency": self.currency,
            "first_date": self.first_date.isoformat(),
            "known_until": self.known_until.isoformat(),
            "fingerprint": self.fingerprint,
            "tables": sorted(self.tables),
            "counts": [asdict(count) for count in self.counts],
            "ignored_columns": {table: list(names) for table, names in self.ignored_columns.items()},
            "notices": notice_facts(self.notices),
            "profile": self.profile.to_facts(),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], work_dir: Path) -> Book:
        """The book of which ``to_facts`` told, as it stands below ``work_dir``."""
        folder = book_folder(work_dir, facts["fingerprint"])
        return cls(
            name=facts["name"],
            currency=facts["currency"],
            tables={name: folder / f"{name}.parquet" for name in facts["tables"]},
            quarantine=work_dir / QUARANTINE,
            first_date=date.fromisoformat(facts["first_date"]),
            known_until=date.fromisoformat(facts["known_until"]),
            fingerprint=facts["fingerprint"],
            counts=tuple(TableCount.of_facts(count) for count in facts["counts"]),
            ignored_columns={table: tuple(names) for table, names in facts["ignored_columns"].items()},
            notices=notices_of(facts["notices"]),
            profile=BookProfile.from_facts(facts["profile"]),
        )

    def files(self) -> tuple[Path, ...]:
        """Every file that checking left of the book."""
        return (*self.tables.values(), self.quarantine)


def load_book(
    config: Config,
    path: str | None,
    work_dir: Path,
    progress: Progress,
    *,
    afresh: bool = False,
    refuse: bool = True,
) -> Book:
    """Read the book from ``path`` (else ``book.path``), check it, and write it to ``work_dir``.

    Leaves, only if the book is good, ``book/<key>/<table>.parquet`` and ``book/<key>/manifest.json``, where the key
    tells the contents: a run that checks another book at the same time takes nothing away from this one, and books
    that no run has opened for days are removed. Leaves ``quarantine.parquet`` with the bad rows, always: columns
    table, source_row (from 1), rule, column, value, further_rules. A source whose files did not change since they were
    checked by the same rules is not read again, unless ``afresh``. Raises a ``UserError`` for whatever is wrong with
    the source; ``QuarantineLimitError`` if a table has more bad rows, or a column more unreadable values, than
    ``book.max_quarantine_share``; unless ``refuse`` is False
    ``ImplausibleBookError`` for what the section ``guard`` refuses.
    """
    book = _loaded(config, path, work_dir, progress, afresh=afresh)
    refused = refusal_of(book)
    if refuse and refused is not None:
        raise refused
    return book


def refusal_of(book: Book) -> UserError | None:
    """The error that tells all that the door refuses about a book; None if that is nothing."""
    refusals = [str(notice) for notice in book.notices if notice.severity is Severity.REFUSED]
    return ImplausibleBookError(book=book.name, refusals=refusals) if refusals else None


def _loaded(config: Config, path: str | None, work_dir: Path, progress: Progress, *, afresh: bool) -> Book:
    place = path or config.book.path
    if not place:
        raise UserError(rule="a book must be named", got="nothing", remedy="set book.path or give --book")
    require_known_names(config)
    book = _checked(config, place, work_dir, progress, afresh=afresh)
    return replace(book, notices=(*book.notices, *_unmatched(config, book, work_dir / NAMED)))


def _unmatched(config: Config, book: Book, folder: Path) -> tuple[Notice, ...]:
    """Notices of names in the config that no row carries: as found before for the same book, config and code."""
    asked = json.dumps([config.meaning(), book.fingerprint, code_version()], sort_keys=True)
    note = folder / f"{hashlib.sha256(asked.encode()).hexdigest()[:_KEY_LENGTH]}.json"
    with suppress(*UNREADABLE):
        return notices_of(json.loads(note.read_text(encoding="utf-8")))
    from models.book.named_rows import unmatched_names  # noqa: PLC0415 - DuckDB loads slowly

    found = unmatched_names(config, book.tables)
    folder.mkdir(parents=True, exist_ok=True)
    with scratch_folder(folder, "draft") as scratch:
        remove_stale(folder.glob("*.json"))
        draft = scratch / note.name
        draft.write_text(json.dumps(notice_facts(found), ensure_ascii=False), encoding="utf-8")
        draft.replace(note)
    return found


def _checked(config: Config, place: str, work_dir: Path, progress: Progress, *, afresh: bool) -> Book:
    """The book behind the door, remembered or read: what of it does not hang on features."""
    source = SourceMemory.of(config, place, work_dir / CHECKED)
    known = None if afresh else source.recalled()
    with suppress(*UNREADABLE):
        if known is not None:
            book = Book.from_facts(known, work_dir)
            progress.stage(f"The {config.book.name} book is as it was when it was checked")
            return book
    from models.book.checking import check_book  # noqa: PLC0415 - Ibis loads slowly, and a known book needs none

    book = check_book(config, place, work_dir, progress)
    source.remember(book.to_facts(), book.files())
    return book


def book_folder(work_dir: Path, fingerprint: str) -> Path:
    """Where the tables of a book with this fingerprint stand below ``work_dir``."""
    return work_dir / "book" / fingerprint[:_KEY_LENGTH]
