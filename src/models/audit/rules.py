"""The rules for criteria: quantifiable, available, relevant, not redundant, and few; each verdict has a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Final

import numpy as np
import pandas as pd

from models.audit.association import (
    RankScores,
    category_psi,
    noise_factor,
    number_psi,
    partial_correlation,
)
from models.audit.distribution import Distribution, distribution_of
from models.audit.relevance import (
    DECLINE,
    VALUE,
    Measured,
    Relevance,
    measure,
    relevance_of,
    targets_of,
)
from models.codec import NOT_WRITTEN
from models.panel.panel import Panel
from models.text import ENGLISH, Slot, Text
from models.vocab import FloatArray

_ALIKE: Final = Text("ranks clients like {feature} (correlation {rank:.2f})")
_SELDOM_KNOWN: Final = Text("known for {share:.0%} of the clients")
_TELLS_BY_ABSENCE: Final = Text(
    "known for {share:.0%} of the clients; that it is unknown tells something, its value little"
)
_OWN_WORDS: Final = Text("{texts:,} different texts for {clients:,} clients cannot be counted")
_LATE: Final = Text("published {days:.0f} days late, longer than the horizon")
_CONSTANT: Final = Text("the same for all clients")
_NO_OUTCOMES: Final = Text("no outcomes to hold it against")
_MOVED: Final = Text("{tells}; its distribution moved (PSI {psi:.2f})")
_TURNED: Final = {
    DECLINE: Text("for decline it pointed the other way at the earlier date"),
    VALUE: Text("for value it pointed the other way at the earlier date"),
}
_NOISE: Final = Text("tells no more of decline or value than noise does")
_TELLS: Final = {
    (DECLINE, "tells"): Text("tells decline (AUC {figure:.2f})"),
    (DECLINE, "higher more"): Text("higher means more decline (AUC {figure:.2f})"),
    (DECLINE, "higher less"): Text("higher means less decline (AUC {figure:.2f})"),
    (DECLINE, "absent more"): Text("absent means more decline (AUC {figure:.2f})"),
    (DECLINE, "absent less"): Text("absent means less decline (AUC {figure:.2f})"),
    (VALUE, "tells"): Text("tells value (rank correlation {figure:.2f})"),
    (VALUE, "higher more"): Text("higher means more value (rank correlation {figure:.2f})"),
    (VALUE, "higher less"): Text("higher means less value (rank correlation {figure:.2f})"),
    (VALUE, "absent more"): Text("absent means more value (rank correlation {figure:.2f})"),
    (VALUE, "absent less"): Text("absent means less value (rank correlation {figure:.2f})"),
}
"""What a feature tells, by outcome and by which way it points."""
_BOTH: Final = Text("{first}, {second}", "what a feature tells")
_ALONE: Final = Text("{first}", "what a feature tells")


class Verdict(StrEnum):
    """What becomes of a feature as a criterion."""

    KEEP = "keep"
    REDUNDANT = "redundant"
    IRRELEVANT = "irrelevant"
    UNAVAILABLE = "unavailable"
    OPEN = "not judged"


@dataclass(frozen=True, kw_only=True)
class CriteriaLimits:
    """Where the lines are drawn."""

    min_coverage: float = 0.5
    """Known for fewer clients than this share: unavailable."""
    max_own_words: float = 0.5
    """A text that has more different values than this share of the clients cannot be counted."""
    same_rank: float = 0.95
    """Rank correlation with a more relevant feature from which on one of the two is enough."""
    moved_psi: float = 0.25
    """Population stability index above which a distribution counts as moved; the usual line of credit scoring."""
    short_list: int = 15
    short_list_rank: float = 0.7
    """Features of the short list are less alike than this."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What is known beside the panel: the table of each feature, publication lags, and the horizon in days."""

    tables: Mapping[str, str]
    lags_days: Mapping[str, float]
    horizon_days: float


