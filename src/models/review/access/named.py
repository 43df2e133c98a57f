"""Clients of a reader's portfolio beside rows of published files: who may be shown, what they are called, and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.urls import NoReverseMatch, reverse

from models.directory.report import ClientQuery
from models.review.access.portfolio import portfolio_of, refused_since, shown_index

_MOST_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class NamedClient:
    """A client as a list shows it; ``address`` of its page, "" where there is none, ``tier`` "" where not scored."""

    client_id: str
    name: str
    address: str
    tier: str
    manager: str


def tiers_in_portfolio(user: User | AnonymousUser) -> dict[str, str] | None:
    """Client -> tier now, "" for none, of all clients that a user may see; None for who sees the whole book.

    Who refused the processing of its data since the run that is shown is not among them.
    """
    portfolio, refused = portfolio_of(user), refused_since()
    if portfolio.whole_book and not refused:
        return None
    found: dict[str, str] = {}
    query = ClientQuery(scope=portfolio.scope, columns=("client_id", "tier"))
    for piece in shown_index().export(query):
        tiers = [each or "" for each in piece["tier"].to_pylist()]
        found |= dict(zip(piece["client_id"].to_pylist(), tiers, strict=True))
    return {client: tier for client, tier in found.items() if client not in refused}


def named_clients(user: User | AnonymousUser, clients: Iterable[str]) -> dict[str, NamedClient]:
    """Those of some clients that a user may see, by id: at most a page of them."""
    index, scope = shown_index(), portfolio_of(user).scope
    found = {client: index.client(client, scope) for client in clients}
    return {
        client: NamedClient(
            client_id=client,
            name=str(row.cells.get("name") or ""),
            address=client_address(client),
            tier=str(row.cells.get("tier") or ""),
            manager=str(row.cells.get("manager") or ""),
        )
        for client, row in found.items()
        if row is not None
    }


def client_address(client_id: str) -> str:
    """The address of a client's page; "" where there is no such page."""
    try:
        return reverse("client", args=[client_id])
    except NoReverseMatch:
        return ""


def page_number(given: str) -> int:
    """The number of a page as an address has it; 1 for whatever is none.

    >>> page_number("3"), page_number("-1"), page_number("9" * 40), page_number("x")
    (3, 1, 1, 1)
    """
    is_number = given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS
    return max(int(given), 1) if is_number and given else 1
