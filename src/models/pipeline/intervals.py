"""Credit loss and intervals as out-of-time forecasts teach them, each origin foreseen by what the others taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from models.config.root import Config
from models.errors import TooLittleDataError
from models.grading.compute import expected_of
from models.learners.calibration import PlattCalibration
from models.learners.credit.model import CreditLossModel
from models.learners.credit.rated import RatedDefault
from models.learners.credit.severity import LossSeverity
from models.learners.decline.learner import DeclineLearner
from models.learners.intervals import ConformalBands
from models.learners.value.calibration import ValueCalibration
from models.learners.value.net import CREDIT_LOSS, MARGIN, VALUE, ValueParts
from models.pipeline.out_of_time import OutOfTimeForecast
from models.pipeline.shrinkage import shrunk_level
from models.vocab import BoolArray, FloatArray, TextArray


@dataclass(frozen=True, kw_only=True)
class LearnedCredit:
    """What out-of-time forecasts teach of defaults: the level of PDs, and what a default costs."""

    calibration: PlattCalibration
    severity: LossSeverity
    usual_lgd: float

    def model(self, forecast: OutOfTimeForecast) -> CreditLossModel | None:
        """The credit loss model of a forecast; None where no defaults are known."""
        base = forecast.models
        if base.default is None:
            return None
        default = base.default.calibrated_by(self.calibration)
        return CreditLossModel.of(default, base.contract, severity=self.severity, usual_lgd=self.usual_lgd)

    def parts(self, forecast: OutOfTimeForecast, margin: FloatArray) -> ValueParts:
        """Value of the clients of a forecast, whose margin is given, by its parts. Shapes (n,)."""
        credit = self.model(forecast)
        if credit is None:
            return ValueParts.of_margin(margin)
        return ValueParts.beside(margin, credit, forecast.rows.matrix)


def learn_credit(forecasts: Sequence[OutOfTimeForecast], independent: float, config: Config) -> LearnedCredit:
    """The level of PDs, as far as forecasts agree on it, and the severity of the defaults that came."""
    known = [
        (forecast, forecast.models.default, forecast.rows.defaulted)
        for forecast in forecasts
        if forecast.models.default is not None and forecast.rows.defaulted is not None
    ]
    usual = config.credit.loss_given_default
    plain = LearnedCredit(calibration=PlattCalibration(), severity=LossSeverity(), usual_lgd=usual)
    if not known:
        return plain
    margins = [default.margin(forecast.rows.matrix) for forecast, default, _ in known]
    heard = [~_in_default(default, forecast.rows.matrix) for forecast, default, _ in known]
    calibration = shrunk_level(
        [margin[each] for margin, each in zip(margins, heard, strict=True)],
        [seen[each].astype(np.float64) for (_, _, seen), each in zip(known, heard, strict=True)],
        independent,
    )
    defaults = []
    for (forecast, _, seen), margin in zip(known, margins, strict=True):
        credit, rows = plain.model(forecast), forecast.rows
        if credit is not None and rows.credit_loss is not None:
            matrix = rows.matrix[seen]
            lgd, exposure = credit.losses_given_default(matrix), credit.exposures(matrix)
            defaults.append((calibration.probability(margin[seen]), lgd, exposure, rows.credit_loss[seen]))
    severity = LossSeverity.fit(*(np.concatenate(list(each)) for each in zip(*defaults, strict=True)))
    return LearnedCredit(calibration=calibration, severity=severity, usual_lgd=usual)


def _in_default(default: DeclineLearner, matrix: FloatArray) -> BoolArray:
    """Who is rated as in default, and so tells nothing of how likely others default. (n, n_features) -> (n,).

    Few of these default once more within the horizon. A level that is right for them, whose log-odds have no end, would
    take the PD from everybody else.
    """
    return default.in_default(matrix) if isinstance(default, RatedDefault) else np.zeros(len(matrix), dtype=np.bool_)


def judged_parts(
    forecasts: Sequence[OutOfTimeForecast], logs: Sequence[FloatArray], credit: LearnedCredit
) -> list[ValueParts]:
    """Value of the clients of each forecast by its parts, the margin calibrated by the other forecasts alone.

    Residuals of an origin that its calibration had seen would be smaller than those of one that is to come.
    """
    realised = [forecast.rows.margin for forecast in forecasts]
    return [
        credit.parts(forecast, calibrated_on_others(place, logs, realised)) for place, forecast in enumerate(forecasts)
    ]


def fit_bands(
    forecasts: Sequence[OutOfTimeForecast],
    judged: Sequence[ValueParts],
    tiers: Sequence[TextArray],
    *,
    level: float,
    weight: FloatArray | None,
) -> Mapping[str, ConformalBands]:
    """Intervals around value and each part that is known, from the residuals of all forecasts."""
    parts, tier = ValueParts.pooled(judged), np.concatenate(list(tiers))
    came = {
        VALUE: np.concatenate([forecast.rows.value for forecast in forecasts]),
        MARGIN: np.concatenate([forecast.rows.margin for forecast in forecasts]),
    }
    losses = [forecast.rows.credit_loss for forecast in forecasts]
    if not np.isnan(parts.credit_loss).any():
        came[CREDIT_LOSS] = np.concatenate([each for each in losses if each is not None])
    return {
        name: ConformalBands.fit(expected_of(parts, name, tier), realised, level=level, weight=weight)
        for name, realised in came.items()
    }


def calibrated_on_others(place: int, logs: Sequence[FloatArray], realised: Sequence[FloatArray]) -> FloatArray:
    """Margin of the clients of one origin from its log values, put right by the other origins. In book currency.

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


def _pooled(parts: Sequence[FloatArray]) -> FloatArray:
    return np.asarray(np.concatenate(list(parts)))
