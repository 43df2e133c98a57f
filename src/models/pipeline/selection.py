"""Selects, calibrates and sets intervals on out-of-time forecasts, all of which lie before what is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from models.config.root import Config
from models.config.sections import ChoiceConfig, ValueCandidateName
from models.errors import TooLittleDataError
from models.grading.built_in import grade, tier_policy
from models.grading.compute import Bounds, facts_of
from models.grading.fitted import fit_policy
from models.learners.calibration import PlattCalibration
from models.learners.decline.cause import CauseEvidence
from models.learners.intervals import ConformalBands
from models.learners.probability_band import ProbabilityBand
from models.learners.value.calibration import ValueCalibration
from models.metrics.ranking import normalized_gini
from models.metrics.value import decile_mape, total_ratio
from models.pipeline.calibration import CandidateScore, ForecastCalibration
from models.pipeline.out_of_time import OutOfTimeForecast
from models.pipeline.shrinkage import shrunk_decline, shrunk_value
from models.vocab import FloatArray, TextArray

_NO_ORIGIN = "calibration needs an origin that models which learned before it can foretell, got none"


def learn_calibration(hindcasts: Sequence[OutOfTimeForecast], config: Config) -> ForecastCalibration:
    """Choose, calibrate and set intervals on hindcasts, which all lie before whatever is scored afterwards."""
    if not hindcasts:
        left = dict.fromkeys(("value", "decline"), _NO_ORIGIN)
        return ForecastCalibration(candidate=config.learners.value.candidates[0], not_calibrated=left)
    scores = candidate_scores(hindcasts, config.learners.value.choice)
    chosen = choose(scores, config.learners.value.choice)
    logs = [hindcast.models.candidates[chosen].log_value(hindcast.rows.matrix) for hindcast in hindcasts]
    weights = _weights(hindcasts, config.learners.half_life_periods)
    values = [hindcast.rows.value for hindcast in hindcasts]
    realised = _pooled(values)
    value, value_left = _value_calibration(hindcasts, logs, weights, config)
    decline, decline_left = _decline_calibration(hindcasts, config)
    expected = [np.exp(value.log_value(log)) for log in logs]
    bands = ConformalBands.fit(
        _pooled(expected),
        realised,
        np.concatenate(_tiers(hindcasts, expected, decline, config)),
        level=config.learners.interval_level,
        weight=weights,
    )
    decline_band = _decline_band(hindcasts, decline, config)
    latest = hindcasts[-1]
    probability = decline.probability(latest.models.decline.margin(latest.rows.matrix))
    classes = tier_policy(expected[-1], config.tiers, config.scale, config.book.currency)
    forecast = Bounds(classes=classes, bands=bands, decline_band=decline_band).around(expected[-1], probability)
    return ForecastCalibration(
        candidate=chosen,
        scores=scores,
        value=value,
        decline=decline,
        not_calibrated={name: why for name, why in (("value", value_left), ("decline", decline_left)) if why},
        timing=tuple(each.models.timing.evidence(each.rows.matrix, each.rows.event_period) for each in hindcasts),
        causes=tuple(evidence for each in hindcasts if (evidence := _cause_evidence(each)) is not None),
        bands=bands,
        decline_band=decline_band,
        classes=classes,
        policy=fit_policy(config.grading, facts_of(forecast, latest.panel), config.book.currency),
    )


def candidate_scores(hindcasts: Sequence[OutOfTimeForecast], rule: ChoiceConfig) -> tuple[CandidateScore, ...]:
    """The score of each candidate that could be fitted at every hindcast, in the order of the config."""
    everywhere = set.intersection(*(set(each.models.candidates) for each in hindcasts))
    names = [name for name in hindcasts[0].models.candidates if name in everywhere]
    return tuple(CandidateScore(name=name, scores=_scores(name, hindcasts, rule)) for name in names)


def choose(scores: Sequence[CandidateScore], rule: ChoiceConfig) -> ValueCandidateName:
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


def _scores(name: ValueCandidateName, hindcasts: Sequence[OutOfTimeForecast], rule: ChoiceConfig) -> tuple[float, ...]:
    logs = [hindcast.models.candidates[name].log_value(hindcast.rows.matrix) for hindcast in hindcasts]
    realised = [hindcast.rows.value for hindcast in hindcasts]
    return tuple(
        value_score(realised[place], calibrated_on_others(place, logs, realised), rule) for place in range(len(logs))
    )


def calibrated_on_others(place: int, logs: Sequence[FloatArray], realised: Sequence[FloatArray]) -> FloatArray:
    """Value of the clients of one origin from its log values, put right by the other origins. In book currency.

    ``logs`` and ``realised`` per origin. A single one has no others: then the mean alone is put right, which leaves
    ranking and deciles to the model. Nothing is put right by clients that together brought nothing or less.
    """
    others = [number for number in range(len(logs)) if number != place]
    if not others:
        foreseen = np.exp(logs[place])
        factor = realised[place].sum() / foreseen.sum()
        return np.asarray(foreseen * (factor if factor > 0 else 1.0))
    said, seen = (_pooled([part[each] for each in others]) for part in (logs, realised))
    calibration = ValueCalibration()
    with suppress(TooLittleDataError):
        calibration = ValueCalibration.fit(said, seen)
    return np.asarray(np.exp(calibration.log_value(logs[place])))


def _value_calibration(
    hindcasts: Sequence[OutOfTimeForecast], logs: Sequence[FloatArray], weights: FloatArray | None, config: Config
) -> tuple[ValueCalibration, str]:
    """None, and why, where the clients of all hindcasts together brought nothing or less: no factor leads there."""
    values = [hindcast.rows.value for hindcast in hindcasts]
    try:
        fitted = ValueCalibration.fit(_pooled(logs), _pooled(values), weight=weights)
        return shrunk_value(fitted, logs, values, _independent(hindcasts, config)), ""
    except TooLittleDataError as error:
        return ValueCalibration(), f"{error.rule}, got {error.got}"


def _independent(hindcasts: Sequence[OutOfTimeForecast], config: Config) -> float:
    """How many hindcasts there would be if the outcomes of none overlapped those of another."""
    return 1.0 + (hindcasts[-1].origin - hindcasts[0].origin) / config.time.horizon_periods


def _decline_calibration(hindcasts: Sequence[OutOfTimeForecast], config: Config) -> tuple[PlattCalibration, str]:
    """By hindcasts alike, else by the latest; none, and why, where all or none declined there."""
    hindcasts = [hindcast for hindcast in hindcasts if hindcast.alike] or hindcasts[-1:]
    independent = _independent(hindcasts, config)
    margins = [hindcast.models.decline.margin(hindcast.rows.matrix) for hindcast in hindcasts]
    declined = [hindcast.rows.declined.astype(np.float64) for hindcast in hindcasts]
    try:
        fitted = PlattCalibration.fit(_pooled(margins), _pooled(declined))
        return shrunk_decline(fitted, margins, declined, independent), ""
    except TooLittleDataError as error:
        return PlattCalibration(), f"{error.rule}, got {error.got}"


def _decline_band(
    hindcasts: Sequence[OutOfTimeForecast], calibration: PlattCalibration, config: Config
) -> ProbabilityBand | None:
    margins = [hindcast.models.decline.margin(hindcast.rows.matrix) for hindcast in hindcasts]
    return ProbabilityBand.fit(
        [calibration.log_odds(margin) for margin in margins],
        [hindcast.rows.declined.astype(np.float64) for hindcast in hindcasts],
        confidence=config.learners.interval_level,
    )


def _cause_evidence(hindcast: OutOfTimeForecast) -> CauseEvidence | None:
    causes, rows = hindcast.models.causes, hindcast.rows
    if causes is None or rows.cause is None:
        return None
    return causes.evidence(rows.matrix, rows.event_period, rows.cause)


def _tiers(
    hindcasts: Sequence[OutOfTimeForecast], expected: Sequence[FloatArray], decline: PlattCalibration, config: Config
) -> list[TextArray]:
    """The tier that each client would have been given then, by cut-offs of its own origin."""
    tiers = []
    for hindcast, value in zip(hindcasts, expected, strict=True):
        probability = decline.probability(hindcast.models.decline.margin(hindcast.rows.matrix))
        policy = tier_policy(value, config.tiers, config.scale, config.book.currency)
        tiers.append(grade(value, probability, policy).tier)
    return tiers


def _weights(hindcasts: Sequence[OutOfTimeForecast], half_life: float | None) -> FloatArray | None:
    if half_life is None:
        return None
    latest = hindcasts[-1].origin
    return _pooled([np.full(len(each.rows.value), 0.5 ** ((latest - each.origin) / half_life)) for each in hindcasts])


def _pooled(parts: Sequence[FloatArray]) -> FloatArray:
    return np.asarray(np.concatenate(list(parts)))
