"""Winning and keeping clients, per client: cost, early margin, expected value, and who stayed.

Every function gives a table client_id, top, bottom with one row per client that counts; a figure is the sum of top
over the sum of bottom.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from models.relations.reading import Reader, Window


def won_clients(reader: Reader, window: Window) -> Any:
    """Clients whose relationship began within the window, with what was spent to win them (null: not known)."""
    clients = reader.table("clients")
    return clients.filter(window.holds(clients.relationship_start)).select("client_id", "acquisition_cost")


def acquisition_cost(reader: Reader, window: Window) -> Any:
    """Spent to win a client over one client; clients whose cost is not known do not count."""
    won = won_clients(reader, window).drop_null("acquisition_cost")
    return won.select("client_id", top="acquisition_cost", bottom=ibis.literal(1.0))


def early_margin(reader: Reader, window: Window) -> Any:
    """Net margin within the window over the cost of winning the client, both in currency."""
    won = won_clients(reader, window).drop_null("acquisition_cost")
    earned = reader.margin(window.start, window.end)
    joined = won.left_join(earned, "client_id")
    return joined.select("client_id", top=joined.margin.fill_null(0.0), bottom="acquisition_cost")


def expected_value(reader: Reader, window: Window, scores: Any, scored_on: date) -> Any:
    """Expected value within the horizon over the cost of winning the client.

    ``scores`` has client_id, value and is_active. Everybody won before ``scored_on`` counts, without activity yet by
    what the cold start expects; whom the scores do not hold is out of reach and brings nothing.
    """
    won = _won_before(reader, window, scored_on)
    joined = won.left_join(_valued(scores), "client_id")
    return joined.select("client_id", top=joined.value.fill_null(0.0), bottom="acquisition_cost")


def expected_value_of_active(reader: Reader, window: Window, scores: Any, scored_on: date) -> Any:
    """The same of the clients that are active."""
    joined = _won_before(reader, window, scored_on).inner_join(_valued(scores.filter(scores.is_active)), "client_id")
    return joined.select("client_id", top="value", bottom="acquisition_cost")


def _won_before(reader: Reader, window: Window, day: date) -> Any:
    clients = reader.table("clients")
    early = clients.filter(clients.relationship_start < ibis.date(day.isoformat())).select("client_id")
    return won_clients(reader, window).drop_null("acquisition_cost").semi_join(early, "client_id")


def _valued(scores: Any) -> Any:
    return scores.select("client_id", "value").drop_null("value")


def stayed(reader: Reader, window: Window) -> Any:
    """Of clients active when the window began, one for each that is active when it ends."""
    before = reader.active(window.active_before_start, window.start)
    after = reader.active(window.active_before_end, window.end).mutate(is_active=ibis.literal(1.0))
    joined = before.left_join(after, "client_id")
    return joined.select("client_id", top=joined.is_active.fill_null(0.0), bottom=ibis.literal(1.0))


def moved_on(reader: Reader, window: Window) -> Any:
    """Of clients active when the window began, one for each that is not active when it ends."""
    kept = stayed(reader, window)
    return kept.mutate(top=1.0 - kept.top)
