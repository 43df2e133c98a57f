"""Compressed files, known by what they begin with, whatever they are called."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.errors import UnreadableFileError
from models.store.keys import text_hash

ZIP_MAGIC = b"PK\x03\x04"
_MAGIC = {"gzip": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ", "zstd": b"\x28\xb5\x2f\xfd"}
ENDINGS = {".gz": "gzip", ".zip": "zip", ".zst": "zstd", ".zstd": "zstd", ".bz2": "bz2", ".xz": "xz"}
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What is raised for a compressed file that is cut or damaged; that of zstd is an ``OSError``."""

_MOST_OF_THE_DISK = 0.5


def compression_of(file: Path) -> str:
    """``gzip``, ``bz2``, ``xz``, ``zstd`` or ``none``, by the first bytes."""
    with file.open("rb") as stream:
        start = stream.read(6)
    return next((name for name, magic in _MAGIC.items() if start.startswith(magic)), "none")


def open_bytes(file: Path) -> Any:
    """The bytes of a file, unpacked while they are read."""
    kind = compression_of(file)
    if kind == "zstd":
        return io.BufferedReader(pa.CompressedInputStream(pa.OSFile(str(file)), "zstd"))
    opens: dict[str, Any] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
    return opens[kind](file) if kind in opens else file.open("rb")


def is_archive(file: Path) -> bool:
    """Whether a file is a ZIP archive of files, and no workbook, which is one as well."""
    if not zipfile.is_zipfile(file):
        return False
    with _told(file), zipfile.ZipFile(file) as archive:
        return "[Content_Types].xml" not in archive.namelist() and "mimetype" not in archive.namelist()


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except (*BROKEN, RuntimeError) as error:  # RuntimeError: an archive with a password
        said = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise UnreadableFileError(rule=f"{file.name} must unpack", got=said, remedy=f"pack {file} again") from error


def unpacked_archive(file: Path, scratch: Path) -> Path:
    """A folder with the files of a ZIP archive, whole. Raises ``UnreadableFileError``, also where there is no room."""
    folder = scratch / f"unpacked-{text_hash(str(file.resolve()))[:16]}"
    if not folder.exists():
        begun = folder.with_suffix(".begun")
        shutil.rmtree(begun, ignore_errors=True)
        with _told(file), zipfile.ZipFile(file) as archive:
            _require_room(file, sum(member.file_size for member in archive.infolist()), scratch)
            archive.extractall(begun)  # zipfile itself keeps members within the folder
        begun.rename(folder)
    return folder


def _require_room(file: Path, size: int, scratch: Path) -> None:
    """Some archives say little of what they hold until the disk is full of it."""
    free = shutil.disk_usage(scratch).free
    if size > _MOST_OF_THE_DISK * free:
        raise UnreadableFileError(
            rule=f"{file.name} must unpack into at most half of the room that is free",
            got=f"{size:,} bytes, where {free:,} are free",
            remedy="unpack it where there is room, and name the folder",
        )
