"""The clients' list: found, filtered, ordered, kept and exported within one's portfolio, and no words in an address."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from models.directory.report import EVERYTHING, ClientQuery
from models.review.access.models import ClientReading, Member
from models.review.access.portfolio import busiest_managers, portfolio_of, shown_client, shown_index
from models.review.clients.asked import AskedClients
from models.review.clients.export import MOST_ROWS
from models.review.clients.models import ClientExport, SavedView
from models.review.clients.views import MOST_VIEWS
from support.hostile import CLIENT, SCRIPT, TEXTS

PART = {"HX-Request": "true"}


def text_of(answer) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def every(**facets: tuple[str, ...]) -> list[str]:
    found = shown_index().search(ClientQuery(facets=facets, scope=EVERYTHING, limit=1_000))
    return [row.client_id for row in found.rows]


def exported(client: Client, form: str, **asked: object) -> bytes:
    answer = client.post("/clients/export/", {"form": form, **asked})
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(answer)


def table_of(exported_csv: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The head of an export by label, and its rows by heading."""
    lines = list(csv.reader(io.StringIO(exported_csv.decode("utf-8-sig"))))
    gap = lines.index([])
    headings = lines[gap + 1]
    return dict(lines[:gap]), [dict(zip(headings, line, strict=True)) for line in lines[gap + 2 :]]


def test_a_page_says_how_many_there_are_and_holds_fifty(client_as) -> None:
    page = text_of(client_as("reader").get("/clients/"))
    assert f"<b>{len(shown_index())}</b> found" in page
    assert page.count("<tr data-row>") == 50
    assert "data-search" in page
    second = text_of(client_as("reader").get("/clients/?page=2"))
    assert "(51–100)" in second


def test_the_address_is_the_view(client_as) -> None:
    reader = client_as("reader")
    page = text_of(reader.get("/clients/?tier=AA&sort=-outstanding&column=tier&column=outstanding"))
    assert f"<b>{len(every(tier=('AA',)))}</b> found" in page
    assert page.count('scope="col"') == 3
    assert 'aria-sort="descending"' in page
    assert 'value="AA" checked' in page


def test_words_come_in_the_body_and_stand_in_no_address_that_is_sent(client_as) -> None:
    reader = client_as("reader")
    answer = reader.post("/clients/", {"q": "silver  Trans", "tier": "A"}, headers=PART)
    where = urlsplit(answer.headers["HX-Replace-Url"])
    assert parse_qs(where.query) == {"tier": ["A"]}
    assert where.fragment == "q=silver%20Trans"
    assert "<html" not in text_of(answer)
    assert reader.get("/clients/?q=silver").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/clients/?sort=nothing",
        "/clients/?column=password",
        "/clients/?sort=-value;drop",
        "/clients/?column=",
    ],
)
def test_a_column_that_the_index_does_not_know_is_refused(address: str, client_as) -> None:
    assert client_as("reader").get(address).status_code == 400


@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 500, "²", ""])
def test_a_page_that_is_none_is_the_first(page: str, client_as) -> None:
    answer = client_as("reader").get("/clients/", {"page": page})
    assert "(1–50)" in text_of(answer)


def test_words_of_no_client_say_what_to_do(client_as) -> None:
    page = text_of(client_as("reader").post("/clients/", {"q": "nobody at all"}))
    assert "No client of your portfolio is so" in page
    too_long = client_as("reader").post("/clients/", {"q": "x" * 201})
    assert too_long.status_code == 400


def test_a_manager_sees_the_own_portfolio_in_rows_counts_and_exports(client_as) -> None:
    Member.objects.filter(user__username="demo_manager").update(whole_book=False, managers=busiest_managers())
    own = portfolio_of(User.objects.get(username="demo_manager"))
    assert own.managers
    assert not own.whole_book
    mine = set(every(manager=tuple(own.managers)))
    assert 0 < len(mine) < len(shown_index())
    manager = client_as("manager")
    page = text_of(manager.get("/clients/"))
    assert f"<b>{len(mine)}</b> found" in page
    others = next(each for each in every() if each not in mine)
    assert "<b>0</b> found" in text_of(manager.post("/clients/", {"q": others}))
    _, rows = table_of(exported(manager, "csv"))
    assert {row["Id"] for row in rows} == mine
    assert shown_client(User.objects.get(username="demo_manager"), others) is None


def test_a_member_without_a_portfolio_sees_nobody(client_as) -> None:
    Member.objects.filter(user__username="demo_manager").update(managers=[], branches=[], whole_book=False)
    assert "<b>0</b> found" in text_of(client_as("manager").get("/clients/"))


def test_an_export_prints_what_it_is_of_and_keeps_numbers_numbers(client_as) -> None:
    index = shown_index()
    head, rows = table_of(
        exported(client_as("checker"), "csv", tier="AA", q="a", column=["tier", "value", "relationship_start"])
    )
    assert head["Book"] == "demo"
    assert head["As of"] == "1 January 2023"
    assert head["Model"] == index.bundle[:12]
    assert (head["Search"], head["Filter"]) == ("a", "Tier: AA")
    assert head["Portfolio"] == "whole book"
    assert head["Clients"] == str(len(rows))
    assert head["Exported by"] == "demo_checker"
    assert {row["Tier"] for row in rows} == {"AA"}
    for row in rows:
        cells = index.client(row["Id"], EVERYTHING).cells  # type: ignore[union-attr]
        assert float(row["Value"]) == cells["value"]
        assert row["Client since"] == str(cells["relationship_start"])


