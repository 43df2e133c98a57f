"""Whatever people try in whatever order: no cap lifted, no self-approval, a whole chain, and runs read the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.config.policy.tiers import DEFAULT_SCALE
from models.decisions.entries import Draft, Entry, sealed_after, verify
from models.decisions.overrides import CaseState, OverrideCase, approved_overrides, override_cases
from models.decisions.refusals import RefusedDecisionError
from models.decisions.rules import Decider
from models.grading.overrides import Override, latest_known
from support.review_chain import AT, TODAY, asked, rules

CLIENTS, TIERS = ("C1", "C2", "C3"), DEFAULT_SCALE.names
LIMITS = {"ada": 0.0, "bo": 1e6, "cy": 1e7, "Ada ": None, "dee": None}
"""Accounts and their limits; "Ada " is "ada" in other letters, as a directory may give it."""


@dataclass(frozen=True)
class Step:
    """What somebody tries: ``number`` picks a proposal, also one of another client or none at all."""

    kind: str
    client: str
    by: str
    number: int
    tier: str
    leaves: str
    exposure: float
    days: int
    lost: bool


steps = st.builds(
    Step,
    kind=st.sampled_from(["propose", "propose", "approve", "approve", "approve", "send back", "withdraw", "wait"]),
    client=st.sampled_from(CLIENTS),
    by=st.sampled_from(sorted(LIMITS)),
    number=st.integers(1, 12),
    tier=st.sampled_from(TIERS),
    leaves=st.sampled_from(TIERS),
    exposure=st.sampled_from([0.0, 5e5, 5e6, 5e7]),
    days=st.integers(-2, 40),
    lost=st.booleans(),
)


@dataclass
class Bank:
    """The chain, the day, and what an attentive colleague notes down of what was approved: client -> tier and end."""

    day: date = TODAY
    entries: list[Entry] = field(default_factory=list)
    in_force: dict[str, tuple[str, date, int]] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        """Try a step; what the rules refuse, and what a crash loses before it is committed, leaves nothing behind."""
        if step.kind == "wait":
            self.day += timedelta(days=step.days)
            return
        before = tuple(self.entries)
        try:
            draft = self._draft(step)
        except RefusedDecisionError:
            assert tuple(self.entries) == before
            return
        if not step.lost:
            entry = sealed_after(self.entries[-1] if self.entries else None, draft, by=step.by, at=AT)
            self.entries.append(entry)
            self._note(step, entry)

    def _draft(self, step: Step) -> Draft:
        own, person = rules(self.entries, step.client), Decider(account=step.by, on=self.day, limit=LIMITS[step.by])
        if step.kind == "propose":
            until = self.day + timedelta(days=step.days)
            wanted = asked(tier=step.tier, leaves=step.leaves, exposure=step.exposure, valid_until=until)
            return own.propose(person, wanted)
        if step.kind == "approve":
            return own.approve(step.number, person, exposure=step.exposure, leaves=step.leaves)
        if step.kind == "send back":
            return own.send_back(step.number, person, "not yet")
        return own.withdraw(step.number, person, "no longer", exposure=step.exposure)

    def _note(self, step: Step, entry: Entry) -> None:
        if step.kind == "approve":
            case = self.case(step.number)
            self.in_force[step.client] = (case.proposal.tier, case.proposal.valid_until, step.number)
        if step.kind == "withdraw" and self.in_force.get(step.client, ("", TODAY, 0))[2] == step.number:
            del self.in_force[step.client]
        assert entry.subject == step.client

    def case(self, number: int) -> OverrideCase:
        """The case of a proposal."""
        found = override_cases(self.entries).of(number)
        assert found is not None
        return found

    def read_by_a_run(self, as_of: date) -> dict[str, str]:
        """Client -> the tier that counts at an as-of date."""
        rows = approved_overrides(override_cases(self.entries).cases)
        decisions = [
            (
                row.client_id,
                Override(
                    tier=row.tier,
                    reason=row.reason,
                    by=row.decided_by,
                    on=row.decided_on,
                    until=row.valid_until,
                ),
            )
            for row in rows
        ]
        known = latest_known(decisions, as_of)
        return {client: each.tier for client, each in known.items() if each.counts_at(as_of)}

    def expected(self, as_of: date) -> dict[str, str]:
        """The same by the colleague's notes, once every decision lies before the as-of date."""
        return {client: tier for client, (tier, until, _) in self.in_force.items() if as_of < until}

    @property
    def last_day(self) -> date:
        """The latest day on which anything was decided, or today."""
        answers = [given.answer.on for case in override_cases(self.entries).cases for given in case.answers]
        return max([self.day, *answers])


def require_lawful(entries: Sequence[Entry]) -> None:
    """What must hold of a chain whatever was tried."""
    assert verify(entries) is None
    cases = override_cases(entries)
    assert cases.refused == ()
    for case in cases.cases:
        approval = case.given(CaseState.APPROVED)
        if approval is None:
            continue
        assert case.entry.by.strip().lower() != approval.by.strip().lower()
        assert TIERS.index(case.proposal.tier) >= TIERS.index(case.proposal.leaves)
        limit = LIMITS[approval.by]
        assert limit is None or limit >= max(case.proposal.exposure, approval.answer.exposure)
        assert approval.answer.on < case.proposal.valid_until


@given(st.lists(steps, max_size=40))
@settings(max_examples=150, deadline=None)
def test_what_a_run_reads_is_what_was_approved(tried: list[Step]) -> None:
    bank = Bank()
    for step in tried:
        bank.take(step)
        require_lawful(bank.entries)
    for ahead in (1, 10, 50):
        as_of = bank.last_day + timedelta(days=ahead)
        assert bank.read_by_a_run(as_of) == bank.expected(as_of)


@given(st.lists(steps, min_size=6, max_size=40), st.data())
@settings(max_examples=50, deadline=None)
def test_any_entry_that_is_changed_is_named(tried: list[Step], data: st.DataObject) -> None:
    bank = Bank()
    for step in tried:
        bank.take(step)
    if not bank.entries:
        return
    place = data.draw(st.integers(0, len(bank.entries) - 1))
    changes = data.draw(st.sampled_from([{"by": "mallory"}, {"subject": "C9"}, {"payload": "{}"}, {"seal": "f" * 64}]))
    changed = [*bank.entries]
    changed[place] = replace(changed[place], **changes)  # type: ignore[arg-type]
    found = verify(changed)
    assert found is not None
    assert found.number == place + 1
