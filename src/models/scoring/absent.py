"""Reasons for the absence of a client: not in the book, not active before the as-of date, or not to be looked at."""

from __future__ import annotations

from datetime import date

from models.config.root import Config
from models.errors import UnknownClientError
from models.panel.blocks import PreparedBook


def absence(prepared: PreparedBook, client: str, settings: Config, as_of: date) -> UnknownClientError:
    """The error for a ``client`` of whom ``prepared``, of the whole book or narrowed to it, has no row at ``as_of``."""
    known = prepared.ids_like(client)
    if client in known and prepared.refused(client) and settings.privacy.leaves_out:
        return UnknownClientError(
            rule="the client must not have refused the processing of its data (consent in the table clients)",
            got=f"{client}, who did",
            remedy="look up its exposure and days overdue with clientvalue clients; only where another ground of law "
            "holds set privacy.without_consent: scored",
        )
    if client in known:
        return UnknownClientError(
            rule=f"the client must be active in the {settings.time.activity_periods} {settings.time.period}s "
            f"before {as_of}",
            got=f"{client}, which is in the book but was not",
            remedy="choose an earlier as-of date, at which it was",
        )
    meant = f"did you mean {known[0]}? Ids" if known else "look it up with clientvalue clients PART-OF-ITS-NAME; ids"
    return UnknownClientError(
        rule="the book must hold the client", got=client, remedy=f"{meant} are compared byte for byte"
    )
