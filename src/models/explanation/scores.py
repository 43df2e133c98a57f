"""The row of scores of one client, typed: what a run publishes of it, but for warnings and treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pyarrow as pa

from models.grading.known_overrides import PublishedOverride
from models.profiles.types import DriverEvidence

_RECORDS = {
    "relationship_evidence": DriverEvidence,
    "need_evidence": DriverEvidence,
}
"""Columns that hold a list of records."""


@dataclass(frozen=True, kw_only=True)
class ClientScores:
    """One client's scores. Value in currency; intervals are None or NaN where they are not known.

    Value is the margin less the credit loss, whose parts are None where no defaults are known.

    Attributes:
        stage_candidate_periods: how long the candidate has held, likewise of both types.
        relationship_degrees, need_degrees: memberships by type, which sum to 1.
        relationship_drivers, need_drivers: where the client stands on each driver, from -1 to 1.
        cold_start: whether it was without activity, so that others who began alike speak for it.
        tier_by_rule: before overrides and caps.
        override: None where nobody asked for a tier.
        tier_lacking: the dimension that lacks most for the next tier, and by how much in its unit.
    """

    client_id: str
    value: float
    value_low: float | None
    value_high: float | None
    margin: float
    margin_low: float | None
    margin_high: float | None
    credit_loss: float | None
    credit_loss_low: float | None
    credit_loss_high: float | None
    default_probability: float | None
    exposure_at_default: float | None
    loss_given_default: float | None
    decline_probability: float
    stage: str
    segment: int
    segment_name: str
    relationship_type: str
    need_type: str
    stage_candidate: str | None
    stage_candidate_periods: int
    relationship_type_candidate: str | None
    relationship_type_candidate_periods: int
    need_type_candidate: str | None
    need_type_candidate_periods: int
    relationship_degrees: Mapping[str, float | None]
    relationship_drivers: Mapping[str, float | None]
    relationship_evidence: tuple[DriverEvidence, ...]
    need_degrees: Mapping[str, float | None]
    need_drivers: Mapping[str, float | None]
    need_evidence: tuple[DriverEvidence, ...]
    region_class: str
    market_potential: str
    value_class: str
    value_class_score: float
    decline_low: float | None
    decline_high: float | None
    segment_margin: float | None
    cold_start: bool
    tier: str
    tier_reason: str
    tier_by_rule: str
    tier_basis: str
    override: PublishedOverride | None
    next_tier: str | None
    tier_lacking: str | None
    tier_lacking_amount: float | None

    @classmethod
    def of_columns(cls, columns: Mapping[str, pa.Array]) -> ClientScores:
        """The first row of the columns of scores, given as Arrow arrays."""
        row = {part.name: columns[part.name][0].as_py() for part in fields(cls)}
        for name, kind in _RECORDS.items():
            row[name] = tuple(kind(**record) for record in row[name] or ())
        row["override"] = None if row["override"] is None else PublishedOverride(**row["override"])
        return cls(**row)
