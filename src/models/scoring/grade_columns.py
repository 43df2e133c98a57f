"""The columns of scores on which a grade rests: the number of each dimension, and every criterion with its points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from models.config.features import FeaturesConfig
from models.config.policy.dimensions import CriterionConfig
from models.grading.decision import Assessment
from models.grading.evidence import recorded_days_ago, source_of
from models.grading.scores import observed
from models.publications.previous import TIER_CRITERIA, TIER_DIMENSIONS
from models.vocab import FloatArray


def grade_columns(assessment: Assessment, features: FeaturesConfig) -> dict[str, pa.Array]:
    """What is known of each client before any tier is given; ``features`` tells the tables of features.

    ``tier_dimensions`` holds the number of each dimension in its unit (points of 100, currency, probability), null
    where unknown. ``tier_criteria`` lists the criteria that look at features and forecasts, in the policy's order: of
    which dimension, what was observed, when it was recorded, the table, the points (null: left out) and the weight.
    """
    settings, coverage = assessment.policy.settings, assessment.coverage
    scores = {name: each for name, each in assessment.scores.items() if not coverage.leaves_out(settings, name)}
    numbers = [pa.array(scored.numbers, from_pandas=True) for scored in scores.values()]
    return {
        TIER_DIMENSIONS: pa.StructArray.from_arrays(numbers, names=list(scores)),
        TIER_CRITERIA: _criteria(assessment, features),
    }


def _criteria(assessment: Assessment, features: FeaturesConfig) -> pa.Array:
    settings, coverage = assessment.policy.settings, assessment.coverage
    every = [
        (name, place, criterion)
        for name, dimension in settings.dimensions.items()
        for place, criterion in enumerate(dimension.criteria)
        if not (criterion.dimension or coverage.goes_without(settings, criterion))
    ]
    clients, kept = len(assessment.facts), len(every)
    columns = [_observed(assessment, criterion) for _, _, criterion in every]
    days = [_recorded(assessment, criterion) for _, _, criterion in every]
    points = [assessment.scores[name].points[place] for name, place, _ in every]
    fields = {
        "dimension": _repeated([name for name, _, _ in every], clients),
        "criterion": _repeated([criterion.name for _, _, criterion in every], clients),
        "observed": pa.array(_by_client([number for number, _ in columns], np.float64), from_pandas=True),
        "observed_text": pa.array(_by_client([text for _, text in columns], object), type=pa.string()),
        "observed_on": _dates(assessment, _by_client(days, np.float64)),
        "source": _repeated(
            [source_of(criterion, features, assessment.coverage) for _, _, criterion in every], clients
        ),
        "points": pa.array(_by_client(points, np.float64), from_pandas=True),
        "weight": pa.array(np.tile([criterion.weight for _, _, criterion in every], clients), type=pa.float64()),
    }
    offsets = pa.array(np.arange(clients + 1, dtype=np.int32) * np.int32(kept))
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(fields.values()), names=list(fields)))


def _observed(assessment: Assessment, criterion: CriterionConfig) -> tuple[FloatArray, np.ndarray]:
    """What a criterion looks at as numbers and as text, of which one is missing. Shapes (n_clients,)."""
    clients = len(assessment.facts)
    nothing, silence = np.full(clients, np.nan), np.full(clients, None, dtype=object)
    column = observed(criterion, assessment.facts, assessment.scores)
    if column is None:
        return nothing, silence
    if pd.api.types.is_numeric_dtype(column.dtype):
        return np.asarray(column, dtype=np.float64), silence
    return nothing, column.astype(object).where(column.notna(), None).to_numpy()


def _recorded(assessment: Assessment, criterion: CriterionConfig) -> FloatArray:
    """How many days before the as-of date it was recorded, NaN where that is not known. Shape (n_clients,)."""
    ago = recorded_days_ago(criterion.feature, assessment.facts) if criterion.feature else None
    return np.full(len(assessment.facts), np.nan) if ago is None else np.asarray(ago, dtype=np.float64)


def _dates(assessment: Assessment, days_ago: FloatArray) -> pa.Array:
    known = ~np.isnan(days_ago)
    ago = np.rint(np.where(known, days_ago, 0.0)).astype("timedelta64[D]")
    return pa.array(np.datetime64(assessment.facts.as_of, "D") - ago, type=pa.date32(), mask=~known)


def _by_client(columns: list[np.ndarray], dtype: type) -> np.ndarray:
    """All criteria of the first client, then of the second. (n_criteria) arrays (n_clients,) -> flat."""
    return np.stack(columns).T.ravel() if columns else np.empty(0, dtype=dtype)


def _repeated(names: list[str], clients: int) -> pa.Array:
    codes = pa.array(np.tile(np.arange(len(names), dtype=np.int32), clients))
    return pa.DictionaryArray.from_arrays(codes, pa.array(names, type=pa.string())).cast(pa.string())
