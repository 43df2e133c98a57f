"""Selection of the top tier by group: how often clients of a region, size or ownership reach it, beside all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.comparison.scored import ScoredVersion
from models.config.validation import ValidationConfig
from models.evaluation.report.groups import FIFTHS, OTHER, UNKNOWN, Group, fifths, groups_of
from models.metrics.bootstrap import wilson
from models.validation.report import Selection, SelectionGroup
from models.validation.rules import SIZE
from models.vocab import BoolArray, FloatArray, TextArray

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {"region": ("region", "country"), "ownership": ("ownership",)}
"""What is looked at -> attributes that tell it, the first that the book has."""
_SIZED_BY = "value_sum_ever"
_FEW = 2
_HALF = 0.5


def selection(version: ScoredVersion, sizes: ValidationConfig) -> Selection:
    """Who reaches the top tiers of the policy, each client graded anew; no outcome is looked at."""
    scale = version.bundle.models.policy.scale
    top = np.isin(version.tier, scale.top)
    decline = version.said.decline_probability
    groups, pooled = [], {}
    for by, labels in _labels(version.panel.features).items():
        found, small = _pooled(labels, sizes.least_group, FIFTHS if by == SIZE else None)
        if len(found) >= _FEW:
            pooled[by] = small
            groups += [_group(by, group, top, decline, sizes.parity) for group in found]
    as_of = version.panel.grid.anchor
    return Selection(as_of=as_of, tiers=scale.top, groups=tuple(groups), pooled=pooled)


def risk_ratio(
    selected: int, clients: int, others_selected: int, others: int, level: float = 0.95
) -> tuple[float, float, float] | None:
    """Share of a group over that of all others, with its interval; None where nobody of the others is selected.

    Source: Katz et al. (1978), on the logarithm; half a client is added to each where nobody of the group is selected.

    >>> [round(each, 3) for each in risk_ratio(10, 100, 40, 200)]
    [0.5, 0.261, 0.958]
    """
    if not others_selected or not others or not clients:
        return None
    extra = 0.0 if selected else _HALF
    one, other = (selected + extra, clients + extra), (others_selected + extra, others + extra)
    ratio = (one[0] / one[1]) / (other[0] / other[1])
    error = np.sqrt(max(1 / one[0] - 1 / one[1] + 1 / other[0] - 1 / other[1], 0.0))
    reach = float(np.exp(ndtri((1 + level) / 2) * error))
    return selected / clients / (others_selected / others), ratio / reach, ratio * reach


def _labels(features: pd.DataFrame) -> dict[str, TextArray]:
    """What is looked at -> the group of each client (n,)."""
    found = {}
    for by, names in ATTRIBUTES.items():
        name = next((each for each in names if each in features), None)
        if name is not None:
            column = features[name]
            found[by] = column.astype(object).where(column.notna(), UNKNOWN).astype(str).to_numpy(dtype=np.str_)
    if _SIZED_BY in features:
        found[SIZE] = fifths(features[_SIZED_BY].to_numpy(dtype=np.float64))
    return found


def _pooled(labels: TextArray, least: int, order: Sequence[str] | None) -> tuple[list[Group], int]:
    """Groups of at least so many clients, those of fewer together; and how many of these there were."""
    names, counts = np.unique(labels, return_counts=True)
    small = names[counts < least]
    together = np.where(np.isin(labels, small), OTHER, labels) if len(small) else labels
    return groups_of(together, order), len(small)


def _group(by: str, group: Group, top: BoolArray, decline: FloatArray, parity: float) -> SelectionGroup:
    inside = group.inside
    clients, selected = int(inside.sum()), int(top[inside].sum())
    low, high = wilson(selected / clients, clients)
    ratio = risk_ratio(selected, clients, int(top[~inside].sum()), int((~inside).sum()))
    return SelectionGroup(
        by=by,
        name=group.name,
        clients=clients,
        selected=selected,
        low=low,
        high=high,
        ratio=None if ratio is None else ratio[0],
        ratio_low=None if ratio is None else ratio[1],
        ratio_high=None if ratio is None else ratio[2],
        decline=float(decline[inside].mean()),
        is_off=ratio is not None and (ratio[2] < parity or ratio[1] > 1 / parity),
    )
