"""Overrides counted by person and by reason, with what became of them and how they turned out against the rule.

EU 2022/439, Article 39 asks that overrides are stored and analysed, also for having been right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.config.policy.tiers import TierScale
from models.decisions.overrides import CaseState, OverrideCase


class Fate(StrEnum):
    """What became of a proposal by a day."""

    PROPOSED = "proposed"
    HOLDS = "approved"
    EXPIRED = "expired"
    REPLACED = "replaced"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class OverrideOutcomeSince:
    """How a client that was overridden turned out once its horizon was over.

    ``bad``: whether it declined or defaulted; ``by_rule`` the share that did of clients that nobody overrode, in the
    tier that the rules gave it.
    """

    bad: bool
    by_rule: float


@dataclass(frozen=True, kw_only=True)
class OverrideCount:
    """The overrides of one person, or for one reason.

    Attributes:
        name: the account, or the code of the reason.
        proposed: all of them; ``fates`` what became of them, adding up to it.
        raised, lowered: of those approved, how many asked for a better or a lower tier than the rules.
        settled: of how many approved ones the horizon is over; ``bad`` how many of these declined or defaulted,
            ``by_rule`` how many would have, had they been as others in the tier that the rules gave.
    """

    name: str
    proposed: int
    fates: Mapping[Fate, int]
    raised: int
    lowered: int
    settled: int
    bad: int
    by_rule: float


@dataclass(frozen=True, kw_only=True)
class OverrideSummary:
    """The report of overrides at a day: by maker, by checker of what was answered, and by reason."""

    day: date
    makers: tuple[OverrideCount, ...]
    checkers: tuple[OverrideCount, ...]
    reasons: tuple[OverrideCount, ...]


def fates(cases: Sequence[OverrideCase], day: date) -> dict[int, Fate]:
    """The number of each proposal -> what became of it by a day; of a client's approvals the last one holds."""
    approvals = {
        case.client: case.number
        for case in sorted(cases, key=_approval)
        if _approval(case)  # also one that was withdrawn since ended those before it
    }
    return {case.number: _fate(case, approvals.get(case.client), day) for case in cases}


def override_summary(
    cases: Sequence[OverrideCase],
    scale: TierScale,
    day: date,
    outcomes: Mapping[int, OverrideOutcomeSince] | None = None,
) -> OverrideSummary:
    """Count overrides; ``outcomes`` are those that are known, by the number of the proposal."""
    became, known = fates(cases, day), outcomes or {}

    def counted(name: Callable[[OverrideCase], str]) -> tuple[OverrideCount, ...]:
        named = [(name(case), case) for case in cases if name(case)]
        groups = {each: [case for found, case in named if found == each] for each in sorted({own for own, _ in named})}
        return tuple(_count(each, group, became, scale, known) for each, group in groups.items())

    return OverrideSummary(
        day=day,
        makers=counted(lambda case: case.entry.by),
        checkers=counted(_checker),
        reasons=counted(lambda case: case.proposal.reason),
    )


def _count(
    name: str,
    cases: Sequence[OverrideCase],
    became: Mapping[int, Fate],
    scale: TierScale,
    outcomes: Mapping[int, OverrideOutcomeSince],
) -> OverrideCount:
    approved = [case for case in cases if _approval(case)]
    steps = [_steps_up(case, scale) for case in approved]
    settled = [outcomes[case.number] for case in approved if case.number in outcomes]
    own = [became[case.number] for case in cases]
    return OverrideCount(
        name=name,
        proposed=len(cases),
        fates={fate: own.count(fate) for fate in Fate if fate in own},
        raised=sum(step > 0 for step in steps),
        lowered=sum(step < 0 for step in steps),
        settled=len(settled),
        bad=sum(each.bad for each in settled),
        by_rule=sum(each.by_rule for each in settled),
    )


def _steps_up(case: OverrideCase, scale: TierScale) -> int:
    """By how many tiers better than the rules the override asks; 0 where a tier is none of today's policy."""
    asked, ruled = case.proposal.tier, case.proposal.ruled
    known = asked in scale.names and ruled in scale.names
    return scale.rank(ruled) - scale.rank(asked) if known else 0


def _approval(case: OverrideCase) -> int:
    """The number of the entry that approved it, 0 where none did."""
    given = case.given(CaseState.APPROVED)
    return 0 if given is None else given.number


def _checker(case: OverrideCase) -> str:
    answers = [each for each in case.answers if each.leads_to in {CaseState.APPROVED, CaseState.RETURNED}]
    return answers[0].by if answers else ""


def _fate(case: OverrideCase, last_approved: int | None, day: date) -> Fate:
    if case.standing is not CaseState.APPROVED:
        return Fate(case.standing.value)
    if last_approved != case.number:
        return Fate.REPLACED
    return Fate.HOLDS if day < case.proposal.valid_until else Fate.EXPIRED
