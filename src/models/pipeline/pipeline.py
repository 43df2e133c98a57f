"""The training pipeline: fits all models of a book on given origins, and scores a panel with them.

Evaluation fits it on the past of each test origin; the served models are the same pipeline on all origins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.config.root import Config
from models.errors import FeatureContractError, TooLittleDataError
from models.grading.built_in import Grades, tier_policy
from models.grading.compute import Bounds, Forecast, Grader, by_policy, facts_of, grades_of
from models.grading.decision import assess
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.tier_rules import rule_words
from models.learners.cold_start import ColdDecline
from models.learners.contract import FeatureContract
from models.learners.credit.model import CreditLossModel
from models.learners.decline.cause import CauseModel
from models.learners.decline.curves import DeclineCurves
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.timing import TimingModel
from models.learners.peers import Peers
from models.learners.segments.model import SegmentModel
from models.learners.value.model import ValueModel
from models.learners.value.net import ClientValue, ValueParts
from models.panel.features.beginning import BEGAN_ALIKE, TENURE
from models.panel.features.words import FeatureWords, FigureUnit
from models.panel.notes import NoteModel
from models.panel.panel import Panel
from models.panel.signals import signal_words
from models.panel.splits import LearningOrigins
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.censored_outcomes import unfinished_of
from models.pipeline.cold_start import ColdStart, fit_cold_start
from models.pipeline.learned import Learned, no_credit_loss
from models.pipeline.out_of_time import BaseModels, fit_base
from models.pipeline.predictions import GradedForecast, Predictions
from models.pipeline.serving import Serving, needed_models, served_models
from models.profiles.compute import fit_kinds
from models.profiles.model import KindsModel
from models.text import ENGLISH
from models.vocab import DeclineRule, FloatArray, IntArray

LEAST_SHARE = 0.05
"""Shares that differ by less, in points, are called the same when segments are named."""
Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class FittedModels:
    """Everything that scoring needs.

    ``causes`` is None where the book does not tell how a decline came about, ``notes`` where notes
    are not read. ``words`` and ``peers`` explain what is served: what features are called, and what of them is usual
    for whom. ``cold`` are those of clients without activity; None where they could not be learned or are not wanted.
    """

    contract: FeatureContract
    value: ClientValue
    decline: DeclineLearner
    timing: TimingModel
    causes: CauseModel | None
    rule: DeclineRule
    segments: SegmentModel
    bounds: Bounds
    policy: GradingPolicy
    kinds: KindsModel
    learned: Learned
    notes: NoteModel | None = None
    words: Mapping[str, FeatureWords] = field(default_factory=dict)
    peers: Peers = field(default_factory=Peers.unknown)
    cold: ColdStart | None = None

    @property
    def starts_cold(self) -> bool:
        """Whether these models speak of clients without activity."""
        return isinstance(self.decline, ColdDecline)

    def of_cold_start(self) -> FittedModels | None:
        """The models with which clients without activity are scored, graded and explained; rules are the same."""
        if self.cold is None:
            return None
        return replace(
            self,
            contract=self.cold.contract,
            value=self.cold.value,
            decline=self.cold.decline,
            timing=self.cold.timing,
            causes=None,
            bounds=self.cold.bounds,
            words={**self.words, **self.cold.words},
            peers=self.cold.peers,
            cold=None,
        )

    @property
    def grader(self) -> Grader:
        """How these models' policy grades clients that were never graded before."""
        return by_policy(self.policy, self.bounds)


