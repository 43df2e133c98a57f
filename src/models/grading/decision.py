"""From facts to tiers: rules first, then stability, overrides and, over everything, caps.

``assess`` looks at each client alone; ``decide`` needs the limit on changes, which ``stability`` makes of all blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.config.policy.tiers import UNRANKED, TierScale
from models.grading.caps import NO_CAP, cap_ranks, caps_holding, hardest_cap, in_arrears
from models.grading.coverage import Coverage
from models.grading.criteria import deciding_criteria
from models.grading.decision_table import DecisionTable
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy
from models.grading.overrides import Asked, OverrideState
from models.grading.scores import Scored, scores_of
from models.grading.stability import EVERY_MOVE, MoveLimit, Moves, distances, held_ranks, limit_of
from models.grading.tier_rules import with_tier_rules
from models.vocab import BoolArray, FloatArray, IntArray, TextArray


class Basis(StrEnum):
    """What decided a tier."""

    RULE = "rule"
    MARGIN = "margin"
    LIMIT = "limit"
    OVERRIDE = "override"
    CAP = "cap"


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What can be said of each client alone. Shapes (n_clients,); ranks are 0 for the best tier, -1 for none.

    Attributes:
        scores: dimension -> the numbers.
        rule: place of the rule that holds.
        rule_rank: the tier that it gives; ``wanted_rank``: the same where an earlier tier gives way only by the margin,
            which keeps nobody up who is in arrears or under a cap.
        previous_rank: the tier by rule of the run before.
        distance: how far past the cut-off a client is whose change of tier the limit may stop; 0 for others.
        cap: place of the cap that holds the client lowest, -1 where none does.
        caps: which caps hold: (n_caps, n_clients).
        deciding: dimension -> place among ``leaf_names`` of the criterion that costs most points, -1 where none does.
        coverage: what of all that the policy looks at is known.
    """

    policy: GradingPolicy
    facts: Facts
    coverage: Coverage
    scores: Mapping[str, Scored]
    rule: IntArray
    rule_rank: IntArray
    wanted_rank: IntArray
    previous_rank: IntArray
    distance: FloatArray
    cap: IntArray
    caps: BoolArray
    deciding: Mapping[str, IntArray]

    def without_evidence(self) -> Assessment:
        """The same without features and points: what ``decide`` needs, light enough to keep for all blocks."""
        nothing = np.empty((0, len(self.facts)))
        return replace(
            self,
            facts=replace(self.facts, features=self.facts.features.iloc[:, :0]),
            scores={name: replace(scored, points=nothing) for name, scored in self.scores.items()},
        )

    @property
    def moves(self) -> Moves:
        """The clients that would change tier, for ``limit_of``."""
        moving = self.distance > 0
        return Moves(
            client_id=np.asarray(self.facts.client_id)[moving],
            distance=self.distance[moving],
            graded_before=int((self.previous_rank != UNRANKED).sum()),
        )


@dataclass(frozen=True, kw_only=True)
class TierDecisions:
    """The tier of each client and what decided it. Shapes (n_clients,).

    Attributes:
        tier: what holds.
        by_rule: the tier by rules and stability, before overrides and caps: what the next run holds on to.
        by_rule_basis: what decided ``by_rule``: the rule alone, the margin or the limit.
        unasked: the tier by rules, stability and caps, had nobody asked for another.
        basis: what decided ``tier``: a cap where it holds the client down, or bars what the rule alone gives from more.
        override: what became of the tier that a person asked for.
        asked_rank: the rank of that tier, also where it does not count; -1 where nobody asked.
    """

    assessment: Assessment
    tier: TextArray
    by_rule: TextArray
    by_rule_basis: TextArray
    unasked: TextArray
    basis: TextArray
    override: TextArray
    asked_rank: IntArray

    @property
    def scale(self) -> TierScale:
        """The tiers of the policy that decided."""
        return self.assessment.policy.settings.scale

    @property
    def overridden(self) -> int:
        """Of how many clients an override counts, also where the rules agree or a cap holds it down."""
        idle = [state.value for state in (OverrideState.NONE, OverrideState.EXPIRED, OverrideState.NOT_YET)]
        return int((~np.isin(self.override, idle)).sum())

    def count_overrides(self) -> dict[str, int]:
        """How many overrides met which fate."""
        states, numbers = np.unique(self.override[self.override != OverrideState.NONE], return_counts=True)
        return dict(zip(states.tolist(), numbers.tolist(), strict=True))


