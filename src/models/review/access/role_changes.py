"""Changes of what a member may do, as entries of the chain: each stands there, or was not made."""

from __future__ import annotations

from dataclasses import dataclass

from models.decisions.entries import DecisionAct, Draft
from models.review.access.models import Member
from models.review.chain.record import entries, record_with

COMMAND_LINE = "command line"
"""By whom what the command enters was entered."""


@dataclass(frozen=True, kw_only=True)
class MemberRights:
    """What a member may do from an entry on: role, portfolio, authority, and whether a log-in is possible at all."""

    role: str
    authority: str
    whole_book: bool
    managers: tuple[str, ...]
    branches: tuple[str, ...]
    active: bool

    @classmethod
    def of(cls, member: Member) -> MemberRights:
        """What a member may do as it stands in the tables."""
        return cls(
            role=member.role,
            authority=member.authority,
            whole_book=member.whole_book,
            managers=tuple(member.managers),
            branches=tuple(member.branches),
            active=member.user.is_active,
        )


def record_rights(member: Member, *, by: str) -> None:
    """Records what a member may do, if it is not what was recorded last; within the transaction that changes it."""
    name, rights = member.user.get_username(), MemberRights.of(member)
    earlier = entries([DecisionAct.ROLE_CHANGED], name)
    if not earlier or earlier[-1].read(MemberRights) != rights:
        record_with(Draft.of(DecisionAct.ROLE_CHANGED, name, rights), by=by)
