"""The Django app of letters; what is filed and answered stands in the chain of decisions."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class LettersConfig(ScreenConfig):
    """Letters to clients, and objections to them."""

    name = "models.review.letters"
    label = "review_letters"
    title = Text("Letters", "screen")
    home = "letters"
    needs = Right.SEE_CLIENTS
