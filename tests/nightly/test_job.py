"""A scheduler calls every night: what is due is scored, what was missed is made up for, and each step is one line."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.config.root import Config
from models.nightly.job import Night, nightly
from models.nightly.journal import journal_of
from models.nightly.rules import ExitCode
from models.publications.latest import latest_folder
from models.publications.ledger import PublicationLedger
from models.scoring.job import predict
from models.scoring.publication import IN_SAMPLE
from models.store.locks import exclusive
from models.store.sealed import read_manifest
from support.night_lender import LEARNED_UNTIL, NightLender

FIRST = date(2022, 10, 1)


@dataclass(frozen=True)
class Told:
    night: Night
    lines: list[dict[str, Any]]

    def step(self, name: str) -> dict[str, Any]:
        (found,) = [line for line in self.lines if line["step"] == name]
        return found


Called = Callable[..., Told]


@pytest.fixture
def called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Called:
    def call(config: Config, today: date) -> Told:
        capsys.readouterr()
        with journal_of(config.book.name) as journal:
            night = nightly(config, journal, today=today)
        return Told(night, [json.loads(line) for line in capsys.readouterr().out.splitlines()])

    return call


def scores_of(tmp_path: Path) -> Path:
    return tmp_path / "work" / "lender" / "scores"


def test_each_night_scores_its_day_and_a_missed_one_is_made_up_for(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    first = called(lender.at_work(tmp_path, FIRST), FIRST)
    assert first.night == Night(code=ExitCode.DONE, published=(FIRST,))
    assert [line["step"] for line in first.lines] == ["book", "due", "published", "end"]
    assert first.step("end")["code"] == 0
    later = FIRST + timedelta(days=2)
    third = called(lender.at_work(tmp_path, later), later)
    assert third.night.published == (FIRST + timedelta(days=1), later)
    assert list(PublicationLedger(scores_of(tmp_path)).official()) == [FIRST + timedelta(days=n) for n in range(3)]
    assert read_manifest(latest_folder(scores_of(tmp_path)))["as_of"] == later.isoformat()
    again = called(lender.at_work(tmp_path, later), later)
    assert again.night == Night(code=ExitCode.NOTHING_TO_DO)
    assert again.step("end")["ended"] == "nothing_to_do"


def test_a_line_holds_counts_and_dates_and_nothing_of_a_client(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    told = called(lender.at_work(tmp_path, FIRST), FIRST)
    scores = pd.read_parquet(latest_folder(scores_of(tmp_path)) / "scores.parquet")
    published = told.step("published")
    assert published["clients"] == len(scores)
    assert published["tiers"] == scores["tier"].value_counts().to_dict()
    assert all({"at", "level", "step", "book"} <= set(line) for line in told.lines)
    whole = json.dumps(told.lines, ensure_ascii=False)
    drawn = [client for client in scores["client_id"] if len(client) > 4]
    assert drawn
    assert not [client for client in drawn if client in whole]
    assert not [value for value in scores["value"] if f"{value:.2f}" in whole]


def test_data_that_came_later_for_the_same_day_is_scored_in_the_place_of_the_first(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    config = lender.at_work(tmp_path, FIRST)
    called(config, FIRST)
    flows = Path(str(config.book.path)) / "cashflows.csv"
    rows = pd.read_csv(flows, dtype=str, keep_default_na=False)
    rows.iloc[:-3].to_csv(flows, index=False)
    second = called(config, FIRST)
    assert second.night.published == (FIRST,)
    entries = PublicationLedger(scores_of(tmp_path)).entries()
    assert [entry.supersedes for entry in entries] == [None, 1]


def test_of_two_at_once_one_works_and_the_other_says_so(lender: NightLender, tmp_path: Path, called: Called) -> None:
    config = lender.at_work(tmp_path, FIRST)
    with exclusive(tmp_path / "work" / "lender" / ".nightly.lock", what="nightly"):
        other = called(config, FIRST)
    assert other.night == Night(code=ExitCode.NOTHING_TO_DO)
    assert other.step("busy")["found"] == "another nightly is at work on this book"
    assert called(config, FIRST).night.published == (FIRST,)


def test_a_mistake_of_the_user_is_told_by_its_rule(lender: NightLender, tmp_path: Path, called: Called) -> None:
    config = lender.at_work(tmp_path, FIRST)
    (Path(str(config.book.path)) / "cashflows.csv").rename(tmp_path / "away.csv")
    theirs = called(config, FIRST)
    assert theirs.night.code is ExitCode.USERS
    assert "rule" in theirs.step("failed")


def test_a_feed_that_cannot_be_is_an_alarm_and_publishes_nothing(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    config = lender.at_work(tmp_path, FIRST)
    flows = Path(str(config.book.path)) / "cashflows.csv"
    rows = pd.read_csv(flows, dtype=str, keep_default_na=False)
    rows.assign(amount=(pd.to_numeric(rows["amount"]) * 1000).astype(str)).to_csv(flows, index=False)
    told = called(config, FIRST)
    assert told.night.code is ExitCode.ALARM
    assert told.step("refused")["findings"] > 0
    assert not PublicationLedger(scores_of(tmp_path)).official()


def test_days_of_which_the_models_knew_what_came_are_said_and_left(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    config = lender.at_work(tmp_path, FIRST, **{"nightly.every": "period"})
    early = date(2022, 6, 1)
    predict(config, as_of=early, how=IN_SAMPLE)
    told = called(config, FIRST)
    assert told.night.published == (LEARNED_UNTIL, date(2022, 8, 1), date(2022, 9, 1), FIRST)
    assert told.step("due")["dates"] == ["2022-07-01", "2022-08-01", "2022-09-01", "2022-10-01"]


def test_a_night_fills_the_sinks_and_looks_at_what_it_published(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    sink = f"sqlite:///{tmp_path}/sink.db"
    config = lender.at_work(tmp_path, FIRST, **{"publish.sink": sink, "nightly.monitor": "true"})
    done = called(config, FIRST)
    assert done.night.code in (ExitCode.DONE, ExitCode.ALARM)
    scores = pd.read_parquet(latest_folder(scores_of(tmp_path)) / "scores.parquet")
    assert done.step("sink")["rows"]["scores"] == len(scores)
    assert done.step("monitored")["raised"] is (done.night.code is ExitCode.ALARM)
    assert (tmp_path / "work" / "lender" / "monitor.html").is_file()
    with sqlite3.connect(tmp_path / "sink.db") as database:
        rows = database.execute("select client_id, tier from clientvalue_scores order by client_id").fetchall()
    assert rows == sorted(zip(scores["client_id"], scores["tier"], strict=True))
    again = called(config, FIRST)
    assert again.night.code is ExitCode.NOTHING_TO_DO
    assert "sink" not in [line["step"] for line in again.lines]


def test_a_sink_that_does_not_answer_leaves_what_was_published_and_is_filled_by_a_later_night(
    lender: NightLender, tmp_path: Path, called: Called
) -> None:
    (tmp_path / "sink.db").mkdir()
    config = lender.at_work(tmp_path, FIRST, **{"publish.sink": f"sqlite:///{tmp_path}/sink.db"})
    failed = called(config, FIRST)
    assert (failed.night.code, failed.night.published) == (ExitCode.USERS, (FIRST,))
    assert list(PublicationLedger(scores_of(tmp_path)).official()) == [FIRST]
    (tmp_path / "sink.db").rmdir()
    assert called(config, FIRST).step("sink")["as_of"] == FIRST.isoformat()


def test_a_night_that_was_killed_after_its_folder_stood_is_finished_by_the_next(
    lender: NightLender, tmp_path: Path, called: Called, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = lender.at_work(tmp_path, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr("models.scoring.compute.publish_run", _die)
        with pytest.raises(KeyboardInterrupt):
            called(config, FIRST)
    scores = scores_of(tmp_path)
    assert len(list(scores.glob("2022-10-01-*"))) == 1
    assert not PublicationLedger(scores).official()
    done = called(config, FIRST)
    assert done.night.published == (FIRST,)
    assert len(list(scores.glob("2022-10-01-*"))) == 1


def test_what_nobody_foresaw_is_in_the_journal_and_raised(
    lender: NightLender,
    tmp_path: Path,
    called: Called,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("C0001 divided by nothing")

    monkeypatch.setattr("models.nightly.job.open_book", broken)
    with pytest.raises(ZeroDivisionError):
        called(lender.at_work(tmp_path, FIRST), FIRST)
    failed, end = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (failed["step"], failed["kind"], end["step"], end["code"]) == ("failed", "ZeroDivisionError", "end", 1)
    assert "C0001" not in json.dumps([failed, end])


def test_an_official_run_that_was_moved_away_is_missed_aloud(lender: NightLender, tmp_path: Path) -> None:
    config = lender.at_work(tmp_path, FIRST)
    earlier = predict(config, as_of=date(2022, 9, 1))
    shutil.move(earlier.folder, tmp_path / "away")
    (notice,) = [each for each in predict(config).notices if each.code == "official_run_moved_away"]
    assert "as of 2022-09-01 are not there any more" in notice.found


def _die(*_: object) -> None:
    raise KeyboardInterrupt
