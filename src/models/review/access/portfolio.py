"""The clients that a member may see: the one place of rights on clients, and the record of who read whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User

from models.review.access.models import ClientReading, Member


@dataclass(frozen=True)
class Portfolio:
    """The clients that a member may see: all, or those of the named relationship managers and branches."""

    whole_book: bool
    managers: frozenset[str]
    branches: frozenset[str]

    def covers(self, manager: str | None, branch: str | None) -> bool:
        """Whether a client of this relationship manager and branch belongs to it.

        >>> Portfolio(False, frozenset({"L. Chen"}), frozenset()).covers("L. Chen", "Shanghai")
        True
        """
        return self.whole_book or manager in self.managers or branch in self.branches


def portfolio_of(user: User | AnonymousUser) -> Portfolio:
    """The portfolio of a user; without a role it is empty."""
    member = getattr(user, "member", None)
    if not isinstance(member, Member):
        return Portfolio(whole_book=False, managers=frozenset(), branches=frozenset())
    return Portfolio(
        whole_book=member.whole_book, managers=frozenset(member.managers), branches=frozenset(member.branches)
    )


def record_reading(user: User | AnonymousUser, client_id: str, *, route: str, run_key: str) -> None:
    """Puts on record that a user read a client."""
    ClientReading.objects.create(by=user.get_username(), client_id=client_id, route=route, run_key=run_key)
