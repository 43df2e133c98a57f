"""Grades of single clients by the project-finance policy, for the tests of letters."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from models.config.letter import LetterConfig
from models.grading.decision import grade_book
from models.grading.evidence import grade_report
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.overrides import Override
from models.grading.report import GradeReport
from support.graded import FEATURES, PROJECT_FINANCE, facts_of

CONTACT = {
    "office": {"en": "Client Rights Office", "zh": "客户权益部"},
    "address": {"en": "1 Example Street, Example City", "zh": "示例市示例路1号"},
    "email": "rights@bank.example",
    "phone": "+00 000 000 000",
}
LETTERS = LetterConfig.model_validate({"lender": {"en": "Example Bank", "zh": "示例银行"}, "contact": CONTACT})
_ORDINARY: dict[str, Any] = {
    "pd_last": 0.02,
    "pd_age_days": 100.0,
    "value": 1e6,
    "decline": 0.2,
    "accounts_leverage": 4.0,
    "accounts_interest_cover": 4.0,
    "registered_capital": 1e7,
    "accounts_revenue": 1e7,
    "market_position": "established",
    "facility_utilisation": 0.6,
    "funnel_open_amount": 1e6,
    "tenure_days": 1_200.0,
    "mix_products_ever": 2.0,
    "facility_open_count": 2.0,
    "csat_last": 4.0,
    "group_default_recency_days": 5_000.0,
    "default_recency_days": 5_000.0,
}


def _fitted() -> GradingPolicy:
    """With cut-offs of value learned from a hundred clients worth 0 to 10 m."""
    return fit_policy(PROJECT_FINANCE, facts_of(value=np.linspace(0.0, 1e7, 101)), "USD")


POLICY = _fitted()
SOUND: dict[str, Any] = {
    "value": 9.5e6,
    "pd_last": 0.002,
    "decline": 0.05,
    "accounts_leverage": 1.5,
    "accounts_interest_cover": 9.0,
    "registered_capital": 2.5e7,
    "accounts_revenue": 4e7,
    "market_position": "leader",
    "tenure_days": 2_000.0,
    "mix_products_ever": 4.0,
    "facility_open_count": 4.0,
}
"""What makes a client AA."""


def grade_of(*, override: str = "", **features: Any) -> GradeReport:
    """The grade of a client that is ordinary but for ``features``; ``override`` is a tier that a person asks for."""
    asked = Override(
        tier=override, reason="L. Chen knows the sponsor", by="L. Chen", on=date(2023, 1, 1), until=date(2025, 1, 1)
    )
    facts = facts_of(**{**_ORDINARY, **features}, overrides={"c0": asked} if override else None)
    return grade_report(grade_book(POLICY, facts), 0, FEATURES)
