"""Room is made by what others replaced; the official run of a date stays, whatever its age."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from models.config.nightly import KeptConfig
from models.config.root import Config
from models.publications.ledger import Act, Deed, Publication, PublicationLedger
from models.retention.job import gc
from models.retention.rules import Found, Why, removable_bundles, removable_runs
from models.store.keys import Key
from models.store.sealed import write_manifest
from support.books import settings

JANUARY = date(2024, 1, 1)
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def published(scores: Path, as_of: date, key: str, act: Act | None = Act.OFFICIAL, **past: str) -> Path:
    folder = scores / f"{as_of}-{key * 12}"
    folder.mkdir(parents=True)
    (folder / "scores.parquet").write_bytes(b"x" * 1000)
    write_manifest(folder, {"as_of": as_of.isoformat(), "run_key": key * 12, **past})
    if act is None:
        long_ago = (datetime.now(tz=UTC) - timedelta(days=9)).timestamp()
        for file in folder.iterdir():
            os.utime(file, (long_ago, long_ago))
    else:
        PublicationLedger(scores).record(Deed(act=act, as_of=as_of, run_key=key * 12, folder=folder.name, bundle="b"))
    return folder


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    scores = tmp_path / "book" / "scores"
    names = {"replaced": Act.OFFICIAL, "official": Act.OFFICIAL, "shadow": Act.SHADOW}
    found = {name: published(scores, JANUARY, key, act) for (name, act), key in zip(names.items(), "abc", strict=True)}
    return {**found, "unrecorded": published(scores, JANUARY, "d", None)}


def config(tmp_path: Path, **kept: int) -> Config:
    made = settings(work_dir=tmp_path)
    book = made.book.model_copy(update={"name": "book"})
    return made.model_copy(
        update={"book": book, "nightly": made.nightly.model_copy(update={"kept": KeptConfig(**kept)})}
    )


def test_what_is_young_stays(tmp_path: Path, places: dict[str, Path]) -> None:
    found = gc(config(tmp_path))
    assert [(each.folder, each.why) for each in found.removed] == [(places["unrecorded"], Why.UNRECORDED)]
    assert sorted(place.name for place in places["official"].parent.glob("2*")) == sorted(
        places[name].name for name in ("replaced", "official", "shadow")
    )
    assert found.runs_kept == 3


def test_what_is_old_goes_but_never_what_is_official(tmp_path: Path, places: dict[str, Path]) -> None:
    nothing = config(tmp_path, replaced_days=0)
    dry = gc(nothing, dry_run=True)
    assert all(place.is_dir() for place in places.values())
    found = gc(nothing)
    assert {each.folder for each in dry.removed} == {each.folder for each in found.removed}
    assert {each.why for each in found.removed} == {Why.REPLACED, Why.SHADOW, Why.UNRECORDED}
    assert found.size > 3000
    assert list(places["official"].parent.glob("2*")) == [places["official"]]
    assert list(places["official"].parent.glob(".gone*")) == []
    assert PublicationLedger(places["official"].parent).official()[JANUARY].folder == places["official"].name


@pytest.mark.parametrize("looked_at", ["previous", "shown_since"])
def test_what_an_official_run_built_on_stays_though_another_took_its_place(
    tmp_path: Path, places: dict[str, Path], looked_at: str
) -> None:
    february = published(places["official"].parent, date(2024, 2, 1), "e", **{looked_at: "a" * 12})
    found = gc(config(tmp_path, replaced_days=0))
    assert {each.folder for each in found.removed} == {places["shadow"], places["unrecorded"]}
    assert sorted(february.parent.glob("2*")) == sorted([places["replaced"], places["official"], february])


def test_where_the_official_run_was_moved_away_the_one_before_stays(tmp_path: Path, places: dict[str, Path]) -> None:
    places["official"].rename(tmp_path / "elsewhere")
    found = gc(config(tmp_path, replaced_days=0))
    assert places["replaced"].is_dir()
    assert {each.why for each in found.removed} == {Why.SHADOW, Why.UNRECORDED}


def test_what_a_killed_call_had_put_aside_goes_with_the_next(tmp_path: Path, places: dict[str, Path]) -> None:
    aside = places["shadow"].rename(places["shadow"].with_name(f".gone-{places['shadow'].name}"))
    gc(config(tmp_path))
    assert not aside.exists()


def test_a_run_that_came_back_as_official_stays() -> None:
    entries = _entries(("a", Act.OFFICIAL), ("b", Act.OFFICIAL), ("a", Act.OFFICIAL))
    old = [Found(folder=Path(key), written=NOW - timedelta(days=400), size=1) for key in "ab"]
    going = removable_runs(old, entries, NOW, KeptConfig())
    assert [(each.found.folder.name, each.why) for each in going] == [("b", Why.REPLACED)]


def test_a_bundle_of_an_official_run_is_not_taken_away() -> None:
    old = [Found(folder=Path(name), written=NOW - timedelta(days=31), size=1) for name in ("needed", "other")]
    going = removable_bundles(old, ["needed"], NOW, KeptConfig())
    assert [each.found.folder.name for each in going] == ["other"]


def _entries(*runs: tuple[str, Act]) -> list[Publication]:
    return [
        Publication(
            act=act, as_of=JANUARY, run_key=key, folder=key, bundle="b", number=number,
            at=NOW - timedelta(days=200 - number), by="x",
        )
        for number, (key, act) in enumerate(runs, start=1)
    ]  # fmt: skip


def left_alone(place: Path, days: int, *, text: str = "x") -> Path:
    """A checked book, ledger or note that nobody opened for so many days."""
    if place.suffix:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    else:
        place.mkdir(parents=True)
        (place / "clients.parquet").write_bytes(b"x" * 500)
    since = (datetime.now(tz=UTC) - timedelta(days=days)).timestamp()
    os.utime(place, (since, since))
    return place


def test_checked_books_go_that_nobody_opened_but_for_the_one_an_official_run_rests_on(tmp_path: Path) -> None:
    """Three books and their sums: one is rested on, one was opened last week, one nobody has asked for since spring."""
    work = tmp_path / "book"
    rested, fresh, stale = (Key(digest * 64) for digest in "abc")
    books = {key: left_alone(work / "book" / key.name, days) for key, days in ((rested, 200), (fresh, 7), (stale, 100))}
    sums = [left_alone(work / "ledger" / name, days) for name, days in (("old", 90), ("new", 1))]
    notes = [left_alone(work / "checked" / name, days) for name, days in (("old.json", 90), ("new.json", 1))]
    scores = work / "scores"
    run = published(scores, JANUARY, "d", None)
    deed = Deed(act=Act.OFFICIAL, as_of=JANUARY, run_key="d", folder=run.name, bundle="b", data=rested.digest)
    PublicationLedger(scores).record(deed)
    dry = gc(config(tmp_path), dry_run=True)
    going = {books[stale]: Why.BOOK, sums[0]: Why.LEDGER, notes[0]: Why.READING}
    assert {each.folder: each.why for each in dry.removed} == going
    assert all(place.exists() for place in going)
    assert gc(config(tmp_path)).removed == dry.removed
    assert not any(place.exists() for place in going)
    assert all(place.exists() for place in (books[rested], books[fresh], sums[1], notes[1]))
    assert list(work.rglob(".gone*")) == []
    assert {each.folder for each in gc(config(tmp_path, books_days=0)).removed} == set(), "the latest of each stays"
