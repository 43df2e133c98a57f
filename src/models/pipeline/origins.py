"""The panel that models learn from and are judged on: a book at many past origins, with what became of its clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.book.door import Book
from models.book.measures import absent_measures
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.build import in_reach_of, panel_of
from models.panel.ledger_cache import kept_book
from models.panel.notes import NoteModel
from models.panel.panel import Panel
from models.panel.prepare import fit_notes
from models.vocab import Progress, SilentProgress


@dataclass(frozen=True, kw_only=True)
class LearningPanel:
    """The rows of all origins with what is known of their outcomes, and what read the notes (None without notes).

    ``notes`` learned from those before the earliest origin only. ``cold`` are the clients without activity, None where
    nobody asked for them.
    """

    panel: Panel
    notes: NoteModel | None
    cold: Panel | None = None


def require_events(book: Book, config: Config, grid: PeriodGrid, origins: Sequence[int]) -> None:
    """Raise ``TooLittleDataError`` where the book holds no cashflow in the whole horizon of one of ``origins``.

    A book that ended before the day until which it is taken to be known would teach that every client declines.
    """
    with book.engine.session() as session:
        last = book.open(session, "cashflows").date.max().to_pyarrow().as_py()
    if last is None or last >= grid.start_of(max(origins)):
        return
    raise TooLittleDataError(
        rule=f"outcomes of {grid.start_of(max(origins))} need cashflows in the {config.time.horizon_periods} "
        f"{config.time.period}s after it",
        got=f"a last cashflow of {last} in a book that is taken as known until {book.known_until}",
        remedy=f"set book.known_until to {last + timedelta(days=1)} if the book ends there, or bring what came later",
    )


def learning_panel(
    book: Book,
    config: Config,
    grid: PeriodGrid,
    origins: Sequence[int],
    progress: Progress = SilentProgress(),
    *,
    notes_before: int | None = None,
    cold_start: bool = False,
) -> LearningPanel:
    """The rows of the ``origins``, numbers of ``grid``, and no others; ``progress`` reports which tables are absent.

    With ``cold_start`` clients without activity are looked at too, at the same origins. Notes are learned from before
    period ``notes_before``, which is the earliest origin if not given.
    """
    for table, names in absent_measures(config, book.tables).items():
        progress.stage(f"No table {table} in the book: without {', '.join(names)}")
    progress.stage("Summing up the ledger")
    notes = fit_notes(book, config, grid.start_of(min(origins) if notes_before is None else notes_before))
    prepared = kept_book(book, config, grid.anchor, notes)
    progress.stage(f"Computing features at {len(origins)} as-of dates")
    known_until = grid.index_of(book.known_until)
    if not cold_start:
        return LearningPanel(panel=panel_of(prepared, config, origins, targets=True, until=known_until), notes=notes)
    reach = in_reach_of(prepared, config, origins, targets=True, until=known_until)
    return LearningPanel(panel=reach.active, notes=notes, cold=reach.cold)
