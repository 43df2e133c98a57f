"""One book's complete settings, and the checks that span sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from models.config.backtest import BacktestConfig
from models.config.base import Section
from models.config.book import SOURCES, BookConfig
from models.config.credit import CreditConfig
from models.config.defaults import DEFAULTS_KEY, BookTraits, with_defaults
from models.config.explaining import CardConfig, ExplainingConfig
from models.config.feature_names import feature_problems
from models.config.features import MEASURED_TABLES, FeaturesConfig
from models.config.gate import CompareConfig, GateConfig
from models.config.guard import GuardConfig
from models.config.kinds import (
    NeedsConfig,
    RegionsConfig,
    RelationshipsConfig,
    StagesConfig,
    ValueClassesConfig,
)
from models.config.kpis import FunnelConfig, KpisConfig
from models.config.learners import BOOSTED, VALUE_CANDIDATES, LearnersConfig
from models.config.letter import LetterConfig
from models.config.lists import ListsConfig
from models.config.monitor import MonitorConfig
from models.config.nightly import NightlyConfig
from models.config.plugins import PluginsConfig, PluginSettings
from models.config.policy.policy import PolicyConfig, built_in_policy
from models.config.policy.problems import refuse, unknown_name
from models.config.policy.tiers import DEFAULT_SCALE, TierScale
from models.config.privacy import PrivacyConfig
from models.config.proposing import ProposeConfig
from models.config.publish import PublishConfig
from models.config.review import ReviewConfig
from models.config.sections import ActivityConfig, DeclineConfig, OriginsConfig, RunConfig, TimeConfig, ValueConfig
from models.config.simulation import SimulationConfig
from models.config.spark import SparkConfig
from models.config.tiers import TiersConfig
from models.config.tuning import TuneConfig
from models.config.validation import ValidationConfig
from models.config.warnings import WarningsConfig
from models.plugins import PluginGroup

_WITHOUT_MEANING = {
    "threads",
    "engine",
    "block_clients",
    "database_memory_gb",
    "tracking_uri",
    "artifact_dir",
    "work_dir",
    "system_metrics",
}


def _or_a_path(schema: dict[str, Any]) -> None:
    schema["anyOf"].append({"type": "string"})


class Config(Section):
    """One book's complete settings."""

    book: BookConfig
    time: TimeConfig
    activity: ActivityConfig = ActivityConfig()
    value: ValueConfig = ValueConfig()
    credit: CreditConfig = CreditConfig()
    decline: DeclineConfig
    features: FeaturesConfig
    origins: OriginsConfig
    learners: LearnersConfig
    tiers: TiersConfig = TiersConfig()
    policy: PolicyConfig | None = Field(
        default=None,
        json_schema_extra=_or_a_path,
        description="How clients are graded and treated, or the path of a file that says so.",
    )
    stages: StagesConfig
    relationships: RelationshipsConfig = RelationshipsConfig()
    needs: NeedsConfig = NeedsConfig()
    regions: RegionsConfig = RegionsConfig()
    value_classes: ValueClassesConfig = ValueClassesConfig()
    warnings: WarningsConfig = WarningsConfig()
    lists: ListsConfig = ListsConfig()
    explaining: ExplainingConfig = ExplainingConfig()
    kpis: KpisConfig = KpisConfig()
    funnel: FunnelConfig = FunnelConfig()
    simulation: SimulationConfig = SimulationConfig()
    tune: TuneConfig = TuneConfig()
    propose: ProposeConfig = ProposeConfig()
    backtest: BacktestConfig = BacktestConfig()
    guard: GuardConfig = GuardConfig()
    monitor: MonitorConfig = MonitorConfig()
    nightly: NightlyConfig = NightlyConfig()
    publish: PublishConfig = PublishConfig()
    card: CardConfig = CardConfig()
    letter: LetterConfig = LetterConfig()
    compare: CompareConfig = CompareConfig()
    gate: GateConfig = GateConfig()
    validation: ValidationConfig = ValidationConfig()
    review: ReviewConfig = ReviewConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    plugins: PluginsConfig = Field(default_factory=PluginsConfig, exclude_if=lambda plugins: plugins.is_empty)
    run: RunConfig = RunConfig()
    spark: SparkConfig = SparkConfig()
    _unset: tuple[str, ...] = PrivateAttr(default=())

    @property
    def unset(self) -> tuple[str, ...]:
        """Dotted names of what the file left open, filled in by the period, or to be filled in by the book."""
        return self._unset

    def settled(self, traits: BookTraits, tests: Sequence[date]) -> Config:
        """The same with all that was left open as it fits a book, and its test origins as dates."""
        given = self.model_dump(mode="json") | {DEFAULTS_KEY: [*self._unset, "origins.test", "origins.latest"]}
        filled = with_defaults(given, traits)
        return Config.model_validate({**filled.raw, "origins": {**filled.raw["origins"], "test": tuple(tests)}})

    @model_validator(mode="wrap")
    @classmethod
    def _with_defaults(cls, given: Any, handler: ModelWrapValidatorHandler[Config]) -> Config:
        if not isinstance(given, dict):
            return handler(given)
        filled = with_defaults(given)
        config = handler(filled.raw)
        config._unset = filled.unset
        return config

    @property
    def grading(self) -> PolicyConfig:
        """The policy, or where none is given the one that the section ``tiers`` stands for."""
        return self.policy or built_in_policy(self.tiers.shares(self.scale), self.tiers.max_declines(self.scale))

    @property
    def scale(self) -> TierScale:
        """The tiers of the policy, best first."""
        return DEFAULT_SCALE if self.policy is None else self.policy.scale

    def meaning(self) -> dict[str, Any]:
        """All that decides numbers, ready for JSON: without places, threads and sizes of blocks."""
        privacy = self.privacy.meaning()
        return self.model_dump(
            mode="json",
            exclude={
                "book": {"path", "engine", "truth", "overrides", "read", "map", "currencies", "after_known_until"},
                "privacy": True,
                "plugins": True if self.plugins.decide_nothing else {"sinks", "kpis"},
                "explaining": True,
                "relationships": {"labels"},
                "needs": {"labels"},
                "kpis": True,
                "funnel": True,
                "simulation": True,
                "tune": True,
                "propose": True,
                "backtest": True,
                "guard": True,
                "monitor": True,
                "nightly": True,
                "publish": True,
                "card": True,
                "letter": True,
                "compare": True,
                "gate": True,
                "validation": True,
                "review": True,
                "spark": True,
                "run": _WITHOUT_MEANING,
            },
        ) | ({"privacy": privacy} if privacy else {})

    @model_validator(mode="after")
    def _features_of_the_policy(self) -> Config:
        if self.policy is not None:
            refuse(feature_problems(self.policy, self.features))
        return self

    def named_plugins(self) -> Mapping[PluginGroup, Mapping[str, PluginSettings]]:
        """All plug-ins that this config names, by group and name."""
        return {**self.plugins.named(), PluginGroup.FEATURES: self.features.families, **self._of_tiers()}

    def _of_tiers(self) -> Mapping[PluginGroup, Mapping[str, PluginSettings]]:
        return {PluginGroup.TIER_RULES: self.grading.tier_rules}

    def plugins_of_scores(self) -> Mapping[PluginGroup, Mapping[str, PluginSettings]]:
        """Those without which nobody is scored; a book may come from another source than it was learned from."""
        return {group: named for group, named in self.named_plugins().items() if group is not PluginGroup.SOURCES}

    @model_validator(mode="after")
    def _plugins_where_they_are_named(self) -> Config:
        """What is none of ours must be declared, so that a slip is never looked for among what is installed."""
        plugins, learners = self.plugins, self.learners
        asked = (
            ("book.source", [self.book.source], (*SOURCES, *plugins.sources)),
            ("learners.value.candidates", learners.value.candidates, (*VALUE_CANDIDATES, *plugins.value_learners)),
            ("learners.decline.leader", [learners.decline.leader], (BOOSTED, *plugins.decline_learners)),
        )
        refuse(
            [unknown_name(place, name, known) for place, names, known in asked for name in names if name not in known]
        )
        return self

    @model_validator(mode="after")
    def _measured_tables(self) -> Config:
        known = (*MEASURED_TABLES, *self.book.own.tables)
        wrong = {name: spec.table for name, spec in self.features.measures.items() if spec.table not in known}
        refuse([unknown_name(f"features.measures.{name}.table", table, known) for name, table in wrong.items()])
        return self

    @model_validator(mode="after")
    def _tiers_of_the_policy(self) -> Config:
        refuse([*self.tiers.problems(self.scale), *self.backtest.rule.problems(self.scale)])
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        window = self.stages.trend_window_periods
        if window not in self.features.windows[:-1]:
            raise ValueError(
                f"stages.trend_window_periods must be one of features.windows but the last, got {window}: "
                f"known are {list(self.features.windows[:-1])}"
            )
        return self
