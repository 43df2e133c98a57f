"""The first screen counts what its links lead to, of the own portfolio, by what somebody may do."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from models.decisions.entries import DecisionAct, Draft
from models.decisions.overrides import OverrideProposal
from models.directory.report import EVERYTHING, ClientQuery, Scope
from models.review.access.portfolio import busiest_managers, shown_index
from models.review.chain.record import record_draft
from models.review.site import ReviewSite
from models.review.today.counting import ClientCounts, late_data, run_before

COUNT = re.compile(r"<b>([\d,]+)</b> <span>([^<]+)</span>")


def counts_on(page: bytes) -> dict[str, int]:
    """What is counted -> how many."""
    return {said: int(count.replace(",", "")) for count, said in COUNT.findall(page.decode())}


def counts_of(site: ReviewSite, scope: Scope = EVERYTHING) -> ClientCounts:
    run = site.newest()
    assert run is not None
    return ClientCounts(shown_index(), run, scope)


def test_counts_are_those_of_the_published_files(site: ReviewSite, client_as) -> None:
    run = site.newest()
    assert run is not None
    warned, scores, movers = (
        pd.read_parquet(run.folder / f"{name}.parquet") for name in ("warnings", "scores", "movers")
    )
    shown = warned[warned["state"] == "shown"]
    tier = scores.set_index("client_id")["tier"].astype(str)
    said = counts_on(client_as("checker").get("/today/").content)
    assert said["clients warned of"] == len(shown) > 0
    assert said["warnings that are new"] == (pd.to_datetime(shown["first_seen"]).dt.date == run.as_of).sum()
    assert said["clients of tier AA that turned: warned of"] == (tier[shown["client_id"]] == "AA").sum()
    fallen = movers[(movers["way"] == "down") & (movers["tier_before"].astype(str) == "AA")]
    assert said["clients that fell out of tier AA"] == len(fallen)
    lists = pd.read_parquet(run.folder / "lists.parquet")
    assert said["reviews due: the list of those to review next"] == (lists["list"] == "review_next").sum()


def test_a_manager_counts_the_own_clients_alone(site: ReviewSite) -> None:
    mine = counts_of(site, Scope(managers=frozenset(busiest_managers(1))))
    whole = counts_of(site)
    assert 0 < mine.total() < whole.total()
    assert mine.to_review() < whole.to_review()
    assert mine.new_warnings() <= whole.new_warnings()
    assert counts_of(site, Scope()).to_review() == 0


def test_what_awaits_a_checker_is_what_somebody_else_proposed(site: ReviewSite, client_as) -> None:
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=1, columns=("client_id",)))
    client_id = found.rows[0].client_id
    proposal = OverrideProposal(
        tier="A",
        reason="information",
        text="a guarantee of the parent",
        valid_until=date(2023, 12, 1),
        exposure=1.0,
        ruled="B",
        leaves="A",
        as_of=date(2023, 1, 1),
        run_key="x",
    )
    for by in ("demo_manager", "demo_checker"):
        record_draft(Draft.of(DecisionAct.OVERRIDE_PROPOSED, client_id, proposal), by=by)
    assert counts_on(client_as("checker").get("/today/").content)["overrides to approve"] == 1
    assert "overrides to approve" not in counts_on(client_as("manager").get("/today/").content)
    assert "overrides to approve" not in counts_on(client_as("reader").get("/today/").content)


def test_every_role_that_sees_clients_begins_here(client_as) -> None:
    for role in ("reader", "manager", "checker", "validator"):
        assert client_as(role).get("/", follow=True).request["PATH_INFO"] == "/today/"
    assert client_as("administrator").get("/today/").status_code == 403


def test_what_changed_since_the_run_before_is_said(site: ReviewSite, client_as) -> None:
    run = site.newest()
    assert run is not None
    before = run_before(run)
    assert before is not None
    assert (before.as_of, before.models, before.policy) == (date(2022, 10, 1), False, False)
    page = client_as("reader").get("/today/").content.decode()
    assert re.search(r"\d+ clients moved down since 1 October 2022", page)
    assert late_data(run) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_links_lead_somewhere(page_as, lang: str) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/today/")
    links = [each.get_attribute("href") for each in page.locator("main a").all()]
    assert links
    for link in links:
        assert page.request.get(link).ok, link
