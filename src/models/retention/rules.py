"""Choice of the folders that may go: no official publication needs them, and they are old enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from models.config.nightly import KeptConfig
from models.publications.ledger import Act, Publication, official_of


class Why(StrEnum):
    """Why a folder may go."""

    REPLACED = "replaced by another run of its date"
    SHADOW = "a shadow"
    UNRECORDED = "named by no publication"
    INDEX = "an index of a run that is gone or not the newest, and that can be built again"
    FETCHED = "a bundle that no official run names, and that can be made again"
    BOOK = "a checked book that no official run names and nobody opened, and that can be read again"
    LEDGER = "sums of a book that nobody opened, and that can be made again"
    READING = "what came of reading a book, which nobody looked at"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A folder or file, when it was last written or, of a book, opened (UTC), and its size in bytes."""

    folder: Path
    written: datetime
    size: int


@dataclass(frozen=True, kw_only=True)
class Removable:
    """A folder that may go, and why."""

    found: Found
    why: Why


def removable_runs(
    runs: Sequence[Found],
    entries: Sequence[Publication],
    now: datetime,
    kept: KeptConfig,
    *,
    needed: Collection[str] = (),
) -> list[Removable]:
    """The runs that may go: neither official nor ``needed`` by name, and older than the config keeps such."""
    staying = {entry.folder for entry in official_of(entries).values()}.union(needed)
    last = {entry.folder: entry for entry in entries if entry.act in (Act.OFFICIAL, Act.SHADOW)}
    found = []
    for run in runs:
        entry = last.get(run.folder.name)
        why, since = _why(entry), run.written if entry is None else entry.at
        if run.folder.name not in staying and now - since > timedelta(days=_days(why, kept)):
            found.append(Removable(found=run, why=why))
    return found


def removable_bundles(
    bundles: Sequence[Found], named: Collection[str], now: datetime, kept: KeptConfig
) -> list[Removable]:
    """Fetched and refitted bundles that may go; ``named`` are the names of those that official runs need."""
    old = timedelta(days=kept.fetched_days)
    return [
        Removable(found=bundle, why=Why.FETCHED)
        for bundle in bundles
        if bundle.folder.name not in named and now - bundle.written > old
    ]


def removable_indexes(
    indexes: Sequence[Found], runs: Collection[str], newest: str, now: datetime, kept: KeptConfig
) -> list[Removable]:
    """Indexes of clients that may go: of none of the ``runs`` that stay, or old and not of the ``newest``; by name."""
    old = timedelta(days=kept.fetched_days)
    return [
        Removable(found=index, why=Why.INDEX)
        for index in indexes
        if index.folder.name not in runs or (index.folder.name != newest and now - index.written > old)
    ]


def removable_books(
    found: Sequence[Found], named: Collection[str], now: datetime, kept: KeptConfig, *, why: Why
) -> list[Removable]:
    """What of checked books may go; ``named`` are the names of those that official runs rest on. The latest stays."""
    old = timedelta(days=kept.books_days)
    latest = max((each.written for each in found), default=now)
    return [
        Removable(found=each, why=why)
        for each in found
        if each.folder.name not in named and each.written < latest and now - each.written > old
    ]


def _why(entry: Publication | None) -> Why:
    if entry is None:
        return Why.UNRECORDED
    return Why.SHADOW if entry.act is Act.SHADOW else Why.REPLACED


def _days(why: Why, kept: KeptConfig) -> int:
    return kept.unrecorded_days if why is Why.UNRECORDED else kept.replaced_days
