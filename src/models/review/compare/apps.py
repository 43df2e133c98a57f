"""The Django app of comparisons."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class CompareScreenConfig(ScreenConfig):
    """Two to four clients, or one at two dates."""

    name = "models.review.compare"
    label = "review_compare"
    title = Text("Compare", "screen")
    home = "compare"
    needs = Right.SEE_CLIENTS
