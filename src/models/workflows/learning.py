"""The panel that models learn from and are judged on: a book at many past origins, with what became of its clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.config import Config
from models.tables.book import Book
from models.tables.measures import absent_measures
from models.tables.notes import NoteModel
from models.tables.panel import Panel, panel_of
from models.tables.periods import PeriodGrid
from models.tables.prepare import fit_notes, prepared_book
from models.vocab import Progress, SilentProgress


@dataclass(frozen=True, kw_only=True)
class LearningPanel:
    """The rows of all origins with what is known of their outcomes, and what read the notes (None without notes).

    ``notes`` learned from those before the earliest origin only.
    """

    panel: Panel
    notes: NoteModel | None


def learning_panel(
    book: Book, config: Config, grid: PeriodGrid, origins: Sequence[int], progress: Progress = SilentProgress()
) -> LearningPanel:
    """The rows of the ``origins``, numbers of ``grid``, and no others; ``progress`` is told which tables are absent."""
    for table, names in absent_measures(config, book.tables).items():
        progress.stage(f"No table {table} in the book: without {', '.join(names)}")
    progress.stage("Summing up the ledger")
    notes = fit_notes(book, config, grid.start_of(min(origins)))
    with prepared_book(book, config, grid.anchor, notes) as prepared:
        progress.stage(f"Computing features at {len(origins)} as-of dates")
        known_until = grid.index_of(book.known_until)
        return LearningPanel(panel=panel_of(prepared, config, origins, targets=True, until=known_until), notes=notes)
