"""Publishing: a reader sees what was there before or all that is new, and every file is proved by its hash."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from models.errors import DamagedBundleError, MissingFileError, UnsealedFileError
from models.publications.latest import LATEST, point_latest
from models.store.drafts import publish_once, publish_text
from models.store.keys import canonical_json, file_hash, text_hash
from models.store.sealed import publish_folder, read_manifest, write_manifest


def fill(draft: Path, text: str = "scores") -> None:
    (draft / "scores.txt").write_text(text, encoding="utf-8")
    write_manifest(draft, {"run_key": "k", "clients": 3})


def fail_halfway(draft: Path) -> None:
    (draft / "scores.txt").write_text("half", encoding="utf-8")
    raise OSError("disk full")


def test_a_folder_appears_whole_and_readable_by_others(tmp_path: Path) -> None:
    publish_folder(tmp_path / "deep" / "results", fill)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["results"]
    assert read_manifest(tmp_path / "deep" / "results")["clients"] == 3
    assert (tmp_path / "deep" / "results").stat().st_mode & 0o777 == 0o755


def test_work_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk full"):
        publish_folder(tmp_path / "results", fail_halfway)
    assert list(tmp_path.iterdir()) == []


def test_work_that_fails_leaves_the_old_results(tmp_path: Path) -> None:
    publish_folder(tmp_path / "results", fill)
    with pytest.raises(OSError, match="disk full"):
        publish_folder(tmp_path / "results", fail_halfway)
    assert (tmp_path / "results" / "scores.txt").read_text(encoding="utf-8") == "scores"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_complete_folder_is_kept_and_a_damaged_one_replaced(tmp_path: Path) -> None:
    publish_folder(tmp_path / "results", fill)
    publish_folder(tmp_path / "results", lambda draft: fill(draft, "other"))
    assert (tmp_path / "results" / "scores.txt").read_text(encoding="utf-8") == "scores"
    (tmp_path / "results" / "scores.txt").write_text("spoiled", encoding="utf-8")
    publish_folder(tmp_path / "results", lambda draft: fill(draft, "other"))
    assert (tmp_path / "results" / "scores.txt").read_text(encoding="utf-8") == "other"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_latest_moves_in_one_step_and_survives_a_move_of_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "scores"
    for name in ("one", "two"):
        publish_folder(place / name, fill)
        assert point_latest(place / name) == place / LATEST
        assert (place / LATEST).resolve() == (place / name).resolve()
    moved = place.rename(tmp_path / "moved")
    assert (moved / LATEST).resolve() == (moved / "two").resolve()
    assert sorted(path.name for path in moved.iterdir()) == ["latest", "one", "two"]


def test_a_text_is_replaced_whole(tmp_path: Path) -> None:
    for text in ("first\n", "第二\n"):
        publish_text(tmp_path / "deep" / "report.json", text)
        assert (tmp_path / "deep" / "report.json").read_bytes() == text.encode()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["report.json"]


def test_hashes_are_those_of_sha256(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000  # more than one read
    (tmp_path / "file").write_bytes(content)
    assert file_hash(tmp_path / "file") == hashlib.sha256(content).hexdigest()
    assert text_hash("客户") == hashlib.sha256("客户".encode()).hexdigest()


def test_a_manifest_names_every_file_and_is_sealed(tmp_path: Path) -> None:
    fill(tmp_path)
    written = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    seal = written.pop("seal")
    assert written == {
        "clients": 3,
        "files": {"scores.txt": hashlib.sha256(b"scores").hexdigest()},
        "run_key": "k",
    }
    plain = json.dumps(written, sort_keys=True, separators=(",", ":"))
    assert seal == hashlib.sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ('"clients": 3', '"clients": 4', "other facts"),
        ('"scores.txt"', '"other.txt"', "other facts"),
        ('"seal"', '"heal"', "cannot be read"),
        ('"files"', '"filed"', "cannot be read"),
        ("}\n}", "}", "cannot be read"),
    ],
)
def test_an_edited_manifest_is_refused(tmp_path: Path, old: str, new: str, got: str) -> None:
    fill(tmp_path)
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert old in text or old == "}\n}"
    edited = text.replace(old, new) if old in text else text[: len(text) // 2]
    (tmp_path / "manifest.json").write_text(edited, encoding="utf-8")
    with pytest.raises(DamagedBundleError, match=got):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"files": {}, "seal": "x", "a": NaN}',
        '{"files": {}, "seal": "x", "a": -Infinity}',
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"files": [], "seal": "x"}',
        '{"files": "none", "seal": "x"}',
        '{"files": {}, "seal": "x", "a": "\\ud800"}',
        '{"files": {}, "seal": "x", "a": ' + "9" * 5_000 + "}",
        "null",
        "",
        " " * (1 << 25),
    ],
    ids=["nan", "infinity", "deep_list", "deep", "list", "text", "half_letter", "long", "null", "empty", "huge"],
)
def test_a_manifest_that_nobody_wrote_is_damage(tmp_path: Path, text: str) -> None:
    fill(tmp_path)
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DamagedBundleError, match=r"manifest\.json must be as it was written"):
        read_manifest(tmp_path)


def test_a_file_that_somebody_put_among_results_is_refused_and_not_removed(tmp_path: Path) -> None:
    publish_folder(tmp_path / "results", fill)
    (tmp_path / "results" / "remarks.xlsx").touch()
    with pytest.raises(UnsealedFileError, match="remarks"):
        read_manifest(tmp_path / "results")
    with pytest.raises(UnsealedFileError, match="remarks"):
        publish_folder(tmp_path / "results", fill)
    assert (tmp_path / "results" / "remarks.xlsx").exists()


def test_results_of_the_same_name_with_other_bytes_stay_and_are_told(tmp_path: Path) -> None:
    assert publish_folder(tmp_path / "results", fill).others == ()
    again = publish_folder(tmp_path / "results", lambda draft: fill(draft, "other"))
    assert again.others == ("scores.txt",)
    assert again.manifest == read_manifest(tmp_path / "results")


def test_what_is_told_of_the_same_bytes_is_told_by_the_newest_run(tmp_path: Path) -> None:
    def told_anew(draft: Path) -> None:
        (draft / "scores.txt").write_text("scores", encoding="utf-8")
        write_manifest(draft, {"run_key": "k", "clients": 3, "notices": ["the policy of the config is another"]})

    publish_folder(tmp_path / "results", fill)
    os.utime(tmp_path / "results" / "manifest.json", ns=(1, 1))
    again = publish_folder(tmp_path / "results", told_anew)
    assert again.manifest == read_manifest(tmp_path / "results")
    assert len(again.manifest["notices"]) == 1
    assert (tmp_path / "results" / "manifest.json").stat().st_mtime_ns > 1


def test_a_folder_without_a_manifest_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="train leaves it"):
        read_manifest(tmp_path)


def test_canonical_text_has_one_form_and_no_missing_numbers() -> None:
    assert canonical_json({"b": [1, 0.1], "a": "客"}) == '{"a":"客","b":[1,0.1]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"a": float("nan")})


def test_a_file_published_once_is_whole_readable_by_others_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store.db"
    for content in (b"first", b"second"):
        publish_once(path, content)
        assert path.read_bytes() == b"first"
        assert [path.name for path in (tmp_path / "deep").iterdir()] == ["store.db"]
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_where_the_file_system_knows_no_links_a_file_is_published_once_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("Operation not permitted")  # as Linux says on FAT

    monkeypatch.setattr(os, "link", refused)
    for content in (b"first", b"second"):
        publish_once(tmp_path / "store.db", content)
        assert (tmp_path / "store.db").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_every_file_is_on_the_disk_before_the_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a folder under its final name holds all that its manifest promises."""
    final, synced = tmp_path / "results", []

    def noted(number: int) -> None:
        assert not final.exists()
        synced.append(Path(f"/proc/self/fd/{number}").readlink().name)

    monkeypatch.setattr(os, "fsync", noted)
    publish_folder(final, fill)
    assert sorted(synced) == ["manifest.json", "scores.txt"]
