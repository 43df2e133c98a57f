"""Random sequences through the real application, runs and crashes included: what is read is what was approved.

No cap lifted, no self-approval, and a chain that holds, whatever the members of a bank try, in whatever order.
CLIENTVALUE_SEQUENCES sets how many are tried.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User
from django.test import Client

from models.config.loading import load_config
from models.decisions.database import ReviewDatabase
from models.decisions.entries import OVERRIDE_ACTS
from models.decisions.overrides import CaseState, OverrideCases, override_cases
from models.grading.known_overrides import overrides_at
from models.publications.ledger import PublicationLedger
from models.review.access.models import Member
from models.review.site import ReviewSite
from models.scoring.job import predict
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.killed_requests import killed_post
from support.review_site import NEWEST, copied_demo

TIERS = ("AA", "A", "B")
STEPS, SEQUENCES = 40, int(os.environ.get("CLIENTVALUE_SEQUENCES", "2"))
DAYS = ("2023-01-01", "2023-02-01", "2023-06-01", "2023-12-30", "2025-01-01")


@dataclass
class Bank:
    """Members who try things, and the overrides that a colleague saw approved: client -> tier and last day."""

    site: ReviewSite
    members: dict[str, Client]
    clients: list[str]
    drawn: random.Random
    holding: dict[str, tuple[str, date, int]] = field(default_factory=dict)

    def cases(self) -> OverrideCases:
        """What the chain holds, which is verified as it is read."""
        return override_cases(ReviewDatabase.of(self.site.config.review, self.site.folder).entries())

    def step(self) -> None:
        """Try one thing, as anybody, about anything."""
        name, member = self.drawn.choice(sorted(self.members.items()))
        kind = self.drawn.choice(["propose", "propose", "approve", "approve", "return", "withdraw", "crash"])
        if kind == "propose":
            self._propose(member)
            return
        known = self.cases().cases
        if not known:
            return
        case = self.drawn.choice(known)
        form = {"remark": self.drawn.choice(["", "seen", "以后再说"])}
        address = f"/overrides/{case.number}/{'approve' if kind == 'crash' else kind}/"
        if kind == "crash":
            killed_post(member, address, form, after_seconds=self.drawn.uniform(0, 0.15))
        else:
            assert member.post(address, form).status_code in {302, 403, 404, 409}, name
        self._note(case.number)

    def _propose(self, member: Client) -> None:
        form = {
            "tier": self.drawn.choice(TIERS),
            "reason": self.drawn.choice(["support", "prudence", "because"]),
            "text": self.drawn.choice(["a guarantee", "担保", ""]),
            "valid_until": self.drawn.choice(DAYS),
        }
        answer = member.post(f"/overrides/of/{self.drawn.choice(self.clients)}/", form)
        assert answer.status_code in {302, 403, 404, 409}

    def _note(self, number: int) -> None:
        """What a colleague who looks after each step notes down, from the acts alone."""
        case = self.cases().of(number)
        assert case is not None
        if case.standing is CaseState.APPROVED and self.holding.get(case.client, ("", NEWEST, 0))[2] < number:
            self.holding[case.client] = (case.proposal.tier, case.proposal.valid_until, number)
        if case.standing is CaseState.WITHDRAWN and self.holding.get(case.client, ("", NEWEST, 0))[2] == number:
            del self.holding[case.client]

    def expected(self, as_of: date) -> dict[str, str]:
        """Client -> tier that counts at an as-of date."""
        return {client: tier for client, (tier, until, _) in self.holding.items() if as_of < until}


def capped(site: ReviewSite) -> dict[str, tuple[str, ...]]:
    """Client -> the caps that hold of it, of the run that is shown."""
    newest = site.newest()
    assert newest is not None
    rows = pq.read_table(newest.folder / "scores.parquet", columns=["client_id", "tier_caps"]).to_pylist()
    return {str(row["client_id"]): tuple(row["tier_caps"]) for row in rows}


def require_lawful(bank: Bank, caps: dict[str, tuple[str, ...]]) -> None:
    """No self-approval, nothing that the rules refuse in the chain, and no tier above what a cap leaves."""
    cases, most = bank.cases(), {cap.name: cap.at_most for cap in bank.site.config.grading.caps}
    assert cases.refused == ()
    for case in cases.cases:
        approval = case.given(CaseState.APPROVED)
        if approval is not None:
            assert approval.by != case.entry.by
            assert all(TIERS.index(case.proposal.tier) >= TIERS.index(most[cap]) for cap in caps[case.client])


def bank_of(client_as: Callable[..., Client], site: ReviewSite, seed: int) -> tuple[Bank, dict[str, tuple[str, ...]]]:
    """A bank of three who may propose, two of whom may approve, one without any limit, and six clients."""
    Member.objects.filter(role="manager").update(whole_book=True)
    second = User.objects.get(username="demo_validator").member
    second.role, second.authority, second.whole_book = "checker", "officer", True
    second.save()
    caps = capped(site)
    held = [client for client, names in caps.items() if names]
    free = [client for client, names in caps.items() if not names]
    clients = [*held[:3], *free[:3]]
    members = {role: client_as(role) for role in ("manager", "checker", "validator", "reader")}
    return Bank(site=site, members=members, clients=clients, drawn=random.Random(seed)), caps  # noqa: S311 - as it falls


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_what_the_door_reads_is_what_was_approved(
    client_as: Callable[..., Client], site: ReviewSite, seed: int
) -> None:
    bank, caps = bank_of(client_as, site, seed)
    for number in range(STEPS):
        bank.step()
        if number % 10 == 9:
            require_lawful(bank, caps)
            book = open_book(site.config, None, SilentProgress())
            read = {client: each.tier for client, each in overrides_at(book, NEWEST).items() if each.counts_at(NEWEST)}
            assert read == bank.expected(NEWEST)
    assert len(ReviewDatabase.of(site.config.review, site.folder).entries()) > len(OVERRIDE_ACTS)


def test_a_whole_run_publishes_what_was_approved_and_lifts_no_cap(
    client_as: Callable[..., Client], site: ReviewSite, demo_config: Path, tmp_path: Path
) -> None:
    bank, _ = bank_of(client_as, site, SEQUENCES)
    while len(bank.expected(NEWEST)) < 2:
        bank.step()
    config = load_config(
        copied_demo(demo_config.parent, tmp_path / "copy"), [f"review.database={site.config.review.database}"]
    )
    published = predict(config, as_of=NEWEST)
    columns = ["client_id", "tier", "tier_caps", "override"]
    rows = {
        row["client_id"]: row for row in pq.read_table(published.folder / "scores.parquet", columns=columns).to_pylist()
    }
    told = {client: row["override"]["tier"] for client, row in rows.items() if row["override"] is not None}
    [*_, last] = PublicationLedger(published.folder.parent).entries()
    assert last.evidence["decisions"] == len(ReviewDatabase.of(site.config.review, site.folder).entries())
    counting = {client: tier for client, tier in told.items() if rows[client]["override"]["until"] > NEWEST}
    assert counting == bank.expected(NEWEST)
    assert {client: rows[client]["tier"] for client in counting} == counting
    most = {cap.name: cap.at_most for cap in config.grading.caps}
    assert all(TIERS.index(row["tier"]) >= TIERS.index(most[cap]) for row in rows.values() for cap in row["tier_caps"])
