"""Sealed folders without a client: published runs and the like, sealed again with a note that says so.

The new folder is whole before it takes the place of the old one. A process that is killed between the two steps leaves
both under names of their own, and the next call finishes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from models.errors import DamagedBundleError, MissingFileError
from models.forgetting.tables import Rewriting
from models.store.drafts import sync
from models.store.sealed import MANIFEST, OF_SCORES, REWRITTEN, is_complete, read_facts, read_manifest, write_manifest

_NEW, _OLD = ".forget-new-", ".forget-old-"
_WHY = "clients were forgotten: it cannot be made again to the byte, and the rows of all others are as they were"
_OF_MODELS = "contract.json"
_OWN_FACTS = ("files", REWRITTEN)


def is_sealed(folder: Path) -> bool:
    """Whether a manifest of sealed files stands in a folder."""
    with suppress(DamagedBundleError, MissingFileError):
        read_facts(folder)
        return True
    return False


def is_rewritable(folder: Path, files: Iterable[Path]) -> bool:
    """Whether files of a sealed folder can be written anew without the client: tables and JSON, but of no models.

    Models are known by their bytes: who wants them without a client trains again.
    """
    return not (folder / _OF_MODELS).is_file() and all(file.suffix in (".parquet", ".json") for file in files)


def seal_again(folder: Path, naming: Collection[str], rewriting: Rewriting) -> int:
    """Write the files ``naming`` the client in a sealed folder anew, no others; returns how many rows named it.

    Raises ``DamagedBundleError`` if the folder is not as it was published: then it stays so.
    """
    facts = read_manifest(folder, remedies=OF_SCORES)
    draft = folder.with_name(f"{_NEW}{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    rows = 0
    for file in sorted(folder.iterdir()):
        if file.name == MANIFEST:
            continue
        if file.name in naming:
            rows += write_file(file, draft / file.name, rewriting)
        else:
            _link(file, draft / file.name)
    known = {name: value for name, value in facts.items() if name not in _OWN_FACTS}
    before = dict(facts.get(REWRITTEN) or {})
    note = {
        "clients": int(before.get("clients", 0)) + 1,
        "at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "why": _WHY,
    }
    write_manifest(draft, {**rewriting.plain(known), REWRITTEN: note})
    times = (folder / MANIFEST).stat()
    os.utime(draft / MANIFEST, ns=(times.st_atime_ns, times.st_mtime_ns))  # which run is newest hangs on it
    sync(draft)
    _swap(draft, folder)
    return rows


def finish(places: Iterable[Path]) -> None:
    """Finish what a killed call left in some folders: a whole new folder takes its place, what is old goes."""
    for place in places:
        for old in sorted(place.glob(f"{_OLD}*")):
            folder = old.with_name(old.name.removeprefix(_OLD))
            new = old.with_name(f"{_NEW}{folder.name}")
            if not folder.exists():
                (new if is_complete(new) else old).rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        for new in sorted(place.glob(f"{_NEW}*")):
            shutil.rmtree(new, ignore_errors=True)


def write_file(file: Path, target: Path, rewriting: Rewriting) -> int:
    """Write a table or a JSON file anew without the client; returns how many rows named it."""
    if file.suffix == ".parquet":
        return rewriting.write(file, target)
    text = file.read_text(encoding="utf-8")
    plain: Any = rewriting.plain(json.loads(text))
    target.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1


def rows_in(file: Path, rewriting: Rewriting) -> int:
    """How many rows of a table name the client, counted without writing; 0 of any other file, which has none."""
    if file.suffix != ".parquet":
        return 0
    with pq.ParquetFile(file) as source:
        return sum(rewriting.table(source.read_row_group(number)).touched for number in range(source.num_row_groups))


def _swap(draft: Path, folder: Path) -> None:
    old = folder.with_name(f"{_OLD}{folder.name}")
    folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old)


def _link(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # a file system without links
        shutil.copy2(file, target)
