"""Who published, promoted or took back what, and why: a record that only grows, and that no slip changes unseen."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.publications.ledger import Act, DamagedLedgerError, Deed, PublicationLedger
from models.store.sealed import write_manifest

DECEMBER, JANUARY = date(2023, 12, 1), date(2024, 1, 1)


def run(as_of: date, key: str, act: Act = Act.OFFICIAL) -> Deed:
    return Deed(act=act, as_of=as_of, run_key=key, folder=f"{as_of}-{key}", bundle="b", data="d", policy="p")


def test_the_last_official_run_of_a_date_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    ledger = PublicationLedger(tmp_path)
    first = ledger.record(run(JANUARY, "one"))
    second = ledger.record(run(JANUARY, "two"))
    ledger.record(run(JANUARY, "three", Act.SHADOW))
    assert (second.number, second.supersedes, first.supersedes) == (2, 1, None)
    assert ledger.official() == {JANUARY: second}
    back = ledger.record(run(JANUARY, "one"))
    assert (back.number, back.supersedes) == (4, 2)


def test_a_run_that_is_official_already_is_not_recorded_again(tmp_path: Path) -> None:
    ledger = PublicationLedger(tmp_path)
    first = ledger.record(run(JANUARY, "one"))
    ledger.record(run(DECEMBER, "zero"))
    assert ledger.record(run(JANUARY, "one")) == first
    assert [entry.run_key for entry in ledger.entries()] == ["one", "zero"]


def test_promotions_stand_among_the_runs_with_their_reason_and_evidence(tmp_path: Path) -> None:
    ledger = PublicationLedger(tmp_path)
    evidence = {"auc": 0.81, "lines": [1, None]}
    deed = Deed(act=Act.PROMOTED, bundle="c", version="2", why="the gate held", evidence=evidence)
    entries = [ledger.record(deed), ledger.record(deed)]
    assert [entry.number for entry in entries] == [1, 2]
    read = PublicationLedger(tmp_path).entries()
    assert read == tuple(entries)
    assert read[0].evidence == evidence
    assert abs((datetime.now(tz=UTC) - read[0].at).total_seconds()) < 60
    assert ledger.official() == {}


def other_word(lines: list[str]) -> list[str]:
    return [lines[0].replace("one", "six"), *lines[1:]]


def without_one(lines: list[str]) -> list[str]:
    return [lines[0], *lines[2:]]


def in_other_order(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1]]


def half_a_line(lines: list[str]) -> list[str]:
    return [*lines[:2], lines[2][:40]]


def resealed(lines: list[str]) -> list[str]:
    return [*lines[:2], json.dumps(json.loads(lines[2]) | {"seal": "0" * 64})]


@pytest.mark.parametrize("change", [other_word, without_one, in_other_order, half_a_line, resealed])
def test_a_changed_ledger_is_refused_by_line(tmp_path: Path, change: Callable[[list[str]], list[str]]) -> None:
    ledger = PublicationLedger(tmp_path)
    for key in ("one", "two", "three"):
        ledger.record(run(JANUARY, key))
    ledger.file.write_text("\n".join(change(ledger.file.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    with pytest.raises(DamagedLedgerError, match=r"line \d.*restore the file from a copy"):
        ledger.entries()
    with pytest.raises(DamagedLedgerError):
        ledger.record(run(JANUARY, "four"))


def test_what_was_published_before_there_was_a_ledger_is_found_in_the_order_of_publishing(tmp_path: Path) -> None:
    for as_of, key in ((JANUARY, "a" * 12), (DECEMBER, "b" * 12)):
        folder = tmp_path / f"{as_of}-{key}"
        folder.mkdir()
        write_manifest(folder, {"as_of": as_of.isoformat(), "run_key": key, "bundle": "m", "input": "i"})
    (tmp_path / f"2023-11-01-{'c' * 12}").mkdir()  # damaged: it counts for its date, and whoever reads it learns why
    ledger = PublicationLedger(tmp_path)
    assert not ledger.file.exists()
    assert list(ledger.official()) == [date(2023, 11, 1), DECEMBER, JANUARY]
    before = ledger.entries()
    added = ledger.record(run(date(2024, 2, 1), "d"))
    assert added.number == 4
    assert ledger.entries() == (*before, added)


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    ledger = PublicationLedger(tmp_path)
    keys = [f"key{number}" for number in range(12)]
    threads = [threading.Thread(target=ledger.record, args=(run(JANUARY, key),)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry.run_key for entry in ledger.entries()) == sorted(keys)
    assert [entry.number for entry in ledger.entries()] == list(range(1, 13))
