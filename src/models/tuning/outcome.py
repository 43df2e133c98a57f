"""The result of a search: the best settings beside the config's own, and the lines that put them into a config."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from models.config.root import Config
from models.tuning.space import Settings, TunedModel, settings_home
from models.tuning.study import TrialResult

_WIDTH = 10_000
"""One line per learner, however long."""


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """A search of one model's settings. ``own`` and ``best`` are complete trials, maybe the same one."""

    model: TunedModel
    study: str
    objective: str
    """What the scores are; more is better."""
    dates: tuple[date, ...]
    """The origins, one per score."""
    trials: tuple[TrialResult, ...]
    own: TrialResult
    best: TrialResult

    @property
    def gains(self) -> tuple[float, ...]:
        """By how much the best settings beat the config's own, at each origin."""
        return tuple(best - own for best, own in zip(self.best.scores, self.own.scores, strict=True))

    @property
    def gain(self) -> float:
        """Mean over the origins."""
        return float(np.mean(self.gains))

    @property
    def noise(self) -> float:
        """Standard error of the mean gain over the origins; infinite at a single one, where it cannot be known."""
        count = len(self.gains)
        return math.inf if count == 1 else float(np.std(self.gains, ddof=1) / math.sqrt(count))

    @property
    def is_better(self) -> bool:
        """Whether the gain is more than the noise. If not, the config's own settings should stay."""
        return self.gain > max(self.noise, 0.0)

    @property
    def settings(self) -> Settings:
        """Those that should serve."""
        return (self.best if self.is_better else self.own).settings


@dataclass(frozen=True, kw_only=True)
class TuneResult:
    """A search of all models: each outcome, the file with the lines for the config, and where every trial is kept."""

    tuned: tuple[Tuned, ...]
    lines: str
    path: Path
    run_id: str
    storage_uri: str


def outcome(
    model: TunedModel,
    study: str,
    objective: str,
    dates: tuple[date, ...],
    trials: tuple[TrialResult, ...],
    own: Settings,
) -> Tuned:
    """Find the best of finished trials; the earliest of equals. ``own`` must be among those that are complete."""
    complete = [trial for trial in trials if trial.score is not None]
    return Tuned(
        model=model,
        study=study,
        objective=objective,
        dates=dates,
        trials=trials,
        own=next(trial for trial in complete if trial.settings == own),
        best=max(complete, key=lambda trial: (trial.score, -trial.number)),
    )


def config_lines(tuned: tuple[Tuned, ...], config: Config | None = None) -> str:
    """The settings that should serve, as the lines of a config file; ``config`` says where a plug-in's are kept."""
    ours: list[str] = []
    plugged: list[str] = []
    for each in tuned:
        settings = yaml.safe_dump(each.settings, default_flow_style=True, sort_keys=False, width=_WIDTH).strip()
        home = ("learners", each.model) if config is None else settings_home(config, each.model)
        if home[0] == "learners":
            ours.append(f"  {each.model}: {settings}")
        else:
            plugged += [f"{home[0]}:", f"  {home[1]}:", f"    {home[2]}: {settings}"]
    return "\n".join([*(["learners:", *ours] if ours else []), *plugged]) + "\n"
