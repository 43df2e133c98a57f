"""What a run is asked to do: settings of one book, and how they are read."""

from models.config.base import Search, Section
from models.config.loading import config_schema, load_config, parse_config
from models.config.root import Config
from models.config.sections import (
    ActivityConfig,
    BookConfig,
    BoostingConfig,
    ChoiceConfig,
    DeclineConfig,
    DeclineLearnerConfig,
    FeaturesConfig,
    LearnersConfig,
    MeasureConfig,
    MonotoneConfig,
    OriginsConfig,
    RelationshipsConfig,
    RunConfig,
    SegmentsConfig,
    StagesConfig,
    TiersConfig,
    TimeConfig,
    ValueCandidateName,
    ValueConfig,
    ValueLearnerConfig,
)
from models.config.simulation import SimulationConfig
from models.config.tuning import TreeCandidateName, TuneConfig, TuneModel, TuneObjective

__all__ = [
    "ActivityConfig",
    "BookConfig",
    "BoostingConfig",
    "ChoiceConfig",
    "Config",
    "DeclineConfig",
    "DeclineLearnerConfig",
    "FeaturesConfig",
    "LearnersConfig",
    "MeasureConfig",
    "MonotoneConfig",
    "OriginsConfig",
    "RelationshipsConfig",
    "RunConfig",
    "Search",
    "Section",
    "SegmentsConfig",
    "SimulationConfig",
    "StagesConfig",
    "TiersConfig",
    "TimeConfig",
    "TreeCandidateName",
    "TuneConfig",
    "TuneModel",
    "TuneObjective",
    "ValueCandidateName",
    "ValueConfig",
    "ValueLearnerConfig",
    "config_schema",
    "load_config",
    "parse_config",
]
