"""Settings of the hyperparameter search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Count, PositiveFloat, Section
from models.vocab import TuneModel, TuneObjective

TreeCandidateName = Literal["tweedie", "hurdle", "ziln", "btyd_offset"]


class TuneConfig(Section):
    """What ``tune`` searches for, for how long, and where it keeps what it tried. It changes no number of a model."""

    model: TuneModel = Field(default="both", description="Whose settings are searched.")
    objective: TuneObjective = Field(
        default="log_loss",
        description="What decline is tuned for: probabilities, ranking, or what a campaign by it would earn. Value "
        "is always tuned for learners.value.choice.",
    )
    candidates: tuple[TreeCandidateName, ...] = Field(
        default=(),
        description="Value candidates whose mean score counts; empty: the first of learners.value.candidates "
        "that has trees.",
    )
    trials: Count = Field(
        default=50, description="So many settings are tried in all, however often the search is taken up again."
    )
    minutes: PositiveFloat | None = Field(
        default=None, description="No trial of a model begins once its trials have taken so long together."
    )
    origin_count: Count = Field(
        default=6,
        description="At most so many past origins, the latest, are predicted in a trial; all end before any test.",
    )
    storage_uri: Annotated[str, Field(pattern=r"^[a-z0-9+]+://.+$")] | None = Field(
        default=None,
        description="Database of what was tried. Default: optuna.db beside the SQLite file of run.tracking_uri, "
        "else sqlite:///mlruns/optuna.db.",
    )
