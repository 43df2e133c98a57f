"""The result of a training run: the registered version and its evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.book.door import Book
from models.notices import Notice
from models.training.report import TrainingReport


@dataclass(frozen=True, kw_only=True)
class TrainDocument:
    """What ``train --json`` prints: the registered version, the folder of its bundle, and its evaluation."""

    model: str
    version: str
    is_champion: bool
    run_id: str
    bundle: Path
    bundle_key: str
    notices: tuple[Notice, ...]
    report: TrainingReport


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """A training run: its evaluation, the registered version, and the folder of the bundle."""

    report: TrainingReport
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

    @property
    def document(self) -> TrainDocument:
        """The result as a program reads it."""
        return TrainDocument(
            model=self.model_name,
            version=self.version,
            is_champion=self.is_champion,
            run_id=self.run_id,
            bundle=self.bundle,
            bundle_key=self.bundle_key,
            notices=self.notices,
            report=self.report,
        )
