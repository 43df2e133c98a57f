"""Calibration of forecasts: the value candidate that serves, calibrations, intervals and cut-offs, as learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.grading.built_in import TierPolicy
from models.grading.fitted import GradingPolicy
from models.learners.calibration import PlattCalibration
from models.learners.credit.severity import LossSeverity
from models.learners.decline.cause import CauseEvidence
from models.learners.decline.timing import PersonSteps
from models.learners.intervals import ConformalBands
from models.learners.probability_band import ProbabilityBand
from models.learners.value.calibration import ValueCalibration
from models.pipeline.serving import ServingModels


@dataclass(frozen=True, kw_only=True)
class CandidateScore:
    """Scores of a candidate at the out-of-time forecasts, each calibrated on the others; worse errors lower a score."""

    name: str
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the out-of-time forecasts."""
        return float(np.mean(self.scores))


@dataclass(frozen=True, kw_only=True)
class ForecastCalibration:
    """What is applied to models fitted on all learning origins; nothing, where no origin could be predicted."""

    candidate: str
    weighed: ServingModels | None = None
    """Who serves each target; None: the candidate and boosted trees alone."""
    scores: tuple[CandidateScore, ...] = ()
    value: ValueCalibration = field(default_factory=ValueCalibration)
    decline: PlattCalibration = field(default_factory=PlattCalibration)
    default: PlattCalibration = field(default_factory=PlattCalibration)
    severity: LossSeverity = field(default_factory=LossSeverity)
    not_calibrated: Mapping[str, str] = field(default_factory=dict)
    """What is left as the model says it (value, decline) -> why, in a sentence."""
    timing: tuple[PersonSteps, ...] = ()
    causes: tuple[CauseEvidence, ...] = ()
    bands: Mapping[str, ConformalBands] = field(default_factory=dict)
    """What intervals are drawn around (value, margin, credit_loss) -> them."""
    level_error: float = 0.0
    decline_band: ProbabilityBand | None = None
    classes: TierPolicy | None = None
    policy: GradingPolicy | None = None
    """Cut-offs of ``classes`` and ``policy`` divide the clients of the latest out-of-time forecast as predicted."""

    @property
    def serving(self) -> ServingModels:
        """Who serves each target."""
        return self.weighed or ServingModels.leaders(self.candidate)
