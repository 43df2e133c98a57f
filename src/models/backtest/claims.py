"""The claims about grading, measured over all replayed dates together, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from models.backtest.acting import ActingClaim, Rows
from models.backtest.contents import (
    AnewEfficiency,
    Claims,
    FoundCurves,
    GrowthResult,
    RecoveryResult,
    RetentionResult,
    RiskResult,
    ScreeningResult,
)
from models.backtest.day import Lending, Replayed
from models.backtest.lists import ANEW, LISTS, OURS, RULE
from models.config.backtest import BacktestConfig
from models.config.root import Config
from models.metrics.bootstrap import Draws, ReportedInterval, bootstrap_figures, reported_interval
from models.metrics.portfolio import Kept, SafetyList
from models.metrics.screening import ReviewList, screening_efficiency
from models.vocab import FloatArray, IntArray

CURVE_POINTS = 51


def claims(replayed: Sequence[Replayed], config: Config) -> Claims:
    """Screening, retention, growth, recovery, risk and acting; the last three are None where the book cannot tell.

    A sponsor group is drawn with all its rows at all dates: that it comes several times makes nothing surer.
    """
    settings, cut = config.backtest, _cut(replayed)
    groups = np.concatenate([each.group for each in replayed])
    screening = _Screening(replayed, settings)
    retention, growth = _Retention(replayed, settings), _Growth(replayed, settings)
    drawn = _drawn(
        lambda weights: {**screening(cut, weights), **retention(cut, weights), **growth(cut, weights)}, groups, config
    )
    found = Claims(
        screening=screening.result(drawn),
        retention=retention.result(drawn),
        growth=growth.result(drawn),
        curves=_curves(screening),
        recovery=None,
        risk=None,
        acting=None,
    )
    known = [each.lending for each in replayed if each.lending is not None]
    if len(known) == len(replayed) and sum(float(lending.loss.sum()) for lending in known) > 0:
        lending = _Lending(known, settings)
        drawn = _drawn(lambda weights: lending(cut, weights), groups, config)
        found = replace(found, recovery=lending.recovery(drawn), risk=lending.risk(drawn))
    acted = [each.acting for each in replayed if each.acting is not None]
    if len(acted) == len(replayed):
        acting = ActingClaim(acted, settings.acting)
        drawn = _drawn(lambda weights: acting(cut, weights), groups, config)
        found = replace(found, acting=acting.result(drawn, config))
    return found


def efficiency_by_date(replayed: Sequence[Replayed], config: Config) -> list[dict[str, float]]:
    """The screening efficiency of our grades against the rule at each date, by share of value."""
    found = []
    for each in replayed:
        lists = _Screening([each], config.backtest)
        alone = lists([slice(0, len(each))], np.ones((1, len(each))))
        found.append({_percent(share): float(alone[f"saved {share} {OURS}"][0]) for share in lists.shares})
    return found


def efficiency_anew(replayed: Sequence[Replayed], config: Config) -> tuple[AnewEfficiency, ...]:
    """What our grades save of the rule's reviews over all dates: as they are held, and graded anew at each date."""
    ones = np.ones((1, sum(map(len, replayed))))
    screening = _Screening(replayed, config.backtest, (OURS, ANEW, RULE))
    found = screening(_cut(replayed), ones)
    return tuple(
        AnewEfficiency(
            share=share,
            ours=float(found[f"saved {share} {OURS}"][0]),
            anew=float(found[f"saved {share} {ANEW}"][0]),
        )
        for share in screening.shares
    )


