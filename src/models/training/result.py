"""The result of a training run: the registered version and its evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.notices import Notice, notice_facts


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """A training run: its evaluation, the registered version, and the folder of the bundle."""

    report: dict[str, Any]
    model_name: str
    version: str
    is_champion: bool
    run_id: str
    bundle: Path
    bundle_key: str
    book: Book
    page: Path
    """The evaluation as a page to read in a browser."""
    notices: tuple[Notice, ...] = ()
    """Those of the report, and what became of the champion."""

    def facts(self) -> dict[str, Any]:
        """What a program wants to read."""
        return {
            "model": self.model_name,
            "version": self.version,
            "is_champion": self.is_champion,
            "run_id": self.run_id,
            "bundle": str(self.bundle),
            "bundle_key": self.bundle_key,
            "notices": notice_facts(self.notices),
            "report": self.report,
        }
