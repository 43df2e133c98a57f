"""Choice of who serves each target: a leading candidate, the best simple one, or both, weighed by evidence.

A calibration puts level and spread of any model right, but not its ranking; so models are compared by their ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from models.codec import NOT_WRITTEN
from models.config.learners import BOOSTED
from models.config.root import Config
from models.errors import TooLittleDataError
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.mixture import DeclineMixture
from models.learners.value.candidate import ValueCandidate
from models.learners.value.mixture import Mixture
from models.metrics.bootstrap import Draws, Interval, bootstrap_figures, called_better
from models.metrics.resampled import auc_at_once, gini_at_once
from models.pipeline.out_of_time import BaseModels, NeededModels, OutOfTimeForecast
from models.vocab import FloatArray, IntArray

RankingMetric = Literal["auc", "normalized_gini"]
_EVEN = 0.5
_RESAMPLES = 500
"""Not ``run.bootstrap_resamples``, which judge models and decide no score."""
_AT_ONCE = {"auc": auc_at_once, "normalized_gini": gini_at_once}


@dataclass(frozen=True, kw_only=True)
class Serving:
    """Who serves one target, and the evidence for it.

    Attributes:
        leader: the candidate chosen for data that bear it: of value by ``learners.value.choice``, of decline the trees.
        simple: the best simple model; empty where there is none to compare with.
        share: weight of the leader in what serves: 1 it serves alone, 0 the simple one does.
        metric: the ranking by which both are compared.
        difference: leader minus simple, a mean over origins, with its 95% interval; None where no origin can tell.
        origins: out-of-time origins that were looked at, the models of which learned from earlier ones only.
        rows: clients of these origins, each as often as it was there.
        factor: makes the total of the simple candidate for value that of the leader.
    """

    leader: str
    simple: str
    share: float
    metric: RankingMetric
    difference: Interval | None = None
    origins: int = 0
    rows: int = 0
    factor: Annotated[float, NOT_WRITTEN] = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Who serves: one name, or leader and simple of a mixture."""
        both = ((self.leader, self.share > 0), (self.simple, self.share < 1))
        return tuple(name for name, serves in both if serves)

    @property
    def leads(self) -> bool:
        """Whether the leader has a part in what serves."""
        return self.share > 0

    def alone(self) -> Serving:
        """The same where no simple model could be fitted."""
        return replace(self, simple="", share=1.0)


@dataclass(frozen=True, kw_only=True)
class ServingModels:
    """Who serves each target."""

    value: Serving
    decline: Serving

    @classmethod
    def leaders(cls, candidate: str) -> ServingModels:
        """The leaders alone, with nobody to compare them with."""
        return cls(
            value=Serving(leader=candidate, simple="", share=1.0, metric="normalized_gini"),
            decline=Serving(leader=BOOSTED, simple="", share=1.0, metric="auc"),
        )


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """Leader and simple models of one target, by which ranking, and the share of what speaks against the leader."""

    leader: str
    simple: tuple[str, ...]
    metric: RankingMetric
    trust: float


@dataclass(frozen=True, kw_only=True)
class _Rankings:
    """Outcome and scores of the clients of one origin. Shapes (n_clients,)."""

    outcome: FloatArray
    leader: FloatArray
    simple: Mapping[str, FloatArray]
    group: IntArray


def weighed_models(forecasts: Sequence[OutOfTimeForecast], candidate: str, config: Config) -> ServingModels:
    """Compare the chosen candidate for value, and boosted trees for decline, with simple models.

    Without forecasts the first simple ones are to serve: nothing shows that others are better.
    """
    judged = [forecast for forecast in forecasts if forecast.alike] or forecasts[-1:]
    trust = _trust(judged, config)
    values = _value_rankings(judged, candidate)
    simple = tuple(name for name in config.learners.value.simple if name != candidate)
    by_value = _Compared(leader=candidate, simple=simple, metric="normalized_gini", trust=trust)
    by_decline = _Compared(
        leader=config.learners.decline.leader, simple=config.learners.decline.simple, metric="auc", trust=trust
    )
    return ServingModels(
        value=_with_factor(_serving(values, by_value, config), values),
        decline=_serving(_decline_rankings(judged), by_decline, config),
    )


def needed_models(serving: ServingModels, config: Config) -> NeededModels:
    """What must be fitted to serve; of simple models all, since a part of a book may not determine each."""
    value, decline, learners = serving.value, serving.decline, config.learners
    return NeededModels(
        candidates=learners.value.candidates if value.leader == "blend" else (value.leader,),
        values_lead=value.leads,
        simple_values=() if value.share == 1 else learners.value.simple,
        decline_leads=decline.leads,
        simple_declines=() if decline.share == 1 else learners.decline.simple,
    )


def served_models(models: BaseModels, serving: ServingModels) -> tuple[ValueCandidate, DeclineLearner, ServingModels]:
    """What serves of ``models``, and who that is where not all of the simple ones could be fitted."""
    who = ServingModels(
        value=_as_fitted(serving.value, models.simple_values),
        decline=_as_fitted(serving.decline, models.simple_declines),
    )
    return _value(models, who.value), _decline(models, who.decline), who


def _value(models: BaseModels, who: Serving) -> ValueCandidate:
    if who.share == 0:
        return models.simple_values[who.simple]
    leader = models.candidates[who.leader]
    if who.share == 1:
        return leader
    return Mixture(leader=leader, simple=models.simple_values[who.simple], share=who.share, factor=who.factor)


