"""The section ``letter``: what a client may be shown of its grade, whom it writes to, and how soon it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from models.config.base import Section
from models.config.explaining import Pattern
from models.config.labels import Wording

Topic = Literal[
    "arrears",
    "default",
    "group",
    "rating_age",
    "rating",
    "debt",
    "cover",
    "size",
    "accounts",
    "capital",
    "standing",
    "sustainability",
    "plans",
    "utilisation",
    "ending",
    "financings",
    "tenure",
    "breadth",
    "business",
]
"""What may be said of criteria, in the words that ``letter/text.py`` has for it; nothing else of a criterion leaves."""

OPEN: Final[Mapping[str, Topic]] = {
    "arrears_*": "arrears",
    "default_*": "default",
    "group_*": "group",
    "pd_age_*": "rating_age",
    "pd_*": "rating",
    "rating_*": "rating",
    "accounts_leverage": "debt",
    "accounts_debt*": "debt",
    "accounts_interest_cover": "cover",
    "accounts_revenue": "size",
    "accounts_*": "accounts",
    "registered_capital": "capital",
    "market_position": "standing",
    "esg_*": "sustainability",
    "funnel_*": "plans",
    "facility_utilisation": "utilisation",
    "facility_maturing_*": "ending",
    "facility_remaining_*": "ending",
    "facility_*": "financings",
    "tenure_*": "tenure",
    "mix_*": "breadth",
    "activity_*": "business",
    "value_*": "business",
}
"""Criteria by pattern, the first that fits: those that a client may be shown, and as what."""

WITHHELD: Final = (
    "country*",
    "region*",
    "nationality*",
    "gender*",
    "sex",
    "age",
    "birth*",
    "marital*",
    "ethnic*",
    "religion*",
    "ownership*",
    "note*",
    "text_*",
    "tone*",
    "*_tone*",
    "likeness*",
    "complaint*",
    "csat*",
    "nps*",
    "survey*",
    "segment*",
    "peer*",
    "alike*",
    "risk_appetite",
    "campaign*",
    "macro*",
)
"""Never shown, whatever a config says: what a person is, the tone of notes, how others stand, and what a client said in
trust, so that nobody pays for a complaint or a frank answer."""


class ContactConfig(Section):
    """Whom a client writes to about its grade: a unit, never a person by name."""

    office: Wording = Field(description="The unit that answers, as it stands on an envelope.")
    address: Wording
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()/-]{4,}$")]


class LetterConfig(Section):
    """Letters that tell clients why they are graded so, and what they may do. It changes no number of a model."""

    lender: Wording | None = Field(default=None, description="The lender's name at the head of a letter.")
    contact: ContactConfig | None = Field(default=None, description="Without one no letter is written.")
    objection_days: Annotated[int, Field(ge=14, le=365)] = Field(
        default=30, description="Days from receipt within which a client objects."
    )
    answer_days: Annotated[int, Field(ge=1, le=30)] = Field(
        default=15, description="Days within which a person answers; GDPR article 12(3) leaves no more than a month."
    )
    criteria: dict[Pattern, Topic] = Field(
        default_factory=dict, description="Further criteria that clients may be shown, and in the words of which topic."
    )
    withheld: tuple[Pattern, ...] = Field(
        default=(), description="Criteria that clients are not shown, beside those built in."
    )

    @model_validator(mode="after")
    def _nothing_withheld_is_shown(self) -> LetterConfig:
        refused = sorted(name for name in self.criteria if is_withheld(name, self.withheld))
        if refused:
            raise ValueError(f"criteria must name nothing that is withheld from letters, got {refused}")
        return self

    def topic_of(self, criterion: str) -> Topic | None:
        """As what a criterion may be shown; None where it must not be.

        >>> LetterConfig().topic_of("arrears_days"), LetterConfig().topic_of("csat_last")
        ('arrears', None)
        """
        if is_withheld(criterion, self.withheld):
            return None
        patterns = {**self.criteria, **OPEN}
        return next((topic for pattern, topic in patterns.items() if fnmatchcase(criterion, pattern)), None)


def is_withheld(criterion: str, further: tuple[str, ...] = ()) -> bool:
    """Whether a criterion, or each that a pattern stands for, is kept from letters."""
    return any(fnmatchcase(criterion, pattern) for pattern in (*WITHHELD, *further))
