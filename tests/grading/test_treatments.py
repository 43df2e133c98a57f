"""Treatments: the shipped table says what a relationship manager would do, for every tier, type and stage once."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from models.config.policy.policy import PolicyConfig
from models.errors import InternalError, UserError
from models.grading.treatments import Treatment, TreatmentTable, WarnedClients
from models.vocab import RelationshipType, Stage
from support.graded import CREDIT_AND_VALUE, POLICIES, PROJECT_FINANCE, policy_of

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


FIVE_TIERS = PolicyConfig.model_validate(yaml.safe_load((POLICIES / "five_tiers.yaml").read_text(encoding="utf-8")))
HARDER = ("raise", "hold", "cut")


def one(
    table: TreatmentTable, tier: str, kind: str, stage: str, cap: int = -1, *, severity: float = 0.0, warns: str = ""
) -> Treatment:
    """The treatment of one client, which warns in the dimensions ``warns`` names, if any."""
    warned = WarnedClients(severity=np.array([severity]), warns={name: np.array([True]) for name in warns.split()})
    keys = (np.array([name]) for name in (tier, kind, stage))
    return table.look_up(*keys, cap=np.array([cap]), warned=warned).of(0)


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


def test_an_aa_client_that_turned_is_not_lent_more_and_looked_at_at_once() -> None:
    """Three project loans refinanced away, risk from 0.8% to 18.9%: "raise the limit, review in a year" must go."""
    table = TreatmentTable(PROJECT_FINANCE)
    calm = one(table, "AA", "strategic", "maturity")
    turned = one(table, "AA", "strategic", "maturity", severity=87.0, warns="risk activity")
    assert (calm.limit_action, calm.monitoring_months, calm.next_step) == ("raise", 12, "deepen")
    assert (turned.limit_action, turned.monitoring_months, turned.next_step) == ("hold", 1, "retain")
    assert (turned.warned_severity, turned.warned_dimension, turned.coverage) == ("high", "other", "dedicated_team")
    assert one(table, "AA", "strategic", "maturity", severity=60.0, warns="risk").monitoring_months == 3
    assert dict(table.describe(turned))["Tightened"] == "since the client warns (other sides, severity from 75 on)"
    assert "Tightened" not in dict(table.describe(calm))


@pytest.mark.parametrize("policy", [PROJECT_FINANCE, FIVE_TIERS], ids=["three tiers", "five tiers"])
def test_arrears_call_for_the_risk_team_whatever_tier_type_and_stage(policy: PolicyConfig) -> None:
    table = TreatmentTable(policy)
    overdue = [cap.name for cap in policy.caps].index("overdue_30")
    for tier, kind, stage in product(policy.scale.names, RelationshipType, Stage):
        behind = [one(table, tier, kind, stage, severity=level, warns="tone arrears risk") for level in (50.0, 100.0)]
        for treated in (*behind, one(table, tier, kind, stage, overdue)):
            assert (treated.coverage, treated.contact_plan) == ("risk_team", "while_solving")
            assert (treated.next_step, treated.monitoring_months) == ("restructure", 1)
        assert behind[1].limit_action == "cut"


@pytest.mark.parametrize("policy", [PROJECT_FINANCE, FIVE_TIERS], ids=["three tiers", "five tiers"])
def test_neither_warning_nor_cap_loosens_what_another_asks_for(policy: PolicyConfig) -> None:
    table = TreatmentTable(policy)
    caps = range(-1, len(policy.caps))
    for tier, kind, stage, cap in product(policy.scale.names, RelationshipType, Stage, caps):
        calm = one(table, tier, kind, stage, cap)
        for severity, side in product((50.0, 75.0), ("arrears", "rating", "activity")):
            warned = one(table, tier, kind, stage, cap, severity=severity, warns=side)
            uncapped = one(table, tier, kind, stage, severity=severity, warns=side)
            for gentler in (calm, uncapped):
                assert HARDER.index(warned.limit_action) >= HARDER.index(gentler.limit_action)
                assert warned.monitoring_months <= gentler.monitoring_months
                assert warned.collateral_cover >= gentler.collateral_cover
            assert warned.limit_action != "raise"
            assert warned.monitoring_months <= 3
            decided = None if cap < 0 else policy.caps[cap].treatment
            if decided is not None and decided.next_step is not None:
                assert warned.next_step == decided.next_step  # a warning does not take a client from recovery


WARNED: dict[str, Any] = {"warned": {"severities": {"low": 50, "high": 80}, "dimensions": ["arrears"]}}
TIGHT: dict[str, Any] = {"limit_action": "hold", "monitoring_months": 1, "next_step": "exit"}


def warned_table(*rows: dict[str, Any], **changes: Any) -> TreatmentTable:
    return TreatmentTable(policy_of(treatments={**WORDS, **WARNED, **changes, "rows": [EVERYBODY, *rows]}))


def test_a_kind_of_warning_without_a_treatment_or_with_two_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        warned_table({"severity": "high", **TIGHT}, {"severity": "low", "dimension": "arrears", "next_step": "exit"})
    for sentence in (
        "every tier, relationship type, stage, severity and dimension must have a limit_action",
        "none for AA, strategic, acquisition, low, arrears",
        "every tier, relationship type, stage, severity and dimension must have a next_step, got a treatment missing: "
        "none for AA, strategic, acquisition, low, other",
    ):
        assert sentence in str(caught.value)
    both = ({"severity": ["low", "high"], **TIGHT}, {"dimension": "arrears", "monitoring_months": 2})
    with pytest.raises(ValidationError, match="rows 2 and 3 must not both decide monitoring_months"):
        warned_table(*both)


@pytest.mark.parametrize(
    ("row", "changes", "sentence"),
    [
        (
            {"severity": "hihg"},
            {},
            "the severity of row 3, among those of warned, must be known, got 'hihg': did you m",
        ),
        ({"dimension": "arears"}, {}, "the dimension of row 3, among those of warned, must be known, got 'arears'"),
        ({"dimension": "arrears"}, {"warned": None}, "must be known, got 'arrears': known are none"),
        ({}, {"warned": {"severities": {"high": 80, "low": 50}}}, "warned.severities must rise"),
        ({}, {"warned": {"severities": {"low": 50}, "dimensions": ["other"]}}, "must be named once"),
    ],
)
def test_warnings_that_there_are_not_are_refused(row: dict[str, Any], changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        warned_table({"severity": "low", **TIGHT}, {"rate_bp": 0, **row}, **changes)
    assert sentence in str(caught.value)


def test_the_first_named_dimension_decides_and_a_slight_warning_changes_nothing() -> None:
    rows = ({"severity": ["low", "high"], **TIGHT}, {"severity": "high", "dimension": "arrears", "limit_action": "cut"})
    table = warned_table(*rows)
    assert one(table, "AA", "strategic", "maturity", severity=90.0, warns="tone arrears").limit_action == "cut"
    assert one(table, "AA", "strategic", "maturity", severity=70.0, warns="tone arrears").limit_action == "hold"
    assert one(table, "AA", "strategic", "maturity", severity=90.0, warns="tone").warned_dimension == "other"
    late = warned_table({"severity": "high", **TIGHT}, warned={"severities": {"high": 80}})
    assert one(late, "AA", "strategic", "maturity", severity=70.0, warns="arrears").next_step == "keep"
    silent = table_of()
    assert one(silent, "AA", "strategic", "maturity", severity=99.0, warns="arrears") == one(
        silent, "AA", "strategic", "maturity"
    )


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
