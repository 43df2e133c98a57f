"""The Django app of moves between tiers."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class MoversConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.movers"
    label = "review_movers"
    title = Text("Movers", "screen")
    home = "movers"
    needs = Right.SEE_CLIENTS
