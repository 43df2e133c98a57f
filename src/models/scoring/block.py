"""One block of clients, scored and explained, and the context of its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.grading.decision import Assessment, assess
from models.grading.overrides import Override
from models.grading.stability import EVERY_MOVE, MoveLimit
from models.learners.contributions import Contributions
from models.movers.earlier import EarlierPolicy
from models.panel.panel import Panel
from models.pipeline.predictions import Predictions
from models.publications.previous import PreviousScores
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class DecisionContext:
    """What decisions about clients rest on beside models: earlier scores, who may change tier, and what people ask.

    From ``previous`` stage and types move only once a change has held, and tiers by the policy's margin, as far as
    ``limit`` admits. ``overrides`` are those of all clients. ``earlier`` tells how ``previous`` was graded, so that who
    moved since can be kept apart from what another policy did.
    """

    previous: PreviousScores | None = None
    limit: MoveLimit = EVERY_MOVE
    overrides: Mapping[str, Override] = field(default_factory=dict)
    earlier: EarlierPolicy | None = None

    def redecided(self, alone: Assessment) -> tuple[Assessment, ...]:
        """The facts of some clients by each earlier policy, without evidence; nothing where the policy is the same."""
        policies = () if self.earlier is None else self.earlier.policies
        return tuple(assess(policy, alone.facts).without_evidence() for policy in policies)


FIRST_SEEN = DecisionContext()
"""Of clients that were never scored before and of whom nobody asked anything."""


MOVES = "tier_moves"
"""The fact of a run's manifest that says which clients could change tier."""


@dataclass(frozen=True, kw_only=True)
class ScoredBlock:
    """One block of clients, scored and explained; contributions were checked to sum to the predictions.

    ``decision_context`` is what decisions about these clients rest on beside the models.
    """

    panel: Panel
    matrix: FloatArray
    predictions: Predictions
    explained: dict[str, Contributions]
    served: dict[str, Contributions]
    decision_context: DecisionContext = FIRST_SEEN


VALUE = "value"
DECLINE = "decline"