def fit_models(
    panel: Panel,
    origins: LearningOrigins,
    calibration: ForecastCalibration,
    config: Config,
    *,
    segments: SegmentModel | None = None,
) -> FittedModels:
    """Fit on ``origins``, and apply the calibration learned on out-of-time forecasts.

    ``panel`` must hold those of ``origins.learn`` with their targets, and the unfinished ones. ``segments`` are taken
    as they are, where given, else fitted at the latest origin. Raises ``TooLittleDataError``.
    """
    learn = panel.at(origins.learn).as_known()
    unfinished = unfinished_of(panel, origins.unfinished)
    serving = calibration.serving
    base = fit_base(learn, config, needed_models(serving, config), unfinished)
    _require(base, serving.value)
    candidate, decline_learner, serving = served_models(base, serving)
    value = ClientValue(
        margin=ValueModel(
            candidate=candidate,
            calibration=calibration.value,
            clipped=int(np.count_nonzero(learn.margin < 0)) if learn.margin is not None else 0,
        ),
        credit=_credit(base, calibration, config),
    )
    latest = learn.origin == origins.latest
    decline = decline_learner.calibrated_by(calibration.decline)
    now = learn.where(latest)
    matrix = base.contract.encode(now.features)
    present = value.parts(matrix)
    probability = decline.predict(matrix)
    classes = calibration.classes or tier_policy(present.value, config.tiers, config.scale, config.book.currency)
    bounds = Bounds(
        classes=classes,
        bands=calibration.bands,
        decline_band=calibration.decline_band,
        level_error=calibration.level_error,
    )
    policy = calibration.policy or fit_policy(
        config.grading, facts_of(bounds.around(present, probability), now), config.book.currency
    )
    return FittedModels(
        contract=base.contract,
        value=value,
        decline=decline,
        timing=base.timing.calibrated_on(calibration.timing),
        causes=None if base.causes is None else base.causes.calibrated_on(calibration.causes),
        rule=config.decline.rule,
        words={**signal_words(config), **rule_words(config.grading)},
        segments=fit_segments(now, config) if segments is None else segments,
        bounds=bounds,
        policy=policy,
        kinds=fit_kinds(now, present.value, probability, config),
        learned=Learned(
            until=panel.grid.start_of(origins.latest + config.time.horizon_periods),
            not_calibrated=calibration.not_calibrated,
            serving=serving,
            without_credit_loss="" if value.credit else no_credit_loss(learn),
        ),
    )


def _credit(base: BaseModels, calibration: ForecastCalibration, config: Config) -> CreditLossModel | None:
    if base.default is None:
        return None
    default = base.default.calibrated_by(calibration.default)
    usual = config.credit.loss_given_default
    return CreditLossModel.of(default, base.contract, severity=calibration.severity, usual_lgd=usual)


def with_peers(models: FittedModels, panel: Panel, latest: int) -> FittedModels:
    """The same models with the words of the panel's features too, and what is usual at its origin ``latest``."""
    now = panel.at([latest])
    matrix = models.contract.encode(now.features)
    peers = Peers.fit(matrix, score_matrix(models, matrix, now).segment, models.contract)
    return replace(models, words={**panel.words, **models.words}, peers=peers)


def with_cold_start(models: FittedModels, cold: Panel, origins: LearningOrigins, config: Config) -> FittedModels:
    """The same models with those of the clients of ``cold``, who were without activity, at the same origins.

    ``cold`` holds them with their targets. Raises ``TooLittleDataError``.
    """
    fitted = fit_cold_start(cold, origins, config, models.bounds.decline_band)
    now = cold.at([origins.latest])
    if not len(now):
        return replace(models, cold=fitted)
    segment = models.segments.assign(segment_rows(models.segments, now)).segment
    return replace(models, cold=fitted.with_peers(now, segment))


def score_panel(models: FittedModels, panel: Panel) -> Predictions:
    """Score every row of a panel; one row alone scores as it does among others."""
    return score_matrix(models, models.contract.encode(panel.features), panel)


def score_matrix(models: FittedModels, matrix: FloatArray, panel: Panel) -> Predictions:
    """The same from features that are encoded already: (n_rows, n_features)."""
    return completed(
        models, matrix, panel, value=models.value.parts(matrix), probability=models.decline.predict(matrix)
    )


