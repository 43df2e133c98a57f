"""The columns of scores about tiers: the tier, why, how far the next one is, and the treatment that it calls for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

import numpy as np
import pyarrow as pa

from models.config.policy.tiers import TierScale
from models.grading.decision import TierDecisions
from models.grading.distance import shortfall
from models.grading.known_overrides import override_column
from models.grading.reasons_text import reasons
from models.grading.treatments import Treatment, TreatmentTable
from models.notices import Notice, Severity
from models.publications.previous import PreviousScores
from models.vocab import TextArray

BY_RULE = "tier_by_rule"
"""What the next run holds on to: the tier before overrides and caps."""


def tier_columns(decided: TierDecisions, kinds: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """One column per fact of each client's tier; ``kinds`` are the columns relationship_type and stage.

    ``tier_lacking`` names the dimension that lacks most for ``next_tier``, and ``tier_lacking_amount`` how much, in its
    unit; both are null where nothing lacks. ``override`` is null where nobody asked for a tier. ``treatment`` is
    there where the policy has treatments.
    """
    lacking = shortfall(decided)
    return {
        "tier": _text(decided.tier),
        "tier_reason": _text(reasons(decided)),
        BY_RULE: _text(decided.by_rule),
        "tier_basis": _text(decided.basis),
        "override": override_column(decided),
        "next_tier": _text_or_null(lacking.next_tier),
        "tier_lacking": _text_or_null(lacking.main),
        "tier_lacking_amount": pa.array(np.where(lacking.main == "", np.nan, lacking.main_lacking), from_pandas=True),
        **_treatments(decided, kinds),
    }


def earlier_tier_notices(previous: PreviousScores | None, scale: TierScale) -> list[Notice]:
    """A warning of clients whose tier in the earlier run is none of the policy: nothing holds them there."""
    if previous is None or BY_RULE not in previous.columns:
        return []
    earlier = previous.columns[BY_RULE].dropna().astype("str")
    others = earlier[~earlier.isin(scale.names)]
    if not len(others):
        return []
    found = (
        f"{len(others):,} clients had {', '.join(sorted(set(others)))} in the run of {previous.as_of}, which the "
        "policy lacks: they are graded as if for the first time, whatever its margin and limit on moves"
    )
    return [
        Notice(
            code="earlier_tier_unknown",
            severity=Severity.WARNING,
            subject="policy.tiers",
            found=found,
            remedy="nothing, where the tiers were meant to change",
            count=len(others),
        )
    ]


def _treatments(decided: TierDecisions, kinds: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    settings = decided.assessment.policy.settings
    if settings.treatments is None:
        return {}
    related, stage = (np.asarray(kinds[name].to_pylist(), dtype=np.str_) for name in ("relationship_type", "stage"))
    treated = TreatmentTable(settings).look_up(decided.tier, related, stage, decided.assessment.cap)
    names = [field.name for field in fields(Treatment)]
    table = pa.Table.from_pylist([asdict(treatment) for treatment in treated.treatments]).select(names)
    return {"treatment": table.to_struct_array().combine_chunks().take(pa.array(treated.place))}


def _text(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string())


def _text_or_null(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string(), mask=np.asarray(values == ""))
