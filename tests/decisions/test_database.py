"""The review database as a run reads it: verified before it is believed, and nothing where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.config.review import ReviewConfig
from models.decisions.database import ReviewDatabase, ReviewDatabaseError
from models.decisions.decided import NOTHING_DECIDED, Decided, read_decided
from models.decisions.entries import BrokenChainError, DecisionAct, Draft
from support.review_chain import CHECKER, MAKER, ChainFile, asked, rules


@pytest.fixture
def chain(tmp_path: Path) -> ChainFile:
    """Two overrides that were approved, in a folder with signs that an address must quote."""
    folder = tmp_path / "100% of #1? yes" / "review"
    folder.mkdir(parents=True)
    file = ChainFile(folder / "review.sqlite")
    file.approve("C1")
    file.approve("C2", tier="AA")
    return file


def test_what_was_approved_is_read_and_nothing_where_there_is_no_database(chain: ChainFile, tmp_path: Path) -> None:
    read = read_decided(ReviewConfig(), chain.path.parents[1])
    assert [(row.client_id, row.tier, row.entry) for row in read.overrides] == [("C1", "A", 2), ("C2", "AA", 4)]
    assert read.last == chain.database.entries()[-1]
    assert read_decided(ReviewConfig(), tmp_path) == NOTHING_DECIDED
    empty = ChainFile(tmp_path / "empty.sqlite3")
    empty.sql("CREATE TABLE other (number INTEGER)")
    assert empty.database.entries() == ()


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE review_entry SET subject = 'C9' WHERE number = 2", 2),
        ("UPDATE review_entry SET payload = replace(payload, 'AA', 'A') WHERE number = 3", 3),
        ("UPDATE review_entry SET \"by\" = 'somebody' WHERE number = 1", 1),
        ("UPDATE review_entry SET \"at\" = '2020-01-01T00:00:00+00:00' WHERE number = 2", 2),
        ("UPDATE review_entry SET \"at\" = 'yesterday' WHERE number = 2", 2),
        ("UPDATE review_entry SET \"at\" = '2026-03-01 09:30:00+00:00' WHERE number = 2", 2),
        ("UPDATE review_entry SET subject = NULL WHERE number = 2", 2),
        ("UPDATE review_entry SET payload = x'00ff' WHERE number = 2", 2),
        ("UPDATE review_entry SET number = 'two' WHERE number = 2", 2),
        ("DELETE FROM review_entry WHERE number = 2", 2),
        ("DELETE FROM review_entry WHERE number = 1", 1),
    ],
)
def test_tampering_with_an_old_row_by_sql_is_found_and_named(chain: ChainFile, statement: str, number: int) -> None:
    chain.sql(statement)
    with pytest.raises(BrokenChainError, match=f"entry {number} that does not hold") as caught:
        read_decided(ReviewConfig(), chain.path.parents[1])
    assert caught.value.number == number


def test_entries_about_other_things_do_not_change_what_a_run_reads(chain: ChainFile) -> None:
    before = Decided.of(chain.database.entries())
    chain.append(Draft(act=DecisionAct.WARNING_ACKNOWLEDGED, subject="C1"), "okafor")
    after = Decided.of(chain.database.entries())
    assert (after.key, after.last) == (before.key, chain.database.entries()[-1])
    chain.approve("C3")
    assert Decided.of(chain.database.entries()).key != before.key


def test_an_entry_against_the_rules_is_told_without_its_client(chain: ChainFile) -> None:
    made = chain.append(rules(chain.database.entries(), "C7").propose(MAKER, asked()), "okafor")
    draft = rules(chain.database.entries(), "C7").approve(made.number, CHECKER, exposure=1.0, leaves="AA")
    chain.append(draft, "okafor")
    read = Decided.of(chain.database.entries())
    [notice] = read.notices
    assert (
        notice.code,
        "entry 6 of the chain of decisions (override approved, by okafor) counts nowhere" in notice.found,
    ) == (
        "decision_against_the_rules",
        True,
    )
    assert "C7" not in str(notice)
    assert len(read.overrides) == 2


def test_a_database_that_does_not_open_stops_the_run_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_PASSWORD", "s3cret")
    address = "postgresql://risk:${REVIEW_PASSWORD}@127.0.0.1:1/review?connect_timeout=1"
    with pytest.raises(ReviewDatabaseError, match="the review database must be readable") as caught:
        read_decided(ReviewConfig(database=address), tmp_path)
    assert "s3cret" not in str(caught.value)
    monkeypatch.delenv("REVIEW_PASSWORD")
    with pytest.raises(ReviewDatabaseError, match=r"REVIEW_PASSWORD, which review\.database names, must be set"):
        read_decided(ReviewConfig(database=address), tmp_path)
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "review.sqlite").write_text(
        "no database at all, and long enough to be looked at", encoding="utf-8"
    )
    with pytest.raises(ReviewDatabaseError, match="file is not a database"):
        read_decided(ReviewConfig(), tmp_path)
    with pytest.raises(ValueError, match="must hold no secret"):
        ReviewConfig(database="postgresql://risk:s3cret@db/review")


def test_the_default_is_a_file_among_the_results_of_the_book(tmp_path: Path) -> None:
    assert ReviewDatabase.of(ReviewConfig(), tmp_path).file == tmp_path / "review" / "review.sqlite"
    assert ReviewDatabase.of(ReviewConfig(database="postgresql://db/review"), tmp_path).file is None
