"""The Django app of the policy lab."""

from __future__ import annotations

from models.review.shared.rights import Right
from models.review.shared.screens import ScreenConfig
from models.text import Text


class PolicyLabConfig(ScreenConfig):
    """Another policy, tried on the published clients, proposed, and approved."""

    name = "models.review.policy_lab"
    label = "review_policy_lab"
    title = Text("Policy lab", "screen")
    home = "policy_lab"
    needs = Right.SEE_MODELS
