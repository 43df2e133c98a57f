"""The clients that a member may see: the one place of rights on clients, and the record of who read whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.contrib.auth.models import AnonymousUser, User

from models.config.places import work_dir
from models.directory.index import ClientIndex
from models.directory.places import index_folder
from models.directory.report import EVERYTHING, ClientQuery, FoundClient, Scope
from models.errors import UserError
from models.publications.refused import refused_since as since_run
from models.review.access.models import ClientReading, Member
from models.review.site import shown_site

_OPENING = Lock()
_READINGS_AT_ONCE = 2_000


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

    @property
    def scope(self) -> Scope:
        """The same for a question to the index of clients."""
        return Scope(everything=self.whole_book, managers=self.managers, branches=self.branches)


def portfolio_of(user: User | AnonymousUser) -> Portfolio:
    """The portfolio of a user; without a role it is empty."""
    member = getattr(user, "member", None)
    if not isinstance(member, Member):
        return Portfolio(whole_book=False, managers=frozenset(), branches=frozenset())
    return Portfolio(
        whole_book=member.whole_book, managers=frozenset(member.managers), branches=frozenset(member.branches)
    )


def shown_index() -> ClientIndex:
    """The index of the clients of the run that is shown, opened once; asked with the scope of a portfolio.

    Raises ``UserError`` where nothing is published, or no index was built with it.
    """
    newest = shown_site().newest()
    if newest is None:
        raise UserError(rule="the workbench shows published runs", got="none", remedy="publish one first")
    with _OPENING:
        return _opened(newest.folder, newest.entry.run_key, _made_at(newest.folder), refused_since())


def refused_since() -> frozenset[str]:
    """Who refused the processing of its data by the newest checked book, and not yet when the shown run was made."""
    shown = shown_site()
    newest = shown.newest()
    if newest is None or not shown.config.privacy.leaves_out:
        return frozenset()
    return since_run(work_dir(shown.config), newest.folder)


def shown_client(user: User | AnonymousUser, client_id: str) -> FoundClient | None:
    """The row of a client in the run that is shown; None where it is not there, or not in the user's portfolio."""
    return shown_index().client(client_id, portfolio_of(user).scope)


def busiest_managers(count: int = 3) -> list[str]:
    """The relationship managers with the most clients in the run that is shown."""
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=1))
    named = [each for facet in found.facets if facet.name == "manager" for each in facet.values if each.value]
    return [each.value for each in sorted(named, key=lambda each: -each.count)[:count]]


def _made_at(run: Path) -> int:
    """When the index of a run was built, in nanoseconds; 0 while there is none."""
    try:
        return index_folder(run).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=1)
def _opened(run: Path, run_key: str, made_at: int, refused: frozenset[str]) -> ClientIndex:
    """``run_key`` tells a run that was published anew from the one before, ``made_at`` an index that was built anew."""
    return ClientIndex.open(run, refused)


def record_readings(user: User | AnonymousUser, clients: Sequence[str], *, route: str, run_key: str) -> None:
    """Puts on record that a user read several clients at once, as in an export."""
    by = user.get_username()
    rows = [ClientReading(by=by, client_id=each, route=route, run_key=run_key) for each in clients]
    ClientReading.objects.bulk_create(rows, batch_size=_READINGS_AT_ONCE)


def record_reading(user: User | AnonymousUser, client_id: str, *, route: str, run_key: str) -> None:
    """Puts on record that a user read a client."""
    ClientReading.objects.create(by=user.get_username(), client_id=client_id, route=route, run_key=run_key)
