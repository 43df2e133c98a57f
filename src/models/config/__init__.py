"""What a run is asked to do: settings of one book, and how they are read."""

from models.config.base import Section
from models.config.loading import config_schema, load_config, parse_config
from models.config.root import Config
from models.config.sections import (
    ActivityConfig,
    BookConfig,
    BoostingConfig,
    DeclineConfig,
    FeaturesConfig,
    LearnersConfig,
    MeasureConfig,
    OriginsConfig,
    RelationshipsConfig,
    RunConfig,
    SegmentsConfig,
    StagesConfig,
    TiersConfig,
    TimeConfig,
    ValueConfig,
    ValueLearnerConfig,
)
from models.config.simulation import SimulationConfig

__all__ = [
    "ActivityConfig",
    "BookConfig",
    "BoostingConfig",
    "Config",
    "DeclineConfig",
    "FeaturesConfig",
    "LearnersConfig",
    "MeasureConfig",
    "OriginsConfig",
    "RelationshipsConfig",
    "RunConfig",
    "Section",
    "SegmentsConfig",
    "SimulationConfig",
    "StagesConfig",
    "TiersConfig",
    "TimeConfig",
    "ValueConfig",
    "ValueLearnerConfig",
    "config_schema",
    "load_config",
    "parse_config",
]
