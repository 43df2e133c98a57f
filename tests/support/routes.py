"""Every route of the workbench, taken from its map of addresses, so that no test forgets a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

from models.review.access.routes import NEEDS, OPEN

_DJANGOS = {"admin", "oidc"}


@dataclass(frozen=True)
class Route:
    """One route: its address with slots such as ``<str:client>``, its name, and the right that it asks for."""

    address: str
    name: str
    needs: str | None

    @property
    def is_open(self) -> bool:
        """Whether nobody need be logged in."""
        return self.needs == OPEN

    @property
    def takes_client(self) -> bool:
        """Whether a client stands in the address."""
        return "client" in re.sub(r"^[^<]*", "", self.address) and "<" in self.address

    def filled(self, text: str = "x", *, number: int = 1, day: date = date(2023, 1, 1)) -> str:
        """The address with something in the place of each slot."""
        numbered = re.sub(r"<int:\w+>", str(number), re.sub(r"<slug:\w+>", "x", self.address))
        dated = re.sub(r"<(?:day|date):\w+>", day.isoformat(), numbered)
        return "/" + re.sub(r"<[^>]+>", quote(text, safe=""), dated)


def routes() -> list[Route]:
    """Every route of ours, in the order of the map."""
    return [Route(address, str(each.name), getattr(each.callback, NEEDS, None)) for address, each in _below()]


def _below(resolver: URLResolver | None = None, before: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            found += [] if each.app_name in _DJANGOS or "oidc" in address else _below(each, address)
        else:
            found.append((address, each))
    return found
