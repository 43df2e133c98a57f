"""Treatments: the shipped table says what a relationship manager would do, for every tier, type and stage once."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from models.config.policy.policy import PolicyConfig
from models.errors import InternalError, UserError
from models.grading.treatments import Treatment, TreatmentTable
from models.vocab import RelationshipType, Stage
from support.graded import CREDIT_AND_VALUE, PROJECT_FINANCE, policy_of

WORDS = {
    "coverage": {"team": {"en": "team", "zh": "团队"}, "digital": {"en": "digital", "zh": "数字化"}},
    "contact_plans": {"visit": {"en": "visits", "zh": "拜访"}},
    "next_steps": {"keep": {"en": "keep", "zh": "维护"}, "exit": {"en": "exit", "zh": "退出"}},
}
EVERYBODY: dict[str, Any] = {
    "rate_bp": 0,
    "least_credit_points": 40,
    "collateral_cover": 0.5,
    "limit_action": "hold",
    "monitoring_months": 6,
    "coverage": "digital",
    "contact_plan": "visit",
    "next_step": "keep",
}


def table_of(*rows: dict[str, Any]) -> TreatmentTable:
    return TreatmentTable(policy_of(treatments={**WORDS, "rows": [EVERYBODY, *rows]}))


def one(table: TreatmentTable, tier: str, kind: str, stage: str, cap: int = -1) -> Treatment:
    return table.look_up(*(np.array([name]) for name in (tier, kind, stage)), cap=np.array([cap])).of(0)


def test_a_strategic_aa_client_is_courted_and_a_small_one_that_leaves_is_let_go() -> None:
    table = TreatmentTable(PROJECT_FINANCE)
    best, least = one(table, "AA", "strategic", "development"), one(table, "B", "transactional", "churned")
    assert (best.coverage, best.limit_action, best.next_step, best.rate_bp) == ("dedicated_team", "raise", "grow", -25)
    assert (least.coverage, least.limit_action, least.next_step, least.rate_bp) == ("digital", "cut", "let_go", 50)
    assert dict(table.describe(best))["Contact"] == "strategic review every quarter, answers within a day"
    assert dict(table.describe(best, "zh"))["利率"] == "标准利差下浮25个基点"


def test_better_tiers_get_better_terms_whatever_type_and_stage() -> None:
    table = TreatmentTable(PROJECT_FINANCE)
    for kind, stage in product(RelationshipType, Stage):
        terms = [one(table, tier, kind, stage) for tier in PROJECT_FINANCE.scale.names]
        for field in ("rate_bp", "least_credit_points", "collateral_cover"):
            assert sorted(getattr(each, field) for each in terms) == [getattr(each, field) for each in terms]
        assert terms[0].monitoring_months >= terms[1].monitoring_months >= terms[2].monitoring_months


def test_no_capped_client_is_lent_more_and_a_loss_is_an_exit() -> None:
    table, caps = TreatmentTable(PROJECT_FINANCE), PROJECT_FINANCE.caps
    for (place, cap), kind, stage in product(enumerate(caps), RelationshipType, Stage):
        treated = one(table, cap.at_most, kind, stage, place)
        assert treated.limit_action != "raise"
        assert treated.next_step == "exit" or cap.name != "loss"


def test_the_row_that_names_more_decides_field_by_field() -> None:
    table = table_of(
        {"tier": "AA", "rate_bp": -20},
        {"tier": "AA", "stage": ["decline", "churned"], "rate_bp": -5, "limit_action": "cut"},
    )
    assert one(table, "AA", "strategic", "maturity").rate_bp == -20
    assert one(table, "AA", "strategic", "decline").rate_bp == -5
    assert one(table, "A", "strategic", "decline").limit_action == "hold"


def test_rows_of_equal_rank_that_differ_are_refused_until_one_names_more() -> None:
    tier, stage = {"tier": "AA", "rate_bp": -20}, {"stage": "churned", "rate_bp": 30}
    with pytest.raises(ValidationError) as caught:
        table_of(tier, stage)
    assert "rows 2 and 3 must not both decide rate_bp, got a contradiction, -20 against 30" in str(caught.value)
    assert "AA, strategic, churned; AA, transactional, churned; AA, partnership, churned; and 1 more" in str(
        caught.value
    )
    settled = table_of(tier, stage, {"tier": "AA", "stage": "churned", "rate_bp": 0})
    assert one(settled, "AA", "strategic", "churned").rate_bp == 0


def test_every_missing_treatment_and_word_is_told_at_once() -> None:
    row = {name: value for name, value in EVERYBODY.items() if name not in ("coverage", "limit_action")}
    with pytest.raises(ValidationError) as caught:
        policy_of(treatments={**WORDS, "rows": [row, {"tier": ["AA", "A"], "coverage": "teem"}]})
    for sentence in (
        "the coverage of row 2 must be known, got 'teem': did you mean team?",
        "must have a coverage, got a treatment missing: none for B, strategic, acquisition",
        "must have a limit_action, got a treatment missing: none for AA, strategic, acquisition",
        "and 57 more",
    ):
        assert sentence in str(caught.value)


def test_columns_come_for_all_clients_at_once() -> None:
    table = table_of({"tier": "B", "monitoring_months": 1})
    treated = table.look_up(np.array(["B", "AA"]), np.array(["strategic"] * 2), np.array(["maturity"] * 2))
    assert treated.column("monitoring_months").tolist() == [1, 6]
    assert treated.column("next_step").tolist() == ["keep", "keep"]


def test_a_policy_without_treatments_and_a_kind_that_there_is_not_are_refused() -> None:
    with pytest.raises(UserError, match="the policy must have treatments"):
        TreatmentTable(PolicyConfig.model_validate(CREDIT_AND_VALUE))
    with pytest.raises(InternalError, match="'C'"):
        one(table_of(), "C", "strategic", "maturity")
