"""Judges the cold start at test origins: learned before each, as if served then, beside the mean of a segment."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.evaluation.report.cold_start import FEWEST, ColdStartOrigin, JudgedColdStart
from models.evaluation.truth import KnownOutcomes, known_outcomes
from models.learners.segments.model import SegmentModel
from models.metrics.bootstrap import Resampling
from models.panel.features.beginning import BEGAN_ALIKE, NEWLY_WON, PROSPECT, QUIET, WAITING
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.cold_start import fit_cold_start
from models.pipeline.pipeline import segment_rows
from models.vocab import FloatArray, IntArray

EVERYBODY = "all without activity"


def judge_cold_start(
    cold: Panel,
    test: int,
    origins: LearningOrigins,
    config: Config,
    truth: pd.DataFrame | None,
    *,
    segments: SegmentModel,
) -> ColdStartOrigin | None:
    """Fit on ``origins`` and hold what is foreseen at ``test`` against what came; None where too few can teach.

    ``cold`` holds all these origins with their targets. ``truth`` is of a simulated book.
    """
    now = cold.at([test])
    if len(now) < FEWEST:
        return None
    as_of = now.grid.start_of(test)
    try:
        judged = _judged(cold, now, origins, config, _known(now, truth, as_of), segments)
    except TooLittleDataError:
        return None
    resampling = Resampling(groups=now.group, resamples=config.run.bootstrap_resamples, seed=config.run.seed)
    stands = now.features[BEGAN_ALIKE].str.partition(",")[0].to_numpy(dtype=np.str_)
    chosen = {EVERYBODY: np.ones(len(now), dtype=np.bool_)}
    chosen |= {name: stands == name for name in (NEWLY_WON, WAITING, QUIET, PROSPECT)}
    return ColdStartOrigin(
        as_of=as_of,
        rows=int(np.isin(cold.origin, origins.learn).sum()),
        level=config.learners.interval_level,
        groups=tuple(
            judged.group(name, rows, resampling) for name, rows in chosen.items() if int(rows.sum()) >= FEWEST
        ),
    )


def _judged(
    cold: Panel, now: Panel, origins: LearningOrigins, config: Config, known: KnownOutcomes, segments: SegmentModel
) -> JudgedColdStart:
    fitted = fit_cold_start(cold, origins, config)
    matrix = fitted.contract.encode(now.features)
    forecast = fitted.bounds.around(fitted.value.parts(matrix), fitted.decline.predict(matrix))
    value, declined = _outcomes(now)
    before = cold.at([origins.latest])
    places = [segments.assign(segment_rows(segments, rows)).segment for rows in (before, now)]
    by_segment = [_means(places[0], outcome, places[1]) for outcome in _outcomes(before)]
    return JudgedColdStart(
        value=value,
        declined=declined,
        foreseen=forecast.value,
        low=forecast.value_low,
        high=forecast.value_high,
        decline=forecast.decline_probability,
        segment_value=by_segment[0],
        segment_decline=by_segment[1],
        known_value=known.value,
        known_decline=known.decline,
    )


def _known(now: Panel, truth: pd.DataFrame | None, as_of: date) -> KnownOutcomes:
    return KnownOutcomes() if truth is None else known_outcomes(now, truth, as_of)


def _outcomes(panel: Panel) -> tuple[FloatArray, FloatArray]:
    if panel.value is None or panel.declined is None:
        raise InternalError("a cold start can only be judged with its targets")
    return panel.value, panel.declined.astype(np.float64)


def _means(segment: IntArray, outcome: FloatArray, asked: IntArray) -> FloatArray:
    """The mean outcome of the segment of each client asked of; that of all where nobody of it was seen."""
    means = pd.Series(outcome).groupby(np.asarray(segment)).mean()
    overall = float(outcome.mean()) if len(outcome) else 0.0
    return np.asarray(means.reindex(np.asarray(asked)).fillna(overall).to_numpy(dtype=np.float64))
