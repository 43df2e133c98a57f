"""Criteria of a dimension followed to the features they rest on: which one costs most points, and what each would need.

A criterion that counts another dimension stands for that dimension's own criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from models.config.policy.dimensions import CriterionConfig, DimensionConfig
from models.config.policy.policy import PolicyConfig
from models.grading.scores import FULL, Scored
from models.vocab import FloatArray, IntArray

NO_CRITERION = -1
_ENOUGH = FULL * (1 + 1e-9)


@dataclass(frozen=True, kw_only=True)
class CriterionNeed:
    """What one criterion alone would have to show for its dimension to reach a cut-off.

    ``points`` from 0 to 100; both None where the criterion alone is not enough even at its best. ``costs`` is what it
    takes from the dimension's score today, in points.
    """

    dimension: str
    criterion: str
    needed: float | str | None
    points: float | None
    costs: float


def leaf_names(settings: PolicyConfig) -> tuple[str, ...]:
    """What criteria look at that is no dimension itself: features and predictions, in the policy's order."""
    every = (criterion for dimension in settings.dimensions.values() for criterion in dimension.criteria)
    return tuple(dict.fromkeys(criterion.name for criterion in every if not criterion.dimension))


def weight_shares(dimension: DimensionConfig, points: FloatArray) -> FloatArray:
    """Each criterion's share of the weight that is known. (n_criteria, n_clients) -> the same shape."""
    weights = np.array([criterion.weight for criterion in dimension.criteria])[:, None] * ~np.isnan(points)
    total = weights.sum(axis=0)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def deciding_criteria(settings: PolicyConfig, scores: Mapping[str, Scored]) -> dict[str, IntArray]:
    """Dimension with criteria -> place among ``leaf_names`` of the one that costs most points of those known.

    -1 where none costs any. Shapes (n_clients,). Of a criterion that counts a dimension it is the one that costs most
    there; of several alike the first.
    """
    places = {name: place for place, name in enumerate(leaf_names(settings))}
    found: dict[str, IntArray] = {}
    for name, dimension in settings.dimensions.items():
        if dimension.criteria:
            points = scores[name].points
            lost = weight_shares(dimension, points) * (FULL - np.nan_to_num(points, nan=FULL))
            below = [
                found[each.dimension] if each.dimension else np.full(points.shape[1], places[each.name])
                for each in dimension.criteria
            ]
            chosen = np.take_along_axis(np.stack(below), lost.argmax(axis=0)[None], axis=0)[0]
            found[name] = np.where(lost.any(axis=0), chosen, NO_CRITERION)
    return found


def needs_of(
    settings: PolicyConfig, scores: Mapping[str, Scored], name: str, cut_off: float, row: int
) -> tuple[CriterionNeed, ...]:
    """What each known criterion of a dimension below ``cut_off`` would have to show alone, the costliest first.

    Empty for a measure, and where nothing is known of the client.
    """
    if not settings.dimensions[name].criteria or np.isnan(scores[name].numbers[row]):
        return ()
    found = list(_needs(settings, scores, name, cut_off, row, 1.0))
    return tuple(sorted(found, key=lambda each: -each.costs))


def _needs(
    settings: PolicyConfig, scores: Mapping[str, Scored], name: str, cut_off: float, row: int, part: float
) -> Iterator[CriterionNeed]:
    """``part``: the share that the dimension has in the one that is asked about."""
    dimension, scored = settings.dimensions[name], scores[name]
    shares = weight_shares(dimension, scored.points[:, [row]])[:, 0]
    gap = cut_off - float(scored.numbers[row])
    for criterion, points, share in zip(dimension.criteria, scored.points[:, row], shares, strict=True):
        if np.isnan(points) or share == 0:
            continue
        wanted = float(points) + gap / float(share)
        if criterion.dimension:
            target = _value_at(criterion, wanted)
            if isinstance(target, float):
                yield from _needs(settings, scores, criterion.dimension, target, row, part * float(share))
            continue
        enough = wanted <= _ENOUGH
        yield CriterionNeed(
            dimension=name,
            criterion=criterion.name,
            needed=_value_at(criterion, wanted) if enough else None,
            points=min(wanted, FULL) if enough else None,
            costs=part * float(share) * (FULL - float(points)),
        )


def _value_at(criterion: CriterionConfig, points: float) -> float | str | None:
    """What a criterion must show for so many points; of categories the one with the fewest that are enough.

    Of a criterion that counts a dimension the number may lie beyond 100, which no criterion of it then reaches.
    """
    if criterion.points:
        enough = {name: given for name, given in criterion.points.items() if given >= min(points, FULL) - 1e-9}
        return min(enough, key=lambda name: enough[name]) if enough else None
    share = points / FULL if criterion.dimension else min(points, FULL) / FULL
    worst, best = criterion.ends
    if criterion.scale == "log":
        return float(worst * (best / worst) ** share)
    return float(worst + share * (best - worst))