class _Screening:
    """How many clients each list reviews until it has found a share of what then came, date by date."""

    def __init__(self, replayed: Sequence[Replayed], settings: BacktestConfig, lists: Sequence[str] = LISTS) -> None:
        self.shares = settings.shares
        self.lists = {
            name: [ReviewList.of(np.maximum(each.value, 0.0), each.screening[name]) for each in replayed]
            for name in lists
        }

    def __call__(self, cut: Rows, weights: FloatArray) -> dict[str, FloatArray]:
        found = {}
        clients = weights.sum(axis=1)
        for share in self.shares:
            needed = {
                name: _summed([each.reviewed(share, weights[:, rows]) for each, rows in zip(lists, cut, strict=True)])
                for name, lists in self.lists.items()
            }
            for name, reviewed in needed.items():
                found[f"reviewed {share} {name}"] = reviewed / clients
                found[f"saved {share} {name}"] = screening_efficiency(reviewed, needed[RULE])
        return found

    def result(self, drawn: Mapping[str, Draws]) -> tuple[ScreeningResult, ...]:
        """Per share of value: clients reviewed by each list, as a share of all, and what that saves of the rule's."""
        return tuple(
            ScreeningResult(
                share=share,
                reviewed={name: reported_interval(drawn[f"reviewed {share} {name}"]) for name in LISTS},
                efficiency={name: reported_interval(drawn[f"saved {share} {name}"]) for name in LISTS if name != RULE},
            )
            for share in self.shares
        )


class _Retention:
    """What a budget of offers earns, spent from the top of each list."""

    def __init__(self, replayed: Sequence[Replayed], settings: BacktestConfig) -> None:
        self.settings = settings.retention
        self.lists = {name: [ReviewList.of(each.profit, each.retention[name]) for each in replayed] for name in LISTS}

    def __call__(self, cut: Rows, weights: FloatArray) -> dict[str, FloatArray]:
        clients, budget = weights.sum(axis=1), self.settings.budget
        profit = {
            f"profit {name}": _summed(
                [each.found(budget, weights[:, rows]) for each, rows in zip(lists, cut, strict=True)]
            )
            / clients
            for name, lists in self.lists.items()
        }
        return profit | {f"more {name}": profit[f"profit {name}"] - profit[f"profit {RULE}"] for name in LISTS}

    def result(self, drawn: Mapping[str, Draws]) -> RetentionResult:
        """Profit per client of the book, by each list, and how much more than the rule's."""
        return RetentionResult(
            budget=self.settings.budget,
            success=self.settings.success,
            incentive=self.settings.incentive,
            contact=self.settings.contact,
            profit={name: reported_interval(drawn[f"profit {name}"]) for name in LISTS},
            more_than_rule={name: reported_interval(drawn[f"more {name}"]) for name in LISTS if name != RULE},
        )


class _Growth:
    """How much of all growth a budget of addressed clients holds, spent from the top of each list."""

    def __init__(self, replayed: Sequence[Replayed], settings: BacktestConfig) -> None:
        self.budget = settings.growth.budget
        self.totals = [each.growth for each in replayed]
        self.lists = {name: [ReviewList.of(each.growth, each.growing[name]) for each in replayed] for name in LISTS}

    def __call__(self, cut: Rows, weights: FloatArray) -> dict[str, FloatArray]:
        whole = _summed([weights[:, rows] @ total for total, rows in zip(self.totals, cut, strict=True)])
        found = {}
        for name, lists in self.lists.items():
            part = _summed([each.found(self.budget, weights[:, rows]) for each, rows in zip(lists, cut, strict=True)])
            found[f"grown {name}"] = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
        rule = found[f"grown {RULE}"]
        return found | {f"grown more {name}": _change(found[f"grown {name}"], rule) for name in LISTS}

    def result(self, drawn: Mapping[str, Draws]) -> GrowthResult:
        """Share of growth that is found by each list, and the change against the rule."""
        return GrowthResult(
            budget=self.budget,
            found={name: reported_interval(drawn[f"grown {name}"]) for name in LISTS},
            change={name: reported_interval(drawn[f"grown more {name}"]) for name in LISTS if name != RULE},
        )


