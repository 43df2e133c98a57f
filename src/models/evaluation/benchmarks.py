"""Benchmarks at a test origin: our pipeline and the baselines, fitted on the same past, scoring the same clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.book.periods import DAYS_PER_PERIOD
from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.evaluation.report.explained import reason_sizes, sampled
from models.learners.baselines import (
    LogisticBaseline,
    PastBehaviour,
    PastSumBaseline,
    decline_scores,
    untuned_decline,
    untuned_value,
    value_scores,
)
from models.learners.btyd.beta_geometric import BetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PURCHASE_FEATURES, history_from_features
from models.learners.segments.model import SegmentModel
from models.panel.groups import dealt
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.parallel import fits_in_parallel
from models.pipeline.past_behaviour import past_behaviour
from models.pipeline.pipeline import FittedModels, fit_models, fit_segments, merged, score_panel
from models.pipeline.predictions import Predictions
from models.pipeline.rows import rows_of
from models.vocab import BoolArray, FloatArray, IntArray
from models.workers import Mapper

OURS = "ours"
BTYD = "btyd"
UNTUNED = "untuned_lightgbm"
RECENCY = "recency"
TRUTH = "truth"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """What one model or baseline says of each client: a ranking, or a forecast in the target's own unit."""

    score: FloatArray
    is_forecast: bool


