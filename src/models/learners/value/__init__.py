"""What each client is worth over the horizon: candidates that compete, and the model that serves the chosen one."""

from models.learners.value.blend import BLEND, Blend
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs, ValueCandidate
from models.learners.value.candidates import candidate_from_texts, fit_candidate
from models.learners.value.model import ValueModel

__all__ = [
    "BLEND",
    "Blend",
    "CandidateInputs",
    "ValueCalibration",
    "ValueCandidate",
    "ValueModel",
    "candidate_from_texts",
    "fit_candidate",
]
