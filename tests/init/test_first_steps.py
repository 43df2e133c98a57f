"""First steps: names of tables, columns and kinds in three languages, and a config that appears whole or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from end_to_end.conftest import Command, command
from models.book.contract import CASHFLOW_KINDS, TABLES
from models.book.side_tables import ALIASES, RATES
from models.config.loading import load_config
from models.errors import MissingFileError, UserError
from models.init.job import FirstSteps, init
from models.init.words import column_words, flat_words, kind_of, matched, side_words, table_words
from support.extracts import chinese_csv, german_csv
from support.extracts.lender import lender

__all__ = ["command"]
MOST_LINES = 12


def settings(folder: Path) -> tuple[str, ...]:
    return (f"run.work_dir={folder}/out",)


def written_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> FirstSteps:
    folder = tmp_path_factory.mktemp("german")
    place = german_csv.write(folder / "kernsystem")
    return init(str(place), file=folder / "first.yaml", overrides=settings(folder))


def test_a_german_extract_is_made_out_in_few_lines(german: FirstSteps) -> None:
    config = load_config(german.file)
    assert len(written_lines(german.text)) <= MOST_LINES
    assert config.book.currency == "EUR"
    assert {table.name: table.source.name for table in german.proposal.tables} == {
        "clients": "Kunden",
        "facilities": "Konten",
        "cashflows": "Buchungen",
    }
    assert config.book.map["cashflows"][0].values["kind"] == {
        "ZINS": "interest",
        "Gebühr": "fee",
        "AUSZAHLUNG": "drawdown",
        "Refinanzierung": "funding_cost",
        "Rückstand": "arrears",
    }


def test_the_book_is_checked_with_it_and_no_row_is_lost(german: FirstSteps) -> None:
    assert german.checked is not None
    counts = {count.table: (count.rows_in, count.rows_used) for count in german.checked.counts}
    assert counts == {name: (len(table), len(table)) for name, table in lender().items()}
    assert not any("no table takes" in str(notice) for notice in german.checked.notices)


def test_what_is_missing_for_which_answer_is_listed(german: FirstSteps) -> None:
    lacks = list(map(str, german.lacks))
    assert any(lack.startswith("no arrears: caps on days overdue cannot hold") for lack in lacks)
    assert "no ratings: caps on the rating and its age cannot be checked" in lacks
    assert not any("facilities:" in lack or "clients.name" in lack for lack in lacks)


def test_a_program_gets_the_same_in_both_languages(german: FirstSteps) -> None:
    document = german.document()
    assert {table.name: (table.used_as, table.rows, table.rows_used) for table in document.tables} == {
        name: (used, len(lender()[used]), len(lender()[used]))
        for name, used in (("Kunden", "clients"), ("Konten", "facilities"), ("Buchungen", "cashflows"))
    }
    (ratings,) = (each.without_it for each in document.missing if each.missing == "ratings")
    assert ratings == {"en": "caps on the rating and its age cannot be checked", "zh": "对评级及其时效的上限无法检查"}
    assert (document.file, document.problem) == (str(german.file), "")


def test_a_chinese_extract_is_made_out(tmp_path: Path) -> None:
    place = chinese_csv.write(tmp_path / "core")
    found = init(str(place), file=tmp_path / "first.yaml", overrides=settings(tmp_path))
    config = load_config(found.file)
    assert (config.book.currency, len(written_lines(found.text)) <= MOST_LINES) == ("CNY", True)
    assert config.book.read["default"].encoding == "gb18030"
    assert config.book.map["cashflows"][0].values["kind"]["利息"] == "interest"
    assert found.checked is not None
    assert [count.rows_quarantined for count in found.checked.counts] == [0, 0, 0]


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
def test_a_database_is_made_out(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bank.db") as database:
        for name, table in lender().items():
            table.astype(str).to_sql(f"t_{name}", database, index=False)
    database.close()
    found = init(f"sqlite:///{tmp_path}/bank.db", file=tmp_path / "first.yaml", overrides=settings(tmp_path))
    assert load_config(found.file).book.source == "sql"
    assert {table.name for table in found.proposal.tables} == {"clients", "facilities", "cashflows"}


def test_a_frame_of_orders_needs_no_clients_and_no_kind(tmp_path: Path) -> None:
    flows = lender()["cashflows"]
    orders = pd.DataFrame({"Customer ID": flows["client_id"], "InvoiceDate": flows["date"], "Price": flows["amount"]})
    orders.to_csv(tmp_path / "sales_2022.csv", index=False)
    found = init(str(tmp_path / "sales_2022.csv"), file=tmp_path / "first.yaml", overrides=settings(tmp_path))
    assert load_config(found.file).book.map["cashflows"][0].constants == {"kind": "order"}
    assert found.checked is not None, found.problem


def test_words_that_nobody_knows_are_asked_for(tmp_path: Path) -> None:
    flows = lender()["cashflows"].replace({"kind": {"fee": "XG7"}})
    (tmp_path / "book").mkdir()
    flows.to_csv(tmp_path / "book" / "cashflows.csv", index=False)
    asked: list[str] = []

    def answer(question: str, proposed: str) -> str:
        asked.append(question)
        return "fee" if "XG7" in question else proposed

    found = init(str(tmp_path / "book"), file=tmp_path / "a.yaml", ask=answer, overrides=settings(tmp_path))
    assert asked == ["In which currency is the book kept?", "What kind of cashflow is XG7? (empty: not known)"]
    assert load_config(found.file).book.map["cashflows"][0].values == {"kind": {"XG7": "fee"}}
    silent = init(str(tmp_path / "book"), file=tmp_path / "b.yaml", overrides=settings(tmp_path))
    assert "# unknown words of cashflows, say what they are under values.kind: XG7" in silent.text


def test_a_config_that_is_there_stays_unless_forced(tmp_path: Path, german: FirstSteps) -> None:
    file = tmp_path / "first.yaml"
    file.write_text("mine", encoding="utf-8")
    place = str(german.file.parent / "kernsystem")
    with pytest.raises(UserError, match="init must not write over a config"):
        init(place, file=file)
    assert file.read_text(encoding="utf-8") == "mine"
    init(place, file=file, force=True, overrides=settings(tmp_path))
    assert file.read_text(encoding="utf-8") == german.text


def test_nothing_is_written_where_nothing_is_made_out(tmp_path: Path) -> None:
    (tmp_path / "weather.csv").write_text("station,rain\nA,3\nB,4\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        init(str(tmp_path / "weather.csv"), file=tmp_path / "first.yaml")
    assert "got weather with station, rain: write book.map by hand" in str(caught.value)
    with pytest.raises(MissingFileError):
        init(str(tmp_path / "nowhere"), file=tmp_path / "first.yaml")
    assert not (tmp_path / "first.yaml").exists()


def test_the_command_prints_what_was_seen_proposed_and_missing(
    tmp_path: Path, german: FirstSteps, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = command("init", german.file.parent / "kernsystem", "--yes", "--name", "kern")
    assert ended.code == 0
    assert "Buchungen    9,484 rows, 5 columns -> cashflows" in ended.out
    assert "no arrears: caps on days overdue cannot hold" in ended.out
    assert ended.out.rstrip().endswith("next    clientvalue run --config kern.yaml")
    assert (tmp_path / "kern.yaml").is_file()
    again = command("init", german.file.parent / "kernsystem", "--yes", "--name", "kern")
    assert (again.code, again.out) == (2, "")
    assert "name another file with --out, or give --force" in again.err


def test_the_words_speak_of_tables_columns_and_kinds_of_the_contract() -> None:
    for name in TABLES:
        assert all(column_words(name, column.name)[0] for column in TABLES[name].columns)
    assert set(flat_words()) <= set(CASHFLOW_KINDS)
    for schema in (RATES, ALIASES):
        assert all(side_words(schema.name, column.name) for column in schema.columns)
    assert {kind_of(kind) for kind in CASHFLOW_KINDS} == set(CASHFLOW_KINDS)
    assert "kunden" in table_words("clients")
    assert kind_of("Abschreibung") == "write_off"


def test_a_name_serves_one_column_and_the_best_word_comes_first() -> None:
    found = matched(["Datum", "Valuta", "Betrag"], {"date": ["valuta", "datum"], "other": ["datum"], "none": ["x"]})
    assert found == {"date": "Valuta", "other": "Datum"}


def test_sales_of_so_many_at_so_much_each_are_cashflows(tmp_path: Path) -> None:
    sales = pd.DataFrame({"InvoiceNo": [f"5363{n}" for n in range(600)], "UnitPrice": 2.5})
    sales["Quantity"] = [n % 7 + 1 for n in range(600)]
    sales["InvoiceDate"] = [f"{n % 28 + 1}/{n % 12 + 1}/2021" for n in range(600)]
    sales["CustomerID"] = [17_850 + n % 40 for n in range(600)]
    (tmp_path / "shop").mkdir()
    sales.to_csv(tmp_path / "shop" / "sales_2021.csv", index=False)
    found = init(str(tmp_path / "shop"), file=tmp_path / "first.yaml", currency="GBP", overrides=settings(tmp_path))
    entry = load_config(found.file).book.map["cashflows"][0]
    assert (entry.expressions, entry.constants) == ({"amount": "Quantity * UnitPrice"}, {"kind": "order"})
    assert found.checked is not None, found.problem
    assert {count.table: count.rows_used for count in found.checked.counts}["cashflows"] == 600


def test_a_single_snapshot_is_told_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    ids = [f"7590-{n:05d}" for n in range(50)]
    table = pd.DataFrame({"customerID": ids, "tenure": range(50), "Churn": "No"})
    table.to_csv(tmp_path / "churn" / "churn.csv", index=False)
    with pytest.raises(UserError) as caught:
        init(str(tmp_path / "churn"), file=tmp_path / "first.yaml", overrides=settings(tmp_path))
    assert "churn with 50 rows and no day: one snapshot" in str(caught.value)
    assert "one snapshot does not tell what came after it" in str(caught.value)
    assert not (tmp_path / "first.yaml").exists()
