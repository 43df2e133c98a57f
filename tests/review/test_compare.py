"""Clients side by side: the same rows, differences first, and nobody of another portfolio."""

from __future__ import annotations

import re

import pytest

from models.directory.report import EVERYTHING, ClientQuery
from models.review.access.models import ClientReading, Member
from models.review.access.portfolio import shown_index
from models.review.site import shown_site
from support.hostile import CLIENT


@pytest.fixture
def ids(site) -> list[str]:
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=30)).rows
    return [each.client_id for each in found if each.cells["scored"] and each.client_id != CLIENT]


def page_of(client, **query: object) -> str:
    answer = client.get("/compare/", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_rows_that_differ_stand_first(client_as, ids) -> None:
    page = page_of(client_as("reader"), c=ids[:3])
    body = page[page.index('<table class="compare">') :]
    differing = ["differs" in row for row in re.findall(r"<tr data-row([^>]*)>", body)]
    assert differing == sorted(differing, reverse=True)
    assert any(differing)
    for row in re.findall(r"<tr data-row.*?</tr>", body, re.DOTALL):
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        plain = [cell.removeprefix("≠ ") for cell in cells[1:]]
        assert ("differs" in row) is (len(set(plain)) > 1)
    assert {each.client_id for each in ClientReading.objects.all()} == set(ids[:3])


def test_one_client_at_two_dates_is_as_it_was_published(client_as, ids) -> None:
    days = [run.as_of.isoformat() for run in shown_site().runs()]
    page = page_of(client_as("reader"), c=ids[:1], d=days)
    assert page.count('<th scope="col"><a href="/client/') == 2
    assert "1 October 2022" in page
    assert "1 January 2023" in page


def test_no_more_than_four_are_compared_and_none_is_asked_to_be_named(client_as, ids) -> None:
    assert page_of(client_as("reader"), c=ids[:6]).count('<th scope="col"><a href="/client/') == 4
    assert "Name two to four clients" in page_of(client_as("reader"))


def test_a_client_of_another_portfolio_is_not_there(client_as, ids) -> None:
    assert client_as("reader").get("/compare/", {"c": ["nobody", ids[0]]}).status_code == 404
    Member.objects.filter(user__username="demo_reader").update(whole_book=False, managers=["nobody"])
    assert client_as("reader").get("/compare/", {"c": ids[:2]}).status_code == 404
    assert not ClientReading.objects.exists()