def _decline(models: BaseModels, who: Serving) -> DeclineLearner:
    if who.share == 0:
        return models.simple_declines[who.simple]
    if who.share == 1:
        return models.decline
    return DeclineMixture(leader=models.decline, simple=models.simple_declines[who.simple], share=who.share)


def _as_fitted(serving: Serving, simple: Mapping[str, object]) -> Serving:
    if serving.share == 1 or serving.simple in simple:
        return serving
    return replace(serving, simple=next(iter(simple))) if simple else serving.alone()


def _value_rankings(forecasts: Sequence[OutOfTimeForecast], candidate: str) -> list[_Rankings]:
    return [
        _Rankings(
            outcome=each.rows.margin,
            leader=each.models.candidates[candidate].log_value(each.rows.matrix),
            simple={name: model.log_value(each.rows.matrix) for name, model in each.models.simple_values.items()},
            group=each.panel.group,
        )
        for each in forecasts
    ]


def _decline_rankings(forecasts: Sequence[OutOfTimeForecast]) -> list[_Rankings]:
    return [
        _Rankings(
            outcome=each.rows.declined.astype(np.float64),
            leader=each.models.decline.margin(each.rows.matrix),
            simple={name: model.margin(each.rows.matrix) for name, model in each.models.simple_declines.items()},
            group=each.panel.group,
        )
        for each in forecasts
    ]


def _with_factor(serving: Serving, rankings: Sequence[_Rankings]) -> Serving:
    """The same with what makes the total of the simple candidate that of the leader; scores are log values."""
    if not (serving.simple and rankings):
        return serving
    leader = sum(float(np.exp(each.leader).sum()) for each in rankings)
    return replace(serving, factor=leader / sum(float(np.exp(each.simple[serving.simple]).sum()) for each in rankings))


def _serving(rankings: Sequence[_Rankings], compared: _Compared, config: Config) -> Serving:
    """The best simple model by its mean over origins beside the leader."""
    rows = sum(len(each.outcome) for each in rankings)
    known = Serving(
        leader=compared.leader, simple="", share=1.0, metric=compared.metric, origins=len(rankings), rows=rows
    )
    if compared.simple and not rankings:
        return replace(known, simple=compared.simple[0], share=0.0)
    everywhere = [name for name in compared.simple if all(name in each.simple for each in rankings)]
    if not everywhere:
        return known
    once = np.ones((1, rows))
    simple = min(everywhere, key=lambda name: float(_lead(rankings, name, compared.metric, once)[0]))
    draws = _draws(rankings, simple, compared.metric, config)
    share = 0.0 if draws is None else _share(draws, compared.trust)
    return replace(known, simple=simple, share=share, difference=None if draws is None else draws.interval())


def _share(draws: Draws, trust: float) -> float:
    """The share of resamples in which the leader ranks better; all or nothing where the interval leaves 0 out.

    Resamples of clients do not know that a date may be odd: of what speaks against the leader ``trust`` counts.
    """
    known, difference = draws.values[np.isfinite(draws.values)], draws.interval()
    if called_better(difference):
        return 1.0
    better = 0.0 if difference.high < 0 else float(np.mean(known > 0) + np.mean(known == 0) / 2)
    share = round(better if better > _EVEN else _EVEN - trust * (_EVEN - better), 2)
    return share if difference.high < 0 else float(np.clip(share, 0.01, 0.99))


def _trust(forecasts: Sequence[OutOfTimeForecast], config: Config) -> float:
    """How far origins may speak against the leader: wholly once two of them are independent, one half by one.

    Not at all where their models learned from less than half as many rows as those that serve: trees lose more by that
    than a few numbers do.
    """
    if not forecasts or not forecasts[-1].alike:
        return 0.0
    independent = 1.0 + (forecasts[-1].origin - forecasts[0].origin) / config.time.horizon_periods
    return min(1.0, independent / 2)


def _draws(rankings: Sequence[_Rankings], simple: str, metric: RankingMetric, config: Config) -> Draws | None:
    """Leader minus simple under resamples of whole sponsor groups, each with all its rows; None if undetermined."""
    groups = np.concatenate([each.group for each in rankings])
    try:
        draws = bootstrap_figures(
            lambda weights: {"lead": _lead(rankings, simple, metric, weights)},
            groups,
            resamples=_RESAMPLES,
            seed=config.run.seed,
        )["lead"]
        draws.interval()
    except TooLittleDataError:
        return None
    return draws if np.isfinite(draws.estimate) else None


def _lead(rankings: Sequence[_Rankings], simple: str, metric: RankingMetric, weights: FloatArray) -> FloatArray:
    """Mean over origins of the metric of the leader less that of a simple model. (n_resamples,), NaN if undefined."""
    ends = np.cumsum([len(each.outcome) for each in rankings])
    parts = [
        _AT_ONCE[metric](each.outcome, each.leader, weight)
        - _AT_ONCE[metric](each.outcome, each.simple[simple], weight)
        for each, weight in zip(rankings, np.split(weights, ends[:-1], axis=1), strict=True)
    ]
    known = np.isfinite(parts)
    origins = known.sum(axis=0)
    total = np.where(known, parts, 0.0).sum(axis=0)
    return np.where(origins > 0, total / np.maximum(origins, 1), np.nan)
