"""The section ``tiers``: what share of the book reaches each tier by expected value, and with what risk of decline."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from models.config.base import OpenShare, Section, Share
from models.config.policy.tiers import TierName, TierScale, by_tier, rising_problems
from models.errors import UserError

SHARES = (0.1, 0.4)
MAX_DECLINES = (0.5, 0.8)
"""The numbers of the best tier and of the last but one, where a config gives none."""
_OLDER_KEYS = {"aa": "AA", "a": "A"}


def by_older_keys(given: Any, fields: tuple[str, ...]) -> Any:
    """A section whose numbers are named ``aa_share`` and the like, as configs of three tiers have them, by tier.

    >>> by_older_keys({"aa_share": 0.2, "share": {"A": 0.5}}, ("share",))
    {'share': {'A': 0.5, 'AA': 0.2}}
    """
    if not isinstance(given, dict):
        return given
    older = {f"{key}_{field}": (field, tier) for field in fields for key, tier in _OLDER_KEYS.items()}
    newer: dict[str, Any] = {key: value for key, value in given.items() if key not in older}
    for key in given:
        if key in older:
            field, tier = older[key]
            newer[field] = {**newer.get(field, {}), tier: given[key]}
    return newer


class TiersConfig(Section):
    """How expected value and decline grade a client: the best tier of which it reaches the share and the risk.

    A client reaches a tier if its expected value is within the top ``share`` of the book and its decline is at most
    ``max_decline``; the last tier takes all others. What is not given lies evenly between the defaults of the best tier
    and of the last but one.
    """

    share: dict[TierName, OpenShare] = Field(
        default_factory=dict, description="Tier, any but the last -> top share of the book by expected value."
    )
    max_decline: dict[TierName, Share] = Field(
        default_factory=dict, description="Tier, any but the last -> highest probability of decline."
    )

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        return by_older_keys(given, ("share", "max_decline"))

    def shares(self, scale: TierScale) -> dict[str, float]:
        """Upper tier -> share of the book, best first."""
        return by_tier(self.share, scale, SHARES)

    def max_declines(self, scale: TierScale) -> dict[str, float]:
        """Upper tier -> highest probability of decline, best first."""
        return by_tier(self.max_decline, scale, MAX_DECLINES)

    def problems(self, scale: TierScale) -> list[UserError]:
        """Everything that is wrong with it beside the tiers of a policy."""
        return [
            *rising_problems("tiers.share", self.share, scale, SHARES, strictly=True),
            *rising_problems("tiers.max_decline", self.max_decline, scale, MAX_DECLINES, strictly=False),
        ]
