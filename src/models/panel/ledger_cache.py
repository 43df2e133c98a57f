"""Ledgers that stay on disk beside the book's tables, so that whoever scores the same book again need not sum it up.

Their folder appears whole, in one step, under a key that tells all that they were made from.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.book.measures import NOTES, measures_of
from models.book.periods import PeriodGrid
from models.change_detection import UNREADABLE, code_version, stamp_of
from models.config.root import Config
from models.panel.blocks import PreparedBook
from models.panel.notes import NoteModel
from models.scratch import remove_stale

FACTS = "facts.json"
_PASSING = ("spill", "tones")
"""What only the writing of a ledger needs."""
_TOLD = ("first_period", "beginnings", "first_cause", "block_numbers", "context_columns", "macro_columns")
_KEY_LENGTH = 16


def kept_book(book: Book, config: Config, anchor: date, notes: NoteModel | None = None) -> PreparedBook:
    """The ledger of a book as ``prepared_book`` writes it, kept: made once for the same book, settings, notes and code.

    It stands in ``<work_dir>/<book>/ledger/<key>``. What no run has opened for days is removed when another is made;
    one of which any file is not as it was written is made anew. Raises ``AsOfOutsideBookError``.
    """
    folder = _place(config) / _key(book, config, anchor, notes)[:_KEY_LENGTH]
    grid, tables = PeriodGrid(config.time.period, anchor), set(book.tables)
    if notes is not None and "interactions" in tables:
        tables.add(NOTES)
    return _opened(folder, config, grid, tables, notes) or _made(book, config, grid, notes, folder)


def _place(config: Config) -> Path:
    return Path(config.run.work_dir) / config.book.name / "ledger"


def _key(book: Book, config: Config, anchor: date, notes: NoteModel | None) -> str:
    made_from = {
        "book": book.fingerprint,
        "config": config.meaning(),
        "block_clients": config.run.block_clients,
        "anchor": anchor.isoformat(),
        "notes": None if notes is None else hashlib.sha256(notes.to_json().encode()).hexdigest(),
        "code": code_version(),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def _opened(
    folder: Path, config: Config, grid: PeriodGrid, tables: set[str], notes: NoteModel | None
) -> PreparedBook | None:
    """The ledger in a folder, if every file is there as it was written."""
    with suppress(*UNREADABLE):
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        if _stamped(folder) == facts["files"]:
            os.utime(folder)  # it is in use, and not to be taken away as stale
            reported: dict[str, Any] = {
                name: tuple(facts[name]) if isinstance(facts[name], list) else facts[name] for name in _TOLD
            }
            return PreparedBook(
                folder=folder,
                grid=grid,
                measures=measures_of(config, tables),
                facility_counts=len(config.features.facility_counts),
                tones=() if notes is None else notes.words,
                **reported,
            )
    return None


def _made(book: Book, config: Config, grid: PeriodGrid, notes: NoteModel | None, folder: Path) -> PreparedBook:
    from models.panel.prepare import prepared_book  # noqa: PLC0415 - Ibis loads slowly, and a kept ledger needs none

    with prepared_book(book, config, grid.anchor, notes) as made:
        for name in _PASSING:
            shutil.rmtree(made.folder / name, ignore_errors=True)
        _keep(made, folder)
        return replace(made, folder=folder)


def _keep(made: PreparedBook, folder: Path) -> None:
    """Put a ledger where others look for it; the first of two runs that make the same is kept."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_stale(folder.parent.iterdir())
    facts: dict[str, Any] = {name: getattr(made, name) for name in _TOLD} | {"files": _stamped(made.folder)}
    (made.folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    if folder.exists() and not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        made.folder.rename(folder)
    except OSError:
        if not _is_whole(folder):  # else another run was faster
            raise


def _is_whole(folder: Path) -> bool:
    try:
        return bool(_stamped(folder) == json.loads((folder / FACTS).read_text(encoding="utf-8"))["files"])
    except UNREADABLE:
        return False


def _stamped(folder: Path) -> dict[str, list[int]]:
    """The stamps of all files but the facts, by their place in the folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != FACTS)
    return {str(Path(name).relative_to(folder)): facts for name, facts in stamp_of(files).items()}