def assess(policy: GradingPolicy, facts: Facts) -> Assessment:
    """Score, apply the rules and note caps and wishes to move; a block at a time."""
    facts = with_tier_rules(policy.settings, facts)
    table, scores = DecisionTable(policy), scores_of(policy.settings, facts)
    previous = policy.settings.scale.ranks(facts.previous, len(facts))
    holding, ruled = caps_holding(policy.settings, facts), table.ranks(scores)
    at_once = holding.any(axis=0) | in_arrears(policy.settings, facts)
    held = held_ranks(table, scores, previous, policy.settings.stability.margin)
    wanted = np.where(at_once, np.maximum(held, ruled), held)
    moving = (previous != UNRANKED) & (wanted != previous) & ~(at_once & (wanted > previous))
    return Assessment(
        policy=policy,
        facts=facts,
        coverage=Coverage.of(policy.settings, facts, scores),
        scores=scores,
        rule=table.rules(scores),
        rule_rank=ruled,
        wanted_rank=wanted,
        previous_rank=previous,
        distance=distances(table, scores, previous, moving),
        cap=hardest_cap(policy.settings, holding),
        caps=holding,
        deciding=deciding_criteria(policy.settings, scores),
    )


def decide(assessment: Assessment, limit: MoveLimit = EVERY_MOVE) -> TierDecisions:
    """The tiers, where only moves that ``limit`` admits take place.

    Caps act at once, whatever the limit, and so does the fall of a client in arrears or under a cap.
    """
    kept = (assessment.distance > 0) & ~limit.admits(assessment.distance, assessment.facts.client_id)
    by_rule = np.where(kept, assessment.previous_rank, assessment.wanted_rank)
    facts, settings = assessment.facts, assessment.policy.settings
    overrides = Asked.of(facts.client_id, facts.as_of, facts.overrides, settings.scale)
    asked = np.where(overrides.active, overrides.rank, by_rule)
    least = cap_ranks(settings, assessment.cap)
    held = [(kept, Basis.LIMIT), (by_rule != assessment.rule_rank, Basis.MARGIN)]
    overridden = (overrides.active & (asked != by_rule), Basis.OVERRIDE)
    barred = ((assessment.cap != NO_CAP) & (least == asked), Basis.CAP)
    return TierDecisions(
        assessment=assessment,
        tier=settings.scale.at(np.maximum(asked, least)),
        by_rule=settings.scale.at(by_rule),
        by_rule_basis=_first(held),
        unasked=settings.scale.at(np.maximum(by_rule, least)),
        basis=_first([(least > asked, Basis.CAP), overridden, *held, barred]),
        override=overrides.states(by_rule, least),
        asked_rank=overrides.rank,
    )


def _first(bases: Sequence[tuple[BoolArray, Basis]]) -> TextArray:
    """The first of some bases that is true of each client, else the rule. Shape (n_clients,)."""
    return np.select([chosen for chosen, _ in bases], [basis.value for _, basis in bases], Basis.RULE.value)


def grade_book(policy: GradingPolicy, facts: Facts) -> TierDecisions:
    """The tiers of a whole book that lies in memory, with the policy's limit on changes."""
    assessment = assess(policy, facts)
    return decide(assessment, limit_of([assessment.moves], policy.settings.stability.max_changed_share))
