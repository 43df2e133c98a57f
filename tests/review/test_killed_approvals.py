"""kill -9 while an override is approved: the chain holds, and the next run reads it whole or not at all.

CLIENTVALUE_KILLS sets at how many random moments.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pyarrow.parquet as pq
from django.test import Client

from models.config.policy.tiers import DEFAULT_SCALE
from models.decisions.database import ReviewDatabase
from models.decisions.decided import read_decided
from models.decisions.entries import OVERRIDE_ACTS
from models.decisions.overrides import CaseState, override_cases
from models.decisions.rules import Decider, OverrideRules
from models.review.chain.record import record
from models.review.site import ReviewSite
from support.killed_requests import killed_post
from support.review_chain import TODAY, asked

KILLS = int(os.environ.get("CLIENTVALUE_KILLS", "8"))
LATER = TODAY.replace(year=2023, month=6, day=1)


def free_clients(site: ReviewSite) -> list[str]:
    """Clients that no cap holds."""
    newest = site.newest()
    assert newest is not None
    rows = pq.read_table(newest.folder / "scores.parquet", columns=["client_id", "tier_caps"]).to_pylist()
    return [str(row["client_id"]) for row in rows if not row["tier_caps"]]


def proposed(site: ReviewSite, client: str) -> int:
    """An override that awaits its second person."""
    maker = Decider(account="okafor", on=TODAY.replace(year=2022))
    rules = OverrideRules(review=site.config.review, scale=DEFAULT_SCALE, client=client)
    wanted = asked(tier="B", exposure=1.0, valid_until=LATER)
    entry = record(lambda _: rules.propose(maker, wanted), by="okafor", acts=OVERRIDE_ACTS, subject=client)
    return entry.number


def test_an_approval_is_there_whole_or_not_at_all(client_as: Callable[..., Client], site: ReviewSite) -> None:
    drawn, checker, database = (
        random.Random(7),  # noqa: S311 - as it falls
        client_as("checker"),
        ReviewDatabase.of(site.config.review, site.folder),
    )
    first, second, *others = free_clients(site)
    for client in (first, second):  # the first waits for what is loaded once
        number, begun = proposed(site, client), time.monotonic()
        assert checker.post(f"/overrides/{number}/approve/", {"remark": ""}).status_code == 302
        usual = time.monotonic() - begun
    done, lost = {first, second}, 0
    for client in others[:KILLS]:
        number = proposed(site, client)
        told = killed_post(
            checker, f"/overrides/{number}/approve/", {"remark": ""}, after_seconds=drawn.uniform(0.0, 1.2 * usual)
        )
        cases = override_cases(database.entries())  # raises where the chain does not hold
        assert cases.refused == ()
        approved = {case.client for case in cases.cases if case.standing is CaseState.APPROVED}
        read = {row.client_id: row.tier for row in read_decided(site.config.review, site.folder).overrides}
        assert read == dict.fromkeys(approved, "B")
        assert done <= approved <= done | {client}
        assert client in approved or not told
        lost += client not in approved
        done = approved
    assert checker.post(f"/overrides/{proposed(site, others[KILLS])}/approve/", {"remark": ""}).status_code == 302
    print(f"{KILLS} kills, {lost} before the commit")  # noqa: T201 - for whoever runs it 100 times
