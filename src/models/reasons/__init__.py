"""Why a model says what it says of a client: contributions as ranked reasons, and reasons as sentences."""

from models.reasons.ranking import Grouping, Reason, ReasonTable, reasons_of
from models.reasons.text import (
    Bearing,
    Unit,
    effect_in_words,
    feature_in_words,
    observed_in_words,
    range_in_words,
    sentence,
    usual_in_words,
)

__all__ = [
    "Bearing",
    "Grouping",
    "Reason",
    "ReasonTable",
    "Unit",
    "effect_in_words",
    "feature_in_words",
    "observed_in_words",
    "range_in_words",
    "reasons_of",
    "sentence",
    "usual_in_words",
]
