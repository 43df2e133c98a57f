"""Overrides as decided by people: proposals, the answers to them, and where each stands, folded from the chain.

The same rules hold where an answer is recorded and where a run reads it: an entry that breaks one never counts.
``rules.OverrideRules`` makes what is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.decisions.entries import OVERRIDE_ACTS, DecisionAct, Entry
from models.decisions.refusals import RefusedDecisionError
from models.errors import UserError
from models.text import Text, named

_MADE = DecisionAct.OVERRIDE_PROPOSED
_OPEN_RULE = Text("a proposal must still await an answer to be approved or returned")
_NOT_WITHDRAWN_RULE = Text("a proposal can be withdrawn while it awaits an answer or holds")
_STANDS = Text("one that was {standing}")
_ANOTHER_RULE = Text("a proposal must be decided by another person than the one who made it")
_OWN_RULE = Text("a proposal that awaits an answer is withdrawn by the one who made it")
_BY = Text("{name} both times")
_BY_OTHER = Text("{name}, where {maker} proposed it")
_ASK_OTHER = Text("ask another person who may approve")
_LOOK = Text("look at where it stands now")
_RETURN_IT = Text("return it with a remark instead")
_LIMIT_RULE = Text("the exposure of the client must lie within the authority of who approves: at most {limit:,.0f}")
_ASK_HIGHER = Text("ask a person with a higher limit")
_EXPIRED_RULE = Text("an override must still hold on the day on which it is approved, {day}")
_UNTIL = Text("valid until {day}")
_PROPOSE_AGAIN = Text("return it, so that it is proposed with a later day")
_REMARK_RULE = Text("who returns or withdraws must say why")
_NOTHING = Text("no words")
_SAY_WHY = Text("write a remark")
_KNOWN_RULE = Text("an answer must be to a proposal about the same client")
_NONE_SUCH = Text("number {number}")


class CaseState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


_LEADS_TO: Mapping[str, CaseState] = {
    DecisionAct.OVERRIDE_APPROVED: CaseState.APPROVED,
    DecisionAct.OVERRIDE_RETURNED: CaseState.RETURNED,
    DecisionAct.OVERRIDE_WITHDRAWN: CaseState.WITHDRAWN,
    DecisionAct.POLICY_APPROVED: CaseState.APPROVED,
    DecisionAct.POLICY_RETURNED: CaseState.RETURNED,
    DecisionAct.POLICY_WITHDRAWN: CaseState.WITHDRAWN,
}
STANDINGS = {
    CaseState.PROPOSED: Text("proposed", "standing"),
    CaseState.APPROVED: Text("approved", "standing"),
    CaseState.RETURNED: Text("returned", "standing"),
    CaseState.WITHDRAWN: Text("withdrawn", "standing"),
}


@dataclass(frozen=True, kw_only=True)
class OverrideProposal:
    """What a maker asks for, and what was known then.

    Attributes:
        tier: the tier asked for; ``reason`` a code of ``review.reasons``, ``text`` the maker's own words.
        valid_until: it counts at as-of dates before this day.
        exposure: of the client, in book currency, as published.
        ruled, leaves: the tier by rule, and the best that caps leave, as published.
        as_of, run_key: the published run that was looked at.
        attachment: SHA-256 of the bytes of a file beside it, "" without one; ``attachment_name`` what it was called.
    """

    tier: str
    reason: str
    text: str
    valid_until: date
    exposure: float
    ruled: str
    leaves: str
    as_of: date
    run_key: str
    attachment: str = ""
    attachment_name: str = ""


@dataclass(frozen=True, kw_only=True)
class DecisionAnswer:
    """An approval, return or withdrawal of a proposal.

    Attributes:
        proposal: the number of the entry that proposed.
        on: the day of the book on which it was given: an approval counts at as-of dates after it.
        remark: in words; always given with a return or withdrawal.
        exposure, limit: of an override: the exposure at that time, and up to which the person may approve, None: any.
    """

    proposal: int
    on: date
    remark: str = ""
    exposure: float = 0.0
    limit: float | None = 0.0


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    """An answer with who gives it; ``number`` and ``at`` of its entry, 0 and None before it is recorded."""

    act: str
    by: str
    answer: DecisionAnswer
    number: int = 0
    at: datetime | None = None

    @classmethod
    def of(cls, entry: Entry) -> GivenAnswer:
        """The answer as it stands in the chain. Raises ``UserError`` if its payload is none."""
        answer = entry.read(DecisionAnswer)
        return cls(act=entry.act, by=entry.by, answer=answer, number=entry.number, at=entry.at)

    @property
    def leads_to(self) -> CaseState:
        """Where the proposal stands after it."""
        return _LEADS_TO[self.act]


@dataclass(frozen=True, kw_only=True)
class OverrideCase:
    """A proposal with the answers to it."""

    entry: Entry
    proposal: OverrideProposal
    answers: tuple[GivenAnswer, ...] = ()

    @property
    def number(self) -> int:
        """The number of the entry that proposed it, by which answers name it."""
        return self.entry.number

    @property
    def client(self) -> str:
        """The client that it is about."""
        return self.entry.subject

    @property
    def standing(self) -> CaseState:
        """Where it stands by the last answer."""
        return self.answers[-1].leads_to if self.answers else CaseState.PROPOSED

    def given(self, standing: CaseState) -> GivenAnswer | None:
        """The answer that led there."""
        return next((each for each in self.answers if each.leads_to is standing), None)

    def with_answer(self, given: GivenAnswer) -> OverrideCase:
        """The case after an answer. Raises ``RefusedDecisionError`` if the rules do not let it be given."""
        require_in_order(self.entry.by, self.standing, given)
        if given.leads_to is CaseState.APPROVED or self.standing is CaseState.APPROVED:
            for exposure in (self.proposal.exposure, given.answer.exposure):
                _require_authority(exposure, given.answer.limit)
        if given.leads_to is CaseState.APPROVED and given.answer.on >= self.proposal.valid_until:
            raise RefusedDecisionError(
                _EXPIRED_RULE.filled(day=given.answer.on.isoformat()),
                _UNTIL.filled(day=self.proposal.valid_until.isoformat()),
                _PROPOSE_AGAIN,
            )
        return replace(self, answers=(*self.answers, given))


@dataclass(frozen=True, kw_only=True)
class OverrideCases:
    """All proposals of a chain in their order, and the entries that break the rules and count nowhere."""

    cases: tuple[OverrideCase, ...]
    refused: tuple[tuple[Entry, UserError], ...] = ()

    def of(self, number: int) -> OverrideCase | None:
        """The case that was proposed by an entry."""
        return next((case for case in self.cases if case.number == number), None)

    def open(self) -> tuple[OverrideCase, ...]:
        """Those that await an answer."""
        return tuple(case for case in self.cases if case.standing is CaseState.PROPOSED)


@dataclass(frozen=True, kw_only=True)
class ApprovedOverride:
    """An override that was approved, as a run reads it: the row of a table of overrides, and its ``entry``."""

    client_id: str
    tier: str
    reason: str
    decided_by: str
    decided_on: date
    valid_until: date
    entry: int


def override_cases(entries: Iterable[Entry]) -> OverrideCases:
    """The proposals of a chain with their answers, folded in its order."""
    found: dict[int, OverrideCase] = {}
    refused: list[tuple[Entry, UserError]] = []
    for entry in entries:
        if entry.act not in OVERRIDE_ACTS:
            continue
        try:
            case = _folded(found, entry)
        except UserError as error:
            refused.append((entry, error))
        else:
            found[case.number] = case
    return OverrideCases(cases=tuple(found.values()), refused=tuple(refused))


def approved_overrides(cases: Sequence[OverrideCase]) -> tuple[ApprovedOverride, ...]:
    """What the next run reads: every override that was approved, by client and day; of one day the last.

    One that was withdrawn counts up to the as-of date on whose day it was withdrawn, as what was known then.
    """
    found: dict[tuple[str, date], ApprovedOverride] = {}
    approvals = [(given, case) for case in cases if (given := case.given(CaseState.APPROVED)) is not None]
    for given, case in sorted(approvals, key=lambda each: each[0].number):
        row = _as_read(case, given)
        found[row.client_id, row.decided_on] = row
    return tuple(sorted(found.values(), key=lambda row: (row.client_id, row.decided_on)))


def require_in_order(maker: str, standing: CaseState, given: GivenAnswer) -> None:
    """Refuse an answer that does not fit where the proposal stands, or that its own maker may not give."""
    by, itself = given.by, is_same_person(given.by, maker)
    if given.leads_to is CaseState.WITHDRAWN:
        if standing not in {CaseState.PROPOSED, CaseState.APPROVED}:
            raise RefusedDecisionError(_NOT_WITHDRAWN_RULE, _STANDS.filled(standing=STANDINGS[standing]), _LOOK)
        if standing is CaseState.PROPOSED and not itself:
            raise RefusedDecisionError(_OWN_RULE, _BY_OTHER.filled(name=named(by), maker=named(maker)), _RETURN_IT)
    elif standing is not CaseState.PROPOSED:
        raise RefusedDecisionError(_OPEN_RULE, _STANDS.filled(standing=STANDINGS[standing]), _LOOK)
    if itself and not (given.leads_to is CaseState.WITHDRAWN and standing is CaseState.PROPOSED):
        raise RefusedDecisionError(_ANOTHER_RULE, _BY.filled(name=named(by)), _ASK_OTHER)
    if given.leads_to is not CaseState.APPROVED and not given.answer.remark.strip():
        raise RefusedDecisionError(_REMARK_RULE, _NOTHING, _SAY_WHY)


def is_same_person(one: str, other: str) -> bool:
    """Whether two accounts are one, whatever the case of letters and blanks around.

    >>> is_same_person("Chen ", "chen"), is_same_person("chen", "cheng")
    (True, False)
    """
    return one.strip().casefold() == other.strip().casefold()


def _folded(found: Mapping[int, OverrideCase], entry: Entry) -> OverrideCase:
    if entry.act == _MADE:
        return OverrideCase(entry=entry, proposal=entry.read(OverrideProposal))
    given = GivenAnswer.of(entry)
    case = found.get(given.answer.proposal)
    if case is None or case.client != entry.subject:
        raise RefusedDecisionError(_KNOWN_RULE, _NONE_SUCH.filled(number=given.answer.proposal), _LOOK)
    return case.with_answer(given)


def _require_authority(exposure: float, limit: float | None) -> None:
    if limit is not None and not (limit > 0 and exposure <= limit):  # NaN is within no limit
        raise RefusedDecisionError(_LIMIT_RULE.filled(limit=limit), f"{exposure:,.0f}", _ASK_HIGHER)


def _as_read(case: OverrideCase, given: GivenAnswer) -> ApprovedOverride:
    proposal, withdrawn = case.proposal, case.given(CaseState.WITHDRAWN)
    last = [] if withdrawn is None else [withdrawn.answer.on + timedelta(days=1)]
    return ApprovedOverride(
        client_id=case.client,
        tier=proposal.tier,
        reason=f"{proposal.reason}: {proposal.text}",
        decided_by=f"{case.entry.by} / {given.by}",
        decided_on=given.answer.on,
        valid_until=max(given.answer.on, min(proposal.valid_until, *last) if last else proposal.valid_until),
        entry=given.number,
    )
