"""What moves the models over a sample of clients, as data: reasons by size, features one by one; without any client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import scipy

from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.panel.features.words import FeatureWords
from models.reasons.ranking import Grouping
from models.text import ENGLISH
from models.vocab import FloatArray, IntArray

SAMPLE = 300
"""So many clients are enough to see what a model leans on."""
REASONS_SHOWN, FEATURES_SHOWN, DEPENDENCE_SHOWN = 15, 12, 6
TOP = 5
_BINS = 8
_LEAST = 2
_DIGITS = 6
Sizes = Mapping[str, Mapping[str, float]]
"""Model -> reason -> mean size of what it adds."""


def sampled(count: int, most: int = SAMPLE) -> IntArray:
    """Places of at most ``most`` of ``count`` rows, evenly spread.

    >>> sampled(10, 4)
    array([0, 3, 6, 9])
    """
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).round().astype(np.int64))


def reason_sizes(parts: Mapping[str, Contributions], names: Sequence[str], words: Mapping[str, FeatureWords]) -> Sizes:
    """Mean size of what each reason adds to each model, in the model's own unit; the largest first."""
    grouping = Grouping.of(names, words)
    sizes = {}
    for model, reported in parts.items():
        sums = np.zeros((len(reported.values), len(grouping.reasons)))
        np.add.at(sums.T, grouping.place, reported.values.T)
        means = np.abs(sums).mean(axis=0)
        order = np.argsort(-means, kind="stable")
        sizes[model] = {grouping.reasons[place]: float(means[place]) for place in order}
    return sizes


def explained_parts(
    parts: Mapping[str, Contributions],
    matrix: FloatArray,
    contract: FeatureContract,
    words: Mapping[str, FeatureWords],
) -> dict[str, Any]:
    """Model -> importance by reason, dependence on the leading features, and a summary of what each row adds.

    ``parts`` of the rows of ``matrix`` (n_rows, n_features). In the summary a row's value of a feature is told by its
    rank among the rows, from 0 to 1, None where it has none.
    """
    titles = {each.reason: each.title.within(ENGLISH) for each in words.values()}
    called = {name: words[name].describe(ENGLISH) if name in words else name for name in contract.names}
    sizes = reason_sizes(parts, contract.names, words)
    return {
        model: {
            "rows": len(matrix),
            "unit": reported.unit,
            "reasons": [
                {"reason": reason, "title": titles.get(reason, reason), "size": size}
                for reason, size in list(sizes[model].items())[:REASONS_SHOWN]
            ],
            "others": float(sum(list(sizes[model].values())[REASONS_SHOWN:])),
            **_features(reported, matrix, contract, called),
        }
        for model, reported in parts.items()
    }


def ranking_stability(labels: Sequence[str], sizes: Sequence[Sizes]) -> dict[str, Any]:
    """Between every two fits: how alike they rank the reasons, and how many of the first ``TOP`` they share.

    ``labels`` name the fits. Spearman and Kendall over all reasons of either; None where a fit ranks none before
    another.
    """
    models = [model for model in sizes[0] if all(model in each for each in sizes)] if len(sizes) >= _LEAST else []
    return {
        model: [
            {"fits": [labels[one], labels[other]], **_alike(sizes[one][model], sizes[other][model])}
            for one, other in combinations(range(len(sizes)), 2)
        ]
        for model in models
    }


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float | None]:
    names = sorted({*one, *other})
    first, second = (np.array([each.get(name, 0.0) for name in names]) for each in (one, other))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return {"spearman": None, "kendall": None, "top_shared": None}
    tops = (set(sorted(each, key=lambda name: -each[name])[:TOP]) for each in (one, other))
    shared = set.intersection(*tops)
    return {
        "spearman": float(scipy.stats.spearmanr(first, second).statistic),
        "kendall": float(scipy.stats.kendalltau(first, second).statistic),
        "top_shared": len(shared) / min(TOP, len(names)),
    }


def _features(
    reported: Contributions, matrix: FloatArray, contract: FeatureContract, called: Mapping[str, str]
) -> dict[str, Any]:
    order = np.argsort(-np.abs(reported.values).mean(axis=0), kind="stable")
    numbers = [place for place in order.tolist() if place not in contract.categorical]
    return {
        "dependence": [
            {
                "feature": contract.names[place],
                "description": called[contract.names[place]],
                "unit": contract.units[contract.names[place]],
                "bins": _bins(matrix[:, place], reported.values[:, place]),
            }
            for place in numbers[:DEPENDENCE_SHOWN]
        ],
        "summary": [
            {
                "feature": contract.names[place],
                "description": called[contract.names[place]],
                "added": _rounded(reported.values[:, place]),
                "standing": _standing(matrix[:, place]),
            }
            for place in order.tolist()[:FEATURES_SHOWN]
        ],
    }


def _bins(observed: FloatArray, added: FloatArray) -> list[dict[str, float]]:
    """Eighths of the rows by their value: its median, and the median and middle half of what it adds."""
    known = ~np.isnan(observed)
    if not known.any():
        return []
    edges = np.unique(np.quantile(observed[known], np.linspace(0, 1, _BINS + 1)))
    place = np.clip(np.searchsorted(edges, observed, side="right") - 1, 0, max(len(edges) - 2, 0))
    bins = []
    for number in np.unique(place[known]).tolist():
        inside = known & (place == number)
        low, middle, high = np.quantile(added[inside], [0.25, 0.5, 0.75]).tolist()
        bins.append(
            {
                "at": float(np.median(observed[inside])),
                "rows": int(inside.sum()),
                "low": low,
                "median": middle,
                "high": high,
            }
        )
    return bins


def _standing(observed: FloatArray) -> list[float | None]:
    known = ~np.isnan(observed)
    ranks = np.full(len(observed), np.nan)
    if known.any():
        ranks[known] = (scipy.stats.rankdata(observed[known]) - 1) / max(int(known.sum()) - 1, 1)
    return [None if np.isnan(rank) else round(rank, 3) for rank in ranks.tolist()]


def _rounded(values: FloatArray) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values.tolist()]