class _Lending:
    """What the kept part of the portfolio loses, and what cutting the rest saves."""

    def __init__(self, lendings: Sequence[Lending], settings: BacktestConfig) -> None:
        self.settings = settings.limits
        losses = np.concatenate([each.loss for each in lendings])
        self.losing, self.largest = int((losses > 0).sum()), float(losses.max() / losses.sum())
        self.lists = {
            name: [SafetyList.of(each.exposure, each.loss, each.safety[name]) for each in lendings] for name in LISTS
        }

    def __call__(self, cut: Rows, weights: FloatArray) -> dict[str, FloatArray]:
        limits, found = self.settings, {}
        whole = self._kept(RULE, 1.0, cut, weights).loss
        for name in LISTS:
            kept = self._kept(name, limits.volume, cut, weights)
            rest = self._kept(name, 1.0 - limits.cut, cut, weights).loss
            found[f"rate {name}"] = kept.loss_rate
            found[f"volatility {name}"] = kept.volatility
            saved = limits.depth * (whole - rest)
            found[f"recovered {name}"] = np.divide(saved, whole, out=np.full_like(saved, np.nan), where=whole > 0)
        for figure, title in (("rate", "rate change"), ("volatility", "volatility change"), ("recovered", "gain")):
            theirs = found[f"{figure} {RULE}"]
            found |= {f"{title} {name}": _change(found[f"{figure} {name}"], theirs) for name in LISTS}
        return found

    def recovery(self, drawn: Mapping[str, Draws]) -> RecoveryResult:
        """Share of all losses that cutting limits saves, by each list, and the change against the rule."""
        return RecoveryResult(
            cut=self.settings.cut,
            depth=self.settings.depth,
            losing_clients=self.losing,
            largest_loss_share=self.largest,
            saved={name: reported_interval(drawn[f"recovered {name}"]) for name in LISTS},
            change={name: reported_interval(drawn[f"gain {name}"]) for name in LISTS if name != RULE},
        )

    def risk(self, drawn: Mapping[str, Draws]) -> RiskResult:
        """Loss rate and volatility of what is kept, at equal volume, and their changes against the rule."""

        def by_list(figure: str, lists: Sequence[str] = LISTS) -> dict[str, ReportedInterval]:
            return {name: reported_interval(drawn[f"{figure} {name}"]) for name in lists}

        others = [name for name in LISTS if name != RULE]
        return RiskResult(
            volume=self.settings.volume,
            loss_rate=by_list("rate"),
            loss_rate_change=by_list("rate change", others),
            volatility=by_list("volatility"),
            volatility_change=by_list("volatility change", others),
        )

    def _kept(self, name: str, volume: float, cut: Rows, weights: FloatArray) -> Kept:
        parts = [each.kept(volume, weights[:, rows]) for each, rows in zip(self.lists[name], cut, strict=True)]
        total = parts[0]
        for part in parts[1:]:
            total += part
        return total


def _curves(screening: _Screening) -> FoundCurves:
    """Share of value found against share of clients reviewed: all dates' lists read to the same depth, summed up."""
    depths = tuple(np.linspace(0.0, 1.0, CURVE_POINTS).tolist())
    return FoundCurves(
        clients=depths,
        found={name: tuple(_found(lists, depth) for depth in depths) for name, lists in screening.lists.items()},
    )


def _found(lists: Sequence[ReviewList], depth: float) -> float:
    total = sum(float(each.amount.sum()) for each in lists)
    found = sum(float(each.found(depth, np.ones((1, len(each.order))))[0]) for each in lists)
    return found / total if total > 0 else 0.0


def _cut(replayed: Sequence[Replayed]) -> Rows:
    """Which of all rows each date's are."""
    ends = np.cumsum([len(each) for each in replayed]).tolist()
    return [slice(end - len(each), end) for each, end in zip(replayed, ends, strict=True)]


def _drawn(
    figures: Callable[[FloatArray], Mapping[str, FloatArray]], groups: IntArray, config: Config
) -> dict[str, Draws]:
    return bootstrap_figures(figures, groups, resamples=config.run.bootstrap_resamples, seed=config.run.seed)


def _summed(parts: Sequence[FloatArray]) -> FloatArray:
    return np.asarray(np.sum(parts, axis=0))


def _change(ours: FloatArray, theirs: FloatArray) -> FloatArray:
    return np.divide(ours - theirs, theirs, out=np.full_like(ours, np.nan), where=theirs > 0)


def _percent(share: float) -> str:
    return f"{share:.0%}"
