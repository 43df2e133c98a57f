"""The Django app of warnings; what people do there are entries of the chain."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class AlertsConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.alerts"
    label = "review_alerts"
    title = Text("Warnings", "screen")
    home = "alerts"
    needs = Right.SEE_CLIENTS
