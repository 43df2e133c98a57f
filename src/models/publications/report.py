"""The ledger of publications as a command prints it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.publications.ledger import Act, Publication, PublicationLedger, official_of


@dataclass(frozen=True, kw_only=True)
class LedgerReport:
    """All entries of a ledger whose chain of hashes was checked.

    Attributes:
        file: where it stands.
        official: numbers of the entries that hold, one per as-of date, the earliest date first.
        missing: numbers of entries of runs whose folder is not there any more.
    """

    file: Path
    entries: tuple[Publication, ...]
    official: tuple[int, ...]
    missing: tuple[int, ...]


def ledger_report(scores: Path) -> LedgerReport:
    """Read the ledger below ``scores``. Raises ``DamagedLedgerError`` if a line is not as it was written."""
    ledger = PublicationLedger(scores)
    entries = ledger.entries()
    runs = [entry for entry in entries if entry.act in (Act.OFFICIAL, Act.SHADOW)]
    return LedgerReport(
        file=ledger.file,
        entries=entries,
        official=tuple(entry.number for entry in official_of(entries).values()),
        missing=tuple(entry.number for entry in runs if not (scores / entry.folder).is_dir()),
    )
