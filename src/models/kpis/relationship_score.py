"""The relationship score: what clients say, how they are served and whether they stay, in one number with its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.config.kpis import ScorePart
from models.kpis.estimates import KpiEstimate, unknown
from models.kpis.reasons import score_parts
from models.text import Text


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the score: the figure that it comes from, and the figure's values that stand for 0 and 100."""

    figure: str
    worst: float
    best: float

    def points(self, value: float) -> float:
        """From 0 to 100.

        >>> Part(figure="csat", worst=1, best=5).points(4.0)
        75.0
        """
        return 100 * (value - self.worst) / (self.best - self.worst)


_NO_PART = Text("none of its parts is")
PARTS: dict[ScorePart, Part] = {
    "satisfaction": Part(figure="csat", worst=1, best=5),
    "loyalty": Part(figure="nps", worst=-100, best=100),
    "answers": Part(figure="answered_in_time", worst=0, best=1),
    "complaints": Part(figure="settled_in_time", worst=0, best=1),
    "participation": Part(figure="participation", worst=0, best=1),
    "retention": Part(figure="retention", worst=0, best=1),
}
"""Name of a part, as ``kpis.score`` weighs it -> where it comes from."""


def relationship_score(
    figures: Mapping[str, KpiEstimate],
    weights: Mapping[ScorePart, float],
    *,
    whole: Mapping[str, KpiEstimate] | None = None,
) -> KpiEstimate:
    """The weighted mean of the known parts, from 0 to 100, with a 95% interval.

    A part of which a group does not know its own figure counts as in the ``whole`` book, so that scores of groups and
    of the book are made of the same parts; a group that knows none has no score. Weights of parts that nobody knows go
    to the others in proportion. ``why`` names both. ``count`` is the share of the weights that is known. The
    interval joins those of the parts by adding squared distances, as if the parts were independent.
    Source: Zou and Donner (2008), Statistics in Medicine 27, section 2.
    """
    wanted = {name: PARTS[name] for name, weight in weights.items() if weight > 0}
    own = {name: figures[part.figure] for name, part in wanted.items() if _is_known(figures, part.figure)}
    if not own:
        return unknown(_NO_PART)
    borrowed = {
        name: (whole or {})[part.figure]
        for name, part in wanted.items()
        if name not in own and _is_known(whole or {}, part.figure)
    }
    known = {name: figure for name in wanted if (figure := own.get(name) or borrowed.get(name)) is not None}
    lacking = [name for name in wanted if name not in known]
    return replace(
        _weighted(known, weights),
        clients=max(figure.clients for figure in own.values()),
        why=score_parts(lacking, list(borrowed)),
    )


def _weighted(known: Mapping[ScorePart, KpiEstimate], weights: Mapping[ScorePart, float]) -> KpiEstimate:
    weight = sum(weights[name] for name in known)
    points, below, above = 0.0, 0.0, 0.0
    for name, figure in known.items():
        part, share = PARTS[name], weights[name] / weight
        middle, low, high = (part.points(end) for end in _ends(figure))
        points += share * middle
        below += (share * (middle - low)) ** 2
        above += (share * (high - middle)) ** 2
    return KpiEstimate(
        estimate=points,
        low=max(points - float(np.sqrt(below)), 0.0),
        high=min(points + float(np.sqrt(above)), 100.0),
        count=weight,
    )


def _is_known(figures: Mapping[str, KpiEstimate], name: str) -> bool:
    return name in figures and figures[name].estimate is not None


def _ends(figure: KpiEstimate) -> tuple[float, float, float]:
    middle = figure.estimate or 0.0
    return middle, middle if figure.low is None else figure.low, middle if figure.high is None else figure.high
