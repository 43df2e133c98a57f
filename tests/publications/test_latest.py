"""The link that the bank's other systems read: it leads to the scores of the latest date, and never back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models.errors import UserError
from models.publications.latest import latest_folder, lead_latest, published_facts, require_place, stays_notice
from models.publications.ledger import Act, Deed, PublicationLedger
from models.store.sealed import write_manifest

OCTOBER, DECEMBER, JANUARY = date(2023, 10, 1), date(2023, 12, 1), date(2024, 1, 1)


def published(out: Path, as_of: date, key: str, act: Act = Act.OFFICIAL) -> Path:
    folder = out / f"{as_of}-{key * 12}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scores.parquet").touch()
    write_manifest(folder, {"as_of": as_of.isoformat(), "run_key": key * 12})
    PublicationLedger(out).record(Deed(act=act, as_of=as_of, run_key=key * 12, folder=folder.name, bundle="b"))
    return folder


def latest(out: Path) -> Path:
    return (out / "latest").resolve()


def led(out: Path) -> Path:
    """Where the link leads to once it was led."""
    newest = lead_latest(out)
    assert newest is not None
    assert latest(out) == newest.folder == latest_folder(out)
    return newest.folder


def test_it_goes_forward_and_a_back_dated_run_leaves_it(tmp_path: Path) -> None:
    december = published(tmp_path, DECEMBER, "a")
    assert led(tmp_path) == december
    january = published(tmp_path, JANUARY, "b")
    assert led(tmp_path) == january
    october = published(tmp_path, OCTOBER, "c")
    assert led(tmp_path) == january
    later = lead_latest(tmp_path)
    assert later is not None
    notice = stays_notice(later, october, OCTOBER)
    assert str(notice) == (
        "latest: it stays at the scores as of 2024-01-01, since this run is as of 2023-10-01; "
        f"read this run in {october}"
    )


def test_of_one_date_the_run_that_was_made_official_last_counts(tmp_path: Path) -> None:
    for key in ("a", "b", "a"):
        folder = published(tmp_path, JANUARY, key)
        assert led(tmp_path) == folder


def test_a_shadow_does_not_touch_it(tmp_path: Path) -> None:
    december = published(tmp_path, DECEMBER, "a")
    published(tmp_path, JANUARY, "b", Act.SHADOW)
    assert led(tmp_path) == december
    facts = published_facts(tmp_path)
    assert facts is not None
    assert facts["as_of"] == "2023-12-01"


def test_where_nothing_is_published_there_is_no_link(tmp_path: Path) -> None:
    published(tmp_path, JANUARY, "b", Act.SHADOW)
    assert lead_latest(tmp_path) is None
    assert published_facts(tmp_path) is None
    assert latest_folder(tmp_path) == tmp_path / "latest"
    assert not (tmp_path / "latest").exists()


def test_a_later_run_that_is_damaged_or_gone_does_not_count(tmp_path: Path) -> None:
    january, december = published(tmp_path, JANUARY, "a"), published(tmp_path, DECEMBER, "b")
    (january / "scores.parquet").write_text("x", encoding="utf-8")
    october = published(tmp_path, OCTOBER, "c")
    lead_latest(tmp_path)
    assert latest(tmp_path) == december
    shutil.rmtree(december)
    lead_latest(tmp_path)
    assert latest(tmp_path) == october


@pytest.mark.parametrize("nowhere", ["gone", "latest"])
def test_a_link_that_leads_nowhere_or_to_itself_is_led_to_the_last_date(tmp_path: Path, nowhere: str) -> None:
    january, october = published(tmp_path, JANUARY, "a"), published(tmp_path, OCTOBER, "b")
    (tmp_path / "latest").symlink_to(nowhere)
    require_place(tmp_path, october)
    assert led(tmp_path) == january
    assert (tmp_path / "latest").readlink() == Path(january.name)


def test_what_was_just_published_is_not_read_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    december, read = published(tmp_path, DECEMBER, "a"), []
    monkeypatch.setattr("models.publications.latest.is_complete", lambda folder: read.append(folder) or True)
    for _ in range(2):  # the second time the link leads there
        lead_latest(tmp_path, proved=december)
    lead_latest(tmp_path)
    assert read == []
    january = published(tmp_path, JANUARY, "b")
    lead_latest(tmp_path)
    assert read == [january]


def link_to(path: Path) -> None:
    path.symlink_to(path.parent)


@pytest.mark.parametrize(("make", "got"), [(Path.mkdir, "a folder"), (Path.touch, "a file")])
def test_what_is_in_the_way_of_the_link_is_told_before_any_work(
    tmp_path: Path, make: Callable[[Path], None], got: str
) -> None:
    make(tmp_path / "latest")
    with pytest.raises(UserError, match=rf"latest must be a link that predict makes, got {got}: move it away, or"):
        require_place(tmp_path, tmp_path / "run")


@pytest.mark.parametrize(("make", "got"), [(link_to, "a link"), (Path.touch, "a file")])
@pytest.mark.parametrize("name", ["run"])
def test_what_is_in_the_way_of_a_run_is_told_before_any_work(
    tmp_path: Path, make: Callable[[Path], None], got: str, name: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(UserError, match=f"{name} must be a folder, got {got}"):
        require_place(tmp_path, tmp_path / name)


def test_a_file_where_results_should_stand_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UserError, match="out must be a folder, got a file"):
        require_place(tmp_path / "out", tmp_path / "out" / "run")