def completed(
    models: FittedModels, matrix: FloatArray, panel: Panel, *, value: ValueParts, probability: FloatArray
) -> Predictions:
    """The same where value by its parts and probability of decline (n_rows,) are known already, as explained."""
    assigned = models.segments.assign(segment_rows(models.segments, panel))
    return Predictions(
        **vars(_graded(models, panel, value, probability)),
        curves=DeclineCurves.of(matrix, probability, rule=models.rule, timing=models.timing, causes=models.causes),
        segment=assigned.segment,
        segment_margin=assigned.margin,
    )


def grade_matrix(models: FittedModels, matrix: FloatArray, panel: Panel) -> GradedForecast:
    """What of ``score_matrix`` a look back needs: no curves, which take most of its time, and no segments."""
    return _graded(models, panel, models.value.parts(matrix), models.decline.predict(matrix))


def _graded(models: FittedModels, panel: Panel, value: ValueParts, probability: FloatArray) -> GradedForecast:
    forecast = models.bounds.around(value, probability)
    return GradedForecast(**vars(forecast), grades=grades_of(assess(models.policy, facts_of(forecast, panel))))


def merged(parts: Sequence[Predictions], order: IntArray) -> Predictions:
    """Predictions of several parts of a panel as one, in ``order`` of their rows."""
    return Predictions(
        **{each.name: _joined([getattr(part, each.name) for part in parts], order) for each in fields(Forecast)},
        curves=_joined_curves([part.curves for part in parts], order),
        segment=_joined([part.segment for part in parts], order),
        segment_margin=_joined([part.segment_margin for part in parts], order),
        grades=Grades(
            _joined([part.grades.tier for part in parts], order), _joined([part.grades.reason for part in parts], order)
        ),
    )


def _joined(arrays: Sequence[NDArray[Element]], order: IntArray) -> NDArray[Element]:
    return np.asarray(np.concatenate(list(arrays))[order])


def _joined_curves(curves: Sequence[DeclineCurves], order: IntArray) -> DeclineCurves:
    return replace(
        curves[0],
        probability=_joined([curve.probability for curve in curves], order),
        incidence={
            cause: _joined([curve.incidence[cause] for curve in curves], order) for cause in curves[0].incidence
        },
    )


def _require(base: BaseModels, serving: Serving) -> None:
    if serving.leads and serving.leader not in base.candidates:
        raise TooLittleDataError(
            rule=f"the candidate {serving.leader}, which did best on earlier origins, must fit the latest ones too",
            got="too few clients with value",
            remedy="leave it out of learners.value.candidates",
        )


def fit_segments(now: Panel, config: Config) -> SegmentModel:
    """The segments of the clients of ``now``, rows of one origin; outcomes are not looked at.

    Raises ``FeatureContractError`` if the config names features that the book does not have.
    """
    names = config.learners.segments.features
    missing = [name for name in names if name not in now.features]
    if missing:
        raise FeatureContractError(
            rule="learners.segments.features must name features of the book",
            got=", ".join(missing),
            remedy=f"choose among {', '.join(now.features.columns.astype(str)[:8])}, ...",
        )
    called = {name: now.words[name].describe(ENGLISH) for name in names if name in now.words}
    return SegmentModel.fit(
        now.features[list(names)].to_numpy(dtype=np.float64),
        config.learners.segments,
        seed=config.run.seed,
        describe=lambda name: called.get(name, name),
        least={name: LEAST_SHARE for name in called if now.words[name].figure is FigureUnit.SHARE},
    )


def segment_rows(segments: SegmentModel, panel: Panel) -> FloatArray:
    """What ``segments`` look at of a panel, (n_rows, n_features); NaN where nothing of a feature was known yet."""
    rows = panel.features.reindex(columns=list(segments.features))
    if BEGAN_ALIKE in panel.features and TENURE in rows:
        rows = rows.fillna({TENURE: 0.0})  # who was never active is the newest of all
    return rows.to_numpy(dtype=np.float64)
