"""Merged ids: all that stands under an old id counts for the one that took its place; no date knows it too early."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.book.forgotten import ForgottenList
from models.book.merges import Merges
from models.errors import UserError
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.publications.merged_ids import under_ids_of
from models.publications.previous import PreviousScores
from support.mapped_books import mapped_book, mapped_config, quarantined, rows_of, told_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CLIENTS = "client_id,name\nA1,Acme old\nA2,Acme\nB1,Bolt\nC9,Corp\n"
ALIASES = "old_id,client_id,date\nA1,A2,2022-06-01\nB1,B2,2022-03-01\nB2,B3,2022-09-01\n"
FACILITIES = "facility_id,client_id,signed\nF1,A1,2021-01-01\nF2,A2,2021-05-01\nF3,B1,2021-05-01\n"
RATINGS = "client_id,date,grade\nA1,2021-02-01,BB\nB1,2021-02-01,A\n"
OVERRIDES = "client_id,tier,reason,decided_by,decided_on,valid_until\nA1,A,known,chen,2022-01-01,2023-01-01\n"
CASHFLOWS = """client_id,facility_id,date,kind,amount
A1,F1,2022-01-03,fee,100
A2,F2,2022-02-03,fee,10
A2,F1,2022-07-03,fee,1
B1,F3,2022-01-03,fee,50
B3,F3,2022-10-03,fee,5
C9,,2022-10-03,fee,7
"""


def test_everything_follows_the_client_to_its_last_id(tmp_path: Path) -> None:
    book = mapped_book(
        tmp_path,
        clients=CLIENTS,
        aliases=ALIASES,
        facilities=FACILITIES,
        ratings=RATINGS,
        cashflows=CASHFLOWS,
        overrides=OVERRIDES,
    )
    assert rows_of(book, "clients", "client_id", "name") == [("A2", "Acme"), ("B3", "Bolt"), ("C9", "Corp")]
    assert rows_of(book, "cashflows", "client_id", "amount") == [
        ("A2", 1.0),
        ("A2", 10.0),
        ("A2", 100.0),
        ("B3", 5.0),
        ("B3", 50.0),
        ("C9", 7.0),
    ]
    assert rows_of(book, "facilities", "facility_id", "client_id") == [("F1", "A2"), ("F2", "A2"), ("F3", "B3")]
    assert rows_of(book, "ratings", "client_id", "grade") == [("A2", "BB"), ("B3", "A")]
    assert rows_of(book, "overrides", "client_id", "tier") == [("A2", "A")]
    assert quarantined(book) == []
    assert told_of(book, "ids_followed") == ["aliases: 3 ids are read as those that took their place (9 rows)"]


def test_only_ids_with_dealings_of_their_own_make_a_merged_client(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, clients=CLIENTS, aliases=ALIASES, facilities=FACILITIES, cashflows=CASHFLOWS)
    found = pq.read_table(book.tables["clients"], columns=["client_id", "merged_on"]).to_pylist()
    assert {row["client_id"]: row["merged_on"] for row in found} == {"A2": date(2022, 6, 1), "B3": None, "C9": None}
    assert "1 client was several ids with dealings of their own" in told_of(book, "clients_merged")[0]


def test_whatever_was_known_of_an_id_before_is_a_dealing_of_its_own(tmp_path: Path) -> None:
    """The default of one was not known to be of the other: a rating or a state is as telling as a cashflow."""
    aliases = "old_id,client_id,date\nC1,C9,2022-06-01\n"
    clients, flows = "client_id\nC1\nC9\n", "client_id,date,kind,amount\nC9,2022-01-03,fee,7\nC1,2022-10-03,fee,7\n"
    tables = {
        "ratings": "client_id,date,grade\nC1,2021-02-01,D\n",
        "arrears": "client_id,date,days_past_due\nC1,2021-02-01,90\n",
        "surveys": "client_id,date,csat\nC1,2021-02-01,1\n",
    }
    for name, rows in tables.items():
        book = mapped_book(tmp_path / name, clients=clients, aliases=aliases, cashflows=flows, **{name: rows})
        assert pq.read_table(book.tables["clients"])["merged_on"].to_pylist() == [date(2022, 6, 1)], name
    alone = mapped_book(tmp_path / "alone", clients=clients, aliases=aliases, cashflows=flows)
    assert pq.read_table(alone.tables["clients"])["merged_on"].to_pylist() == [None]


def test_two_ids_that_became_a_third_are_merged(tmp_path: Path) -> None:
    aliases = "old_id,client_id,date\nA1,A3,2022-06-01\nA2,A3,2022-05-01\nB3,B1,2022-01-01\n"
    book = mapped_book(tmp_path, clients=CLIENTS, aliases=aliases, facilities=FACILITIES, cashflows=CASHFLOWS)
    found = pq.read_table(book.tables["clients"], columns=["client_id", "merged_on"]).to_pylist()
    assert {row["client_id"]: row["merged_on"] for row in found}["A3"] == date(2022, 6, 1)


def test_nobody_knows_a_merged_client_before_the_day_of_the_merge(tmp_path: Path) -> None:
    cashflows = CASHFLOWS + "B1,F3,2022-05-03,fee,5\n"
    book = mapped_book(tmp_path, clients=CLIENTS, aliases=ALIASES, facilities=FACILITIES, cashflows=cashflows)
    config = mapped_config("", f"run.work_dir={tmp_path}/ledgers")
    with prepared_book(book, config, date(2023, 1, 1)) as prepared:
        days = (date(2022, 6, 1), date(2022, 7, 1), date(2022, 12, 1))
        panel = panel_of(prepared, config, [prepared.grid.index_of(day) for day in days], targets=False)
    active = zip(panel.origin.tolist(), panel.client_id.to_list(), strict=True)
    assert sorted((prepared.grid.start_of(origin).month, client) for origin, client in active) == [
        (6, "B3"),
        (7, "A2"),
        (7, "B3"),
        (12, "A2"),
        (12, "B3"),
        (12, "C9"),
    ]


def test_what_was_published_of_an_old_id_is_of_the_one_in_use(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, clients=CLIENTS, aliases=ALIASES, facilities=FACILITIES, cashflows=CASHFLOWS)
    published = pd.DataFrame({"tier": ["B", "AA", "A", "B"]}, index=["A1", "A2", "B1", "C9"])
    found = under_ids_of(book, PreviousScores(folder=tmp_path, as_of=date(2022, 2, 1), run_key="k", columns=published))
    assert found is not None
    assert found.of(pd.Series(["A2", "B3", "C9"])).tier.to_list() == ["AA", "A", "B"]
    assert under_ids_of(book, None) is None


def test_a_book_without_merged_ids_has_no_such_column(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, "max_quarantine_share: 0.5", clients=CLIENTS, cashflows=CASHFLOWS)
    assert "merged_on" not in pq.read_schema(book.tables["clients"]).names


def test_merges_that_nobody_knows_yet_are_cut(tmp_path: Path) -> None:
    aliases = "old_id,client_id,date\nA1,A2,2024-06-01\n"
    book = mapped_book(tmp_path, "max_quarantine_share: 0.5", clients=CLIENTS, aliases=aliases, cashflows=CASHFLOWS)
    assert [client for (client,) in rows_of(book, "clients", "client_id")] == ["A1", "A2", "B1", "C9"]
    assert "aliases: 1 of 1 rows is dated from 2024-01-01 on" in told_of(book, "rows_cut")[0]


def test_ids_in_a_circle_are_refused(tmp_path: Path) -> None:
    aliases = ALIASES + "A2,A1,2022-07-01\n"
    with pytest.raises(UserError) as caught:
        mapped_book(tmp_path, clients=CLIENTS, aliases=aliases, cashflows=CASHFLOWS)
    assert str(caught.value) == (
        "aliases must lead to an id that is used now, got 2 ids that lead to each other in a circle, e.g. A1, A2: "
        "remove the row of the id that is used now"
    )


def test_a_long_chain_is_followed_with_the_day_on_which_all_of_it_was_known() -> None:
    steps = [(f"c{place}", f"c{place + 1}", date(2022, 1, 1 + place % 28)) for place in range(1000)]
    followed = Merges.of(pd.DataFrame(steps, columns=["old_id", "client_id", "date"])).followed
    assert set(followed.client_id) == {"c1000"}
    assert followed.set_index("old_id").date["c0"] == pd.Timestamp(2022, 1, 28)
    assert followed.set_index("old_id").date["c999"] == pd.Timestamp(2022, 1, 1 + 999 % 28)


def test_a_refusal_under_any_id_holds_for_the_merged_client(tmp_path: Path) -> None:
    clients = "client_id,name,consent\nA1,Acme old,no\nA2,Acme,yes\nB1,Bolt,yes\nC9,Corp,\n"
    book = mapped_book(tmp_path, clients=clients, aliases=ALIASES, facilities=FACILITIES, cashflows=CASHFLOWS)
    assert rows_of(book, "clients", "client_id", "consent") == [("A2", False), ("B3", True), ("C9", None)]


def test_no_old_id_brings_a_forgotten_client_back(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    ForgottenList().with_client("B3", by="officer", why="case 117").write(tmp_path / "work")
    book = mapped_book(tmp_path, clients=CLIENTS, aliases=ALIASES, facilities=FACILITIES, cashflows=CASHFLOWS)
    assert told_of(book, "forgotten_returned") != []
    for name in ("clients", "cashflows", "aliases"):
        assert not {"B1", "B2", "B3"} & set(str(pq.read_table(book.tables[name]).to_pydict()).split("'")), name
    assert rows_of(book, "aliases", "old_id", "client_id") == [("A1", "A2")]
    assert rows_of(book, "cashflows", "client_id", "amount")[-1] == ("C9", 7.0)
