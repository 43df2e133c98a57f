"""Archives that are damaged, cut or too large for the disk are told in one sentence; nothing half unpacked is read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.book.sources import compressed
from models.book.sources.compressed import is_archive, unpacked_archive
from models.book.sources.located import Located
from models.config.book import BookConfig
from models.config.reading import ReadConfig
from models.errors import MissingFileError, UnreadableFileError


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two files whose contents do not pack well."""
    file = tmp_path / "book.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in ("clients.csv", "cashflows.csv"):
            pack.writestr(name, "".join(f"{place * 7919 % 10007},{name}\n" for place in range(2_000)))
    return file


def test_a_whole_archive_is_unpacked_once(archive: Path, tmp_path: Path) -> None:
    folder = unpacked_archive(archive, tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == ["cashflows.csv", "clients.csv"]
    assert unpacked_archive(archive, tmp_path) == folder
    assert not list(tmp_path.glob("*.begun"))


def test_a_damaged_directory_of_an_archive_is_told(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place : place + 4] = b"\x00\x00\x00\x00"
    archive.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"book\.zip must unpack"):
        is_archive(archive)


def test_an_archive_that_breaks_off_leaves_nothing_behind_and_is_told_again(archive: Path, tmp_path: Path) -> None:
    content = bytearray(archive.read_bytes())
    place = content.index(b"PK\x03\x04", 4) + 60
    content[place : place + 200] = bytes(200)
    archive.write_bytes(content)
    for _ in range(2):
        with pytest.raises(UnreadableFileError, match=r"book\.zip must unpack, got \S"):
            unpacked_archive(archive, tmp_path)
    assert not list(tmp_path.glob("unpacked-*[0-9a-f]"))


def test_an_archive_that_would_fill_the_disk_is_refused_before(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed.shutil, "disk_usage", lambda _: SimpleNamespace(free=50_000))
    with pytest.raises(UnreadableFileError, match=r"at most half of the room that is free, got \d\d,\d{3} bytes"):
        unpacked_archive(archive, tmp_path)


def test_a_pattern_that_finds_nothing_is_no_silent_part(tmp_path: Path) -> None:
    (tmp_path / "a1.csv").write_text("client_id\n", encoding="utf-8")
    reading = {"cashflows": ReadConfig(files=("a*.csv", "zz*.csv"))}
    config = BookConfig(name="lender", path=str(tmp_path), currency="EUR", source="files", read=reading)
    with pytest.raises(MissingFileError, match=r"zz\*\.csv"):
        Located(config=config, place=tmp_path).named_files("cashflows", tmp_path)
