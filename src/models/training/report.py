"""The report of a training: the evaluation, the models that serve, and the segments and kinds of the latest origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from models.codec import written_as
from models.evaluation.report.contents import EvaluationReport, ValueChoice
from models.evaluation.report.explained import ExplainedModels
from models.pipeline.serving import ServingModels
from models.segments.contents import SegmentsReport
from models.segments.profile_report import KindsReport
from models.training.directions import DirectionCheck


@dataclass(frozen=True, kw_only=True)
class TreeCounts:
    """So many trees each model has."""

    value: int
    decline: int


@dataclass(frozen=True, kw_only=True)
class ServedModels:
    """The models that serve.

    Attributes:
        censored_origins: origins whose outcomes were not complete -> periods of them that were known.
        calibrated: whether out-of-time forecasts were at hand to calibrate with.
        serving: who serves each target, by the evidence of earlier origins.
        values_below_zero: clients of the learned rows whose value counted as 0.
    """

    learned_until: date
    learned_from: tuple[date, ...]
    rows: int
    censored_origins: Annotated[Mapping[date, int], written_as("unfinished")]
    calibrated: bool
    trees: TreeCounts
    values_below_zero: int
    choice: ValueChoice
    serving: ServingModels
    directions: tuple[DirectionCheck, ...]


@dataclass(frozen=True, kw_only=True)
class TrainingReport(EvaluationReport):
    """What a bundle carries as ``report.json``."""

    served: ServedModels
    explained: ExplainedModels
    segments: SegmentsReport
    kinds: KindsReport
