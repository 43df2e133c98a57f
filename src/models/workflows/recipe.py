"""How all models of a book are fitted on given origins, and how a panel is scored with them: the recipe.

Evaluation fits this recipe on the past of each test origin; the served models are the same recipe on all origins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.config import Config, ValueCandidateName
from models.decisions.tiers import Grades, TierPolicy, grade, tier_policy
from models.errors import FeatureContractError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.decline import CauseModel, DeclineCurves, DeclineModel, TimingModel
from models.learners.intervals import ConformalBands
from models.learners.segments import SegmentModel
from models.learners.value import ValueCandidate, ValueModel
from models.tables.notes import NoteModel
from models.tables.panel import Panel
from models.tables.splits import LearningOrigins
from models.vocab import BoolArray, FloatArray, IntArray
from models.workflows.corrections import Corrections
from models.workflows.hindcast import BaseModels, fit_base

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class FittedModels:
    """Everything that scoring needs.

    ``causes`` is None where the book does not tell how a decline came about, ``bands`` where it is too short to
    foretell an origin that has come true, ``notes`` where notes are not read.
    """

    contract: FeatureContract
    value: ValueModel
    decline: DeclineModel
    timing: TimingModel
    causes: CauseModel | None
    rule: Literal["lapse", "drop"]
    segments: SegmentModel
    bands: ConformalBands | None
    policy: TierPolicy
    notes: NoteModel | None = None


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What the models say of each row of a panel. Shapes (n_rows,); values in book currency."""

    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    decline_probability: FloatArray
    curves: DeclineCurves
    segment: IntArray
    grades: Grades


def fit_models(panel: Panel, origins: LearningOrigins, corrections: Corrections, config: Config) -> FittedModels:
    """Fit on ``origins.learn``, and apply what hindcasts taught.

    ``panel`` must hold these origins with their targets. Raises ``TooLittleDataError``.
    """
    learn = panel.at(origins.learn)
    base = fit_base(learn, config, _needed(corrections.candidate, config))
    value = ValueModel(
        candidate=_chosen(base, corrections.candidate),
        calibration=corrections.value,
        clipped=int(np.count_nonzero(learn.value < 0)) if learn.value is not None else 0,
    )
    latest = learn.origin == origins.latest
    expected = corrections.expected
    if expected is None:
        expected = value.predict(base.contract.encode(learn.where(latest).features))
    return FittedModels(
        contract=base.contract,
        value=value,
        decline=replace(base.decline, calibration=corrections.decline),
        timing=base.timing.calibrated_on(corrections.timing),
        causes=None if base.causes is None else base.causes.calibrated_on(corrections.causes),
        rule=config.decline.rule,
        segments=_segments(learn, latest, config),
        bands=corrections.bands,
        policy=tier_policy(expected, config.tiers, config.book.currency),
    )


def score_panel(models: FittedModels, panel: Panel) -> Predictions:
    """Score every row of a panel; one row alone scores as it does among others."""
    return score_matrix(models, models.contract.encode(panel.features), panel)


def score_matrix(models: FittedModels, matrix: FloatArray, panel: Panel) -> Predictions:
    """The same from features that are encoded already: (n_rows, n_features)."""
    value, probability = models.value.predict(matrix), models.decline.predict(matrix)
    grades = grade(value, probability, models.policy)
    unknown = np.full(len(value), np.nan)
    low, high = models.bands.around(value, grades.tier) if models.bands else (unknown, unknown)
    chosen = panel.features[list(models.segments.features)].to_numpy(dtype=np.float64)
    return Predictions(
        value=value,
        value_low=low,
        value_high=high,
        decline_probability=probability,
        curves=DeclineCurves.of(matrix, probability, rule=models.rule, timing=models.timing, causes=models.causes),
        segment=models.segments.assign(chosen),
        grades=grades,
    )


def merged(parts: Sequence[Predictions], order: IntArray) -> Predictions:
    """Predictions of several parts of a panel as one, in ``order`` of their rows."""
    return Predictions(
        value=_joined([part.value for part in parts], order),
        value_low=_joined([part.value_low for part in parts], order),
        value_high=_joined([part.value_high for part in parts], order),
        decline_probability=_joined([part.decline_probability for part in parts], order),
        curves=_joined_curves([part.curves for part in parts], order),
        segment=_joined([part.segment for part in parts], order),
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


def _needed(candidate: ValueCandidateName, config: Config) -> tuple[ValueCandidateName, ...]:
    return config.learners.value.candidates if candidate == "blend" else (candidate,)


def _chosen(base: BaseModels, candidate: str) -> ValueCandidate:
    if candidate not in base.candidates:
        raise TooLittleDataError(
            rule=f"the candidate {candidate}, which did best on earlier origins, must fit the latest ones too",
            got="too few clients with value",
            remedy="leave it out of learners.value.candidates",
        )
    return base.candidates[candidate]


def _segments(learn: Panel, latest: BoolArray, config: Config) -> SegmentModel:
    names = config.learners.segments.features
    missing = [name for name in names if name not in learn.features]
    if missing:
        raise FeatureContractError(
            rule="learners.segments.features must name features of the book",
            got=", ".join(missing),
            remedy=f"choose among {', '.join(learn.features.columns.astype(str)[:8])}, ...",
        )
    chosen = learn.features.loc[latest, list(names)].to_numpy(dtype=np.float64)
    return SegmentModel.fit(chosen, config.learners.segments, seed=config.run.seed)
