"""Who competes at a test origin: the recipe and the baselines, fitted on the same past, scoring the same clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.config import Config
from models.errors import InternalError, TooLittleDataError
from models.learners.baselines import (
    LogisticBaseline,
    PastBehaviour,
    PastSumBaseline,
    decline_scores,
    value_scores,
)
from models.learners.btyd import BetaGeometric, GammaGamma, PurchaseHistory
from models.tables.measures import ACTIVITY
from models.tables.panel import Panel
from models.tables.splits import LearningOrigins
from models.tables.targets import DAYS_PER_PERIOD
from models.vocab import FloatArray, IntArray
from models.workflows.recipe import fit_models, score_panel

OURS = "ours"
BTYD = "btyd"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """What one model or baseline says of each client: a ranking, or a forecast in the target's own unit."""

    score: FloatArray
    is_forecast: bool


Contest = dict[str, dict[str, Contender]]
"""Target (value, decline) -> name -> contender."""


def contest(learn: Panel, test: Panel, origins: LearningOrigins, config: Config) -> Contest:
    """Let all compete at one test origin.

    Where sponsor groups are known, a client is scored by models that saw none of its group.
    """
    return _with_purchase_models(_contest(learn, test, origins, config), test, config)


def purchase_history(panel: Panel, config: Config) -> PurchaseHistory:
    """The rows of a panel as "buy till you die" models see them; an active period counts as one purchase."""
    days = DAYS_PER_PERIOD[config.time.period]
    tenure, idle = _column(panel, "tenure_days"), _column(panel, f"{ACTIVITY}_recency_days")
    periods = _column(panel, f"{ACTIVITY}_active_periods")
    again = periods > 1
    size = np.maximum(_column(panel, "value_sum_ever"), 0.0) / np.maximum(periods, 1.0)
    return PurchaseHistory(
        purchases=np.maximum(periods - 1, 0.0),
        recency=np.where(again, (tenure - idle) / days, 0.0),
        age=tenure / days,
        size=np.where(again, size, 0.0),
    )


def _with_purchase_models(judged: Contest, test: Panel, config: Config) -> Contest:
    """BG/NBD x Gamma-Gamma joins where it can be fitted: it needs no outcomes, only the past of the clients judged."""
    history = purchase_history(test, config)
    try:
        purchases = BetaGeometric.fit(history).expected_purchases(history, config.time.horizon_periods)
        size = GammaGamma.fit(history).expected_size(history)
    except TooLittleDataError:
        return judged
    return {
        "decline": judged["decline"] | {BTYD: Contender(score=-purchases, is_forecast=False)},
        "value": judged["value"] | {BTYD: Contender(score=purchases * size, is_forecast=True)},
    }


def _contest(learn: Panel, test: Panel, origins: LearningOrigins, config: Config) -> Contest:
    if not test.groups_known:
        return _contest_once(learn, test, origins, config)
    folds = config.origins.group_folds
    parts, places = [], []
    for fold in range(folds):
        inside = test.group_fold(folds) == fold
        if inside.any():
            others = learn.where(learn.group_fold(folds) != fold)
            parts.append(_contest_once(others, test.where(inside), origins, config))
            places.append(np.flatnonzero(inside))
    return _merged(parts, np.argsort(np.concatenate(places), kind="stable"))


def past_behaviour(panel: Panel, config: Config) -> PastBehaviour:
    """What the baselines look at, from the features of a panel."""
    days, windows = DAYS_PER_PERIOD[config.time.period], config.features.windows

    return PastBehaviour.filled(
        recency=_column(panel, f"{ACTIVITY}_recency_days") / days,
        count=_column(panel, f"{ACTIVITY}_count_{windows[-1]}p"),
        total=_column(panel, f"value_sum_{windows[-1]}p"),
        last_period=_column(panel, f"value_sum_{windows[0]}p"),
        tenure=_column(panel, "tenure_days") / days,
    )


def _column(panel: Panel, name: str) -> FloatArray:
    return panel.features[name].to_numpy(dtype=np.float64)


def _contest_once(learn: Panel, test: Panel, origins: LearningOrigins, config: Config) -> Contest:
    if learn.value is None or learn.declined is None:
        raise InternalError("a contest needs a past with targets")
    ours = score_panel(fit_models(learn, origins, config), test)
    known, past = past_behaviour(learn, config), past_behaviour(test, config)
    logistic = LogisticBaseline.fit(known, learn.declined).predict(past)
    carried_on = PastSumBaseline.fit(known, learn.value).predict(past)
    return {
        "decline": {
            OURS: Contender(score=ours.decline_probability, is_forecast=True),
            "logistic": Contender(score=logistic, is_forecast=True),
            **_rankings(decline_scores(past)),
        },
        "value": {
            OURS: Contender(score=ours.value, is_forecast=True),
            **_rankings(value_scores(past)),
            "past_sum": Contender(score=carried_on, is_forecast=True),
        },
    }


def _rankings(scores: Mapping[str, FloatArray]) -> dict[str, Contender]:
    return {name: Contender(score=score, is_forecast=False) for name, score in scores.items()}


def _merged(parts: Sequence[Contest], order: IntArray) -> Contest:
    return {
        target: {
            name: Contender(
                score=np.concatenate([part[target][name].score for part in parts])[order],
                is_forecast=contender.is_forecast,
            )
            for name, contender in contenders.items()
        }
        for target, contenders in parts[0].items()
    }
