"""Whoever asks gets what their role may have, and nothing without a log-in."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from models.decisions.entries import DecisionAct
from models.review.access.models import Member
from models.review.access.role_changes import MemberRights
from models.review.access.routes import OPEN
from models.review.chain.record import entries
from models.review.shared.rights import RIGHTS, Right, Role
from support.routes import Route, routes


@pytest.mark.parametrize("route", routes(), ids=lambda each: each.name)
def test_a_route_names_the_right_that_it_asks_for(route: Route) -> None:
    assert route.needs in {*Right, OPEN}, f"/{route.address} is refused to everybody"


@pytest.mark.parametrize("role", [None, *Role])
def test_a_role_reaches_its_routes_and_no_other(role: Role | None, client_as) -> None:
    client = client_as(role)
    for route in routes():
        if route.is_open or route.name == "log_out":
            continue
        answer = client.get(route.filled())
        if role is None:
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/log-in/"), route
        else:
            assert (answer.status_code == 403) == (route.needs not in RIGHTS[role]), (route, answer.status_code)
            assert answer.status_code < 500, route


@pytest.mark.parametrize("role", [None, *Role])
def test_members_are_managed_by_administrators_alone(role: Role | None, client_as) -> None:
    answer = client_as(role).get("/members/auth/user/")
    assert answer.status_code == {None: 302, Role.ADMINISTRATOR: 200}.get(role, 403)


def test_a_user_without_a_role_reaches_nothing(client_as) -> None:
    User.objects.create_user("newcomer", password=None)
    client = client_as(None)
    client.force_login(User.objects.get(username="newcomer"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 403


def test_every_answer_forbids_inline_code_frames_and_caches(client_as) -> None:
    reader = client_as("reader")
    for answer in (client_as(None).get("/log-in/"), reader.get("/settings/"), reader.get("/no")):
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(rb"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.content)


def test_a_log_in_waits_after_too_many_failures_and_goes_nowhere_else(client_as) -> None:
    client = client_as(None)
    for _ in range(5):
        answer = client.post("/log-in/", {"username": "demo_reader", "password": "wrong"})
    assert answer.status_code == 429
    assert "wait 15 minutes" in answer.content.decode()
    other = client_as(None)
    answer = other.post("/log-in/?next=https://example.org/", {"username": "demo_checker", "password": "wrong"})
    assert "example.org" not in answer.content.decode().replace("next=", "")


def test_a_form_of_another_site_is_refused(client_as) -> None:
    client = client_as("reader", checks_csrf=True)
    answer = client.post("/settings/", {"language": "zh"})
    assert answer.status_code == 403
    assert "not sent from a page of this session" in answer.content.decode()


def test_the_language_is_the_members_own(client_as) -> None:
    client = client_as("reader")
    assert client.post("/settings/", {"language": "zh"}).status_code == 302
    page = client.get("/settings/").content.decode()
    assert '<html lang="zh">' in page
    assert "管户范围" in page
    assert client.post("/settings/", {"language": "xx"}).status_code == 400


def test_a_browser_logs_in_and_out(page_as) -> None:
    page = page_as("administrator", lang="zh")
    assert page.locator("h1").inner_text() == "设置"
    page.click("text=退出")
    assert page.url.endswith("/log-in/")


def test_what_a_member_may_do_stands_in_the_chain(client_as) -> None:
    user = User.objects.get(username="demo_reader")
    form = {
        "username": "demo_reader",
        "is_active": "on",
        "member-TOTAL_FORMS": "1",
        "member-INITIAL_FORMS": "1",
        "member-0-id": str(user.member.pk),
        "member-0-user": str(user.pk),
        "member-0-role": "checker",
        "member-0-authority": "",
        "member-0-managers": "[]",
        "member-0-branches": '["North"]',
        "member-0-language": "en",
    }
    answer = client_as("administrator").post(f"/members/auth/user/{user.pk}/change/", form)
    assert answer.status_code == 302
    entry = entries([DecisionAct.ROLE_CHANGED], "demo_reader")[-1]
    rights = entry.read(MemberRights)
    assert (entry.by, rights.role, rights.branches, rights.active) == (
        "demo_administrator",
        "checker",
        ("North",),
        True,
    )
    assert MemberRights.of(Member.objects.get(user=user)) == rights


def test_an_administrator_changes_nothing_of_their_own(client_as) -> None:
    own = User.objects.get(username="demo_administrator")
    answer = client_as("administrator").post(f"/members/auth/user/{own.pk}/change/", {"member-0-role": "checker"})
    assert answer.status_code == 403
    assert Member.objects.get(user=own).role == Role.ADMINISTRATOR


def test_a_password_is_changed_by_who_knows_it(client_as) -> None:
    user = User.objects.get(username="demo_reader")
    user.set_password("the one of before")
    user.save()
    client = client_as("reader")
    form = {"old_password": "another one", "new_password1": "quite a long one", "new_password2": "quite a long one"}
    assert client.post("/settings/password/", form).status_code == 200
    assert client.post("/settings/password/", form | {"old_password": "the one of before"}).status_code == 302
    assert client.get("/settings/").status_code == 200
    assert User.objects.get(username="demo_reader").check_password("quite a long one")
