"""Turns what the models say of a panel into the columns of scores: tier, stage, types, segment and reasons."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from models.config import Config
from models.decisions.relationships import need_types, relationship_types
from models.decisions.stages import Trajectory, stages_of
from models.learners.contributions import Contributions
from models.tables.measures import ACTIVITY
from models.tables.panel import Panel
from models.tables.targets import DAYS_PER_PERIOD
from models.vocab import FloatArray, TextArray
from models.workflows.recipe import FittedModels, Predictions

REASONS = 5


def score_columns(models: FittedModels, panel: Panel, predictions: Predictions, config: Config) -> dict[str, pa.Array]:
    """The columns of scores that follow from the predictions of one block, in the order of the contract."""
    large = predictions.value >= models.policy.a_value
    names = np.asarray(models.segments.segment_names)
    return {
        "client_id": pa.array(panel.client_id, type=pa.string()),
        "value": pa.array(predictions.value),
        "value_low": pa.array(predictions.value_low),
        "value_high": pa.array(predictions.value_high),
        "decline_probability": pa.array(predictions.decline_probability),
        "stage": _text(stages_of(_trajectory(panel, predictions, config), config.stages)),
        "segment": pa.array(predictions.segment, type=pa.int32()),
        "segment_name": pa.array(names[predictions.segment], type=pa.string()),
        "relationship_type": _text(relationship_types(panel.features, large, config.relationships)),
        "need_type": _text(need_types(panel.features, config.relationships)),
        "tier": _text(predictions.grades.tier),
        "tier_reason": _text(predictions.grades.reason),
    }


def reason_column(parts: Contributions, features: tuple[str, ...]) -> pa.Array:
    """The features that move each client's decline probability most, largest first, in probability points.

    ``parts`` in probability. A list of (feature, points) per client.
    """
    kept = min(REASONS, len(features))
    rows = np.arange(len(parts.prediction))[:, None]
    largest = np.argsort(-np.abs(parts.values), axis=1, kind="stable")[:, :kept]
    points = parts.values[rows, largest] * 100.0
    names = pa.DictionaryArray.from_arrays(
        pa.array(largest.ravel().astype(np.int32)), pa.array(features, type=pa.string())
    )
    entries = pa.StructArray.from_arrays(
        [names.cast(pa.string()), pa.array(points.ravel())], names=["feature", "points"]
    )
    offsets = pa.array(np.arange(0, len(rows) * kept + 1, kept, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, entries)


def _trajectory(panel: Panel, predictions: Predictions, config: Config) -> Trajectory:
    days = DAYS_PER_PERIOD[config.time.period]
    growth = _column(panel, f"{ACTIVITY}_growth_{config.stages.trend_window_periods}p")
    return Trajectory(
        idle_periods=_column(panel, f"{ACTIVITY}_recency_days") / days,
        tenure_periods=_column(panel, "tenure_days") / days,
        growth=np.nan_to_num(growth),
        decline_probability=predictions.decline_probability,
    )


def _column(panel: Panel, name: str) -> FloatArray:
    return panel.features[name].to_numpy(dtype=np.float64)


def _text(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string())
