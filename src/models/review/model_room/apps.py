"""The Django app of the model room."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class ModelRoomConfig(ScreenConfig):
    """Its line in the navigation."""

    default = True
    name = "models.review.model_room"
    label = "review_model_room"
    title = Text("Models", "screen")
    home = "models"
    needs = Right.SEE_MODELS
