"""Outcomes by tier, costs of wrong grades, and how often clients change tier; ours beside the rule's."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from models.backtest.claims import efficiency_anew
from models.backtest.compute import HELD
from models.backtest.contents import ErrorCost, GradingErrors, GradingStability, TierOutcome
from models.backtest.day import Replayed
from models.backtest.lists import ANEW, OURS, RULE
from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.metrics.bootstrap import bootstrap_figures, reported_interval
from models.vocab import BoolArray, FloatArray, TextArray

_GRADES = {OURS: "tier", RULE: "rule_tier"}
_STABLE = {OURS: "tier", ANEW: "anew", RULE: "rule_tier"}


def tier_outcomes(replayed: Sequence[Replayed], scale: TierScale) -> dict[str, tuple[TierOutcome, ...]]:
    """Per grader and tier over all dates: clients, value, share of value, share that declined, and net loss."""
    value = _joined(replayed, "value")
    declined, lost = _joined(replayed, "declined"), _losses(replayed)
    total = float(value.sum())

    def outcome(name: str, inside: BoolArray) -> TierOutcome:
        """What the clients of one tier came to."""
        clients, brought = int(inside.sum()), float(value[inside].sum())
        return TierOutcome(
            tier=name,
            clients=clients,
            share=clients / len(inside),
            value=brought,
            value_share=brought / total if total > 0 else None,
            declined=float(declined[inside].mean()) if clients else None,
            loss=None if lost is None else float(lost[inside].sum()),
        )

    return {name: tuple(outcome(each, tier == each) for each in scale.names) for name, tier in _tiers(replayed).items()}


def error_costs(replayed: Sequence[Replayed], config: Config) -> dict[str, GradingErrors]:
    """The two ways a grade is wrong, and their costs in book currency, summed over all dates.

    Too high: in a top tier and declined; it costs what was at stake, as far as it did not come. Too low: in a low tier
    and then among as many best of its date by value as ``tiers.share`` has in top tiers; it costs what the client
    brought, which nobody looked after.
    """
    value, declined, stake = (_joined(replayed, name) for name in ("value", "declined", "stake"))
    scale = config.scale
    share = config.tiers.shares(scale)[[name for name in scale.upper if name in scale.top][-1]]
    best = np.concatenate([_best(each.value, share) for each in replayed])
    found = {}
    for name, tier in _tiers(replayed).items():
        high = scale.is_top(tier) & (declined > 0)
        low = scale.is_low(tier) & best
        found[name] = GradingErrors(
            too_high=ErrorCost(clients=int(high.sum()), cost=float(np.maximum(stake - value, 0.0)[high].sum())),
            too_low=ErrorCost(clients=int(low.sum()), cost=float(value[low].sum())),
        )
    return found


def stability(replayed: Sequence[Replayed], config: Config) -> GradingStability | None:
    """Of clients graded at two dates in a row, the share with the same tier, per grader; None for a single date.

    Ours with margin and limit on moves, and graded anew at each date; ``held`` counts the tiers that either kept, and
    ``efficiency`` tells what that costs in screening.
    """
    pairs = [_pair(before, after) for before, after in itertools.pairwise(replayed)]
    if not pairs or sum(map(len, pairs)) == 0:
        return None
    both = pd.concat(pairs, ignore_index=True)
    same = {name: both[name].to_numpy(dtype=np.float64) for name in _STABLE}
    run = config.run
    drawn = bootstrap_figures(
        lambda weights: _means(same, weights),
        both["group"].to_numpy(),
        resamples=run.bootstrap_resamples,
        seed=run.seed,
    )
    held = pd.Series(np.concatenate([each.held for each in replayed]))
    return GradingStability(
        pairs=len(both),
        same_tier={name: reported_interval(drawn[name]) for name in _STABLE},
        held={by: int((held == by).sum()) for by in HELD},
        efficiency=efficiency_anew(replayed, config),
    )


def _means(same: Mapping[str, FloatArray], weights: FloatArray) -> dict[str, FloatArray]:
    return {name: np.asarray(weights @ each / weights.sum(axis=1)) for name, each in same.items()}


def _pair(before: Replayed, after: Replayed) -> pd.DataFrame:
    """Clients of both dates: their group, and per grader whether the tier stayed."""
    frames = [
        pd.DataFrame(
            {"client_id": each.client_id, "group": each.group}
            | {name: getattr(each, attribute) for name, attribute in _STABLE.items()}
        )
        for each in (before, after)
    ]
    both = frames[0].merge(frames[1], on="client_id", suffixes=("", "_after"))
    kept = {name: both[name] == both[f"{name}_after"] for name in _STABLE}
    return pd.DataFrame({"group": both["group"], **kept})


def _best(value: FloatArray, share: float) -> BoolArray:
    """Who brought something and is among the best share of clients by value."""
    return np.asarray((value >= np.quantile(value, 1 - share)) & (value > 0))


def _tiers(replayed: Sequence[Replayed]) -> dict[str, TextArray]:
    return {
        name: np.concatenate([np.asarray(getattr(each, attribute)).astype(np.str_) for each in replayed])
        for name, attribute in _GRADES.items()
    }


def _losses(replayed: Sequence[Replayed]) -> FloatArray | None:
    known = [each.lending.loss for each in replayed if each.lending is not None]
    return np.concatenate(known) if len(known) == len(replayed) else None


def _joined(replayed: Sequence[Replayed], name: str) -> FloatArray:
    return np.concatenate([np.asarray(getattr(each, name), dtype=np.float64) for each in replayed])
