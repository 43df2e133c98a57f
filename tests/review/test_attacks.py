"""Whoever attacks gets nothing: every route of the map is tried, with texts, ids, forms and headers that attack."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User

from models.review.access.models import Member
from models.review.shared.rights import RIGHTS, Role
from support.hostile import CLIENT, SCRIPT, TEXTS
from support.routes import Route, routes

ROUTES = routes()
WITH_SLOTS = [each for each in ROUTES if "<" in each.address]
IDS = (
    "../../etc/passwd",
    "..\\..\\x",
    "%2e%2e%2f",
    "nobody'; DROP TABLE review_entry; --",
    "\x00",
    "a" * 5_000,
    "' OR 1=1 --",
    "C00000001\r\nX-Injected: 1",
    "😀",
)
_UNESCAPED = re.compile(rb"<script>alert|<img src=x|<b>hostile</b>|onerror=alert\(1\)>")


def _reader_of(route: Route) -> Role:
    """A role that may open a route."""
    return next(role for role in (Role.CHECKER, *Role) if route.needs in RIGHTS[role])


def _pages() -> list[Route]:
    return [each for each in ROUTES if not each.is_open and each.name != "log_out"]


@pytest.mark.parametrize("route", _pages(), ids=lambda each: each.name)
def test_texts_of_a_book_stand_on_a_page_as_texts(route: Route, client_as) -> None:
    client = client_as(_reader_of(route))
    for answer in (client.get(route.filled(CLIENT)), client.get(route.filled(SCRIPT), dict.fromkeys("qs", SCRIPT))):
        assert answer.status_code < 500
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert _UNESCAPED.search(body) is None
            assert re.search(rb"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=\"", body) is None


@pytest.mark.parametrize("route", WITH_SLOTS, ids=lambda each: each.name)
def test_a_forged_id_finds_nothing(route: Route, client_as) -> None:
    client = client_as(_reader_of(route))
    for text in (*IDS, *TEXTS):
        answer = client.get(route.filled(text, number=987_654))
        assert answer.status_code in {301, 302, 400, 403, 404, 405}, text
        assert "X-Injected" not in answer.headers
        assert "Set-Cookie" not in answer.headers or "stolen" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("route", [each for each in WITH_SLOTS if each.takes_client], ids=lambda each: each.name)
def test_a_client_of_another_portfolio_is_not_there(route: Route, client_as) -> None:
    Member.objects.filter(user__username=f"demo_{_reader_of(route)}").update(whole_book=False, managers=["nobody"])
    answer = client_as(_reader_of(route)).get(route.filled(CLIENT))
    assert answer.status_code in {404, 405}


@pytest.mark.parametrize("route", _pages(), ids=lambda each: each.name)
def test_no_form_is_taken_from_another_site(route: Route, client_as) -> None:
    answer = client_as(_reader_of(route), checks_csrf=True).post(route.filled(), {"text": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("route", _pages(), ids=lambda each: each.name)
def test_forms_that_no_page_sends_break_nothing(route: Route, client_as) -> None:
    client = client_as(_reader_of(route))
    hostile = dict.fromkeys(("text", "tier", "reason", "until", "remark", "name", "language", "q", "number"), SCRIPT)
    for form in (
        {},
        hostile,
        dict.fromkeys(hostile, ""),
        dict.fromkeys(hostile, "\x00"),
        dict.fromkeys(hostile, "9" * 400),
    ):
        answer = client.post(route.filled(CLIENT), form)
        assert answer.status_code < 500, form


def test_a_session_is_another_after_the_log_in(client_as) -> None:
    User.objects.filter(username="demo_reader").update(password="")
    user = User.objects.get(username="demo_reader")
    user.set_password("a very long pass phrase")
    user.save()
    client = client_as(None)
    client.get("/log-in/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["clientvalue_session"] = before
    client.post("/log-in/", {"username": "demo_reader", "password": "a very long pass phrase"})
    assert client.session.session_key != before
    assert client.cookies["clientvalue_session"]["httponly"]


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_a_log_in_leads_nowhere_else(away: str, client_as) -> None:
    user = User.objects.get(username="demo_reader")
    user.set_password("a very long pass phrase")
    user.save()
    answer = client_as(None).post(
        "/log-in/", {"username": user.username, "password": "a very long pass phrase", "next": away}
    )
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).netloc == ""
    assert answer.headers["Location"] == "/"


def test_another_name_of_the_host_is_refused(client_as) -> None:
    assert client_as(None).get("/log-in/", headers={"host": "example.org"}).status_code == 400


def test_a_body_that_is_too_large_is_refused_before_it_is_read(workbench) -> None:
    place = urlsplit(workbench.address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.putrequest("POST", "/log-in/")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status in {400, 413}
    connection.close()
    again = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    again.request("GET", "/log-in/")
    assert again.getresponse().status == 200
    again.close()
