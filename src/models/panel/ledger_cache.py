"""Ledgers on disk, made once for the same book, plan, notes and code: training, scoring and explaining share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.engines.protocol import SessionLimits
from models.errors import AsOfOutsideBookError
from models.lazy import lazy
from models.panel.block_store import FolderBlocks
from models.panel.blocks import PreparedBook
from models.panel.ledger_plan import LedgerFacts, LedgerPlan
from models.panel.notes import NoteModel
from models.store.code import code_of
from models.store.drafts import scratch_folder
from models.store.entries import Store
from models.store.keys import Key, text_hash

if TYPE_CHECKING:
    from models.panel import prepare
else:
    prepare = lazy("models.panel.prepare")

LEDGERS = "ledger"
"""Folder of the ledgers of a book, below its results."""
WRITTEN_BY = ("models.panel.prepare", "models.book.door")
"""The module by whose code, and that of all that it imports, a ledger is written, of a book that is given."""


def kept_book(book: Book, config: Config, anchor: date, notes: NoteModel | None = None) -> PreparedBook:
    """The ledger of a book in periods of which one begins on ``anchor``.

    It is kept in ``<work_dir>/<book>/ledger/<key>`` and holds the whole book, whatever the anchor: dates that lie whole
    periods apart share one. What no run has opened for days is removed when another is made; one of which any file is
    not as it was written is made anew. ``notes`` turns notes into numbers; without it they are left away.
    Raises ``AsOfOutsideBookError``.
    """
    grid, plan = _asked(book, config, anchor, notes)
    key = ledger_key(book, plan, grid, notes)
    entry = ledgers_of(config).open_or_make(key, lambda draft: _make(book, config, plan, grid, draft, notes))
    return _prepared(entry.folder, LedgerFacts.from_facts(entry.facts), plan, grid, notes)


@contextmanager
def prepared_book(book: Book, config: Config, anchor: date, notes: NoteModel | None = None) -> Iterator[PreparedBook]:
    """The same, made anew in a folder that goes when the work is done."""
    grid, plan = _asked(book, config, anchor, notes)
    with scratch_folder(Path(config.run.work_dir), "ledger") as folder:
        facts = LedgerFacts.from_facts(_make(book, config, plan, grid, folder, notes))
        yield _prepared(folder, facts, plan, grid, notes)


def ledgers_of(config: Config) -> Store:
    """The ledgers of a config's book."""
    return Store(Path(config.run.work_dir) / config.book.name / LEDGERS)


def ledger_key(book: Book, plan: LedgerPlan, grid: PeriodGrid, notes: NoteModel | None) -> Key:
    """The key of a ledger: the book, its plan, where its periods begin, notes, engine and code."""
    return Key.of(
        book=book.fingerprint,
        **plan.key_parts(),
        anchor=grid.standard().anchor.isoformat(),
        notes=None if notes is None else text_hash(notes.to_json()),
        engine=book.engine.version,
        code=code_of(*WRITTEN_BY),
    )


def require_in_book(book: Book, as_of: date) -> None:
    """Refuse an as-of date of which the book knows nothing, or not yet. Raises ``AsOfOutsideBookError``."""
    if not book.first_date < as_of <= book.known_until:
        raise AsOfOutsideBookError(
            rule=f"the as-of date must lie after {book.first_date} and not after {book.known_until}",
            got=as_of.isoformat(),
            remedy="choose a date that the book covers with --as-of or origins.test",
        )


def _asked(book: Book, config: Config, anchor: date, notes: NoteModel | None) -> tuple[PeriodGrid, LedgerPlan]:
    require_in_book(book, anchor)
    return PeriodGrid(config.time.period, anchor), LedgerPlan.of(config, book.tables, notes=notes is not None)


def _make(
    book: Book, config: Config, plan: LedgerPlan, grid: PeriodGrid, folder: Path, notes: NoteModel | None
) -> dict[str, Any]:
    limits = SessionLimits.of(config.run)
    return asdict(prepare.write_ledger(book, plan, grid.standard(), folder, notes, limits))


def _prepared(
    folder: Path, facts: LedgerFacts, plan: LedgerPlan, grid: PeriodGrid, notes: NoteModel | None
) -> PreparedBook:
    return PreparedBook.of(FolderBlocks.at(folder), facts, plan, grid, () if notes is None else notes.words)
