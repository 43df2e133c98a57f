"""Tiers AA, A and B: rules over predictions and features that a reviewer can read without any model.

``expected`` grades by value and decline alone; everything else serves the policy of the config.
"""

from models.decisions.tiers.coverage import Coverage, coverage_notices, policy_notices
from models.decisions.tiers.decision import Basis, Decided, Weighed, decide, grade_book, weigh
from models.decisions.tiers.distance import Shortfall, shortfall
from models.decisions.tiers.evidence import CriterionEvidence, DimensionEvidence, evidence
from models.decisions.tiers.expected import Grades, TierPolicy, grade, tier_policy
from models.decisions.tiers.facts import Facts, ranks_of
from models.decisions.tiers.fitted import GradingPolicy, fit_policy, refit_policy
from models.decisions.tiers.levels_in_words import level_range
from models.decisions.tiers.overrides import Override, OverrideState, latest_known
from models.decisions.tiers.reasons import reasons
from models.decisions.tiers.scores import absent_features, looked_at
from models.decisions.tiers.sentences import distance_sentence, override_sentence
from models.decisions.tiers.stability import EVERY_MOVE, NO_MOVE, MoveLimit, Moves, limit_of
from models.decisions.tiers.what_if import WhatIf, what_if

__all__ = [
    "EVERY_MOVE",
    "NO_MOVE",
    "Basis",
    "Coverage",
    "CriterionEvidence",
    "Decided",
    "DimensionEvidence",
    "Facts",
    "Grades",
    "GradingPolicy",
    "MoveLimit",
    "Moves",
    "Override",
    "OverrideState",
    "Shortfall",
    "TierPolicy",
    "Weighed",
    "WhatIf",
    "absent_features",
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
    "weigh",
    "what_if",
]
