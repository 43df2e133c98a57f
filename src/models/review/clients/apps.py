"""The Django app of the clients' list."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class ClientsConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.clients"
    label = "review_clients"
    title = Text("Clients", "screen")
    home = "clients"
    needs = Right.SEE_CLIENTS
