"""Evidence for each dimension of one client: its score, its level, and the criteria with observed values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.config.policy.dimensions import CriterionConfig
from models.grading.decision import Assessment
from models.grading.decision_table import DecisionTable
from models.grading.scores import observed


@dataclass(frozen=True, kw_only=True)
class CriterionEvidence:
    """One criterion: what it looks at, what was seen, and the points from 0 to 100; None where nothing is known."""

    name: str
    observed: float | str | None
    points: float | None
    weight: float


@dataclass(frozen=True, kw_only=True)
class DimensionEvidence:
    """One dimension of one client. ``number`` is in ``unit``, None where unknown; ``level`` "" where it has none."""

    name: str
    number: float | None
    unit: str
    level: str
    criteria: tuple[CriterionEvidence, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The criteria of which nothing is known; the others count as if these were not there."""
        return tuple(criterion.name for criterion in self.criteria if criterion.points is None)


def evidence(assessment: Assessment, row: int) -> tuple[DimensionEvidence, ...]:
    """Every dimension of one client, in the policy's order."""
    return tuple(_dimension(assessment, name, row) for name in assessment.policy.settings.dimensions)


def _dimension(assessment: Assessment, name: str, row: int) -> DimensionEvidence:
    dimension, scored = assessment.policy.settings.dimensions[name], assessment.scores[name]
    level = (
        DecisionTable(assessment.policy).levels(name, scored.numbers[row : row + 1])[0] if dimension.levels else None
    )
    criteria = zip(dimension.criteria, scored.points, strict=True) if dimension.criteria else ()
    return DimensionEvidence(
        name=name,
        number=_known(scored.numbers[row]),
        unit=dimension.unit,
        level="" if level is None else dimension.level_names[level],
        criteria=tuple(_criterion(assessment, criterion, points[row], row) for criterion, points in criteria),
    )


def _criterion(assessment: Assessment, criterion: CriterionConfig, points: float, row: int) -> CriterionEvidence:
    column = observed(criterion, assessment.facts, assessment.scores)
    seen = None if column is None or pd.isna(column.iloc[row]) else column.iloc[row]
    return CriterionEvidence(
        name=criterion.name,
        observed=seen if seen is None or isinstance(seen, str) else float(seen),
        points=_known(points),
        weight=criterion.weight,
    )


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
