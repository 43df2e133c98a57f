"""Effects of one version in the place of another on the newest date: tiers with their money, and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.book.periods import PeriodGrid
from models.comparison.report import ExpectedChange, ExplainedShift, ReasonShift, TierSwitches
from models.comparison.scored import ScoredVersion
from models.config.policy.tiers import TierScale
from models.evaluation.report.explained import ranking_stability
from models.text import ENGLISH, Phrase, as_written
from models.vocab import FloatArray, IntArray, TextArray

SHIFTS = 8
"""Reasons that are listed of a model: those that changed most."""


def expected_change(first: ScoredVersion, second: ScoredVersion, when: date) -> ExpectedChange:
    """What would change at ``when``, were the second to serve; both scored the same clients."""
    grid = PeriodGrid(first.settings.time.period, when)
    return ExpectedChange(
        as_of=when,
        periods_old=(_age(first, grid), _age(second, grid)),
        expected_value=(float(first.said.value.sum()), float(second.said.value.sum())),
        expected_declines=(float(first.said.decline_probability.sum()), float(second.said.decline_probability.sum())),
        tiers=tier_switches(
            (first.tier, second.tier),
            first.bundle.models.policy.scale.with_others(second.bundle.models.policy.scale.names),
            value=first.said.value,
            exposure=exposure_of_version(first),
        ),
        reasons=reason_shifts(first, second),
    )


def _age(version: ScoredVersion, grid: PeriodGrid) -> int:
    return max(-grid.index_of(version.bundle.models.learned.until), 0)


def exposure_of_version(version: ScoredVersion) -> FloatArray | None:
    """What is lent to each client: open limits where the book knows them, else exposure at default; None for neither.

    Shape (n_clients,), in book currency.
    """
    name = version.settings.backtest.limits.exposure
    if name in version.panel.features:
        return np.asarray(np.nan_to_num(version.panel.features[name].to_numpy(dtype=np.float64), nan=0.0))
    exposure = version.said.exposure_at_default
    return None if np.isnan(exposure).any() else exposure


@dataclass(frozen=True, kw_only=True)
class _Matrix:
    """Sums by pairs of tiers."""

    place: IntArray
    tiers: int

    def of(self, amounts: FloatArray) -> tuple[tuple[float, ...], ...]:
        sums = np.bincount(self.place, weights=amounts, minlength=self.tiers**2).reshape(self.tiers, self.tiers)
        return tuple(map(tuple, sums.tolist()))


def tier_switches(
    tiers: tuple[TextArray, TextArray], scale: TierScale, *, value: FloatArray, exposure: FloatArray | None
) -> TierSwitches:
    """Who stands where by both versions; all arrays are (n_clients,)."""
    old, new = (scale.ranks(each, len(value)) for each in tiers)
    matrix, moved = _Matrix(place=old * len(scale) + new, tiers=len(scale)), old != new
    counts = matrix.of(np.ones(len(value)))
    return TierSwitches(
        tiers=scale.names,
        counts=tuple(tuple(int(each) for each in row) for row in counts),
        value=matrix.of(value),
        exposure=None if exposure is None else matrix.of(exposure),
        clients=len(value),
        moved=int(moved.sum()),
        up=int((new < old).sum()),
        moved_value=float(value[moved].sum()),
        total_value=float(value.sum()),
        moved_exposure=None if exposure is None else float(exposure[moved].sum()),
        total_exposure=None if exposure is None else float(exposure.sum()),
    )


def reason_shifts(first: ScoredVersion, second: ScoredVersion) -> tuple[ExplainedShift, ...]:
    """Per model the rank correlation of its reasons, and those whose share of all changed most."""
    sizes = (first.reason_sizes(), second.reason_sizes())
    agreement = ranking_stability(("first", "second"), sizes)
    words = {**second.bundle.models.words, **first.bundle.models.words}
    titles = {each.reason: each.title for each in words.values()}
    return tuple(
        ExplainedShift(
            model=model,
            correlation=agreement[model][0].spearman,
            shifts=_shifts((sizes[0][model], sizes[1][model]), titles),
        )
        for model in agreement
    )


def _shifts(
    sizes: tuple[Mapping[str, float], Mapping[str, float]], titles: Mapping[str, Phrase]
) -> tuple[ReasonShift, ...]:
    names = sorted({*sizes[0], *sizes[1]})
    shares = [np.array([each.get(name, 0.0) for name in names]) for each in sizes]
    shares = [each / each.sum() if each.sum() else each for each in shares]
    ranks = [np.argsort(np.argsort(-each, kind="stable"), kind="stable") + 1 for each in shares]
    order = np.argsort(-np.abs(shares[1] - shares[0]), kind="stable")[:SHIFTS]
    called = [titles.get(name, as_written(name)) for name in names]
    return tuple(
        ReasonShift(
            reason=names[place],
            title=called[place].within(ENGLISH),
            shares=(float(shares[0][place]), float(shares[1][place])),
            ranks=(int(ranks[0][place]), int(ranks[1][place])),
            called=called[place],
        )
        for place in order.tolist()
    )
