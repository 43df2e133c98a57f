"""The value model that serves: the chosen candidate, calibrated by size."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from models.learners.contributions import Contributions, exp_rate
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import UNIT, CandidateInputs, ValueCandidate
from models.learners.value.candidates import candidate_from_texts, fit_candidate
from models.learners.value.secant_slopes import secant_slope
from models.vocab import FloatArray

_MODEL_FILE = "model.json"
_CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, kw_only=True)
class ValueModel:
    """Value = exp(calibration(log value of the candidate)), in currency per client over the horizon.

    ``clipped`` training clients brought less than nothing and were learned as nothing; the calibration counts losses.
    """

    candidate: ValueCandidate
    calibration: ValueCalibration = field(default_factory=ValueCalibration)
    clipped: int = 0

    @classmethod
    def fit(cls, name: str, inputs: CandidateInputs) -> ValueModel:
        """One candidate, not calibrated yet. Raises ``TooLittleDataError`` where it cannot be fitted."""
        return cls(candidate=fit_candidate(name, inputs), clipped=int(np.count_nonzero(inputs.value < 0)))

    @property
    def tree_count(self) -> int:
        """How many trees there are."""
        return self.candidate.tree_count

    def importance(self) -> FloatArray:
        """Each feature's share of what splits saved of the loss, (n_features,)."""
        return self.candidate.importance()

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Value of each client in currency, above zero. (n, n_features) -> (n,)."""
        return np.exp(self.calibration.log_value(self.candidate.log_value(matrix)))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the logarithm of the served value; each keeps its share of the way through the calibration.

        exp(base) is the value said of an unknown client.
        """
        parts = self.candidate.explain(matrix)
        calibrated, slope = self.calibration.log_value, self.calibration.slope
        return parts.rescaled(
            unit=UNIT,
            base=float(calibrated(np.array([parts.base]))[0]),
            prediction=calibrated(parts.prediction),
            rate=secant_slope(calibrated, slope, parts.base, parts.values.sum(axis=1)),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` in currency; a feature keeps its share of the way from the base."""
        return parts.rescaled(
            unit="currency",
            base=math.exp(parts.base),
            prediction=np.exp(parts.prediction),
            rate=exp_rate(parts.base, parts.values.sum(axis=1)),
        )

    def to_texts(self) -> dict[str, str]:
        """File name -> text: what it is, its calibration, and the files of its candidate."""
        facts = json.dumps({"candidate": self.candidate.name, "clipped": self.clipped})
        return {_MODEL_FILE: facts, _CALIBRATION_FILE: self.calibration.to_json()} | self.candidate.to_texts()

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> ValueModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        facts = json.loads(texts[_MODEL_FILE])
        return cls(
            candidate=candidate_from_texts(facts["candidate"], texts, threads=threads),
            calibration=ValueCalibration.from_json(texts[_CALIBRATION_FILE]),
            clipped=facts["clipped"],
        )