@dataclass(frozen=True, kw_only=True)
class AuditedFeature:
    """One feature as a criterion, with the figures behind its verdict; ``place`` is its rank on the short list.

    ``why`` is the reason in every language.
    """

    name: str
    unit: str
    table: str
    coverage: float
    lag_days: float | None
    distribution: Distribution
    relevance: Mapping[str, Relevance] = field(default_factory=dict)
    psi: float | None = None
    has_moved: bool = False
    like: str = ""
    like_rank: float | None = None
    verdict: Verdict = Verdict.OPEN
    reason: str = ""
    place: int | None = None
    why: Annotated[Text | None, NOT_WRITTEN] = None
    score: float = field(init=False, default=0.0)
    """The stronger of both, on one scale: twice the AUC's distance from one half, or Spearman's; 0 for noise."""

    def __post_init__(self) -> None:
        scale = {DECLINE: 2.0, VALUE: 1.0}
        strengths = [scale[name] * abs(found.strength) for name, found in self.relevance.items() if found.is_relevant]
        object.__setattr__(self, "score", max(strengths, default=0.0))


@dataclass(frozen=True, kw_only=True)
class JudgedCriterion:
    """All features, the most relevant first, and what could not be said of them."""

    features: tuple[AuditedFeature, ...]
    left_out: tuple[Text, ...]

    @property
    def short_list(self) -> tuple[AuditedFeature, ...]:
        """The recommended criteria, the most relevant first."""
        chosen = [feature for feature in self.features if feature.place is not None]
        return tuple(sorted(chosen, key=lambda feature: feature.place or 0))


def judge_features(panel: Panel, earlier: Panel | None, about: Origin, limits: CriteriaLimits) -> JudgedCriterion:
    """Judge every feature of a panel at one origin, beside an earlier one if the book reaches back."""
    names = list(panel.features.columns)
    targets, left_out = targets_of(panel)
    now = measure(panel, targets, names)
    before = None
    if earlier is not None:
        before = measure(earlier, {name: t for name, t in targets_of(earlier)[0].items() if name in targets}, names)
    found = [_figures(panel, earlier, name, about, limits) for name in names]
    found = [
        replace(each, relevance={target: relevance_of(place, target, now, before) for target in targets})
        for place, each in enumerate(found)
    ]
    order = sorted(range(len(names)), key=lambda place: (-found[place].score, -found[place].coverage, names[place]))
    same = _same(now)
    judged = _judge([found[place] for place in order], same[np.ix_(order, order)], about, limits)
    if targets:
        judged = _short_list(judged, order, same, now, len(panel), limits)
    return JudgedCriterion(features=tuple(judged), left_out=tuple(left_out))


def _figures(panel: Panel, earlier: Panel | None, name: str, about: Origin, limits: CriteriaLimits) -> AuditedFeature:
    column = panel.features[name]
    psi, noise = (None, 0.0) if earlier is None else _psi(column, earlier.features[name])
    table = about.tables.get(name, "")
    return AuditedFeature(
        name=name,
        unit=panel.units[name],
        table=table,
        coverage=float(column.notna().mean()) if len(column) else 0.0,
        lag_days=about.lags_days.get(table),
        distribution=distribution_of(column),
        psi=psi,
        has_moved=psi is not None and psi > limits.moved_psi + noise,
    )


def _psi(now: pd.Series, before: pd.Series) -> tuple[float | None, float]:
    """Stability between two origins, and what chance alone brings: bins less one over the clients of each."""
    if not len(now) or not len(before):
        return None, 0.0
    if pd.api.types.is_numeric_dtype(now):
        bins = 10.0
        psi = number_psi(before.to_numpy(dtype=np.float64), now.to_numpy(dtype=np.float64))
    else:
        bins = float(before.nunique())
        psi = category_psi(before, now)
    return psi, bins * (1 / len(now) + 1 / len(before))


def _same(measured: Measured) -> FloatArray:
    """Absolute rank correlation between features, a category by its mean outcome. Shape (n, n)."""
    scores: RankScores = next(iter(measured.ranks.values()))
    return np.abs(scores.correlation(scores))


