"""The validation file of the session's lender, written once, beside a copy of its results: these stay as they are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.book.door import Book
from models.comparison.scored import ScoredVersion, scored_version
from models.config.places import work_dir
from models.config.root import Config
from models.pipeline.bundle import read_bundle
from models.validation.job import WrittenValidation, validate
from models.validation.sensitivity import ShockedBook
from support.trained_lender import TrainedLender


@dataclass(frozen=True)
class Filed:
    """A validation file, the config with which it was written, and the version scored again as it was for it."""

    written: WrittenValidation
    config: Config
    book: Book
    version: ScoredVersion

    @property
    def shocked(self) -> ShockedBook:
        """What the shocks were tried on."""
        return ShockedBook(book=self.book, version=self.version, sizes=self.config.validation)


@pytest.fixture(scope="session")
def filed(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Filed:
    root: Path = tmp_path_factory.mktemp("validated")
    shutil.copytree(work_dir(trained.config), root / trained.config.book.name)
    run = trained.config.run.model_copy(update={"work_dir": str(root)})
    config = trained.config.model_copy(update={"run": run})
    written = validate(config, book=trained.result.book, out=root / "file")
    bundle = read_bundle(trained.result.bundle, threads=1)
    version = scored_version(trained.result.book, bundle, config, written.report.as_of)
    return Filed(written=written, config=config, book=trained.result.book, version=version)
