"""Explanations over a sample as data: reasons by size and features one by one, without any single client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.panel.features.words import FeatureWords
from models.reasons.ranking import Grouping
from models.text import Spoken, spoken
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


@dataclass(frozen=True, kw_only=True)
class ReasonSize:
    """The mean size of what a reason adds, in the model's own unit."""

    reason: str
    title: Spoken
    size: float


@dataclass(frozen=True, kw_only=True)
class DependenceBin:
    """Rows of about the same value ``at`` of a feature: median and middle half of what it adds."""

    at: float
    rows: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, kw_only=True)
class FeatureDependence:
    """What a feature adds along its values."""

    feature: str
    description: Spoken
    unit: str
    bins: tuple[DependenceBin, ...]


@dataclass(frozen=True, kw_only=True)
class FeatureSummary:
    """What a feature adds to each row, and the rank of its value among the rows from 0 to 1, None where it has none."""

    feature: str
    description: Spoken
    added: tuple[float, ...]
    standing: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class ExplainedModel:
    """Importance by reason, dependence on the leading features, and a summary of what each of ``rows`` rows adds.

    ``others`` is the size of the reasons that are not named, together.
    """

    rows: int
    unit: str
    reasons: tuple[ReasonSize, ...]
    others: float
    dependence: tuple[FeatureDependence, ...]
    summary: tuple[FeatureSummary, ...]


@dataclass(frozen=True, kw_only=True)
class RankingAgreement:
    """How alike two fits rank the reasons, and the share of the first ``TOP`` that both name.

    All are None where a fit ranks none before another.
    """

    fits: tuple[str, str]
    spearman: float | None
    kendall: float | None
    top_shared: float | None


@dataclass(frozen=True, kw_only=True)
class ExplainedModels:
    """What moves the models that serve, and how alike they and those of the test origins rank the reasons."""

    models: Mapping[str, ExplainedModel]
    stability: Mapping[str, tuple[RankingAgreement, ...]]


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
) -> Mapping[str, ExplainedModel]:
    """Model -> what moves it; ``parts`` of the rows of ``matrix`` (n_rows, n_features)."""
    titles = {each.reason: spoken(each.title) for each in words.values()}
    called = {name: spoken(words[name].description) if name in words else name for name in contract.names}
    sizes = reason_sizes(parts, contract.names, words)
    return {
        model: ExplainedModel(
            rows=len(matrix),
            unit=reported.unit,
            reasons=tuple(
                ReasonSize(reason=reason, title=titles.get(reason, reason), size=size)
                for reason, size in list(sizes[model].items())[:REASONS_SHOWN]
            ),
            others=float(sum(list(sizes[model].values())[REASONS_SHOWN:])),
            dependence=_dependence(reported, matrix, contract, called),
            summary=_summary(reported, matrix, contract, called),
        )
        for model, reported in parts.items()
    }


def ranking_stability(labels: Sequence[str], sizes: Sequence[Sizes]) -> Mapping[str, tuple[RankingAgreement, ...]]:
    """Between every two fits: how alike they rank the reasons, by Spearman and Kendall over all reasons of either.

    ``labels`` name the fits.
    """
    models = [model for model in sizes[0] if all(model in each for each in sizes)] if len(sizes) >= _LEAST else []
    return {
        model: tuple(
            RankingAgreement(fits=(labels[one], labels[other]), **_alike(sizes[one][model], sizes[other][model]))
            for one, other in combinations(range(len(sizes)), 2)
        )
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


def _dependence(
    reported: Contributions, matrix: FloatArray, contract: FeatureContract, called: Mapping[str, Spoken]
) -> tuple[FeatureDependence, ...]:
    numbers = [place for place in _by_size(reported) if place not in contract.categorical]
    return tuple(
        FeatureDependence(
            feature=contract.names[place],
            description=called[contract.names[place]],
            unit=contract.units[contract.names[place]],
            bins=_bins(matrix[:, place], reported.values[:, place]),
        )
        for place in numbers[:DEPENDENCE_SHOWN]
    )


def _summary(
    reported: Contributions, matrix: FloatArray, contract: FeatureContract, called: Mapping[str, Spoken]
) -> tuple[FeatureSummary, ...]:
    return tuple(
        FeatureSummary(
            feature=contract.names[place],
            description=called[contract.names[place]],
            added=_rounded(reported.values[:, place]),
            standing=_standing(matrix[:, place]),
        )
        for place in _by_size(reported)[:FEATURES_SHOWN]
    )


def _by_size(reported: Contributions) -> list[int]:
    """Places of the features, that which adds most on average first."""
    places: list[int] = np.argsort(-np.abs(reported.values).mean(axis=0), kind="stable").tolist()
    return places


def _bins(observed: FloatArray, added: FloatArray) -> tuple[DependenceBin, ...]:
    """Eighths of the rows by their value: its median, and the median and middle half of what it adds."""
    known = ~np.isnan(observed)
    if not known.any():
        return ()
    edges = np.unique(np.quantile(observed[known], np.linspace(0, 1, _BINS + 1)))
    place = np.clip(np.searchsorted(edges, observed, side="right") - 1, 0, max(len(edges) - 2, 0))
    bins = []
    for number in np.unique(place[known]).tolist():
        inside = known & (place == number)
        low, middle, high = np.quantile(added[inside], [0.25, 0.5, 0.75]).tolist()
        at = float(np.median(observed[inside]))
        bins.append(DependenceBin(at=at, rows=int(inside.sum()), low=low, median=middle, high=high))
    return tuple(bins)


def _standing(observed: FloatArray) -> tuple[float | None, ...]:
    known = ~np.isnan(observed)
    ranks = np.full(len(observed), np.nan)
    if known.any():
        ranks[known] = (scipy.stats.rankdata(observed[known]) - 1) / max(int(known.sum()) - 1, 1)
    return tuple(None if np.isnan(rank) else round(rank, 3) for rank in ranks.tolist())


def _rounded(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values.tolist())
