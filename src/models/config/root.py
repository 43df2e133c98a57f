"""One book's complete settings, and the checks that span sections."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from models.config.base import Section
from models.config.sections import (
    ActivityConfig,
    BookConfig,
    DeclineConfig,
    FeaturesConfig,
    LearnersConfig,
    OriginsConfig,
    RelationshipsConfig,
    RunConfig,
    StagesConfig,
    TiersConfig,
    TimeConfig,
    ValueConfig,
)
from models.config.simulation import SimulationConfig
from models.config.tuning import TuneConfig

_WITHOUT_MEANING = {
    "threads",
    "block_clients",
    "database_memory_gb",
    "tracking_uri",
    "artifact_dir",
    "work_dir",
}


class Config(Section):
    """One book's complete settings."""

    book: BookConfig
    time: TimeConfig
    activity: ActivityConfig
    value: ValueConfig
    decline: DeclineConfig
    features: FeaturesConfig
    origins: OriginsConfig
    learners: LearnersConfig
    tiers: TiersConfig = TiersConfig()
    stages: StagesConfig
    relationships: RelationshipsConfig = RelationshipsConfig()
    simulation: SimulationConfig = SimulationConfig()
    tune: TuneConfig = TuneConfig()
    run: RunConfig = RunConfig()

    def meaning(self) -> dict[str, Any]:
        """All that decides numbers, ready for JSON: without places, threads and sizes of blocks."""
        return self.model_dump(
            mode="json",
            exclude={"book": {"path", "truth"}, "simulation": True, "tune": True, "run": _WITHOUT_MEANING},
        )

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        window = self.stages.trend_window_periods
        if window not in self.features.windows[:-1]:
            raise ValueError(
                f"stages.trend_window_periods must be one of features.windows but the last, got {window}: "
                f"known are {list(self.features.windows[:-1])}"
            )
        return self
