"""The Django app of the first screen."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class TodayConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.today"
    label = "review_today"
    title = Text("Today", "screen")
    home = "today"
    needs = Right.SEE_CLIENTS
