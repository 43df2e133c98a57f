"""What a night builds on: the run that settled its period, whatever else was scored, and whenever."""

from __future__ import annotations

import os
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.book.periods import PeriodName
from models.publications.ledger import Act, Deed, PublicationLedger
from models.publications.past import newest_official, official_runs, scores_of_key, settled_scores, with_settled
from models.publications.previous import SCORES
from models.store.sealed import write_manifest


def published(out: Path, as_of: date, key: str, act: Act = Act.OFFICIAL) -> Path:
    folder = out / f"{as_of}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"client_id": ["00123"], "tier": [key]}), folder / SCORES)
    write_manifest(folder, {"as_of": as_of.isoformat(), "run_key": key})
    PublicationLedger(out).record(Deed(act=act, as_of=as_of, run_key=key, folder=folder.name, bundle="b"))
    return folder


def built_on(out: Path, as_of: date, period: PeriodName = "month") -> tuple[str, ...]:
    found = settled_scores(out, as_of, ["tier"], period)
    return () if found is None else found.built_on


def test_a_night_builds_on_the_first_run_of_its_month_and_knows_what_was_shown_since(tmp_path: Path) -> None:
    for day, key in ((date(2023, 12, 1), "december"), (date(2023, 12, 2), "second"), (date(2023, 12, 3), "third")):
        published(tmp_path, day, key)
    assert built_on(tmp_path, date(2023, 12, 1)) == ()
    assert built_on(tmp_path, date(2023, 12, 2)) == ("december",)
    assert built_on(tmp_path, date(2023, 12, 4)) == ("december", "third")
    assert built_on(tmp_path, date(2024, 1, 1)) == ("december",), "at the month's end nights do not count"
    assert built_on(tmp_path, date(2023, 12, 4), "week") == ("december",), "a Monday"
    assert built_on(tmp_path, date(2024, 1, 1), "quarter") == ("december",)


def test_shadows_and_withdrawn_runs_are_no_past(tmp_path: Path) -> None:
    first = published(tmp_path, date(2022, 12, 1), "one")
    published(tmp_path, date(2022, 12, 1), "two")
    published(tmp_path, date(2022, 12, 1), "three", Act.SHADOW)
    assert built_on(tmp_path, date(2023, 1, 1)) == ("two",)
    os.utime(first / "manifest.json", ns=(1, 1))
    published(tmp_path, date(2022, 12, 1), "one")
    assert built_on(tmp_path, date(2023, 1, 1)) == ("one",), "what is official is on record, whatever times files have"


def test_a_run_that_was_moved_away_gives_its_place_back(tmp_path: Path) -> None:
    published(tmp_path, date(2022, 12, 1), "one")
    shutil.rmtree(published(tmp_path, date(2022, 12, 1), "two"))
    assert built_on(tmp_path, date(2023, 1, 1)) == ("one",)
    assert scores_of_key(tmp_path, "two", ["tier"]) is None
    one = scores_of_key(tmp_path, "one", ["tier"])
    assert one is not None
    assert one.columns["tier"].tolist() == ["one"]


def test_a_back_fill_is_no_newest(tmp_path: Path) -> None:
    assert newest_official(tmp_path) is None
    january = published(tmp_path, date(2024, 1, 1), "january")
    october = published(tmp_path, date(2023, 10, 1), "october")
    newest, before = newest_official(tmp_path), newest_official(tmp_path, date(2024, 1, 1))
    assert newest is not None
    assert before is not None
    assert (newest.folder, before.folder) == (january, october)


MONTHS = [date(2023, month, 1) for month in (1, 2, 3, 4)]
NIGHTS = [date(2023, month, day) for month in (1, 2, 3) for day in (2, 9, 17, 28)]


@pytest.mark.parametrize("period", ["month", "quarter"])
@given(data=st.data())
def test_whatever_nights_there_are_a_months_end_builds_on_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, period: PeriodName, data: st.DataObject
) -> None:
    out = tmp_path_factory.mktemp("schedule")
    ends = MONTHS if period == "month" else [date(2023, 1, 1), date(2023, 4, 1)]
    others = [day for day in [*MONTHS, *NIGHTS] if day not in ends]
    nights = data.draw(st.lists(st.sampled_from(others), max_size=8))
    for number, day in enumerate(data.draw(st.permutations([*ends, *nights]))):
        published(out, day, f"{day:%m%d}-{number}")
    official = {run.as_of: run.entry.run_key for run in official_runs(out)}
    for before, end in pairwise(ends):
        assert built_on(out, end, period) == (official[before],)
    for run, settled in with_settled(official_runs(out), period):
        assert built_on(out, run.as_of, period)[:1] == (() if settled is None else (settled.entry.run_key,))
