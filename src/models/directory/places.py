"""Places of the indexes of published runs, the names of their files, and whether one belongs to a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.errors import DamagedBundleError, MissingFileError
from models.publications.previous import SCORES
from models.store.sealed import Remedies, read_facts

INDEXES = ".index"
"""Folder beside the runs: an index is no part of a run, and can be made again from it."""
ROWS, TEXTS, MARKS, CODES, ORDERS = "rows.arrow", "texts.arrow", "marks.npy", "codes.npy", "orders.npy"
LAYOUT = 2
"""The version of the files: one more with every change of them."""
OF_INDEX = Remedies("build it: clientvalue clients --rebuild", "build it again: clientvalue clients --rebuild")
_CLIENTS = "clients.parquet"


def index_folder(run: Path) -> Path:
    """The folder of the index of a published run, which may be named by the link ``latest``."""
    folder = run.resolve()
    return folder.parent / INDEXES / folder.name


def index_is_of(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether an index is whole and was made from the run with these facts, by this version of its files."""
    try:
        own = read_facts(folder, remedies=OF_INDEX)
    except (DamagedBundleError, MissingFileError):
        return False
    of = {name: facts["files"].get(name) for name in (_CLIENTS, SCORES)}
    return own.get("layout") == LAYOUT and own.get("of") == of


def indexes(scores: Path) -> Iterator[Path]:
    """The folders of all indexes of the runs below ``scores``."""
    place = scores / INDEXES
    if place.is_dir():
        yield from sorted(each for each in place.iterdir() if each.is_dir() and not each.name.startswith("."))
