"""The Django app of overrides."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class OverridesConfig(ScreenConfig):
    """Overrides: what awaits a second person, what holds, and how they turned out."""

    name = "models.review.overrides"
    label = "review_overrides"
    title = Text("Overrides", "screen")
    home = "overrides"
    needs = Right.SEE_CLIENTS
