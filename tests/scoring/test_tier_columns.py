"""The treatment of a client that just turned is tightened in its row of scores, for no other client."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from models.grading.decision import assess, decide
from models.grading.fitted import fit_policy
from models.scoring.tier_columns import tier_columns
from support.graded import PROJECT_FINANCE, facts_of

CLIENTS = 4
KINDS: dict[str, pa.Array] = {
    "relationship_type": pa.array(["transactional"] * CLIENTS),
    "stage": pa.array(["development"] * CLIENTS),
}


def treated(warnings: list[list[str]] | None = None, severity: list[float] | None = None) -> list[dict[str, Any]]:
    """Of clients of which the last is 45 days overdue."""
    facts = facts_of(arrears=np.array([0.0, 0.0, 0.0, 45.0]), pd_age_days=[10.0] * CLIENTS)
    decided = decide(assess(fit_policy(PROJECT_FINANCE, facts, "USD"), facts))
    kinds = dict(KINDS)
    if warnings is not None:
        kinds |= {"warnings": pa.array(warnings), "warning_severity": pa.array(severity)}
    treatments: list[dict[str, Any]] = tier_columns(decided, kinds)["treatment"].to_pylist()
    return treatments


def test_who_warns_is_tightened_and_nobody_else() -> None:
    calm = treated()
    warned = treated([[], ["risk"], ["tone", "arrears"], ["arrears"]], [0.0, 60.0, 90.0, 100.0])
    assert warned[0] == calm[0] == treated([[]] * CLIENTS, [0.0] * CLIENTS)[0]
    assert [each["warned_dimension"] for each in warned] == ["", "other", "arrears", "arrears"]
    assert [each["warned_severity"] for each in warned] == ["", "raised", "high", "high"]
    assert warned[1]["limit_action"] == "hold"
    assert [each["coverage"] for each in warned[2:]] == ["risk_team"] * 2
    assert [each["limit_action"] for each in warned[2:]] == ["cut"] * 2
    assert [each["monitoring_months"] for each in warned[1:]] == [3, 1, 1]


def test_arrears_without_a_warning_call_for_the_risk_team_by_their_cap() -> None:
    assert [each["coverage"] for each in treated()] == ["relationship_manager"] * 3 + ["risk_team"]
    assert [each["cap"] for each in treated()] == [""] * 3 + ["overdue_30"]
