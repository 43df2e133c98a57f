"""Tiers AA, A and B: rules over predictions and features that a reviewer can read without any model.

``expected`` grades by value and decline alone; everything else serves the policy of the config.
"""

from models.grading.built_in import Grades, TierPolicy, grade, tier_policy
from models.grading.comparison import WhatIf, what_if
from models.grading.coverage import Coverage, coverage_notices, policy_notices
from models.grading.decision import Assessment, Basis, TierDecisions, assess, decide, grade_book
from models.grading.distance import Shortfall, shortfall
from models.grading.evidence import CriterionEvidence, DimensionEvidence, evidence
from models.grading.facts import Facts, ranks_of
from models.grading.fitted import GradingPolicy, fit_policy, refit_policy
from models.grading.levels_text import level_range
from models.grading.overrides import Override, OverrideState, latest_known
from models.grading.reasons_text import reasons
from models.grading.scores import absent_features, looked_at
from models.grading.stability import EVERY_MOVE, NO_MOVE, MoveLimit, Moves, limit_of
from models.grading.text import distance_sentence, override_sentence

__all__ = [
    "EVERY_MOVE",
    "NO_MOVE",
    "Assessment",
    "Basis",
    "Coverage",
    "CriterionEvidence",
    "DimensionEvidence",
    "Facts",
    "Grades",
    "GradingPolicy",
    "MoveLimit",
    "Moves",
    "Override",
    "OverrideState",
    "Shortfall",
    "TierDecisions",
    "TierPolicy",
    "WhatIf",
    "absent_features",
    "assess",
    "coverage_notices",
    "decide",
    "distance_sentence",
    "evidence",
    "fit_policy",
    "grade",
    "grade_book",
    "latest_known",
    "level_range",
    "limit_of",
    "looked_at",
    "override_sentence",
    "policy_notices",
    "ranks_of",
    "reasons",
    "refit_policy",
    "shortfall",
    "tier_policy",
    "what_if",
]
