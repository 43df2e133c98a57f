"""Why tiers are as they are, over a book: what lacks by criterion, caps that hold and that cannot, and stability."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from models.config.policy.tiers import DEFAULT_SCALE
from models.grading.coverage import idle_caps
from models.grading.decision import grade_book
from models.grading.fitted import fit_policy
from models.grading.report import IdleCap
from models.overview.grades import CapCount, LackingCount, grade_summary
from models.scoring.tier_columns import tier_columns
from support.graded import PROJECT_FINANCE, facts_of, policy_of


def test_what_lacks_caps_and_stability_are_counted() -> None:
    facts = facts_of(
        value=[3e6, 3e6, 1e6, 3e6, 3e6, 1e6],
        pd_last=[0.01, 0.05, 0.01, 0.06, 0.01, 0.0705],
        arrears=[0.0, 0.0, 0.0, 0.0, 95.0, 0.0],
        previous=["", "", "", "", "", "A"],
    )
    decided = grade_book(fit_policy(policy_of(stability={"margin": 0.05}), facts, "USD"), facts)
    assert decided.tier.tolist() == ["AA", "A", "A", "A", "B", "A"]
    scores = pa.table(tier_columns(decided, {})).to_pandas()
    found = grade_summary(scores, DEFAULT_SCALE)
    assert found is not None
    assert found.lacking == (
        LackingCount(tier="A", next_tier="AA", dimension="credit", criterion="pd_last", clients=3),
        LackingCount(tier="A", next_tier="AA", dimension="expected_value", criterion=None, clients=1),
    )
    assert found.caps == (CapCount(cap="overdue_90", clients=1, lowered=1),)
    assert found.kept_by == {"margin": 1}
    assert found.not_in_force == ()


def test_caps_whose_feature_the_book_lacks_are_listed_and_those_for_who_misses_it_hold() -> None:
    facts = facts_of(value=9e6, registered_capital=np.array([1e9]))
    lacking = replace(facts, features=facts.features.drop(columns=["arrears_days"]))
    decided = grade_book(fit_policy(PROJECT_FINANCE, facts, "USD"), lacking)
    caps = idle_caps(PROJECT_FINANCE, decided.assessment.coverage)
    assert [cap.name for cap in caps] == [
        cap.name for cap in PROJECT_FINANCE.caps if not (cap.or_missing or cap.optional)
    ]
    idle = [IdleCap(name=each.name, feature=each.feature, at_most=each.at_most) for each in caps]
    found = grade_summary(pa.table(tier_columns(decided, _kinds())).to_pandas(), DEFAULT_SCALE, idle)
    assert found is not None
    assert [cap.cap for cap in found.caps] == ["rating_missing_or_old"]
    assert [cap.name for cap in found.not_in_force] == [cap.name for cap in caps]


def test_a_run_that_does_not_publish_it_has_no_summary() -> None:
    assert grade_summary(pa.table({"tier": ["A"]}).to_pandas(), DEFAULT_SCALE) is None


def _kinds() -> dict[str, pa.Array]:
    return {"relationship_type": pa.array(["strategic"]), "stage": pa.array(["maturity"])}
