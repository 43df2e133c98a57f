"""Decline: whether within the horizon, when, and why; and the curve that the three make together."""

from models.learners.decline.cause import CauseEvidence, CauseModel
from models.learners.decline.curves import DeclineCurves
from models.learners.decline.soft_labels import SoftLabelGrid, expected_declines
from models.learners.decline.steps import LIKE_SHARE, step_ends
from models.learners.decline.timing import PersonSteps, TimingModel
from models.learners.decline.whether import MODEL, DeclineModel

__all__ = [
    "LIKE_SHARE",
    "MODEL",
    "CauseEvidence",
    "CauseModel",
    "DeclineCurves",
    "DeclineModel",
    "PersonSteps",
    "SoftLabelGrid",
    "TimingModel",
    "expected_declines",
    "step_ends",
]
