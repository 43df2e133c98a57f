"""The Django app of auditors."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class TrailConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.trail"
    label = "review_trail"
    title = Text("Audit", "screen")
    home = "trail"
    needs = Right.SEE_TRAIL
