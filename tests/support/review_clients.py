"""Scored clients of the demo book of the workbench."""

from __future__ import annotations

from pathlib import Path

from models.directory.report import EVERYTHING, ClientQuery, FoundClient
from models.review.access.portfolio import shown_index
from support.hostile import CLIENT


def known_clients(demo_config: Path) -> list[FoundClient]:
    """Clients with a grade now and before, those that moved first; the hostile one is left out."""
    assert demo_config.exists()
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=400)).rows
    known = [each for each in found if each.cells["scored"] and each.client_id != CLIENT and each.cells["tier_before"]]
    return sorted(known, key=lambda each: each.cells["tier"] == each.cells["tier_before"])
