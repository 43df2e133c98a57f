"""How all models of a book are fitted on given origins, and how a panel is scored with them: the recipe.

Evaluation fits this recipe on the past of each test origin; the served models are the same recipe on all origins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.config import Config
from models.decisions.tiers import TierPolicy, tier_policy
from models.errors import FeatureContractError, InternalError, TooLittleDataError
from models.learners.contract import FeatureContract
from models.learners.decline import DeclineModel
from models.learners.intervals import RatioBands
from models.learners.segments import SegmentModel
from models.learners.value import ValueModel
from models.tables.notes import NoteModel
from models.tables.panel import Panel
from models.tables.splits import LearningOrigins
from models.vocab import BoolArray, FloatArray, IntArray

MIN_CLIENTS = 50


@dataclass(frozen=True, kw_only=True)
class FittedModels:
    """Everything that scoring needs.

    ``bands`` is None where the book is too short to calibrate on a later origin, ``notes`` where notes are not read.
    """

    contract: FeatureContract
    value: ValueModel
    decline: DeclineModel
    segments: SegmentModel
    bands: RatioBands | None
    policy: TierPolicy
    notes: NoteModel | None = None


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What the models say of each row of a panel. Shapes (n_rows,); values in book currency."""

    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    decline_probability: FloatArray
    segment: IntArray


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Encoded rows with their outcomes."""

    matrix: FloatArray
    value: FloatArray
    declined: BoolArray

    def at(self, chosen: BoolArray) -> _Rows:
        return _Rows(matrix=self.matrix[chosen], value=self.value[chosen], declined=self.declined[chosen])


def fit_models(panel: Panel, origins: LearningOrigins, config: Config) -> FittedModels:
    """Fit on ``origins.learn``; calibrate by models that were fitted on ``origins.early`` only.

    ``panel`` must hold these origins with their targets. Raises ``TooLittleDataError``.
    """
    learn = panel.at(origins.learn)
    _require_clients(learn, origins)
    contract = FeatureContract.learn(learn.features, learn.units, config.features.max_categories)
    rows = _rows(learn, contract)
    latest = learn.origin == origins.calibration
    value, decline = _fit_pair(rows, contract, config)
    bands = None
    if origins.early:
        early = _fit_pair(rows.at(np.isin(learn.origin, origins.early)), contract, config)
        value, decline, bands = _calibrated((value, decline), early, rows.at(latest), config)
    expected = value.predict(rows.matrix[latest])
    return FittedModels(
        contract=contract,
        value=value,
        decline=decline,
        segments=_segments(learn, latest, config),
        bands=bands,
        policy=tier_policy(expected, config.tiers, config.book.currency),
    )


def score_panel(models: FittedModels, panel: Panel) -> Predictions:
    """Score every row of a panel; one row alone scores as it does among others."""
    matrix = models.contract.encode(panel.features)
    value = models.value.predict(matrix)
    unknown = np.full(len(value), np.nan)
    low, high = models.bands.around(value) if models.bands else (unknown, unknown)
    chosen = panel.features[list(models.segments.features)].to_numpy(dtype=np.float64)
    return Predictions(
        value=value,
        value_low=low,
        value_high=high,
        decline_probability=models.decline.predict(matrix),
        segment=models.segments.assign(chosen),
    )


def _require_clients(learn: Panel, origins: LearningOrigins) -> None:
    latest = int(np.count_nonzero(learn.origin == origins.calibration))
    if latest < MIN_CLIENTS:
        raise TooLittleDataError(
            rule=f"models need at least {MIN_CLIENTS} clients active at the latest origin to learn from",
            got=f"{latest} at {learn.grid.start_of(origins.calibration)}",
            remedy="bring a larger book, a longer time.activity_periods or a shorter time.horizon_periods",
        )


def _rows(panel: Panel, contract: FeatureContract) -> _Rows:
    if panel.value is None or panel.declined is None:
        raise InternalError("models can only learn from a panel with targets")
    return _Rows(matrix=contract.encode(panel.features), value=panel.value, declined=panel.declined)


def _fit_pair(rows: _Rows, contract: FeatureContract, config: Config) -> tuple[ValueModel, DeclineModel]:
    learners = config.learners
    value = ValueModel.fit(rows.matrix, rows.value, config=learners.value, contract=contract, run=config.run)
    decline = DeclineModel.fit(rows.matrix, rows.declined, config=learners.decline, contract=contract, run=config.run)
    return value, decline


def _calibrated(
    served: tuple[ValueModel, DeclineModel],
    early: tuple[ValueModel, DeclineModel],
    latest: _Rows,
    config: Config,
) -> tuple[ValueModel, DeclineModel, RatioBands]:
    """Give the served models the corrections that the early ones needed on the latest origin."""
    value = early[0].calibrated(latest.matrix, latest.value)
    decline = early[1].calibrated(latest.matrix, latest.declined)
    bands = RatioBands.fit(value.predict(latest.matrix), latest.value, level=config.learners.interval_level)
    return (
        replace(served[0], factor=value.factor),
        replace(served[1], calibration=decline.calibration),
        bands,
    )


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
