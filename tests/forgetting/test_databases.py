"""A review database forgets a client: decisions about others and the proofs of earlier calls stand as they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from models.decisions.entries import BrokenChainError, ClientForgotten, DecisionAct, Draft, ErasedEntry, verify
from models.forgetting.databases import ForgettableDatabase, InDatabase
from models.forgetting.report import FilesSearched, Forgotten
from models.forgetting.terms import CLIENT, Terms
from support.review_chain import AT, ChainFile

CLIENT_A, CLIENT_B = "K0001", "K0002"


def known(client: str) -> Terms:
    return Terms(client_id=client, keys={CLIENT: (client,)})


def forgotten(file: ChainFile, client: str) -> InDatabase:
    database = ForgettableDatabase.of_review(file.database)
    return database.forget(known(client), stand_in=None, by="officer", client=f"hash of {client[-1]}", why="case 117")


@pytest.fixture
def chain(tmp_path: Path) -> ChainFile:
    """Approved overrides of two clients; the text of the second names the first."""
    file = ChainFile(tmp_path / "review.sqlite")
    file.approve(CLIENT_A)
    file.approve(CLIENT_B, text=f"unlike its competitor {CLIENT_A} it pays")
    return file


def test_decisions_about_others_that_name_the_client_stand_and_are_told(chain: ChainFile) -> None:
    before = chain.database.entries()
    found = forgotten(chain, CLIENT_A)
    assert (found.entries, found.others) == ((1, 2), (3,))
    assert chain.database.entries()[2:4] == before[2:4]


def test_an_erasure_record_is_never_erased(chain: ChainFile) -> None:
    forgotten(chain, CLIENT_A)
    chain.append(Draft.of(DecisionAct.CLIENT_FORGOTTEN, "forgotten", ClientForgotten(client="x", why="as K0002")), "o")
    found = forgotten(chain, CLIENT_B)
    assert (found.entries, found.others) == ((3, 4), (6,))
    assert verify(chain.database.entries()) is None


@pytest.mark.parametrize("act", [DecisionAct.ROLE_CHANGED, DecisionAct.POLICY_APPROVED])
def test_a_subject_that_is_no_client_is_not_taken_for_one(act: DecisionAct, tmp_path: Path) -> None:
    file = ChainFile(tmp_path / "review.sqlite")
    entry = file.append(Draft(act=act, subject="policy"), "wei")
    assert forgotten(file, "policy").entries == ()
    assert file.database.entries()[0] == entry


def test_nothing_is_taken_from_a_broken_chain(chain: ChainFile) -> None:
    chain.sql("UPDATE review_entry SET payload = '{}' WHERE number = 4")
    before = chain.path.read_bytes()
    with pytest.raises(BrokenChainError, match="entry 4 that does not hold"):
        forgotten(chain, CLIENT_A)
    assert chain.path.read_bytes() == before


@pytest.mark.parametrize("change", ["\"by\" = 'other'", "\"at\" = '2020-01-01T00:00:00+00:00'"])
def test_who_made_an_erased_entry_and_when_is_sealed_by_the_later_one(change: str, chain: ChainFile) -> None:
    first = chain.database.entries()[0]
    forgotten(chain, CLIENT_A)
    last = chain.database.entries()[-1].read(ClientForgotten)
    assert last.erased[0] == ErasedEntry.of(first)
    assert last.erased[0].act == DecisionAct.OVERRIDE_PROPOSED
    chain.sql(f"UPDATE review_entry SET {change} WHERE number = 1")  # noqa: S608
    with pytest.raises(BrokenChainError, match="entry 1 that does not hold"):
        chain.database.entries()


def test_a_call_that_left_decisions_about_others_has_not_proved_it() -> None:
    searched = FilesSearched(files=1, kinds={"text": 1}, naming=0)
    done = Forgotten(
        client="x",
        dry_run=False,
        pseudonymised=False,
        by="officer",
        at=AT,
        traces=(),
        erased_entries=0,
        before=searched,
        after=searched,
    )
    assert (done.is_proved, replace(done, left_entries=(3,)).is_proved) == (True, False)


def test_a_comment_between_chinese_signs_or_underscores_loses_the_words(chain: ChainFile) -> None:
    chain.sql("CREATE TABLE comment (number INTEGER PRIMARY KEY, text TEXT)")
    chain.sql("INSERT INTO comment (text) VALUES ('客户K0001逾期'), ('note_K0001_old'), ('K00012')")
    assert forgotten(chain, CLIENT_A).rows == {"comment": 2}
    with closing(sqlite3.connect(chain.path)) as connection:
        left = [text for (text,) in connection.execute("SELECT text FROM comment")]
    assert left == ["客户forgotten逾期", "note_forgotten_old", "K00012"]
