"""The policy by which clients are graded and treated, as settings that are checked whole when they are read."""

from models.config.policy.built_in import built_in_policy
from models.config.policy.dimensions import CriterionConfig, DimensionConfig, LevelConfig, Measure, Text
from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig, RuleConfig, StabilityConfig, TreatingConfig
from models.config.policy.treatments import TreatmentFields, TreatmentRow, TreatmentsConfig

__all__ = [
    "CapConfig",
    "CriterionConfig",
    "DimensionConfig",
    "LevelConfig",
    "Measure",
    "PolicyConfig",
    "RuleConfig",
    "StabilityConfig",
    "Text",
    "TreatingConfig",
    "TreatmentFields",
    "TreatmentRow",
    "TreatmentsConfig",
    "built_in_policy",
]
