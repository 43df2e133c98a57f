"""Running counts of a prediction over its blocks, and the summary of the published run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.config.policy.tiers import DEFAULT_SCALE, TierScale
from models.config.root import Config
from models.config.sections import TimeConfig
from models.notices import Notice, Severity
from models.panel.features.labels import STRETCHES
from models.pipeline.bundle import Bundle
from models.pipeline.totals import TotalSpread
from models.plausibility.counts import NOTHING_COUNTED, RunCounts, all_counted, score_counts
from models.publications.previous import COLD_START
from models.scoring.policy_in_force import GradedBy
from models.text import Text
from models.vocab import FloatArray

_NOT_SCORED = Text(
    "{left_out:,} of {clients:,} clients are not scored: they were not active in the {periods} before {as_of}, nor in "
    "reach without activity"
)


@dataclass(frozen=True, kw_only=True)
class TierSummary:
    """Clients, the value expected of them and their mean chance of decline, by tier from the best on."""

    clients: int
    tiers: dict[str, int]
    value_by_tier: dict[str, float]
    decline_by_tier: dict[str, float]
    value_between: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Tier, or "" of all -> between which amounts its total lies, where clients have intervals."""


NOBODY = TierSummary(clients=0, tiers={}, value_by_tier={}, decline_by_tier={})


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What prediction leaves: a folder with scores, explanations and manifest, and a summary of it."""

    folder: Path
    run_key: str
    as_of: date
    model_version: str
    clients: int
    tiers: dict[str, int]
    value_by_tier: dict[str, float]
    decline_by_tier: dict[str, float]
    value_between: dict[str, tuple[float, float]]
    overrides: dict[str, int]
    """How many overrides met which fate, see ``override_facts``."""
    policy: GradedBy
    cold_start: TierSummary = NOBODY
    """Clients without activity; the figures above are of active ones."""
    notices: tuple[Notice, ...] = ()
    """What the run leaves out, assumes or finds implausible, the gravest first.

    Beside those of the manifest what of the caller's config is without effect: not part of the scores, of which equal
    keys mean equal bytes.
    """
    alarms: dict[str, int] = field(default_factory=dict)
    """How many warnings are shown and not, see ``raise_alarms``."""
    warnings_ranked: str = ""
    """By what they are ranked."""


@dataclass
class TierTally:
    """Clients, value and decline by tier."""

    clients: Counter[str] = field(default_factory=Counter)
    value: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    decline: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    spread: defaultdict[str, TotalSpread] = field(default_factory=lambda: defaultdict(TotalSpread))
    level: float = 0.9
    level_error: float = 0.0

    def add(self, columns: dict[str, pa.Array]) -> None:
        """Count a block's clients, value and decline by tier."""
        tiers = columns["tier"].to_numpy(zero_copy_only=False)
        for tier in np.unique(tiers):
            chosen = tiers == tier
            self.clients[str(tier)] += int(chosen.sum())
            self.value[str(tier)] += float(columns["value"].to_numpy()[chosen].sum())
            self.spread[str(tier)] += TotalSpread.of(
                *(_numbers(columns[name])[chosen] for name in ("value", "value_low", "value_high"))
            )
            self.decline[str(tier)] += float(columns["decline_probability"].to_numpy()[chosen].sum())

    @property
    def scored(self) -> int:
        """Clients of all tiers."""
        return sum(self.clients.values())

    def by_tier(self, scale: TierScale) -> TierSummary:
        """The summary of them."""
        order = [tier for tier in scale.names if tier in self.clients]
        return TierSummary(
            clients=self.scored,
            tiers={tier: self.clients[tier] for tier in order},
            value_by_tier={tier: self.value[tier] for tier in order},
            decline_by_tier={tier: self.decline[tier] / self.clients[tier] for tier in order},
            value_between=self._between(order),
        )

    def _between(self, tiers: Sequence[str]) -> dict[str, tuple[float, float]]:
        """Between which amounts totals lie, where clients have intervals."""
        spreads = {"": sum((self.spread[tier] for tier in tiers), TotalSpread())} | {
            tier: self.spread[tier] for tier in tiers
        }
        found = {name: each.interval(level=self.level, level_error=self.level_error) for name, each in spreads.items()}
        return {name: between for name, between in found.items() if between is not None}


def _numbers(column: pa.Array) -> FloatArray:
    """A column of numbers, NaN for null."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


@dataclass
class Tally(TierTally):
    """The active clients, those without activity (``cold``), overrides and warnings by fate, and what was noticed."""

    scale: TierScale = DEFAULT_SCALE
    overrides: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    cold: TierTally = field(default_factory=TierTally)
    counted: RunCounts = NOTHING_COUNTED
    """The scores of active clients."""

    @classmethod
    def of(cls, bundle: Bundle, settings: Config) -> Tally:
        """An empty one for the scores of a bundle."""
        models, level = bundle.models, settings.learners.interval_level
        cold = 0.0 if models.cold is None else models.cold.bounds.level_error
        return cls(
            scale=models.policy.scale,
            level=level,
            level_error=models.bounds.level_error,
            cold=TierTally(level=level, level_error=cold),
        )

    def add_block(self, columns: dict[str, pa.Array]) -> None:
        """Count the clients of a block, all of which are active or none."""
        if columns[COLD_START][0].as_py():
            self.cold.add(columns)
            return
        self.add(columns)
        self.counted = all_counted([self.counted, score_counts(columns)])

    @property
    def mean_value(self) -> float:
        """What is expected of a client, in currency; at least one must have been counted."""
        return sum(self.value.values()) / self.scored

    def unscored(self, clients: int, time: TimeConfig, as_of: date) -> list[Notice]:
        """A notice of those of ``clients``, who may be scored, that were not counted, if there are any."""
        left_out = clients - self.scored - self.cold.scored
        if not left_out:
            return []
        found = _NOT_SCORED.filled(
            left_out=left_out,
            clients=clients,
            periods=STRETCHES[time.period].filled(count=time.activity_periods),
            as_of=as_of.isoformat(),
        )
        return [Notice.of("clients_not_scored", Severity.NOTE, "clients", found=found, count=left_out)]

    def summary(
        self,
        folder: Path,
        *,
        run_key: str,
        as_of: date,
        model_version: str,
        policy: GradedBy,
        notices: tuple[Notice, ...],
        warnings_ranked: str,
    ) -> Predicted:
        """The run that was published in ``folder``, tiers from the best on."""
        return Predicted(
            folder=folder,
            run_key=run_key,
            as_of=as_of,
            model_version=model_version,
            overrides=self.overrides,
            policy=policy,
            cold_start=self.cold.by_tier(self.scale),
            alarms=self.alarms,
            warnings_ranked=warnings_ranked,
            notices=notices,
            **vars(self.by_tier(self.scale)),
        )
