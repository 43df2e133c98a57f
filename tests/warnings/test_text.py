"""A warning is told in sentences: how bad it is, what became of it, and on which side the client turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from models.panel.features.words import FeatureWords, FigureUnit
from models.text import ENGLISH, Label, Language
from models.warnings.report import AlarmState, ClientWarning, Evidence
from models.warnings.text import rank_formula, warning_sentences

RISK = Evidence(dimension="risk", feature="decline_probability", now=0.62, before=0.1, usual=None, strength=1.8)
WARNING = ClientWarning(
    client_id="00123",
    severity=71.6,
    evidence=(RISK,),
    business_at_risk=412_345.0,
    credit_loss=None,
    state=AlarmState.SHOWN,
    rank=3,
    first_seen=date(2023, 12, 1),
)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "Severity 72 of 100, business at risk 412 k USD, credit loss not known.",
                "First seen on 1 December 2023; rank 3 of the warnings shown.",
                "Risk: probability of decline went from 10% to 62%.",
            ),
        ),
        (
            "zh",
            (
                "严重程度72（满分100），在险业务41.2万美元，预期信用损失未知。",
                "首次发现于2023年12月1日；在已提示的预警中排第3位。",
                "风险：业务下滑概率此前为10%，现为62%。",
            ),
        ),
    ],
)
def test_a_client_that_turned_is_told_how_badly(lang: Language, expected: tuple[str, ...]) -> None:
    assert warning_sentences([WARNING], words={}, currency="USD", lang=lang) == expected


def test_what_a_default_costs_stands_beside_the_business_at_risk() -> None:
    lending = replace(WARNING, credit_loss=1_190_000.0, state=None)
    summary, risk = warning_sentences([lending], words={}, currency="USD", lang=ENGLISH)
    assert summary == "Severity 72 of 100, business at risk 412 k USD, credit loss 1.19 m USD."
    assert risk.startswith("Risk: ")  # not published: neither rank nor date


@pytest.mark.parametrize(
    ("lang", "before", "now", "expected"),
    [
        ("en", 0.2, -0.8, "Activity: income against the months before went from up 50% to down 89%"),
        ("en", 1.0, -1.0, "Activity: income against the months before: “began anew” then, “stopped” now"),
        ("zh", 1.0, -1.0, "业务活跃度：收入较前期的变化：此前“从无到有”，现在“归零”"),
    ],
)
def test_a_change_is_told_as_people_say_it(lang: Language, before: float, now: float, expected: str) -> None:
    """With what is usual where that is known; and from a beginning to an end nothing "goes"."""
    said = Label(((ENGLISH, "income against the months before"), (Language("zh"), "收入较前期的变化")))
    words = {"trend": cast(FeatureWords, SimpleNamespace(figure=FigureUnit.GROWTH, describe=said.within))}
    trend = Evidence(dimension="activity", feature="trend", now=now, before=before, usual=0.1, strength=1.0)
    warning = replace(WARNING, evidence=(trend,))
    *_, reported = warning_sentences([warning], words=words, currency="USD", lang=lang)
    usual = {"en": " (usual for clients like this one: up 22%).", "zh": "（同类客户通常为上升22%）。"}
    assert reported == expected + usual[lang]


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        (0.0, "severity × probability of decline,"),
        (0.5, "severity × √(probability of decline × stake),"),
        (0.25, "severity × probability of decline^0.75 × stake^0.25,"),
        (1.0, "severity × stake,"),
    ],
)
def test_the_formula_of_the_rank_is_that_of_the_config(weight: float, expected: str) -> None:
    assert expected in rank_formula(weight, ["AAA", "AA"])
    assert rank_formula(weight, ["AAA", "AA"]).startswith(
        "Ranked with those first who are or were AAA, AA, whatever the budget"
    )