def _judge(
    features: Sequence[AuditedFeature], same: FloatArray, about: Origin, limits: CriteriaLimits
) -> list[AuditedFeature]:
    """Verdicts in the given order, so that of two alike the earlier one stays."""
    kept: list[int] = []
    judged = []
    for place, feature in enumerate(features):
        verdict, reason = _on_its_own(feature, about, limits)
        like = max(kept, key=lambda other: same[place, other], default=None)
        reported = _because(feature, verdict, reason)
        if like is not None:
            rank = float(same[place, like])
            reported = replace(reported, like=features[like].name, like_rank=rank)
            if verdict in (Verdict.KEEP, Verdict.OPEN) and rank >= limits.same_rank:
                alike = _ALIKE.filled(feature=features[like].name, rank=rank)
                reported = _because(reported, Verdict.REDUNDANT, alike)
        if reported.verdict in (Verdict.KEEP, Verdict.OPEN):
            kept.append(place)
        judged.append(reported)
    return judged


def _because(feature: AuditedFeature, verdict: Verdict, why: Text) -> AuditedFeature:
    return replace(feature, verdict=verdict, reason=why.within(ENGLISH), why=why)


def _on_its_own(feature: AuditedFeature, about: Origin, limits: CriteriaLimits) -> tuple[Verdict, Text]:
    shape = feature.distribution
    if feature.coverage < limits.min_coverage:
        telling = any(each.by_absence and each.is_relevant for each in feature.relevance.values())
        return Verdict.UNAVAILABLE, (_TELLS_BY_ABSENCE if telling else _SELDOM_KNOWN).filled(share=feature.coverage)
    if shape.is_category and shape.distinct > limits.max_own_words * shape.filled:
        return Verdict.UNAVAILABLE, _OWN_WORDS.filled(texts=shape.distinct, clients=shape.filled)
    if feature.lag_days is not None and feature.lag_days > about.horizon_days:
        return Verdict.UNAVAILABLE, _LATE.filled(days=feature.lag_days)
    if shape.distinct <= 1 and feature.coverage == 1.0:
        return Verdict.IRRELEVANT, _CONSTANT
    if not feature.relevance:
        return Verdict.OPEN, _NO_OUTCOMES
    return _by_relevance(feature)


def _by_relevance(feature: AuditedFeature) -> tuple[Verdict, Text]:
    turned = [name for name, each in feature.relevance.items() if each.has_turned]
    if feature.score > 0:
        tells = _told(feature)
        return Verdict.KEEP, _MOVED.filled(tells=tells, psi=feature.psi or 0.0) if feature.has_moved else tells
    if turned:
        return Verdict.IRRELEVANT, _TURNED[turned[0]]
    return Verdict.IRRELEVANT, _NOISE


def _told(feature: AuditedFeature) -> Text:
    """What a relevant feature tells, in words.

    An AUC is given as that of the better direction, which the words name.
    """
    parts: list[Slot] = []
    for name, found in feature.relevance.items():
        if found.is_relevant:
            figure = 0.5 + abs(found.strength) if name == DECLINE else abs(found.strength)
            parts.append(_TELLS[name, _direction(feature, found)].filled(figure=figure))
    first, *others = parts
    return _BOTH.filled(first=first, second=others[0]) if others else _ALONE.filled(first=first)


def _direction(feature: AuditedFeature, found: Relevance) -> str:
    if feature.distribution.is_category:
        return "tells"
    more = "more" if found.strength > 0 else "less"
    return f"absent {more}" if found.by_absence else f"higher {more}"


def _short_list(
    judged: list[AuditedFeature],
    order: Sequence[int],
    same: FloatArray,
    now: Measured,
    rows: int,
    limits: CriteriaLimits,
) -> list[AuditedFeature]:
    """Marks the criteria to recommend: in order of relevance, those unlike the ones before and adding to them."""
    bound = noise_factor(2 * len(judged)) / np.sqrt(max(rows - 1, 1))
    among = {name: scores.correlation(scores) for name, scores in now.ranks.items()}
    chosen: list[int] = []
    marked = list(judged)
    for rank, feature in enumerate(judged):
        place = order[rank]
        unlike = not chosen or same[place, chosen].max() <= limits.short_list_rank
        if feature.verdict is not Verdict.KEEP or not unlike or len(chosen) == limits.short_list:
            continue
        adds = [
            abs(partial_correlation(among[name], now.correlation[name], place, chosen))
            for name, absent in now.by_absence.items()
            if not absent[place]
        ]
        if max(adds, default=0.0) > bound:
            chosen.append(place)
            marked[rank] = replace(feature, place=len(chosen))
    return marked
