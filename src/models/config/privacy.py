"""The section ``privacy``: clients who refused the processing of their data, and for how long rows are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.config.base import Count, Section


class PrivacyConfig(Section):
    """What is done with the data of people who may refuse it."""

    without_consent: Literal["left_out", "scored"] = Field(
        default="left_out",
        description="What becomes of a client whose consent is false in the book of today, at every as-of date. "
        "left_out: neither scored nor learned from, and shown with id, name, exposure and days overdue alone; the sums "
        "of its group and of the book keep it. scored: like any other, where another ground of law holds. A client "
        "whose consent is not known was not asked, and counts as having given it.",
    )

    keep: dict[str, Count] = Field(
        default_factory=dict,
        description="Table of dated rows -> months before book.known_until for which its rows are kept, such as "
        "interactions: 36. Older rows are left out at the door, and counted.",
    )

    def meaning(self) -> dict[str, str]:
        """What of it decides numbers, where it is not as by default: books without refusals mean what they meant."""
        return {} if self.leaves_out else {"without_consent": self.without_consent}

    @property
    def leaves_out(self) -> bool:
        """Whether clients who refused are left out."""
        return self.without_consent == "left_out"
