"""Takes away what no official publication names any more, by the config's ``nightly.kept``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from models.book.door import books_in
from models.book.loading import READINGS
from models.config.nightly import KeptConfig
from models.config.places import REFITS, SCORES_FOLDER, work_dir
from models.directory.places import INDEXES, indexes
from models.errors import DamagedBundleError, MissingFileError
from models.panel.ledger_cache import LEDGERS
from models.pipeline.bundle import bundle_key
from models.publications.ledger import Publication, PublicationLedger, official_of
from models.publications.past import newest_official, official_runs
from models.publications.previous import published_runs
from models.retention.report import Collected, Removal
from models.retention.rules import (
    Found,
    Removable,
    Why,
    removable_books,
    removable_bundles,
    removable_indexes,
    removable_runs,
)
from models.store.keys import Key
from models.store.sealed import OF_SCORES, read_facts
from models.tracking.names import FETCHED
from models.workspace.opening import Settings, settings_of

_ASIDE = ".gone-"
_BUILT_ON = ("previous", "shown_since")
"""What a run's manifest calls the keys of the runs before it that it looked at."""


def gc(config: Settings, *, dry_run: bool = False, overrides: Sequence[str] = ()) -> Collected:
    """Take away runs, bundles and checked books that no official publication names, once they are old enough.

    Bundles are those that were fetched from a server or fitted for a day; versions in the registry stay.
    Checked books, ledgers and readings go that nobody opened for long and no official run rests on.
    Raises ``DamagedBundleError`` if the
    ledger of publications or the manifest of an official run is not as it was written: then nothing goes.
    """
    settings = settings_of(config, overrides)
    place, now, kept = work_dir(settings), datetime.now(tz=UTC), settings.nightly.kept
    scores = place / SCORES_FOLDER
    if not dry_run:
        _finish((scores, scores / INDEXES, place / FETCHED, place / REFITS, books_in(place).root, place / LEDGERS))
    entries = PublicationLedger(scores).entries()
    runs = [_found(run.folder) for run in published_runs(scores)]
    bundles = [*_bundles(place / FETCHED), *_bundles(place / REFITS)]
    named = {entry.bundle for entry in official_of(entries).values()}
    needed = [bundle.folder.name for bundle in bundles if _key_of(bundle.folder) in named]
    going = [
        *removable_runs(runs, entries, now, kept, needed=_needed(scores, entries)),
        *removable_bundles(bundles, needed, now, kept),
    ]
    staying = {run.folder.name for run in runs} - {each.found.folder.name for each in going}
    newest = newest_official(scores)
    of_newest = "" if newest is None else newest.folder.name
    going += removable_indexes([_found(each) for each in indexes(scores)], staying, of_newest, now, kept)
    going += _of_books(place, entries, now, kept)
    if not dry_run:
        for each in going:
            _remove(each)
    gone = tuple(Removal(folder=each.found.folder, why=each.why, size=each.found.size) for each in going)
    return Collected(
        dry_run=dry_run,
        removed=gone,
        runs_kept=len(runs) - sum(removal.folder.parent == scores for removal in gone),
    )


def _of_books(place: Path, entries: Sequence[Publication], now: datetime, kept: KeptConfig) -> list[Removable]:
    """Checked books, sums and readings below ``place`` that may go."""
    rested_on = {Key(entry.data).name for entry in official_of(entries).values() if entry.data}
    books = [_opened(folder) for folder in _folders(books_in(place).root)]
    ledgers = [_opened(folder) for folder in _folders(place / LEDGERS)]
    return [
        *removable_books(books, rested_on, now, kept, why=Why.BOOK),
        *removable_books(ledgers, (), now, kept, why=Why.LEDGER),
        *(
            each
            for notes in READINGS
            for each in removable_books(
                [_opened(note) for note in sorted((place / notes).glob("*.json"))], (), now, kept, why=Why.READING
            )
        ),
    ]


def _opened(place: Path) -> Found:
    """A folder or file of a store, which is touched whenever it is opened."""
    files = [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
    return Found(
        folder=place,
        written=datetime.fromtimestamp(place.stat().st_mtime, tz=UTC),
        size=sum(file.stat().st_size for file in files),
    )


def _folders(place: Path) -> list[Path]:
    return sorted(each for each in place.glob("[!.]*") if each.is_dir())


def _needed(scores: Path, entries: Sequence[Publication]) -> frozenset[str]:
    """Names of the official runs and of those that they built on, which tell what moved since and give them again."""
    official = official_runs(scores)
    facts = [read_facts(run.folder, remedies=OF_SCORES) for run in official]
    built_on = {each.get(name) for each in facts for name in _BUILT_ON}
    past = (entry.folder for entry in entries if entry.folder and entry.run_key in built_on)
    return frozenset([*(run.folder.name for run in official), *past])


def _bundles(folder: Path) -> Iterator[Found]:
    if folder.is_dir():
        yield from (_found(each) for each in sorted(folder.iterdir()) if each.is_dir() and each.name[0] != ".")


def _found(folder: Path) -> Found:
    files = [file.stat() for file in folder.rglob("*") if file.is_file()]
    written = max((facts.st_mtime for facts in files), default=folder.stat().st_mtime)
    return Found(
        folder=folder,
        written=datetime.fromtimestamp(written, tz=UTC),
        size=sum(facts.st_size for facts in files),
    )


def _key_of(folder: Path) -> str | None:
    try:
        return bundle_key(folder)
    except (DamagedBundleError, MissingFileError):
        return None


def _finish(places: Sequence[Path]) -> None:
    """Take away what a killed call had put aside."""
    for place in places:
        for aside in place.glob(f"{_ASIDE}*"):
            shutil.rmtree(aside, ignore_errors=True)


def _remove(each: Removable) -> None:
    """Out of sight in one step, then gone: who reads it meanwhile finds all of it or nothing."""
    folder = each.found.folder
    aside = folder.with_name(f"{_ASIDE}{folder.name}")
    folder.rename(aside)
    if aside.is_file():
        aside.unlink()
    shutil.rmtree(aside, ignore_errors=True)
