"""The policy of an earlier run, read from its folder, and the present facts graded by it once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.config.feature_names import feature_problems
from models.config.features import FeaturesConfig
from models.config.policy.tiers import UNRANKED
from models.errors import DamagedBundleError
from models.grading.decision import TierDecisions
from models.grading.fitted import GradingPolicy
from models.grading.known_overrides import COUNTING
from models.grading.moves import PublishedGrades
from models.movers.rules import Redecided, RunDifferences
from models.publications.previous import POLICY_FILE
from models.vocab import FloatArray, IntArray, TextArray


@dataclass(frozen=True, kw_only=True)
class EarlierPolicy:
    """How an earlier run graded, as far as it tells, beside the present policy.

    Attributes:
        policies: by which the present facts are graded once more: the earlier one, and where models are others too,
            the present rules with the earlier cut-offs; empty where the policy is the same, or cannot be applied.
        runs: what differs between the two runs.
    """

    policies: tuple[GradingPolicy, ...]
    runs: RunDifferences


def earlier_policy(
    folder: Path, present: GradingPolicy, features: FeaturesConfig, *, same_bundle: bool
) -> EarlierPolicy:
    """The policy of the run in a folder, whose files were proved; ``features`` are those that models know now."""
    earlier = policy_of_run(folder)
    if earlier is None:
        unknown = RunDifferences(same_bundle=same_bundle, same_rules=None, same_policy=None)
        return EarlierPolicy(policies=(), runs=unknown)
    runs = RunDifferences(
        same_bundle=same_bundle,
        same_rules=earlier.settings == present.settings,
        same_policy=earlier.settings == present.settings and _cut_offs(earlier) == _cut_offs(present),
    )
    applies = earlier.scale.names == present.scale.names and not feature_problems(earlier.settings, features)
    if runs.same_policy or not applies:
        return EarlierPolicy(policies=(), runs=runs)
    mixed = () if runs.same_bundle or runs.same_rules else (_with_cut_offs(present, earlier),)
    return EarlierPolicy(policies=(earlier, *mixed), runs=runs)


def policy_of_run(folder: Path) -> GradingPolicy | None:
    """The policy by which the run in a folder graded; None of a run that was published before this was kept."""
    file = folder / POLICY_FILE
    try:
        return GradingPolicy.from_json(file.read_text(encoding="utf-8")) if file.is_file() else None
    except DamagedBundleError:  # of an older version, whose settings this one does not know
        return None


def redecided(
    policies: Sequence[GradingPolicy],
    decided: Sequence[Sequence[TierDecisions]],
    clients: pd.Index,
    points: Mapping[tuple[str, str], FloatArray],
) -> Redecided | None:
    """What earlier policies give ``clients``, from their decisions of all blocks; ``points`` are the published ones.

    ``decided``: per policy one entry per block. None where there is no earlier policy.
    """
    if not policies:
        return None
    first = policies[0]
    placed = _placed(decided[0], clients)
    grades = [_grades(part, rows, first) for part, rows, _ in placed]
    order = np.argsort(np.concatenate([places for _, _, places in placed]), kind="stable")
    mixed = None
    if len(policies) > 1:
        again = _placed(decided[1], clients)
        mixed = np.concatenate([_ranks(part.tier[rows], first) for part, rows, _ in again])[order]
    return Redecided(policy=first, grades=replace(_joined(grades, order), points=points), mixed=mixed)


def _with_cut_offs(present: GradingPolicy, earlier: GradingPolicy) -> GradingPolicy:
    """The present rules with the earlier cut-offs of each dimension that is as it was."""
    kept = {
        name: earlier.cut_offs[name]
        for name, dimension in present.settings.dimensions.items()
        if earlier.settings.dimensions.get(name) == dimension
    }
    return replace(present, cut_offs={**present.cut_offs, **kept})


def _cut_offs(policy: GradingPolicy) -> dict[str, tuple[float, ...]]:
    return {name: tuple(numbers) for name, numbers in policy.cut_offs.items()}


def _placed(decided: Sequence[TierDecisions], clients: pd.Index) -> list[tuple[TierDecisions, IntArray, IntArray]]:
    """Of each block the rows of ``clients``, and where among them they stand."""
    found = []
    for part in decided:
        places = clients.get_indexer(pd.Index(np.asarray(part.assessment.facts.client_id).astype(object)))
        rows = np.flatnonzero(places >= 0)
        found.append((part, rows, places[rows]))
    return found


def _ranks(tiers: TextArray, policy: GradingPolicy) -> IntArray:
    return policy.scale.ranks(tiers, len(tiers))


def _grades(decided: TierDecisions, rows: IntArray, policy: GradingPolicy) -> PublishedGrades:
    """What a run by ``policy`` would have published of some rows of a block."""
    assessment, caps = decided.assessment, policy.settings.caps
    cap = assessment.cap[rows]
    names = np.array([*(each.name for each in caps), ""])
    least = np.array([*(policy.scale.rank(each.at_most) for each in caps), 0], dtype=np.int64)
    return PublishedGrades(
        tier=_ranks(decided.tier[rows], policy),
        by_rule=_ranks(decided.by_rule[rows], policy),
        ruled=assessment.rule_rank[rows],
        least=least[cap],
        cap=names[cap],
        asked=np.where(np.isin(decided.override[rows], COUNTING), decided.asked_rank[rows], UNRANKED),
        numbers={name: scored.numbers[rows] for name, scored in assessment.scores.items()},
        points={},
    )


def _joined(parts: Sequence[PublishedGrades], order: IntArray) -> PublishedGrades:
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in ("tier", "by_rule", "ruled", "least", "cap", "asked")
    }
    numbers = {name: np.concatenate([part.numbers[name] for part in parts])[order] for name in parts[0].numbers}
    return PublishedGrades(**joined, numbers=numbers, points={})
