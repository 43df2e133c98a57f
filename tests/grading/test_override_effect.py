"""An override before it is sent: no cap is lifted, and the terms are those that a run would publish."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.errors import UserError
from models.grading.decision import assess, decide
from models.grading.fitted import fit_policy
from models.grading.override_effect import GradedClient, override_effect, treatment_under
from models.grading.overrides import Override
from models.scoring.tier_columns import tier_columns
from models.text import Language
from support.graded import AS_OF, PROJECT_FINANCE, facts_of
from support.review_chain import LATER, TODAY

OVERDUE = [0.0, 45.0, 120.0, 400.0]
KINDS = {
    "relationship_type": pa.array(["strategic", "transactional", "partnership", "problem-solving"]),
    "stage": pa.array(["development", "maturity", "decline", "churned"]),
    "warnings": pa.array([[], ["risk"], ["tone", "arrears"], []]),
    "warning_severity": pa.array([0.0, 60.0, 90.0, 0.0]),
}


def published(asked: str = "") -> list[dict[str, Any]]:
    """Rows of scores of four clients, all of which a person asks that tier for, if any."""
    override = Override(tier=asked or "B", reason="why", by="x", on=TODAY, until=LATER)
    facts = facts_of(
        arrears=np.array(OVERDUE),
        pd_age_days=[10.0] * 4,
        overrides={f"c{number}": override for number in range(4)} if asked else {},
    )
    decided = decide(assess(fit_policy(PROJECT_FINANCE, facts, "USD"), facts))
    assert facts.as_of == AS_OF
    rows: list[dict[str, Any]] = pa.table({**tier_columns(decided, KINDS), **KINDS}).to_pylist()
    return rows


def client_of(row: dict[str, Any]) -> GradedClient:
    return GradedClient(
        tier=row["tier"],
        by_rule=row["tier_by_rule"],
        caps=tuple(row["tier_caps"]),
        relationship_type=row["relationship_type"],
        stage=row["stage"],
        warnings=tuple(row["warnings"]),
        severity=row["warning_severity"],
    )


@pytest.mark.parametrize("asked", PROJECT_FINANCE.scale.names)
def test_what_is_shown_before_is_what_the_next_run_publishes(asked: str) -> None:
    for before, after in zip(published(), published(asked), strict=True):
        effect = override_effect(PROJECT_FINANCE, client_of(before), asked)
        assert (effect.now, effect.then) == (before["tier"], after["tier"])
        treatments = [treatment_under(PROJECT_FINANCE, client_of(before), tier) for tier in (effect.now, effect.then)]
        assert [vars(each) for each in treatments] == [before["treatment"], after["treatment"]]
        assert effect.is_barred == (after["override"]["state"] == "held down by a cap")


def test_the_caps_that_hold_are_named_the_hardest_first_and_in_the_language_asked_for() -> None:
    late = client_of(published()[2])
    effect = override_effect(PROJECT_FINANCE, late, "AA", language=Language("zh"))
    assert (effect.then, effect.leaves, effect.is_barred) == ("B", "B", True)
    assert [cap.name for cap in effect.caps] == list(late.caps)
    assert "逾期" in effect.caps[0].because


def test_the_terms_that_change_are_told_from_those_that_stay() -> None:
    effect = override_effect(PROJECT_FINANCE, client_of(published()[0]), "B")
    changed = {term.title: (term.now, term.then) for term in effect.terms if term.is_other}
    assert changed["Collateral"][0] != changed["Collateral"][1]
    assert {"Limit", "Rate", "Collateral", "Monitoring"} <= {term.title for term in effect.terms}
    same = override_effect(PROJECT_FINANCE, client_of(published()[0]), effect.now)
    assert not any(term.is_other for term in same.terms)


def test_no_tier_asked_for_lifts_any_cap() -> None:
    for row, asked in product(published(), PROJECT_FINANCE.scale.names):
        effect, scale = override_effect(PROJECT_FINANCE, client_of(row), asked), PROJECT_FINANCE.scale
        assert scale.rank(effect.then) >= scale.rank(effect.leaves)


def test_a_tier_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="choose one of AA, A, B"):
        override_effect(PROJECT_FINANCE, client_of(published()[0]), "AAA")
