"""The Django app of work lists; what people do there are entries of the chain."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class WorklistsConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.worklists"
    label = "review_worklists"
    title = Text("Lists", "screen")
    home = "worklists"
    needs = Right.SEE_CLIENTS