BenchmarkSet = dict[str, dict[str, Benchmark]]
"""Target (value, decline) -> name -> benchmark."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkResults:
    """All benchmarks at one test origin, and everything that ours says; ``importance`` is a share per feature.

    ``reasons`` is the mean size of what each reason adds to our models, over a sample of the clients.
    """

    contest: BenchmarkSet
    ours: Predictions
    importance: dict[str, dict[str, float]]
    reasons: dict[str, dict[str, float]]


def contest(
    panel: Panel,
    test: Panel,
    origins: LearningOrigins,
    calibration: ForecastCalibration,
    config: Config,
    mapper: Mapper,
) -> BenchmarkResults:
    """Let all compete at one test origin, learning from the rows of ``panel`` at ``origins``.

    Where sponsor groups are known, a client is scored by models that saw none of its group; only ``calibration``,
    a few numbers learned at earlier origins, are common to all; so are the segments, which look at no outcome.
    """
    learn = panel.at(origins.taught_by)
    segments = fit_segments(learn.at([origins.latest]).as_known(), config)
    folds = _folds(learn, test, config)

    def judged_apart(fold: tuple[Panel, Panel], config: Config) -> BenchmarkResults:
        return _contest_once(*fold, origins, calibration, config, segments=segments)

    pairs = [(others, test.where(inside)) for others, inside in folds]
    parts = list(fits_in_parallel(judged_apart, pairs, config, mapper, learn=learn))
    order = np.argsort(np.concatenate([np.flatnonzero(inside) for _, inside in folds]), kind="stable")
    judged = _merged_contest([part.contest for part in parts], order)
    return BenchmarkResults(
        contest=_with_purchase_models(judged, test, config),
        ours=merged([part.ours for part in parts], order),
        importance=_mean_importance([part.importance for part in parts]),
        reasons=_mean_importance([part.reasons for part in parts]),
    )


def _folds(learn: Panel, test: Panel, config: Config) -> list[tuple[Panel, BoolArray]]:
    """Pairs of what is learned from and which test rows are scored by it; no sponsor group is on both sides."""
    if not test.groups_known:
        return [(learn, np.ones(len(test), dtype=np.bool_))]
    folds = config.origins.group_folds
    place, learned = dealt([test.group, learn.group], folds, "folds")
    return [(learn.where(learned != fold), place == fold) for fold in range(folds) if (place == fold).any()]


def _contest_once(
    learn: Panel,
    test: Panel,
    origins: LearningOrigins,
    calibration: ForecastCalibration,
    config: Config,
    *,
    segments: SegmentModel,
) -> BenchmarkResults:
    models = fit_models(learn, origins, calibration, config, segments=segments)
    ours = score_panel(models, test)
    rivals = _rivals(learn.at(origins.learn), test, models, config)
    mine = {"decline": ours.decline_probability, "value": ours.value}
    return BenchmarkResults(
        contest={
            target: {OURS: Benchmark(score=mine[target], is_forecast=True), **rivals[target]} for target in rivals
        },
        ours=ours,
        importance=_importance(models),
        reasons=_reason_sizes(models, test),
    )


def _rivals(learn: Panel, test: Panel, models: FittedModels, config: Config) -> BenchmarkSet:
    if learn.value is None or learn.declined is None:
        raise InternalError("a contest needs a past with targets")
    known, past = past_behaviour(learn, config), past_behaviour(test, config)
    logistic = LogisticBaseline.fit(known, learn.declined).predict(past)
    untuned = _untuned(learn, test, models, config)
    return {
        "decline": {
            "logistic": Benchmark(score=logistic, is_forecast=True),
            UNTUNED: untuned["decline"],
            **_rankings(decline_scores(past)),
        },
        "value": {
            UNTUNED: untuned["value"],
            **_rankings(value_scores(past)),
            **_carried_on(known, learn.value, past),
        },
    }


def _carried_on(known: PastBehaviour, value: FloatArray, past: PastBehaviour) -> dict[str, Benchmark]:
    """What brought a share of the past brings it again; no forecast where clients together brought nothing or less."""
    try:
        score = PastSumBaseline.fit(known, value).predict(past)
    except TooLittleDataError:
        return {}
    return {"past_sum": Benchmark(score=score, is_forecast=True)}


def _untuned(learn: Panel, test: Panel, models: FittedModels, config: Config) -> dict[str, Benchmark]:
    contract = models.contract
    learned, scored = rows_of(learn, contract), contract.encode(test.features)
    value = untuned_value(learned.matrix, learned.value, scored, contract=contract, run=config.run)
    decline = untuned_decline(learned.matrix, learned.declined, scored, contract=contract, run=config.run)
    return {
        "decline": Benchmark(score=decline, is_forecast=True),
        "value": Benchmark(score=np.maximum(value, 0.0), is_forecast=True),
    }


def _with_purchase_models(judged: BenchmarkSet, test: Panel, config: Config) -> BenchmarkSet:
    """BG/NBD x Gamma-Gamma joins where it can be fitted: it needs no outcomes, only the past of the clients judged."""
    columns = {name: _column(test, name) for name in PURCHASE_FEATURES}
    history = history_from_features(columns, days_per_period=DAYS_PER_PERIOD[config.time.period])
    try:
        purchases = BetaGeometric.fit(history).expected_purchases(history, config.time.horizon_periods)
        size = GammaGamma.fit(history).expected_size(history)
    except TooLittleDataError:
        return judged
    return {
        "decline": judged["decline"] | {BTYD: Benchmark(score=-purchases, is_forecast=False)},
        "value": judged["value"] | {BTYD: Benchmark(score=purchases * size, is_forecast=True)},
    }


def _column(panel: Panel, name: str) -> FloatArray:
    return panel.features[name].to_numpy(dtype=np.float64)


def _rankings(scores: Mapping[str, FloatArray]) -> dict[str, Benchmark]:
    return {name: Benchmark(score=score, is_forecast=False) for name, score in scores.items()}


def _merged_contest(parts: Sequence[BenchmarkSet], order: IntArray) -> BenchmarkSet:
    return {
        target: {
            name: Benchmark(
                score=np.concatenate([part[target][name].score for part in parts])[order],
                is_forecast=benchmark.is_forecast,
            )
            for name, benchmark in benchmarks.items()
            if all(name in part[target] and part[target][name].is_forecast == benchmark.is_forecast for part in parts)
        }
        for target, benchmarks in parts[0].items()
    }


def _importance(models: FittedModels) -> dict[str, dict[str, float]]:
    gains = {"value": models.value.importance(), "decline": models.decline.importance()}
    return {model: dict(zip(models.contract.names, gain.tolist(), strict=True)) for model, gain in gains.items()}


def _reason_sizes(models: FittedModels, test: Panel) -> dict[str, dict[str, float]]:
    matrix = models.contract.encode(test.features.iloc[sampled(len(test))])
    parts = {"value": models.value.explain(matrix), "decline": models.decline.explain(matrix)}
    return {model: dict(each) for model, each in reason_sizes(parts, models.contract.names, test.words).items()}


def _mean_importance(parts: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        model: {name: sum(part[model][name] for part in parts) / len(parts) for name in parts[0][model]}
        for model in parts[0]
    }
