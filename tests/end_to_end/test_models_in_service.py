"""Half a year of models in service, on a real MLflow server that keeps their files: the story that a bank lives.

A quarter begins with a first version. Each night is scored; on one the feed is wrong, and the next makes up for it. New
versions are trained: a worse one is refused, a better one serves, and is taken back. Whatever was published can be made
again from the ledger of publications, byte for byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.config.loading import load_config
from models.config.root import Config
from models.nightly.job import Night, nightly
from models.nightly.journal import journal_of
from models.nightly.rules import ExitCode
from models.promotion.job import promote, rollback
from models.promotion.report import PromotionOutcome
from models.publications.ledger import Act, Publication, PublicationLedger
from models.scoring.job import predict
from models.scoring.publication import Publishing
from models.store.sealed import read_manifest
from models.training.job import train
from support.lending_book import Lender, drawn_tables, lender_in, write_tables
from support.night_lender import before
from support.rivals import GATE
from support.tracking_server import tracking_server

FIRST, LATER = date(2022, 4, 1), date(2022, 10, 1)
NIGHTS = {"sqlite": 60, "postgres": 8}
GIVEN_UP = "nightly.catch_up=0"
"""Of the summer nobody asks any more."""
BAD_NIGHT = 5
"""The feed of this night, from 0, is in thousandths."""


@dataclass
class Bank:
    """A lender whose runs go to a server; its results stand below ``root``."""

    lender: Lender
    whole: dict[str, pd.DataFrame]
    root: Path
    uri: str
    books: dict[date, Path] = field(default_factory=dict)

    @property
    def scores(self) -> Path:
        return self.root / "work" / "lender" / "scores"

    def book(self, day: date) -> Path:
        """The book as it was delivered on a day."""
        if day not in self.books:
            folder = self.root / "books" / str(day)
            self.books[day] = write_tables(folder, before(self.whole, day), ending="parquet")
        return self.books[day]

    def at(self, day: date, *more: str, book: Path | None = None) -> Config:
        """The config on a day."""
        settings = (f"book.path={book or self.book(day)}", f"book.known_until={day}")
        return load_config(self.lender.config_file, [*settings, "nightly.monitor=false", *more])

    def night(self, day: date, *more: str, book: Path | None = None) -> Night:
        config = self.at(day, *more, book=book)
        with journal_of("lender", level="error") as journal:
            return nightly(config, journal, today=day)

    def entries(self) -> tuple[Publication, ...]:
        return PublicationLedger(self.scores).entries()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def bank(
    request: pytest.FixtureRequest, postgres: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Bank, int]]:
    root = tmp_path_factory.mktemp("service")
    database = ""
    if request.param == "postgres":
        postgres.psql("create database service;")
        database = str(postgres.get_uri(database="service")).replace("postgresql://", "postgresql+psycopg://")
    whole = drawn_tables()
    origins = {"test": ["2021-04-01"], "spacing_periods": 3, "min_history_periods": 12, "max_count": 8}
    with tracking_server(root, database) as server:
        run = {"tracking_uri": server.uri, "work_dir": f"{root}/work"}
        lender = lender_in(root, before(whole, FIRST), origins=origins, gate=GATE, run=run)
        yield Bank(lender, whole, root, server.uri), NIGHTS[request.param]


def test_half_a_year_of_models_in_service(bank: tuple[Bank, int], tmp_path: Path) -> None:
    here, nights = bank
    first = train(here.at(FIRST))
    assert first.is_champion
    _nights_with_a_bad_feed(here, nights)
    _new_versions(here)
    _every_publication_is_made_again(here, tmp_path)


def _nights_with_a_bad_feed(bank: Bank, nights: int) -> None:
    days = [FIRST + timedelta(days=number) for number in range(nights)]
    for number, day in enumerate(days):
        if number == BAD_NIGHT:
            refused = bank.night(day, book=_in_thousandths(bank, day))
            assert (refused.code, refused.published) == (ExitCode.ALARM, ())
            continue
        night = bank.night(day)
        missed = [days[BAD_NIGHT]] if number == BAD_NIGHT + 1 else []
        assert (night.code, night.published) == (ExitCode.DONE, (*missed, day))
    assert list(PublicationLedger(bank.scores).official()) == days
    assert read_manifest(bank.scores / "latest")["as_of"] == days[-1].isoformat()


def _in_thousandths(bank: Bank, day: date) -> Path:
    tables = before(bank.whole, day)
    flows = tables["cashflows"].assign(amount=tables["cashflows"]["amount"] / 1000)
    return write_tables(bank.root / "wrong", tables | {"cashflows": flows}, ending="parquet")


def _new_versions(bank: Bank) -> None:
    config, held_back = bank.at(LATER), f"origins.learn_until={FIRST}"
    crippled = [f"learners.{target}.min_clients_per_leaf=5000" for target in ("value", "decline")]
    worse = train(bank.at(LATER, held_back, *crippled))
    assert not worse.is_champion
    assert bank.night(LATER, GIVEN_UP).published == (LATER,)
    assert bank.entries()[-1].version == "1", "a version that was only trained does not serve"
    assert promote(config).outcome is PromotionOutcome.REFUSED
    better = train(bank.at(LATER, held_back, "run.seed=5"))
    report = promote(config)
    assert (report.outcome, report.version, report.champion) == (PromotionOutcome.PROMOTED, better.version, "1")
    assert bank.night(LATER, GIVEN_UP).published == (LATER,), "the same day by the new champion"
    promoted = bank.entries()[-1]
    assert (promoted.version, promoted.bundle) == (better.version, better.bundle_key)
    back = rollback(config, reason="the committee was not heard")
    assert back.version == "1"
    day = LATER + timedelta(days=1)
    assert bank.night(LATER, GIVEN_UP).published == (LATER,)
    assert bank.night(day).published == (day,)
    acts = [entry.act for entry in bank.entries() if entry.act not in (Act.OFFICIAL, Act.SHADOW)]
    assert acts == [Act.PROMOTED, Act.ROLLED_BACK]
    official = PublicationLedger(bank.scores).official()
    assert [official[each].bundle for each in (LATER, day)] == [bank.entries()[0].bundle] * 2


def _every_publication_is_made_again(bank: Bank, folder: Path) -> None:
    """In the order of the ledger, into a folder that knows nothing, from the book of the day."""
    again, runs = folder / "again", [entry for entry in bank.entries() if entry.act is Act.OFFICIAL]
    assert len(runs) > 10
    for entry in runs:
        day = entry.as_of
        assert day is not None
        bad = FIRST + timedelta(days=BAD_NIGHT)
        delivered = day + timedelta(days=1) if day == bad else day
        done = predict(bank.at(delivered), bundle=entry.version, as_of=day, out=again, how=Publishing())
        assert _contents(done.folder) == _contents(bank.scores / entry.folder), day
    shutil.rmtree(again)


def _contents(run: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(run.iterdir())}