def test_a_workbook_has_texts_that_are_texts_numbers_and_dates(client_as) -> None:
    content = exported(
        client_as("checker"), "xlsx", column=["industry", "value", "relationship_start", "decline_probability"]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows())
    top = next(place for place, row in enumerate(rows) if row[0].value == "Id")
    assert [cell.value for cell in rows[1][:2]] == ["As of", "1 January 2023"]
    assert len(rows) - top - 1 == len(shown_index())
    kinds = {cell.data_type for row in rows[top + 1 :] for cell in row if cell.value is not None}
    assert kinds == {"s", "n", "d"}
    hostile = next(row for row in rows if row[0].value == CLIENT)
    assert (hostile[1].value, hostile[1].data_type) == (SCRIPT, "s")
    assert hostile[2].value in TEXTS
    assert hostile[2].data_type == "s"
    assert isinstance(hostile[3].value, int | float)
    assert isinstance(hostile[4].value, date)


def test_no_text_of_a_csv_begins_a_formula(client_as) -> None:
    content = exported(
        client_as("checker"), "csv", q=CLIENT, column=["aliases", "industry", "ownership", "manager", "branch"]
    )
    _, rows = table_of(content)
    assert [row["Id"] for row in rows] == [CLIENT]
    texts = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)
    assert any(cell.startswith(("'=", "'+")) for cell in texts)


def test_who_is_exported_is_on_record_as_read_before_a_byte_is_sent(client_as) -> None:
    checker = client_as("checker")
    checker.post("/clients/export/", {"form": "csv", "tier": "AA", "q": "silver"})  # and never read
    made = ClientExport.objects.get()
    read = list(ClientReading.objects.filter(route="clients_export").values_list("client_id", flat=True))
    assert (made.by, made.form, made.clients, made.run_key) == ("demo_checker", "csv", len(read), shown_index().run_key)
    assert made.asked == [["q", "silver"], ["tier", "AA"]]
    found = shown_index().search(ClientQuery(text="silver", facets={"tier": ("AA",)}, scope=EVERYTHING))
    assert sorted(read) == sorted(row.client_id for row in found.rows)


def test_readers_take_no_file_and_a_file_has_a_bound(client_as, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client_as("reader").post("/clients/export/", {"form": "csv"}).status_code == 403
    assert client_as("checker").get("/clients/export/").status_code == 405
    assert client_as("checker").post("/clients/export/", {"form": "exe"}).status_code == 400
    monkeypatch.setattr("models.review.clients.views.MOST_ROWS", 10)
    answer = client_as("checker").post("/clients/export/", {"form": "csv"}, follow=True)
    assert "A file takes at most 10 clients" in text_of(answer)
    assert not ClientExport.objects.exists()
    assert MOST_ROWS == 100_000


def test_a_view_is_kept_under_a_name_for_its_member_alone(client_as) -> None:
    checker = client_as("checker")
    asked = {"q": "银", "tier": ["AA", "A"], "sort": "-value", "name": " my  AA "}
    answer = checker.post("/clients/views/", asked)
    assert answer.headers["Location"] == "/clients/?tier=AA&tier=A&sort=-value#q=%E9%93%B6"
    view = SavedView.objects.get()
    assert (view.name, view.text, view.by) == ("my AA", "银", "demo_checker")
    assert 'href="/clients/?tier=AA&amp;tier=A&amp;sort=-value#q=%E9%93%B6"' in text_of(checker.get("/clients/"))
    assert "my AA" not in text_of(client_as("reader").get("/clients/"))
    assert client_as("reader").post(f"/clients/views/{view.pk}/forget/").status_code == 404
    checker.post("/clients/views/", {"moved": "down", "name": "my AA"})
    assert SavedView.objects.get().address == "moved=down"
    assert checker.post(f"/clients/views/{view.pk}/forget/").status_code == 302
    assert not SavedView.objects.exists()


def test_views_are_few_and_have_a_name(client_as) -> None:
    checker = client_as("checker")
    assert "A view needs a name" in text_of(checker.post("/clients/views/", {"name": "\u202e"}, follow=True))
    SavedView.objects.bulk_create(SavedView(by="demo_checker", name=str(each)) for each in range(MOST_VIEWS))
    assert "forget one first" in text_of(checker.post("/clients/views/", {"name": "one more"}, follow=True))
    assert SavedView.objects.count() == MOST_VIEWS
    assert checker.post("/clients/views/", {"name": "x", "column": "password"}).status_code == 400


def test_the_list_speaks_chinese(client_as) -> None:
    reader = client_as("reader")
    reader.post("/settings/", {"language": "zh"})
    page = text_of(reader.get("/clients/?moved=none&override=none&manager="))
    for words in ("客户经理", "级别变动: 未变", "人工调整: 无", "客户经理: 不详", "清除全部条件"):
        assert words in page
    head, _ = table_of(exported_in_chinese(client_as))
    assert head["基准日"] == "2023年1月1日"


def exported_in_chinese(client_as) -> bytes:
    checker = client_as("checker")
    checker.post("/settings/", {"language": "zh"})
    return exported(checker, "csv", tier="AA")


def test_every_facet_value_and_column_can_be_asked_for(client_as) -> None:
    reader = client_as("reader")
    for facet in shown_index().search(ClientQuery(scope=EVERYTHING)).facets:
        for value in facet.values[:4]:
            answer = reader.get("/clients/", {facet.name: value.value})
            assert f"<b>{value.count}</b> found" in text_of(answer), (facet.name, value)


def test_an_asked_view_and_its_address_are_the_same(client_as) -> None:
    from django.http import QueryDict  # noqa: PLC0415 - its settings are there now

    asked = AskedClients.of(QueryDict("q=a+b&tier=AA&tier=B&moved=&sort=-value&column=tier&page=3&more=manager"))
    again = AskedClients.of(QueryDict("&".join(f"{name}={value}" for name, value in asked.pairs())))
    assert again == asked
    assert "a" not in parse_qs(urlsplit(asked.address).query).get("q", [])
