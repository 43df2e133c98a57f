"""Selects, calibrates and sets intervals on out-of-time forecasts, all of which lie before what is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from models.config.learners import ChoiceConfig
from models.config.root import Config
from models.errors import TooLittleDataError
from models.grading.built_in import grade, tier_policy
from models.grading.compute import Bounds, facts_of
from models.grading.fitted import fit_policy
from models.learners.calibration import PlattCalibration
from models.learners.decline.cause import CauseEvidence
from models.learners.probability_band import ProbabilityBand
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import ValueCandidate
from models.metrics.ranking import normalized_gini
from models.metrics.value import decile_mape, total_ratio
from models.pipeline.calibration import CandidateScore, ForecastCalibration
from models.pipeline.intervals import calibrated_on_others, fit_bands, judged_parts, learn_credit
from models.pipeline.learned import NO_ORIGIN
from models.pipeline.out_of_time import OutOfTimeForecast
from models.pipeline.serving import ServingModels, served_models, weighed_models
from models.pipeline.shrinkage import shrunk_decline, shrunk_value
from models.pipeline.totals import level_error
from models.vocab import FloatArray, TextArray


def learn_calibration(forecasts: Sequence[OutOfTimeForecast], config: Config) -> ForecastCalibration:
    """Choose, calibrate and set intervals on out-of-time forecasts, all before whatever is scored afterwards."""
    if not forecasts:
        left = dict.fromkeys(("value", "decline"), NO_ORIGIN.english)
        first = config.learners.value.candidates[0]
        return ForecastCalibration(
            candidate=first, weighed=weighed_models(forecasts, first, config), not_calibrated=left
        )
    scores = candidate_scores(forecasts, config.learners.value.choice)
    chosen = choose(scores, config.learners.value.choice)
    serving = weighed_models(forecasts, chosen, config)
    forecasts, candidates = _as_served(forecasts, serving)
    logs = [
        candidate.log_value(forecast.rows.matrix) for candidate, forecast in zip(candidates, forecasts, strict=True)
    ]
    weights = _weights(forecasts, config.learners.half_life_periods)
    value, value_left = _value_calibration(forecasts, logs, weights, config)
    decline, decline_left = _decline_calibration(forecasts, config)
    credit = learn_credit(forecasts, _independent(forecasts, config), config)
    judged = judged_parts(forecasts, logs, credit)
    tiers = _tiers(forecasts, [each.value for each in judged], decline, config)
    decline_band = _decline_band(forecasts, decline, config)
    latest = forecasts[-1]
    present = credit.parts(latest, np.exp(value.log_value(logs[-1])))
    probability = decline.probability(latest.models.decline.margin(latest.rows.matrix))
    bounds = Bounds(
        classes=tier_policy(present.value, config.tiers, config.scale, config.book.currency),
        bands=fit_bands(forecasts, judged, tiers, level=config.learners.interval_level, weight=weights),
        decline_band=decline_band,
        level_error=level_error(
            (forecast.rows.value.sum(), parts.value.sum()) for forecast, parts in zip(forecasts, judged, strict=True)
        ),
    )
    bounded = bounds.around(present, probability)
    return ForecastCalibration(
        candidate=chosen,
        weighed=serving,
        scores=scores,
        value=value,
        decline=decline,
        default=credit.calibration,
        severity=credit.severity,
        not_calibrated={name: why for name, why in (("value", value_left), ("decline", decline_left)) if why},
        timing=tuple(each.models.timing.evidence(each.rows.matrix, each.rows.event_period) for each in forecasts),
        causes=tuple(evidence for each in forecasts if (evidence := _cause_evidence(each)) is not None),
        bands=bounds.bands,
        level_error=bounds.level_error,
        decline_band=decline_band,
        classes=bounds.classes,
        policy=fit_policy(config.grading, facts_of(bounded, latest.panel), config.book.currency),
    )


def _as_served(
    forecasts: Sequence[OutOfTimeForecast], serving: ServingModels
) -> tuple[list[OutOfTimeForecast], list[ValueCandidate]]:
    """The forecasts by models of decline, and the candidates for value, such as are to serve."""
    served = [served_models(forecast.models, serving) for forecast in forecasts]
    by_them = [
        replace(forecast, models=replace(forecast.models, decline=decline))
        for forecast, (_, decline, _) in zip(forecasts, served, strict=True)
    ]
    return by_them, [candidate for candidate, _, _ in served]


def candidate_scores(forecasts: Sequence[OutOfTimeForecast], rule: ChoiceConfig) -> tuple[CandidateScore, ...]:
    """The score of each candidate that could be fitted at every forecast, in the order of the config."""
    everywhere = set.intersection(*(set(each.models.candidates) for each in forecasts))
    names = [name for name in forecasts[0].models.candidates if name in everywhere]
    return tuple(CandidateScore(name=name, scores=_scores(name, forecasts, rule)) for name in names)


def choose(scores: Sequence[CandidateScore], rule: ChoiceConfig) -> str:
    """The first candidate that is as good as the best, but for ``rule.simpler_within``."""
    best = max(score.mean for score in scores)
    return next(score.name for score in scores if score.mean >= best - rule.simpler_within)


def value_score(realised: FloatArray, predicted: FloatArray, rule: ChoiceConfig) -> float:
    """Ranking less errors, as ``ChoiceConfig`` weighs them. Shapes (n_clients,), in book currency.

    A part that the outcome leaves open, as it does the total ratio where clients together cost more than they brought,
    tells candidates not apart and counts nothing.
    """
    return (
        rule.ranking * _or_nothing(normalized_gini, realised, predicted)
        - rule.decile_error * _or_nothing(decile_mape, realised, predicted)
        - rule.total_error * abs(_or_nothing(_log_ratio, realised, predicted))
    )


def _log_ratio(realised: FloatArray, predicted: FloatArray) -> float:
    return float(np.log(total_ratio(realised, predicted)))


def _or_nothing(
    metric: Callable[[FloatArray, FloatArray], float], realised: FloatArray, predicted: FloatArray
) -> float:
    try:
        return metric(realised, predicted)
    except TooLittleDataError:
        return 0.0


def _scores(name: str, forecasts: Sequence[OutOfTimeForecast], rule: ChoiceConfig) -> tuple[float, ...]:
    logs = [forecast.models.candidates[name].log_value(forecast.rows.matrix) for forecast in forecasts]
    realised = [forecast.rows.margin for forecast in forecasts]
    return tuple(
        value_score(realised[place], calibrated_on_others(place, logs, realised), rule) for place in range(len(logs))
    )


def _value_calibration(
    forecasts: Sequence[OutOfTimeForecast], logs: Sequence[FloatArray], weights: FloatArray | None, config: Config
) -> tuple[ValueCalibration, str]:
    """None, and why, where the clients of all forecasts together brought nothing or less: no factor leads there."""
    values = [forecast.rows.margin for forecast in forecasts]
    try:
        fitted = ValueCalibration.fit(_pooled(logs), _pooled(values), weight=weights)
        return shrunk_value(fitted, logs, values, _independent(forecasts, config)), ""
    except TooLittleDataError as error:
        return ValueCalibration(), f"{error.rule}, got {error.got}"


def _independent(forecasts: Sequence[OutOfTimeForecast], config: Config) -> float:
    """How many forecasts there would be if the outcomes of none overlapped those of another."""
    return 1.0 + (forecasts[-1].origin - forecasts[0].origin) / config.time.horizon_periods


def _decline_calibration(forecasts: Sequence[OutOfTimeForecast], config: Config) -> tuple[PlattCalibration, str]:
    """By forecasts alike, else by the latest; none, and why, where all or none declined there."""
    forecasts = [forecast for forecast in forecasts if forecast.alike] or forecasts[-1:]
    independent = _independent(forecasts, config)
    margins = [forecast.models.decline.margin(forecast.rows.matrix) for forecast in forecasts]
    declined = [forecast.rows.declined.astype(np.float64) for forecast in forecasts]
    try:
        fitted = PlattCalibration.fit(_pooled(margins), _pooled(declined))
        return shrunk_decline(fitted, margins, declined, independent), ""
    except TooLittleDataError as error:
        return PlattCalibration(), f"{error.rule}, got {error.got}"


def _decline_band(
    forecasts: Sequence[OutOfTimeForecast], calibration: PlattCalibration, config: Config
) -> ProbabilityBand | None:
    margins = [forecast.models.decline.margin(forecast.rows.matrix) for forecast in forecasts]
    return ProbabilityBand.fit(
        [calibration.log_odds(margin) for margin in margins],
        [forecast.rows.declined.astype(np.float64) for forecast in forecasts],
        confidence=config.learners.interval_level,
    )


def _cause_evidence(forecast: OutOfTimeForecast) -> CauseEvidence | None:
    causes, rows = forecast.models.causes, forecast.rows
    if causes is None or rows.cause is None:
        return None
    return causes.evidence(rows.matrix, rows.event_period, rows.cause)


def _tiers(
    forecasts: Sequence[OutOfTimeForecast], expected: Sequence[FloatArray], decline: PlattCalibration, config: Config
) -> list[TextArray]:
    """The tier that each client would have been given then, by cut-offs of its own origin."""
    tiers = []
    for forecast, value in zip(forecasts, expected, strict=True):
        probability = decline.probability(forecast.models.decline.margin(forecast.rows.matrix))
        policy = tier_policy(value, config.tiers, config.scale, config.book.currency)
        tiers.append(grade(value, probability, policy).tier)
    return tiers


def _weights(forecasts: Sequence[OutOfTimeForecast], half_life: float | None) -> FloatArray | None:
    if half_life is None:
        return None
    latest = forecasts[-1].origin
    return _pooled([np.full(len(each.rows.value), 0.5 ** ((latest - each.origin) / half_life)) for each in forecasts])


def _pooled(parts: Sequence[FloatArray]) -> FloatArray:
    return np.asarray(np.concatenate(list(parts)))
