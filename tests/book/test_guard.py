"""What is implausible about a book: a feed in cents, a quarter that did not come, columns exchanged."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from models.book.guard.compute import door_notices, training_notices
from models.book.guard.profile import BookProfile
from models.config.guard import GuardConfig, Limit
from models.config.loading import parse_config
from models.config.root import Config
from models.notices import Notice, Severity
from support.books import SETTINGS
from support.guarded_book import END, Change, Frames, guard_settings, lender_frames, profile_of

pytestmark = pytest.mark.slow  # each test measures or sums a book of its own

REFUSED, WARNING, NOTE = Severity.REFUSED, Severity.WARNING, Severity.NOTE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard")


@pytest.fixture(scope="module")
def config(folder: Path) -> Config:
    return guard_settings(folder)


@pytest.fixture(scope="module")
def before(folder: Path) -> BookProfile:
    return profile_of(lender_frames(), folder / "before")


def changed(change: Change, seed: int = 1) -> Frames:
    frames = lender_frames(seed)
    change(frames)
    return frames


def of_column(table: str, column: str, change: Callable[[pd.Series], object]) -> Change:
    def apply(frames: Frames) -> None:
        frames[table] = frames[table].assign(**{column: change(frames[table][column])})

    return apply


def of_rows(table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    def apply(frames: Frames) -> None:
        frames[table] = change(frames[table])

    return apply


def exchanged(table: str, first: str, second: str) -> Change:
    return of_rows(table, lambda rows: rows.rename(columns={first: second, second: first}))


def gone(table: str) -> Change:
    return lambda frames: frames.__delitem__(table)


def codes(notices: tuple[Notice, ...]) -> set[tuple[str, str, Severity]]:
    return {(notice.code, notice.subject, notice.severity) for notice in notices}


def at_door(frames: Frames, folder: Path, config: Config, known_until: date = END) -> set[tuple[str, str, Severity]]:
    profile = profile_of(frames, folder, known_until)
    return codes(door_notices(profile, config, known_until, ignored={}))


def test_a_sound_book_and_its_like_say_nothing(before: BookProfile, tmp_path: Path, config: Config) -> None:
    assert at_door(lender_frames(), tmp_path / "door", config) == set()
    for seed in (2, 3):
        now = profile_of(lender_frames(seed), tmp_path / str(seed))
        assert training_notices(before, now, learned_with=config, ignored={}, guard=config.guard) == ()


def test_a_profile_is_the_same_for_shuffled_rows_and_after_json(before: BookProfile, tmp_path: Path) -> None:
    shuffled = {name: rows.sample(frac=1, random_state=5) for name, rows in lender_frames().items()}
    assert profile_of(shuffled, tmp_path) == before
    assert BookProfile.from_facts(json.loads(json.dumps(before.to_facts()))) == before


LAST_QUARTER = END - timedelta(days=92)
DOOR = {
    "a feed in thousandths": (
        of_column("cashflows", "amount", lambda amounts: amounts * 1000),
        ("inconsistent", "facilities", REFUSED),
    ),
    "a quarter that did not come": (
        of_rows("cashflows", lambda rows: rows[rows["date"] < LAST_QUARTER]),
        ("late_cashflows", "cashflows", REFUSED),
    ),
    "a month that did not come": (
        of_rows("cashflows", lambda rows: rows[rows["date"] < END - timedelta(days=31)]),
        ("late_cashflows", "cashflows", WARNING),
    ),
    "reports that ended a year ago": (
        of_rows("ratings", lambda rows: rows[rows["date"] < END - timedelta(days=365)]),
        ("late_table", "ratings", WARNING),
    ),
    "a third of the last quarter": (
        of_rows("cashflows", lambda rows: rows[(rows["date"] < LAST_QUARTER) | (rows.index % 3 == 0)]),
        ("thin_periods", "cashflows", WARNING),
    ),
    "every row twice": (
        of_rows("cashflows", lambda rows: pd.concat([rows, rows])),
        ("repeated_rows", "cashflows", REFUSED),
    ),
    "the last quarter twice": (
        of_rows("cashflows", lambda rows: pd.concat([rows, rows[rows["date"] >= LAST_QUARTER]])),
        ("repeated_rows", "cashflows", REFUSED),
    ),
    "one amount in another unit": (
        of_rows(
            "cashflows",
            lambda rows: rows.assign(
                amount=rows["amount"].where(rows.index != rows.index[rows["kind"] == "interest"][0], 1e10)
            ),
        ),
        ("outlying_amount", "cashflows.amount of interest", WARNING),
    ),
    "income below zero": (
        of_column("cashflows", "amount", lambda amounts: -amounts),
        ("negative_amounts", "cashflows.amount of interest", REFUSED),
    ),
    "drawable after maturity": (
        exchanged("facilities", "effective", "maturity"),
        ("inconsistent", "facilities", REFUSED),
    ),
}


@pytest.mark.parametrize("name", DOOR)
def test_the_door_tells(name: str, tmp_path: Path, config: Config) -> None:
    change, expected = DOOR[name]
    assert expected in at_door(changed(change), tmp_path, config)


def test_a_stale_book_is_told_to_set_the_day_until_which_it_is_known(tmp_path: Path, config: Config) -> None:
    known_until = date(2023, 11, 1)
    profile = profile_of(lender_frames(), tmp_path, known_until)
    (late,) = (each for each in door_notices(profile, config, known_until, ignored={}) if each.code == "late_cashflows")
    last = max(lender_frames()["cashflows"]["date"])
    assert late.severity is REFUSED
    assert f"got the last cashflow of {last}, 22 months before 2023-11-01" in late.found
    assert f"set book.known_until to {last + timedelta(days=1)}" in late.remedy


TRAINING = {
    "a column gone": (of_column("facilities", "limit", lambda limits: None), ("absent", "facilities.limit", REFUSED)),
    "a column half gone": (
        of_column("ratings", "pd", lambda values: values.where(values.index % 2 == 0)),
        ("absent", "ratings.pd", WARNING),
    ),
    "a table gone": (gone("ratings"), ("absent", "ratings", REFUSED)),
    "a table without rows": (of_rows("ratings", lambda rows: rows.iloc[:0]), ("absent", "ratings", REFUSED)),
    "half of the rows": (of_rows("ratings", lambda rows: rows[rows.index % 2 == 0]), ("volume", "ratings", WARNING)),
    "a kind gone": (
        of_column("cashflows", "kind", lambda kinds: kinds.replace({"fee": "order"})),
        ("absent", "cashflows of kind fee", REFUSED),
    ),
    "hundredths": (
        of_column("facilities", "limit", lambda limits: limits / 100),
        ("level", "facilities.limit", REFUSED),
    ),
    "a fifth": (of_column("ratings", "pd", lambda values: values / 5), ("level", "ratings.pd", WARNING)),
    "the other sign": (
        of_column("financials", "ebitda", lambda values: -values),
        ("sign", "financials.ebitda", REFUSED),
    ),
    "revenue and earnings exchanged": (
        exchanged("financials", "revenue", "ebitda"),
        ("exchanged", "financials.revenue and financials.ebitda", REFUSED),
    ),
    "country and region exchanged": (
        exchanged("clients", "country", "region"),
        ("exchanged", "clients.country and clients.region", REFUSED),
    ),
    "kinds exchanged": (
        of_column("cashflows", "kind", lambda kinds: kinds.replace({"fee": "interest", "interest": "fee"})),
        ("exchanged", "cashflows of kind fee and interest", REFUSED),
    ),
    "dates exchanged": (
        exchanged("facilities", "effective", "maturity"),
        ("order", "facilities.effective and facilities.maturity", WARNING),
    ),
    "words spelled anew": (
        of_column("clients", "country", lambda words: words.str.lower()),
        ("unseen", "clients.country", WARNING),
    ),
}


@pytest.mark.parametrize("name", TRAINING)
def test_beside_training_it_is_told(name: str, before: BookProfile, tmp_path: Path, config: Config) -> None:
    change, expected = TRAINING[name]
    now = profile_of(changed(change), tmp_path)
    assert expected in codes(training_notices(before, now, learned_with=config, ignored={}, guard=config.guard))


def test_an_absent_column_names_the_header_that_is_near(before: BookProfile, tmp_path: Path, config: Config) -> None:
    now = profile_of(changed(of_column("facilities", "limit", lambda limits: None)), tmp_path)
    ignored = {"facilities": ("booked_by", "limit_usd")}
    reported = training_notices(before, now, learned_with=config, ignored=ignored, guard=config.guard)
    (absent,) = (each for each in reported if each.code == "absent")
    assert "'limit_usd'" in absent.remedy
    assert "book.columns.facilities" in absent.remedy
    assert "guard.absent.refused" in absent.remedy


def test_what_nothing_was_learned_from_is_a_note_at_most(before: BookProfile, tmp_path: Path, config: Config) -> None:
    now = profile_of(changed(of_column("ratings", "grade", lambda grades: None)), tmp_path)
    reported = codes(training_notices(before, now, learned_with=config, ignored={}, guard=config.guard))
    assert reported == {("absent", "ratings.grade", NOTE)}


def test_the_config_decides_how_much_a_finding_matters(before: BookProfile, tmp_path: Path, config: Config) -> None:
    now = profile_of(changed(of_column("facilities", "limit", lambda limits: None)), tmp_path)
    guard = GuardConfig(absent={"refused": None})  # type: ignore[arg-type] - as a config file says it
    reported = training_notices(before, now, learned_with=config, ignored={}, guard=guard)
    assert {each.severity for each in reported if each.code == "absent"} == {WARNING}


def test_a_limit_keeps_the_severities_that_a_config_does_not_name() -> None:
    config = parse_config(SETTINGS, ["guard.level.refused=null", "guard.volume.warning=3"])
    assert config.guard.level == Limit(warning=2.5, refused=None)
    assert config.guard.volume == Limit(warning=3.0)
    assert "guard" not in config.meaning()
