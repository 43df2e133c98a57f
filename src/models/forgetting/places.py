"""Places where the results of a book stand, and may name a client."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.decisions.database import ReviewDatabase
from models.forgetting.databases import ForgettableDatabase
from models.forgetting.searching import files_below

JOURNAL, LOCK = ".forgetting-{}.json", ".forgetting.lock"
"""What an unfinished call looks for, by the hash of its client, which goes once it is proved; and the lock."""
_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class ForgettingPlaces:
    """Where the results of a book stand."""

    work: Path
    artifacts: Path | None
    review: ForgettableDatabase
    tracking: ForgettableDatabase | None
    source: Path | None

    @classmethod
    def of(cls, config: Config, book: str | None) -> ForgettingPlaces:
        """Those of a config; ``book`` goes before ``book.path``."""
        place, uri = Path(book or config.book.path or ""), config.run.tracking_uri
        artifacts = Path(config.run.artifact_dir)
        tracked = Path(unquote(uri.removeprefix(_SQLITE))) if uri.startswith(_SQLITE) else None
        return cls(
            work=work_dir(config),
            artifacts=artifacts if artifacts.is_dir() else None,
            review=ForgettableDatabase.of_review(ReviewDatabase.of(config.review, work_dir(config))),
            tracking=None if tracked is None else ForgettableDatabase(uri, tracked),
            source=place if config.book.source != "sql" and place.exists() else None,
        )

    @property
    def databases(self) -> list[ForgettableDatabase]:
        """The review database, and that of the tracking where it is a file of SQLite; those that are there."""
        known = [self.review, *([] if self.tracking is None else [self.tracking])]
        return [each for each in known if each.is_there]

    @property
    def tables(self) -> list[Path]:
        """Folders of tables by which a client is known: checked books, published runs, the source."""
        below = [*self.work.glob("book/*"), *self.work.glob(f"{SCORES_FOLDER}/2*")]
        return [*below, *([self.source] if self.source is not None and self.source.is_dir() else [])]

    def journal(self, client_hash: str) -> Path:
        """Where a call for a client keeps what it looks for until nothing names the client any more."""
        return self.work / JOURNAL.format(client_hash[:32])

    def files(self) -> list[Path]:
        """All files that are ours: below the folder of results, of the models, and databases of one file."""
        beside = [each.file for each in self.databases if each.file is not None]
        found = files_below([self.work, *([self.artifacts] if self.artifacts else []), *beside])
        inside = self.source.resolve() if self.source is not None else None
        ours = [file for file in found if file.name != LOCK and not file.match(JOURNAL.format("*"))]
        return [file for file in ours if not is_below(file, inside)]

    def at_source(self) -> list[Path]:
        """All files of the source, none where it is a database."""
        return [] if self.source is None else files_below([self.source])


def is_below(file: Path, folder: Path | None) -> bool:
    """Whether a file stands somewhere below a folder, by whatever links."""
    return folder is not None and file.resolve().is_relative_to(folder.resolve())
