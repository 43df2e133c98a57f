"""Files and columns of a source that no table of the contract takes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from models.book.contract import NAMELESS
from models.book.guard.findings import Finding
from models.book.guard.profile import BookProfile
from models.book.side_tables import CURRENCY

DATA_ENDINGS = (".csv.gz", ".csv", ".parquet", ".pq", ".xlsx", ".xls", ".tsv", ".txt", ".json", ".gz")
_NAMELESS = re.compile(NAMELESS.format(r"\d+"))
_SEVERAL_CURRENCIES = "amounts count as if in one currency: set book.currencies if they are in several"
_OF_THE_SIMULATOR = "truth"
"""What could be known of a simulated book stands in files of this beginning."""


def stray_files(
    folder: Path, taken: Collection[str], known: Collection[str], *, read: Collection[Path] = ()
) -> Iterator[Finding]:
    """Files, broken links and folders that look like a table and are none.

    ``known`` are the tables of the contract, ``taken`` those that were read, ``read`` files and folders that the
    config names for them.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        stem = _stem(path.name, known)
        if path in read:
            continue
        if path.name.startswith((".", _OF_THE_SIMULATOR)) or stem is None or (stem in taken and path.is_file()):
            continue
        if path.is_file() and path.name.casefold().split(".")[0] in known:
            continue  # a table in another form, which is reported where tables are read
        absent = [name for name in known if name not in taken]
        near = difflib.get_close_matches(stem.casefold(), absent, n=1, cutoff=0.0)
        alike = _likeness(stem, near[0]) if near else 0.0
        yield Finding(
            setting="stray_file",
            figure=alike,
            subject=path.name,
            found=f"every file of the book's folder must be a table of it, got {_what(path)} that no table takes",
            remedy=f"is the table {near[0]} meant? save it as {near[0]}.parquet or {near[0]}.csv"
            if alike >= 0.5  # noqa: PLR2004 - half of the letters
            else "move it elsewhere",
        )


def stray_columns(profile: BookProfile, ignored: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Columns that the contract does not know, beside the empty ones of their table that it knows."""
    for table, names in ignored.items():
        columns = profile.tables[table].columns if table in profile.tables else {}
        empty = [name for name, column in columns.items() if not column.filled]
        for name in names:
            if _NAMELESS.fullmatch(name):
                continue  # reported where columns are read
            near = max(empty, key=lambda each, name=name: (_likeness(name, each), each), default=None)  # type: ignore[misc]
            alike = _likeness(name, near) if near else 0.0
            yield Finding(
                setting="stray_column",
                figure=alike,
                subject=f"{table}.{name}",
                found="every column must be one of the contract to be looked at, got one that is left out",
                remedy=f"is {near} meant? rename it, or map it with book.columns.{table}"
                if alike >= 0.5  # noqa: PLR2004 - half of the letters
                else _SEVERAL_CURRENCIES
                if name.casefold() == CURRENCY
                else "",
            )


def _likeness(name: str, known: str) -> float:
    """From 0 to 1, where the one begins with the other at least 0.8: ``limit_usd`` is like ``limit``."""
    name, known = name.casefold(), known.casefold()
    ratio = difflib.SequenceMatcher(None, name, known).ratio()
    return ratio if name == known or not name.startswith(known) else max(ratio, 0.8)


def _stem(name: str, known: Collection[str]) -> str | None:
    """The name of a file without its ending; a name of a table alone counts, too, other names do not."""
    ending = next((ending for ending in DATA_ENDINGS if name.casefold().endswith(ending)), None)
    if ending is None:
        return name if name.casefold() in known else None
    return name[: -len(ending)]


def _what(path: Path) -> str:
    if path.is_symlink() and not path.exists():
        return "a link that leads nowhere"
    if path.is_dir():
        return "a folder"
    return "a file" if path.is_file() else "what is no file"
