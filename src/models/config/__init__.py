"""What a run is asked to do: settings of one book, and how they are read."""

from models.config.backtest import ActingConfig, BacktestConfig, LimitsConfig, RetentionConfig, SpreadsheetRuleConfig
from models.config.base import Search, Section
from models.config.explaining import ActionConfig, ExplainingConfig, ReachConfig
from models.config.guard import GuardConfig, Limit
from models.config.kinds import (
    DriverConfig,
    KindsConfig,
    NeedsConfig,
    RegionsConfig,
    RelationshipsConfig,
    StagesConfig,
    ValueClassesConfig,
)
from models.config.kpis import Dimension, FunnelConfig, KpisConfig, ScorePart
from models.config.loading import change_policy, config_schema, load_config, parse_config
from models.config.policy import PolicyConfig
from models.config.root import Config
from models.config.sections import (
    ActivityConfig,
    BookConfig,
    BoostingConfig,
    ChoiceConfig,
    DeclineConfig,
    DeclineLearnerConfig,
    FacilityCountConfig,
    FeaturesConfig,
    LabelConfig,
    LearnersConfig,
    MeasureConfig,
    MonotoneConfig,
    OriginsConfig,
    RunConfig,
    TiersConfig,
    TimeConfig,
    ValueCandidateName,
    ValueConfig,
    ValueLearnerConfig,
)
from models.config.segments import ClusteringMethod, ClusterRange, SegmentsConfig
from models.config.simulation import SimulationConfig
from models.config.tuning import TreeCandidateName, TuneConfig
from models.config.warnings import DeteriorationConfig, WarningsConfig

__all__ = [
    "ActingConfig",
    "ActionConfig",
    "ActivityConfig",
    "BacktestConfig",
    "BookConfig",
    "BoostingConfig",
    "ChoiceConfig",
    "ClusterRange",
    "ClusteringMethod",
    "Config",
    "DeclineConfig",
    "DeclineLearnerConfig",
    "DeteriorationConfig",
    "Dimension",
    "DriverConfig",
    "ExplainingConfig",
    "FacilityCountConfig",
    "FeaturesConfig",
    "FunnelConfig",
    "GuardConfig",
    "KindsConfig",
    "KpisConfig",
    "LabelConfig",
    "LearnersConfig",
    "Limit",
    "LimitsConfig",
    "MeasureConfig",
    "MonotoneConfig",
    "NeedsConfig",
    "OriginsConfig",
    "PolicyConfig",
    "ReachConfig",
    "RegionsConfig",
    "RelationshipsConfig",
    "RetentionConfig",
    "RunConfig",
    "ScorePart",
    "Search",
    "Section",
    "SegmentsConfig",
    "SimulationConfig",
    "SpreadsheetRuleConfig",
    "StagesConfig",
    "TiersConfig",
    "TimeConfig",
    "TreeCandidateName",
    "TuneConfig",
    "ValueCandidateName",
    "ValueClassesConfig",
    "ValueConfig",
    "ValueLearnerConfig",
    "WarningsConfig",
    "change_policy",
    "config_schema",
    "load_config",
    "parse_config",
]
