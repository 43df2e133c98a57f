"""The client that a request asks for: found within the portfolio of who asks, and put on record as read."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from models.directory.report import FoundClient
from models.publications.past import OfficialRun
from models.review.access.portfolio import record_reading, shown_client
from models.review.client.header import ClientHeader, header_of, is_locked
from models.review.shared.languages import page_language
from models.review.site import shown_site
from models.text import Language


@dataclass(frozen=True)
class AskedClient:
    """What a request asks of: a client of the newest run within the portfolio of who asks."""

    request: HttpRequest
    found: FoundClient
    run: OfficialRun
    language: Language

    @property
    def client(self) -> str:
        """The client's id."""
        return self.found.client_id

    @property
    def currency(self) -> str:
        """That of the book."""
        return shown_site().config.book.currency

    @property
    def locked(self) -> bool:
        """Whether the client refused the processing of its data."""
        return is_locked(self.found, shown_site().config.privacy)

    def header(self) -> ClientHeader:
        """What stands above every tab."""
        tiers = shown_site().config.scale.labels(self.language)
        return header_of(
            self.found,
            as_of=self.run.as_of,
            currency=self.currency,
            language=self.language,
            tiers=tiers,
            locked=self.locked,
        )


def asked_client(request: HttpRequest, client: str) -> AskedClient:
    """The client that a request asks for, which is put on record as read. Raises ``Http404`` for any other."""
    found, run = shown_client(request.user, client), shown_site().newest()
    if found is None or run is None:
        raise Http404
    match = request.resolver_match
    record_reading(request.user, client, route="" if match is None else match.view_name, run_key=run.entry.run_key)
    return AskedClient(request, found, run, page_language())
